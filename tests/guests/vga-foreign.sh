# Our VGA BIOS under Debian's system BIOSes answers as it does under ours, but for the equipment byte and the font at F000:FA6E, which are theirs.
. tests/guests/lib.sh
need_tool nasm
nasm -f bin -o "$work/a.img" tests/guests/vga-services.asm || exit 1
answers() { # BUILD OUT DIRECTIVE...
    build=$1 out=$2; shift 2
    run_guest "$build" 'wait-text "end" 60s --on com1
quit 0' "floppya: image=$work/a.img, status=inserted, write_protected=1" "boot: floppy" "com1: enabled=1, mode=file, dev=$work/com1" "$@"
    [ $status = 0 ] || exit 1
    sed -e '/^  data /s/ ..$//' -e '/^fonts /d' "$work/com1" > "$out"
}
answers "$1" "$work/ours"
[ "$(wc -l < "$work/ours")" -gt 130 ] || { echo "the guest said too little"; exit 1; }
ran=0
for bios in /usr/share/bochs/BIOS-bochs-legacy /usr/share/seabios/bios.bin; do
    [ -e "$bios" ] || { echo "$bios is not there"; continue; }
    ran=1
    answers "$1" "$work/theirs" "romimage: file=$bios" "vgaromimage: file=$1/bios/vga.bin"
    diff "$work/ours" "$work/theirs" || { echo "$bios"; exit 1; }
done
[ $ran = 1 ] || exit 77
