# Debian's BIOSes with their VGA BIOSes: FreeDOS from floppy, GRUB from CD and from disk.
. tests/guests/lib.sh
rescue=${GRUB_RESCUE:-/usr/lib/grub-rescue}
need "$data/floppies/freedos722.img" "$rescue/grub-rescue-cdrom.iso" "$rescue/grub-rescue-usb.img"
ran=0
grub='wait-text "GNU/Linux" 60s
key c
wait-text "grub>" 20s
quit 0'
for pair in /usr/share/bochs/BIOS-bochs-legacy,/usr/share/vgabios/vgabios.bin /usr/share/seabios/bios.bin,/usr/share/seabios/vgabios-isavga.bin; do
    bios=${pair%,*} vga=${pair#*,}
    [ -e "$bios" ] && [ -e "$vga" ] || { echo "$bios or $vga is not there"; continue; }
    ran=1
    cp "$data/floppies/freedos722.img" "$work/a.img"; cp "$rescue/grub-rescue-usb.img" "$work/c.img"; chmod u+w "$work"/*.img
    run_guest "$1" 'wait-text "A:\\>" 60s
type "ver\n"
wait-text "FreeCom" 20s
quit 0' "romimage: file=$bios" "vgaromimage: file=$vga" "floppya: image=$work/a.img"; [ $status = 0 ] || { echo "$bios: FreeDOS"; exit 1; }
    run_guest "$1" "$grub" "romimage: file=$bios" "vgaromimage: file=$vga" "boot: cdrom" "ata1-master: type=cdrom, path=$rescue/grub-rescue-cdrom.iso"
    [ $status = 0 ] || { echo "$bios: GRUB's CD"; exit 1; }
    run_guest "$1" "$grub" "romimage: file=$bios" "vgaromimage: file=$vga" "boot: disk" "ata0-master: type=disk, path=$work/c.img"
    [ $status = 0 ] || { echo "$bios: GRUB's disk"; exit 1; }
done
[ $ran = 1 ] || exit 77
