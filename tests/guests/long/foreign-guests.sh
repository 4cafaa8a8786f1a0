# Every floppy guest with Debian's BIOSes in place of ours.
. tests/guests/lib.sh
need "$data/floppies/mikeos.img"
try() { # BUILD BIOS VGA-BIOS IMAGE TEXT
    cp "$data/floppies/$4" "$work/a.img"; chmod u+w "$work/a.img"
    limit=400 run_guest "$1" "wait-text \"$5\" 300s
quit 0" "romimage: file=$2" "vgaromimage: file=$3" "floppya: image=$work/a.img"
    [ $status = 0 ] || { echo "$4 with $2: status $status"; exit 1; }
}
for pair in /usr/share/bochs/BIOS-bochs-legacy,/usr/share/vgabios/vgabios.bin /usr/share/seabios/bios.bin,/usr/share/seabios/vgabios-isavga.bin; do
    bios=${pair%,*} vga=${pair#*,}
    [ -e "$bios" ] && [ -e "$vga" ] || { echo "$bios or $vga is not there"; continue; }
    try "$1" "$bios" "$vga" mikeos.img "Thanks for trying out MikeOS"
    try "$1" "$bios" "$vga" pdos16.img 'A:\\]'
    try "$1" "$bios" "$vga" pdos32.img 'A:\\]'
    try "$1" "$bios" "$vga" memtst32.img "Errors: 0"
    try "$1" "$bios" "$vga" fiwix.img "Please press Enter"
    try "$1" "$bios" "$vga" freedos.boot.disk.1.4MB.img 'A:\\>'
done
