/* Into protected mode and back, to CPL 3 and back, and the exceptions on the way.          doc: demo-disk
 * Segments have the program's base, so C code and the stack are the same in both modes.  SDM vol. 3A, "Mode Switching". */
    .code16
    .text
    SEGMENT = 0x1000
    SEL_CODE = 0x08
    SEL_DATA = 0x10
    SEL_USER_CODE = 0x1b
    SEL_USER_DATA = 0x23
    SEL_TSS = 0x30

/* void protected_run(void (*f)(void)) */
    .globl protected_run
protected_run:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl %eax, %ebx
    pushfl
    cli
    calll tables_build
    lgdtl gdt_pointer
    lidtl idt_pointer
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmpw $SEL_CODE, $1f
1:  movw $SEL_DATA, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    xorw %ax, %ax
    movw %ax, %fs
    movw %ax, %gs
    movw $SEL_TSS, %ax
    ltr %ax
    calll *%ebx
    movw $SEL_DATA, %ax             /* limits of 64 KiB go back with us */
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    movl %cr0, %eax
    andb $0xfe, %al
    movl %eax, %cr0
    ljmpw $SEGMENT, $2f
2:  movw $SEGMENT, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    lidtl real_idt
    popfl
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    retl

/* void user_run(void (*f)(void)): IRET to CPL 3.  The way back is a fault. */
    .globl user_run
user_run:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl %esp, kernel_stack
    movl %esp, %ecx
    subl $64, %ecx
    movl %ecx, tss + 4              /* ESP0 */
    movw $SEL_USER_DATA, %cx
    movw %cx, %ds
    movw %cx, %es
    pushl $SEL_USER_DATA
    pushl $user_stack_end
    pushl $0x2
    pushl $SEL_USER_CODE
    pushl %eax
    iretl

/* Exceptions: those without an error code push a 0. */
    .macro stub n, has_error
    .balign 16
    .if \has_error == 0
    pushl $0
    .endif
    pushl $\n
    jmp exception
    .endm
    .balign 16
    .globl exception_stubs
exception_stubs:
    .altmacro
    .set n, 0
    .rept 20
    .if (n == 8) || (n >= 10 && n <= 14) || (n == 17)
    stub %n, 1
    .else
    stub %n, 0
    .endif
    .set n, n + 1
    .endr
    .noaltmacro

exception:
    pushal
    movw $SEL_DATA, %ax
    movw %ax, %ds
    movw %ax, %es
    movl 32(%esp), %eax
    movl %eax, last_fault
    movl 36(%esp), %eax
    movl %eax, last_fault + 4
    movl 40(%esp), %eax
    movl %eax, last_fault + 8
    movl 44(%esp), %eax
    movl %eax, last_fault + 12
    movl 48(%esp), %eax
    movl %eax, last_fault + 16
    movl %cr2, %eax
    movl %eax, last_fault + 20
    cmpl $0, fault_fixed
    je 1f
    calll *fault_fixed
    testb %al, %al
    jz 1f
    popal
    addl $8, %esp
    iretl
1:  movl kernel_stack, %esp         /* whoever called user_run goes on */
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    retl

    .data
    .balign 4
real_idt:
    .word 0x3ff
    .long 0

    .bss
    .balign 4
    .globl last_fault
last_fault:     .skip 24
kernel_stack:   .skip 4
                .skip 512
user_stack_end:

    .section .note.GNU-stack, "", @progbits
