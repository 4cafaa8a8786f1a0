# Our BIOS's services, called by own-bios-services.asm: each line is what IBM's manuals, EDD and El Torito say of this machine.
. tests/guests/lib.sh
need_tool nasm genisoimage
nasm -f bin -i tests/guests/ -o "$work/a.img" tests/guests/own-bios-services.asm || exit 1
dd if=/dev/zero of="$work/c.img" bs=512 count=20160 2> /dev/null
printf '\125\252' | dd of="$work/c.img" bs=1 seek=510 conv=notrunc 2> /dev/null
dd if=/dev/zero of="$work/b.img" bs=512 count=720 2> /dev/null
printf 'last' | dd of="$work/b.img" bs=1 seek=368636 conv=notrunc 2> /dev/null
mkdir "$work/iso"; echo orrery > "$work/iso/file"
genisoimage -quiet -o "$work/cd.iso" "$work/iso" || exit 1
run_guest "$1" 'wait-text ">" 60s
key a
key f1
key up
key shift-a
key ctrl-c
key alt-x
key shift-tab
key ctrl-left
key alt-f1
key delete
key f12
key ctrl-enter
key esc
wait-text "END" 20s
quit 0' "floppya: image=$work/a.img, status=inserted" "floppyb: image=$work/b.img, type=1_2, status=inserted, write_protected=1" \
    "boot: floppy" "memory: guest=32" "clock: time0=946684800" \
    "ata0-master: type=disk, path=$work/c.img, cylinders=20, heads=16, spt=63" "ata1-master: type=cdrom, path=$work/cd.iso, status=inserted" \
    "com1: enabled=1, mode=file, dev=$work/com1"
[ $status = 0 ] || { cat "$work/com1"; exit 1; }
sed 's/ *$//' "$work/com1" > "$work/is"
cat > "$work/should" <<'E2'
11h 12h 0267 027F
E820 nc 0000 0000 0000 0000 0000 0000 0009 FC00 0001
E820 nc 0000 0000 0009 FC00 0000 0000 0000 0400 0002
E820 nc 0000 0000 000F 0000 0000 0000 0001 0000 0002
E820 nc 0000 0000 0010 0000 0000 0000 01F0 0000 0001
E820 nc 0000 0000 FFFF 0000 0000 0000 0001 0000 0002
E801 nc 3C00 0100 88h nc 7C00
C0h nc F000 E6F5 01FC 0008 0040 7400 C1h nc 9FC0
24h nc 0000 0001
87h nc 0001 nc 1234 5678 CY 0201
floppy 08h nc 0000 0004 4F12 0102 15h nc 0200 15h of 2 nc 0000
floppy 02h nc 0001 AA55 03h nc 0002 nc 0001 CAFE F00D 04h nc 0012
floppy errors CY 0400 CY 0400 CY 8001 CY 0900 CY 0100 nc 0000
B 08h nc 0000 0002 4F0F 0102 02h nc 0001 7473 616C 7417 03h CY 0300 16h nc 0000 17h nc 0002 nc 0004 7473 616C
format nc F000 EFC7 nc 0001 nc 0001 F6F6 F6F6 CY 0C00
disk 08h nc 0000 133F 0F01 15h nc 0300 0000 4EC0
disk 02h nc 0001 AA55 nc 0002 nc 0001 FEED BEEF 04h nc 0080
disk errors CY 0100 CY 0400 CY 0101 nc 0000 CY 0100
41h: 0014 0010 003F
41h nc 3000 AA55 0005 48h nc 0000 001E 0002 0000 0014 0000 0010 0000 003F 0000 4EC0 0200
42h nc 0000 FEED BEEF nc 0000 nc 0000 0BAD CAFE 44h nc 0000 47h nc 0000 CY 0400 past the end CY 0400 0000
CD 41h nc 3000 AA55 0007 48h nc 0000 0034 0800 42h nc 0000 3044 4301 0001 3130 43h CY 0300 lock, eject, unlock nc 0001 CY B100 nc 0000 past the end CY 0400
1Ah 04h nc 2000 0101 set nc 2000 0101 0000
PCI nc 0001 0210 2049 4350 02h nc 0009 CY 8602 8302 03h nc 0008 registers nc 0000 C001 nc 5000 CY 8709 06h CY 8106
86h in ticks right 83h nc CY 8300 alarm nc CY rang
16h 0500 47E0 4700 4700 empty 0934 41AB
keys 1E61 3B00 48E0 1E41 2E03 2D00 0F00 73E0 6800 53E0 8600 1C0A 011B 0000
Alt 6 5 0041 0000 ; Num 7 4737 0020 ; Shift 7 4700 0020 ; Num 0000 ; Caps a A 1E41 1E61 0040 ; Caps Ins 52E0 0080 ;
Break [1Bh] 0000 0080 ; 8000 Print [05h] 0080 ; Ctrl Print 7200 0080 ; SysRq [15h/85h 8500 ] [15h/85h 8501 ] 0080 ; x into y, z away 1579 0080 ;
Pause, 5 ticks 0080 ; 0000 16 keys fill it, one more 0501 0000
C2h nc 00AA nc 0000 CY 0500 nc nc nc nc 0020 0003 0064 packet 000F 0005 00FD 0000
14h 8014 17h 2914 15h FFh CY 8614 entries 00FC 027F 0267 sum 0000 font rest 0000
89h 0001 0030 0000
end
E2
diff "$work/should" "$work/is"
