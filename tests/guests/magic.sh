# Magic breakpoints: XCHG of a 16-bit register with itself stops behind it, in 16-bit and 32-bit code, and changes nothing.
. tests/guests/lib.sh
need_tool nasm
cat > "$work/boot.asm" <<'A'
org 0x7c00
        xor ax, ax
        mov ds, ax
        mov cx, 3
again:  xchg bx, bx
        xchg cx, cx
        xchg di, si
        loop again
        lgdt [gdtr]
        mov eax, cr0
        inc ax
        mov cr0, eax
        jmp 8:wide
bits 32
wide:   xchg ebx, ebx
        xchg bx, bx
        inc eax
        jmp $
align 8
gdt:    dq 0, 0x00cf9a000000ffff
gdtr:   dw 15
        dd gdt
times 510 - ($ - $$) db 0
dw 0xaa55
A
nasm -f bin -o "$work/a.img" "$work/boot.asm" || exit 1
truncate -s 1440K "$work/a.img"
run_guest "$1" 'c
expect eip == 0x7c09
c
c
expect cx == 1
c
expect cs == 8
r
setmagicbps "cx"
blist
clrmagicbps "bx"
clrmagicbps
crc 0x7c00 0x7c03
deref 0x7c00 1
tlb 0x7c00
hash
quit 0' 'magic_break: enabled=1' "floppya: image=$work/a.img, status=inserted" 'boot: floppy'
[ $status = 0 ] || exit 1
[ "$(grep -c '(0) Magic breakpoint' "$work/out")" = 4 ] || { echo 'four stops'; cat "$work/out"; exit 1; }
grep -q 'linear 0x7c00 -> physical 0x7c00, for reads' "$work/out" || { cat "$work/out"; exit 1; }
set -- "$1" $(sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out")
run_guest "$1" "c $2
hash
setmagicbps \"cx\"
quit 0" "floppya: image=$work/a.img, status=inserted" 'boot: floppy'
grep -q "tick $2 hash $3" "$work/out" || { echo "magic: tick $2 hash $3"; cat "$work/out"; exit 1; }
! grep -q 'Magic' "$work/out"
