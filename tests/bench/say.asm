; say TEXT: its command line and a line feed to COM1, past DOS and BIOS, which do not agree about handshake lines.
        org 100h
        mov si, 81h
next:   lodsb
        cmp al, 13
        jne put
        mov al, 10
put:    mov ah, al
        mov dx, 3fdh
wait_:  in al, dx
        test al, 20h                    ; the transmitter is empty
        jz wait_
        mov dx, 3f8h
        mov al, ah
        out dx, al
        cmp al, 10
        jne next
        ret
