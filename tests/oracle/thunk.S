/* Into 16-, 32- or 64-bit code with chosen registers, and back.                            doc: oracle
 * Linked below 4 GiB (-no-pie): the code under test jumps back here with 32-bit offsets.
 *   void oracle_enter(void)   loads oracle_image_in and oracle_in, jumps to the code
 *   oracle_exit_0 / _1        where the code under test arrives: not taken / taken
 *   oracle_exit_fault         where the signal handler sends the thread */
#include "tests/oracle/thunk.h"

        .text
        .globl oracle_enter, oracle_go_far, oracle_go_step, oracle_exit_0, oracle_exit_1, oracle_exit_fault
oracle_enter:
        pushq %rbx
        pushq %rbp
        pushq %r12
        pushq %r13
        pushq %r14
        pushq %r15
        movq %rsp, saved_rsp
        cmpl $0, oracle_in+IN_BASES
        je 1f
        rdfsbase %rax
        movq %rax, saved_fs_base
        rdgsbase %rax
        movq %rax, saved_gs_base
        movq oracle_in+IN_FS_BASE, %rax
        wrfsbase %rax
        movq oracle_in+IN_GS_BASE, %rax
        wrgsbase %rax
1:      cmpl $EXTENDED_FXSAVE, oracle_in+IN_EXTENDED
        jb 3f
        fninit                           /* FOP, FIP, FDP are 0 where FXRSTOR leaves them alone */
        ja 2f
        fxrstor64 oracle_image_in
        jmp 3f
2:      movl $XSAVE_MASK, %eax
        xorl %edx, %edx
        xrstor64 oracle_image_in
3:      movl oracle_in+IN_DS, %eax
        movl %eax, %ds
        movl oracle_in+IN_ES, %eax
        movl %eax, %es
        movl oracle_in+IN_SS, %eax
        movl %eax, %ss
        pushq oracle_in+IN_FLAGS
        popfq
        movq oracle_in+IN_GPR+0, %rax
        movq oracle_in+IN_GPR+8, %rcx
        movq oracle_in+IN_GPR+16, %rdx
        movq oracle_in+IN_GPR+24, %rbx
        movq oracle_in+IN_GPR+40, %rbp
        movq oracle_in+IN_GPR+48, %rsi
        movq oracle_in+IN_GPR+56, %rdi
        movq oracle_in+IN_GPR+64, %r8
        movq oracle_in+IN_GPR+72, %r9
        movq oracle_in+IN_GPR+80, %r10
        movq oracle_in+IN_GPR+88, %r11
        movq oracle_in+IN_GPR+96, %r12
        movq oracle_in+IN_GPR+104, %r13
        movq oracle_in+IN_GPR+112, %r14
        movq oracle_in+IN_GPR+120, %r15
        movq oracle_in+IN_GPR+32, %rsp
        jmp *oracle_in+IN_TARGET
oracle_go_far:
        ljmpl *oracle_in+IN_FAR
oracle_go_step:                          /* TF comes with the jump: #DB behind one instruction */
        movq oracle_in+IN_STEP, %rsp
        iretq

oracle_exit_1:
        movl $1, oracle_out+OUT_END
        jmp 1f
oracle_exit_0:
        movl $0, oracle_out+OUT_END
1:      movq %rax, oracle_out+OUT_GPR+0
        movq %rcx, oracle_out+OUT_GPR+8
        movq %rdx, oracle_out+OUT_GPR+16
        movq %rbx, oracle_out+OUT_GPR+24
        movq %rsp, oracle_out+OUT_GPR+32
        movq %rbp, oracle_out+OUT_GPR+40
        movq %rsi, oracle_out+OUT_GPR+48
        movq %rdi, oracle_out+OUT_GPR+56
        movq %r8, oracle_out+OUT_GPR+64
        movq %r9, oracle_out+OUT_GPR+72
        movq %r10, oracle_out+OUT_GPR+80
        movq %r11, oracle_out+OUT_GPR+88
        movq %r12, oracle_out+OUT_GPR+96
        movq %r13, oracle_out+OUT_GPR+104
        movq %r14, oracle_out+OUT_GPR+112
        movq %r15, oracle_out+OUT_GPR+120
        movl $USER_DS, %eax
        movl %eax, %ss
        movq saved_rsp, %rsp
        pushfq
        popq oracle_out+OUT_FLAGS
        cmpl $EXTENDED_FXSAVE, oracle_in+IN_EXTENDED
        jb 4f
        ja 3f
        fxsave64 oracle_image_out
        jmp 4f
3:      movl $XSAVE_MASK, %eax
        xorl %edx, %edx
        xsave64 oracle_image_out
        jmp 4f
oracle_exit_fault:
        movq saved_rsp, %rsp
        movl $USER_DS, %eax
        movl %eax, %ss
        movl $2, oracle_out+OUT_END
4:      pushq $0x202                     /* DF and AC as the C code expects them */
        popfq
        cmpl $EXTENDED_LEFT, oracle_in+IN_EXTENDED
        je 5f
        fninit                           /* empty stack, and no exception left pending */
        ldmxcsr c_mxcsr
5:      xorl %eax, %eax
        movl %eax, %ds
        movl %eax, %es
        cmpl $0, oracle_in+IN_BASES
        je 6f
        movq saved_fs_base, %rax
        wrfsbase %rax
        movq saved_gs_base, %rax
        wrgsbase %rax
6:      popq %r15
        popq %r14
        popq %r13
        popq %r12
        popq %rbp
        popq %rbx
        ret

        .section .rodata
        .balign 4
c_mxcsr: .long 0x1f80
        .bss
        .balign 8
saved_rsp: .skip 8
saved_fs_base: .skip 8
saved_gs_base: .skip 8
        .section .note.GNU-stack,"",@progbits
