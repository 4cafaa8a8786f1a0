; A boot sector that floods: what, says -D: DEBUG_PORT, SERIAL, PRINTER, DISK, RESETS, TRIPLE_FAULTS, or RETURNS, which are resets of a program that comes back.
    org 0x7c00
    bits 16
    cpu 386
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
%ifdef DEBUG_PORT
flood:
    mov al, 'x'
    out 0xe9, al
    jmp flood
%elifdef SERIAL
    mov dx, 0x3fb                       ; 115200 baud
    mov al, 0x83
    out dx, al
    mov dx, 0x3f8
    mov ax, 1
    out dx, al
    inc dx
    mov al, ah
    out dx, al
    mov dx, 0x3fb
    mov al, 3
    out dx, al
flood:
    mov dx, 0x3fd
    in al, dx
    test al, 0x20
    jz flood
    mov dx, 0x3f8
    mov al, 'x'
    out dx, al
    jmp flood
%elifdef PRINTER
flood:
    xor dx, dx
    mov ax, 'x'
    int 0x17
    jmp flood
%elifdef DISK
flood:
    mov si, packet
    mov ax, 0x4300
    mov dl, 0x80
    int 0x13
    add dword [packet.lba], 64
    jmp flood
packet: db 16, 0
    dw 64, 0, 0x1000
.lba: dq 0
%elifdef RESETS
    mov al, 0xfe
    out 0x64, al
    jmp $
%elifdef TRIPLE_FAULTS
    lidt [none]
    int3
none: dw 0
    dd 0
%elifdef RETURNS
    mov word [0x467], back              ; 40:67, where it comes back to
    mov word [0x469], 0
    mov cx, 100
again:
    mov al, 0x0f                        ; CMOS: jump there without another word
    out 0x70, al
    mov al, 0x0a
    out 0x71, al
    mov [left], cx
    mov al, 0xfe
    out 0x64, al
    jmp $
back:
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00
    mov cx, [left]
    loop again
    mov al, 0xff                        ; all came back
    out 0xf4, al
left: dw 0
%endif
    times 510 - ($ - $$) db 0
    dw 0xaa55
    times 1474560 - ($ - $$) db 0
