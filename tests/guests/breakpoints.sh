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
# An interrupt is caught where its condition holds; a condition that never does stops nothing.
boot_floppy "$1" freedos722.img 'lb 0x7c00 if eax == 0x12345678
catch int 0x13 if ah == 2 && tick > 1000
c 100000000
expect ah == 2
blist
quit 0'; [ $status = 0 ] || exit 1
for line in 'Caught interrupt 13h' '1 lbreakpoint    keep y   0x0000000000007c00 0 if eax == 0x12345678' '2 catch int      keep y   13h                1 if ah == 2 && tick > 1000'; do
    grep -qF "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }
done
