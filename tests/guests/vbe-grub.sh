# GRUB's graphical terminal in a mode of VBE: our VGA BIOS, Debian's and SeaBIOS's draw in the linear frame buffer, under our system BIOS and SeaBIOS, with PCI and without.
. tests/guests/lib.sh
need "${GRUB_RESCUE:-/usr/lib/grub-rescue}/grub-rescue-usb.img"
shows() { # BUILD NAME MODE DIRECTIVE...
    build=$1 name=$2 mode=$3; shift 3
    cp "${GRUB_RESCUE:-/usr/lib/grub-rescue}/grub-rescue-usb.img" "$work/c.img"
    run_guest "$build" "wait-text \"GNU/Linux\" 60s
key c
wait-text \"grub>\" 20s
type \"insmod vbe\\ninsmod gfxterm\\nloadfont unicode\\nset gfxmode=$mode\\n\"
wait 12s
type \"terminal_output gfxterm\\n\"
wait 6s
type \"ls\\n\"
wait 3900ms
screenshot $work/$name.png
info device vga.dispi
quit 0" "ata0-master: type=disk, path=$work/c.img" "boot: disk" "$@"
    [ $status = 0 ] || exit 1
}
shows "$1" ours 1024x768x32
grep -q '^enable  *41 ' "$work/out" && grep -q '^xres  *400 ' "$work/out" || { echo "no linear frame buffer of 1024 dots"; cat "$work/out"; exit 1; }
[ "$(stat -c %s "$work/ours.png")" -gt 5200 ] || { echo "an empty picture"; exit 1; }
compare() { # NAME DIRECTIVE...
    name=$1; shift
    shows "$build" "$name" 1024x768x32 "$@"
    grep -q '^enable  *41 ' "$work/out" || { echo "$name: no linear frame buffer"; exit 1; }
    [ "$(stat -c %s "$work/$name.png")" -gt 5200 ] || { echo "$name: an empty picture"; exit 1; }
}
seabios=/usr/share/seabios/bios.bin
[ ! -e /usr/share/vgabios/vgabios.bin ] || compare debian "vgaromimage: file=/usr/share/vgabios/vgabios.bin"
[ ! -e $seabios ] || compare seabios "romimage: file=$seabios"
[ ! -e /usr/share/seabios/vgabios-stdvga.bin ] || compare stdvga "romimage: file=$seabios" "vgaromimage: file=/usr/share/seabios/vgabios-stdvga.bin"
shows "$1" isa 800x600x24 "pci: enabled=0" "vga: preferred=800x600, vbe_memsize=8"
grep -q '^bpp  *18 ' "$work/out" && grep -q '^xres  *320 ' "$work/out" || { echo "800x600x24 on a board without PCI"; exit 1; }
