# Machines that come from one state: each goes its own way, the same in every run, and has a journal that replays.
. tests/guests/lib.sh
orrery=$1/orrery
run_guest "$1" "wait-text \"O  R  R  E  R  Y\" 20s
save $work/start
quit 0" 'cpu: model=corei7_haswell' 'ne2k: enabled=1, type=pci, ethmod=vnet' 'e1000: enabled=1, ethmod=vnet'
[ $status = 0 ] || exit 1
printf '%s\n' 'wait 100ms' 'type "3"' 'wait 200ms' '? $clone' hash 'expect $clone != 4' 'quit 0' > "$work/script"
for round in 1 2; do
    timeout 60 "$orrery" clone "$work/start" -n 6 --record "$work/journal.$round.%n" --screenshot "$work/%n.png" -rc "$work/script" > "$work/out.$round" 2>&1
    [ $? = 1 ] || { echo "an expect that fails is not told"; cat "$work/out.$round"; exit 1; }
    grep -q '^4: status 3$' "$work/out.$round" && grep -q '6 clones in' "$work/out.$round" || { cat "$work/out.$round"; exit 1; }
    grep ' hash ' "$work/out.$round" | sort > "$work/hashes.$round"
done
cmp "$work/hashes.1" "$work/hashes.2" && [ "$(sed 's/.* hash //' "$work/hashes.1" | sort -u | wc -l)" = 6 ] || { cat "$work"/out.*; exit 1; }
[ -s "$work/3.png" ] && [ -s "$work/6.png" ] || { echo "a clone's picture is missing"; exit 1; }
for n in 1 6; do "$orrery" replay "$work/journal.1.$n" --headless > "$work/out" 2>&1 && grep -q "as recorded" "$work/out" || { cat "$work/out"; exit 1; }; done
# What there is once is refused.
"$orrery" clone "$work/start" -n 2 --record "$work/one" "com1: enabled=1, mode=file, dev=$work/com" > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'com1: clones have no host' "$work/out" && grep -q '%n in the name' "$work/out" || { cat "$work/out"; exit 1; }
"$orrery" clone "$work/start" -n 0 > "$work/out" 2>&1; [ $? = 2 ] || { cat "$work/out"; exit 1; }
