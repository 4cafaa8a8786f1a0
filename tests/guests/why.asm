; A boot sector that goes wrong in the way CASE says; tests/guests/why.sh asks why.
bits 16
org 0x7c00
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
%if CASE == 1                   ; every line is masked
        mov al, 0xff
        out 0x21, al
        sti
idle:   hlt
        jmp idle
%elif CASE == 2                 ; the timer's handler forgets EOI
        mov word [8 * 4], handler
        mov word [8 * 4 + 2], ax
        sti
idle:   hlt
        jmp idle
handler: iret
%elif CASE == 3                 ; IF stays 0
        jmp $
%else
        lgdt [gdtr]
        lidt [no_idt]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
%if CASE == 4                   ; no IDT
        ud2
%elif CASE == 7 || CASE == 8    ; the timer by the I/O APIC: too low a priority, or a redirection entry that is masked
        mov al, 0xff
        out 0x21, al
        mov ebx, 0xfee00000
        mov dword [ebx + 0xf0], 0x1ff
        mov dword [ebx + 0x80], 0x50
        mov ebx, 0xfec00000
        mov dword [ebx], 0x14
        mov dword [ebx + 0x10], 0x40 | (CASE == 8) << 16
        mov dword [ebx], 0x15
        mov dword [ebx + 0x10], 0
        sti
        jmp $
%else
        mov edi, 0x10000        ; directory, or PML4 PDPT directory
        mov ecx, 0x3000 / 4
        xor eax, eax
        rep stosd
%if CASE == 5                   ; a page is mapped elsewhere, and INVLPG is forgotten
        mov dword [0x10000], 0x11007
        mov eax, 7
        mov edi, 0x11000
map:    stosd
        add eax, 0x1000
        cmp edi, 0x12000
        jb map
        mov eax, 0x10000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        mov eax, [0x200000]
        mov dword [0x11000 + 0x200 * 4], 0x300007
        mov eax, [0x200000]
        jmp $
%else                           ; long mode: nothing is mapped in the upper half
        mov dword [0x10000], 0x11003
        mov dword [0x11000], 0x12003
        mov dword [0x12000], 0x00083
        mov eax, cr4
        or al, 0x20
        mov cr4, eax
        mov eax, 0x10000
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or ah, 1
        wrmsr
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        jmp 24:long_mode
bits 64
long_mode:
        mov rbx, 0xffff800000001000
        inc dword [rbx]
%endif
%endif
align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
gdtr:   dw 31
        dd gdt
no_idt: dw 0
        dd 0
%endif
        times 510 - ($ - $$) db 0
        dw 0xaa55
        times 1474560 - ($ - $$) db 0
