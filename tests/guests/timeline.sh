# The timeline tells of switches, interrupts and faults, for people, viewers and eyes, and changes nothing.
. tests/guests/lib.sh
need_tool nasm
nasm -DCASE=1 -f bin -o "$work/a.img" tests/guests/why.asm || exit 1
boot="$work/a.img"
run_guest "$1" "timeline
quit 0" "floppya: image=$boot, status=inserted" && [ $status = 2 ] || { echo 'asked before it began'; exit 1; }
run_guest "$1" "timeline on
c 60000000
key a
timeline 10000
timeline json $work/t.json
timeline png $work/t.png
map png $work/m.png
hash
quit 0" "floppya: image=$boot, status=inserted" 'boot: floppy' > /dev/null
grep -q 'paging is off' "$work/out" || { echo 'a map without paging'; cat "$work/out"; exit 1; }
for line in 'interrupt 08h' 'protected mode, before: real-address mode'; do grep -q "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }; done
[ "$(head -c 4 "$work/t.png" | tail -c 3)" = PNG ] || { echo 'no picture'; exit 1; }
if command -v python3 > /dev/null; then
    python3 -c '
import json, sys
events = json.load(open(sys.argv[1]))["traceEvents"]
modes = [e for e in events if e["ph"] == "X" and e["tid"] == 0]
assert all(a["args"]["to"] == b["args"]["from"] for a, b in zip(modes, modes[1:])), "a state has gaps"
assert modes[0]["args"]["from"] == 0 and any(e["ph"] == "i" and "interrupt" in e["name"] for e in events)
' "$work/t.json" || exit 1
fi
run_guest "$1" "timeline on
c 60000000
hash
timeline off
c 1000
quit 0" "floppya: image=$boot, status=inserted" 'boot: floppy'
[ $status = 0 ] || exit 1
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out")
run_guest "$1" "c $2
hash
quit 0" "floppya: image=$boot, status=inserted" 'boot: floppy'
grep -q "tick $2 hash $3" "$work/out" || { echo "heard: tick $2 hash $3"; cat "$work/out"; exit 1; }
