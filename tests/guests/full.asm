; 600 sectors, each with its number everywhere, all over a disk of 4 MiB, a flush, then 6000 bytes to the serial line and the printer; it switches off
%include "tests/guests/disk.inc"
        mov cx, 600
sector: push cx
        mov ax, cx
        mov di, BUFFER
        mov cx, 256
        rep stosw
        mov bx, 13              ; 13 is prime to 8192: no sector twice
        mul bx
        and ax, 8191
        mov [FIRST], ax
        write failed
        pop cx
        loop sector
        flush failed
        mov cx, 6000
send:   room_on_com1
        mov al, cl
        and al, 63
        add al, 32
        out dx, al
        mov dx, 378h
        out dx, al
        inc dx
prints: in al, dx               ; the one before is on paper
        test al, 80h
        jz prints
        mov dx, 37ah
        mov al, 0dh
        out dx, al
        mov al, 0ch
        out dx, al
        loop send
        mov dx, 3fdh            ; all of it is on its way
empty:  in al, dx
        test al, 40h
        jz empty
        mov cx, 0
later:  in al, 80h
        loop later
        mov si, off
        mov dx, 8900h
        mov cx, 8
        rep outsb
        hlt
failed: mov al, 'B'
        out 0e9h, al
        fails
off:    db "Shutdown"
ends 1
