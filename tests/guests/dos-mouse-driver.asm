; A mouse driver, resident under DOS: INT 33h in text modes.  On a PS/2 mouse by the BIOS, or with -D SERIAL on a Microsoft mouse at the first serial port.
; Sources: Microsoft Mouse Programmer's Reference, "Mouse Functions" and "Serial Mouse"; IBM PS/2 and PC BIOS Interface Technical Reference,
; "Pointing device interface".  The screen is 640 by 200 dots; a character is 8 by 8 of them.
    org 0x100
    bits 16
    cpu 386
    jmp install

%define C_DI bp + 0                     ; a caller's registers on the stack
%define C_SI bp + 2
%define C_BX bp + 8
%define C_DX bp + 10
%define C_CX bp + 12
%define C_AX bp + 14
%define C_ES bp + 16
%define C_DS bp + 18

MOVED    equ 1                          ; events; each button's press and release are the next bits
WIDTH    equ 640
HEIGHT   equ 200
%ifdef SERIAL
BUTTONS  equ 2
KIND     equ 2
COM      equ 0x3f8
IRQ      equ 4
%else
BUTTONS  equ 3
KIND     equ 4
%endif

struc axis                              ; a coordinate, in dots
.dots:    resw 1
.rest:  resw 1                          ; mickeys, eight times, that are no dot yet
.least: resw 1
.most:  resw 1
.ratio: resw 1                          ; mickeys for eight dots
.bytes:
endstruc
struc counted                           ; of a button: how often since it was asked, and where last
.count: resw 1
.x:     resw 1
.y:     resw 1
.bytes:
endstruc

dispatch:
    push ds
    push es
    pusha
    mov bp, sp
    push cs
    pop ds
    cld
    cmp ax, 0x24
    jne .table
    call version
    jmp .done
.table:
    cmp ax, (functions.end - functions) / 2
    jae .done
    mov si, ax
    add si, si
    call [functions + si]
.done:
    popa
    pop es
    pop ds
    iret

functions:
    dw reset, show, hide, position, set_position, presses, releases, limit_x, limit_y, nothing, cursor, movement, set_handler, nothing, nothing, ratio
.end:

nothing:
    ret

; 0: everything as at the start.
reset:
    cli
    call erase
    mov si, initial
    push cs
    pop es
    mov di, state
    mov cx, initial.end - initial
    rep movsb
    sti
    mov word [C_AX], 0xffff
    mov word [C_BX], BUTTONS
    ret

; 1 and 2: it is visible when shown as often as hidden.
show:
    cli
    cmp word [hidden], 0
    je .end
    dec word [hidden]
    call draw
.end:
    sti
    ret
hide:
    cli
    call erase
    inc word [hidden]
    sti
    ret

; 3
position:
    mov ax, [buttons]
    mov [C_BX], ax
    mov ax, [x]
    and ax, ~7                          ; a text mode knows whole characters
    mov [C_CX], ax
    mov ax, [y]
    and ax, ~7
    mov [C_DX], ax
    ret

; 4: CX, DX
set_position:
    cli
    call erase
    mov [x], cx
    mov [y], dx
    call confine
    call draw
    sti
    ret

; 5 and 6: of button BX
presses:
    mov si, pressed
    jmp asked
releases:
    mov si, released
asked:
    cmp bx, 3
    jae .end
    imul bx, bx, counted.bytes
    add si, bx
    mov ax, [buttons]
    mov [C_AX], ax
    cli
    mov ax, [si + counted.count]
    mov [C_BX], ax
    mov word [si + counted.count], 0
    sti
    mov ax, [si + counted.x]
    mov [C_CX], ax
    mov ax, [si + counted.y]
    mov [C_DX], ax
.end:
    ret

; 7 and 8: CX to DX, in either order
limit_x:
    mov bx, x
    jmp limit
limit_y:
    mov bx, y
limit:
    cmp cx, dx
    jle .sorted
    xchg cx, dx
.sorted:
    cli
    call erase
    mov [bx + axis.least], cx
    mov [bx + axis.most], dx
    call confine
    call draw
    sti
    ret

; 0Ah: the software cursor (BX 0): what stays of the character (CX) and what is changed (DX)
cursor:
    test bx, bx
    jnz .end
    cli
    call erase
    mov [screen_mask], cx
    mov [cursor_mask], dx
    call draw
    sti
.end:
    ret

; 0Bh: mickeys since it was asked
movement:
    cli
    mov ax, [mickeys_x]
    mov [C_CX], ax
    mov ax, [mickeys_y]
    mov [C_DX], ax
    mov dword [mickeys_x], 0
    sti
    ret

; 0Ch: ES:DX is called for the events of CX
set_handler:
    cli
    mov [event_mask], cx
    mov [handler], dx
    mov ax, [C_ES]
    mov [handler + 2], ax
    sti
    ret

; 0Fh: mickeys for eight dots
ratio:
    test cx, cx
    jz .end
    test dx, dx
    jz .end
    mov [x + axis.ratio], cx
    mov [y + axis.ratio], dx
.end:
    ret

; 24h: version 6.00, the kind of mouse, its interrupt
version:
    mov word [C_BX], 0x0600
%ifdef SERIAL
    mov word [C_CX], KIND << 8 | IRQ
%else
    mov word [C_CX], KIND << 8          ; "0 for PS/2"
%endif
    ret

; --- the pointer on the screen ---
; The place of the pointer's character: ES:DI.
cell:
    push 0x40
    pop es
    mov di, [es:0x4e]                   ; the page
    mov ax, [y]
    shr ax, 3
    mul word [es:0x4a]                  ; columns
    mov bx, [x]
    shr bx, 3
    add ax, bx
    add ax, ax
    add di, ax
    push 0xb800
    pop es
    ret
draw:
    cmp word [hidden], 0
    jne .end
    cmp byte [drawn], 0
    jne .end
    push dx
    call cell
    pop dx
    mov [place], di
    mov ax, [es:di]
    mov [under], ax
    and ax, [screen_mask]
    xor ax, [cursor_mask]
    stosw
    mov byte [drawn], 1
.end:
    ret
erase:
    cmp byte [drawn], 0
    je .end
    mov byte [drawn], 0
    push 0xb800
    pop es
    mov di, [place]
    mov ax, [under]
    stosw
.end:
    ret

; --- movement: CX mickeys to the right, DX down, BX the buttons; interrupts are off, DS is ours ---
moved:
    cld
    xor si, si                          ; events
    mov ax, cx
    or ax, dx
    jz .still
    inc si
    add [mickeys_x], cx
    add [mickeys_y], dx
    push bx
    push si
    call erase
    mov bx, x
    mov ax, cx
    call advance
    mov bx, y
    mov ax, dx
    call advance
    call confine
    call draw
    pop si
    pop bx
.still:
    mov ax, bx
    xchg ax, [buttons]
    xor ax, bx                          ; those that changed
    mov cx, 3
    mov dx, 2                           ; the event of a press
    mov di, pressed
.button:
    test al, 1
    jz .same
    push di
    mov bp, dx
    test bl, 1
    jnz .down
    add bp, bp
    add di, released - pressed
.down:
    or si, bp
    inc word [di + counted.count]
    mov bp, [x]
    and bp, ~7
    mov [di + counted.x], bp
    mov bp, [y]
    and bp, ~7
    mov [di + counted.y], bp
    pop di
.same:
    shr ax, 1
    shr bx, 1
    shl dx, 2
    add di, counted.bytes
    loop .button
    mov ax, si
    and ax, [event_mask]
    jz .end
    mov bx, [buttons]
    mov cx, [x]
    and cx, ~7
    mov dx, [y]
    and dx, ~7
    mov si, [mickeys_x]
    mov di, [mickeys_y]
    call far [handler]
    push cs
    pop ds
.end:
    ret

; AX mickeys for the axis at BX; what is no whole dot waits for the next ones.
advance:
    push dx
    shl ax, 3
    add ax, [bx + axis.rest]
    cwd
    idiv word [bx + axis.ratio]
    mov [bx + axis.rest], dx
    add [bx], ax
    pop dx
    ret

confine:
    mov bx, x
    call .one
    mov bx, y
.one:
    mov ax, [bx]
    cmp ax, [bx + axis.least]
    jge .most
    mov ax, [bx + axis.least]
.most:
    cmp ax, [bx + axis.most]
    jle .set
    mov ax, [bx + axis.most]
.set:
    mov [bx], ax
    ret

; --- where it comes from ---
%ifdef SERIAL
interrupt:
    push ds
    push es
    pusha
    push cs
    pop ds
.next:
    mov dx, COM + 5
    in al, dx
    test al, 1
    jz .end
    mov dx, COM
    in al, dx
    call take
    jmp .next
.end:
    mov al, 0x20
    out 0x20, al
    popa
    pop es
    pop ds
    iret

; 1 L R Y7 Y6 X7 X6, 0 X5..X0, 0 Y5..Y0: the first of three tells itself
take:
    mov bx, [bytes]
    test al, 0x40
    jz .place
    xor bx, bx
.place:
    cmp bx, 3
    jae .end                            ; before the first one
    mov [packet + bx], al
    inc bx
    mov [bytes], bx
    cmp bx, 3
    jne .end
    mov al, [packet]
    shl al, 6
    or al, [packet + 1]
    cbw
    mov cx, ax
    mov al, [packet]
    shl al, 4
    and al, 0xc0
    or al, [packet + 2]
    cbw
    mov dx, ax
    mov al, [packet]
    mov bl, al
    shr al, 5
    and al, 1
    shr bl, 3
    and bl, 2
    or bl, al
    xor bh, bh
    jmp moved
.end:
    ret
packet: times 3 db 0
bytes:  dw 3
%else
; The BIOS's far call: status, X, Y and a 0 on the stack, each a word.
interrupt:
    push bp
    mov bp, sp
    push ds
    push es
    pusha
    push cs
    pop ds
    mov bl, [bp + 12]
    mov cl, [bp + 10]
    mov dl, [bp + 8]
    xor ch, ch
    xor dh, dh
    test bl, 0x10
    jz .right
    dec ch
.right:
    test bl, 0x20
    jz .up
    dec dh
.up:
    neg dx                              ; the mouse counts upwards
    and bx, 7
    call moved
    popa
    pop es
    pop ds
    pop bp
    retf
%endif

handler: dd 0
buttons: dw 0
under:   dw 0                           ; what the pointer covers
place:   dw 0
drawn:   db 0
         db 0

initial:                                ; what function 0 makes of `state`
    dw WIDTH / 2, 0, 0, WIDTH - 1, 8
    dw HEIGHT / 2, 0, 0, HEIGHT - 1, 16
    dw 1, 0, 0, 0x77ff, 0x7700, 0
    times 6 * counted.bytes db 0
.end:
state:
x:           times axis.bytes db 0
y:           times axis.bytes db 0
hidden:      dw 1                       ; how often; 0: it is visible
mickeys_x:   dw 0
mickeys_y:   dw 0
screen_mask: dw 0
cursor_mask: dw 0
event_mask:  dw 0
pressed:     times 3 * counted.bytes db 0
released:    times 3 * counted.bytes db 0
resident_end:

; --- installing: not kept ---
install:
    call start_mouse
    mov dx, no_mouse
    jc refuse
    xor ax, ax
    mov es, ax
    cli
    mov word [es:0x33 * 4], dispatch
    mov [es:0x33 * 4 + 2], cs
    sti
    xor ax, ax
    int 0x33
    mov dx, installed
    mov ah, 9
    int 0x21
    mov es, [0x2c]                      ; the environment is not needed
    mov ah, 0x49
    int 0x21
    mov dx, (resident_end - $$ + 0x100 + 15) / 16
    mov ax, 0x3100
    int 0x21
refuse:
    mov ah, 9
    int 0x21
    mov ax, 0x4c01
    int 0x21

%ifdef SERIAL
; 1200 baud, seven bits; the mouse, fed again, says "M".
start_mouse:
    mov al, 0x83
    mov dx, COM + 3
    out dx, al
    mov ax, 96
    mov dx, COM
    out dx, al
    mov al, ah
    inc dx
    out dx, al
    mov al, 2
    mov dx, COM + 3
    out dx, al
    xor al, al
    mov dx, COM + 4
    out dx, al
    mov cx, 3
    call wait_ticks
    mov dx, COM
    in al, dx                           ; what came before
    mov al, 3                           ; DTR, RTS
    mov dx, COM + 4
    out dx, al
    mov cx, 4
    call wait_ticks
    mov dx, COM + 5
    in al, dx
    test al, 1
    stc
    jz .end
    mov dx, COM
    in al, dx
    and al, 0x7f
    cmp al, 'M'
    stc
    jne .end
    xor ax, ax
    mov es, ax
    cli
    mov word [es:(8 + IRQ) * 4], interrupt
    mov [es:(8 + IRQ) * 4 + 2], cs
    mov al, 0x0b                        ; OUT2 lets the interrupt out
    mov dx, COM + 4
    out dx, al
    mov al, 1
    mov dx, COM + 1
    out dx, al
    in al, 0x21
    and al, ~(1 << IRQ) & 255
    out 0x21, al
    sti
    clc
.end:
    ret
wait_ticks:                             ; CX of the timer
    push es
    push 0x40
    pop es
.tick:
    mov ax, [es:0x6c]
.same:
    hlt
    cmp ax, [es:0x6c]
    je .same
    loop .tick
    pop es
    ret
installed: db "Serial mouse at COM1", 13, 10, "$"
no_mouse:  db "There is no Microsoft mouse at COM1.", 13, 10, "$"
%else
start_mouse:
    mov ax, 0xc205                      ; packets of three bytes
    mov bh, 3
    int 0x15
    jc .end
    cmp bx, 0x00aa                      ; self-test passed, a plain mouse
    stc
    jne .end
    mov ax, 0xc203                      ; eight counts a millimetre
    mov bh, 3
    int 0x15
    jc .end
    mov ax, 0xc202                      ; a hundred reports a second
    mov bh, 5
    int 0x15
    jc .end
    push cs
    pop es
    mov bx, interrupt
    mov ax, 0xc207
    int 0x15
    jc .end
    mov ax, 0xc200
    mov bh, 1
    int 0x15
    jc .end
    mov ax, 0xc206                      ; what it says of itself: reports on, scaling 1:1
    mov bh, 0
    int 0x15
    jc .end
    cmp bl, 0x20
    stc
    jne .end
    cmp cl, 3
    stc
    jne .end
    cmp dl, 100
    stc
    jne .end
    clc
.end:
    ret
installed: db "PS/2 mouse", 13, 10, "$"
no_mouse:  db "There is no PS/2 mouse.", 13, 10, "$"
%endif
