; A boot sector with a race.  The timer's handler and the main loop count in one place, and the loop reads, adds and writes back in three instructions.
; The loop sleeps until the timer and then works for most of its period, so on an undisturbed machine no interrupt ever comes between the three.
; At 600h: what was counted; at 604h: what should have been.  "done" goes to port E9h.
        org     0x7c00
        bits    16
ROUNDS  equ     1000
DIVISOR equ     100                     ; of 1.193182 MHz: 4190 ticks at 50 million a second
WORK    equ     3600
counted equ     0x600
right   equ     0x604

        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     di, counted
        mov     cx, 4
        rep     stosw
        mov     word [8 * 4], timer
        mov     [8 * 4 + 2], ax
        mov     al, 0xfe                ; IRQ 0 alone
        out     0x21, al
        mov     al, 0x34                ; counter 0, both bytes, mode 2
        out     0x43, al
        mov     al, DIVISOR
        out     0x40, al
        xor     al, al
        out     0x40, al
        mov     si, ROUNDS
        sti
round:  hlt
        mov     cx, WORK
        loop    $
        mov     ax, [counted]           ; the timer may come here,
        inc     ax                      ; or here
        mov     [counted], ax
        inc     word [right]
        dec     si
        jnz     round
        cli
        mov     ax, [ticks]
        add     [right], ax
        mov     si, done
say:    lodsb
        out     0xe9, al
        cmp     al, 10
        jne     say
        cli
stop:   jmp     stop

timer:  push    ax
        inc     word [counted]
        inc     word [ticks]
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

ticks:  dw      0
done:   db      "done", 10
        times   510 - ($ - $$) db 0
        dw      0xaa55
        times   1474560 - ($ - $$) db 0
