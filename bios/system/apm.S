/* Where protected-mode programs call APM.  Descriptors follow the one of CS as the specification wants them: behind the 16-bit code the data,
 * behind the 32-bit code the 16-bit code and then the data; "data" is the extended BIOS data area.           doc: bios
 * Source: APM BIOS Interface Specification 1.2, "Protected Mode 16-bit Interface Connect", "Protected Mode 32-bit Interface Connect". */
    APM = 0x31                          /* EBDA.apm */
    FRAME_TAIL = 14                     /* struct frame between the registers of PUSHA and the flags */
    SS_IS_32_BIT = 1 << 22              /* as LAR tells it */

    .section .rom, "ax"
    .code16
    .globl apm16_entry
apm16_entry:
    pushw %ds
    pushw %es
    pushfw
    subw $FRAME_TAIL, %sp
    pushal
    cld
    movw %ss, %ax
    larl %eax, %eax
    testl $SS_IS_32_BIT, %eax
    jnz 1f
    movzwl %sp, %esp                /* C code goes by ESP */
1:  movw %cs, %bx
    addw $8, %bx
    movw %bx, %ds
    movzbl APM, %edx
    movw %ss, %ax
    movw %ax, %ds
    movw %ax, %es
    movl %esp, %eax
    calll apm16_service
    movw %bx, %ds
    movb %al, APM
    popal
    addw $FRAME_TAIL, %sp
    popfw
    popw %es
    popw %ds
    lretw

    .code32
    .globl apm32_entry
apm32_entry:
    pushl %ds
    pushl %es
    pushfw
    subl $FRAME_TAIL, %esp
    pushal
    cld
    movl %cs, %ebx
    addl $16, %ebx
    movl %ebx, %ds
    movzbl APM, %edx
    movl %ss, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %esp, %eax
    call apm32_service
    movl %ebx, %ds
    movb %al, APM
    popal
    addl $FRAME_TAIL, %esp
    popfw
    popl %es
    popl %ds
    lret

    .section .note.GNU-stack, "", %progbits
