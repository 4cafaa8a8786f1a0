/* Hardware task switches.  SDM vol. 3A, "Task Management". */
#include "tests/unit/cpu/fixture.h"

#define JMP_FAR(selector) 0xea, DWORD(0), WORD(selector)
#define CALL_FAR(selector) 0x9a, DWORD(0), WORD(selector)
enum { IRET = 0xcf, ENTRY = 0x15000, NEW_STACK = 0x7800 };
enum { TSS_LINK = 0, TSS_CR3 = 28, TSS_EIP = 32, TSS_EFLAGS = 36, TSS_GPR = 40, TSS_SEGMENTS = 72, TSS_LDT = 96,
       TSS_TRAP = 100 };

static u32 field(const struct pc *pc, unsigned tss, unsigned at) { return get32(pc->ram + tss + at); }
static bool busy(const struct pc *pc, u16 selector) { return gdt_entry(pc, selector) >> 41 & 1; }

/* Task 1 runs at `cpl`; task 2 waits in TSS_2 at level 0. */
static struct pc *pc_two_tasks(unsigned cpl)
{
    static const u16 selector[6] = { KERNEL_DS, KERNEL_CS, KERNEL_DS, USER_DS, 0, KERNEL_DS };
    struct pc *pc = pc_create("p6_nofpu");

    enter_protected(pc, cpl);
    put32(pc->ram + TSS_2 + TSS_EIP, ENTRY);
    put32(pc->ram + TSS_2 + TSS_EFLAGS, EFLAGS_1 | EFLAGS_CF);
    for (unsigned i = 0; i < 8; i++) put32(pc->ram + TSS_2 + TSS_GPR + i * 4, i == RSP ? NEW_STACK : 0x10000000 + i);
    for (unsigned i = 0; i < 6; i++) put32(pc->ram + TSS_2 + TSS_SEGMENTS + i * 4, selector[i]);
    return pc;
}

Test(task, a_jump_saves_the_old_task_and_loads_the_new_one)
{
    PC(pc) = pc_two_tasks(0);
    for (unsigned i = 0; i < 8; i++) pc->cpu->gpr[i] = 0x20000000 + i;
    pc->cpu->gpr[RSP] = STACK_0;
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_ZF);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(field(pc, TSS, TSS_EIP), CODE + 7, "the instruction behind the jump");
    cr_expect_eq(field(pc, TSS, TSS_EFLAGS), EFLAGS_1 | EFLAGS_ZF);
    cr_expect_eq(field(pc, TSS, TSS_GPR), 0x20000000);
    cr_expect_eq(field(pc, TSS, TSS_GPR + RDI * 4), 0x20000007);
    cr_expect_eq(field(pc, TSS, TSS_SEGMENTS + CPU_SEG_CS * 4) & 0xffff, KERNEL_CS);
    cr_expect_eq(pc->cpu->rip, ENTRY);
    cr_expect_eq(pc->cpu->gpr[RSP], NEW_STACK);
    cr_expect_eq(pc->cpu->gpr[RDI], 0x10000007);
    cr_expect_eq(cpu_eflags(pc->cpu), EFLAGS_1 | EFLAGS_CF);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_TR].selector, TSS_2_SELECTOR);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].selector, USER_DS);
    cr_expect_not(pc->cpu->seg[CPU_SEG_FS].usable);
    cr_expect_eq(pc->cpu->cr0 & CR0_TS, CR0_TS);
}

Test(task, a_jump_moves_the_busy_bit_and_does_not_nest)
{
    PC(pc) = pc_two_tasks(0);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    cr_expect_not(busy(pc, TSS_SELECTOR));
    cr_expect(busy(pc, TSS_2_SELECTOR));
    cr_expect_eq(field(pc, TSS_2, TSS_LINK) & 0xffff, 0);
    cr_expect_eq(pc->cpu->rflags & EFLAGS_NT, 0);
}

Test(task, a_call_nests_and_iret_comes_back)
{
    PC(pc) = pc_two_tasks(0);
    RUN(pc, CALL_FAR(TSS_2_SELECTOR));
    cr_expect(busy(pc, TSS_SELECTOR));
    cr_expect(busy(pc, TSS_2_SELECTOR));
    cr_expect_eq(field(pc, TSS_2, TSS_LINK) & 0xffff, TSS_SELECTOR);
    cr_expect_eq(pc->cpu->rflags & EFLAGS_NT, EFLAGS_NT);
    RUN(pc, IRET);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, CODE + 7);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0);
    cr_expect(busy(pc, TSS_SELECTOR));
    cr_expect_not(busy(pc, TSS_2_SELECTOR));
    cr_expect_eq(field(pc, TSS_2, TSS_EFLAGS) & EFLAGS_NT, 0, "NT is cleared in the image that is saved");
    cr_expect_eq(field(pc, TSS_2, TSS_EIP), ENTRY + 1, "the nested task goes on behind its IRET");
    cr_expect_eq(pc->cpu->rflags & EFLAGS_NT, 0);
}

Test(task, a_busy_task_is_not_entered_again)
{
    PC(pc) = pc_two_tasks(0);
    RUN(pc, CALL_FAR(TSS_SELECTOR));
    EXPECT_FAULT(pc, SYSTEM_TYPE, TSS_SELECTOR);
    enter_protected(pc, 0);
    set_gdt(pc, FREE, gate(TSS_SELECTOR, 0, TYPE_TASK_GATE | P, 0));
    RUN(pc, CALL_FAR(FREE));
    EXPECT_FAULT(pc, TSS_TYPE, TSS_SELECTOR);
}

Test(task, a_task_gate_admits_by_its_own_dpl)
{
    PC(pc) = pc_two_tasks(3);
    RUN(pc, CALL_FAR(TSS_2_SELECTOR | 3));
    EXPECT_FAULT(pc, GATE_PRIVILEGE, TSS_2_SELECTOR);
    enter_protected(pc, 3);
    set_gdt(pc, FREE, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | DPL_3 | P, 0));
    RUN(pc, CALL_FAR(FREE | 3));
    cr_expect_eq(pc->cpu->rip, ENTRY);
    cr_expect_eq(pc->cpu->cpl, 0);
}

Test(task, the_new_task_has_its_own_page_tables_and_ldt)
{
    PC(pc) = pc_two_tasks(0);
    enter_paging(pc);
    memcpy(pc->ram + PAGES + 0x4000, pc->ram + PAGES, 0x1000);
    put32(pc->ram + TSS_2 + TSS_CR3, PAGES + 0x4000);
    put16(pc->ram + TSS_2 + TSS_LDT, LDT_SELECTOR);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->cr3, PAGES + 0x4000);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_LDTR].selector, LDT_SELECTOR);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_LDTR].base, LDT);
}

Test(task, without_paging_cr3_stays)
{
    PC(pc) = pc_two_tasks(0);
    pc->cpu->cr3 = 0x9000;
    put32(pc->ram + TSS_2 + TSS_CR3, 0x4000);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    cr_expect_eq(pc->cpu->cr3, 0x9000);
}

Test(task, a_16_bit_tss_keeps_words)
{
    PC(pc) = pc_two_tasks(0);
    set_gdt(pc, TSS_2_SELECTOR, descriptor(TSS_2, 0x2b, TYPE_TSS_16 | P));
    memset(pc->ram + TSS_2, 0, 0x2c);
    put16(pc->ram + TSS_2 + 14, 0x7000);
    put16(pc->ram + TSS_2 + 16, EFLAGS_CF);
    put16(pc->ram + TSS_2 + 18, 0x1234);
    put16(pc->ram + TSS_2 + 26, NEW_STACK);
    put16(pc->ram + TSS_2 + 34, KERNEL_DS);
    put16(pc->ram + TSS_2 + 36, KERNEL_CS);
    put16(pc->ram + TSS_2 + 38, KERNEL_DS);
    RUN(pc, CALL_FAR(TSS_2_SELECTOR));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, 0x7000);
    cr_expect_eq(pc->cpu->gpr[RAX] & 0xffff, 0x1234);
    cr_expect_eq(cpu_eflags(pc->cpu), EFLAGS_1 | EFLAGS_CF | EFLAGS_NT);
    cr_expect_not(pc->cpu->seg[CPU_SEG_FS].usable);
    pc->cpu->gpr[RBX] = 0x9999;
    RUN(pc, IRET);
    cr_expect_eq(get16(pc->ram + TSS_2 + 24), 0x9999);
    cr_expect_eq(pc->cpu->rip, CODE + 7);
}

Test(task, a_task_may_be_a_v86_task)
{
    PC(pc) = pc_two_tasks(0);
    put32(pc->ram + TSS_2 + TSS_EFLAGS, EFLAGS_1 | EFLAGS_VM);
    put16(pc->ram + TSS_2 + TSS_EIP, 0x10);
    put16(pc->ram + TSS_2 + TSS_EIP + 2, 0);
    put16(pc->ram + TSS_2 + TSS_SEGMENTS + 4, CODE >> 4);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    EXPECT_NO_FAULT(pc);
    cr_expect(v86_mode(pc->cpu));
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].base, CODE);
}

/* --- faults --- */

Test(task, a_switch_that_is_refused_leaves_both_tasks)
{
    PC(pc) = pc_two_tasks(0);
    enter_paging(pc);
    pc->cpu->cr0 |= CR0_WP;
    put32(pte_of(pc, TSS_2), TSS_2 | 5);                                 /* its back link cannot be written */
    u8 before[256];
    memcpy(before, pc->ram + TSS, sizeof before);
    RUN(pc, CALL_FAR(TSS_2_SELECTOR));
    EXPECT_FAULT(pc, PAGE_IS_READ_ONLY, 3);
    cr_expect_eq(memcmp(before, pc->ram + TSS, sizeof before), 0);
    cr_expect_not(busy(pc, TSS_2_SELECTOR));
    cr_expect_eq(pc->cpu->seg[CPU_SEG_TR].selector, TSS_SELECTOR);
    cr_expect_eq(stack_word(pc, 1), CODE);
}

Test(task, a_fault_behind_the_switch_is_the_new_tasks)
{
    PC(pc) = pc_two_tasks(0);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, DATA_WRITE | FLAT));        /* not present */
    put16(pc->ram + TSS_2 + TSS_SEGMENTS + CPU_SEG_DS * 4, FREE);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    EXPECT_FAULT(pc, DATA_SEGMENT_NOT_PRESENT, FREE);
    EXPECT_HANDLER(pc, VECTOR_NP);
    cr_expect_eq(stack_word(pc, 1), ENTRY, "EIP of the new task");
    cr_expect_eq(pc->cpu->gpr[RSP], NEW_STACK - 16, "on the new task's stack");
    cr_expect_eq(pc->cpu->seg[CPU_SEG_TR].selector, TSS_2_SELECTOR);
}

Test(task, the_first_instruction_of_the_new_task_lies_within_its_limit)
{
    PC(pc) = pc_two_tasks(0);
    set_gdt(pc, FREE, descriptor(0, 0xfff, CODE_READ | P | B32));
    put16(pc->ram + TSS_2 + TSS_SEGMENTS + CPU_SEG_CS * 4, FREE);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    EXPECT_FAULT(pc, TARGET_PAST_LIMIT, 0);
    cr_expect_eq(stack_word(pc, 1), ENTRY);
}

/* --- interrupts --- */

Test(task, an_exception_through_a_task_gate_pushes_its_error_code_in_the_new_task)
{
    PC(pc) = pc_two_tasks(3);
    set_idt(pc, VECTOR_GP, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | P, 0));
    pc->cpu->gpr[RAX] = PAST_GDT;
    RUN(pc, 0x8e, 0xe0);                                                 /* MOV FS, AX */
    cr_expect_eq(pc->cpu->rip, ENTRY);
    cr_expect_eq(pc->cpu->gpr[RSP], NEW_STACK - 4);
    cr_expect_eq(stack_word(pc, 0), PAST_GDT);
    cr_expect_eq(field(pc, TSS, TSS_EIP), CODE, "the fault can be restarted");
    cr_expect_eq(field(pc, TSS, TSS_EFLAGS) & EFLAGS_RF, EFLAGS_RF);
    cr_expect_eq(pc->cpu->rflags & EFLAGS_NT, EFLAGS_NT);
}

Test(task, a_software_interrupt_through_a_task_gate_returns_behind_itself)
{
    PC(pc) = pc_two_tasks(3);
    set_idt(pc, 0x40, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | DPL_3 | P, 0));
    RUN(pc, 0xcd, 0x40);
    cr_expect_eq(pc->cpu->rip, ENTRY);
    cr_expect_eq(pc->cpu->gpr[RSP], NEW_STACK);
    RUN(pc, IRET);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, CODE + 2);
    cr_expect_eq(pc->cpu->cpl, 3);
}

Test(task, a_software_interrupt_into_a_task_that_cannot_run_faults_there)
{
    PC(pc) = pc_two_tasks(0);
    set_idt(pc, 0x40, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | P, 0));
    set_gdt(pc, FREE, descriptor(0, 0xfffff, DATA_WRITE | FLAT));
    put16(pc->ram + TSS_2 + TSS_SEGMENTS + CPU_SEG_ES * 4, FREE);
    RUN(pc, 0xcd, 0x40);
    EXPECT_FAULT(pc, DATA_SEGMENT_NOT_PRESENT, FREE);
    EXPECT_HANDLER(pc, VECTOR_NP);
    cr_expect_eq(stack_word(pc, 1), ENTRY);
}

/* --- the T bit: SDM vol. 3B, "Task-Switch Exception Condition" --- */

Test(task, the_t_bit_traps_before_the_first_instruction_of_the_new_task)
{
    PC(pc) = pc_two_tasks(0);
    pc->ram[TSS_2 + TSS_TRAP] = 1;
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    EXPECT_FAULT(pc, DEBUG_TRAP, 0);
    EXPECT_HANDLER(pc, VECTOR_DB);
    cr_expect_eq(stack_word(pc, 0), ENTRY);
    cr_expect_eq(pc->cpu->dr[6] & DR6_BT, DR6_BT);
}

Test(task, the_t_bit_traps_also_where_an_interrupt_started_the_task)
{
    PC(pc) = pc_two_tasks(0);
    pc->ram[TSS_2 + TSS_TRAP] = 1;
    set_idt(pc, 0x40, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | P, 0));
    interrupt_external(pc->cpu, 0x40);
    EXPECT_HANDLER(pc, VECTOR_DB);
    cr_expect_eq(stack_word(pc, 0), ENTRY);
    cr_expect_eq(field(pc, TSS, TSS_EIP), CODE);
}

Test(task, a_switch_clears_the_local_breakpoints)
{
    PC(pc) = pc_two_tasks(0);
    pc->cpu->dr[7] = 0x400 | 0x3ff;
    RUN(pc, JMP_FAR(TSS_2_SELECTOR));
    cr_expect_eq(pc->cpu->dr[7], 0x400 | 0x2aa);
}
