# What a run is caught at: ports, a request line, a change of memory, a triple fault, the end of a function; and nothing of it changes the guest.
. tests/guests/lib.sh
boot_floppy "$1" freedos722.img 'lb 0x7c00
c
catch port 0x3f0 8
catch irq 6
c
c
del 2
del 3
c
del 4
lwatch v 0x46c 4
c
unwatch
blist
watch
c 20000000
hash
quit 0'; [ $status = 0 ] || exit 1
for line in 'Caught IN of 1 byte from port 0x03f2: 0x1c' 'Caught OUT of 1 byte to port 0x03f2: 0x1c' 'Caught interrupt line IRQ6' \
            'Caught value watch point at 0x00000000046c, linear 0x00000000046c: 0x000000' '1 lbreakpoint    keep y   0x0000000000007c00 1'; do
    grep -qF "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }
done
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out")
boot_floppy "$1" freedos722.img "c $2
hash
quit 0"; [ $status = 0 ] || exit 1
grep -q "tick $2 hash $3" "$work/out" || { echo "caught: tick $2 hash $3"; cat "$work/out"; exit 1; }
# finish: INT 13h of the boot sector begins in the ROM and returns behind the INT
boot_floppy "$1" freedos722.img 'lb 0x7c00
c
catch int 0x13
c
finish
expect cs != 0xf000
catch out 0x99999' ; [ $status = 2 ] || { echo "a port that cannot be: status $status"; exit 1; }
grep -q 'catch out 0x99999: 0 to 0xffff' "$work/out" || { cat "$work/out"; exit 1; }
# Steps with their registers and accesses; events as they come
run_guest "$1" 'lb 0x7c00
c
trace-mem on
trace-reg on
s 10
trace-mem off
trace-reg off
show int
c 2000000
show off
c 1000000
quit 0'; [ $status = 0 ] || exit 1
for line in '[CPU0 WR]: LIN 0x0000000000007c24 PHY 0x000000007c24 (len=1): 0x00' 'rip: 00000000_00007c52' 'CPL 0 external interrupt 08h' 'software interrupt 13h' 'iret to CS f000'; do
    grep -qF "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }
done
# Told runs: each instruction, its accesses, calls; and the machine is the same
run_guest "$1" 'lb 0x7c00
c
trace on
trace-mem on
show all
trace-reg on
c 60000
trace off
trace-mem off
trace-reg off
show off
c 3000000
hash
quit 0'; [ $status = 0 ] || exit 1
[ "$(grep -c '^(0).\[[0-9]*\] ' "$work/out")" -gt 1000 ] && grep -q '^[0-9]*: call ' "$work/out" || { grep -v '^(0).\|^r\|CPU0' "$work/out" | head -40; exit 1; }
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out")
run_guest "$1" "c $2
hash
quit 0"; [ $status = 0 ] || exit 1
grep -q "tick $2 hash $3" "$work/out" || { echo "told: tick $2 hash $3"; cat "$work/out"; exit 1; }
