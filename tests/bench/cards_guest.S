/* Loops of real mode that drive network cards and a disk's bus master as a driver does: by interrupts, halted between them.  They begin with what they
 * need and end by a word to the debug exit port; ECX comes with the number of rounds, and the instructions that they took are at 0000:0600.   doc: bench */
    .section .rodata
    .code16
    .set FRAME, 1514
    .set TABLE, 0x20000                 /* descriptors; buffers follow at 30000h */
    .set RING, 64
    .set COUNTED, 0x600

    .macro loop name, vectors:vararg
    .globl bench_\name, bench_\name\()_end
bench_\name:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    .irp vector, \vectors
    movw $9f - bench_\name, 4 * \vector
    movw %cs, 4 * \vector + 2
    .endr
    movw $TABLE >> 4, %ax
    movw %ax, %es
    pushl %ecx
    movl $0x186, %ecx                   /* PerfEvtSel0: instructions retired */
    xorl %edx, %edx
    movl $0x4300c0, %eax
    wrmsr
    popl %ecx
    jmp 8f
9:  pushw %bp                           /* end of interrupt; interrupts stay off */
    movw %sp, %bp
    andw $0xfdff, 6(%bp)
    popw %bp
    pushw %ax
    movb $0x20, %al
    outb %al, $0xa0
    outb %al, $0x20
    popw %ax
    iret
8:
    .endm

    .macro only pic1, pic2              /* the requests that come through */
    movb $\pic1, %al
    outb %al, $0x21
    movb $\pic2, %al
    outb %al, $0xa1
    .endm

    .macro sleep
    sti
    hlt
    cli
    .endm

    .macro again
    decl %ecx
    jnz 1b
    .endm

    .macro end name
    movl $0xc1, %ecx
    rdmsr
    movl %eax, COUNTED
    movl %edx, COUNTED + 4
    xorb %al, %al
    outb %al, $0xf4
bench_\name\()_end:
    .endm

    .macro config at                    /* a doubleword of configuration space */
    movl $0x80000000 + \at, %eax
    movw $0xcf8, %dx
    outl %eax, %dx
    movw $0xcfc, %dx
    inl %dx, %eax
    .endm

    /* --- NE2000 at 300h --- */

    .macro ne reg, value
    movw $0x300 + \reg, %dx
    movb $\value, %al
    outb %al, %dx
    .endm
    .macro ne_begin imr
    only 0xdf, 0xff
    ne 0, 0x21
    ne 14, 0x49
    ne 12, 0x14
    ne 13, 0x00
    ne 1, 0x46
    ne 2, 0x80
    ne 3, 0x46
    ne 7, 0xff
    ne 15, \imr
    ne 0, 0x61
    ne 7, 0x47
    ne 0, 0x22
    .endm

    loop ne2000_send, 0x0d
    ne_begin 2
    movw $TABLE >> 4, %ax
    movw %ax, %ds
1:  movl %ecx, %ebp
    ne 10, FRAME & 0xff
    ne 11, FRAME >> 8
    ne 8, 0
    ne 9, 0x40
    ne 0, 0x12
    movw $0x310, %dx
    movw $FRAME / 2, %cx
    xorw %si, %si
    rep outsw
    ne 7, 0x40
    ne 4, 0x40
    ne 5, FRAME & 0xff
    ne 6, FRAME >> 8
    ne 0, 0x26
    sleep
    ne 7, 2
    movl %ebp, %ecx
    again
    xorw %ax, %ax
    movw %ax, %ds
    end ne2000_send

    loop ne2000_receive, 0x0d
    ne_begin 1
    movb $0x47, %bh                     /* the next packet's page */
1:  sleep
    ne 7, 1
2:  ne 0, 0x62
    movw $0x307, %dx
    inb %dx, %al
    movb %al, %bl
    ne 0, 0x22
    cmpb %bh, %bl
    je 1b
    movl %ecx, %ebp
    ne 10, (FRAME + 4) & 0xff           /* header and frame at once: all have one length */
    ne 11, (FRAME + 4) >> 8
    ne 8, 0
    movw $0x309, %dx
    movb %bh, %al
    outb %al, %dx
    ne 0, 0x0a
    movw $0x310, %dx
    movw $(FRAME + 4) / 2, %cx
    xorw %di, %di
    rep insw
    ne 7, 0x40
    movb %es:1, %bh
    movb %bh, %al
    decb %al
    cmpb $0x46, %al
    jae 3f
    movb $0x7f, %al
3:  movw $0x303, %dx
    outb %al, %dx
    movl %ebp, %ecx
    decl %ecx
    jnz 2b
    end ne2000_receive

    /* --- 82540EM in the first slot, by IOADDR and IODATA --- */

    .macro e1000 reg, value
    movw %bp, %dx
    movl $\reg, %eax
    outl %eax, %dx
    addw $4, %dx
    movl $\value, %eax
    outl %eax, %dx
    .endm
    .macro e1000_causes                 /* ICR, which a read clears */
    movw %bp, %dx
    movl $0xc0, %eax
    outl %eax, %dx
    addw $4, %dx
    inl %dx, %eax
    .endm
    .macro e1000_tail reg               /* from EBX */
    movw %bp, %dx
    movl $\reg, %eax
    outl %eax, %dx
    addw $4, %dx
    movl %ebx, %eax
    outl %eax, %dx
    .endm
    .macro e1000_begin word             /* a ring of descriptors with their buffers; EBX and DI: the next one */
    only 0xfb, 0xf3
    config 0x1004
    orb $7, %al
    outl %eax, %dx
    config 0x1018
    andb $0xfc, %al
    movw %ax, %bp
    xorw %di, %di
    movl $0x30000, %eax
2:  movl %eax, %es:(%di)
    movl $0, %es:4(%di)
    movl $\word, %es:8(%di)
    movl $0, %es:12(%di)
    addl $0x800, %eax
    addw $16, %di
    cmpw $16 * RING, %di
    jne 2b
    xorl %ebx, %ebx
    xorw %di, %di
    e1000 0x0000, 0x40
    .endm
    .macro next_descriptor
    movl $0, %es:12(%di)                /* DD and its like */
    addw $16, %di
    andw $16 * RING - 1, %di
    incl %ebx
    andl $RING - 1, %ebx
    .endm

    loop e1000_send, 0x72, 0x73
    e1000_begin (0x0b000000|FRAME)    /* EOP, IFCS, RS */
    e1000 0x3800, TABLE
    e1000 0x3808, (16*RING)
    e1000 0x0400, 0x0a
    e1000 0x00d0, 0x02                  /* TXQE */
1:  movw $RING - 1, %si
2:  next_descriptor
    decw %si
    jnz 2b
    e1000_tail 0x3818
3:  sleep
    e1000_causes
    testb $2, %al                       /* or a request that was gone when the processor asked for its vector */
    jz 3b
    again
    end e1000_send

    loop e1000_receive, 0x72, 0x73
    e1000_begin 0
    e1000 0x2800, TABLE
    e1000 0x2808, (16*RING)
    e1000 0x2818, (RING-1)
    e1000 0x0100, 0x801a                /* EN, UPE, MPE, BAM */
    e1000 0x00d0, 0x80                  /* RXT0 */
1:  sleep
    e1000_causes
2:  testb $1, %es:12(%di)
    jz 1b
    next_descriptor
    decl %ebx                           /* the one behind which the card stops */
    andl $RING - 1, %ebx
    e1000_tail 0x2818
    incl %ebx
    andl $RING - 1, %ebx
    decl %ecx
    jnz 2b
    end e1000_receive

    /* --- 128 KiB a round by the bus master, one place of the disk after the other --- */

    .macro bm reg, value
    leaw \reg(%bp), %dx
    movb $\value, %al
    outb %al, %dx
    .endm
    .macro ata name, command, direction
    loop \name, 0x76
    only 0xfb, 0xbf
    config 0x0904
    orb $5, %al
    outl %eax, %dx
    config 0x0920
    andw $0xfff0, %ax
    movw %ax, %bp
    movl $0x30000, %es:0
    movl $0, %es:4
    movl $0x40000, %es:8
    movl $0x80000000, %es:12
    movw $0x3f6, %dx
    xorb %al, %al
    outb %al, %dx
1:  leaw 4(%bp), %dx
    movl $TABLE, %eax
    outl %eax, %dx
    bm 2, 6
    bm 0, \direction
    movw $0x1f2, %dx                    /* 256 sectors at 256 * (ECX mod 512) */
    xorb %al, %al
    outb %al, %dx
    incw %dx
    outb %al, %dx
    incw %dx
    movb %cl, %al
    outb %al, %dx
    incw %dx
    movb %ch, %al
    andb $1, %al
    outb %al, %dx
    incw %dx
    movb $0xe0, %al
    outb %al, %dx
    incw %dx
    movb $\command, %al
    outb %al, %dx
    bm 0, \direction + 1
    sleep
    movw $0x1f7, %dx
    inb %dx, %al
    bm 0, \direction
    again
    end \name
    .endm
    ata ata_dma_read, 0xc8, 8
    ata ata_dma_write, 0xca, 0

    .section .note.GNU-stack, "", %progbits
