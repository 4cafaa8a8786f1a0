# Two processes with one machine: the second follows, and goes on when the first is killed; no sector whose flush the guest has seen is lost.  mirror.sh BUILD [ROUNDS]
. tests/guests/lib.sh
orrery=$1/orrery rounds=${2:-6}
second() { # SCRIPT OPTION...: in the background; $second
    rc=$1; shift
    timeout 100 "$orrery" --wait "unix:$work/socket" --headless -rc "$rc" "$@" > "$work/second" 2>&1 & second=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do [ -S "$work/socket" ] && return; sleep 0.1; done
    echo "nobody waits"; cat "$work/second"; exit 1
}
followed() { for i in $(seq 200); do grep -q " follows: " "$work/first" && return; sleep 0.1; done; show; }
show() { cat "$work/first" "$work/second"; exit 1; }
# The demo, with keys that come in: it goes on at the last tick that it knows of, and there it is what a machine alone would be.
printf '%s\n' hash 'type "4"' 'c 30000000' hash 'quit 0' > "$work/there.rc"
printf '%s\n' 'c 40000000' "mirror unix:$work/socket 0.1" 'type "3"' 'c 20000000' 'type "b"' c > "$work/here.rc"
second "$work/there.rc"
"$orrery" -n --headless -rc "$work/here.rc" 'clock: sync=none' 'sb16: enabled=1' 'cpu: model=corei7_haswell, count=2' > "$work/first" 2>&1 & first=$!
followed
sleep 1
kill -9 $first; wait $first 2> /dev/null
wait $second || show
grep -q 'the first is gone, and this is the machine' "$work/second" || show
begun=$(sed -n 's/^orrery: tick \([0-9]*\): the second.*/\1/p' "$work/second") tick=$(sed -n 's/^tick \([0-9]*\) hash .*/\1/p' "$work/second" | head -n 1)
limit=99999 run_guest "$1" "sba $begun
c
type \"3\"
c 20000000
type \"b\"
sba $tick
c
hash
type \"4\"
c 30000000
hash
quit 0" 'sb16: enabled=1' 'cpu: model=corei7_haswell, count=2'
[ "$(grep ' hash ' "$work/out")" = "$(grep ' hash ' "$work/second")" ] || { cat "$work/out"; show; }
# In order, with a look at the past, registers that are set and a reset: both end, and they were equal.  One whose second is killed goes on alone.
printf '%s\n' 'time-travel on' 'c 40000000' "mirror unix:$work/socket 0.01" 'type "3"' 'c 90000000' 'rs 1000' 'goto 50000000' present 'type "b"' 'c 1000000' 'set eax = 5' 'c 100000' reset 'c 1000000' 'mirror off' 'c 1000' 'quit 0' > "$work/here.rc"
second "$work/there.rc"
timeout 60 "$orrery" -n --headless -rc "$work/here.rc" 'clock: sync=none' 'usb_uhci: enabled=1, port1=tablet' > "$work/first" 2>&1 || show
wait $second || show
grep -q 'all comparisons were equal' "$work/second" || show
printf '%s\n' 'c 40000000' "mirror unix:$work/socket" 'c 100000000000' hash 'quit 0' > "$work/here.rc"
second "$work/there.rc"
timeout 60 "$orrery" -n --headless -rc "$work/here.rc" 'clock: sync=none' > "$work/first" 2>&1 & first=$!
followed
kill -9 $(ps -o pid= --ppid $second) $second 2> /dev/null; wait $second 2> /dev/null
wait $first || show
grep -q 'the mirror is gone' "$work/first" && grep -q ' hash ' "$work/first" || show
# A disk: the first is killed in the midst of writing.  What it has said is there.
need_tool nasm
nasm -o "$work/boot" tests/guests/mirror.asm && truncate -s 1474560 "$work/boot" || exit 1
for round in $(seq $rounds); do
    rm -f "$work/disk" "$work/said" "$work/said.later"; truncate -s 8M "$work/disk"
    printf '%s\n' 'c 40000000' 'quit 0' > "$work/there.rc"
    printf '%s\n' 'c 1000000' "mirror unix:$work/socket 0.5" c > "$work/here.rc"
    second "$work/there.rc" "com1: enabled=1, mode=file, dev=$work/said.later"
    "$orrery" -n --headless -rc "$work/here.rc" 'clock: sync=none' "floppya: image=$work/boot, status=inserted, write_protected=1" "ata0-master: type=disk, path=$work/disk" \
        'boot: floppy' "com1: enabled=1, mode=file, dev=$work/said" > "$work/first" 2>&1 & first=$!
    followed
    for i in $(seq 200); do [ -s "$work/said" ] && break; sleep 0.1; done
    sleep 0.$((round * 37 % 60 + 20))
    kill -9 $first; wait $first 2> /dev/null
    wait $second || show
    grep -q 'the first is gone' "$work/second" || show
    od -An -v -tx4 -w512 "$work/disk" | awk -v said="$work/said" '
        { for (i = 2; i <= NF; i++) if ($i != $1) { print "sector " NR - 1 " is torn"; bad = 1; break } has[NR - 1] = $1 }
        END { while ((getline line < said) > 0) if (length(line) == 8) { n++; k = tolower(line); s = 0; for (i = 5; i <= 8; i++) s = s * 16 + index("0123456789abcdef", substr(k, i, 1)) - 1
                s = s % 16384; if (has[s] < k) { print "sector " s " has " has[s] ", and " k " was said"; bad = 1 } }
              print n " sectors were said to be safe"; exit bad || n < 1 }' > "$work/judged" || { cat "$work/judged"; show; }
    # Who goes on has not fallen behind what was said: the first whole number that it says is the last one of the first, or a later one.
    last=$(grep -E '^[0-9A-F]{8}$' "$work/said" | tail -n 1) later=$(sed -n 2p "$work/said.later")
    [ "$(printf '%s\n' "$last" "$later" | sort | head -n 1)" = "$last" ] || { echo "it goes on with $later behind $last"; show; }
done
tail -n 1 "$work/judged"
