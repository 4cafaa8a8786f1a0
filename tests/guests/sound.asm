; A boot sector that sounds: half a second of 440 Hz on the speaker, then of 880 Hz on an FM synthesizer.  Then it switches off.
; sound.sh looks at what was heard.
    org 0x7c00
    cli
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    call beep
    call fm
    mov dx, 0x8900
    mov si, shutdown
    mov cx, 8
    cld
.letter:
    lodsb
    out dx, al
    loop .letter
    jmp $

; CX timer ticks of 55 ms
wait_ticks:
    mov ax, [0x46c]
.tick:
    hlt
    cmp ax, [0x46c]
    je .tick
    loop wait_ticks
    ret

beep:
    mov al, 0xb6
    out 0x43, al
    mov ax, 2711                        ; 1193182 / 440
    out 0x42, al
    mov al, ah
    out 0x42, al
    in al, 0x61
    or al, 3
    out 0x61, al
    mov cx, 9
    call wait_ticks
    in al, 0x61
    and al, 0xfc
    out 0x61, al
    mov cx, 5
    jmp wait_ticks

; AL to register AH of the synthesizer
opl:
    push ax
    mov dx, 0x388
    mov al, ah
    out dx, al
    inc dx
    pop ax
    out dx, al
    ret

fm:
    mov si, note
    cld
.register:
    lodsw
    call opl
    cmp si, note_end
    jb .register
    mov cx, 9
    call wait_ticks
    mov ax, 0xb016                      ; the key is up
    call opl
    mov cx, 5
    jmp wait_ticks
note:                                   ; value, register: a sine of 880 Hz, held
    db 0x0f, 0x60, 0x00, 0x43, 0xff, 0x63, 0x0f, 0x83, 0x21, 0x23, 0x00, 0xc0, 0x44, 0xa0, 0x36, 0xb0
note_end:

shutdown: db "Shutdown"
    times 510 - ($ - $$) db 0
    dw 0xaa55
    times 1474560 - ($ - $$) db 0
