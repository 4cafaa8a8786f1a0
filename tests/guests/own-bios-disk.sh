# FreeDOS from the first partition of a hard disk with our BIOS: to its prompt, a file written and read back.
. tests/guests/lib.sh
mbr=${SYSLINUX_MBR:-/usr/lib/syslinux/mbr/mbr.bin} floppy=$data/floppies/freedos.boot.disk.1.4MB.img
need "$floppy" "$mbr"
need_tool mformat mcopy
dd if=/dev/zero of="$work/c.img" bs=512 count=8064 2> /dev/null             # 8 cylinders, 16 heads, 63 sectors
dd if="$mbr" of="$work/c.img" conv=notrunc 2> /dev/null
printf '\200\001\001\000\001\017\077\007\077\000\000\000\101\037\000\000' | dd of="$work/c.img" bs=1 seek=446 conv=notrunc 2> /dev/null
printf '\125\252' | dd of="$work/c.img" bs=1 seek=510 conv=notrunc 2> /dev/null
dd if="$floppy" of="$work/sector" bs=512 count=1 2> /dev/null
mformat -i "$work/c.img@@32256" -T 8001 -h 16 -s 63 -H 63 -c 4 -B "$work/sector" :: || exit 1
printf '\200' | dd of="$work/c.img" bs=1 seek=32292 conv=notrunc 2> /dev/null   # the drive, in the boot sector's parameters
for file in KERNEL.SYS COMMAND.COM; do
    mcopy -i "$floppy" "::/$file" "$work/$file" && mcopy -i "$work/c.img@@32256" "$work/$file" ::/ || exit 1
done
run_guest "$1" 'wait-text "Enter new date" 30s
key enter
wait-text "Enter new time" 20s
key enter
wait-text "C:\\>" 30s
type "echo orrery wrote this>t\ntype t\n"
wait-text "\norrery wrote this" 20s
quit 0' "boot: disk" "ata0-master: type=disk, path=$work/c.img, cylinders=8, heads=16, spt=63"
[ $status = 0 ] || exit 1
mcopy -i "$work/c.img@@32256" ::/T - | grep -q '^orrery wrote this' || { echo "the file is not on the disk"; exit 1; }
