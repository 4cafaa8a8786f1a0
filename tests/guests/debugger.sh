# The prompt's commands in the shapes that Bochs's users know; expectations; mistakes name file and line.
. tests/guests/lib.sh
run_guest "$1" 'b 0x7c00
c
r
sreg
creg
x /4bx 0x7c00
xp /2hx 0x7c00 + 0
x 0x7c00 16
info idt 0x10 0x13
info tab
info device pic1
page 0x7c00
calc (eip + 0x10) * 2
set eax = 0x1234
expect ax == 0x1234 && eip == 0x7c00
setpmem 0x600 2 0xabcd
expect [0x600] & 0xffff == 0xabcd || 1
n
u /2 cs * 16 + ip
print-stack 2
fpu
sse
x /1i 0x7c00
x /1s 0x7c03
u switch-mode
u size = 32
u /2 0x7c03
help fpu
ptime
blist
quit 0'
[ $status = 0 ] || exit 1
while read -r line; do
    grep -qF -- "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }
done <<'L'
(0) Breakpoint 1
rip: 00000000_00007c00
cs:0x0000, dh=0x00009300, dl=0x0000ffff, valid=1
CR0=0x60000010: pg CD NW
0x0000000000007c00:	0xeb	0x3c
0x00007c00: eb 3c 90 4f 52 52 45 52 59
INT# 10 > c000:
paging off
linear page 0x00007000 maps to physical page 0x00007000
0xf820 63520
IRR: requests that wait
xor ax, ax
control word: 0x0040: rounds to nearest, 24 bits
XMM[07]: 00000000_00000000_00000000_00000000
0000000000007c00: jmp 0x7C3E 
"ORRERY  "
dec %edi
fp fpu
L
bad() { # LINE WORDS
    printf '%s\n' "$1" > "$work/script"
    "$orrery" -n --headless -rc "$work/script" > "$work/out" 2>&1; [ $? = 2 ] && grep -q "script:1: .*$2" "$work/out" || { echo "$1"; cat "$work/out"; exit 1; }
}
orrery=$1/orrery
bad 'b' 'where?'
bad 'b 0x7c00 x' 'operator is missing'
bad 'x /4q 0' 'no format'
bad 'calc 1 +' 'column 4'
bad 'set eax' 'set REGISTER'
bad 'info nothing' 'is nothing of'
bad 'page' 'missing'
bad 'frobnicate' 'no command'
bad 'help frobnicate' 'no command'
printf 'calc 1\ncalc (\n' > "$work/inner"
bad "source $work/inner" 'inner:2: '
printf 'expect 1 == 2\n' > "$work/script"; "$orrery" -n --headless -rc "$work/script" > "$work/out" 2>&1; [ $? = 3 ] || exit 1
printf 'hello\0' > "$work/string"
run_guest "$1" "sb 1000000
c
expect tick == 1000000
loadmem $work/string 0x500
print-string 0x500
expect byte [0x504] == 0x6f && word [0x500] == 0x6568
sba 1000005
c
expect tick == 1000005
bt 2
explain
why not 1
quit 0"; [ $status = 0 ] || exit 1
for line in '(0) Caught time breakpoint' 'hello' 'flags' 'STOPS  pic1: IR1'; do grep -qF -- "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }; done
