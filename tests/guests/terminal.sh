# The terminal shows the demo's text and takes its keys; where nothing can be shown a picture is left; a prompt keeps a stopped machine.
. tests/guests/lib.sh
need_tool script
orrery=$(realpath "$1")/orrery
unset DISPLAY WAYLAND_DISPLAY
{ sleep 4; printf 8; sleep 2; } | timeout 60 script -qec "stty rows 30 cols 100; TERM=xterm-256color '$orrery' -n" "$work/log" > "$work/screen" 2>&1; status=$?
[ $status = 0 ] || { echo "status $status"; cat -v "$work/screen" | tail -5; exit 1; }
grep -q "clockwork PC that you can stop" "$work/screen" || { echo "no text of the demo on the terminal"; exit 1; }
(cd "$work" && "$orrery" -n < /dev/null > out 2>&1) || { cat "$work/out"; exit 1; }
grep -q "orrery-screen.png" "$work/out" && [ "$(head -c 4 "$work/orrery-screen.png" | tail -c 3)" = PNG ] || { cat "$work/out"; exit 1; }
printf 'b 0x7c00\nc\nr\nq\n' | "$orrery" --headless --prompt -n > "$work/out" 2>&1
grep -q "Breakpoint 1" "$work/out" && grep -q "rip: 00000000_00007c00" "$work/out" || { cat "$work/out"; exit 1; }
