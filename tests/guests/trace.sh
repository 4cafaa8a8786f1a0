# A trace is what single steps show, and writing it changes nothing; a file that is none is named.
. tests/guests/lib.sh
boot_floppy "$1" freedos722.img 'lb 0x7c00
c
s 1
'"$(yes 's' | head -n 999)"'
hash
quit 0'; [ $status = 0 ] || exit 1
want=$(sed -n 's/^tick //p' "$work/out")
sed -n '/^Next/d; s/^(0) \[[^]]*\] \([0-9a-f:]*\) (unk. ctxt): .* ; \([0-9a-f]*\)$/\1 \2/p' "$work/out" | head -n 1000 > "$work/steps"
boot_floppy "$1" freedos722.img "lb 0x7c00
c
trace on $work/trace
c 1000
trace off
hash
quit 0"; [ $status = 0 ] || exit 1
grep -q "tick $want" "$work/out" || { echo "traced: not $want"; cat "$work/out"; exit 1; }
"$1/orrery" trace show "$work/trace" > "$work/shown" || exit 1
sed 's/^[0-9]* \([0-9a-f:]*\): .* ; \([0-9a-f]*\) ; \([0-9]*\) times$/\1 \2 \3/; t; s/^[0-9]* \([0-9a-f:]*\): .* ; \([0-9a-f]*\)$/\1 \2 1/' "$work/shown" | awk '{ for (i = 0; i < $3; i++) print $1, $2 }' > "$work/traced"
[ "$(wc -l < "$work/traced")" = 1000 ] && cmp "$work/steps" "$work/traced" || { diff "$work/steps" "$work/traced" | head; exit 1; }
[ "$("$1/orrery" trace show "$work/trace" "${want%% *}" | wc -l)" = 0 ] && [ "$("$1/orrery" trace show "$work/trace" 0 7 | wc -l)" = 7 ] || exit 1
boot_floppy "$1" freedos722.img 'lb 0x7c00
c
c 100000000
hash
quit 0'; [ $status = 0 ] || exit 1
want=$(sed -n 's/^tick //p' "$work/out")
boot_floppy "$1" freedos722.img "trace on $work/trace
lb 0x7c00
c
c 100000000
hash
quit 0"; [ $status = 0 ] || exit 1
grep -q "tick $want" "$work/out" || { echo "traced from the beginning: not $want"; cat "$work/out"; exit 1; }
head -c 5000000 "$work/trace" | tail -c +9 > "$work/none"; head -c 1000001 "$work/trace" > "$work/cut"
"$1/orrery" trace show "$work/none" > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'is no trace' "$work/out" || { head "$work/out"; exit 1; }
"$1/orrery" trace show "$work/missing" > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'No such file' "$work/out" || exit 1
{ head -c 16 "$work/trace"; head -c 4096 /dev/urandom; } > "$work/noise"
"$1/orrery" trace show "$work/noise" > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'damaged' "$work/out" || { head "$work/out"; exit 1; }
"$1/orrery" trace show "$work/cut" > /dev/null || exit 1
printf 'trace on %s\nc 1000\n' "$work/no/where" > "$work/script"
"$1/orrery" -n --headless -rc "$work/script" > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'script:1: .*No such file' "$work/out" || { cat "$work/out"; exit 1; }
printf 'trace on /dev/full\nc 100000\ntrace off\n' > "$work/script"
"$1/orrery" -n --headless -rc "$work/script" > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'could not be written' "$work/out" || { cat "$work/out"; exit 1; }
