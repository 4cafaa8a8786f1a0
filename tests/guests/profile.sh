# Every instruction that runs is counted, and the counting changes nothing.
. tests/guests/lib.sh
need_tool nasm
cat > "$work/boot.asm" <<'A'
org 0x7c00
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov cx, 1000
outer:  inc ax
        loop outer
        call fill
        hlt
        jmp $ - 1
fill:   mov di, 0x1000
        mov cx, 500
        cld
        rep stosb
        ret
times 510 - ($ - $$) db 0
dw 0xaa55
A
nasm -f bin -o "$work/boot.img" "$work/boot.asm" -l "$work/list" || exit 1
truncate -s 1440K "$work/boot.img"
printf '7c00 start\n7c12 fill\n' > "$work/boot.sym"
cp "$work/boot.img" "$work/a.img"
run_guest "$1" "lb 0x7c00
c
profile on
c 5000
profile off
ldsym $work/boot.sym
profile
profile instructions 3
coverage $work/list
hash
quit 0" "floppya: image=$work/a.img, status=inserted" 'boot: floppy'
[ $status = 0 ] || exit 1
# 4 + 1000 x 2 + call, HLT and what interrupts add; 3 + 500 + ret
for pattern in '^ *504 .*0000000000007c12 fill$' '^ *1000 *1000 .*start+0x9' '^ *500 *1 .*fill+0x7'; do
    grep -q "$pattern" "$work/out" || { echo "missing: $pattern"; cat "$work/out"; exit 1; }
done
grep -q '^0000000000007c19 2 1 fill+0x7' "$work/list" || { cat "$work/list"; exit 1; }
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out")
run_guest "$1" "c $2
hash
profile
quit 0" "floppya: image=$work/a.img, status=inserted" 'boot: floppy'
[ $status = 2 ] && grep -q 'profile on begins' "$work/out" || exit 1
grep -q "tick $2 hash $3" "$work/out" || { echo "counted: tick $2 hash $3"; cat "$work/out"; exit 1; }
