# The guests of the short suite once more, each in an SDL window under Xvfb.
. tests/guests/lib.sh
need_tool Xvfb
ASAN_OPTIONS=detect_leaks=0; export ASAN_OPTIONS            # SDL and its drivers keep memory to the end
Xvfb -noreset -displayfd 3 -screen 0 1024x800x24 3> "$work/number" 2> /dev/null & server=$!
trap 'kill $server 2> /dev/null; rm -rf "$work"' EXIT
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s "$work/number" ] && break; sleep 0.5; done
[ -s "$work/number" ] || { echo "Xvfb does not start: skipped"; exit 77; }
DISPLAY=:$(cat "$work/number") SDL_VIDEODRIVER=x11 ORRERY_DISPLAY=window; export DISPLAY SDL_VIDEODRIVER ORRERY_DISPLAY
for t in freedos mikeos pdos16 pdos32 memtest floppybird grub syslinux demo own-bios-disk own-bios-el-torito long/fiwix; do
    sh tests/guests/$t.sh "$1" > "$work/log" 2>&1; s=$?
    echo "in a window: $t: $s"
    [ $s = 0 ] || [ $s = 77 ] || { cat "$work/log"; exit 1; }
done
