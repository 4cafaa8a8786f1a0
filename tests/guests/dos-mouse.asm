; A DOS program on a mouse driver: tells what INT 33h says, at once and by the keys of a person; Escape ends it.
;   p pointer to the upper left   l limits 200 to 399, 80 to 119   h hides   s shows   b the presses and releases of the left button
;   r the presses of the right one   m mickeys since the last m   c the pointer becomes a heart   0 function 0
; Source: Microsoft Mouse Programmer's Reference, "Mouse Functions".
    org 0x100
    bits 16
    cpu 386

%macro SAY 1
    mov dx, %1
    call print
%endmacro
%macro NUMBER 1                         ; a word
    movzx eax, word %1
    call print_number
%endmacro

main:
    xor ax, ax
    mov es, ax
    mov eax, [es:0x33 * 4]
    test eax, eax
    jz .none
    xor ax, ax
    int 0x33
    cmp ax, 0xffff
    je .here
.none:
    SAY no_mouse
    mov ax, 0x4c01
    int 0x21
.here:
    mov [buttons], bx
    push cs
    pop es
    mov ax, 3                           ; an empty screen
    int 0x10
    mov dh, 0
    call at_row
    SAY buttons_are
    NUMBER [buttons]
    SAY kind_is
    mov ax, 0x24
    int 0x33
    mov al, ch
    movzx ax, al
    mov [number], ax
    NUMBER [number]
    call listen
    mov ax, 1
    int 0x33
look:
    mov ax, 3
    int 0x33
    cmp cx, [x]
    jne .news
    cmp dx, [y]
    jne .news
    cmp bx, [pressed]
    jne .news
    mov al, [events]
    cmp al, [told_events]
    je .keys
.news:
    mov [x], cx
    mov [y], dx
    mov [pressed], bx
    mov al, [events]
    mov [told_events], al
    call tell
.keys:
    mov ah, 1
    int 0x16
    jnz .key
    hlt
    jmp look
.key:
    xor ah, ah
    int 0x16
    cmp al, 27
    je .end
    mov si, keys
    mov cx, (keys.end - keys) / 3
.compare:
    cmp al, [si]
    je .found
    add si, 3
    loop .compare
    jmp look
.found:
    call [si + 1]
    jmp look
.end:
    xor ax, ax                          ; nobody calls us any more
    int 0x33
    mov dh, 8
    call at_row
    SAY ended
    mov ax, 0x4c00
    int 0x21

keys:
    db 'p'
    dw to_corner
    db 'l'
    dw limits
    db 'h'
    dw hide
    db 's'
    dw show
    db 'b'
    dw left_button
    db 'r'
    dw right_button
    db 'm'
    dw mickeys
    db 'c'
    dw heart
    db '0'
    dw from_start
.end:

; The driver's call: which events, and how many calls.
on_event:
    push ds
    push cs
    pop ds
    or [event_bits], al
    inc byte [events]
    pop ds
    retf
listen:
    push cs
    pop es
    mov ax, 0x0c
    mov cx, 0x7f
    mov dx, on_event
    int 0x33
    ret

; Row 2: where the pointer is, 3: the driver's calls.  The pointer is away while we write.
tell:
    call hide
    mov dh, 2
    call at_row
    SAY x_is
    NUMBER [x]
    SAY y_is
    NUMBER [y]
    SAY pressed_are
    NUMBER [pressed]
    SAY blanks
    mov dh, 3
    call at_row
    SAY events_are
    mov al, [event_bits]
    call print_hex
    SAY blanks
show:
    mov ax, 1
    int 0x33
    ret
hide:
    mov ax, 2
    int 0x33
    ret

to_corner:
    mov ax, 4
    mov cx, 16
    mov dx, 40
    int 0x33
    ret
limits:
    mov ax, 7
    mov cx, 200
    mov dx, 399
    int 0x33
    mov ax, 8
    mov cx, 119                         ; the other way round
    mov dx, 80
    int 0x33
    ret
from_start:
    xor ax, ax
    int 0x33
    mov byte [event_bits], 0
    call listen
    jmp show
heart:
    mov ax, 0x0a
    xor bx, bx
    xor cx, cx
    mov dx, 0x0c03
    int 0x33
    ret

left_button:
    xor bx, bx
    jmp button
right_button:
    mov bx, 1
button:
    mov [number], bx
    call hide
    mov dh, 5
    call at_row
    SAY presses
    mov ax, 5
    call times_and_place
    SAY releases
    mov ax, 6
    call times_and_place
    SAY blanks
    jmp show
times_and_place:
    mov bx, [number]
    int 0x33
    push dx
    push cx
    NUMBER bx
    SAY place_is
    pop bx
    NUMBER bx
    SAY comma
    pop bx
    NUMBER bx
    ret

mickeys:
    call hide
    mov ax, 0x0b
    int 0x33
    push dx
    push cx
    mov dh, 6
    call at_row
    SAY mickeys_are
    pop ax
    call signed
    SAY comma
    pop ax
    call signed
    SAY blanks
    jmp show
signed:
    cwde
    test eax, eax
    jns print_number
    push eax
    mov al, '-'
    call print_letter
    pop eax
    neg eax
    jmp print_number

at_row:                                 ; DH
    mov ah, 2
    xor bh, bh
    xor dl, dl
    int 0x10
    ret
%include "tests/guests/dos-print.inc"

no_mouse:    db "There is no mouse driver.", 13, 10, "$"
buttons_are: db "Mouse: buttons $"
kind_is:     db ", kind $"
x_is:        db "X $"
y_is:        db " Y $"
pressed_are: db " pressed $"
events_are:  db "Events $"
presses:     db "Pressed $"
releases:    db ", released $"
place_is:          db " at $"
comma:       db ",$"
mickeys_are: db "Mickeys $"
ended:       db "No more mouse.", 13, 10, "$"
blanks:      db "          $"
buttons:     dw 0
number:      dw 0
x:           dw 0xffff
y:           dw 0
pressed:     dw 0
events:      db 0
told_events: db 0
event_bits:  db 0
