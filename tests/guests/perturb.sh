# What varies by a seed: the same seed is the same run, however it is cut, saved and gone back in; off, nothing changes; and a search finds a race.
. tests/guests/lib.sh
need_tool nasm
bin=$(realpath "$1")/orrery
nasm -f bin -o "$work/race.img" tests/guests/race.asm || exit 1
cd "$work" || exit 1
run() { timeout 100 "$bin" -n --headless -rc script 'clock: sync=none' "$@" > out 2>&1; status=$?; }
bad() { echo "$1"; cat out; exit 1; }
hashes() { grep '^tick.*hash' out; }
all='timer=700, dma=60, ram=random, undefined=random'
# Off it is as if there were no such thing.
printf '%s\n' 'c 90000000' hash 'quit 0' > script
run; hashes > plain
run 'perturb: seed=5, timer=0'; hashes | cmp - plain || bad "a seed alone changes something"
for one in 'timer=700' 'dma=60' 'ram=random' 'undefined=random'; do
    run "perturb: seed=5, $one"; [ $status = 0 ] || bad "$one"
    hashes | cmp -s - plain && bad "$one changes nothing"
done
# A run in one piece, in many, another time; saved and restored; gone back in.
printf '%s\n' 'wait-text "O  R  R  E  R  Y" 20s' 'type "3"' 'c 30000000' hash 'quit 0' > script
run "perturb: seed=5, $all" 'ne2k: enabled=1, type=pci, ethmod=vnet' 'cpu: model=corei7_haswell, count=2'; hashes > whole; [ $status = 0 ] || bad "$all"
run "perturb: seed=6, $all" 'ne2k: enabled=1, type=pci, ethmod=vnet' 'cpu: model=corei7_haswell, count=2'; hashes | cmp -s - whole && bad "another seed is the same run"
printf '%s\n' 'wait-text "O  R  R  E  R  Y" 20s' 'type "3"' 'c 3000017' 'save snap' 'c 6999983' hash 'c 1' 'rs 200' 'goto $tick - 3000' 'present' 'restore snap' 'c 6999983' hash 's 100' 'c 19999900' hash 'quit 0' > script
run "perturb: seed=5, $all" 'ne2k: enabled=1, type=pci, ethmod=vnet' 'cpu: model=corei7_haswell, count=2' 'time_travel: enabled=1'
[ $status = 0 ] || bad "pieces"
hashes | tail -n 1 | cmp - whole && [ "$(hashes | head -n 2 | sort -u | wc -l)" = 1 ] || bad "pieces are another run"
# The race: not there on an undisturbed machine; found, the same one in each search, and done again by its journal.
printf '%s\n' 'wait-text "done" 20s --on e9' 'expect [0x600] == [0x604]' 'quit 0' > script
run 'floppya: image=race.img, status=inserted'; [ $status = 0 ] || bad "there is a race without a seed"
search() { timeout 300 "$bin" perturb "$@" -n 60 -rc script 'clock: sync=none' > out 2>&1; status=$?; }
search -n 'floppya: image=race.img, status=inserted'
[ $status = 3 ] && grep -q '^orrery: seed [0-9]* ended with status 3; its journal is perturb-' out && [ "$(ls perturb-*.journal | wc -l)" = 1 ] || bad "the race is not found"
mv perturb-*.journal first
"$bin" replay first --headless > out 2>&1 && grep -q 'as recorded' out || bad "the journal of the race"
end=$(sed -n 's/ end .*//p' first)
printf '%s\n' "c $((end - 1))" 'expect [0x600] != [0x604]' 'quit 7' > again
"$bin" replay first --headless -rc again > out 2>&1; [ $? = 7 ] || bad "the replay has no race"
search -n 'floppya: image=race.img, status=inserted' --record 'again-%n'
[ $status = 3 ] && [ "$(grep -h ' end ' again-*)" = "$(grep ' end ' first)" ] || bad "another search finds another race"
# From a snapshot in which nothing varied.
printf '%s\n' 'c 41000000' 'save start' 'quit 0' > script
run 'floppya: image=race.img, status=inserted'; [ $status = 0 ] || bad "a snapshot"
printf '%s\n' 'wait-text "done" 20s --on e9' 'expect [0x600] == [0x604]' 'quit 0' > script
search start 'perturb: timer=2000'
[ $status = 3 ] || bad "from a snapshot"
"$bin" replay perturb-*.journal --headless > out 2>&1 && grep -q 'as recorded' out || bad "the journal that begins with a snapshot"
search start; [ $status = 2 ] && grep -q 'is there already' out || bad "journals of before"
rm perturb-*
# Whoever asks what keeps an interrupt away hears of it.
printf '%s\n' 'c 45000000' 'why not 0' 'quit 0' > script
run 'floppya: image=race.img, status=inserted' 'perturb: timer=100000000'
[ $status = 0 ] && grep -q 'perturb: timer= holds it back until tick [0-9]' out || bad "why not"
printf '%s\n' 'wait-text "done" 20s --on e9' 'expect [0x600] == [0x604]' 'quit 0' > script
# Nothing to be found: nothing is left.
search start 'perturb: ram=random'
[ $status = 0 ] && grep -q '^orrery: 60 seeds, and none failed' out && ! ls perturb-* > ls 2>&1 || bad "a race without lateness"
timeout 20 "$bin" perturb -n -n 5 > out 2>&1; [ $? = 2 ] && grep -q 'rc SCRIPT says' out || bad "no script"
exit 0
