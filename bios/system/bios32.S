/* BIOS32: where programs in 32-bit protected mode find services, and the one that is there.  The checksum is filled in after linking.
 * Callers choose the base of CS, so nothing here refers to memory by address.              doc: pci
 * Sources: "Standard BIOS 32-bit Service Directory Proposal" 0.4; PCI BIOS Specification 2.1, "Calling Conventions". */
    SERVICE_PCI = 0x49435024            /* "$PCI" */
    ABSENT = 0x80
    FUNCTION_NOT_SUPPORTED = 0x81
    SEGMENT_BASE = 0xf0000
    FRAME_TAIL = 16                     /* struct frame behind the registers of PUSHA */

    .code32
    .section .rom, "ax"
    .balign 16
    .ascii "_32_"
    .long SEGMENT_BASE + bios32_service
    .byte 0, 1                          /* revision; paragraphs */
    .byte 0                             /* checksum */
    .zero 5

/* EAX the service, BL 0.  AL = 0: EBX the base of its segment, ECX the length, EDX the entry's offset. */
bios32_service:
    cld
    testb %bl, %bl
    jnz 1f
    cmpl $SERVICE_PCI, %eax
    jne 2f
    movl $SEGMENT_BASE, %ebx
    movl $0x10000, %ecx
    movl $pci32_entry, %edx
    xorb %al, %al
    lret
1:  movb $FUNCTION_NOT_SUPPORTED, %al
    lret
2:  movb $ABSENT, %al
    lret

/* AX = B1xxh and registers as INT 1Ah has them; AH the status, CF when it is not 0. */
pci32_entry:
    cld
    pushl %ds
    pushl %es
    subl $FRAME_TAIL, %esp
    pushal
    pushl %ss
    popl %ds
    pushl %ss
    popl %es
    movl %esp, %eax
    call pci32_service
    popal
    addl $FRAME_TAIL, %esp
    popl %es
    popl %ds
    cmpb $1, %ah
    cmc
    lret

    .section .note.GNU-stack, "", %progbits
