# A machine goes to another process while it runs: the same state at equal ticks as without; its disk goes with it, lock and all; whoever cannot have it leaves it as it was.
. tests/guests/lib.sh
orrery=$1/orrery
wait_at() { # SCRIPT OUTPUT OPTION...: in the background; $waiting
    rc=$1 out=$2; shift 2
    timeout 60 "$orrery" --wait "unix:$work/socket" --headless -rc "$rc" "$@" > "$out" 2>&1 & waiting=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do [ -S "$work/socket" ] && return; sleep 0.1; done
    echo "nobody waits"; cat "$out"; exit 1
}
hash_at() { sed -n "s/^tick $1 hash //p" "$2" | tail -1; }
# The demo: what runs here from then on is what would have run there.
printf '%s\n' hash 'type "3"' 'c 20000000' hash 'quit 0' > "$work/there.rc"
wait_at "$work/there.rc" "$work/there" --record "$work/journal"
run_guest "$1" "c 40000000
type \"4\"
migrate unix:$work/socket
c 10" 'sb16: enabled=1' 'cpu: model=corei7_haswell, count=2' 'usb_uhci: enabled=1, port1=tablet'
[ $status = 0 ] && grep -q 'the machine has gone to' "$work/out" || { cat "$work/out" "$work/there"; exit 1; }
wait $waiting || { cat "$work/there"; exit 1; }
tick=$(sed -n 's/^tick \([0-9]*\): the machine has gone.*/\1/p' "$work/out")
cp "$work/out" "$work/here"
run_guest "$1" "c 40000000
type \"4\"
sba $tick
c
hash
type \"3\"
c 20000000
hash
quit 0" 'sb16: enabled=1' 'cpu: model=corei7_haswell, count=2' 'usb_uhci: enabled=1, port1=tablet'
[ "$(grep ' hash ' "$work/there")" = "$(grep ' hash ' "$work/out")" ] || { cat "$work/there" "$work/out"; exit 1; }
"$orrery" replay "$work/journal" --headless > "$work/out" 2>&1 && grep -q 'as recorded' "$work/out" || { echo "the journal of what came does not replay"; cat "$work/out"; exit 1; }
# Another machine that listens in its place refuses; this one goes on.  So does one whose other side dies.
wait_at "$work/there.rc" "$work/there" 'sb16: enabled=1'
run_guest "$1" "c 10000000
hash
migrate unix:$work/socket" > /dev/null
[ $status = 2 ] && grep -q 'the other side refuses: .*sb16' "$work/out" || { cat "$work/out" "$work/there"; exit 1; }
wait $waiting; [ $? = 4 ] || { cat "$work/there"; exit 1; }
run_guest "$1" "migrate unix:$work/socket" > /dev/null
[ $status = 2 ] && grep -q 'is a machine waiting there' "$work/out" || { cat "$work/out"; exit 1; }
run_guest "$1" "migrate $work/socket" > /dev/null
[ $status = 2 ] && grep -q 'unix:PATH' "$work/out" || { cat "$work/out"; exit 1; }
# FreeDOS on a floppy that is written through: what was written here and there is in the file, and nobody else had it in between.
need "$data/floppies/freedos722.img"
cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
printf '%s\n' 'type "echo there > t.txt\n"' 'wait 2s' 'type "type h.txt\n"' 'wait 2s' 'expect-text "here"' 'quit 0' > "$work/there.rc"
wait_at "$work/there.rc" "$work/there"
inode=$(stat -c %i "$work/a.img")
( locked=0; while kill -0 $waiting 2> /dev/null; do
    if grep -q "OFDLCK.*WRITE.*:$inode " /proc/locks; then [ $locked = 2 ] && echo "the lock was away for a moment"; locked=1; elif [ $locked = 1 ]; then locked=2; fi
    sleep 0.02
done > "$work/gaps" ) & watching=$!
run_guest "$1" "wait-text \"A:\\\\>\" 60s
type \"echo here > h.txt\\n\"
wait 2s
migrate unix:$work/socket" "floppya: image=$work/a.img, status=inserted"
[ $status = 0 ] || exit 1
wait $waiting || { cat "$work/there"; exit 1; }
wait $watching; [ ! -s "$work/gaps" ] || { cat "$work/gaps"; exit 1; }
printf '%s\n' 'wait-text "A:\\>" 60s' 'type "type h.txt\ntype t.txt\n"' 'wait 2s' 'expect-text "here"' 'expect-text "there"' 'quit 0' > "$work/script"
timeout 60 "$orrery" -n --headless -rc "$work/script" "floppya: image=$work/a.img, status=inserted" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
