# Watchpoints and breakpoints of every kind while FreeDOS boots: they are met, and the machine is the same as without them; mistakes are named.
. tests/guests/lib.sh
boot_floppy "$1" freedos722.img 'lb 0x7c00
c
c 100000000
hash
quit 0'; [ $status = 0 ] || exit 1
want=$(sed -n 's/^tick //p' "$work/out")
boot_floppy "$1" freedos722.img "b 0x7c00
c
watch w 0x46c 4
watch r 0x410
watch w 0x9f000 65536
watch continue
vb 0x0070:0x0001
lb 0x12345678
c 100000000
watch
hash
quit 0"; [ $status = 0 ] || exit 1
grep -q "tick $want" "$work/out" || { echo "watched: not $want"; cat "$work/out"; exit 1; }
grep -q '(0) Caught write watch point at 0x00000000046c' "$work/out" && grep -q '^wr 0x00000000046c   (len=4) hits [1-9]' "$work/out" || { cat "$work/out"; exit 1; }
boot_floppy "$1" freedos722.img 'lb 0x7c00
c
watch w 0x46c
c
u /1 cs * 16 + ip
unwatch
watch
quit 0'; [ $status = 0 ] || exit 1
[ "$(grep -c 'Caught write watch point' "$work/out")" = 1 ] && ! grep -q '^wr ' "$work/out" || { cat "$work/out"; exit 1; }
bad() { # LINE WORDS
    printf '%s\n' "$1" > "$work/script"
    "$orrery" -n --headless -rc "$work/script" > "$work/out" 2>&1; [ $? = 2 ] && grep -q "script:1: .*$2" "$work/out" || { echo "$1"; cat "$work/out"; exit 1; }
}
orrery=$1/orrery
bad 'watch r' 'which physical address'
bad 'watch x 5' 'watch x: r, w or v ADDRESS'
bad 'watch w 5 0' 'a length of 0'
bad 'watch w 0x10000000000000 1' 'no physical address'
bad 'unwatch 5' 'no watchpoint at 0x5'
