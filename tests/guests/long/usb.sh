# Linux finds keyboard, mouse, tablet and stick on the USB, hears of each, writes the stick and reads it back; the same twice.  The SMBus besides.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings
sh tests/guests/long/chipset-initrd.sh amd64 "$work/linux" > "$work/made" 2>&1 || { echo "no kernel (apt-get update): skipped"; exit 77; }
boots() { # BUILD HASH-FILE SCRIPT DIRECTIVE...
    build=$1 hash=$2 script=$3; shift 3
    dd if=/dev/zero of="$work/stick.img" bs=1M count=8 2> /dev/null
    limit=200 run_guest "$build" "wait-text \"READY\" 150s --on com1
$script
wait-text \"WORK-OK\" 60s --on com1
hash
quit 0" "memory: guest=256" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: $work/linux/vmlinuz" "initrd: $work/linux/initrd.gz" 'cmdline: "console=ttyS0 quiet"' "$@"
    [ $status = 0 ] || { cat "$work/com1.txt"; exit 1; }
    grep hash "$work/out" > "$hash"
}
has() { grep -aq "$1" "$work/com1.txt" || { echo "$1 is missing"; cat "$work/com1.txt"; exit 1; }; }
stick='usb_uhci: enabled=1, port1=tablet, port2=disk, options2="path:'$work'/stick.img"'
for round in 1 2; do
    boots "$1" "$work/hash$round" 'wait 1s
point 16384 8192 left
wait 500ms
point 32767 0' "$stick"
    has SMBUS-OK; has Tablet; has Stick; has STICK-OK
    has '^Orrery Tablet: .*3 *0 *16384;.*3 *1 *8192;.*3 *0 *32767;.*3 *1 *0;'; has '^Orrery Tablet: .*1 *272 *1;'
    seq 1 60000 | cmp -n 300000 -i 0:65536 - "$work/stick.img" || exit 1
done
cmp "$work/hash1" "$work/hash2" || exit 1
boots "$1" "$work/hash3" 'wait 1s
key a
mouse 10 -20 0 right' 'usb_uhci: enabled=1, port1=keyboard, port2=mouse'
has Keyboard; has Mouse
has '^Orrery Keyboard: .*1 *30 *1;.*1 *30 *0;'; has '^Orrery Mouse: .*2 *0 *10;.*2 *1 *-20;'; has '^Orrery Mouse: .*1 *273 *1;'
