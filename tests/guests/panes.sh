# The debugger in the window: keys and clicks of a person at X drive the machine, and it is in the state in which a script leaves it.
. tests/guests/lib.sh
ASAN_OPTIONS=detect_leaks=0; export ASAN_OPTIONS            # SDL and its drivers keep memory to the end
need_tool Xvfb xdotool python3
# 7C00 call 7C10, mov bx,1234h, inc bx, inc bx, jmp $   7C10 inc ax, inc ax, ret
printf '\350\015\000\273\064\022\103\103\353\376\220\220\220\220\220\220\100\100\303' > "$work/a.img"
truncate -s 1474560 "$work/a.img"
printf '\125\252' | dd of="$work/a.img" bs=1 seek=510 conv=notrunc 2> "$work/dd" || exit 1

# Headless: where things stand, and what the machine is then.
run_guest "$1" 'lb 0x7c00
c
panes text
panes key F10
expect eip == 0x7c03
panes key F11
panes key F11
expect eip == 0x7c07 && ebx == 0x1235
panes key F10
c 1000
hash
quit 0' "floppya: 1_44=$work/a.img"
[ $status = 0 ] || exit 1
wanted=$(grep hash "$work/out")
place() { grep -n -m 1 -e "$1" "$work/out" | awk -F: -v t="$1" '{ print (index($0, t) - length($1) - 2) * 8 + 12, ($1 - first) * 16 + 8 }' first=$(grep -n -m 1 'F5 go on' "$work/out" | cut -d: -f1); }
breakpoint=$(place '00007c03 ') tab=$(place 'Devices') guest=$(place 'Screen ')

# -noreset: a server that starts anew when its last client (xdotool) has gone cuts off one that is just coming.
Xvfb -noreset -displayfd 3 -fbdir "$work" -screen 0 1280x800x24 3> "$work/number" 2> /dev/null & server=$!
trap 'kill $server $program 2> /dev/null; rm -rf "$work"' EXIT
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s "$work/number" ] && break; sleep 0.5; done
[ -s "$work/number" ] || { echo "Xvfb does not start: skipped"; exit 77; }
DISPLAY=:$(cat "$work/number"); export DISPLAY SDL_VIDEODRIVER=x11
open_window() { # OPTION...: starts the program; its window has the keys
    timeout 120 "$build/orrery" -n --display window 'clock: sync=none' "$@" > "$work/out" 2>&1 & program=$!
    window=
    for i in $(seq 60); do window=$(xdotool search --name '^Orrery' 2> /dev/null | head -n 1); [ -n "$window" ] && break; sleep 0.5; done
    [ -n "$window" ] || { echo "no window appears"; cat "$work/out"; exit 1; }
    sleep 1
    xdotool windowfocus "$window"
    xdotool windowmove "$window" 0 0
    sleep 1
}
wait_for() { # TEXT: in the debugger's transcript
    for i in $(seq 60); do grep -qF -- "$1" "$work/log" && return 0; sleep 0.5; done
    echo "\"$1\" is not in the transcript"; cat "$work/log" "$work/out"; exit 1
}
enter() { xdotool type --delay 20 "$1"; xdotool key Return; }
ends_with() { wait $program; status=$?; [ $status = "$1" ] || { echo "status $status instead of $1"; cat "$work/log" "$work/out"; exit 1; }; }
build=$1

# F5 to a breakpoint, F10 over a call, F11 into one, Shift+F11 out of it; a click on an address sets a breakpoint, another one deletes it.
open_window -dbg_gui -dbglog "$work/log" "floppya: 1_44=$work/a.img"
enter 'lb 0x7c00'
xdotool key F5; wait_for 'Breakpoint 1, 0x0000000000007c00'
xdotool mousemove $breakpoint click 1
enter 'blist'; wait_for 'lbreakpoint    keep y   0x0000000000007c03 0'
python3 - "$work/Xvfb_screen0" <<'P' || exit 1
import struct, sys
picture = open(sys.argv[1], 'rb').read()
head = struct.unpack('>25I', picture[:100])
dots = picture[head[0] + head[19] * 12:]
count = {}
for i in range(0, len(dots) - 3, 4): count[dots[i:i + 3]] = count.get(dots[i:i + 3], 0) + 1
for name, color in ('the next instruction', 0x1f4f3a), ('a breakpoint', 0xa83232), ('a title', 0x26323e), ('an address', 0x86b6e6):
    if count.get(struct.pack('<I', color)[:3], 0) < 300: sys.exit(name + ' has no dots of its colour on the screen')
P
xdotool mousemove $breakpoint click 1
xdotool key F10; wait_for 'Next at t='
enter 'expect eip == 0x7c03 && (eax & 0xffff) >= 2'
xdotool key F11 F11
enter 'expect eip == 0x7c07 && ebx == 0x1235'
xdotool key F10
enter 'c 1000'; enter 'hash'; wait_for 'hash '
[ "$(grep -m 1 '^tick .* hash' "$work/log")" = "$wanted" ] || { echo "the window leaves another state than the script"; cat "$work/log"; echo "$wanted"; exit 1; }
enter 'set eip = 0x7c00'
xdotool key F11; sleep 0.3
enter 'expect eip == 0x7c10'
xdotool key Shift_L+F11; sleep 0.3
enter 'expect eip == 0x7c03'
# The machine runs with the keys until Pause takes them back; panes come and go; the window may have any size.
xdotool key F5; sleep 1; xdotool key ctrl+alt+d
wait_for 'jmp 0x7C08'
xdotool mousemove $tab click 1
for size in '640 480' '400 300' '1200 790'; do xdotool windowsize "$window" $size; sleep 0.5; done
xdotool key ctrl+alt+d; sleep 1; xdotool key ctrl+alt+d; sleep 1
enter 'expect eip == 0x7c08'
enter 'quit 7'
ends_with 7

# A guest (the demo disk, in real and protected mode, with paging, faults and interrupts) is the same with the panes open and looked at as headless.
printf '%s\n' 'wait-text "O  R  R  E  R  Y"' 'key 3' 'wait 1s' 'key esc' 'wait 500ms' 'key 4' 'wait 2s' hash 'quit 0' > "$work/script"
timeout 120 "$build/orrery" -n --headless -rc "$work/script" > "$work/headless" 2>&1 || { cat "$work/headless"; exit 1; }
: > "$work/log"
open_window -dbg_gui -rc "$work/script" 'clock: sync=realtime'
for i in 1 2 3 4; do xdotool key F6 F6 F11 F6 mousemove $guest click 1 mousemove $tab click 1 key F6 2> /dev/null; done
ends_with 0
grep -qF "$(grep hash "$work/headless")" "$work/out" || { echo "the panes change the guest"; cat "$work/headless" "$work/out"; exit 1; }

# Ctrl+Alt+D in a plain window; closed again, a breakpoint opens it.
: > "$work/log"
open_window -dbglog "$work/log" "floppya: 1_44=$work/a.img"
sleep 2
xdotool key ctrl+alt+d; sleep 1
enter 'expect eip == 0x7c08'
enter 'lb 0x7c08 if tick > 0'
xdotool key ctrl+alt+d; wait_for 'Breakpoint 1, 0x0000000000007c08'
sleep 0.5
enter 'quit 9'
ends_with 9

# Closing the window ends the program while the machine stands; -dbg_gui without a window is refused.
open_window 'debugger: gui=1'
xdotool windowquit "$window" 2> /dev/null || kill -TERM $program
ends_with 0
"$build/orrery" -n --headless -dbg_gui > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'panes are the window' "$work/out" || { cat "$work/out"; exit 1; }
