/* LLDT LTR LAR LSL VERR VERW.  SDM vol. 2, under their names. */
#include "tests/unit/cpu/fixture.h"

enum { ZF = EFLAGS_ZF };

/* What the four say of a descriptor at CPL and RPL. */
static const struct {
    const char *name;
    unsigned rights, cpl, rpl;
    bool lar, lsl, verr, verw;
} row[] = {
    { "writable data", DATA_WRITE | P, 0, 0, true, true, true, true },
    { "read-only data", DATA_READ | P, 0, 0, true, true, true, false },
    { "readable code", CODE_READ | P, 0, 0, true, true, true, false },
    { "execute-only code", CODE_ONLY | P, 0, 0, true, true, false, false },
    { "inner data", DATA_WRITE | P, 3, 3, false, false, false, false },
    { "RPL 3 on DPL 0", DATA_WRITE | P, 0, 3, false, false, false, false },
    { "inner conforming code", CODE_CONFORMING | P, 3, 3, true, true, true, false },
    { "a segment that is not present", DATA_WRITE, 0, 0, true, true, true, true },
    { "an LDT", TYPE_LDT | P, 0, 0, true, true, false, false },
    { "a 16-bit TSS", TYPE_TSS_16 | P, 0, 0, true, true, false, false },
    { "a busy 32-bit TSS", TYPE_TSS_32 | TYPE_BUSY | P, 0, 0, true, true, false, false },
    { "a call gate", TYPE_CALL_GATE_32 | P, 0, 0, true, false, false, false },
    { "a task gate", TYPE_TASK_GATE | P, 0, 0, true, false, false, false },
    { "an interrupt gate", TYPE_INTERRUPT_GATE_32 | P, 0, 0, false, false, false, false },
    { "type 0", P, 0, 0, false, false, false, false },
};

static bool zf(const struct pc *pc) { return cpu_eflags(pc->cpu) & ZF; }

Test(selectors, lar_lsl_verr_and_verw_tell_in_zf_what_may_be_done)
{
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_create("p6_nofpu");
        enter_protected(pc, row[i].cpl);
        u64 raw = descriptor(0x12345678, 0x54321, row[i].rights | B32);
        set_gdt(pc, FREE, raw);
        pc->cpu->gpr[RCX] = (u16)(FREE | row[i].rpl);
        pc->cpu->gpr[RAX] = 0xdead;
        RUN(pc, 0x0f, 0x02, 0xc1);                                       /* LAR EAX, ECX */
        cr_expect_eq(zf(pc), row[i].lar, "LAR of %s", row[i].name);
        cr_expect_eq(pc->cpu->gpr[RAX], row[i].lar ? (raw >> 32 & 0xf0ff00) : 0xdead, "LAR of %s", row[i].name);
        pc->cpu->gpr[RAX] = 0xdead;
        RUN(pc, 0x0f, 0x03, 0xc1);                                       /* LSL EAX, ECX */
        cr_expect_eq(zf(pc), row[i].lsl, "LSL of %s", row[i].name);
        cr_expect_eq(pc->cpu->gpr[RAX], row[i].lsl ? 0x54321 : 0xdead, "LSL of %s", row[i].name);
        RUN(pc, 0x0f, 0x00, 0xe1);                                       /* VERR CX */
        cr_expect_eq(zf(pc), row[i].verr, "VERR of %s", row[i].name);
        RUN(pc, 0x0f, 0x00, 0xe9);                                       /* VERW CX */
        cr_expect_eq(zf(pc), row[i].verw, "VERW of %s", row[i].name);
        EXPECT_NO_FAULT(pc);
    }
}

Test(selectors, a_null_selector_or_one_past_the_limit_clears_zf_without_a_fault)
{
    static const u16 bad[] = { 0, 3, PAST_GDT, 0xfff8, 0xfffc };
    for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
        PC(pc) = pc_create("p6_nofpu");
        enter_protected(pc, 0);
        pc->cpu->seg[CPU_SEG_LDTR].usable = false;
        cpu_set_eflags(pc->cpu, EFLAGS_1 | ZF);
        pc->cpu->gpr[RCX] = bad[i];
        RUN(pc, 0x0f, 0x02, 0xc1);
        cr_expect_not(zf(pc), "selector %x", bad[i]);
        EXPECT_NO_FAULT(pc);
    }
}

Test(selectors, ltr_sets_the_busy_bit_in_the_table)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_protected(pc, 0);
    pc->cpu->gpr[RAX] = TSS_2_SELECTOR;
    RUN(pc, 0x0f, 0x00, 0xd8);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(gdt_entry(pc, TSS_2_SELECTOR) >> 40 & 15, TYPE_TSS_32 | TYPE_BUSY);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_TR].base, TSS_2);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_TR].rights & 15, TYPE_TSS_32 | TYPE_BUSY);
}

Test(selectors, lldt_takes_null_and_an_ldt_of_the_gdt)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_protected(pc, 0);
    pc->cpu->gpr[RAX] = LDT_SELECTOR;
    RUN(pc, 0x0f, 0x00, 0xd0);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_LDTR].base, LDT);
    pc->cpu->gpr[RAX] = 0;
    RUN(pc, 0x0f, 0x00, 0xd0);
    cr_expect_not(pc->cpu->seg[CPU_SEG_LDTR].usable);
    EXPECT_NO_FAULT(pc);
    pc->cpu->gpr[RAX] = LDT_SELECTOR | 4;
    RUN(pc, 0x0f, 0x00, 0xd0);
    EXPECT_FAULT(pc, LLDT_TYPE, LDT_SELECTOR | 4);
}
