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

; --- in each mode: teletype, AH=09h with and without XOR, read back, scroll, dots ---
cells:
    mov di, modes
.mode:
    cmp byte [di], 0xff
    je near texts
    cmp byte [di + 1], 2
    jne near .skip
    mov al, [di]
    xor ah, ah
    int 0x10
    PRINT "cells "
    HEX [di]
    call space
    mov dx, 0x0203                      ; row 2, column 3
    mov bh, 0
    mov ah, 2
    int 0x10
    mov bl, 7
    mov ax, 0x0e00 + 'K'
    int 0x10
    mov ax, 0x0e00 + 0xdb
    int 0x10
    mov dx, 0x0203
    call read_at
    mov dx, 0x0204
    call read_at
    mov dx, 0x0304                      ; a run of 5
    mov ah, 2
    int 0x10
    mov ax, 0x0900 + 'x'
    mov bx, 2
    mov cx, 5
    int 0x10
    mov dx, 0x0308
    call read_at
    mov dx, 0x0309
    call read_at
    mov ax, 0x0900 + 'x'                ; the same again in XOR: away in graphics
    mov bx, 0x82
    mov cx, 1
    mov dx, 0x0308
    mov ah, 2
    int 0x10
    mov ax, 0x0900 + 'x'
    int 0x10
    mov dx, 0x0308
    call read_at
    mov bh, 7                           ; up one line within a window; K comes to row 1
    mov ax, 0x0601
    mov cx, 0x0100
    mov dx, 0x0427
    int 0x10
    mov dx, 0x0103
    call read_at
    mov dx, 0x0204
    call read_at
    mov ax, 0x0702                      ; down two
    mov bh, 0
    mov cx, 0x0000
    mov dx, 0x0627
    int 0x10
    mov dx, 0x0303
    call read_at
    mov dx, 0x0103
    call read_at
    mov bx, 0                           ; dots
    mov cx, 101
    mov dx, 77
    mov ax, 0x0c03
    int 0x10
    call dot
    mov ax, 0x0c81
    int 0x10
    call dot
    mov cx, 102
    call dot
    LINE
.skip:
    add di, 2
    jmp .mode
read_at:
    push bx
    mov bh, 0
    mov ah, 2
    int 0x10
    mov ah, 8
    int 0x10
    call hex16
    call space
    pop bx
    ret
dot:
    mov ax, 0x0d00
    int 0x10
    call hex8
    call space
    ret

; --- text services ---
texts:
    VIDEO 0x0003
    PRINT "teletype "                   ; wraps at the corner, scrolls, and the new line has the attribute beside the cursor
    mov ax, 0x0600
    mov bh, 0x1e
    xor cx, cx
    mov dx, 0x184f
    int 0x10
    mov dx, 0x184f
    mov bh, 0
    mov ah, 2
    int 0x10
    mov ax, 0x0e00 + 'Z'
    int 0x10
    mov ah, 3
    int 0x10
    HEX16 dx
    call space
    HEX16 cx
    call space
    mov dx, 0x174f
    call read_at
    mov dx, 0x1800
    call read_at
    mov dx, 0x0105                      ; backspace, return, feed
    mov ah, 2
    int 0x10
    mov ax, 0x0e08
    int 0x10
    mov ax, 0x0e0a
    int 0x10
    mov ah, 3
    int 0x10
    HEX16 dx
    mov ax, 0x0e0d
    int 0x10
    mov ax, 0x0e08
    int 0x10
    mov ah, 3
    int 0x10
    call space
    HEX16 dx
    LINE
    PRINT "clip "                       ; a window beyond the screen, and one that is not
    mov ax, 0x0600
    mov bh, 0x2f
    mov cx, 0x174e
    mov dx, 0xffff
    int 0x10
    mov dx, 0x174e
    call read_at
    mov dx, 0x184f
    call read_at
    mov dx, 0x184d
    call read_at
    mov ax, 0x0600
    mov bh, 0x4f
    mov cx, 0x0505
    mov dx, 0x0404
    int 0x10
    mov dx, 0x0404
    call read_at
    LINE
    PRINT "pages "                      ; page 2, its cursor apart, its memory at 8192
    VIDEO 0x0502
    HEX [0x462]
    call space
    HEX16 [0x44e]
    call space
    mov ah, 2
    mov bh, 2
    mov dx, 0x0102
    int 0x10
    call crtc_cursor
    mov ax, 0x0900 + 'P'
    mov bx, 0x0270
    mov cx, 1
    int 0x10
    mov ax, 0xb800
    mov es, ax
    HEX16 [es:8192 + 164]
    call space
    mov ah, 2                           ; another page's cursor does not show
    mov bh, 1
    mov dx, 0x0a0b
    int 0x10
    call crtc_cursor
    mov ah, 0x0f
    int 0x10
    HEX16 ax
    call space
    HEX bh
    call space
    VIDEO 0x05ff                        ; no such page
    HEX [0x462]
    LINE
    PRINT "strings "
    VIDEO 0x0003
    push cs
    pop es
    mov ax, 0x1301                      ; cursor follows, one attribute
    mov bx, 0x005a
    mov cx, 6
    mov dx, 0x0510
    mov bp, text_1
    int 0x10
    mov ah, 3
    int 0x10
    HEX16 dx
    call space
    mov dx, 0x0511
    call read_at
    mov dx, 0x0600
    mov dx, 0x0512
    call read_at
    mov ax, 0x1302                      ; attributes in the string, cursor stays
    mov bx, 0x0000
    mov cx, 3
    mov dx, 0x0710
    mov bp, text_2
    int 0x10
    mov ah, 3
    int 0x10
    HEX16 dx
    call space
    mov dx, 0x0712
    call read_at
    LINE
    PRINT "cursor"
    mov si, shapes
.shape:
    lodsw
    cmp ax, 0xeeee
    je .shaped
    mov cx, ax
    call space
    HEX16 cx
    PRINT ":"
    mov ah, 1
    int 0x10
    mov dx, [0x463]
    push bx
    mov bx, 0x0a02
    call indexed
    pop bx
    PRINT ","
    HEX16 [0x460]
    jmp .shape
.shaped:
    mov ax, 0x1201                      ; without emulation
    mov bl, 0x34
    int 0x10
    call space
    call hex8
    mov cx, 0x0607
    mov ah, 1
    int 0x10
    mov dx, [0x463]
    mov bx, 0x0a02
    call space
    call indexed
    mov ax, 0x1200
    mov bl, 0x34
    int 0x10
    LINE
    jmp palettes
text_1: db "ab", 13, 10, "c", 8
text_2: db "1", 0x11, "2", 0x22, "3", 0x33
shapes: dw 0x0607, 0x0007, 0x0407, 0x2000, 0x0d0e, 0x0001, 0xeeee
crtc_cursor:
    push bx
    push dx
    mov dx, 0x3d4
    mov bx, 0x0c04
    call indexed
    call space
    pop dx
    pop bx
    ret

; --- AH=10h, 0Bh ---
palettes:
    PRINT "palette "
    VIDEO 0x0003
    mov bx, 0x2a05                      ; register 5, border, back
    VIDEO 0x1000
    mov bx, 0x0900
    VIDEO 0x1001
    mov bx, 0x0005
    VIDEO 0x1007
    HEX bh
    call space
    VIDEO 0x1008
    HEX bh
    call space
    push ds
    pop es
    mov dx, BUFFER
    VIDEO 0x1009
    mov si, BUFFER
    mov cx, 17
    call dump
    mov byte [BUFFER + 1], 0x3f
    mov dx, BUFFER
    VIDEO 0x1002
    mov bx, 1
    VIDEO 0x1007
    call space
    HEX bh
    mov bx, 0
    VIDEO 0x1003
    mov bx, 0x10
    VIDEO 0x1007
    call space
    HEX bh
    HEX [0x465]
    mov bx, 1
    VIDEO 0x1003
    mov bx, 0x10
    VIDEO 0x1007
    call space
    HEX bh
    HEX [0x465]
    LINE
    PRINT "dac "
    mov bx, 0x80
    mov dh, 0x11
    mov cx, 0x2233
    VIDEO 0x1010
    xor cx, cx
    mov bx, 0x80
    VIDEO 0x1015
    HEX dh
    HEX16 cx
    mov dword [BUFFER], 0x03020100
    mov dword [BUFFER + 4], 0x07060504
    mov dword [BUFFER + 8], 0x0b0a0908
    mov bx, 0xfe                        ; four from 254: round to 1
    mov cx, 4
    mov dx, BUFFER
    VIDEO 0x1012
    mov bx, 0xff
    mov cx, 2
    mov dx, BUFFER + 32
    VIDEO 0x1017
    call space
    mov si, BUFFER + 32
    mov cx, 6
    call dump
    mov bl, 0x0f
    VIDEO 0x1018
    xor bx, bx
    VIDEO 0x1019
    call space
    HEX bl
    mov bl, 0xff
    VIDEO 0x1018
    mov bx, 0x80
    mov cx, 1
    VIDEO 0x101b
    mov bx, 0x80
    VIDEO 0x1015
    call space
    HEX dh
    HEX16 cx
    mov bx, 0x0100                      ; sixteen pages of 16, page 5
    VIDEO 0x1013
    mov bx, 0x0501
    VIDEO 0x1013
    VIDEO 0x101a
    call space
    HEX16 bx
    mov bx, 0x0000                      ; four of 64, page 2
    VIDEO 0x1013
    mov bx, 0x0201
    VIDEO 0x1013
    VIDEO 0x101a
    call space
    HEX16 bx
    mov ax, 0x1200                      ; gray from now on, then a mode
    mov bl, 0x33
    int 0x10
    VIDEO 0x0013
    call space
    call dac_sum
    mov ax, 0x1201
    mov bl, 0x33
    int 0x10
    LINE
    PRINT "cga palette "
    VIDEO 0x0004
    mov bx, 0x0100
    mov ah, 0x0b
    int 0x10
    call four
    mov bx, 0x0011
    mov ah, 0x0b
    int 0x10
    call four
    mov bx, 0x0101
    mov ah, 0x0b
    int 0x10
    call four
    LINE
    PRINT "kept "                       ; palette loading off, memory kept
    VIDEO 0x0003
    mov ax, 0x0900 + 'k'
    mov bx, 0x001f
    mov cx, 1
    int 0x10
    mov bx, 0x3301
    VIDEO 0x1000
    mov ax, 0x1201
    mov bl, 0x31
    int 0x10
    call hex8
    VIDEO 0x0083
    call space
    xor dx, dx
    call read_at
    mov bx, 1
    VIDEO 0x1007
    HEX bh
    call space
    mov ah, 0x0f
    int 0x10
    HEX16 ax
    mov ax, 0x1200
    mov bl, 0x31
    int 0x10
    VIDEO 0x0003
    mov bx, 1
    VIDEO 0x1007
    call space
    HEX bh
    LINE

    mov di, coloured
.coloured:
    PRINT "colours "
    mov al, [di + 1]
    mov ah, 0x12
    mov bl, 0x30
    int 0x10
    HEX [di]
    call space
    mov al, [di]
    xor ah, ah
    int 0x10
    call colours
    add di, 2
    cmp byte [di], 0xff
    jne .coloured
    mov ax, 0x1202
    mov bl, 0x30
    int 0x10
    jmp fonts
coloured: db 3, 0, 3, 2, 7, 2, 4, 2, 6, 2, 0x0d, 2, 0x0f, 2, 0x11, 2, 0x13, 2, 0xff

; --- AH=11h ---
fonts:
    PRINT "fonts"
    mov bh, 0
.info:
    push bx
    xor bp, bp
    VIDEO 0x1130
    call space
    HEX cl
    HEX dl
    PRINT ":"
    HEX16 es
    cmp bp, 1                           ; an offset came back
    sbb al, al
    call hex8
    pop bx
    inc bh
    cmp bh, 8
    jb .info
    mov bh, 3                           ; the lower half is at F000:FA6E as well
    VIDEO 0x1130
    push ds
    push es
    pop ds
    mov si, bp
    mov ax, 0xf000
    mov es, ax
    mov di, 0xfa6e
    mov cx, 1024
    repe cmpsb
    pop ds
    call space
    HEX16 cx
    mov ax, 0x1130                      ; and the upper half of both is one
    mov bh, 4
    int 0x10
    sub bp, [0x1f * 4]
    call space
    HEX16 bp
    LINE
    PRINT "43 rows "
    VIDEO 0x0003
    mov bl, 0
    VIDEO 0x1112
    call shape_of_text
    VIDEO 0x1111
    call shape_of_text
    VIDEO 0x1114
    call shape_of_text
    VIDEO 0x0007
    mov bl, 0
    VIDEO 0x1112
    call shape_of_text
    LINE
    PRINT "user "                       ; two glyphs of 16 rows for 41h in block 1, then block 1 shown
    VIDEO 0x0003
    push ds
    pop es
    mov di, BUFFER
    mov cx, 32
    mov al, 0x81
.fill:
    stosb
    inc al
    loop .fill
    mov bp, BUFFER
    mov cx, 2
    mov dx, 0x41
    mov bx, 0x1001
    VIDEO 0x1100
    mov bl, 5
    VIDEO 0x1103
    call plane_2
    mov dx, 0x3c4
    mov bx, 0x0301
    call indexed
    call space
    VIDEO 0x0012
    push ds
    pop es
    mov bp, BUFFER
    mov cx, 8
    mov bl, 0
    mov dl, 60
    VIDEO 0x1121
    HEX [0x484]
    HEX16 [0x485]
    HEX16 [0x43 * 4]
    mov bl, 2
    VIDEO 0x1123
    HEX [0x484]
    HEX16 [0x485]
    LINE

; --- AH=12h, 1Ah, 1Bh, 1Ch ---
    VIDEO 0x0003
    PRINT "adapter "
    mov ah, 0x12
    mov bx, 0xff10
    int 0x10
    HEX16 bx
    HEX16 cx
    call space
    VIDEO 0x1a00
    HEX al
    HEX16 bx
    call space
    mov bx, 0x0007
    VIDEO 0x1a01
    HEX al
    VIDEO 0x1a00
    HEX16 bx
    mov bx, 0x0008
    VIDEO 0x1a01
    HEX [0x48a]
    VIDEO 0x4f00                        ; no VBE
    call space
    HEX16 ax
    VIDEO 0x5f77
    call space
    HEX16 ax
    mov ax, 0x1201                      ; the screen off and on
    mov bl, 0x36
    int 0x10
    mov dx, 0x3c4
    mov bx, 0x0101
    call space
    call indexed
    mov ax, 0x1200
    mov bl, 0x36
    int 0x10
    mov bx, 0x0101
    call indexed
    mov ax, 0x0400
    int 0x10
    call space
    HEX ah
    LINE
    PRINT "state "
    push ds
    pop es
    mov di, BUFFER
    mov bx, 0
    VIDEO 0x1b00
    HEX al
    call space
    mov si, BUFFER + 4
    mov cx, 60
    call dump
    call space
    les si, [BUFFER]
    mov cx, 16
    call dump
    LINE
    PRINT "save "
    mov cx, 7
    VIDEO 0x1c00
    HEX al
    HEX16 bx
    call space
    mov dx, 0x0304
    mov bh, 0
    mov ah, 2
    int 0x10
    push ds
    pop es
    mov bx, BUFFER
    mov cx, 7
    VIDEO 0x1c01
    VIDEO 0x0013
    push ds
    pop es
    mov bx, BUFFER
    mov cx, 7
    VIDEO 0x1c02
    HEX al
    call space
    mov ah, 3
    mov bh, 0
    int 0x10
    HEX16 dx
    LINE
    call registers
    PRINT "tables "                     ; what 40:A8h leads to
    les bx, [0x4a8]
    les si, [es:bx]
    add si, 0x18 * 64
    mov cx, 10
    call dump
    call space
    les bx, [0x4a8]
    les bx, [es:bx + 16]
    HEX16 [es:bx]
    les si, [es:bx + 2]
    mov cx, 4
    call space
    call dump
    LINE
    PRINT "own table "                  ; a program's parameter table and dynamic save area
    push ds
    les bx, [0x4a8]
    lds si, [es:bx]
    xor ax, ax
    mov es, ax
    mov di, BUFFER
    mov cx, 29 * 64 / 2
    rep movsw
    pop ds
    mov byte [BUFFER + 0x18 * 64 + 35 + 9], 0x15        ; palette register 9 of mode 3
    push dword [0x4a8]
    mov word [pointers], BUFFER
    mov word [0x4a8], pointers
    mov word [0x4aa], 0
    VIDEO 0x0003
    pop dword [0x4a8]
    mov bx, 9
    VIDEO 0x1007
    HEX bh
    call space
    push ds
    pop es
    mov si, saved_palette
    mov cx, 17
    call dump
    LINE
    PRINT "own fonts "                  ; ten lines high: in text as many rows as fit, in mode 13h twenty
    push dword [0x4a8]
    mov word [pointers + 8], text_override
    mov word [pointers + 12], graphics_override
    mov word [0x4a8], pointers
    mov word [0x4aa], 0
    VIDEO 0x0003
    call shape_of_text
    VIDEO 0x0013
    HEX [0x484]
    HEX16 [0x485]
    HEX16 [0x43 * 4]
    call space
    push ds
    pop es
    mov di, BUFFER + 64 * 32
    xor bx, bx
    VIDEO 0x1b00
    HEX [BUFFER + 64 * 32 + 0x32]
    call space
    VIDEO 0x0012                        ; not listed
    HEX16 [0x485]
    pop dword [0x4a8]
    VIDEO 0x0003
    LINE
    PRINT "print screen "
    mov ah, 0x12
    mov bl, 0x20
    int 0x10
    HEX16 [5 * 4 + 2]
    push dword [0x17 * 4]
    mov word [0x17 * 4], printer
    mov word [0x17 * 4 + 2], 0
    mov ax, 0x0900 + 'p'
    mov bx, 7
    mov cx, 3
    mov dx, 0x0100
    mov ah, 2
    int 0x10
    mov ax, 0x0900 + 'p'
    int 0x10
    int 5
    pop dword [0x17 * 4]
    call space
    HEX16 [printed]
    HEX [letters]
    HEX [0x500]
    LINE
    PRINT "bell "
    in al, 0x61
    mov bl, al
    mov bh, 0
    mov ax, 0x0e07
    int 0x10
    in al, 0x61
    xor al, bl
    and al, 3
    call hex8
    mov ah, 3
    int 0x10
    HEX16 dx
    LINE
    PRINT "registers "                  ; all come back, the upper half of ESP and DF too
    VIDEO 0x0003
    mov bh, 0
    mov dx, 0x184f                      ; a character that scrolls
    mov ah, 2
    int 0x10
    mov ax, 0x1111
    mov fs, ax
    mov ax, 0x2222
    mov gs, ax
    mov ax, 0x3333
    mov es, ax
    mov eax, 0x44440e52
    mov ebx, 0x55550007
    mov ecx, 0x66666666
    mov edx, 0x77777777
    mov esi, 0x88888888
    mov edi, 0x99999999
    mov ebp, 0xaaaaaaaa
    or esp, 0x12340000
    std
    int 0x10
    pushf
    cld
    pushad
    HEX16 fs
    HEX16 gs
    HEX16 es
    HEX16 ds
    call space
    xor ax, ax
    mov es, ax
    movzx esi, sp
    mov cx, 34
    call dump
    popad
    call space
    HEX16 ss
    mov eax, esp
    shr eax, 16
    call hex16
    and esp, 0xffff
    popf
    cld
    mov dx, 0x174f
    call space
    call read_at
    LINE
    PRINT "odd values "                 ; every AH with odd registers: the BIOS comes back
    xor si, si
.odd:
    mov ax, si
    xchg al, ah
    mov al, 0xfd
    cmp ah, 0x13
    je .next
    push si
    mov bx, 0xfdfd
    mov cx, 0x0101
    mov dx, 0xfdfd
    xor bp, bp
    mov di, BUFFER
    mov es, bp
    push ds
    int 0x10
    pop ds
    pop si
.next:
    inc si
    cmp si, 0x100
    jb .odd
    VIDEO 0x0003
    mov ah, 0x0f
    int 0x10
    call hex16
    LINE
    PRINT "end"
    LINE
    jmp pages
printer:
    cmp al, 'p'
    jne .count
    inc byte [cs:letters]
.count:
    inc word [cs:printed]
    mov ah, 0x10
    iret
printed: dw 0
letters: db 0
pointers: dw BUFFER, 0, saved_palette, 0
    times 5 dd 0
text_override:
    db 10, 0
    dw 2, 0x41, BUFFER, 0
    db 0xff, 2, 3, 0xff
graphics_override:
    db 20
    dw 10, BUFFER, 0
    db 0x13, 0xff
saved_palette: times 17 db 0xee

four:
    mov bx, 0
.next:
    push bx
    VIDEO 0x1007
    HEX bh
    pop bx
    inc bx
    cmp bx, 4
    jb .next
    HEX [0x466]
    call space
    ret
shape_of_text:
    HEX [0x484]
    HEX16 [0x485]
    HEX16 [0x44c]
    PRINT ":"
    mov dx, [0x463]
    mov bx, 0x0703
    call indexed
    mov bx, 0x0a02
    call indexed
    mov bx, 0x1201
    call indexed
    mov bx, 0x1401
    call indexed
    call space
    mov bl, 0
    ret
; first and last rows of 41h and 42h in block 1, through the window at A000h
plane_2:
    mov dx, 0x3ce
    mov ax, 0x0204
    out dx, ax
    mov ax, 0x0005
    out dx, ax
    mov ax, 0x0406
    out dx, ax
    mov dx, 0x3c4
    mov ax, 0x0704
    out dx, ax
    mov ax, 0xa000
    mov es, ax
    HEX [es:0x4000 + 0x41 * 32]
    HEX [es:0x4000 + 0x41 * 32 + 15]
    HEX [es:0x4000 + 0x42 * 32]
    HEX [es:0x4000 + 0x42 * 32 + 15]
    call space
    ret

; --- pages to look at: all characters, a line of each colour, dots ---
pages:
    mov di, modes
.mode:
    xor ah, ah
    int 0x16
    cmp byte [di], 0xff
    je pages
    mov al, [di + 1]
    mov ah, 0x12
    mov bl, 0x30
    int 0x10
    mov al, [di]
    xor ah, ah
    int 0x10
    xor cx, cx                          ; 32 characters a row
.character:
    mov al, cl
    and al, 31
    mov dl, al
    mov dh, cl
    shr dh, 5
    push cx
    mov bh, 0
    mov ah, 2
    int 0x10
    mov al, cl
    mov ah, 9
    mov bx, 15
    cmp byte [di], 4
    jb .white
    cmp byte [di], 6
    ja .white
    mov bl, 3
.white:
    mov cx, 1
    int 0x10
    pop cx
    inc cl
    jnz .character
    mov cx, 15                          ; colours
.colour:
    push cx
    mov dh, cl
    shr dh, 3
    add dh, 9
    mov dl, cl
    and dl, 7
    shl dl, 2
    mov bh, 0
    mov ah, 2
    int 0x10
    mov bl, cl
    mov ax, 0x09db
    mov cx, 4
    int 0x10
    pop cx
    dec cx
    jns .colour
    mov cx, 319
.dots:
    mov dx, cx
    shr dx, 1
    mov bh, 0
    mov al, cl
    and al, 0x7f
    mov ah, 0x0c
    int 0x10
    loop .dots
    add di, 2
    jmp .mode
    times 512 * (SECTORS + 1) - ($ - $$) db 0
    times 1474560 - 512 * (SECTORS + 1) db 0
