# Source lines and frames of a program in 16-, 32- and 64-bit code: breakpoints by line, the source at a stop, who called with and without frame pointers.
. tests/guests/lib.sh
. tests/guests/debuggee.sh
if strings "$1/orrery" | grep -q 'built without libelf'; then echo "built without libelf: skipped"; exit 77; fi
shows() { while read -r line; do grep -qF -- "$line" "$work/out" || { echo "$what: missing: $line"; cat "$work/out"; exit 1; }; done; }
debug() { # BITS SCRIPT DIRECTIVE...: runs the program of so many bits
    bits=$1 script=$2; shift 2
    if [ $bits = 16 ]; then set -- "floppya: 1_44=$work/debuggee.img" "symbols: file=$work/debuggee.16" "$@"; else set -- "kernel: $work/debuggee.$bits" "$@"; fi
    limit=20 run_guest "$build" "$script" "$@"
    [ $status = 0 ] || exit 1
}
build=$1
for what in '16 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables' '32 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables' '32 -fomit-frame-pointer -fasynchronous-unwind-tables' \
    '64 -fomit-frame-pointer -fasynchronous-unwind-tables' '64 -fomit-frame-pointer -fno-asynchronous-unwind-tables -g1'; do
    make_debuggee $what
    debug ${what%% *} 'b debuggee.c:6
c
expect "debuggee.c":6 == eip || rip == debuggee.c:6
bt
list
list
list leaf
b debuggee.c:8 if [counter] > 5 && word [table] != 0
blist
quit 0'
    shows <<'L'
(debuggee.c:6) ()
debuggee.c:6	    counter = x;
debuggee.c:1	/* A program to be debugged
debuggee.c:10	
debuggee.c:11	__attribute__((noinline)) unsigned middle(unsigned x)
0 if [counter] > 5 && word [table] != 0 <leaf+0x
L
    for frame in 'leaf+0x[0-9a-f]* (debuggee.c:6)' '-> [0-9a-f]* middle+0x[0-9a-f]* (debuggee.c:13)' '-> [0-9a-f]* run+0x[0-9a-f]* (debuggee.c:19)'; do
        grep -qe "$frame" "$work/out" || { echo "$what: missing: $frame"; cat "$work/out"; exit 1; }
    done
done
