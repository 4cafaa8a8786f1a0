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
bios=/usr/share/seabios/bios-256k.bin vga=/usr/share/seabios/vgabios-isavga.bin          # it moves SMRAM to A0000h and calls itself by SMI
for model in athlon64 core2_penryn; do
    [ -e $bios ] && [ -e $vga ] || continue
    run_guest "$1" 'wait-text "A:\\>" 60s
info device cpu0
quit 0' "romimage: file=$bios" "vgaromimage: file=$vga" "floppya: image=$work/a.img" "cpu: model=$model"; [ $status = 0 ] || { echo "$bios: FreeDOS"; exit 1; }
    [ $model = core2_penryn ] || grep -q 'smbase  *a0000' "$work/out" || { echo "$bios: SMRAM was not moved"; exit 1; }
done
[ $ran = 1 ] || exit 77
