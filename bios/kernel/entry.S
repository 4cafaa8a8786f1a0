/* The kernel loader as an option ROM: header, INT 19h's entry, and what C cannot say.      doc: kernel */

    .code16
    .section .header, "a"
    .globl rom_header
rom_header:
    .byte 0x55, 0xaa
    .byte rom_blocks
    jmp initialise
    .org 0x10
    .asciz "Orrery kernel loader"

    .text
/* Called far by the system BIOS: from now on INT 19h starts the kernel. */
initialise:
    pushw %ax
    pushw %ds
    xorw %ax, %ax
    movw %ax, %ds
    movw $boot, 0x19 * 4
    movw %cs, 0x19 * 4 + 2
    popw %ds
    popw %ax
    lretw

/* INT 19h: a stack of our own in the lowest 64 KiB, where pointers of C are addresses. */
boot:
    cli
    xorw %ax, %ax
    movw %ax, %ss
    movl $0x7c00, %esp
    movw %ax, %ds
    movw %ax, %es
    cld
    sti
    calll load_kernel

/* bool map_entry(u32 *continuation, void *entry): one entry of INT 15h AX=E820h; false: there is no more */
    .globl map_entry
map_entry:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl %eax, %esi
    movl (%esi), %ebx
    movl %edx, %edi
    movl $20, %ecx
    movl $0x534d4150, %edx          /* "SMAP" */
    movl $0xe820, %eax
    pushl %esi
    int $0x15
    popl %esi
    setnc %cl
    cmpl $0x534d4150, %eax
    sete %al
    andb %cl, %al
    movzbl %al, %eax
    movl %ebx, (%esi)
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    cld
    retl

/* u32 base_kib(void); u32 extended_kib(void): INT 12h, INT 15h AH=88h */
    .globl base_kib, extended_kib
base_kib:
    int $0x12
    movzwl %ax, %eax
    retl
extended_kib:
    pushl %ebx
    movb $0x88, %ah
    int $0x15
    movzwl %ax, %eax
    popl %ebx
    retl

/* Linux/x86 Boot Protocol, "Running the Kernel": all data segments are the set-up code's, no interrupts.
 * void start_linux(u32 segment, u32 sp) */
    .globl start_linux
start_linux:
    cli
    movw %ax, %ss
    movl %edx, %esp
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    addw $0x20, %ax
    pushw %ax
    pushw $0
    lretw

/* Multiboot, "Machine state": flat 32-bit segments, no paging, no interrupts, magic and information in EAX and EBX.
 * void start_multiboot(u32 magic, u32 info, u32 entry) */
    .globl start_multiboot
start_multiboot:
    cli
    movl %eax, %ebp
    movl %edx, %ebx
    pushl $8                        /* the far pointer to the first instruction */
    pushl %ecx
    movl %esp, %esi
    xorl %eax, %eax
    movw %cs, %ax
    shll $4, %eax
    addl $gdt, %eax
    pushl %eax
    pushw $gdt_end - gdt - 1
    lgdtl (%esp)
    movl %cr0, %eax
    andl $0x7fffffff, %eax
    orb $1, %al
    movl %eax, %cr0
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    movw %ax, %ss
    movl %ebp, %eax
    ljmpl *(%esi)

    .section .rom, "a"
    .balign 8
gdt:                                /* accessed already: the processor has nothing to write to the ROM */
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
gdt_end:

    .section .note.GNU-stack, "", @progbits
