# A boot-sector game in mode 13h: a picture of more than a few colours, which moves when a key is pressed.
. tests/guests/lib.sh
boot_floppy "$1" floppybird.img "wait 3s
screenshot $work/one.png
key space
wait 1s
screenshot $work/two.png
expect ([0x449] & 0xff) == 0x13
quit 0"
[ $status = 0 ] || exit 1
[ "$(head -c 4 "$work/one.png" | tail -c 3)" = PNG ] && ! cmp -s "$work/one.png" "$work/two.png" || { echo "the picture does not move"; exit 1; }
[ "$(stat -c %s "$work/one.png")" -gt 2000 ] || { echo "an empty picture"; exit 1; }
