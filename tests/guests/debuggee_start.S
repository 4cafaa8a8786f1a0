/* How the program begins: BITS 16 as a boot sector, 32 and 64 as Multiboot kernels; the last goes on into 64-bit mode. */
        .section .start, "ax"
        .globl  _start
#if BITS == 16
        .code16
_start: cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movl    $0x7c00, %esp
        calll   run
#else
        .code32
        .balign 4
        .long   0x1badb002, 0, -0x1badb002
_start: movl    $stack_end, %esp
        xorl    %ebp, %ebp
#if BITS == 32
        call    run
#else
        movl    $tables, %edi                        /* the first 2 MiB, at 0 and at the top of all addresses less 2 GiB */
        leal    0x1000(%edi), %eax
        orl     $3, %eax
        movl    %eax, (%edi)
        movl    %eax, 0xff8(%edi)
        leal    0x2000(%edi), %eax
        orl     $3, %eax
        movl    %eax, 0x1000(%edi)
        movl    %eax, 0x1ff0(%edi)
        movl    $0x83, 0x2000(%edi)
        movl    %edi, %cr3
        movl    $0x20, %eax                          /* CR4.PAE */
        movl    %eax, %cr4
        movl    $0xc0000080, %ecx                    /* EFER.LME */
        rdmsr
        orl     $0x100, %eax
        wrmsr
        movl    %cr0, %eax
        orl     $0x80000001, %eax
        movl    %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $8, $wide
gdt:    .quad   0, 0x00209a0000000000, 0x0000920000000000
gdt_pointer:
        .word   23
        .long   gdt
        .code64
wide:   movl    $0x10, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        movq    $stack_end, %rsp
        call    run
        .bss
        .balign 4096
tables: .skip   0x3000
#endif
        .bss
        .skip   4096
stack_end:
#endif
        .section .note.GNU-stack, "", @progbits
