# A breakpoint stops before the boot sector's first instruction, and watching changes nothing: equal hash at an equal tick.
. tests/guests/lib.sh
boot_floppy "$1" freedos722.img 'lb 0x7c00
c
s 3
del 1
c 100000000
hash
quit 0'; [ $status = 0 ] || exit 1
grep -q '0000:0000000000007c00' "$work/out" || { cat "$work/out"; exit 1; }
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out")
boot_floppy "$1" freedos722.img "c $2
hash
quit 0"; [ $status = 0 ] || exit 1
grep -q "tick $2 hash $3" "$work/out" || { echo "watched: tick $2 hash $3"; cat "$work/out"; exit 1; }
