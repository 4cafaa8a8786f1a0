; A boot floppy that calls the VESA BIOS Extension's functions; what it finds goes to the first serial port.  vbe-services.sh compares it.
SECTORS equ 10
%include "own-bios-print.inc"

BUFFER  equ 0xa000                      ; of segment 0

%macro VBE 1                            ; AX = 4F00h + n; prints what comes back in AX
    mov ax, 0x4f00 + %1
    int 0x10
    PRINT " ax "
    HEX16 ax
%endmacro
%macro MEM16 2
    PRINT %1
    HEX16 [BUFFER + %2]
%endmacro

main:
    mov ax, 0x00e3                      ; 9600 baud, eight bits
    xor dx, dx
    int 0x14
    cld
    ; 4F00h: controller
    PRINT "00"
    mov dword [BUFFER], 'VBE2'
    mov di, BUFFER
    VBE 0
    MEM16 " ", 0
    MEM16 "", 2
    MEM16 " version ", 4
    MEM16 " memory ", 0x12
    les si, [BUFFER + 0x0e]
    xor cx, cx
.count:
    es lodsw
    inc cx
    cmp ax, 0xffff
    jne .count
    push word 0
    pop es
    PRINT " modes "
    HEX16 cx
    LINE
    ; 4F01h: 1024x768x16
    PRINT "01"
    mov cx, 0x117
    mov di, BUFFER
    VBE 1
    MEM16 " ", 0
    MEM16 " line ", 0x10
    MEM16 " size ", 0x12
    MEM16 " ", 0x14
    MEM16 " planes, bits ", 0x18
    MEM16 " red ", 0x1f
    MEM16 " at ", 0x2a
    MEM16 "", 0x28
    mov eax, [BUFFER + 0x0c]
    mov [window], eax
    PRINT " none"
    mov cx, 0x1ff
    VBE 1
    LINE
    ; 4F02h, 4F03h: banked 640x480x256
    PRINT "02"
    mov bx, 0x101
    VBE 2
    PRINT " 03"
    VBE 3
    PRINT " mode "
    HEX16 bx
    LINE
    ; 4F05h: banks by INT 10h and by the far call
    PRINT "05"
    mov ax, 0xa000
    mov gs, ax
    mov byte [gs:0], 0x11
    xor bx, bx
    mov dx, 2
    VBE 5
    mov byte [gs:0], 0x22
    mov bx, 0x0100
    VBE 5
    PRINT " bank "
    HEX16 dx
    xor bx, bx
    xor dx, dx
    call far [window]
    PRINT " first "
    HEX16 [gs:0]
    xor bx, bx
    mov dx, 2
    call far [window]
    PRINT " third "
    HEX16 [gs:0]
    PRINT " too far"
    xor bx, bx
    mov dx, 0x4000
    VBE 5
    LINE
    ; 4F06h: length of a line
    PRINT "06"
    xor bx, bx
    mov cx, 1000
    VBE 6
    PRINT " bytes "
    HEX16 bx
    PRINT " dots "
    HEX16 cx
    PRINT " lines "
    HEX16 dx
    LINE
    ; 4F07h: display start
    PRINT "07"
    xor bx, bx
    mov cx, 100
    mov dx, 50
    VBE 7
    mov bx, 1
    VBE 7
    PRINT " at "
    HEX16 cx
    PRINT " "
    HEX16 dx
    PRINT " outside"
    xor bx, bx
    mov cx, 100
    mov dx, 0xf000
    VBE 7
    LINE
    ; 4F08h, 4F09h: the palette in 8 bits and back
    PRINT "08"
    mov bx, 0x0800
    VBE 8
    PRINT " bits "
    HEX16 bx
    PRINT " 09"
    mov dword [BUFFER], 0x00818283
    mov dword [BUFFER + 4], 0x00f0f1f2
    xor bx, bx
    mov cx, 2
    mov dx, 7
    mov di, BUFFER
    VBE 9
    mov dword [BUFFER], 0
    mov bx, 1
    mov cx, 1
    mov dx, 8
    VBE 9
    MEM16 " ", 2
    MEM16 "", 0
    mov bx, 0x0600
    VBE 8
    mov bx, 1
    mov cx, 1
    mov dx, 8
    VBE 9
    MEM16 " in 6 ", 2
    MEM16 "", 0
    LINE
    ; 4F04h: all of the state through another mode
    PRINT "04"
    xor dx, dx
    mov cx, 0x0f
    VBE 4
    PRINT " blocks "
    HEX16 bx
    mov dx, 1
    mov cx, 0x0f
    mov bx, BUFFER
    VBE 4
    mov bx, 3
    VBE 2
    mov dx, 2
    mov cx, 0x0f
    mov bx, BUFFER
    VBE 4
    mov bx, 1
    VBE 7
    PRINT " start "
    HEX16 cx
    PRINT " "
    HEX16 dx
    VBE 3
    PRINT " mode "
    HEX16 bx
    LINE
    ; linear: no windows
    PRINT "linear"
%ifdef CIRRUS
    mov bx, 0x4117
%else
    mov bx, 0x4144
%endif
    VBE 2
    xor bx, bx
    xor dx, dx
    VBE 5
    VBE 3
    PRINT " mode "
    HEX16 bx
    xor bx, bx
    VBE 8
    LINE
%ifndef CIRRUS
    ; 4F0Ah: the table, and its routines called as 32-bit code would
    PRINT "0A"
    xor bx, bx
    VBE 10
    mov si, di
    PRINT " entries "
    HEX16 [es:si]
    push es
    pop ds
    xor ax, ax
    mov es, ax
    mov di, BUFFER
    rep movsb
    mov ds, ax
    call protected
    mov bx, 1
    VBE 7
    PRINT " start "
    HEX16 cx
    PRINT " "
    HEX16 dx
    LINE
%endif
    ; 4F10h: power
    PRINT "10"
    xor bx, bx
    VBE 16
    PRINT " can "
    HEX16 bx
    mov bx, 0x0401
    VBE 16
    mov bx, 2
    VBE 16
    PRINT " is "
    HEX16 bx
    mov bx, 0x0001
    VBE 16
    LINE
    ; 4F15h: EDID
    PRINT "15"
    xor bx, bx
    xor cx, cx
    VBE 21
    PRINT " can "
    HEX16 bx
    mov bx, 1
    xor cx, cx
    xor dx, dx
    mov di, BUFFER
    VBE 21
    MEM16 " ", 0
    MEM16 " version ", 18
    xor ax, ax
    mov cx, 128
    mov si, BUFFER
.sum:
    add al, [si]
    inc si
    loop .sum
    PRINT " sum "
    HEX16 ax
    LINE
    ; a text mode leaves the display interface; an unknown mode, an unknown function
    PRINT "back"
    mov ax, 3
    int 0x10
    VBE 3
    PRINT " mode "
    HEX16 bx
    mov bx, 0x1fe
    VBE 2
    VBE 0x7f
    mov ax, 0x006a
    int 0x10
    VBE 3
    PRINT " 6A is "
    HEX16 bx
    LINE
    PRINT "end"
    LINE
    cli
.stop:
    jmp .stop

; Set Display Start of the protected-mode interface: dot 8 of line 16 of 1024x768x32.
protected:
    cli
    push ds
    push es
    lgdt [gdt_register]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp 8:.enter
bits 32
.enter:
    mov ax, 16
    mov ds, ax
    mov es, ax
    mov ss, ax
    movzx esp, sp
    movzx eax, word [BUFFER + 2]
    add eax, BUFFER
    mov cx, (16 * 4096 + 8 * 4) / 4
    xor edx, edx
    xor ebx, ebx
    call eax
    jmp 24:.leave
bits 16
.leave:
    mov ax, 32
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    jmp 0:.real
.real:
    xor ax, ax
    mov ss, ax
    pop es
    pop ds
    sti
    ret

align 8
gdt:
    dq 0
    dq 0x00cf9a000000ffff
    dq 0x00cf92000000ffff
    dq 0x00009a000000ffff
    dq 0x000092000000ffff
gdt_register:
    dw $ - gdt - 1
    dd gdt
window: dd 0
    times 512 * (SECTORS + 1) - ($ - $$) db 0
    times 1474560 - ($ - $$) db 0
