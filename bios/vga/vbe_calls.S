/* What programs call without INT 10h: the window function, and VBE's protected-mode interface.   doc: vga-bios
 * VBE 3.0, "ModeInfoBlock" (WinFuncPtr), "Function 0Ah". */
    INDEX = 0x1ce
    DISPI_BPP = 3
    DISPI_BANK = 5
    DISPI_VIRT_WIDTH = 6
    DISPI_X_OFFSET = 8
    DISPI_Y_OFFSET = 9

    .code16
    .text
    .globl window_function
window_function:                    /* far; BH=0 sets, BH=1 gets the bank, DX; AX and DX are lost */
    testb %bh, %bh
    jnz 1f
    pushw %dx
    movw $INDEX, %dx
    movw $DISPI_BANK, %ax
    outw %ax, %dx
    incw %dx
    popw %ax
    outw %ax, %dx
    movw $0x004f, %ax
    lretw
1:  movw $INDEX, %dx
    movw $DISPI_BANK, %ax
    outw %ax, %dx
    incw %dx
    inw %dx, %ax
    movw %ax, %dx
    movw $0x004f, %ax
    lretw

    .globl window_function_cirrus
window_function_cirrus:             /* the same: offset register 0 counts 16 KiB */
    testb %bh, %bh
    jnz 1f
    movb $0x09, %al
    movb %dl, %ah
    shlb $2, %ah
    movw $0x3ce, %dx
    outw %ax, %dx
    movw $0x004f, %ax
    lretw
1:  movw $0x3ce, %dx
    movb $0x09, %al
    outb %al, %dx
    incw %dx
    inb %dx, %al
    shrb $2, %al
    movzbw %al, %dx
    movw $0x004f, %ax
    lretw

    .section .rom, "a"
    .globl protected_mode_table, protected_mode_end
    .code32
    .balign 4
protected_mode_table:               /* copied to where the program wants it: no absolute address */
    .word set_window - protected_mode_table
    .word set_display_start - protected_mode_table
    .word set_palette - protected_mode_table
    .word ports - protected_mode_table
ports:
    .word 0x1ce, 0x1cf, 0x1d0, 0x3c6, 0x3c7, 0x3c8, 0x3c9, 0x3da, 0xffff
    .word 0xffff                    /* no memory */

set_window:                         /* BX=0, DX bank */
    pushl %edx
    movw $INDEX, %dx
    movw $DISPI_BANK, %ax
    outw %ax, %dx
    incl %edx
    popl %eax
    outw %ax, %dx
    movw $0x004f, %ax
    ret

set_display_start:                  /* DX:CX: bytes / 4 (4 bits a dot: of a plane); BL=80h: at the next retrace */
    pushal
    movzwl %cx, %ecx
    shll $16, %edx
    orl %edx, %ecx
    shll $2, %ecx
    testb $0x80, %bl
    jz 2f
    movl $0x3da, %edx
    movl $0x10000, %edi
1:  inb %dx, %al
    testb $8, %al
    jnz 2f
    decl %edi
    jnz 1b
2:  movl $DISPI_BPP, %eax
    call get
    movl %eax, %esi                 /* bits a dot; then bytes, 0 with planes */
    movl $DISPI_VIRT_WIDTH, %eax
    call get
    movl %eax, %edi
    cmpl $4, %esi
    jne 3f
    shrl $3, %edi                   /* bytes a line of a plane; a byte is eight dots */
    xorl %esi, %esi
    jmp 4f
3:  addl $7, %esi
    shrl $3, %esi                   /* bytes a dot */
    imull %esi, %edi
4:  testl %edi, %edi
    jz 6f
    movl %ecx, %eax
    xorl %edx, %edx
    divl %edi
    movl %eax, %ebx                 /* line; EDX: bytes in it */
    movl %edx, %eax
    testl %esi, %esi
    jnz 5f
    shll $3, %eax
    jmp 7f
5:  xorl %edx, %edx
    divl %esi
7:  pushl %eax
    xorl %ecx, %ecx
    movl $DISPI_X_OFFSET, %eax
    call put
    movl %ebx, %ecx
    movl $DISPI_Y_OFFSET, %eax
    call put
    popl %ecx
    movl $DISPI_X_OFFSET, %eax
    call put
6:  popal
    movw $0x004f, %ax
    ret

set_palette:                        /* as 4F09h BL=0: CX entries from DX on, ES:EDI */
    pushal
    movzwl %cx, %ecx
    movl %edx, %eax
    movl $0x3c8, %edx
    outb %al, %dx
    incl %edx
1:  testl %ecx, %ecx
    jz 2f
    movb %es:2(%edi), %al
    outb %al, %dx
    movb %es:1(%edi), %al
    outb %al, %dx
    movb %es:(%edi), %al
    outb %al, %dx
    addl $4, %edi
    decl %ecx
    jmp 1b
2:  popal
    movw $0x004f, %ax
    ret

get:                                /* EAX = register AX */
    movl $INDEX, %edx
    outw %ax, %dx
    incl %edx
    inw %dx, %ax
    movzwl %ax, %eax
    ret
put:                                /* register AX = CX */
    movl $INDEX, %edx
    outw %ax, %dx
    incl %edx
    movl %ecx, %eax
    outw %ax, %dx
    ret
protected_mode_end:
    .code16
    .section .note.GNU-stack, "", @progbits
