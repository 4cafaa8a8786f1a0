; A boot floppy that sounds: half a second of 440 Hz on the speaker, of 880 Hz on an FM synthesizer, of 1000 Hz by DMA on a Sound Blaster, whose
; blocks it counts by interrupts, and as a note of MIDI.  Then it switches off.
; sound.sh looks at what was heard.
    org 0x7c00
    cli
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    mov ax, 0x0202                      ; the next sector
    mov bx, 0x7e00
    mov cx, 2
    mov dx, 0
    int 0x13
    jc $
    call beep
    call fm
    call dma
    call midi
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

; A waveform of eight samples, by DMA channel 1 in an endless ring of 512 bytes, interrupts every 256.
BUFFER equ 0x9000
dma:
    mov di, BUFFER
    mov cx, 64
    cld
.period:
    mov eax, 0x90909090
    stosd
    mov eax, 0x70707070
    stosd
    loop .period
    mov word [(8 + 5) * 4], on_block    ; IRQ 5
    mov word [(8 + 5) * 4 + 2], 0
    in al, 0x21
    and al, ~0x20
    out 0x21, al
    mov al, 5
    out 0x0a, al                        ; channel 1: masked, from memory, auto-initialise
    out 0x0c, al
    mov al, 0x59
    out 0x0b, al
    mov ax, BUFFER
    out 0x02, al
    mov al, ah
    out 0x02, al
    mov ax, 511
    out 0x03, al
    mov al, ah
    out 0x03, al
    mov al, 0
    out 0x83, al
    mov al, 1
    out 0x0a, al
    mov si, mixer
    mov cx, (mixer_end - mixer) / 2
.register:
    lodsw
    mov dx, 0x224
    out dx, al
    inc dx
    mov al, ah
    out dx, al
    loop .register
    mov dx, 0x226                       ; reset: AAh comes back
    mov al, 1
    out dx, al
    mov cx, 100
    loop $
    mov al, 0
    out dx, al
    mov dx, 0x22e
.wait:
    in al, dx
    test al, 0x80
    jz .wait
    mov dx, 0x22a
    in al, dx
    cmp al, 0xaa
    jne $
    mov si, play
    mov cx, play_end - play
    call commands
    mov cx, 9
    call wait_ticks
    mov si, stop
    mov cx, stop_end - stop
    call commands
    mov al, [blocks]
    add al, "A"
    out 0xe9, al
    mov cx, 5
    jmp wait_ticks

; CX bytes at SI to the DSP
commands:
    mov dx, 0x22c
.busy:
    in al, dx
    test al, 0x80
    jnz .busy
    lodsb
    out dx, al
    loop commands
    ret

on_block:
    push ax
    push dx
    inc byte [blocks]
    mov dx, 0x22e
    in al, dx
    mov al, 0x20
    out 0x20, al
    pop dx
    pop ax
    iret

mixer: db 0x30, 0xf8, 0x31, 0xf8, 0x32, 0xf8, 0x33, 0xf8
mixer_end:
play: db 0x40, 256 - 125, 0x48, 0xff, 0x00, 0x1c     ; 8000 Hz, blocks of 256
play_end:
stop: db 0xd0
stop_end:
blocks: db 0

; Middle C for half a second, by the MPU-401 in UART mode.
midi:
    mov al, 0xff
    call midi_command
    mov al, 0x3f
    call midi_command
    mov si, note_on
    call midi_bytes
    mov cx, 9
    call wait_ticks
    mov si, note_off
midi_bytes:
    mov cx, 3
.busy:
    mov dx, 0x331
    in al, dx
    test al, 0x40
    jnz .busy
    lodsb
    dec dx
    out dx, al
    loop .busy
    ret
midi_command:
    mov dx, 0x331
    out dx, al
.wait:
    in al, dx
    test al, 0x80
    jnz .wait
    dec dx
    in al, dx
    cmp al, 0xfe
    jne $
    ret
note_on:  db 0x90, 60, 100
note_off: db 0x80, 60, 0
    times 1536 - ($ - $$) db 0
    times 1474560 - ($ - $$) db 0
