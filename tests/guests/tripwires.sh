# Tripwires: each stops at its place in a guest that does what is no fault and seldom meant, and none changes the guest.
. tests/guests/lib.sh
need_tool nasm
nasm -f bin -o "$work/a.img" tests/guests/tripwires.asm || exit 1
truncate -s 1440K "$work/a.img"
run_guest "$1" 'lb 0x7c00
c
d 1
tripwire port
tripwire unwritten
tripwire eoi
tripwire memory
tripwire code
tripwire reserved
tripwire tss
tripwire readonly 0x5000 4
blist
c
c
c
c
c
c
c
c
tripwire flags
c
tripwire flags off
sb 1000
c
hash
quit 0' "floppya: image=$work/a.img, status=inserted" 'boot: floppy'
[ $status = 0 ] || exit 1
grep '^(0) [TC]' "$work/out" > "$work/told"
cat > "$work/wanted" <<'L'
(0) Tripwire: no device answers at port 0x009f (1 byte, 0xff)
(0) Tripwire: a load of RAM to which nothing was ever stored, physical 0x0000000000005000, linear 0x5000
(0) Caught write watch point at 0x000000005000, linear 0x000000005000
(0) Tripwire: the handler of IRQ 0 returns, and its request is still in service: no EOI has come
(0) Tripwire: neither memory nor a device answers at physical 0x00000000000d0000 (1 byte)
(0) Tripwire: a store to code at physical 0x7c37 that runs on without a branch: a processor may have fetched the old bytes
(0) Tripwire: reserved bits 0x0000000000f00000 of CR0 are set, and ignored
(0) Tripwire: the TSS of 0x0008 ends at offset 0x32: some of its fields lie outside
(0) Tripwire: the next instruction reads ZF which the last that wrote it left undefined
(0) Caught time breakpoint
L
diff "$work/wanted" "$work/told" || { cat "$work/out"; exit 1; }
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out")
run_guest "$1" "c $2
hash
quit 0" "floppya: image=$work/a.img, status=inserted" 'boot: floppy'
grep -q "tick $2 hash $3" "$work/out" || { echo "tripped: tick $2 hash $3"; cat "$work/out"; exit 1; }
for wrong in 'tripwire nothing' 'tripwire stack' 'tripwire readonly 0x5000 0' 'tripwire port 5'; do
    run_guest "$1" "$wrong" > /dev/null; [ $status = 2 ] || { echo "$wrong: status $status"; exit 1; }
done
# A switch from CPL 3 to a stack that lies where it may not.
nasm -f bin -o "$work/b.img" tests/guests/faults.asm || exit 1
truncate -s 1440K "$work/b.img"
run_guest "$1" 'tripwire stack 0x6f00 0x100
c
expect cs == 8 && esp < 0x7000
quit 0' "floppya: image=$work/b.img, status=inserted" 'boot: floppy' 'cpu: model=corei7_haswell_4770'
[ $status = 0 ] && grep -q '^(0) Tripwire: the stack at linear 0x0000000000006f[0-9a-f]*, of SS 0x0010, lies in the guard range' "$work/out" || { cat "$work/out"; exit 1; }
