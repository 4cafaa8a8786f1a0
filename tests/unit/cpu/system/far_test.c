/* Far JMP, CALL, RET.  SDM vol. 2, "JMP", "CALL", "RET"; vol. 3A, "Privilege Level Checking When Transferring Program
 * Control Between Code Segments". */
#include "tests/unit/cpu/fixture.h"

#define JMP_FAR(selector, offset) 0xea, DWORD(offset), WORD(selector)
#define CALL_FAR(selector, offset) 0x9a, DWORD(offset), WORD(selector)
enum { RETF = 0xcb, TARGET = 0x14000 };

static struct pc *pc_flat(unsigned cpl)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, cpl);
    return pc;
}

static u16 selector_of(const struct pc *pc, unsigned seg) { return pc->cpu->seg[seg].selector; }

/* --- real mode --- */

Test(far, in_real_mode_a_call_pushes_cs_and_ip_and_sets_them)
{
    PC(pc) = pc_create("p6_nofpu");
    segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
    pc->cpu->rip = 0x10;
    pc->cpu->gpr[RSP] = 0x1000;
    RUN(pc, 0x9a, WORD(0x0123), WORD(TARGET >> 4));
    cr_expect_eq(selector_of(pc, CPU_SEG_CS), TARGET >> 4);
    cr_expect_eq(pc->cpu->rip, 0x123);
    cr_expect_eq(get16(pc->ram + 0xffc), 0x15);
    cr_expect_eq(get16(pc->ram + 0xffe), CODE >> 4);
    RUN(pc, 0xca, WORD(6));
    cr_expect_eq(pc->cpu->rip, 0x15);
    cr_expect_eq(pc->cpu->gpr[RSP], 0x1006);
}

Test(far, in_real_mode_a_32_bit_target_past_64_kib_faults)
{
    PC(pc) = pc_create("p6_nofpu");
    segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
    pc->cpu->rip = 0;
    pc->cpu->gpr[RSP] = 0x1000;
    RUN(pc, 0x66, JMP_FAR(TARGET >> 4, 0x10000));
    EXPECT_FAULT(pc, TARGET_PAST_LIMIT, 0);
    cr_expect_eq(get16(pc->ram + 0xffa), 0, "IP of the faulting instruction");
}

/* --- directly to code --- */

static const struct {
    const char *name;
    unsigned rights, cpl, rpl;
    int vector;
} direct_case[] = {
    { "nonconforming of CPL", CODE_READ | P, 0, 0, -1 },
    { "nonconforming of CPL at level 3", CODE_READ | P | DPL_3, 3, 3, -1 },
    { "RPL below CPL does not matter", CODE_READ | P | DPL_3, 3, 0, -1 },
    { "RPL above CPL", CODE_READ | P, 0, 3, VECTOR_GP },
    { "inner nonconforming", CODE_READ | P, 3, 3, VECTOR_GP },
    { "outer nonconforming", CODE_READ | P | DPL_3, 0, 0, VECTOR_GP },
    { "inner conforming", CODE_CONFORMING | P, 3, 3, -1 },
    { "outer conforming", CODE_CONFORMING | P | DPL_3, 0, 0, VECTOR_GP },
    { "not present", CODE_READ, 0, 0, VECTOR_NP },
    { "data", DATA_WRITE | P, 0, 0, VECTOR_GP },
};

Test(far, code_is_reached_directly_at_its_own_level_or_where_it_conforms)
{
    for (unsigned i = 0; i < ARRAY_COUNT(direct_case); i++) {
        PC(pc) = pc_flat(direct_case[i].cpl);
        u16 selector = (u16)(FREE | direct_case[i].rpl);
        set_gdt(pc, FREE, descriptor(0, 0xfffff, direct_case[i].rights | FLAT));
        RUN(pc, JMP_FAR(selector, TARGET));
        cr_expect_eq(pc->cpu->fault_log.count == 0, direct_case[i].vector < 0, "%s", direct_case[i].name);
        if (direct_case[i].vector >= 0) {
            cr_expect_eq(last_fault(pc)->vector, direct_case[i].vector, "%s", direct_case[i].name);
            cr_expect_eq(last_fault(pc)->error_code, FREE, "%s", direct_case[i].name);
            continue;
        }
        cr_expect_eq(pc->cpu->rip, TARGET, "%s", direct_case[i].name);
        cr_expect_eq(pc->cpu->cpl, direct_case[i].cpl);
        cr_expect_eq(selector_of(pc, CPU_SEG_CS), FREE | direct_case[i].cpl, "RPL of CS is CPL: %s", direct_case[i].name);
    }
}

Test(far, a_call_within_the_level_pushes_cs_and_eip_and_retf_takes_them_back)
{
    PC(pc) = pc_flat(3);
    RUN(pc, CALL_FAR(USER_CS, TARGET));
    cr_expect_eq(pc->cpu->rip, TARGET);
    cr_expect_eq(stack_word(pc, 0), CODE + 7);
    cr_expect_eq(stack_word(pc, 1), USER_CS);
    RUN(pc, RETF);
    cr_expect_eq(pc->cpu->rip, CODE + 7);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3);
}

Test(far, a_call_with_a_16_bit_operand_pushes_words)
{
    PC(pc) = pc_flat(0);
    set_gdt(pc, FREE, descriptor(CODE, 0xffff, CODE_READ | P));
    RUN(pc, 0x66, 0x9a, WORD(0x20), WORD(FREE));
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 4);
    cr_expect_eq(stack_word(pc, 0), (u32)KERNEL_CS << 16 | ((CODE + 6) & 0xffff));
    cr_expect_eq(pc->cpu->mode & 1, 0, "CS.D is 0");
}

Test(far, a_call_without_room_for_its_return_address_changes_nothing)
{
    PC(pc) = pc_flat(0);
    set_segment(pc->cpu, CPU_SEG_SS, KERNEL_DS, 0, STACK_0 - 5, DATA_DOWN | B32);
    set_idt(pc, VECTOR_SS, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | P, 0));
    pc->cpu->next_rip = CODE + 7;
    cr_expect_not(far_call(pc->cpu, KERNEL_CS, TARGET, 4));
    cr_expect_eq(pc->cpu->fault.reason, REASON_STACK_PAST_LIMIT);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0);
    cr_expect_eq(pc->cpu->next_rip, CODE + 7);
}

/* --- call gates --- */

Test(far, a_call_gate_switches_to_the_stack_of_the_inner_level)
{
    PC(pc) = pc_flat(3);
    set_gdt(pc, FREE, gate(KERNEL_CS, TARGET, TYPE_CALL_GATE_32 | DPL_3 | P, 0));
    RUN(pc, CALL_FAR(FREE | 3, 0xdeadbeef));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->rip, TARGET, "the offset of the instruction is not used");
    cr_expect_eq(selector_of(pc, CPU_SEG_CS), KERNEL_CS);
    cr_expect_eq(selector_of(pc, CPU_SEG_SS), KERNEL_DS);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 16);
    cr_expect_eq(stack_word(pc, 0), CODE + 7);
    cr_expect_eq(stack_word(pc, 1), USER_CS);
    cr_expect_eq(stack_word(pc, 2), STACK_3);
    cr_expect_eq(stack_word(pc, 3), USER_DS);
}

Test(far, a_gate_wants_cpl_and_rpl_at_most_its_dpl)
{
    static const struct { unsigned cpl, rpl, dpl; bool open; } row[] = {
        { 0, 0, 0, true }, { 0, 3, 0, false }, { 3, 3, 3, true }, { 3, 0, 3, true }, { 3, 0, 0, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_flat(row[i].cpl);
        set_gdt(pc, FREE, gate(KERNEL_CS, TARGET, TYPE_CALL_GATE_32 | P | row[i].dpl << 5, 0));
        RUN(pc, CALL_FAR(FREE | row[i].rpl, 0));
        cr_expect_eq(pc->cpu->rip == TARGET, row[i].open, "row %u", i);
        if (!row[i].open) EXPECT_FAULT(pc, GATE_PRIVILEGE, FREE);
    }
}

Test(far, a_call_gate_copies_its_parameters_in_their_order_and_retf_drops_both_copies)
{
    PC(pc) = pc_flat(3);
    for (unsigned i = 0; i < 3; i++) put32(pc->ram + STACK_3 + i * 4, 0x1000 + i);
    set_gdt(pc, FREE, gate(KERNEL_CS, TARGET, TYPE_CALL_GATE_32 | DPL_3 | P, 3));
    RUN(pc, CALL_FAR(FREE | 3, 0));
    for (unsigned i = 0; i < 3; i++) cr_expect_eq(stack_word(pc, 2 + i), 0x1000 + i);
    cr_expect_eq(stack_word(pc, 5), STACK_3);
    RUN(pc, 0xca, WORD(12));                                             /* RETF 12 */
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->rip, CODE + 7);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3 + 12);
    cr_expect_eq(selector_of(pc, CPU_SEG_SS), USER_DS);
}

Test(far, a_16_bit_call_gate_pushes_words_and_takes_16_bits_of_offset)
{
    PC(pc) = pc_flat(3);
    set_gdt(pc, FREE_2, descriptor(CODE, 0xffff, CODE_READ | P));
    set_gdt(pc, FREE, gate(FREE_2, 0x99990100, TYPE_CALL_GATE_16 | DPL_3 | P, 2));
    put32(pc->ram + STACK_3, 0x22221111);
    RUN(pc, CALL_FAR(FREE | 3, 0));
    cr_expect_eq(pc->cpu->rip, 0x100);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 12);
    cr_expect_eq(get16(pc->ram + STACK_0 - 12), (CODE + 7) & 0xffff);
    cr_expect_eq(get16(pc->ram + STACK_0 - 10), USER_CS);
    cr_expect_eq(get32(pc->ram + STACK_0 - 8), 0x22221111);
    cr_expect_eq(get16(pc->ram + STACK_0 - 4), STACK_3);
    cr_expect_eq(get16(pc->ram + STACK_0 - 2), USER_DS);
}

Test(far, a_16_bit_tss_holds_16_bit_stack_pointers)
{
    PC(pc) = pc_flat(3);
    set_segment(pc->cpu, CPU_SEG_TR, TSS_SELECTOR, TSS, 0x2b, TYPE_TSS_16 | TYPE_BUSY);
    put16(pc->ram + TSS + 2, 0x7000);
    put16(pc->ram + TSS + 4, KERNEL_DS);
    set_gdt(pc, FREE, gate(KERNEL_CS, TARGET, TYPE_CALL_GATE_32 | DPL_3 | P, 0));
    RUN(pc, CALL_FAR(FREE | 3, 0));
    cr_expect_eq(pc->cpu->gpr[RSP], 0x7000 - 16);
}

Test(far, a_jump_through_a_call_gate_keeps_the_level)
{
    PC(pc) = pc_flat(3);
    set_gdt(pc, FREE, gate(USER_CS, TARGET, TYPE_CALL_GATE_32 | DPL_3 | P, 0));
    RUN(pc, JMP_FAR(FREE | 3, 0));
    cr_expect_eq(pc->cpu->rip, TARGET);
    set_gdt(pc, FREE, gate(KERNEL_CS, TARGET, TYPE_CALL_GATE_32 | DPL_3 | P, 0));
    RUN(pc, JMP_FAR(FREE | 3, 0));
    EXPECT_FAULT(pc, CS_PRIVILEGE, KERNEL_CS);
}

Test(far, a_call_gate_to_conforming_code_stays_on_its_stack)
{
    PC(pc) = pc_flat(3);
    set_gdt(pc, FREE_2, descriptor(0, 0xfffff, CODE_CONFORMING | P | FLAT));
    set_gdt(pc, FREE, gate(FREE_2, TARGET, TYPE_CALL_GATE_32 | DPL_3 | P, 2));
    RUN(pc, CALL_FAR(FREE | 3, 0));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3 - 8);
    cr_expect_eq(selector_of(pc, CPU_SEG_CS), FREE_2 | 3);
}

Test(far, a_page_fault_on_the_inner_stack_leaves_the_caller_as_it_was)
{
    PC(pc) = pc_flat(3);
    enter_paging(pc);
    set_gdt(pc, FREE, gate(KERNEL_CS, TARGET, TYPE_CALL_GATE_32 | DPL_3 | P, 0));
    put32(pte_of(pc, STACK_0 - 1), 0);
    pc->cpu->rip = CODE;
    pc->cpu->next_rip = CODE + 7;
    cr_expect_not(far_call(pc->cpu, FREE | 3, 0, 4));
    cr_expect_eq(pc->cpu->fault.reason, REASON_PTE_NOT_PRESENT);
    cr_expect_eq(pc->cpu->fault.error_code, 2, "a supervisor write");
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3);
    cr_expect_eq(selector_of(pc, CPU_SEG_SS), USER_DS);
    cr_expect_eq(pc->cpu->next_rip, CODE + 7);
}

/* --- returns outwards --- */

static void outward_frame(struct pc *pc)
{
    put32(pc->ram + STACK_0 - 16, TARGET);
    put32(pc->ram + STACK_0 - 12, USER_CS);
    put32(pc->ram + STACK_0 - 8, STACK_3);
    put32(pc->ram + STACK_0 - 4, USER_DS);
    pc->cpu->gpr[RSP] = STACK_0 - 16;
}

Test(far, a_return_outwards_makes_inner_data_segments_null)
{
    PC(pc) = pc_flat(0);
    set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, 0, ~0u, DATA_WRITE | FLAT);
    set_segment(pc->cpu, CPU_SEG_ES, USER_DS, 0, ~0u, DATA_WRITE | DPL_3 | FLAT);
    set_segment(pc->cpu, CPU_SEG_FS, KERNEL_CS, 0, ~0u, CODE_READ | FLAT);
    set_segment(pc->cpu, CPU_SEG_GS, FREE, 0, ~0u, CODE_CONFORMING | FLAT);
    outward_frame(pc);
    RUN(pc, RETF);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3);
    cr_expect_eq(selector_of(pc, CPU_SEG_DS), 0);
    cr_expect_not(pc->cpu->seg[CPU_SEG_DS].usable);
    cr_expect_eq(selector_of(pc, CPU_SEG_ES), USER_DS);
    cr_expect_not(pc->cpu->seg[CPU_SEG_FS].usable, "nonconforming code");
    cr_expect(pc->cpu->seg[CPU_SEG_GS].usable, "conforming code");
}

Test(far, the_outer_ss_must_have_the_rpl_of_the_outer_cs)
{
    PC(pc) = pc_flat(0);
    outward_frame(pc);
    put32(pc->ram + STACK_0 - 4, KERNEL_DS);
    RUN(pc, RETF);
    EXPECT_FAULT(pc, SS_RPL_NOT_CPL, KERNEL_DS);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(stack_word(pc, 0), KERNEL_DS, "the error code stands on the stack that was left alone");
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 16 - 16);
}

Test(far, the_stack_of_the_outer_level_is_checked_before_the_return_address_is)
{
    PC(pc) = pc_flat(0);
    set_gdt(pc, FREE, descriptor(0, 0xfff, CODE_READ | P | DPL_3 | B32));
    outward_frame(pc);
    put32(pc->ram + STACK_0 - 12, FREE | 3);
    put32(pc->ram + STACK_0 - 4, 0);
    RUN(pc, RETF);
    EXPECT_FAULT(pc, SS_NULL, 0);
    outward_frame(pc);
    put32(pc->ram + STACK_0 - 12, FREE | 3);
    pc->cpu->activity = ACTIVITY_RUNNING;
    RUN(pc, RETF);
    EXPECT_FAULT(pc, TARGET_PAST_LIMIT, 0);
}
