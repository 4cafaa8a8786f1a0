# Debian's graphical installer: vga=788 by the kernel's own set-up, then bochs-drm with the mode that the monitor prefers; X, its pointer, its wheel, and the keyboard.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb
limit=1800
(cd "$work" && apt-get download -q debian-installer-12-netboot-amd64 && dpkg-deb -x debian-installer-12-*.deb di) > "$work/made" 2>&1 || { echo "no debian-installer-12-netboot-amd64: skipped"; exit 77; }
images=$work/di/usr/lib/debian-installer/images/12/amd64/gtk/debian-installer/amd64
need "$images/linux" "$images/initrd.gz"
run_guest "$1" "wait 10s
info device vga.dispi
wait 600s
info device vga.dispi
info device mouse
screenshot $work/languages.png
mouse 100 60
mouse 20 20
wait 5s
screenshot $work/moved.png
mouse 0 0 3
wait 10s
screenshot $work/scrolled.png
mouse 0 0 -3
key down
wait 5s
key enter
wait 60s
screenshot $work/places.png
quit 0" "memory: guest=1536" "kernel: file=$images/linux" "initrd: file=$images/initrd.gz" 'cmdline: "vga=788 quiet"' "vga: preferred=1280x800"
[ $status = 0 ] || exit 1
[ "$(grep '^xres' "$work/out" | awk '{ print $2 }' | tr '\n' ' ')" = "320 500 " ] || { echo "not 800 and then 1280 dots"; cat "$work/out"; exit 1; }
grep -q '^id  *[34]  ' "$work/out" || { echo "X found no wheel"; cat "$work/out"; exit 1; }
[ "$(stat -c %s "$work/languages.png")" -gt 60000 ] || { echo "no list of languages"; exit 1; }
cp "$work"/*.png "${SHOTS:-$work}" 2> /dev/null
differ() { cmp -s "$work/$1.png" "$work/$2.png" && { echo "$3"; exit 1; }; return 0; }
differ languages moved "the pointer does not move"
differ moved scrolled "the wheel does nothing"
differ scrolled places "the keyboard does nothing"
