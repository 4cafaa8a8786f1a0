/* Interrupts, exceptions, IRET.  SDM vol. 3A, "Interrupt and Exception Handling"; vol. 2, "INT n", "IRET". */
#include "tests/unit/cpu/fixture.h"

enum { IRET = 0xcf, TARGET = 0x14000 };
#define INT(n) 0xcd, n

static struct pc *pc_flat(unsigned cpl)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, cpl);
    return pc;
}

static struct pc *pc_real(void)
{
    struct pc *pc = pc_create("p6_nofpu");
    segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
    pc->cpu->rip = 0;
    pc->cpu->gpr[RSP] = 0x800;
    return pc;
}

static u16 selector_of(const struct pc *pc, unsigned seg) { return pc->cpu->seg[seg].selector; }

/* --- real mode --- */

Test(interrupt, in_real_mode_flags_cs_and_ip_are_pushed_and_if_and_tf_fall)
{
    PC(pc) = pc_real();
    put16(pc->ram + 0x21 * 4, 0x100);
    put16(pc->ram + 0x21 * 4 + 2, TARGET >> 4);
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF | EFLAGS_CF | EFLAGS_AC);
    RUN(pc, INT(0x21));
    cr_expect_eq(pc->cpu->rip, 0x100);
    cr_expect_eq(selector_of(pc, CPU_SEG_CS), TARGET >> 4);
    cr_expect_eq(get16(pc->ram + 0x7fa), 2);
    cr_expect_eq(get16(pc->ram + 0x7fc), CODE >> 4);
    cr_expect_eq(get16(pc->ram + 0x7fe), EFLAGS_1 | EFLAGS_IF | EFLAGS_CF);
    cr_expect_eq(cpu_eflags(pc->cpu), EFLAGS_1 | EFLAGS_CF);
    RUN(pc, IRET);
    cr_expect_eq(pc->cpu->rip, 2);
    cr_expect_eq(pc->cpu->gpr[RSP], 0x800);
    cr_expect_eq(cpu_eflags(pc->cpu) & EFLAGS_IF, EFLAGS_IF);
}

Test(interrupt, in_real_mode_the_idtr_says_where_the_vectors_are)
{
    PC(pc) = pc_real();
    pc->cpu->idtr_base = DATA;
    put16(pc->ram + DATA + 4 * 4, 0x200);
    put16(pc->ram + DATA + 4 * 4 + 2, TARGET >> 4);
    RUN(pc, INT(4));
    cr_expect_eq(pc->cpu->rip, 0x200);
    pc->cpu->idtr_limit = 4 * 4 + 2;                                     /* one byte short */
    RUN(pc, INT(4));
    cr_expect_eq(pc->cpu->activity, ACTIVITY_SHUTDOWN, "13 and 8 lie past the limit too");
}

Test(interrupt, in_real_mode_no_error_code_is_pushed)
{
    PC(pc) = pc_real();
    put16(pc->ram + VECTOR_GP * 4, 0x100);
    put16(pc->ram + VECTOR_GP * 4 + 2, TARGET >> 4);
    RUN(pc, 0xa1, WORD(0xffff));                                         /* MOV AX, [FFFFh] */
    cr_expect_eq(pc->cpu->rip, 0x100);
    cr_expect_eq(pc->cpu->gpr[RSP], 0x800 - 6);
    cr_expect_eq(get16(pc->ram + 0x7fa), 0);
}

Test(interrupt, in_real_mode_a_stack_of_one_byte_ends_in_a_shutdown)
{
    PC(pc) = pc_real();
    pc->cpu->gpr[RSP] = 1;
    RUN(pc, INT(0x21));
    cr_expect_eq(pc->cpu->activity, ACTIVITY_SHUTDOWN);
}

/* --- protected mode --- */

Test(interrupt, within_the_level_eflags_cs_eip_and_the_error_code_are_pushed)
{
    PC(pc) = pc_flat(0);
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF | EFLAGS_ZF);
    pc->cpu->gpr[RAX] = PAST_GDT;
    RUN(pc, 0x8e, 0xe0);                                                 /* MOV FS, AX */
    EXPECT_HANDLER(pc, VECTOR_GP);
    cr_expect_eq(stack_word(pc, 0), PAST_GDT);
    cr_expect_eq(stack_word(pc, 1), CODE);
    cr_expect_eq(stack_word(pc, 2), KERNEL_CS);
    cr_expect_eq(stack_word(pc, 3), EFLAGS_1 | EFLAGS_IF | EFLAGS_ZF | EFLAGS_RF);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 16);
    cr_expect_eq(pc->cpu->rflags & EFLAGS_IF, 0, "an interrupt gate clears IF");
}

Test(interrupt, a_trap_gate_leaves_if_and_clears_tf_and_nt)
{
    PC(pc) = pc_flat(0);
    set_idt(pc, 0x40, gate(KERNEL_CS, HANDLERS + 0x400, TYPE_TRAP_GATE_32 | P, 0));
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF | EFLAGS_NT | EFLAGS_TF);
    RUN(pc, INT(0x40));
    EXPECT_HANDLER(pc, 0x40);
    cr_expect_eq(cpu_eflags(pc->cpu), EFLAGS_1 | EFLAGS_IF);
    cr_expect_eq(stack_word(pc, 2), EFLAGS_1 | EFLAGS_IF | EFLAGS_NT | EFLAGS_TF);
}

Test(interrupt, from_an_outer_level_ss_and_esp_are_pushed_on_the_stack_of_the_tss)
{
    PC(pc) = pc_flat(3);
    RUN(pc, INT(0x40));
    EXPECT_HANDLER(pc, 0x40);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 20);
    cr_expect_eq(stack_word(pc, 0), CODE + 2);
    cr_expect_eq(stack_word(pc, 1), USER_CS);
    cr_expect_eq(stack_word(pc, 3), STACK_3);
    cr_expect_eq(stack_word(pc, 4), USER_DS);
    RUN(pc, IRET);
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->rip, CODE + 2);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3);
    cr_expect_eq(selector_of(pc, CPU_SEG_SS), USER_DS);
    EXPECT_NO_FAULT(pc);
}

Test(interrupt, a_16_bit_gate_pushes_words)
{
    PC(pc) = pc_flat(3);
    set_idt(pc, 0x40, gate(KERNEL_CS, HANDLERS + 0x400, TYPE_INTERRUPT_GATE_16 | DPL_3 | P, 0));
    RUN(pc, INT(0x40));
    cr_expect_eq(pc->cpu->rip, (HANDLERS + 0x400) & 0xffff);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 10);
    cr_expect_eq(get16(pc->ram + STACK_0 - 10), (CODE + 2) & 0xffff);
    cr_expect_eq(get16(pc->ram + STACK_0 - 4), STACK_3);
}

Test(interrupt, a_conforming_handler_runs_at_the_level_of_what_it_interrupts)
{
    PC(pc) = pc_flat(3);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_CONFORMING | P | FLAT));
    set_idt(pc, 0x40, gate(FREE, HANDLERS + 0x400, TYPE_INTERRUPT_GATE_32 | DPL_3 | P, 0));
    RUN(pc, INT(0x40));
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(selector_of(pc, CPU_SEG_CS), FREE | 3);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3 - 12);
}

Test(interrupt, an_external_interrupt_ignores_the_dpl_of_the_gate)
{
    PC(pc) = pc_flat(3);
    set_idt(pc, 0x40, gate(KERNEL_CS, HANDLERS + 0x400, TYPE_INTERRUPT_GATE_32 | P, 0));
    pc->cpu->rflags |= EFLAGS_IF;
    pc->vector = 0x40;
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    run_ticks(pc, 1);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x401, "the handler's HLT has run");
    cr_expect_eq(stack_word(pc, 0), CODE);
}

Test(interrupt, ext_is_set_for_events_that_no_instruction_asked_for)
{
    PC(pc) = pc_flat(0);
    set_idt(pc, 0x40, 0);
    pc->cpu->rflags |= EFLAGS_IF;
    pc->vector = 0x40;
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    run_ticks(pc, 1);
    EXPECT_FAULT(pc, IDT_TYPE, 0x40 * 8 + 2 + 1);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, false);
}

Test(interrupt, int1_needs_no_dpl_and_int3_does)
{
    PC(pc) = pc_flat(3);
    set_idt(pc, VECTOR_DB, gate(KERNEL_CS, HANDLERS + 16, TYPE_INTERRUPT_GATE_32 | P, 0));
    set_idt(pc, VECTOR_BP, gate(KERNEL_CS, HANDLERS + 48, TYPE_INTERRUPT_GATE_32 | P, 0));
    RUN(pc, 0xf1);
    cr_expect_eq(cpu_faults_raised(pc->cpu), 0);
    EXPECT_HANDLER(pc, VECTOR_DB);
    enter_protected(pc, 3);
    set_idt(pc, VECTOR_BP, gate(KERNEL_CS, HANDLERS + 48, TYPE_INTERRUPT_GATE_32 | P, 0));
    RUN(pc, 0xcc);
    EXPECT_FAULT(pc, IDT_DPL, VECTOR_BP * 8 + 2);
}

Test(interrupt, an_nmi_blocks_others_until_iret)
{
    PC(pc) = pc_flat(0);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + VECTOR_NMI * 16 + 1);
    cr_expect(pc->cpu->nmi_blocked);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, false);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    cr_expect_eq((cpu_run(pc->cpu), pc->cpu->activity), ACTIVITY_HALTED);
    pc->cpu->activity = ACTIVITY_RUNNING;
    RUN(pc, IRET);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + VECTOR_NMI * 16 + 1, "the second one");
}

/* --- double and triple fault: SDM vol. 3A, table "Conditions for Generating a Double Fault" --- */

static const struct { u8 first, second; bool doubled; } pair[] = {
    { VECTOR_GP, VECTOR_NP, true },  { VECTOR_GP, VECTOR_GP, true },   { VECTOR_DE, VECTOR_NP, true },
    { VECTOR_PF, VECTOR_NP, true },  { VECTOR_PF, VECTOR_PF, true },   { VECTOR_GP, VECTOR_PF, false },
    { VECTOR_UD, VECTOR_NP, false }, { VECTOR_UD, VECTOR_PF, false },  { VECTOR_NM, VECTOR_NP, false },
};

/* Makes the delivery of `vector` raise #NP (a gate that is not present) or #GP (no gate at all). */
static void spoil(struct pc *pc, u8 vector, u8 second)
{
    u64 raw = get64(pc->ram + IDT + vector * 8u);
    set_idt(pc, vector, second == VECTOR_NP ? raw & ~((u64)P << 40) : 0);
}

static enum reason raise_of(u8 vector)
{
    switch (vector) {
    case VECTOR_GP: return REASON_PRIVILEGED;
    case VECTOR_DE: return REASON_DIVIDE_BY_ZERO;
    case VECTOR_PF: return REASON_PTE_NOT_PRESENT;
    case VECTOR_UD: return REASON_UNDEFINED_OPCODE;
    default: return REASON_NO_COPROCESSOR;
    }
}

Test(interrupt, two_contributory_faults_make_a_double_fault_others_are_served_in_turn)
{
    for (unsigned i = 0; i < ARRAY_COUNT(pair); i++) {
        if (pair[i].second == VECTOR_PF) continue;
        PC(pc) = pc_flat(0);
        spoil(pc, pair[i].first, pair[i].second);
        fault_raise(pc->cpu, raise_of(pair[i].first), (struct fault_facts){ 0 });
        exception_deliver(pc->cpu);
        unsigned served = pair[i].doubled ? VECTOR_DF : pair[i].second;
        cr_expect_eq(pc->cpu->rip, HANDLERS + served * 16u, "%u, then %u", pair[i].first, pair[i].second);
        if (pair[i].doubled) cr_expect_eq(stack_word(pc, 0), 0, "the error code of #DF is 0");
    }
}

Test(interrupt, a_page_fault_while_a_fault_is_delivered)
{
    for (unsigned i = 0; i < ARRAY_COUNT(pair); i++) {
        if (pair[i].second != VECTOR_PF || pair[i].first == VECTOR_PF) continue;
        PC(pc) = pc_flat(3);
        enter_paging(pc);
        put32(pte_of(pc, STACK_0 - 1), 0);                               /* no stack at level 0 */
        tlb_flush(pc->cpu);
        set_idt(pc, VECTOR_PF, gate(USER_CS, HANDLERS + VECTOR_PF * 16, TYPE_INTERRUPT_GATE_32 | P, 0));
        fault_raise(pc->cpu, raise_of(pair[i].first), (struct fault_facts){ 0 });
        exception_deliver(pc->cpu);
        EXPECT_HANDLER(pc, VECTOR_PF);
        cr_expect_eq(pc->cpu->cr2, STACK_0 - 4);
    }
}

Test(interrupt, a_page_fault_while_a_page_fault_is_delivered_is_a_double_fault)
{
    PC(pc) = pc_flat(3);
    enter_paging(pc);
    put32(pte_of(pc, STACK_0 - 1), 0);
    tlb_flush(pc->cpu);
    set_idt(pc, VECTOR_DF, gate(USER_CS, HANDLERS + VECTOR_DF * 16, TYPE_INTERRUPT_GATE_32 | P, 0));
    fault_raise(pc->cpu, REASON_PTE_NOT_PRESENT, (struct fault_facts){ 0 });
    exception_deliver(pc->cpu);
    EXPECT_HANDLER(pc, VECTOR_DF);
}

Test(interrupt, a_fault_of_the_double_fault_shuts_the_processor_down)
{
    PC(pc) = pc_flat(0);
    pc->cpu->idtr_limit = 0;
    RUN(pc, 0x0f, 0x0b);
    cr_expect_eq(pc->cpu->activity, ACTIVITY_SHUTDOWN);
    cr_expect_eq(cpu_run(pc->cpu), CPU_STOP_DEADLINE);
    pc->time.deadline = 100;
    cr_expect_eq(cpu_run(pc->cpu), CPU_STOP_SHUTDOWN);
    cr_expect_eq(last_fault(pc)->nesting, 3, "#UD, #GP of its gate, #DF, #GP of that gate: %s", told(pc));
}

/* --- RF: SDM vol. 3B, "Masking Instruction Breakpoints" --- */

Test(interrupt, a_fault_pushes_rf_and_a_software_interrupt_does_not)
{
    PC(pc) = pc_flat(0);
    RUN(pc, 0x0f, 0x0b);
    cr_expect_eq(stack_word(pc, 2) & EFLAGS_RF, EFLAGS_RF);
    enter_protected(pc, 0);
    RUN(pc, INT(0x40));
    cr_expect_eq(stack_word(pc, 2) & EFLAGS_RF, 0);
}

Test(interrupt, an_instruction_breakpoint_pushes_rf_clear_and_iret_with_rf_passes_it)
{
    PC(pc) = pc_flat(0);
    pc->cpu->dr[0] = CODE;
    pc->cpu->dr[7] = 0x402;
    pc->ram[CODE] = 0x40;                                                /* INC EAX */
    run_ticks(pc, 1);
    EXPECT_HANDLER(pc, VECTOR_DB);
    cr_expect_eq(stack_word(pc, 2) & EFLAGS_RF, 0);
    cr_expect_eq(pc->cpu->gpr[RAX], 0);
    put32(pc->ram + pc->cpu->gpr[RSP] + 8, EFLAGS_1 | EFLAGS_RF);
    RUN(pc, IRET);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->gpr[RAX], 1);
    cr_expect_eq(pc->cpu->rflags & EFLAGS_RF, 0, "RF falls when the instruction is done");
}

/* --- IRET --- */

static void frame(struct pc *pc, u32 eip, u32 cs, u32 eflags)
{
    pc->cpu->gpr[RSP] -= 12;
    put32(pc->ram + pc->cpu->gpr[RSP], eip);
    put32(pc->ram + pc->cpu->gpr[RSP] + 4, cs);
    put32(pc->ram + pc->cpu->gpr[RSP] + 8, eflags);
}

static const struct {
    unsigned cpl, iopl;
    u32 image, result;
} flag_case[] = {
    { 0, 0, EFLAGS_IF | EFLAGS_IOPL, EFLAGS_IF | EFLAGS_IOPL },
    { 3, 0, EFLAGS_IF | EFLAGS_IOPL, 0 },
    { 3, 3, EFLAGS_IF, EFLAGS_IF | EFLAGS_IOPL },
    { 3, 0, EFLAGS_CF | EFLAGS_DF | EFLAGS_AC | EFLAGS_ID, EFLAGS_CF | EFLAGS_DF | EFLAGS_AC | EFLAGS_ID },
    { 3, 0, EFLAGS_VM | EFLAGS_VIF | EFLAGS_VIP, 0 },
    { 0, 0, EFLAGS_VIF, EFLAGS_VIF },
    { 0, 0, 0xffc08028, 0 },
};

Test(interrupt, iret_takes_the_flags_that_cpl_and_iopl_allow)
{
    for (unsigned i = 0; i < ARRAY_COUNT(flag_case); i++) {
        PC(pc) = pc_flat(flag_case[i].cpl);
        cpu_set_eflags(pc->cpu, EFLAGS_1 | flag_case[i].iopl << 12);
        frame(pc, TARGET, flag_case[i].cpl ? USER_CS : KERNEL_CS, flag_case[i].image);
        RUN(pc, IRET);
        cr_expect_eq(pc->cpu->rip, TARGET);
        cr_expect_eq(cpu_eflags(pc->cpu), flag_case[i].result | EFLAGS_1, "row %u: %x", i, cpu_eflags(pc->cpu));
    }
}

Test(interrupt, a_386_has_no_ac_and_no_id)
{
    PC(pc) = pc_create("i386");
    enter_protected(pc, 0);
    frame(pc, TARGET, KERNEL_CS, EFLAGS_AC | EFLAGS_ID | EFLAGS_CF);
    RUN(pc, IRET);
    cr_expect_eq(cpu_eflags(pc->cpu), EFLAGS_1 | EFLAGS_CF);
}

/* --- V86 mode --- */

static void v86_frame(struct pc *pc, u32 eip)
{
    const u32 word[] = { eip, CODE >> 4, EFLAGS_1 | EFLAGS_VM | EFLAGS_IF, 0x1000, DATA >> 4, 0x111, 0x222, 0x333, 0x444 };
    pc->cpu->gpr[RSP] -= sizeof word;
    for (unsigned i = 0; i < ARRAY_COUNT(word); i++) put32(pc->ram + pc->cpu->gpr[RSP] + i * 4, word[i]);
}

Test(interrupt, iret_with_vm_enters_v86_mode_with_all_segments)
{
    PC(pc) = pc_flat(0);
    v86_frame(pc, 0x20);
    RUN(pc, IRET);
    EXPECT_NO_FAULT(pc);
    cr_expect(v86_mode(pc->cpu));
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->rip, 0x20);
    cr_expect_eq(pc->cpu->gpr[RSP], 0x1000);
    cr_expect_eq(selector_of(pc, CPU_SEG_SS), DATA >> 4);
    cr_expect_eq(selector_of(pc, CPU_SEG_ES), 0x111);
    cr_expect_eq(selector_of(pc, CPU_SEG_DS), 0x222);
    cr_expect_eq(selector_of(pc, CPU_SEG_FS), 0x333);
    cr_expect_eq(selector_of(pc, CPU_SEG_GS), 0x444);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].base, 0x2220);
    cr_expect_eq(pc->cpu->mode & 1, 0, "16-bit code");
}

Test(interrupt, iret_to_v86_mode_past_64_kib_faults_in_its_own_place)
{
    PC(pc) = pc_flat(0);
    v86_frame(pc, 0x10000);
    RUN(pc, IRET);
    EXPECT_FAULT(pc, TARGET_PAST_LIMIT, 0);
    cr_expect_not(v86_mode(pc->cpu));
}

Test(interrupt, out_of_v86_mode_the_data_segments_are_pushed_and_become_null)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_v86(pc, 3);
    segment_set_real(pc->cpu, CPU_SEG_GS, 0x4444);
    RUN(pc, INT(0x40));
    EXPECT_HANDLER(pc, 0x40);
    cr_expect_not(v86_mode(pc->cpu));
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 36);
    cr_expect_eq(stack_word(pc, 0), 2);
    cr_expect_eq(stack_word(pc, 1), CODE >> 4);
    cr_expect_eq(stack_word(pc, 2), EFLAGS_1 | EFLAGS_VM | EFLAGS_IOPL);
    cr_expect_eq(stack_word(pc, 3), 0x1000);
    cr_expect_eq(stack_word(pc, 4), DATA >> 4);
    cr_expect_eq(stack_word(pc, 5), DATA >> 4, "ES");
    cr_expect_eq(stack_word(pc, 8), 0x4444, "GS");
    cr_expect_not(pc->cpu->seg[CPU_SEG_DS].usable);
    cr_expect_eq(selector_of(pc, CPU_SEG_GS), 0);
    RUN(pc, IRET);
    cr_expect(v86_mode(pc->cpu));
    cr_expect_eq(selector_of(pc, CPU_SEG_GS), 0x4444);
}

/* Table "Software Interrupt Handling Methods While in Virtual-8086 Mode". */
static const struct {
    unsigned method;
    bool vme;
    unsigned iopl;
    bool bit, to_8086, faults;
} method[] = {
    { 1, false, 3, false, false, false }, { 2, false, 0, false, false, true }, { 3, true, 0, true, false, true },
    { 4, true, 3, true, false, false },   { 5, true, 3, false, true, false },  { 6, true, 0, false, true, false },
};

Test(interrupt, software_interrupts_of_v86_mode_go_where_vme_iopl_and_the_map_send_them)
{
    enum { MAP = 136 };

    for (unsigned i = 0; i < ARRAY_COUNT(method); i++) {
        PC(pc) = pc_create("p6_nofpu");
        enter_v86(pc, method[i].iopl);
        pc->cpu->cr4 |= method[i].vme ? CR4_VME : 0;
        put16(pc->ram + TSS + 102, MAP);
        pc->ram[TSS + MAP - 32 + 0x40 / 8] = method[i].bit;
        put16(pc->ram + 0x40 * 4, 0x300);
        put16(pc->ram + 0x40 * 4 + 2, TARGET >> 4);
        cpu_set_eflags(pc->cpu, pc->cpu->rflags | EFLAGS_IF | EFLAGS_VIF);
        u32 flags = cpu_eflags(pc->cpu);
        RUN(pc, INT(0x40));
        cr_expect_eq(pc->cpu->fault_log.count, method[i].faults, "method %u", method[i].method);
        cr_expect_eq(v86_mode(pc->cpu), method[i].to_8086, "method %u", method[i].method);
        if (!method[i].to_8086) continue;
        cr_expect_eq(pc->cpu->rip, 0x300);
        cr_expect_eq(selector_of(pc, CPU_SEG_CS), TARGET >> 4);
        u16 pushed = get16(pc->ram + DATA + 0x1000 - 2);
        cr_expect_eq(pushed, (u16)(flags | EFLAGS_IOPL), "method %u", method[i].method);
        u32 cleared = method[i].iopl == 3 ? EFLAGS_IF : EFLAGS_VIF;
        cr_expect_eq(cpu_eflags(pc->cpu), flags & ~cleared, "method %u", method[i].method);
    }
}

Test(interrupt, a_redirection_map_outside_the_tss_sends_nothing_to_the_8086_program)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_v86(pc, 3);
    pc->cpu->cr4 |= CR4_VME;
    put16(pc->ram + TSS + 102, 136);                                     /* vector 40h has its bit in byte 112 */
    pc->cpu->seg[CPU_SEG_TR].limit = 136 - 32 + 0x40 / 8 - 1;
    RUN(pc, INT(0x40));
    cr_expect_not(v86_mode(pc->cpu));
    EXPECT_HANDLER(pc, 0x40);
}

Test(interrupt, a_v86_task_entered_with_vif_and_vip_faults_at_once)
{
    PC(pc) = pc_flat(0);
    pc->cpu->cr4 |= CR4_VME;
    v86_frame(pc, 0x20);
    put32(pc->ram + pc->cpu->gpr[RSP] + 8, EFLAGS_1 | EFLAGS_VM | EFLAGS_VIF | EFLAGS_VIP);
    RUN(pc, IRET);
    EXPECT_FAULT(pc, VIRTUAL_IF_PENDING, 0);
    EXPECT_HANDLER(pc, VECTOR_GP);
    cr_expect_eq(stack_word(pc, 1), 0x20, "EIP of the V86 program");
    cr_expect_eq(stack_word(pc, 2), CODE >> 4);
}
