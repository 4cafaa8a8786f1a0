# Names of the guest's addresses: from the configuration, by ldsym, in expressions and wherever an address is shown.
. tests/guests/lib.sh
printf '%s\n' '7c00 boot_sector' '0000000000007c3e T start' '0000000000000500 A scratch' > "$work/boot.map"
printf '7c00 0000000000000010 T moved\n' > "$work/moved.map"
run_guest "$1" 'b start if cs == 0
blist
c
expect eip == start && boot_sector + 0x3e == "start" && scratch == 0x500
u /1
u /1 boot_sector
x /1bx boot_sector
info symbols 0x7c40
slist st
set esp = 0x7c3c
setpmem 0x7c3c 2 0x7c02
print-stack 1
ldsym global '"$work/moved.map"' 0x100000
slist moved
quit 0' "symbols: file=$work/boot.map"
[ $status = 0 ] || exit 1
while read -r line; do
    grep -qF -- "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }
done <<'L'
1 lbreakpoint    keep y   0x0000000000007c3e 0 if cs == 0 <start+0x0>
(0) Breakpoint 1, 0x0000000000007c3e in start+0x0 ()
0000:0000000000007c3e (start+0x0): cli
0000000000007c3e: (start+0x0): cli
0000000000007c00: (boot_sector+0x0): jmp 0x7C3E <start+0x0>
0x0000000000007c00 <boot_sector+0x0>:	0xeb
0000000000007c40: start+0x2
0000000000007c3e: start
[0x7c02] (boot_sector+0x2)
1 symbols of
0000000000107c00: moved
L
printf '7c00\n' > "$work/bad.map"
"$1/orrery" -n --headless "symbols: file=$work/bad.map" > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'bad.map:1: neither "ADDRESS NAME"' "$work/out" || { cat "$work/out"; exit 1; }
run_guest "$1" "lb boot_sector
c
trace on $work/trace
s 2
trace off
quit 0" "symbols: file=$work/boot.map"
[ $status = 0 ] && "$1/orrery" trace show "$work/trace" 0 2 --symbols "$work/boot.map" > "$work/out" && grep -q '0000:0000000000007c00: (boot_sector+0x0): jmp 0x7C3E <start+0x0> ' "$work/out" && grep -q '(start+0x0): cli' "$work/out" || { cat "$work/out"; exit 1; }
# Several programs, each at a base of its own.
run_guest "$1" 'info symbols 0x7c40
info symbols 0x107c04
expect moved == 0x107c00 && start == 0x7c3e
quit 0' "symbols: file=$work/boot.map" "symbols: file=$work/moved.map, base=0x100000"
[ $status = 0 ] && grep -q '^0000000000107c04: moved+0x4$' "$work/out" && grep -q ': start+0x2$' "$work/out" || { cat "$work/out"; exit 1; }
