# Visopsys, whose loader reads 64 sectors of a floppy at once, to its first question: in text mode where the adapter is a plain VGA, else in a mode of VBE with a pointer; and to its desktop.
. tests/guests/lib.sh
need "$data/floppies/visopsys.img"
cp "$data/floppies/visopsys.img" "$work/a.img"; chmod u+w "$work/a.img"
run_guest "$1" 'wait-text "Please select from the following options" 180s
quit 0' "floppya: image=$work/a.img, status=inserted" "vga: extension=none"
[ $status = 0 ] || exit $status
run_guest "$1" "wait 200s
info device vga.dispi
screenshot $work/one.png
mouse 80 40
wait 1s
screenshot $work/two.png
key enter
wait 40s
screenshot $work/desktop.png
quit 0" "floppya: image=$work/a.img, status=inserted" "memory: guest=128"
[ $status = 0 ] || exit $status
grep -q '^enable  *41 ' "$work/out" && [ "$(stat -c %s "$work/one.png")" -gt 3000 ] || { echo "no picture in a mode of VBE"; cat "$work/out"; exit 1; }
cmp -s "$work/one.png" "$work/two.png" && { echo "the pointer does not move"; exit 1; }
[ "$(stat -c %s "$work/desktop.png")" -gt 50000 ] || { echo "no desktop"; exit 1; }
exit 0
