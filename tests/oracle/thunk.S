/* Into 16- or 32-bit code with chosen registers, and back.                                 doc: oracle
 * Linked below 4 GiB (-no-pie): the code under test jumps back here with 32-bit offsets.
 *   void oracle_enter(void)   loads oracle_in, jumps far to oracle_in.target
 *   oracle_exit_0 / _1        where the code under test arrives: not taken / taken
 *   oracle_exit_fault         where the signal handler sends the thread */
        .text
        .globl oracle_enter, oracle_exit_0, oracle_exit_1, oracle_exit_fault
oracle_enter:
        pushq %rbx
        pushq %rbp
        pushq %r12
        pushq %r13
        pushq %r14
        pushq %r15
        movq %rsp, oracle_saved_rsp
        movl oracle_in+40, %eax          /* selectors */
        movl %eax, %ds
        movl oracle_in+44, %eax
        movl %eax, %es
        movl oracle_in+48, %eax
        movl %eax, %ss
        pushq oracle_in_flags
        popfq
        movl oracle_in+0, %eax
        movl oracle_in+4, %ecx
        movl oracle_in+8, %edx
        movl oracle_in+12, %ebx
        movl oracle_in+20, %ebp
        movl oracle_in+24, %esi
        movl oracle_in+28, %edi
        movl oracle_in+16, %esp
        ljmpl *oracle_in+52

oracle_exit_1:
        movl $1, oracle_out+40
        jmp 1f
oracle_exit_0:
        movl $0, oracle_out+40
1:      movl %eax, oracle_out+0
        movl %ecx, oracle_out+4
        movl %edx, oracle_out+8
        movl %ebx, oracle_out+12
        movl %esp, oracle_out+16
        movl %ebp, oracle_out+20
        movl %esi, oracle_out+24
        movl %edi, oracle_out+28
        movl $0x2b, %eax
        movl %eax, %ss
        movq oracle_saved_rsp, %rsp
        pushfq
        popq %rax
        movl %eax, oracle_out+36
        jmp 2f
oracle_exit_fault:
        movq oracle_saved_rsp, %rsp
        movl $0x2b, %eax
        movl %eax, %ss
        movl $2, oracle_out+40
2:      cld
        pushq $0x202
        popfq
        xorl %eax, %eax
        movl %eax, %ds
        movl %eax, %es
        popq %r15
        popq %r14
        popq %r13
        popq %r12
        popq %rbp
        popq %rbx
        ret

        .bss
        .balign 8
oracle_saved_rsp: .skip 8
        .section .note.GNU-stack,"",@progbits
