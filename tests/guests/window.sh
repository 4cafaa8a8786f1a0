# The SDL window shows FreeDOS, takes keys by place, and leaves the guest's state as a headless run does.
. tests/guests/lib.sh
ASAN_OPTIONS=detect_leaks=0; export ASAN_OPTIONS            # SDL and its drivers keep memory to the end
for tool in Xvfb xdotool; do command -v $tool > /dev/null || { echo "$tool is not installed: skipped"; exit 77; }; done
[ -e "$data/floppies/freedos722.img" ] || { echo "freedos722.img is not in $data/floppies: skipped"; exit 77; }
cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
Xvfb -noreset -displayfd 3 -screen 0 1024x800x24 3> "$work/number" 2> /dev/null & server=$!
trap 'kill $server 2> /dev/null; rm -rf "$work"' EXIT
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s "$work/number" ] && break; sleep 0.5; done
[ -s "$work/number" ] || { echo "Xvfb does not start: skipped"; exit 77; }
DISPLAY=:$(cat "$work/number"); export DISPLAY SDL_VIDEODRIVER=x11
printf '%s\n' 'wait-text "A:\\>" 60s' 'type "dir\n"' 'wait 2s' hash 'quit 0' > "$work/script"
for how in window headless; do
    timeout 120 "$1/orrery" -n --display $how -rc "$work/script" 'clock: sync=none' "floppya: image=$work/a.img" > "$work/$how" 2>&1 || { cat "$work/$how"; exit 1; }
done
[ "$(grep hash "$work/window")" = "$(grep hash "$work/headless")" ] || { echo "window and headless differ"; cat "$work/window" "$work/headless"; exit 1; }

# Keys pressed at the window reach the guest; closing the window ends the program.
printf '%s\n' 'wait-text "A:\\>" 60s' 'type "cls\n"' 'wait 1s' 'wait-text "FreeCom version" 1000000s' 'wait-text "A:\\>" 60s' 'screenshot '"$work"'/shot.png' 'quit 7' > "$work/script"
timeout 150 "$1/orrery" -n --display window -rc "$work/script" 'clock: sync=none' "floppya: image=$work/a.img" > "$work/out" 2>&1 & program=$!
window=
for i in $(seq 60); do window=$(xdotool search --name '^Orrery' 2> /dev/null | head -n 1); [ -n "$window" ] && break; sleep 0.5; done
[ -n "$window" ] || { echo "no window appears"; cat "$work/out"; exit 1; }
for i in $(seq 40); do
    kill -0 $program 2> /dev/null || break
    xdotool windowfocus "$window" key v e r Return 2> /dev/null
    sleep 2
done
wait $program; status=$?
[ $status = 7 ] || { echo "status $status instead of 7"; cat "$work/out"; exit 1; }
[ "$(head -c 4 "$work/shot.png" | tail -c 3)" = PNG ] || { echo "no screenshot"; exit 1; }
