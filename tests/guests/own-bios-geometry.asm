; A boot floppy that prints what INT 13h says of hard disk 80h, and writes and reads its last sector by number.
; own-bios-geometry.sh gives it disks of several sizes and translations.
SECTORS equ 4
%include "own-bios-print.inc"

main:
    mov ax, 0x00e3
    xor dx, dx
    int 0x14
    PRINT "08h "
    DISK 0x0800, 0, 0x80, 0
    HEX16 cx
    HEX16 dx
    PRINT "48h "
    mov word [buffer], 26
    mov si, buffer
    DISK 0x4800, 0, 0x80, 0
    HEX16 [buffer + 2]
    HEX32 [buffer + 4]
    HEX32 [buffer + 20]
    HEX32 [buffer + 16]
    mov eax, [buffer + 16]
    mov edx, [buffer + 20]
    sub eax, 1
    sbb edx, 0
    mov [packet + 8], eax
    mov [packet + 12], edx
    PRINT "last "
    mov dword [buffer], 0x13572468
    mov dl, 0x80
    mov si, packet
    mov ax, 0x4300
    int 0x13
    CARRY
    mov dword [buffer], 0
    mov dl, 0x80
    mov ax, 0x4200
    int 0x13
    CARRY
    HEX32 [buffer]
    PRINT "by CHS "                     ; what 08h said exists, does
    mov ah, 8
    mov dl, 0x80
    int 0x13
    mov dl, 0x80
    mov ax, 0x0201
    push cs
    pop es
    mov bx, buffer
    int 0x13
    CARRY
    LINE
    mov ax, 0x0e21
    int 0x10
.stop:
    hlt
    jmp .stop

packet:
    dw 16, 1, buffer, 0
    dq 0
    times (SECTORS + 1) * 512 - ($ - $$) db 0
buffer equ 0x9800
    times 1474560 - ($ - $$) db 0
