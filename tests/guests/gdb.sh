# gdb debugs a program in 16-, 32- and 64-bit code, by a Unix socket and by a port: break, step, watch, registers, memory, monitor, Ctrl-C, detach; the guest sees nothing of it.
. tests/guests/lib.sh
. tests/guests/debuggee.sh
need_tool gdb
directives() { # BITS
    if [ $1 = 16 ]; then set -- "floppya: 1_44=$work/debuggee.img"; else set -- "kernel: $work/debuggee.$1"; fi
    printf '%s\n' "$@"
}
shows() { while read -r line; do grep -qF -- "$line" "$work/gdb.out" || { echo "$bits bits: missing: $line"; cat "$work/gdb.out" "$work/out"; exit 1; }; done; }
debug() { # WHERE DIRECTIVE...: the machine in the background until gdb's commands in $work/gdb have ended; its tick and hash then
    where=$1; shift
    printf 'quit 0\n' > "$work/script"
    timeout 60 "$orrery" -n --headless 'clock: sync=none' "$(directives $bits)" --max-time 3 "$@" > "$work/out" 2>&1 &
    machine=$!
    for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.3; grep -q 'for gdb' "$work/out" && break; done
    timeout 50 sh -c 'echo $$ > "$0"; exec "$@"' "$work/gdb.pid" gdb -nx -q -batch -ex 'set pagination off' -ex 'set confirm off' -ex "target remote $where" -x "$work/gdb" "$work/debuggee.$bits" > "$work/gdb.out" 2>&1 || { cat "$work/gdb.out" "$work/out"; exit 1; }
    wait $machine; status=$?
}
orrery=$1/orrery
for bits in 16 32 64; do
    frames=-fno-omit-frame-pointer; [ $bits = 64 ] && frames='-fomit-frame-pointer -fasynchronous-unwind-tables'
    make_debuggee $bits $frames
    cat > "$work/gdb" <<'G'
break leaf
continue
bt
printf "argument %d\n", x
delete
hbreak middle
continue
printf "at middle\n"
delete
watch counter
continue
printf "watched %d\n", counter
delete
next
rwatch table[0]
continue
delete
set var counter = 77
printf "counter %d\n", counter
stepi
set $st2 = 1.5
set $xmm3.v4_int32[1] = 0x1234
printf "st2 %g xmm3 %x cr0.pe %d\n", $st2, $xmm3.v4_int32[1], $cr0 & 1
printf "cs %x cs_base %x\n", $cs, $cs_base
monitor calc 6*7
monitor c
info threads
x/2i $pc
monitor hash
detach
G
    debug "$work/socket" "gdbstub: enabled=1, socket=$work/socket"
    [ $status = 3 ] || { echo "status $status"; cat "$work/out"; exit 1; }
    shows <<'L'
Breakpoint 1, leaf (x=1)
in middle (
in run ()
argument 1
at middle
Hardware watchpoint 3: counter
New value =
watched
return x * 3;
Hardware read watchpoint 4: table[0]
counter 77
st2 1.5 xmm3 1234 cr0.pe
0x2a 42
the machine would run meanwhile
(processor 0, 
[Inferior 1 (Remote target) detached]
L
    grep -q 'the run limit is reached' "$work/out" || { cat "$work/out"; exit 1; }
done
# Breakpoints and watchpoints change nothing: at the tick where gdb looked, the hash is that of a run without it.
cat > "$work/gdb" <<'G'
hbreak leaf
watch counter
continue
continue
continue
continue
delete
stepi
monitor hash
kill
G
bits=64
debug "$work/socket" "gdbstub: enabled=1, socket=$work/socket"
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/gdb.out")
run_guest "$1" "c $2
hash
quit 0" "$(directives 64)"
[ $status = 0 ] && grep -q "tick $2 hash $3" "$work/out" || { echo "with gdb: tick $2 hash $3"; cat "$work/out"; exit 1; }
# A machine that runs: gdb comes, looks, sets and removes, leaves, and comes again; at both ticks the machine is that of a run without it.
cat > "$work/gdb" <<'G'
monitor hash
hbreak leaf
continue
delete
detach
shell sleep 0.3
target remote SOCKET
monitor hash
kill
G
sed -i "s|SOCKET|$work/socket|" "$work/gdb"
debug "$work/socket" "gdbstub: enabled=1, socket=$work/socket, wait=0" --max-time 9999
[ $status = 0 ] && [ "$(grep -c '^tick' "$work/gdb.out")" = 2 ] || { echo "status $status"; cat "$work/gdb.out" "$work/out"; exit 1; }
grep '^tick' "$work/gdb.out" > "$work/hashes"
run_guest "$1" "$(sed 's/^tick \([0-9]*\) .*/sba \1\nc\nhash/' "$work/hashes")
quit 0" "$(directives 64)"
[ $status = 0 ] && [ "$(grep '^tick' "$work/out")" = "$(cat "$work/hashes")" ] || { echo 'attached and left:'; cat "$work/hashes" "$work/out"; exit 1; }
# A machine that runs already, and a port of the loopback interface; Ctrl-C stops it, kill ends it.
port=$((20000 + $$ % 20000))
cat > "$work/gdb" <<'G'
printf "arrived %d\n", counter > 0
shell (sleep 1; kill -INT $(cat "$work/gdb.pid")) &
continue
printf "stopped %d\n", $pc > 0x1000
kill
G
sed -i "s|\$work|$work|" "$work/gdb"
debug "localhost:$port" "gdbstub: enabled=1, port=$port, wait=0" --max-time 9999
shows <<'L'
arrived 1
received signal SIGINT
stopped 1
L
[ $status = 0 ] && grep -q "for gdb: target remote localhost:$port" "$work/out" || { echo "status $status"; cat "$work/out"; exit 1; }
# A triple fault stays with gdb: why is printed, and to continue is the reset.
if command -v nasm > /dev/null; then
    bits=16
    nasm -DCASE=4 -f bin -o "$work/debuggee.img" tests/guests/why.asm && truncate -s 1440K "$work/debuggee.img"
    cat > "$work/gdb" <<'G'
continue
printf "cs %x cr0.pe %d\n", $cs, $cr0 & 1
kill
G
    debug "$work/socket" "gdbstub: enabled=1, socket=$work/socket, arch=i386" --max-time 9999
    shows <<'L'
first cause: #UD at 0008:
received signal SIGSEGV
cs 8 cr0.pe 1
L
fi
