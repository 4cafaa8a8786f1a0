; A boot floppy that sets every mode and calls INT 10h's services; what it finds goes to the first serial port.
; vga-services.sh compares it with what must come.  After "end" it draws a page in each mode, one a key.
bits 16
cpu 386
org 0x7c00
SECTORS equ 12
COM     equ 0x3f8
BUFFER  equ 0x9000                      ; of this segment

    jmp 0:start
start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    mov ax, 0x0200 + SECTORS
    mov bx, 0x7e00
    mov cx, 2
    xor dh, dh
    int 0x13
    jnc main
    hlt
    times 510 - ($ - $$) db 0
    dw 0xaa55

; --- printing ---
%macro PRINT 1
    call print_inline
    db %1, 0
%endmacro
%macro HEX 1                            ; a byte register or memory
    push ax
    mov al, %1
    call hex8
    pop ax
%endmacro
%macro HEX16 1
    push ax
    mov ax, %1
    call hex16
    pop ax
%endmacro
%macro LINE 0
    call newline
%endmacro
%macro VIDEO 1                          ; AX, INT 10h
    mov ax, %1
    int 0x10
%endmacro

putc:
    push dx
    push ax
    mov dx, COM + 5
.wait:
    in al, dx
    test al, 0x20
    jz .wait
    pop ax
    mov dx, COM
    out dx, al
    pop dx
    ret
print_inline:
    xchg si, [esp]
    push ax
.next:
    cs lodsb
    test al, al
    jz .done
    call putc
    jmp .next
.done:
    pop ax
    xchg si, [esp]
    ret
newline:
    push ax
    mov al, 10
    call putc
    pop ax
    ret
space:
    push ax
    mov al, ' '
    call putc
    pop ax
    ret
hex16:
    push ax
    mov al, ah
    call hex8
    pop ax
hex8:
    push ax
    shr al, 4
    call .digit
    pop ax
    push ax
    call .digit
    pop ax
    ret
.digit:
    and al, 15
    cmp al, 10
    sbb al, 0x69
    das
    jmp putc
; CX bytes from ES:SI
dump:
    es lodsb
    call hex8
    loop dump
    ret

; --- registers ---
; BL count, BH first index, DX index port
indexed:
    push bx
.next:
    mov al, bh
    out dx, al
    inc dx
    in al, dx
    dec dx
    call hex8
    inc bh
    dec bl
    jnz .next
    pop bx
    ret
registers:
    PRINT "  seq "
    mov dx, 0x3c4
    mov bx, 0x0104
    call indexed
    PRINT " misc "
    mov dx, 0x3cc
    in al, dx
    call hex8
    PRINT " crtc "
    mov dx, [0x463]
    mov bx, 0x0019
    call indexed
    LINE
    PRINT "  attr "
    xor bl, bl
.attribute:
    mov dx, [0x463]
    add dx, 6
    in al, dx
    mov dx, 0x3c0
    mov al, bl
    out dx, al
    inc dx
    in al, dx
    call hex8
    inc bl
    cmp bl, 0x15
    jb .attribute
    mov dx, [0x463]
    add dx, 6
    in al, dx
    mov dx, 0x3c0
    mov al, 0x20
    out dx, al
    PRINT " gc "
    mov dx, 0x3ce
    mov bx, 0x0009
    call indexed
    PRINT " dac "
    call dac_sum
    PRINT " mask "
    mov dx, 0x3c6
    in al, dx
    call hex8
    LINE
    PRINT "  data "
    xor ax, ax
    mov es, ax
    mov si, 0x449
    mov cx, 30
    call dump
    call space
    mov si, 0x484
    mov cx, 7
    call dump
    call space
    HEX [0x410]
    LINE
    ret
; CRC-16 of all colours: x^16 + x^12 + x^5 + 1, from FFFFh
dac_sum:
    mov bx, 0xffff
    mov cx, 768
    mov dx, 0x3c7
    xor al, al
    out dx, al
    mov dx, 0x3c9
.next:
    in al, dx
    xor bh, al
    mov ah, 8
.bit:
    shl bx, 1
    jnc .clear
    xor bx, 0x1021
.clear:
    dec ah
    jnz .bit
    loop .next
    HEX16 bx
    ret
; the colours of attributes 0 to 15, through the palette registers
colours:
    mov bx, 0
.next:
    push bx
    VIDEO 0x1007
    mov bl, bh
    mov bh, 0
    VIDEO 0x1015
    HEX dh
    HEX16 cx
    call space
    pop bx
    inc bx
    cmp bx, 16
    jb .next
    LINE
    ret

modes:      ; mode, then lines: 0 200, 1 350, 2 400
    db 0, 2, 1, 2, 2, 2, 3, 2, 0, 1, 1, 1, 2, 1, 3, 1, 0, 0, 1, 0, 2, 0, 3, 0, 4, 2, 5, 2, 6, 2, 7, 2, 7, 1
    db 0x0d, 2, 0x0e, 2, 0x0f, 2, 0x10, 2, 0x11, 2, 0x12, 2, 0x13, 2, 0xff

main:
    mov dx, COM + 3                     ; 115200 baud, 8N1
    mov al, 0x80
    out dx, al
    mov dx, COM
    mov al, 1
    out dx, al
    inc dx
    xor al, al
    out dx, al
    mov dx, COM + 3
    mov al, 3
    out dx, al

    PRINT "start "
    HEX16 [0x4a8]
    call space
    HEX16 [0x4aa]
    mov ax, [0x10 * 4 + 2]
    PRINT " vectors "
    call hex16
    call space
    HEX16 [0x43 * 4 + 2]
    call space
    HEX16 [0x1f * 4 + 2]
    LINE
    mov di, modes
each_mode:
    cmp byte [di], 0xff
    je cells
    mov al, [di + 1]
    mov ah, 0x12
    mov bl, 0x30
    int 0x10
    push ax
    PRINT "mode "
    HEX [di]
    call space
    HEX [di + 1]
    call space
    pop ax
    call hex8
    call space
    mov al, [di]
    xor ah, ah
    int 0x10
    call hex8
    LINE
    push di
    call registers
    pop di
    add di, 2
    jmp each_mode

%include "tests/guests/vga-services-cells.inc"
%include "tests/guests/vga-services-texts.inc"
%include "tests/guests/vga-services-palettes.inc"
%include "tests/guests/vga-services-fonts.inc"
%include "tests/guests/vga-services-state.inc"
%include "tests/guests/vga-services-pages.inc"
    times 512 * (SECTORS + 1) - ($ - $$) db 0
    times 1474560 - 512 * (SECTORS + 1) db 0
