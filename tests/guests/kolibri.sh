# KolibriOS's desktop in a mode of VBE with the linear frame buffer; its pointer follows the mouse, and a click on the panel's end hides it.
. tests/guests/lib.sh
limit=600
boot_floppy "$1" kolibri.img "wait 25s
key enter
wait 40s
screenshot $work/desktop.png
info device vga.dispi
mouse -200 100
mouse -200 100
wait 500ms
screenshot $work/moved.png
mouse -100 200
mouse -100 200
mouse 0 40
mouse 0 0 left
mouse 0 0
wait 2s
screenshot $work/clicked.png
quit 0"
[ $status = 0 ] || exit 1
grep -q '^enable  *41 ' "$work/out" && grep -q '^xres  *400 ' "$work/out" || { echo "no linear frame buffer"; cat "$work/out"; exit 1; }
[ "$(stat -c %s "$work/desktop.png")" -gt 15000 ] || { echo "no desktop"; exit 1; }
cmp -s "$work/desktop.png" "$work/moved.png" && { echo "the pointer does not move"; exit 1; }
cmp -s "$work/moved.png" "$work/clicked.png" && { echo "nothing is clicked"; exit 1; }
cp "$work"/*.png "${SHOTS:-$work}" 2> /dev/null
exit 0
