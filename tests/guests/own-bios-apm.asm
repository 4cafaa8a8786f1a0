; APM through its three interfaces: INT 15h AH=53h, the 16-bit and the 32-bit protected-mode entry; in the end the last one switches off.
; Source: APM BIOS Interface Specification 1.2.
%define SECTORS 8
%include "own-bios-print.inc"

CODE16   equ 0x08                       ; ours, base 0
DATA16   equ 0x10
APM16    equ 0x18                       ; APM's 16-bit code, and behind it its data
CODE32   equ 0x28                       ; ours
DATA32   equ 0x30
APM32    equ 0x38                       ; APM's 32-bit code, 16-bit code, data

%macro APM 3                            ; AX, BX, CX; prints CF, AX, BX, CX
    mov ax, %1
    mov bx, %2
    mov cx, %3
    int 0x15
    CARRY
    HEX16 ax
    HEX16 bx
    HEX16 cx
%endmacro
%macro KEEP 0                           ; CF, AX, BX, CX at DI, for `kept`
    sbb dx, dx
    mov [di], dx
    mov [di + 2], ax
    mov [di + 4], bx
    mov [di + 6], cx
    add di, 8
%endmacro

main:
    PRINT "check "
    APM 0x5300, 0, 0
    APM 0x5300, 1, 0
    LINE
    PRINT "unconnected "
    APM 0x530a, 1, 0
    APM 0x5304, 0, 0
    LINE
    PRINT "connect "
    APM 0x5301, 0, 0
    APM 0x5301, 0, 0
    APM 0x5303, 0, 0
    LINE
    PRINT "version "
    APM 0x530e, 0, 0x0102
    APM 0x530e, 0, 0x0101
    APM 0x530e, 0, 0x0200
    LINE
    PRINT "status "
    APM 0x530a, 1, 0
    APM 0x530a, 0x8001, 0
    APM 0x530c, 1, 0
    APM 0x5310, 1, 0
    LINE
    PRINT "event "
    APM 0x530b, 0, 0
    LINE
    PRINT "idle "
    APM 0x5305, 0, 0
    APM 0x5306, 0, 0
    LINE
    PRINT "states "
    APM 0x5307, 1, 1
    APM 0x5307, 1, 0
    APM 0x5307, 1, 4
    APM 0x5307, 2, 3
    APM 0x5307, 0x0100, 1
    LINE
    PRINT "disabled "
    APM 0x5308, 1, 0
    APM 0x5300, 0, 0
    APM 0x5307, 1, 3
    APM 0x530f, 1, 0
    APM 0x5300, 0, 0
    APM 0x5309, 0xffff, 0
    APM 0x5300, 0, 0
    LINE
    PRINT "others "
    APM 0x5311, 0, 0
    APM 0x5380, 0, 0
    LINE
    PRINT "disconnect "
    APM 0x5304, 0, 0
    APM 0x5304, 0, 0
    LINE

    PRINT "16-bit "
    mov ax, 0x5302
    xor bx, bx
    int 0x15
    mov [entry16], bx
    mov di, gdt + APM16
    call put_base
    mov ax, cx
    mov di, gdt + APM16 + 8
    call put_base
    APM 0x530a, 1, 0                    ; not by this interface
    LINE
    mov si, in_16_bit
    call protected
    call kept
    LINE

    PRINT "32-bit "
    mov ax, 0x5303
    xor bx, bx
    int 0x15
    mov [entry32], ebx
    mov di, gdt + APM32
    call put_base
    mov ax, cx
    mov di, gdt + APM32 + 8
    call put_base
    mov ax, dx
    mov di, gdt + APM32 + 16
    call put_base
    APM 0x5300, 0, 0                    ; by any
    LINE
    mov si, in_32_bit
    call protected
    call kept
    LINE
    mov dx, 0x3fd
.sending:                               ; the last byte is on its way yet
    in al, dx
    test al, 0x40
    jz .sending
    mov si, off
    call protected
    PRINT "still here"
    LINE
    jmp $

put_base:                               ; segment AX to the descriptor at DI
    movzx eax, ax
    shl eax, 4
    mov [di + 2], ax
    shr eax, 16
    mov [di + 4], al
    ret

; Calls SI in protected mode, 16-bit code, with DI where it keeps things.
protected:
    cli
    mov di, results
    lgdt [gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp CODE16:.in
.in:
    mov ax, DATA16
    mov ds, ax
    mov es, ax
    mov ss, ax
    call si
    mov ax, DATA16
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    jmp 0:.out
.out:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    sti
    ret

in_16_bit:
    mov ax, 0x530e
    xor bx, bx
    mov cx, 0x0102
    call far [entry16]
    KEEP
    mov ax, 0x530a
    mov bx, 1
    call far [entry16]
    KEEP
    mov ax, 0x530b
    call far [entry16]
    KEEP
    mov ax, 0x5304
    xor bx, bx
    call far [entry16]
    KEEP
    mov ax, 0x530a
    mov bx, 1
    call far [entry16]
    KEEP
    ret

in_32_bit:
    mov word [what], status32
    jmp CODE32:from_16
off:
    mov word [what], off32
    jmp CODE32:from_16

    bits 32
from_16:
    mov eax, DATA32
    mov ss, eax
    mov ds, eax
    movzx esp, sp
    movzx eax, word [what]
    call eax
    jmp CODE16:.back
    bits 16
.back:
    ret

    bits 32
status32:
    mov eax, 0xffff530e
    xor ebx, ebx
    mov ecx, 0xffff0102
    call far [entry32]
    KEEP
    mov eax, 0x530a
    mov ebx, 1
    call far [entry32]
    KEEP
    mov eax, 0x5307
    mov ebx, 1
    mov ecx, 2
    call far [entry32]
    KEEP
    ret
off32:
    mov eax, 0x5307
    mov ebx, 1
    mov ecx, 3
    call far [entry32]
    ret
    bits 16

kept:                                   ; prints the results up to DI
    mov si, results
.next:
    shr word [si], 1
    CARRY
    HEX16 [si + 2]
    HEX16 [si + 4]
    HEX16 [si + 6]
    add si, 8
    cmp si, di
    jb .next
    ret

entry16:  dw 0, APM16
entry32:  dd 0
          dw APM32
what:     dw 0
gdtr:     dw gdt.end - gdt - 1
          dd gdt
    align 8
gdt:
    dq 0
    dq 0x00009a000000ffff               ; CODE16
    dq 0x000092000000ffff               ; DATA16
    dq 0x00009a000000ffff               ; APM16
    dq 0x00009200000003ff
    dq 0x00cf9a000000ffff               ; CODE32
    dq 0x00cf92000000ffff               ; DATA32
    dq 0x00409a000000ffff               ; APM32
    dq 0x00009a000000ffff
    dq 0x00009200000003ff
.end:
results:  times 64 dw 0
    times 512 * (SECTORS + 1) - ($ - $$) db 0
    times 1474560 - ($ - $$) db 0
