# `clone N` from a machine that runs: its disk, its past, its recording and its files stay what they were; each clone goes its own way and replays alone.
. tests/guests/lib.sh
bin=$(realpath "$1")/orrery
need "$data/floppies/freedos722.img"
cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
cd "$work" || exit 1
run() { "$bin" -n --headless -rc script --max-time 300 --max-wall 100 'clock: sync=none' 'cpu: ips=10000000' 'keyboard: paste_delay=10000' "$@" > out 2>&1; status=$?; }
bad() { echo "$1"; cat out; exit 1; }
# Clones write to a disk that is written through; the original's file and its state are those of a run without clones.
boot='wait-text "A:\\>" 60s
type "cls\necho original > o.txt\ntype o.txt\n"
wait-text "\noriginal" 30s'
after='hash
type "cls\necho goes on > g.txt\ntype g.txt\n"
wait-text "\ngoes on" 30s
hash
quit 0'
printf '%s\n' 'hash' '? $clone' 'type "cls\necho clone > c.txt\ntype c.txt\n"' 'wait-text "\nclone" 30s' 'expect $clone != 2' 'hash' 'quit 0' > own.rc
cp a.img kept.img
for how in 'clone 3 own.rc' '# alone'; do
    printf '%s\n' "$boot" "$how" "$after" > script
    cp kept.img a.img
    run 'floppya: image=a.img, status=inserted' "com1: enabled=1, mode=file, dev=com.txt" "parport1: enabled=1, file=printed.txt"
    [ $status = 0 ] || bad "a disk that is written through: $how"
    [ "$how" = '# alone' ] || { grep -q '^orrery: 2 of 3 ended with status 0' out && grep -q '^2: status 3' out || bad "what became of the clones"; mv a.img with.img; }
    grep '^tick.*hash' out >> hashes
done
[ "$(sort -u hashes | wc -l)" = 2 ] && cmp a.img with.img || { cat hashes; bad "a machine that was cloned goes on otherwise"; }
# The journals begin with the disk as it was then: it is brought back, or asked for.
"$bin" replay clone-*.1.journal --headless > out 2>&1 && bad "a disk that has been written to since"
grep -q 'bring' out || bad "a disk that has been written to since"
printf '%s\n' "$boot" 'quit 0' > script
cp kept.img a.img
run 'floppya: image=a.img, status=inserted'
for n in 1 2 3; do "$bin" replay clone-*.$n.journal --headless > out 2>&1 && grep -q 'as recorded' out || bad "the journal of clone $n"; done
# With a past, a recording and no file of its own: commands in place of a script.
rm -f clone-*
printf '%s\n' 'wait-text "O  R  R  E  R  Y" 20s' 'hash' 'clone 2 hash; wait 100ms; type "3"; wait 100ms; echo "a; b"; hash; time-travel on; save own.snapshot' 'hash' 'rs 5' 'clone 1 wait 10ms; hash' 'present' 'hash' 'clone 1 nonsense' > script
run 'time_travel: enabled=1' --record whole.journal
[ $status = 2 ] && grep -q 'neither a command nor a script' out || bad "a word that is neither"
[ "$(grep '^tick.*hash' out | sort -u | wc -l)" = 1 ] && [ "$(grep '^[12]: tick.*hash' out | wc -l)" = 5 ] && grep -q '^2: a; b' out || bad "commands in place of a script"
"$bin" replay whole.journal --headless > out 2>&1 && grep -q 'as recorded' out || bad "the recording of the original"
for j in clone-*.journal; do "$bin" replay $j --headless > out 2>&1 && grep -q 'as recorded' out || bad "$j"; done
[ "$(ls clone-*.journal | wc -l)" = 3 ] || bad "three clones, three journals"
# What cannot be shared is refused.
printf '%s\n' 'trace on t' 'clone 2 c 5' > script
run; [ $status = 2 ] && grep -q 'trace off first' out || bad "a trace"
printf '%s\n' 'clone 0' > script
run; [ $status = 2 ] && grep -q 'N from 1 to' out || bad "none"
exit 0
