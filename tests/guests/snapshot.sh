# A machine in a file: it goes on where it was, in another process too; an interrupted save leaves the old file or the new one.
. tests/guests/lib.sh
orrery=$1/orrery
hashes() { sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out"; }
one_each() { hashes | awk '{ if ($1 in seen && seen[$1] != $2) bad = 1; seen[$1] = $2 } END { exit bad }' || { echo "two hashes at a tick"; cat "$work/out"; exit 1; }; }
run_guest "$1" "c 40000000
save $work/a
hash
type \"3\"
c 20000000
hash
screenshot $work/then.png
save $work/b
restore $work/a
hash
type \"3\"
c 20000000
hash
quit 0" 'sb16: enabled=1' 'usb_uhci: enabled=1, port1=tablet' 'cpu: model=corei7_haswell, count=2'
[ $status = 0 ] || exit 1
one_each
cp "$work/out" "$work/first"
printf '%s\n' hash 'type "3"' 'c 20000000' hash "screenshot $work/now.png" "save $work/c" 'quit 0' > "$work/script"
timeout 60 "$orrery" -r "$work/a" --headless -rc "$work/script" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
cat "$work/first" >> "$work/out"
one_each
cmp "$work/then.png" "$work/now.png" || { echo "the picture is another one"; exit 1; }
cmp "$work/b" "$work/c" || { "$orrery" snapshot diff "$work/b" "$work/c"; exit 1; }
"$orrery" snapshot diff "$work/a" "$work/b" > "$work/out"; [ $? = 1 ] && grep -q '^machine.now: 2625a00 -> ' "$work/out" && grep -q 'pages differ$' "$work/out" || { cat "$work/out"; exit 1; }
"$orrery" snapshot info "$work/a" > "$work/out" && grep -q '^tick 40000000$' "$work/out" && grep -q '^cpu: .*count=2' "$work/out" || { cat "$work/out"; exit 1; }
# Another machine refuses it, and says why; so does this one when its disk has changed.
run_guest "$1" "restore $work/a" 'cpu: model=pentium' > /dev/null
[ $status = 2 ] && grep -q 'where this machine has\|which this machine does not have' "$work/out" || { cat "$work/out"; exit 1; }
# kill -9 at any moment of a save: what is there is whole.
printf '%s\n' 'c 30000000' "$(for i in 1 2 3 4 5 6 7 8 9; do echo "save $work/a force"; echo 'c 100000'; done)" > "$work/script"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    "$orrery" -n --headless --max-wall 20 -rc "$work/script" 'memory: guest=16, host=16' 'sb16: enabled=1' > /dev/null 2>&1 &
    machine=$!
    sleep 0.$((i * 37 % 60 + 100))
    kill -9 $machine 2> /dev/null; wait $machine 2> /dev/null
    "$orrery" snapshot info "$work/a" > "$work/out" 2>&1 || { echo "kill $i:"; cat "$work/out"; exit 1; }
done
