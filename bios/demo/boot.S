/* The boot sector: a FAT12 floppy of 1.44 MB whose first file is the program, in one piece from the first data sector on. */
    .code16
    .section .text
    .globl _start
    LOAD_SEGMENT = 0x1000
    FIRST_SECTOR = 33               /* 1 + 2 x 9 + 14 */
    SECTORS = 18
    HEADS = 2
_start:
    jmp start
    nop
    .ascii "ORRERY  "
    .word 512
    .byte 1
    .word 1
    .byte 2
    .word 224, 2880
    .byte 0xf0
    .word 9, SECTORS, HEADS
    .long 0, 0
drive:
    .byte 0, 0, 0x29
    .long 0x0dd0cafe
    .ascii "ORRERY DEMOFAT12   "
start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %ss
    movw $0x7c00, %sp
    sti
    ljmp $0, $1f
1:  movb %dl, drive
    movw $LOAD_SEGMENT, %ax
    movw %ax, %es
    movw $FIRST_SECTOR, %si
    movw file_sectors, %di
next:                               /* up to the end of the track, and never over a 64 KiB boundary: the file is smaller */
    testw %di, %di
    jz go
    movw %si, %ax
    xorw %dx, %dx
    movw $SECTORS, %cx
    divw %cx                        /* AX track of one side, DX sector on it */
    subw %dx, %cx                   /* sectors left on the track */
    cmpw %di, %cx
    jbe 1f
    movw %di, %cx
1:  pushw %cx
    movb %cl, %bl                   /* count */
    movb %dl, %cl
    incb %cl                        /* CL sector from 1 */
    shrw $1, %ax
    movb %al, %ch                   /* CH cylinder */
    sbbb %dh, %dh
    negb %dh                        /* DH head: the bit that was shifted out */
    movb drive, %dl
    movb %bl, %al
    movb $3, tries
read:
    pushw %ax
    movb $2, %ah
    xorw %bx, %bx
    int $0x13
    popw %ax
    jnc done
    decb tries
    jz failed
    pushw %ax
    xorb %ah, %ah
    int $0x13
    popw %ax
    jmp read
done:
    popw %cx
    addw %cx, %si
    subw %cx, %di
    movw %es, %ax
    shlw $5, %cx
    addw %cx, %ax
    movw %ax, %es
    jmp next
go:
    ljmp $LOAD_SEGMENT, $0
failed:
    movw $message, %si
1:  lodsb
    testb %al, %al
    jz 2f
    movb $0x0e, %ah
    movw $7, %bx
    int $0x10
    jmp 1b
2:  hlt
    jmp 2b
message:
    .asciz "The demo disk cannot be read."
tries:
    .byte 0
    .org 0x1fc
    .globl file_sectors
file_sectors:
    .word 0                         /* mkdisk writes it */
    .word 0xaa55
