; What is no fault and seldom meant, one after the other: see tripwires.sh.
org 0x7c00
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        in al, 0x9f                     ; nobody's port
        mov ax, [0x5000]                ; nothing was stored there
        mov word [0x5000], 1
        mov ax, [0x5000]
        mov word [0x20], irq0
        mov word [0x22], 0
        sti
        hlt
        cli
        mov ax, 0xd000
        mov es, ax
        mov al, [es:0]                  ; nothing is there
        mov byte [ahead + 1], 7         ; runs on into it
ahead:  mov al, 1
        mov byte [behind + 1], 7        ; a branch lies between
        jmp behind
behind: mov al, 1
        mov eax, cr0
        or eax, 0x00f00001              ; PE, and reserved bits
        lgdt [gdtr]
        mov cr0, eax
        mov ax, 8
        ltr ax                          ; of 50 bytes
        mov bl, 3
        mul bl
        jz zero                         ; MUL leaves ZF undefined
zero:   shl al, 1
        jo over                         ; OF is defined by a shift by 1
over:   jmp over
irq0:   push ax                         ; no EOI
        pop ax
        iret
align 8
gdt:    dq 0
        dw 50, 0x6000, 0x8900, 0
gdtr:   dw 15
        dd gdt
times 510 - ($ - $$) db 0
dw 0xaa55
