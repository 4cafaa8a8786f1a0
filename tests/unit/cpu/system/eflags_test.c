/* PUSHF, POPF, CLI, STI in every mode; the I/O permission bit map.  SDM vol. 2, table "Effect of POPF/POPFD on the EFLAGS
 * Register"; vol. 3B, "Virtual-8086 Mode Extensions", "Protected-Mode Virtual Interrupts". */
#include "tests/unit/cpu/fixture.h"

enum { PUSHF = 0x9c, POPF = 0x9d, CLI = 0xfa, STI = 0xfb };
enum mode { REAL, PROTECTED_0, PROTECTED_3, PVI_3, V86, VME };

static struct pc *pc_in(enum mode mode, unsigned iopl_value)
{
    struct pc *pc = pc_create("p6_nofpu");

    if (mode == REAL) {
        segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
        segment_set_real(pc->cpu, CPU_SEG_SS, DATA >> 4);
        pc->cpu->rip = 0;
        pc->cpu->gpr[RSP] = 0x1000;
    } else if (mode == V86 || mode == VME) {
        enter_v86(pc, iopl_value);
    } else {
        enter_protected(pc, mode == PROTECTED_0 ? 0 : 3);
    }
    pc->cpu->cr4 |= mode == VME ? CR4_VME : mode == PVI_3 ? CR4_PVI : 0;
    cpu_set_eflags(pc->cpu, (pc->cpu->rflags & EFLAGS_VM) | EFLAGS_1 | iopl_value << 12);
    return pc;
}

static u8 *stack_top(struct pc *pc) { return pc->ram + pc->cpu->seg[CPU_SEG_SS].base + (u32)pc->cpu->gpr[RSP]; }

/* --- POPF --- */

static const struct {
    const char *name;
    enum mode mode;
    unsigned iopl, size;
    u32 image, result;               /* without bit 1 and VM */
    bool fault;
} pop_case[] = {
    { "real mode: IF IOPL NT", REAL, 0, 2, EFLAGS_IF | EFLAGS_IOPL | EFLAGS_NT, EFLAGS_IF | EFLAGS_IOPL | EFLAGS_NT, false },
    { "real mode, 32 bits: AC ID, not VM RF VIF VIP", REAL, 0, 4, 0x3f0000, EFLAGS_AC | EFLAGS_ID, false },
    { "CPL 0: all", PROTECTED_0, 0, 4, EFLAGS_IF | EFLAGS_IOPL | EFLAGS_AC, EFLAGS_IF | EFLAGS_IOPL | EFLAGS_AC, false },
    { "16 bits leave the upper half", PROTECTED_0, 0, 2, EFLAGS_CF, EFLAGS_CF, false },
    { "CPL 3 above IOPL: IF and IOPL stay", PROTECTED_3, 0, 4, EFLAGS_IF | EFLAGS_IOPL | EFLAGS_CF, EFLAGS_CF, false },
    { "CPL 3, IOPL 3: IF changes, IOPL stays", PROTECTED_3, 3, 4, EFLAGS_IF, EFLAGS_IF | EFLAGS_IOPL, false },
    { "CPL 3 with PVI: IF stays, VIF too", PVI_3, 0, 4, EFLAGS_IF | EFLAGS_VIF, 0, false },
    { "V86, IOPL 3", V86, 3, 2, EFLAGS_IF, EFLAGS_IF | EFLAGS_IOPL, false },
    { "V86, IOPL 0", V86, 0, 2, 0, 0, true },
    { "VME, IOPL 0: IF becomes VIF", VME, 0, 2, EFLAGS_IF | EFLAGS_CF, EFLAGS_VIF | EFLAGS_CF, false },
    { "VME, IOPL 0, 32 bits", VME, 0, 4, 0, 0, true },
    { "VME, IOPL 0: TF", VME, 0, 2, EFLAGS_TF, 0, true },
    { "VME, IOPL 3 is plain", VME, 3, 2, EFLAGS_IF, EFLAGS_IF | EFLAGS_IOPL, false },
};

Test(eflags, popf_changes_what_mode_cpl_and_iopl_allow)
{
    for (unsigned i = 0; i < ARRAY_COUNT(pop_case); i++) {
        PC(pc) = pc_in(pop_case[i].mode, pop_case[i].iopl);
        bool code32 = pop_case[i].mode != REAL && pop_case[i].mode != V86 && pop_case[i].mode != VME;
        bool prefix = code32 != (pop_case[i].size == 4);
        put32(stack_top(pc), pop_case[i].image);
        if (prefix) RUN(pc, 0x66, POPF);
        else RUN(pc, POPF);
        cr_expect_eq(pc->cpu->fault_log.count != 0, pop_case[i].fault, "%s", pop_case[i].name);
        if (pop_case[i].fault) continue;
        u32 flags = cpu_eflags(pc->cpu) & ~(u32)(EFLAGS_1 | EFLAGS_VM);
        cr_expect_eq(flags, pop_case[i].result, "%s: %x", pop_case[i].name, flags);
    }
}

Test(eflags, a_popf_that_faults_leaves_the_stack)
{
    PC(pc) = pc_in(V86, 0);
    RUN(pc, POPF);
    EXPECT_FAULT(pc, V86_NEEDS_IOPL3, 0);
    cr_expect_eq(stack_word(pc, 4), 0x1000, "ESP of the V86 program");
}

/* --- PUSHF --- */

Test(eflags, pushfd_shows_neither_vm_nor_rf)
{
    PC(pc) = pc_in(V86, 3);
    pc->cpu->rflags |= EFLAGS_AC;
    RUN(pc, 0x66, PUSHF);
    cr_expect_eq(get32(stack_top(pc)), EFLAGS_1 | EFLAGS_IOPL | EFLAGS_AC);
}

Test(eflags, with_vme_pushf_shows_vif_as_if_and_an_iopl_of_3)
{
    PC(pc) = pc_in(VME, 0);
    pc->cpu->rflags |= EFLAGS_VIF;
    RUN(pc, PUSHF);
    cr_expect_eq(get16(stack_top(pc)), EFLAGS_1 | EFLAGS_IOPL | EFLAGS_IF);
    RUN(pc, 0x66, PUSHF);
    EXPECT_FAULT(pc, V86_NEEDS_IOPL3, 0);
}

/* --- CLI, STI --- */

static const struct {
    const char *name;
    enum mode mode;
    unsigned iopl;
    u32 flag;                        /* that STI sets; 0: a fault */
} sti_case[] = {
    { "real mode", REAL, 0, EFLAGS_IF },            { "CPL 0", PROTECTED_0, 0, EFLAGS_IF },
    { "CPL 3, IOPL 0", PROTECTED_3, 0, 0 },         { "CPL 3, IOPL 2", PROTECTED_3, 2, 0 },
    { "CPL 3, IOPL 3", PROTECTED_3, 3, EFLAGS_IF }, { "CPL 3 with PVI", PVI_3, 0, EFLAGS_VIF },
    { "V86, IOPL 0", V86, 0, 0 },                   { "V86, IOPL 3", V86, 3, EFLAGS_IF },
    { "VME, IOPL 0", VME, 0, EFLAGS_VIF },          { "VME, IOPL 3", VME, 3, EFLAGS_IF },
};

Test(eflags, sti_and_cli_mean_if_or_vif_or_nothing)
{
    for (unsigned i = 0; i < ARRAY_COUNT(sti_case); i++) {
        PC(pc) = pc_in(sti_case[i].mode, sti_case[i].iopl);
        RUN(pc, STI);
        cr_expect_eq(pc->cpu->fault_log.count != 0, sti_case[i].flag == 0, "%s", sti_case[i].name);
        if (!sti_case[i].flag) continue;
        cr_expect_eq(pc->cpu->rflags & (EFLAGS_IF | EFLAGS_VIF), sti_case[i].flag, "%s", sti_case[i].name);
        RUN(pc, CLI);
        cr_expect_eq(pc->cpu->rflags & (EFLAGS_IF | EFLAGS_VIF), 0, "%s", sti_case[i].name);
    }
}

/* --- ports: SDM vol. 1, "I/O Permission Bit Map" --- */

static const struct {
    const char *name;
    u16 port;
    unsigned size, forbidden;        /* a port whose bit is set */
    bool allowed;
} io_case[] = {
    { "the port itself", 0x60, 1, 0x60, false },        { "its neighbour below", 0x60, 1, 0x5f, true },
    { "its neighbour above", 0x60, 1, 0x61, true },     { "the second byte of a word", 0x60, 2, 0x61, false },
    { "behind a word", 0x60, 2, 0x62, true },           { "the last byte of a doubleword", 0x60, 4, 0x63, false },
    { "over a byte of the map", 0x67, 2, 0x68, false }, { "a doubleword over a byte", 0x66, 4, 0x69, false },
};

Test(eflags, the_bit_map_forbids_an_access_when_any_of_its_bits_is_set)
{
    for (unsigned i = 0; i < ARRAY_COUNT(io_case); i++) {
        PC(pc) = pc_in(PROTECTED_3, 0);
        pc->ram[TSS + BITMAP + io_case[i].forbidden / 8] |= (u8)(1 << (io_case[i].forbidden & 7));
        cr_expect_eq(io_allowed(pc->cpu, io_case[i].port, io_case[i].size), io_case[i].allowed, "%s", io_case[i].name);
    }
}

Test(eflags, cpl_up_to_iopl_needs_no_bit_map_and_v86_mode_always_does)
{
    PC(pc) = pc_in(PROTECTED_3, 3);
    memset(pc->ram + TSS + BITMAP, 0xff, 0x100);
    cr_expect(io_allowed(pc->cpu, 0x60, 1));
    PC(v86) = pc_in(V86, 3);
    memset(v86->ram + TSS + BITMAP, 0xff, 0x100);
    cr_expect_not(io_allowed(v86->cpu, 0x60, 1));
    v86->ram[TSS + BITMAP + 0x60 / 8] = 0;
    cr_expect(io_allowed(v86->cpu, 0x60, 1));
}

Test(eflags, the_map_must_reach_one_byte_past_the_port)
{
    PC(pc) = pc_in(PROTECTED_3, 0);
    pc->cpu->seg[CPU_SEG_TR].limit = BITMAP + 0x60 / 8;
    cr_expect_not(io_allowed(pc->cpu, 0x60, 1));
    cr_expect_eq(pc->cpu->fault.reason, REASON_IO_BITMAP_OUTSIDE);
    pc->cpu->seg[CPU_SEG_TR].limit++;
    cr_expect(io_allowed(pc->cpu, 0x60, 1));
}

Test(eflags, a_forbidden_port_is_not_touched)
{
    PC(pc) = pc_in(PROTECTED_3, 0);
    memset(pc->ram + TSS + BITMAP, 0xff, 0x100);
    RUN(pc, 0xe4, 0x60);
    EXPECT_FAULT(pc, IO_PERMISSION, 0);
    cr_expect_eq(pc->bus.in, 0);
}
