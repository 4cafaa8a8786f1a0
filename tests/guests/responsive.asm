; A boot sector that keeps a CL-GD5446's BitBLT engine at copies of 16 MiB, one after the other: each is one access that takes long.
    org 0x7c00
    bits 16
    cpu 386
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00
    mov ax, 3
    int 0x10
    mov dx, 0x3c4
    mov ax, 0x1206                      ; SR6: the extensions are open
    out dx, ax
    mov si, registers
    mov cx, (registers.end - registers) / 2
    mov dx, 0x3ce
    cld
.register:
    lodsw
    out dx, ax
    loop .register
    mov ax, 0x0e00 + '!'
    mov bx, 7
    int 0x10
    mov dx, 0x3ce
    mov ax, 0x0231                      ; GR31: start
flood:
    out dx, ax
    jmp flood
registers:                              ; index, value: width, height, pitches, destination, source, mode, operation
    db 0x20, 0xff, 0x21, 0x1f, 0x22, 0xff, 0x23, 0x07, 0x24, 0x00, 0x25, 0x20, 0x26, 0x00, 0x27, 0x20
    db 0x28, 0x00, 0x29, 0x00, 0x2a, 0x00, 0x2c, 0x00, 0x2d, 0x10, 0x2e, 0x00, 0x30, 0x00, 0x32, 0x0d
.end:
    times 510 - ($ - $$) db 0
    dw 0xaa55
    times 1474560 - ($ - $$) db 0
