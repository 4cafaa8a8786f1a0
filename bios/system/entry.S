/* Entry points of the system BIOS: reset, interrupts, and what C cannot say.               doc: bios
 * The upper 8 KiB keep the offsets of IBM's AT BIOS, which programs jump to and read from. */
    .code16

    EBDA_STACK_USED = 0x5d
    EBDA_STACK_TOP = 1024 - 64      /* the FACS is above it */
    FRAME_BYTES = 48

/* An interrupt whose service is a C function void f(struct frame *). */
    .macro light name, service
    .globl \name
\name:
    pushw $\service
    jmp on_caller_stack
    .endm
    .macro heavy name, service
    .globl \name
\name:
    pushw $\service
    jmp on_own_stack
    .endm

    .text

/* u32 call_int(u32 number, u32 ax, u32 bx): the handler may ruin every register. */
    .globl call_int
call_int:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    pushw %fs
    pushw %gs
    movl %ecx, %ebx
    xorw %cx, %cx
    movw %cx, %es
    shll $2, %eax
    pushl %es:(%eax)
    movw %ss, %cx
    movw %cx, %es
    movl %edx, %eax
    movw %sp, %bp
    stc
    pushfw
    cli
    lcallw *(%bp)
    pushfw
    popw %dx
    cld
    addw $4, %sp
    movw %ss, %cx
    movw %cx, %ds
    movw %cx, %es
    popw %gs
    popw %fs
    movzwl %ax, %eax
    shll $16, %edx
    orl %edx, %eax
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    retl

/* void call_int_frame(u32 number, struct frame *f): EAX to EDI, DS and ES from the frame, and back with the flags. */
    .globl call_int_frame
call_int_frame:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    pushw %fs
    pushw %gs
    pushl %edx
    xorw %cx, %cx
    movw %cx, %es
    shll $2, %eax
    pushfw
    cli
    pushw %cs
    pushw $1f
    movl %es:(%eax), %ecx
    pushl %ecx                      /* the far address: taken by the LRET below */
    movl 36(%edx), %ecx             /* ES and DS */
    pushl %ecx
    movl 28(%edx), %eax
    movl 24(%edx), %ecx
    movl 16(%edx), %ebx
    movl 8(%edx), %ebp
    movl 4(%edx), %esi
    movl 0(%edx), %edi
    movl 20(%edx), %edx
    popw %es
    popw %ds
    lretw
1:  pushfw
    pushl %ebp
    movw %sp, %bp
    movw %ss:6(%bp), %bp           /* the frame's offset in the stack's segment */
    movl %eax, %ss:28(%bp)
    movl %ecx, %ss:24(%bp)
    movl %ebx, %ss:16(%bp)
    movl %edx, %ss:20(%bp)
    movl %esi, %ss:4(%bp)
    movl %edi, %ss:0(%bp)
    movw %es, %ss:36(%bp)
    movw %ds, %ss:38(%bp)
    popl %ss:8(%bp)
    popw %ss:46(%bp)
    addw $4, %sp
    cld
    movw %ss, %cx
    movw %cx, %ds
    movw %cx, %es
    popw %gs
    popw %fs
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    retl

/* Far memory.  Arguments: AX segment, DX offset, CX value. */
    .globl far8, far16, far32, far8_put, far16_put, far32_put
far8:
    movw %ax, %es
    movzwl %dx, %edx
    movzbl %es:(%edx), %eax
    jmp es_is_ss
far16:
    movw %ax, %es
    movzwl %dx, %edx
    movzwl %es:(%edx), %eax
    jmp es_is_ss
far32:
    movw %ax, %es
    movzwl %dx, %edx
    movl %es:(%edx), %eax
    jmp es_is_ss
far8_put:
    movw %ax, %es
    movzwl %dx, %edx
    movb %cl, %es:(%edx)
    jmp es_is_ss
far16_put:
    movw %ax, %es
    movzwl %dx, %edx
    movw %cx, %es:(%edx)
    jmp es_is_ss
far32_put:
    movw %ax, %es
    movzwl %dx, %edx
    movl %ecx, %es:(%edx)
es_is_ss:
    pushw %ss
    popw %es
    retl

/* void far_insw(u16 segment, u16 offset, u16 port, u16 words) */
    .globl far_insw, far_outsw
far_insw:
    pushl %edi
    movw %ax, %es
    movw %dx, %di
    movw %cx, %dx
    movw 8(%esp), %cx
    rep insw
    popl %edi
    jmp es_is_ss
far_outsw:
    pushl %esi
    movw %ax, %es
    movw %dx, %si
    movw %cx, %dx
    movw 8(%esp), %cx
    rep outsw %es:(%si), %dx
    popl %esi
    jmp es_is_ss

/* void boot_jump(u32 segment, u32 offset, u32 drive): the boot sector's world, interrupts on. */
    .globl boot_jump
boot_jump:
    cli
    xorw %bx, %bx
    movw %bx, %ss
    movl $0x7c00, %esp
    pushw $0x0202
    pushw %ax
    pushw %dx
    movzbl %cl, %edx
    xorl %eax, %eax
    xorl %ebx, %ebx
    xorl %ecx, %ecx
    xorl %esi, %esi
    xorl %edi, %edi
    xorl %ebp, %ebp
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    iret

/* void set_data_segments(void): GS and FS for POST's C code, once the areas are laid out. */
    .globl set_data_segments
set_data_segments:
    movw $0x40, %ax
    movw %ax, %fs
    movw %fs:0x0e, %gs
    retl

/* void call_far(u32 segment, u32 offset, u32 ax): an option ROM's initialisation or boot entry vector; ES:DI is the installation check structure. */
    .globl call_far
call_far:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    pushw %fs
    pushw %gs
    pushw %ax
    pushw %dx
    movw %sp, %bp
    movw $0xf000, %di
    movw %di, %es
    movw $plug_and_play, %di
    movw %cx, %ax
    lcallw *(%bp)
    addw $4, %sp
    cld
    movw %ss, %cx
    movw %cx, %ds
    movw %cx, %es
    popw %gs
    popw %fs
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    retl

/* void call_mouse(u32 handler, const u16 words[4]): status, x, y, z on the stack, then a far call. */
    .globl call_mouse
call_mouse:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    pushw %fs
    pushw %gs
    pushl %eax
    pushw 0(%edx)
    pushw 2(%edx)
    pushw 4(%edx)
    pushw 6(%edx)
    movw %sp, %bp
    lcallw *8(%bp)
    addw $12, %sp
    cld
    movw %ss, %cx
    movw %cx, %ds
    movw %cx, %es
    popw %gs
    popw %fs
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    retl

/* void block_move(u32 table_address, u32 words): INT 15h AH=87h between its checks.  The caller's table has the code
 * segment as its fifth descriptor and the stack as its sixth. */
    .globl block_move
block_move:
    pushl %esi
    pushl %edi
    pushl %ebx
    movl %edx, %ecx
    pushl %eax
    pushw $0x2f
    movl %esp, %ebx
    lgdtl (%ebx)
    addw $6, %sp
    movw %ss, %bx
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $0x20, $1f
1:  movw $0x28, %ax
    movw %ax, %ss
    movw $0x10, %ax
    movw %ax, %ds
    movw $0x18, %ax
    movw %ax, %es
    xorw %si, %si
    xorw %di, %di
    rep movsw
    movw $0x28, %ax                 /* limits of 64 KiB for real mode */
    movw %ax, %ds
    movw %ax, %es
    movl %cr0, %eax
    andb $0xfe, %al
    movl %eax, %cr0
    ljmp $0xf000, $2f
2:  movw %bx, %ss
    movw %bx, %ds
    movw %bx, %es
    popl %ebx
    popl %edi
    popl %esi
    retl

/* noreturn void enter_protected(struct frame *f, u32 table_segment, u32 table_offset): INT 15h AH=89h.  The frame lies
 * on the caller's stack, whose descriptor is the sixth; the return address' segment is already a selector. */
    .globl enter_protected
enter_protected:
    movl %eax, %esp
    movw %dx, %es
    lgdtl %es:8(%ecx)
    lidtl %es:16(%ecx)
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $0x38, $1f
1:  movw $0x18, %ax
    movw %ax, %ds
    movw $0x20, %ax
    movw %ax, %es
    movw $0x28, %ax
    movw %ax, %ss
    popal
    addw $10, %sp
    iret

/* noreturn void boot_again(void): INT 19h throws its caller's stack away; so does a second attempt after INT 18h. */
    .globl boot_again, int_18_start, int_19_start
    .macro fresh name, function
\name:
    cli
    cld
    movw $0x40, %ax
    movw %ax, %fs
    movw %fs:0x0e, %gs
    movb $0, %gs:EBDA_STACK_USED
    xorw %ax, %ax
    movw %ax, %ss
    movl $0x7c00, %esp
    movw %ax, %ds
    movw %ax, %es
    sti
    calll \function
    .endm
boot_again:
    fresh int_19_start, boot_service
    fresh int_18_start, nothing_boots

/* void virtual_wire(void): a local APIC hands the 8259A's requests and NMI on to the processor, as if it were not there.
 * RESET and INIT leave it masked.  Intel MultiProcessor Specification, "Virtual Wire Mode". */
    APIC_PA = 0xfee00000
    .globl virtual_wire
virtual_wire:
    pushl %ebx
    pushfl                          /* CPUID exists where EFLAGS.ID can be changed */
    popl %eax
    movl %eax, %ecx
    xorl $0x200000, %eax
    pushl %eax
    popfl
    pushfl
    popl %eax
    pushl %ecx
    popfl
    xorl %ecx, %eax
    testl $0x200000, %eax
    jz 3f
    movl $1, %eax
    cpuid
    testl $0x200, %edx              /* APIC */
    jz 3f
    andl $0xf00, %eax
    cmpl $0x600, %eax               /* the Pentium's cannot be moved */
    jb 1f
    movl $0x1b, %ecx                /* back from x2APIC mode, or from where an operating system has moved it */
    rdmsr
    movl %eax, %ebx
    andl $0x100, %eax
    orl $APIC_PA, %eax
    xorl %eax, %ebx
    cmpl $0x800, %ebx
    je 1f
    xorl %edx, %edx
    wrmsr
    orl $0x800, %eax
    wrmsr
1:  lgdtl %cs:wire_gdt
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $0x08, $1f
1:  movw $0x10, %ax
    movw %ax, %es
    movl $APIC_PA, %eax
    movl $0x10f, %es:0xf0(%eax)     /* enabled; a spurious interrupt looks like the 8259A's, IRQ7 */
    movl $0x700, %es:0x350(%eax)    /* LINT0: ExtINT */
    movl $0x400, %es:0x360(%eax)    /* LINT1: NMI */
    movw $0x18, %ax                 /* a limit of 64 KiB for real mode */
    movw %ax, %es
    movl %cr0, %eax
    andb $0xfe, %al
    movl %eax, %cr0
    ljmp $0xf000, $2f
2:  movw %ss, %ax
    movw %ax, %es
3:  popl %ebx
    retl

/* u32 high32(u32 pa); u32 high32_put(u32 pa, u32 value): what stands there then.  Interrupts are off. */
    .globl high32, high32_put
high32:
    xorl %ecx, %ecx
    jmp 1f
high32_put:
    movl $1, %ecx
1:  pushl %ebx
    movl %eax, %ebx
    lgdtl %cs:wire_gdt
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $0x08, $1f
1:  movw $0x10, %ax
    movw %ax, %es
    jecxz 2f
    movl %edx, %es:(%ebx)
2:  movl %es:(%ebx), %edx
    movw $0x18, %ax
    movw %ax, %es
    movl %cr0, %eax
    andb $0xfe, %al
    movl %eax, %cr0
    ljmp $0xf000, $3f
3:  movw %ss, %ax
    movw %ax, %es
    movl %edx, %eax
    popl %ebx
    retl

    .balign 8
wire_gdt:                           /* the null descriptor's place holds the pointer; then code, flat data, real mode's */
    .word 0x1f
    .long 0xf0000 + wire_gdt
    .word 0
    .quad 0x00009b0f0000ffff, 0x00cf93000000ffff, 0x000093000000ffff

/* Power-on and reset.  The stack below 7C00h holds until DOS brings its own. */
    .globl post_start
post_start:
    cli
    cld
    movb $0x8f, %al                 /* NMI off; CMOS 0Fh says why we are here */
    outb %al, $0x70
    inb $0x71, %al
    movb %al, %bl
    movb $0x8f, %al
    outb %al, $0x70
    xorb %al, %al
    outb %al, $0x71
    movw $0x40, %ax
    movw %ax, %fs
    cmpb $5, %bl
    je before_resume
    cmpb $0x0a, %bl
    je before_resume
    cmpb $0x09, %bl
    jne power_on
before_resume:                      /* the stack of disk services is free: nothing but POST's memory may change */
    movw %fs:0x0e, %ax
    movw %ax, %ss
    movl $EBDA_STACK_TOP, %esp
    calll virtual_wire
    cmpb $5, %bl                    /* 5: EOI and jump through 40:67; 0Ah: the jump alone; 9: end of a block move */
    je resume_eoi
    cmpb $0x0a, %bl
    je resume
    cmpb $0x09, %bl
    je resume_block_move
power_on:
    xorw %ax, %ax
    movw %ax, %ss
    movl $0x7c00, %esp
    movw %ax, %ds
    movw %ax, %es
    calll post
resume_eoi:
    movb $0x20, %al
    outb %al, $0xa0
    outb %al, $0x20
resume:
    ljmp *%fs:0x67
resume_block_move:                  /* 40:67 is the SS:SP of the caller's registers, as IBM's INT 15h AH=87h left them */
    lssw %fs:0x67, %sp
    popw %es
    popw %ds
    popaw
    xorb %ah, %ah
    lretw $2

    .globl warm_reset
warm_reset:
    cli
    movb $0xfe, %al                 /* the keyboard controller pulses the processor's reset */
    outb %al, $0x64
1:  hlt
    jmp 1b

    .section .fixed, "ax"
    .macro at offset
    .org \offset - 0xe000, 0
    .endm

    .ascii "Orrery system BIOS"

    at 0xe05b
    ljmp $0xf000, $post_start

/* Short services run on the caller's stack, as IBM's did, and may nest at will.  The upper half of ESP is cleared for
 * the compiler's sake and put back. */
on_caller_stack:
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    pushal
serve_here:
    cld
    movzwl %sp, %esp
    movw $0x40, %ax
    movw %ax, %fs
    movw %fs:0x0e, %gs
    movw %ss, %ax
    movw %ax, %ds
    movw %ax, %es
    movl %esp, %eax
    movzwl 40(%esp), %ecx
    calll *%ecx
    movl 12(%esp), %eax
    subl $32, %eax
    movl %eax, %esp
leave_service:
    popal
    popw %gs
    popw %fs
    popw %es
    popw %ds
    addw $2, %sp
    iret

/* Disk services need more stack than DOS programs leave them: they run on the extended BIOS data area's, once.  A disk
 * service within a disk service stays where it is. */
on_own_stack:
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    pushal
    movw $0x40, %ax
    movw %ax, %fs
    movw %fs:0x0e, %gs
    movw %gs, %ax
    movw %ss, %dx
    cmpw %ax, %dx
    je serve_here
    cmpb $0, %gs:EBDA_STACK_USED
    jne serve_here
    movb $1, %gs:EBDA_STACK_USED
    cld
    movl %esp, %ebp
    movw %dx, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $EBDA_STACK_TOP, %esp
    pushw %dx
    pushl %ebp
    subl $FRAME_BYTES, %esp
    movw %bp, %si
    movw %sp, %di
    movw $FRAME_BYTES / 2, %cx
    rep movsw
    movw %ax, %ds
    movl %esp, %eax
    movzwl 40(%esp), %ecx
    calll *%ecx
    movw %sp, %si
    movl FRAME_BYTES(%esp), %ebp
    movw FRAME_BYTES + 4(%esp), %dx
    movw %dx, %es
    movw %bp, %di
    movw $FRAME_BYTES / 2, %cx
    rep movsw
    cli                             /* nobody may take the stack while we stand on it */
    movb $0, %gs:EBDA_STACK_USED
    movw %dx, %ss
    movl %ebp, %esp
    jmp leave_service


    heavy int_13_any, disk_service
    heavy int_40, floppy_service
    light int_08_any, timer_interrupt
    light int_09_any, keyboard_interrupt
    light int_0e_any, floppy_interrupt
    light int_05_any, print_screen
    light int_11_any, equipment_service
    light int_12_any, memory_service
    light int_14_any, serial_service
    light int_15_any, system_service
    light int_16_any, keyboard_service
    light int_17_any, printer_service
    light int_1a_any, time_service
    light int_70, clock_interrupt
    light int_74, mouse_interrupt
    light int_75, coprocessor_interrupt
    light int_76, disk_interrupt_0
    light int_77, disk_interrupt_1
    light int_master, unexpected_master
    light int_slave, unexpected_slave
    .globl int_71
int_71:                             /* IRQ9 is IRQ2's place on the AT: INT 0Ah serves it */
    pushw %ax
    movb $0x20, %al
    outb %al, $0xa0
    popw %ax
    int $0x0a
    iret

    at 0xe2c3
    .globl int_02
int_02:                             /* NMI: a board without parity has none to report */
    iret

    at 0xe3fe
    jmp int_13_any

    at 0xe401                       /* fixed disk types 1 to 47; the table begins with type 1 */
    .globl disk_types
disk_types:
    .macro disk_type cylinders, heads, precompensation, landing, sectors
    .word \cylinders
    .byte \heads
    .word 0, \precompensation
    .byte 0
    .if \heads > 8
    .byte 8
    .else
    .byte 0
    .endif
    .byte 0, 0, 0
    .word \landing
    .byte \sectors, 0
    .endm
    disk_type  306,  4,    128,  305, 17
    disk_type  615,  4,    300,  615, 17
    disk_type  615,  6,    300,  615, 17
    disk_type  940,  8,    512,  940, 17
    disk_type  940,  6,    512,  940, 17
    disk_type  615,  4, 0xffff,  615, 17
    disk_type  462,  8,    256,  511, 17
    disk_type  733,  5, 0xffff,  733, 17
    disk_type  900, 15, 0xffff,  901, 17
    disk_type  820,  3, 0xffff,  820, 17
    disk_type  855,  5, 0xffff,  855, 17
    disk_type  855,  7, 0xffff,  855, 17
    disk_type  306,  8,    128,  319, 17
    disk_type  733,  7, 0xffff,  733, 17
    disk_type    0,  0,      0,    0,  0
    disk_type  612,  4,      0,  663, 17
    disk_type  977,  5,    300,  977, 17
    disk_type  977,  7, 0xffff,  977, 17
    disk_type 1024,  7,    512, 1023, 17
    disk_type  733,  5,    300,  732, 17
    disk_type  733,  7,    300,  732, 17
    disk_type  733,  5,    300,  733, 17
    disk_type  306,  4,      0,  336, 17

    at 0xe6f2
    jmp int_19

    at 0xe6f5
    .globl configuration_table
configuration_table:                /* INT 15h AH=C0h: AT, second 8259, clock, INT 15h/4Fh, EBDA; INT 16h AH=09h */
    .word 8
    .byte 0xfc, 0x01, 0x00, 0x74, 0x40, 0, 0, 0

    at 0xe6ff
int_19:
    ljmp $0xf000, $int_19_start
    .globl int_18, int_19
int_18:
    ljmp $0xf000, $int_18_start

    at 0xe729
    .globl baud_divisors
baud_divisors:                      /* 110, 150, 300, 600, 1200, 2400, 4800, 9600 baud of 1.8432 MHz / 16 */
    .word 0x417, 0x300, 0x180, 0x0c0, 0x060, 0x030, 0x018, 0x00c

    at 0xe739
    jmp int_14_any

    at 0xe82e
    jmp int_16_any

    at 0xe987
    jmp int_09_any

    at 0xec59
    jmp int_40

    at 0xef57
    jmp int_0e_any

    at 0xefc7
    .globl floppy_table
floppy_table:                       /* INT 1Eh: 3 ms a step (6 at 250 kbit/s), DMA, 37 ticks until the motor stops, 512 bytes, */
                                    /* 18 sectors, gaps, fill byte, 15 ms to settle, 500 ms to spin up */
    .byte 0xdf, 0x02, 0x25, 0x02, 0x12, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x04

    at 0xefd2
    jmp int_17_any

    at 0xf065
    .globl int_10_none
int_10_none:                        /* the VGA BIOS takes this vector over */
    iret

    at 0xf0a4
    .globl video_parameters
video_parameters:                   /* INT 1Dh: 6845 registers of four kinds of mode; page bytes, columns, mode port values */
    .byte 0x38, 0x28, 0x2d, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7, 0, 0, 0, 0
    .byte 0x71, 0x50, 0x5a, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7, 0, 0, 0, 0
    .byte 0x38, 0x28, 0x2d, 0x0a, 0x7f, 6, 0x64, 0x70, 2, 1, 6, 7, 0, 0, 0, 0
    .byte 0x61, 0x50, 0x52, 0x0f, 0x19, 6, 0x19, 0x19, 2, 0x0d, 0x0b, 0x0c, 0, 0, 0, 0
    .word 2048, 4096, 16384, 16384
    .byte 40, 40, 80, 80, 40, 40, 80, 80
    .byte 0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29

    at 0xf841
    jmp int_12_any

    at 0xf84d
    jmp int_11_any

    at 0xf859
    jmp int_15_any

    at 0xfa6e
    .globl font_8x8
font_8x8:                           /* characters 0 to 7Fh for graphics modes; INT 1Fh has the others */
    .include "font8x8_low.inc"

    at 0xfe6e
    jmp int_1a_any

    at 0xfea5
    jmp int_08_any

    at 0xfee3
    .globl vectors
vectors:                            /* offsets of INT 00h to 07h; IBM's table of INT 08h to 1Fh follows at FEF3h */
    .word iret_only, iret_only, int_02, iret_only, iret_only, 0xff54, iret_only, iret_only
    at 0xfef3
    .word 0xfea5, 0xe987, int_master, int_master, int_master, int_master, 0xef57, int_master
    .word 0xf065, 0xf84d, 0xf841, 0xe3fe, 0xe739, 0xf859, 0xe82e, 0xefd2
    .word int_18, 0xe6f2, 0xfe6e, iret_only, iret_only, video_parameters, floppy_table, 0

    at 0xff53
    .globl iret_only
iret_only:
    iret

    at 0xff54
    jmp int_05_any

    at 0xfff0
    .globl reset_vector
reset_vector:
    ljmp $0xf000, $0xe05b

    at 0xfff5
    .ascii "11/21/26"
    at 0xfffe
    .byte 0xfc, 0

    .section .note.GNU-stack, "", @progbits
