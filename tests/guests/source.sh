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
    debug ${what%% *} 'timeline on
profile on
b debuggee.c:6
c
profile 100000
explain
timeline 1000
coverage '"$work/lcov"'
u 0xf0000
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
    # functions, lines and variables wherever an address is told; ROM is nobody's
    grep -q '^ *[0-9]* *[0-9.]* *[0-9.]*  [0-9a-f]* middle (debuggee.c:1[0-9])' "$work/out" && grep -q '^leaf+0x[0-9a-f]* (debuggee.c:6)' "$work/out" && grep -q 'linear [0-9a-f]* <counter+0x0>' "$work/out" &&
        ! grep '^00000000000f0' "$work/out" | grep -q '[(<][a-z_0-9]*+0x' || { echo "$what: names"; cat "$work/out"; exit 1; }
    grep -q '^SF:.*/debuggee.c$' "$work/lcov" && grep -q '^DA:[0-9]*,[1-9]' "$work/lcov" && grep -q '^end_of_record' "$work/lcov" || { echo "$what: coverage"; cat "$work/lcov"; exit 1; }
    [ ${what%% *} != 64 ] || grep -q '64-bit mode, before: .*<[a-z_0-9]*+0x' "$work/out" || { echo "$what: timeline"; cat "$work/out"; exit 1; }
done
# A program that is cut off anywhere is refused with a reason, or has what it still has; nothing else happens.
size=$(stat -c %s "$work/debuggee.64") part=0
while [ $part -lt 12 ]; do
    part=$((part + 1)); head -c $((size * part / 13)) "$work/debuggee.64" > "$work/cut"
    printf '%s\n' "ldsym $work/cut" 'set eip = 0x100090' 'u /20 0x100020' 'bt' 'slist' 'list debuggee.c:13' > "$work/script"
    "$build/orrery" -n --headless -rc "$work/script" > "$work/out" 2>&1; status=$?
    [ $status = 0 ] || { [ $status = 2 ] && grep -q 'script:[0-9]*: .' "$work/out"; } || { echo "$part of 13: status $status"; cat "$work/out"; exit 1; }
done
