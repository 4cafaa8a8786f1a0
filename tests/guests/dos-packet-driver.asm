; A packet driver for the NE2000, resident under DOS.
;   DRIVER [INT [IRQ [PORT]]]           hexadecimal digits; 60 5 300 unless told
; Source: FTP Software, "PC/TCP Version 1.09 Packet Driver Specification": its basic functions, and of the extended ones receive modes and
; statistics.  The card: National Semiconductor, DP8390D data sheet and AN-874 "Writing Drivers for the DP8390 NIC Family".
    org 0x100
    bits 16
    cpu 386
    jmp install

%include "tests/guests/dos-ne2000-registers.inc"

; --- the interface: a caller's registers stand on the stack ---
%define C_DI    bp + 0
%define C_SI    bp + 2
%define C_BX    bp + 8
%define C_DX    bp + 10
%define C_CX    bp + 12
%define C_AX    bp + 14
%define C_ES    bp + 16
%define C_DS    bp + 18
%define C_FLAGS bp + 24

BAD_HANDLE     equ 1
NO_CLASS       equ 2
NO_TYPE        equ 3
NO_NUMBER      equ 4
BAD_TYPE       equ 5
CANT_TERMINATE equ 7
BAD_MODE       equ 8
NO_SPACE       equ 9
TYPE_INUSE     equ 10
BAD_COMMAND    equ 11
CANT_SEND      equ 12

ETHERNET equ 1                          ; class
NE2000   equ 54                         ; type

struc handle
.used:     resw 1
.size:     resw 1
.type:     resb 2
.receiver: resd 1
.bytes:
endstruc
HANDLES  equ 4

entry:
    jmp short dispatch
    nop
    db "PKT DRVR", 0
dispatch:
    push ds
    push es
    pusha
    mov bp, sp
    push cs
    pop ds
    cld
    and word [C_FLAGS], ~1
    movzx si, ah
    cmp si, (functions.end - functions) / 2
    jae .unknown
    add si, si
    call [functions + si]
    jnc .done
    mov [C_DX + 1], dh
    or word [C_FLAGS], 1
.done:
    popa
    pop es
    pop ds
    iret
.unknown:
    mov byte [C_DX + 1], BAD_COMMAND
    or word [C_FLAGS], 1
    jmp .done

functions:
    dw unknown, driver_info, access_type, release_type, send_packet, terminate, get_address, reset_interface
    times 20 - ($ - functions) / 2 dw unknown
    dw set_mode, get_mode, unknown, unknown, get_statistics
.end:

unknown:
    mov dh, BAD_COMMAND
    stc
    ret

driver_info:
    mov word [C_BX], 1                  ; version of the driver
    mov word [C_CX], ETHERNET << 8
    mov word [C_DX], NE2000
    mov word [C_SI], name
    mov [C_DS], ds
    mov byte [C_AX], 2                  ; basic and extended functions
    ret

; AL class, BX type, DL number, DS:SI the packets' type, CX its size, ES:DI the receiver
access_type:
    mov dh, NO_CLASS
    cmp al, ETHERNET
    jne .refused
    mov dh, NO_TYPE
    cmp bx, 0xffff
    je .number
    cmp bx, NE2000
    jne .refused
.number:
    mov dh, NO_NUMBER
    test dl, dl
    jnz .refused
    mov dh, BAD_TYPE
    cmp cx, 2                           ; an Ethernet type
    ja .refused
    mov es, [C_DS]
    mov di, [C_SI]
    mov dl, HANDLES
    xor ax, ax                          ; the free one
    mov bx, table
.look:
    cmp byte [bx + handle.used], 0
    je .free
    mov dh, TYPE_INUSE
    call same_type
    je .refused
    jmp .next
.free:
    mov ax, bx
.next:
    add bx, handle.bytes
    dec dl
    jnz .look
    mov dh, NO_SPACE
    test ax, ax
    jz .refused
    mov [C_AX], ax
    mov bx, ax
    mov [bx + handle.size], cx
    mov ax, [C_DI]
    mov [bx + handle.receiver], ax
    mov ax, [C_ES]
    mov [bx + handle.receiver + 2], ax
    mov si, di
    lea di, [bx + handle.type]
    push ds
    push es
    pop ds
    pop es
    rep movsb
    push cs
    pop ds
    mov byte [bx + handle.used], 1
    clc
    ret
.refused:
    stc
    ret

; ZF: the type at ES:DI, CX bytes, and that of handle BX are the same as far as both go.
same_type:
    push cx
    push di
    cmp cx, [bx + handle.size]
    jbe .shorter
    mov cx, [bx + handle.size]
.shorter:
    lea si, [bx + handle.type]
    cmp al, al                          ; nothing to compare is the same
    repe cmpsb
    pop di
    pop cx
    ret

; CF: BX is no handle.
check_handle:
    push cx
    mov si, table
    mov cx, HANDLES
.look:
    cmp si, bx
    je .found
    add si, handle.bytes
    loop .look
.bad:
    pop cx
    mov dh, BAD_HANDLE
    stc
    ret
.found:
    cmp byte [si + handle.used], 0
    je .bad
    pop cx
    ret

release_type:
    call check_handle
    jc .end
    mov byte [bx + handle.used], 0
    clc
.end:
    ret

get_address:
    call check_handle
    jc .end
    mov dh, NO_SPACE
    cmp cx, 6
    jb .end
    mov word [C_CX], 6
    mov es, [C_ES]
    mov si, address
    mov cx, 6
    rep movsb
    clc
.end:
    ret

reset_interface:
    call check_handle
    jc .end
    pushf
    cli
    call start_card
    popf
    clc
.end:
    ret

; The receive modes 1 to 6 but the list of multicast addresses (4).
set_mode:
    call check_handle
    jc .end
    mov dh, BAD_MODE
    cmp cx, 6
    ja .refused
    mov si, cx
    mov al, [receive_modes + si]
    cmp al, 0xff
    je .refused
    mov [mode], cl
    mov [receive_mode], al
    REG_OUT RXCR, al
    clc
.end:
    ret
.refused:
    stc
    ret
get_mode:
    call check_handle
    jc .end
    movzx ax, byte [mode]
    mov [C_AX], ax
    clc
.end:
    ret

get_statistics:
    call check_handle
    jc .end
    mov word [C_SI], statistics
    mov [C_DS], ds
    clc
.end:
    ret

; The last handle's owner ends the driver; not when someone stands before it at an interrupt.
terminate:
    call check_handle
    jc .end
    mov byte [bx + handle.used], 0
    mov bx, table
    mov cx, HANDLES
.look:
    cmp byte [bx + handle.used], 0
    jne .refused
    add bx, handle.bytes
    loop .look
    xor ax, ax
    mov es, ax
    mov si, [vector]
    mov di, [irq_vector]
    mov ax, cs
    cmp word [es:si], entry
    jne .refused
    cmp [es:si + 2], ax
    jne .refused
    cmp word [es:di], interrupt
    jne .refused
    cmp [es:di + 2], ax
    jne .refused
    cli
    REG_OUT CR, STOP
    REG_OUT IMR, 0
    mov eax, [old_vector]
    mov [es:si], eax
    mov eax, [old_irq_vector]
    mov [es:di], eax
    push cs
    pop es
    mov ah, 0x49                        ; the memory of this program
    int 0x21
    clc
.end:
    ret
.refused:
    mov dh, CANT_TERMINATE
    stc
    ret

%include "tests/guests/dos-ne2000.inc"

receive_modes: db 0xff, 0x20, 0x00, 0x04, 0xff, 0x0c, 0x1c
name:        db "NE2000", 0
port:        dw 0x300
irq:         db 5
mode:        db 3                       ; its own address and broadcasts
receive_mode: db 0x04
next:        db 0                       ; page of the next packet
address:     times 6 db 0
header:      times 4 db 0               ; of a packet in the ring: status, next page, size
start:       times 14 db 0
vector:      dw 0x60 * 4                ; where the interrupt vectors stand, and what they were
irq_vector:  dw 0
old_vector:  dd 0
old_irq_vector: dd 0
table:       times HANDLES * handle.bytes db 0
statistics:                             ; "get_statistics"
packets_in:  dd 0
packets_out: dd 0
bytes_in:    dd 0
bytes_out:   dd 0
errors_in:   dd 0
errors_out:  dd 0
lost:        dd 0
resident_end:

; --- installing: not kept ---
install:
    mov si, 0x81
    call number
    jc .told
    shl ax, 2
    mov [vector], ax
    call number
    jc .told
    mov [irq], al
    call number
    jc .told
    mov [port], ax
.told:
    call probe
    mov dx, no_card
    jc refuse
    movzx ax, byte [irq]
    mov bx, 8 * 4                       ; vectors of IR0
    cmp al, 8
    jb .low
    mov bx, (0x70 - 8) * 4
.low:
    shl ax, 2
    add bx, ax
    mov [irq_vector], bx
    xor ax, ax
    mov es, ax
    mov si, [vector]
    cli
    mov eax, [es:si]
    mov [old_vector], eax
    mov word [es:si], entry
    mov [es:si + 2], cs
    mov eax, [es:bx]
    mov [old_irq_vector], eax
    mov word [es:bx], interrupt
    mov [es:bx + 2], cs
    call start_card
    mov cl, [irq]
    mov bl, 1
    mov dx, 0x21
    cmp cl, 8
    jb .mask
    in al, 0x21
    and al, ~4
    out 0x21, al
    mov dx, 0xa1
.mask:
    and cl, 7
    shl bl, cl
    not bl
    in al, dx
    and al, bl
    out dx, al
    sti
    call say_where
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

say_where:
    mov dx, driver
    call print
    mov ax, [vector]
    shr ax, 2
    call print_hex
    mov dx, at_irq
    call print
    mov al, [irq]
    call print_hex
    mov dx, at_port
    call print
    mov al, [port + 1]
    call print_hex
    mov al, [port]
    call print_hex
    mov dx, is
    call print
    mov si, address
    mov cx, 6
.byte:
    lodsb
    call print_hex
    mov al, ':'
    cmp cx, 1
    je .end
    call print_letter
    loop .byte
.end:
    mov dx, line
    jmp print
%include "tests/guests/dos-print.inc"

; The next number of the command line at SI to AX; CF: there is none.
number:
    lodsb
    cmp al, ' '
    je number
    xor bx, bx
    xor cx, cx
.digit:
    or al, 0x20
    sub al, '0'
    cmp al, 10
    jb .take
    sub al, 'a' - '0' - 10
    cmp al, 10
    jb .end
    cmp al, 16
    jae .end
.take:
    cbw
    shl bx, 4
    or bx, ax
    inc cx
    lodsb
    jmp .digit
.end:
    dec si
    mov ax, bx
    cmp cx, 1
    ret

driver:  db "Packet driver at INT $"
at_irq:  db ", IRQ $"
at_port: db ", port $"
is:      db ", address $"
line:    db 13, 10, "$"
no_card: db "There is no NE2000 at this port.", 13, 10, "$"
prom:    times 32 db 0
