; Writes sector after sector of the first disk, each full of its own number, flushes it, and only then says the number on COM1.
        org 0x7c00
        bits 16
SECTORS equ 16384
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        cld
        mov dx, 0x3fb           ; COM1: 115200 8N1
        mov al, 0x80
        out dx, al
        mov dx, 0x3f8
        mov al, 1
        out dx, al
        inc dx
        xor al, al
        out dx, al
        mov dx, 0x3fb
        mov al, 3
        out dx, al
        mov ebx, 1
next:   mov di, 0x8000
        mov eax, ebx
        mov cx, 128
        rep stosd
        call ready
        mov eax, ebx
        and eax, SECTORS - 1
        mov dx, 0x1f3           ; LBA
        out dx, al
        inc dx
        shr eax, 8
        out dx, al
        inc dx
        shr eax, 8
        out dx, al
        inc dx
        mov al, 0xe0
        out dx, al
        mov dx, 0x1f2
        mov al, 1
        out dx, al
        mov dx, 0x1f7
        mov al, 0x30            ; WRITE SECTORS
        out dx, al
.drq:   in al, dx
        test al, 0x80
        jnz .drq
        test al, 8
        jz .drq
        mov si, 0x8000
        mov cx, 256
        mov dx, 0x1f0
        rep outsw
        call ready
        mov al, 0xe7            ; FLUSH CACHE
        out dx, al
        call ready
        test al, 0x21
        jnz stop
        mov cx, 8
.digit: rol ebx, 4
        mov al, bl
        and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        call say
        loop .digit
        mov al, 10
        call say
        inc ebx
        jmp next
stop:   cli
        hlt
ready:  mov dx, 0x1f7
.busy:  in al, dx
        test al, 0x80
        jnz .busy
        ret
say:    push dx
        push ax
        mov dx, 0x3fd
.full:  in al, dx
        test al, 0x20
        jz .full
        pop ax
        mov dx, 0x3f8
        out dx, al
        pop dx
        ret
        times 510 - ($ - $$) db 0
        dw 0xaa55
