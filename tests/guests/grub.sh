# GRUB's rescue floppy, CD and disk to the prompt and `ls`.  The floppy's image is cut short: 1_44= says how long the disk is.
. tests/guests/lib.sh
rescue=${GRUB_RESCUE:-/usr/lib/grub-rescue}
need "$rescue/grub-rescue-floppy.img" "$rescue/grub-rescue-cdrom.iso" "$rescue/grub-rescue-usb.img"
cp "$rescue/grub-rescue-floppy.img" "$work/a.img"; cp "$rescue/grub-rescue-usb.img" "$work/c.img"
try() { # BUILD ANSWER BOOT DIRECTIVE...
    build=$1 answer=$2 boot=$3; shift 3
    run_guest "$build" "wait-text \"GNU/Linux\" 60s
key c
wait-text \"grub>\" 20s
type \"ls\\n\"
wait-text \"$answer\" 20s
quit 0" "boot: $boot" "$@"
    [ $status = 0 ] || { echo "boot: $boot: status $status"; exit 1; }
}
try "$1" "(fd0)" floppy "floppya: 1_44=$work/a.img, status=inserted"
try "$1" "(cd)" cdrom "ata1-master: type=cdrom, path=$rescue/grub-rescue-cdrom.iso, status=inserted"
try "$1" "(hd0)" disk "ata0-master: type=disk, path=$work/c.img"
