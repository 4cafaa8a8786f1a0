/* Loops of real mode, each around one kind of access to a device.  They begin with what they need and end by a word to the
 * debug exit port; ECX comes with the number of rounds.                                        doc: bench */
    .section .rodata
    .code16
    .macro loop name, accesses
    .globl bench_\name, bench_\name\()_end, bench_\name\()_accesses
    .balign 4
bench_\name\()_accesses:
    .long \accesses
bench_\name:
    .endm
    .macro again
    decl %ecx
    jnz 1b
    .endm
    .macro end name
    xorb %al, %al
    outb %al, $0xf4
bench_\name\()_end:
    .endm
    .macro screen mode, segment
    pushl %ecx
    movw $\mode, %ax
    int $0x10
    popl %ecx
    cli
    movw $\segment, %ax
    movw %ax, %es
    xorw %di, %di
    .endm
    .macro graphics reg, value          /* a register of the graphics controller */
    movw $0x3ce, %dx
    movw $\value << 8 | \reg, %ax
    outw %ax, %dx
    .endm

    loop nothing, 1
    cli
1:  nop
    again
    end nothing

    loop out_post, 1
    cli
1:  outb %al, $0x80
    again
    end out_post

    loop in_port_b, 1
    cli
1:  inb $0x61, %al
    again
    end in_port_b

    loop in_status, 1
    cli
    movw $0x3da, %dx
1:  inb %dx, %al
    again
    end in_status

    loop out_uart, 1
    cli
    movw $0x3f8, %dx
1:  outb %al, %dx
    again
    end out_uart

    loop text_store, 1
    screen 3, 0xb800
1:  movw %cx, %es:(%di)
    again
    end text_store

    loop text_load, 1
    screen 3, 0xb800
1:  movw %es:(%di), %ax
    again
    end text_load

    loop text_stos, 2000
    screen 3, 0xb800
1:  movw $2000, %bx
    xchgl %ecx, %ebx
    movzwl %cx, %ecx
    xorw %di, %di
    rep stosw
    xchgl %ecx, %ebx
    again
    end text_stos

    loop chain4_byte, 1
    screen 0x13, 0xa000
1:  movb %cl, %es:(%di)
    again
    end chain4_byte

    loop chain4_long, 1
    screen 0x13, 0xa000
1:  movl %ecx, %es:(%di)
    again
    end chain4_long

    loop chain4_stos, 16000
    screen 0x13, 0xa000
1:  movl %ecx, %ebx
    movl $16000, %ecx
    xorw %di, %di
    rep stosl
    movl %ebx, %ecx
    again
    end chain4_stos

    .macro planar name, mode, map, reg, value
    loop \name, 1
    screen 0x12, 0xa000
    movw $0x3c4, %dx
    movw $\map << 8 | 2, %ax
    outw %ax, %dx
    graphics 5, \mode
    graphics \reg, \value
1:  movb %cl, %es:(%di)
    again
    end \name
    .endm
    planar planar_0, 0, 15, 8, 0xff
    planar planar_0_masked, 0, 15, 8, 0x3c
    planar planar_0_xor, 0, 15, 3, 0x18
    planar planar_1, 1, 15, 8, 0xff
    planar planar_2, 2, 15, 8, 0xff
    planar planar_3, 3, 15, 8, 0xff

    loop planar_copy, 16000
    screen 0x12, 0xa000
    graphics 5, 1
    movw %es, %ax
    movw %ax, %ds
1:  movl %ecx, %ebx
    movl $16000, %ecx
    xorw %si, %si
    movw $0x5000, %di
    rep movsb
    movl %ebx, %ecx
    again
    end planar_copy

    /* 256 sectors a round by READ SECTORS or READ MULTIPLE, a REP INSW a DRQ block; accesses are bytes */
    .macro ata name, command, words, blocks
    loop \name, 131072
    movb $2, %al
    movw $0x3f6, %dx
    outb %al, %dx
    movw $0x1f6, %dx
    movb $0xe0, %al
    outb %al, %dx
    movw $0x1f2, %dx
    movb $16, %al
    outb %al, %dx
    movw $0x1f7, %dx
    movb $0xc6, %al
    outb %al, %dx
2:  inb %dx, %al
    testb $0x80, %al
    jnz 2b
    movw $0x6000, %ax
    movw %ax, %es
1:  movl %ecx, %ebp
    movw $0x1f2, %dx
    xorb %al, %al
    .rept 4                             /* 256 sectors from the first on */
    outb %al, %dx
    incw %dx
    .endr
    movw $0x1f7, %dx
    movb $\command, %al
    outb %al, %dx
    movw $\blocks, %bx
3:  movw $0x1f7, %dx
2:  inb %dx, %al
    testb $0x80, %al
    jnz 2b
    movw $0x1f0, %dx
    movl $\words, %ecx
    xorw %di, %di
    rep insw
    decw %bx
    jnz 3b
    movl %ebp, %ecx
    again
    end \name
    .endm
    ata ata_sectors, 0x20, 256, 256
    ata ata_multiple, 0xc4, 4096, 16

    loop floppy, 9216                   /* a track's side a round, by DMA; accesses are bytes */
    movw $0x6000, %ax
    movw %ax, %es
1:  pushl %ecx
    movw $0x0212, %ax
    xorw %bx, %bx
    movw $0x0001, %cx
    xorw %dx, %dx
    int $0x13
    popl %ecx
    again
    end floppy

    .section .note.GNU-stack, "", %progbits
