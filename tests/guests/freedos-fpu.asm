; A DOS program: square root, sine, logarithm and decimal output by the FPU; nine digits each.
        org 100h
        fninit
        fld1
        fadd st0, st0
        fsqrt
        call show               ; 1.41421356
        fld1
        fsin
        call show               ; 0.84147098
        fldln2
        fld dword [ten]
        fyl2x
        call show               ; 2.30258509
        fldpi
        call show               ; 3.14159265
        mov ax, 4c00h
        int 21h

show:   fmul dword [scale]      ; * 10^8, as packed decimal digits
        fbstp [bcd]
        mov si, bcd + 4
        mov cx, 5
.byte:  mov al, [si]
        shr al, 4
        call digit
        mov al, [si]
        and al, 15
        call digit
        dec si
        loop .byte
        mov dl, 10
        mov ah, 2
        int 21h
        mov dl, 13
        int 21h
        ret

digit:  add al, '0'
        mov dl, al
        mov ah, 2
        int 21h
        ret

ten:    dd 10.0
scale:  dd 100000000.0
bcd:    dt 0.0
