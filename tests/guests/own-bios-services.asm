; A boot floppy that calls the BIOS's services and prints what they answer to the first serial port, by INT 14h.
; own-bios-services.sh compares it with what must come.
SECTORS equ 17
%include "own-bios-print.inc"

main:
    mov ax, 0x00e3                      ; 9600 baud, 8 bits
    xor dx, dx
    int 0x14
    call memory
    call floppy
    call floppy_b
    call hard_disk
    call extended
    call cd
    call clock
    call keyboard
    call codes
    call mouse
    call others
    call protected
    PRINT "end"
    LINE
    mov ax, 0x0e45
    int 0x10
    mov ax, 0x0e4e
    int 0x10
    mov ax, 0x0e44
    int 0x10
.stop:
    hlt
    jmp .stop

; --- memory ---
memory:
    PRINT "11h 12h "
    int 0x11
    HEX16 ax
    int 0x12
    HEX16 ax
    LINE
    xor ebx, ebx
.entry:
    mov eax, 0xe820
    mov edx, 0x534d4150
    mov ecx, 20
    mov di, buffer
    int 0x15
    pushf
    PRINT "E820 "
    popf
    CARRY
    jc .no_more
    HEX32 [buffer + 4]
    HEX32 [buffer]
    HEX32 [buffer + 12]
    HEX32 [buffer + 8]
    HEX16 [buffer + 16]
    LINE
    test ebx, ebx
    jnz .entry
.no_more:
    PRINT "E801 "
    mov ax, 0xe801
    int 0x15
    CARRY
    HEX16 ax
    HEX16 bx
    PRINT "88h "
    mov ah, 0x88
    int 0x15
    CARRY
    HEX16 ax
    LINE
    PRINT "C0h "
    mov ah, 0xc0
    int 0x15
    CARRY
    HEX16 es
    HEX16 bx
    HEX32 [es:bx]
    HEX32 [es:bx + 4]
    PRINT "C1h "
    mov ah, 0xc1
    int 0x15
    CARRY
    HEX16 es
    LINE
    PRINT "24h "
    mov ax, 0x2400
    int 0x15
    mov ax, 0x2402
    int 0x15
    CARRY
    HEX16 ax
    mov ax, 0x2401
    int 0x15
    mov ax, 0x2402
    int 0x15
    HEX16 ax
    LINE
    PRINT "87h "
    push cs
    pop es
    mov dword [buffer], 0x12345678
    mov word [gdt + 16 + 2], buffer
    mov byte [gdt + 16 + 4], 0
    mov word [gdt + 24 + 2], 0x4000
    mov byte [gdt + 24 + 4], 0x12
    mov ah, 0x87
    mov cx, 2
    mov si, gdt
    int 0x15
    CARRY
    HEX16 ax
    mov word [gdt + 16 + 2], 0x4000
    mov byte [gdt + 16 + 4], 0x12
    mov word [gdt + 24 + 2], buffer + 8
    mov byte [gdt + 24 + 4], 0
    mov ah, 0x87
    mov cx, 2
    mov si, gdt
    int 0x15
    CARRY
    HEX32 [buffer + 8]
    mov byte [gdt + 16 + 5], 0x13       ; not present: refused
    mov ah, 0x87
    mov cx, 2
    mov si, gdt
    int 0x15
    CARRY
    HEX16 ax
    LINE
    ret

; --- floppy ---

floppy:
    PRINT "floppy 08h "
    DISK 0x0800, 0, 0, 0
    HEX16 bx
    HEX16 cx
    HEX16 dx
    PRINT "15h "
    DISK 0x1500, 0, 0, 0
    PRINT "15h of 2 "
    DISK 0x1500, 0, 2, 0
    LINE
    PRINT "floppy 02h "
    DISK 0x0201, 0x0001, 0, buffer
    HEX16 [buffer + 510]
    PRINT "03h "
    mov dword [buffer], 0xcafef00d
    DISK 0x0302, 0x4f11, 0x0100, buffer
    mov dword [buffer], 0
    DISK 0x0201, 0x4f11, 0x0100, buffer
    HEX32 [buffer]
    PRINT "04h "
    DISK 0x0412, 0x2001, 0x0000, buffer
    LINE
    PRINT "floppy errors "
    DISK 0x0201, 0x0013, 0, buffer      ; sector 19 of 18
    DISK 0x0100, 0, 0, 0
    DISK 0x0201, 0x0001, 2, buffer      ; no third drive
    mov ax, 0x0ff0                      ; a buffer across a 64 KiB boundary
    mov es, ax
    mov ax, 0x0202
    mov bx, 0x0050
    mov cx, 1
    xor dx, dx
    int 0x13
    CARRY
    HEX16 ax
    DISK 0x9900, 0, 0, 0
    DISK 0x0000, 0, 0, 0
    LINE
    ret

; B: is a 1.2M drive with a write-protected 360K disk.
floppy_b:
    PRINT "B 08h "
    DISK 0x0800, 0, 1, 0
    HEX16 bx
    HEX16 cx
    HEX16 dx
    PRINT "02h "
    DISK 0x0201, 0x2709, 0x0101, buffer ; its last sector
    HEX32 [buffer + 508]
    HEX16 [0x490]                       ; media states: A 500 kbit/s; B 300 kbit/s, double steps
    PRINT "03h "
    DISK 0x0301, 0x2709, 0x0101, buffer
    PRINT "16h "
    DISK 0x1600, 0, 1, 0
    PRINT "17h "
    DISK 0x1702, 0, 1, 0
    DISK 0x0204, 0x2706, 0x0101, buffer
    HEX32 [buffer + 2044]
    LINE
    PRINT "format "
    mov ax, 0x1800                      ; 80 cylinders, 18 sectors
    mov cx, 0x4f12
    xor dx, dx
    int 0x13
    CARRY
    HEX16 es
    HEX16 di
    mov di, buffer                      ; C, H, R, N of each sector
    mov cx, 18
    mov eax, 0x0201014f
.id:
    mov [di], eax
    add di, 4
    add eax, 0x00010000
    loop .id
    DISK 0x0501, 0x4f01, 0x0100, buffer
    DISK 0x0201, 0x4f11, 0x0100, buffer
    HEX32 [buffer]
    mov ax, 0x1800                      ; no disk has 19 sectors
    mov cx, 0x4f13
    xor dx, dx
    int 0x13
    CARRY
    HEX16 ax
    LINE
    ret

; --- hard disk: 20 cylinders, 16 heads, 63 sectors ---
hard_disk:
    PRINT "disk 08h "
    DISK 0x0800, 0, 0x80, 0
    HEX16 cx
    HEX16 dx
    PRINT "15h "
    DISK 0x1500, 0, 0x80, 0
    HEX16 cx
    HEX16 dx
    LINE
    PRINT "disk 02h "
    DISK 0x0201, 0x0001, 0x80, buffer
    HEX16 [buffer + 510]
    mov dword [buffer], 0xfeedbeef
    DISK 0x0302, 0x133f, 0x0e80, buffer ; the last sector of a track and the first of the next
    mov dword [buffer], 0
    DISK 0x0201, 0x133f, 0x0e80, buffer
    HEX32 [buffer]
    PRINT "04h "
    DISK 0x0480, 0x0001, 0x80, buffer
    LINE
    PRINT "disk errors "
    DISK 0x0201, 0x1401, 0x80, buffer   ; cylinder 20
    DISK 0x0202, 0x133f, 0x0f80, buffer ; past the end
    DISK 0x0201, 0x0001, 0x81, buffer   ; no such drive
    DISK 0x1500, 0, 0x81, 0
    DISK 0x0201, 0x0000, 0x80, buffer   ; sector 0
    LINE
    PRINT "41h: "
    les bx, [0x41 * 4]
    HEX16 [es:bx]
    HEX16 [es:bx + 2]
    HEX16 [es:bx + 14]
    LINE
    ret


extended:
    PRINT "41h "
    DISK 0x4100, 0, 0x80, 0x55aa
    HEX16 bx
    HEX16 cx
    PRINT "48h "
    mov word [buffer], 30
    mov si, buffer
    DISK 0x4800, 0, 0x80, 0
    HEX16 [buffer]
    HEX16 [buffer + 2]
    HEX32 [buffer + 4]
    HEX32 [buffer + 8]
    HEX32 [buffer + 12]
    HEX32 [buffer + 16]
    HEX16 [buffer + 24]
    LINE
    PRINT "42h "
    mov dl, 0x80
    PACKET 0x4200, 20096, 1             ; 19 * 1008 + 14 * 63 + 62: what 03h wrote
    HEX32 [buffer]
    mov dword [buffer], 0x0badcafe
    PACKET 0x4300, 1000, 2
    mov dword [buffer], 0
    PACKET 0x4200, 1000, 1
    HEX32 [buffer]
    PRINT "44h "
    PACKET 0x4400, 0, 200
    PRINT "47h "
    PACKET 0x4700, 20159, 1
    PACKET 0x4700, 20160, 1
    PRINT "past the end "
    PACKET 0x4200, 20159, 2
    HEX16 [packet + 2]
    LINE
    ret

cd:
    PRINT "CD 41h "
    DISK 0x4100, 0, 0xe0, 0x55aa
    HEX16 bx
    HEX16 cx
    PRINT "48h "
    mov word [buffer], 26
    mov si, buffer
    DISK 0x4800, 0, 0xe0, 0
    HEX16 [buffer + 2]
    HEX16 [buffer + 24]
    PRINT "42h "
    mov dl, 0xe0
    PACKET 0x4200, 16, 1
    HEX32 [buffer]
    HEX32 [buffer + 4]
    PRINT "43h "
    PACKET 0x4300, 16, 1
    PRINT "lock, eject, unlock "
    DISK 0x4500, 0, 0xe0, 0
    DISK 0x4600, 0, 0xe0, 0
    DISK 0x4501, 0, 0xe0, 0
    PRINT "past the end "
    mov dl, 0xe0
    PACKET 0x4200, 0x100000, 1
    LINE
    ret

; --- time ---
clock:
    PRINT "1Ah 04h "
    mov ah, 4
    int 0x1a
    CARRY
    HEX16 cx
    HEX16 dx
    PRINT "set "
    mov ah, 5
    mov cx, 0x1999
    mov dx, 0x1231
    int 0x1a
    mov ah, 3
    mov cx, 0x2359
    mov dx, 0x5800
    int 0x1a
    mov ah, 0x86                        ; 2.5 seconds
    mov cx, 0x26
    mov dx, 0x25a0
    int 0x15
    CARRY
    mov ah, 4
    int 0x1a
    HEX16 cx
    HEX16 dx
    mov ah, 2
    int 0x1a
    HEX16 cx
    LINE
    PRINT "PCI "
    mov ax, 0xb101
    int 0x1a
    CARRY
    HEX16 ax
    HEX16 bx
    HEX32 edx
    PRINT "02h "
    mov ax, 0xb102                      ; the PIIX3's IDE function
    mov dx, 0x8086
    mov cx, 0x7010
    xor si, si
    int 0x1a
    CARRY
    HEX16 bx
    mov ax, 0xb102
    mov dx, 0x8086
    mov cx, 0x7010
    mov si, 1                           ; there is one of them
    int 0x1a
    CARRY
    HEX16 ax
    mov ax, 0xb102
    mov dx, 0xffff
    int 0x1a
    HEX16 ax
    PRINT "03h "
    mov ax, 0xb103                      ; an ISA bridge
    mov ecx, 0x060100
    xor si, si
    int 0x1a
    CARRY
    HEX16 bx
    PRINT "registers "
    mov ax, 0xb10a
    mov bx, 0x0009
    mov di, 0x20
    int 0x1a
    CARRY
    HEX32 ecx
    mov ax, 0xb10b                      ; latency timer
    mov di, 0x0d
    mov cl, 0x55
    int 0x1a
    mov ax, 0xb109
    mov di, 0x0c
    int 0x1a
    CARRY
    HEX16 cx
    mov ax, 0xb109                      ; a word at an odd place
    mov di, 0x0d
    int 0x1a
    CARRY
    HEX16 ax
    PRINT "06h "
    mov ax, 0xb106
    int 0x1a
    CARRY
    HEX16 ax
    LINE
    PRINT "86h in ticks "
    xor ah, ah
    int 0x1a
    push dx
    mov ah, 0x86                        ; 1 second: 18 or 19 of them
    mov cx, 0x0f
    mov dx, 0x4240
    int 0x15
    xor ah, ah
    int 0x1a
    pop ax
    sub dx, ax
    sub dx, 17
    cmp dx, 3
    call between
    PRINT "83h "
    mov byte [flag], 0
    push cs
    pop es
    mov bx, flag
    mov ax, 0x8300
    mov cx, 1
    xor dx, dx
    int 0x15
    CARRY
    mov ah, 0x86                        ; one at a time
    mov cx, 1
    int 0x15
    CARRY
    HEX16 ax
.wait:
    test byte [flag], 0x80
    jz .wait
    PRINT "alarm "
    mov word [0x4a * 4], on_alarm
    mov word [0x4a * 4 + 2], cs
    mov ah, 2
    int 0x1a
    mov al, dh
    add al, 2
    daa
    cmp al, 0x60
    jb .same_minute
    xor al, al
    mov dh, al
    mov al, cl
    inc al
    daa
    mov cl, al
    jmp .set
.same_minute:
    mov dh, al
.set:
    mov ah, 6
    int 0x1a
    CARRY
    mov ah, 6                           ; a second one is refused
    int 0x1a
    CARRY
.ring:
    cmp byte [rang], 1
    jne .ring
    mov ah, 7
    int 0x1a
    PRINT "rang"
    LINE
    ret
between:
    jnb .no
    PRINT "right "
    ret
.no:
    PRINT "wrong "
    ret
on_alarm:
    mov byte [cs:rang], 1
    iret

; --- keyboard ---
keyboard:
    PRINT "16h "
    mov ah, 5
    mov cx, 0x47e0
    int 0x16
    HEX16 ax
    mov ah, 0x11
    int 0x16
    HEX16 ax
    mov ah, 1
    int 0x16
    HEX16 ax
    mov ah, 0
    int 0x16
    HEX16 ax
    mov ah, 1
    int 0x16
    jz .empty
    PRINT "not "
.empty:
    PRINT "empty "
    mov ah, 9
    int 0x16
    HEX16 ax
    mov ah, 0x0a
    int 0x16
    HEX16 bx
    mov ax, 0x0305
    mov bx, 0x0000
    int 0x16
    LINE
    mov ax, 0x0e3e                      ; ">": the script presses its keys
    int 0x10
    PRINT "keys "
.key:
    mov ah, 0x10
    int 0x16
    HEX16 ax
    cmp ax, 0x011b
    jne .key
    mov ah, 0x12
    int 0x16
    HEX16 ax
    LINE
    ret

; --- scan codes put into the keyboard controller's output buffer by its command D2h ---
scan:                                   ; AL; comes back when the interrupt has taken it
    push ax
.in:
    in al, 0x64
    test al, 2
    jnz .in
    mov al, 0xd2
    out 0x64, al
.command:
    in al, 0x64
    test al, 2
    jnz .command
    pop ax
    out 0x60, al
.out:
    in al, 0x64
    test al, 3
    jnz .out
    ret
scans:                                  ; a list at SI, ended by 0; then the keys that came of it, and the flags 40:17, 40:18
    lodsb
    test al, al
    jz .keys
    call scan
    jmp scans
.keys:
    mov ah, 0x11
    int 0x16
    jz .flags
    mov ah, 0x10
    int 0x16
    HEX16 ax
    jmp .keys
.flags:
    HEX16 [0x417]
    PRINT "; "
    ret
%macro SCANS 2+                         ; what it is, its codes
    PRINT %1
    push si
    mov si, %%list
    call scans
    pop si
    jmp %%over
%%list: db %2, 0
%%over:
%endmacro
%macro HOOK 2
    mov word [%1 * 4], %2
    mov word [%1 * 4 + 2], cs
%endmacro

codes:
    SCANS "Alt 6 5 ", 0x38, 0x4d, 0xcd, 0x4c, 0xcc, 0xb8
    SCANS "Num 7 ", 0x45, 0xc5, 0x47, 0xc7
    SCANS "Shift 7 ", 0x2a, 0x47, 0xc7, 0xaa
    SCANS "Num ", 0x45, 0xc5
    SCANS "Caps a A ", 0x3a, 0xba, 0x1e, 0x9e, 0x36, 0x1e, 0x9e, 0xb6
    SCANS "Caps Ins ", 0x3a, 0xba, 0xe0, 0x52, 0xe0, 0xd2
    LINE
    HOOK 0x1b, on_break
    SCANS "Break ", 0x1e, 0x9e, 0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d
    HEX16 [0x470]
    HOOK 0x05, on_print
    SCANS "Print ", 0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa
    SCANS "Ctrl Print ", 0x1d, 0xe0, 0x37, 0xe0, 0xb7, 0x9d
    mov eax, [0x15 * 4]
    mov [old_15], eax
    cli
    HOOK 0x15, on_15
    sti
    SCANS "SysRq ", 0x38, 0x54, 0xd4, 0xb8
    SCANS "x into y, z away ", 0x2d, 0xad, 0x2c, 0xac
    cli
    mov eax, [old_15]
    mov [0x15 * 4], eax
    sti
    LINE
    mov eax, [0x1c * 4]
    mov [old_1c], eax
    mov byte [countdown], 5
    HOOK 0x1c, on_tick
    SCANS "Pause, 5 ticks ", 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5
    HEX16 [countdown]
    cli
    mov eax, [old_1c]
    mov [0x1c * 4], eax
    sti
    PRINT "16 keys fill it, one more "
    mov bp, 16
    mov cx, 0x1e61
.fill:
    mov ah, 5
    int 0x16
    dec bp
    jnz .stored
    HEX16 ax
.stored:
    test al, al
    jz .fill
    HEX16 bp
    LINE
.empty:
    mov ah, 0x11
    int 0x16
    jz .done
    mov ah, 0x10
    int 0x16
    jmp .empty
.done:
    ret
on_break:
    PRINT "[1Bh] "
    iret
on_print:
    PRINT "[05h] "
    iret
on_tick:
    cmp byte [cs:countdown], 0
    je .done
    dec byte [cs:countdown]
    jnz .done
    mov al, 0xd2
    out 0x64, al
    mov al, 0x1e
    out 0x60, al
.done:
    iret
on_15:
    cmp ah, 0x85
    je .request
    cmp ah, 0x4f
    jne .old
    cmp al, 0x2d
    jne .not_x
    mov al, 0x15
.not_x:
    cmp al, 0x2c
    je .away
.old:
    jmp far [cs:old_15]
.away:
    push bp
    mov bp, sp
    and byte [bp + 6], 0xfe
    pop bp
    iret
.request:
    PRINT "[15h/85h "
    HEX16 ax
    PRINT "] "
    iret

; --- mouse ---
mouse:
    PRINT "C2h "
    mov ax, 0xc205
    mov bx, 0x0300
    int 0x15
    CARRY
    HEX16 bx
    mov ax, 0xc204
    xor bx, bx
    int 0x15
    CARRY
    HEX16 bx
    mov ax, 0xc200                      ; no handler yet
    mov bx, 0x0100
    int 0x15
    CARRY
    HEX16 ax
    push cs
    pop es
    mov bx, on_mouse
    mov ax, 0xc207
    int 0x15
    CARRY
    mov ax, 0xc200
    mov bx, 0x0100
    int 0x15
    CARRY
    mov ax, 0xc203
    mov bx, 0x0300
    int 0x15
    CARRY
    mov ax, 0xc206
    xor bx, bx
    xor cx, cx
    xor dx, dx
    int 0x15
    CARRY
    HEX16 bx
    HEX16 cx
    HEX16 dx
    PRINT "packet "
    mov al, 0x0f                        ; bytes as the mouse would send them, by the controller's command D3h
    call aux
    mov al, 0x05
    call aux
    mov al, 0xfd
    call aux
    LINE
    ret
aux:
    push ax
    mov al, 0xd3
    out 0x64, al
.command:
    in al, 0x64
    test al, 2
    jnz .command
    pop ax
    out 0x60, al
.out:
    in al, 0x64
    test al, 3
    jnz .out
    ret
on_mouse:                               ; status, x, y, z: pushed in this order
    push bp
    mov bp, sp
    push ax
    HEX16 [bp + 12]
    HEX16 [bp + 10]
    HEX16 [bp + 8]
    HEX16 [bp + 6]
    pop ax
    pop bp
    retf

; --- the rest ---
others:
    PRINT "14h "
    mov ah, 3
    mov dx, 3
    int 0x14
    HEX16 ax
    PRINT "17h "
    mov ah, 2
    mov dx, 2
    int 0x17
    HEX16 ax
    PRINT "15h FFh "
    mov ah, 0xff
    int 0x15
    CARRY
    HEX16 ax
    PRINT "entries "
    mov ax, 0xf000                      ; model byte, table at E6F5, far jumps through fixed entries
    mov es, ax
    movzx bx, byte [es:0xfffe]
    HEX16 bx
    pushf
    call 0xf000:0xf841
    HEX16 ax
    pushf
    call 0xf000:0xf84d
    HEX16 ax
    xor si, si                          ; the image sums to zero
    xor al, al
    mov cx, 0
.sum:
    add al, [es:si]
    inc si
    loop .sum
    xor ah, ah
    PRINT "sum "
    HEX16 ax
    mov ax, 0x1130                      ; the 8x8 font at FA6Eh is the video BIOS's
    mov bx, 0x0300
    int 0x10
    push ds
    push es
    pop ds
    mov si, bp
    mov ax, 0xf000
    mov es, ax
    mov di, 0xfa6e
    mov cx, 1024
    repe cmpsb
    pop ds
    PRINT "font rest "
    HEX16 cx
    LINE
    ret

; --- AH=89h into protected mode; out through the reset and CMOS 0Fh = 0Ah ---
protected:
    PRINT "89h "
    cli
    mov word [0x467], back
    mov word [0x469], cs
    mov [stack], sp
    mov al, 0x8f
    out 0x70, al
    mov al, 0x0a
    out 0x71, al
    mov al, 0x0f
    out 0x70, al
    push cs
    pop es
    mov si, gdt89
    mov bx, 0x2028
    mov ah, 0x89
    int 0x15
    jc .failed
    smsw ax
    mov [msw], ax
    mov [status], cs
    mov al, 0xfe
    out 0x64, al
.halt:
    hlt
    jmp .halt
.failed:
    PRINT "fails"
    LINE
    ret
back:
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, [stack]
    call pics
    sti
    mov ax, [msw]
    and ax, 1
    HEX16 ax
    HEX16 [status]
    smsw ax
    and ax, 1
    HEX16 ax
    LINE
    ret
pics:
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 8
    out 0x21, al
    mov al, 0x70
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    mov al, 0xb8
    out 0x21, al
    mov al, 0xff
    out 0xa1, al
    ret

align 8
gdt:                                    ; of AH=87h
    dq 0, 0
    dw 0xffff, 0
    db 0, 0x93
    dw 0
    dw 0xffff, 0
    db 0, 0x93
    dw 0
    dq 0, 0
gdt89:
    dq 0
    dw 63, gdt89
    dd 0
    dw 0x3ff, 0
    dd 0
    times 3 dq 0x000093000000ffff       ; DS, ES, SS
    dq 0x00009b000000ffff               ; CS
    dq 0                                ; the BIOS's
packet:
    dw 16, 1, buffer, 0
    dq 0
old_15: dd 0
old_1c: dd 0
countdown: dw 0
flag: db 0
rang: db 0
msw: dw 0
status: dw 0
stack: dw 0
    times (SECTORS + 1) * 512 - ($ - $$) db 0
buffer equ 0x9800
    times 1474560 - ($ - $$) db 0
