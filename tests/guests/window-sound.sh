# A window plays what the guest sounds, and the guest's state is what it is without.
. tests/guests/lib.sh
ASAN_OPTIONS=detect_leaks=0; export ASAN_OPTIONS            # SDL and its drivers keep memory to the end
need_tool Xvfb nasm python3
nasm -f bin -o "$work/a.img" tests/guests/sound.asm || exit 1
Xvfb -noreset -displayfd 3 -screen 0 1024x800x24 3> "$work/number" 2> /dev/null & server=$!
trap 'kill $server 2> /dev/null; rm -rf "$work"' EXIT
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s "$work/number" ] && break; sleep 0.5; done
[ -s "$work/number" ] || { echo "Xvfb does not start: skipped"; exit 77; }
DISPLAY=:$(cat "$work/number"); export DISPLAY SDL_VIDEODRIVER=x11
SDL_AUDIODRIVER=disk SDL_DISKAUDIOFILE=$work/heard.raw; export SDL_AUDIODRIVER SDL_DISKAUDIOFILE
printf '%s\n' 'wait 3200ms' hash 'quit 0' > "$work/script"
for how in window headless; do
    timeout 120 "$1/orrery" -n --display $how -rc "$work/script" 'clock: sync=realtime, time0=0' 'boot: floppy' "floppya: image=$work/a.img, status=inserted" 'sb16: enabled=1' > "$work/$how" 2>&1 || { cat "$work/$how"; exit 1; }
done
[ "$(grep hash "$work/window")" = "$(grep hash "$work/headless")" ] || { echo "window and headless differ"; cat "$work/window" "$work/headless"; exit 1; }
[ -s "$work/heard.raw" ] || { echo "SDL has no disk driver: skipped"; exit 77; }
# Tenths of a second in which each tone is heard; a slow host has gaps.
PYTHONPATH=tests/guests PYTHONDONTWRITEBYTECODE=1 python3 - "$work/heard.raw" << 'P'
import array, sys
from tone import strength
left = array.array("h", open(sys.argv[1], "rb").read())[::2]
for hz, least in (440.13, 8000), (879.98, 1000), (1000, 16000):
    tenths = sum(strength(left[at:at + 4800], hz, 48000) > least for at in range(0, len(left), 4800))
    if tenths < 2: sys.exit("%g Hz is heard in %d tenths of a second" % (hz, tenths))
P
