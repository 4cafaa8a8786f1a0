/* Entry of the demo, and the interrupt handlers that count.                                doc: demo-disk */
    .code16
    .section .start, "ax"
    .globl start
start:
    cli
    movw %cs, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $0xfff0, %esp
    cld
    movw $bss_begin, %di
    movw $bss_end, %cx
    subw %di, %cx
    xorb %al, %al
    rep stosb
    sti
    calll demo_main
1:  hlt
    jmp 1b

    .text

/* --- handlers: count, then go on to the one before --- */

    .macro counts name, count, old
\name:
    incl %cs:\count
    ljmpw *%cs:\old
    .endm
    counts timer_handler, timer_count, old_timer
    counts rtc_handler, rtc_count, old_rtc

/* The scan code stays in the controller until the BIOS has read it too. */
key_handler:
    pushw %ax
    pushw %bx
    inb $0x60, %al
    movw %cs:key_count, %bx
    andw $7, %bx
    movb %al, %cs:key_codes(%bx)
    incl %cs:key_count
    popw %bx
    popw %ax
    ljmpw *%cs:old_key

    .macro hook vector, handler, old
    movl %es:(\vector * 4), %eax
    movl %eax, \old
    movw $\handler, %es:(\vector * 4)
    movw %cs, %es:(\vector * 4 + 2)
    .endm
    .macro unhook vector, old
    movl \old, %eax
    movl %eax, %es:(\vector * 4)
    .endm

    .globl interrupts_hook, interrupts_unhook
interrupts_hook:
    pushfl
    cli
    pushw %es
    xorw %ax, %ax
    movw %ax, %es
    hook 0x08, timer_handler, old_timer
    hook 0x09, key_handler, old_key
    hook 0x70, rtc_handler, old_rtc
    popw %es
    popfl
    retl
interrupts_unhook:
    pushfl
    cli
    pushw %es
    xorw %ax, %ax
    movw %ax, %es
    unhook 0x08, old_timer
    unhook 0x09, old_key
    unhook 0x70, old_rtc
    popw %es
    popfl
    retl

/* --- what processor this is: flags that older ones cannot change.  AP-485, "CPUID availability" --- */

/* EDX: the bits of EAX that EFLAGS takes over. */
changeable:
    pushfl
    popl %ecx
    movl %ecx, %edx
    xorl %eax, %ecx
    pushl %ecx
    popfl
    pushfl
    popl %ecx
    pushl %edx
    popfl
    xorl %ecx, %edx
    andl %eax, %edx
    ret

    .globl cpu_generation, cpuid_vendor
cpu_generation:
    pushl %ebx
    movl $0x40000, %eax             /* AC: not on a 386 */
    call changeable
    movl $3, %eax
    jz 1f
    movl $0x200000, %eax            /* ID: CPUID is there */
    call changeable
    movl $4, %eax
    jz 1f
    movl $1, %eax
    cpuid
    shrl $8, %eax
    andl $15, %eax
1:  popl %ebx
    retl
cpuid_vendor:
    pushl %ebx
    pushl %edi
    movl %eax, %edi
    movl $0x200000, %eax
    call changeable
    movl $0, %eax
    jz 1f
    cpuid
    movl %ebx, (%edi)
    movl %edx, 4(%edi)
    movl %ecx, 8(%edi)
    movb $0, 12(%edi)
1:  popl %edi
    popl %ebx
    retl

    .bss
    .balign 4
    .globl timer_count, key_count, rtc_count, key_codes
timer_count: .skip 4
key_count:   .skip 4
rtc_count:   .skip 4
old_timer:   .skip 4
old_key:     .skip 4
old_rtc:     .skip 4
key_codes:   .skip 8

    .section .note.GNU-stack, "", @progbits
