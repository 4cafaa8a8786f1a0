# Two processors in one loop: breakpoints and catches with a condition on the processor, steps of one and of all; and nothing of it changes the guest.
. tests/guests/lib.sh
need_tool nasm
cat > "$work/boot.asm" <<'A'
org 0x7c00
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        mov si, both
        mov di, 0x8000
        mov cx, end - both
        rep movsb
        lgdt [gdtr]
        mov eax, cr0
        inc ax
        mov cr0, eax
        jmp 8:wide
bits 32
wide:   mov ax, 16
        mov ds, ax
        mov ss, ax
        mov ebx, 0xfee00300
        mov dword [ebx], 0xc4500        ; INIT to all others
        mov ecx, 100000
        loop $
        mov dword [ebx], 0xc4608        ; and where to start: 8000h
        xor ecx, ecx
        jmp 8:0x8000
both:   inc ecx                         ; in the other one's real mode: inc cx
        out 0x80, al
        nop
        jmp both
end:
align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw 23
        dd gdt
times 510 - ($ - $$) db 0
dw 0xaa55
A
nasm -f bin -o "$work/a.img" "$work/boot.asm" || exit 1
truncate -s 1440K "$work/a.img"
set -- "$1" 'cpu: count=2, quantum=7' "floppya: image=$work/a.img, status=inserted" 'boot: floppy'
run_guest "$1" 'lb 0x8003 if $cpu == 1
c
expect cpu == 1 && cs == 0x800 && ip == 3
d 1
catch out 0x80 if cpu == 0
c
expect cpu == 0 && cs == 8
processor 1
info threads
d 1
tbreak 0x8001 if cpu == 1
c
expect cpu == 1
blist
s 0 2
expect cpu == 0
s 1 3
expect cpu == 1
s all 5
show mode
processor 1
s 1 2
show off
trace-mem on
s all 2
trace-mem off
c 1000
hash
quit 0' "$2" "$3" "$4"; [ $status = 0 ] || exit 1
for line in '^(1) Breakpoint 1, 0x0000000000000003' '^(0) Caught OUT of 1 byte to port 0x0080' '^processor 1 of 2' '^\* cpu1 ' '^(1) Breakpoint 1, 0x0000000000000001' '^(1) \[0x00000000800'; do
    grep -q "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }
done
tick=$(sed -n 's/^tick \([0-9]*\) hash .*/\1/p' "$work/out") line=$(grep '^tick' "$work/out")
run_guest "$1" "c $tick
hash
quit 0" "$2" "$3" "$4"; [ $status = 0 ] || exit 1
grep -qF "$line" "$work/out" || { echo "watched: $line"; cat "$work/out"; exit 1; }
