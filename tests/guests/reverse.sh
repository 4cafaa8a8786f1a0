# Backwards on a program: steps, breakpoints, watchpoints, who wrote last, undo, another life; by commands and by gdb. The hash at a tick is the same however one came there.
. tests/guests/lib.sh
. tests/guests/debuggee.sh
make_debuggee 64 -fno-omit-frame-pointer
debuggee() { run_guest "$build" "$1" "kernel: $work/debuggee.64" "symbols: file=$work/debuggee.64" 'time_travel: enabled=1'; }
build=$1
says() { grep -qF -- "$1" "$work/out" || { echo "missing: $1"; cat "$work/out"; exit 1; }; }
hashes() { sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out"; }
# A breakpoint, forward and back: the same stops at the same ticks.
debuggee 'lb leaf
c
ptime
c
ptime
hash
c
ptime
rc
ptime
hash
rc
ptime
rs
rs 100
present
ptime
undo
goto $tick
quit 0'
[ $status = 0 ] || exit 1
set -- "$build" $(sed -n 's/^ptime: //p' "$work/out")
[ "$2" = "$6" ] && [ "$3" = "$5" ] && [ "$4" = "$7" ] || { echo "ticks $*"; cat "$work/out"; exit 1; }
[ "$(hashes | sort -u | wc -l)" = 1 ] || { echo "the hash at tick $3 is another one"; cat "$work/out"; exit 1; }
# Every step back and its step forward.
debuggee "$(echo 'c 3000000'; for i in 1 2 3 4 5 6 7 8; do echo hash; echo rs $((i * i * 5000)); echo hash; echo s $((i * i * 5000)); done; echo hash; echo 'quit 0')"
[ $status = 0 ] && hashes | awk '{ if ($1 in seen && seen[$1] != $2) bad = 1; seen[$1] = $2 } END { exit bad }' || { cat "$work/out"; exit 1; }
# Who wrote it? When was it run? A call is one step. Memory and registers cannot be changed in the past.
debuggee 'c 3000000
last-write counter 4
rn
undo
last-exec middle
last-event
present
watch w counter 4
rc
rc
set rax = 1
present
time-travel
quit 0'
[ $status = 2 ] || exit 1
says 'by the instruction that runs next'
says 'is in the past, where nothing can be changed'
[ "$(grep -c 'Caught write watch point' "$work/out")" = 2 ] || { cat "$work/out"; exit 1; }
# Another life: the same key at another moment is another machine; without it the old one is gone.
debuggee 'c 2000000
hash
c 1000000
goto 2000000
hash
live
set rbx = 0x1234
c 1000
hash
goto 2000000
c 1000
hash
quit 0'
[ $status = 0 ] && hashes | awk '{ if ($1 in seen && seen[$1] != $2) bad = 1; seen[$1] = $2 } END { exit bad }' && says 'tick 2000000 is the present' || { cat "$work/out"; exit 1; }
# The past is as long as there is memory for it, and nobody pays for it who does not want it.
run_guest "$build" 'time-travel
rs' 'floppya: 1_44=builtin:demo'
[ $status = 2 ] && says 'no past is kept' || exit 1
# gdb goes the same ways.
need_tool gdb
cat > "$work/gdb" <<'G'
break leaf
continue
continue
continue
set $third = x
reverse-continue
printf "second %d third %d\n", x, $third
reverse-stepi
stepi
printf "again %d\n", x
delete
watch counter
reverse-continue
printf "undone %d\n", counter
monitor goto 1
reverse-stepi
reverse-continue
kill
G
printf 'quit 0\n' > "$work/script"
timeout 60 "$build/orrery" -n --headless 'clock: sync=none' "kernel: $work/debuggee.64" "symbols: file=$work/debuggee.64" 'time_travel: enabled=1' "gdbstub: enabled=1, socket=$work/socket" --max-time 3 > "$work/out" 2>&1 &
for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.3; grep -q 'for gdb' "$work/out" && break; done
timeout 50 gdb -nx -q -batch -ex 'set pagination off' -ex 'set confirm off' -ex "target remote $work/socket" -x "$work/gdb" "$work/debuggee.64" > "$work/gdb.out" 2>&1
wait
cat "$work/gdb.out" >> "$work/out"
second=$(sed -n 's/^second \([0-9]*\) .*/\1/p' "$work/gdb.out")
grep -q "^again $second\$" "$work/gdb.out" && says 'Hardware watchpoint 2: counter' && says 'Old value =' && says 'undone' && says 'No more reverse-execution history' || { cat "$work/out"; exit 1; }
