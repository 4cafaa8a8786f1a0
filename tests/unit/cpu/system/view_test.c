/* The door's view: describing faults, seeing and setting registers. */
#include "tests/unit/cpu/fixture.h"

static struct pc *pc_flat(unsigned cpl)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, cpl);
    return pc;
}

/* --- faults --- */

Test(view, a_fault_is_told_with_vector_error_code_place_tick_and_reason)
{
    PC(pc) = pc_flat(3);
    pc->cpu->gpr[RAX] = KERNEL_DS | 3;
    RUN(pc, 0x8e, 0xd0);                                                 /* MOV SS, AX */
    cr_expect_str_eq(told(pc), "#GP(0010h) at 001b:00010000, tick 1: load of SS: DPL 0 of selector 0013h is not CPL 3 "
                               "(SDM, \"Privilege Level Checking When Loading the SS Register\")");
}

Test(view, a_text_that_does_not_fit_is_cut_and_ended)
{
    PC(pc) = pc_flat(0);
    RUN(pc, 0x0f, 0x0b);
    char text[12];
    memset(text, 'x', sizeof text);
    cpu_describe_fault(pc->cpu, 0, text, sizeof text);
    cr_expect_str_eq(text, "#UD at 0008");
}

Test(view, the_last_64_faults_are_kept_newest_first)
{
    PC(pc) = pc_flat(0);
    char text[512];
    cr_expect_eq(cpu_fault_count(pc->cpu), 0);
    cpu_describe_fault(pc->cpu, 0, text, sizeof text);
    cr_expect_str_empty(text);
    for (unsigned i = 0; i < 70; i++) {
        pc->cpu->rip = CODE + i * 16;
        pc->cpu->gpr[RSP] = STACK_0;
        RUN(pc, 0x0f, 0x0b);
    }
    cr_expect_eq(cpu_fault_count(pc->cpu), FAULT_LOG_ENTRIES);
    cpu_describe_fault(pc->cpu, 0, text, sizeof text);
    cr_expect(strstr(text, "0008:00010450") != NULL, "%s", text);        /* 69 * 16 */
    cpu_describe_fault(pc->cpu, 63, text, sizeof text);
    cr_expect(strstr(text, "0008:00010060") != NULL, "%s", text);        /* 6 * 16 */
    cpu_describe_fault(pc->cpu, 64, text, sizeof text);
    cr_expect_str_empty(text);
}

Test(view, every_stage_of_a_triple_fault_is_kept)
{
    PC(pc) = pc_flat(0);
    pc->cpu->idtr_limit = 0;
    RUN(pc, 0x0f, 0x0b);
    static const enum reason stage[] = { REASON_UNDEFINED_OPCODE, REASON_IDT_PAST_LIMIT, REASON_IDT_PAST_LIMIT,
                                         REASON_DOUBLE_FAULT, REASON_IDT_PAST_LIMIT };
    cr_assert_eq(cpu_fault_count(pc->cpu), ARRAY_COUNT(stage));
    for (unsigned i = 0; i < ARRAY_COUNT(stage); i++) cr_expect_eq(pc->cpu->fault_log.entry[i].reason, stage[i], "stage %u", i);
}

/* --- seeing --- */

Test(view, the_view_shows_the_processor_as_it_is)
{
    PC(pc) = pc_flat(3);
    struct cpu_view v;
    for (unsigned i = 0; i < 16; i++) pc->cpu->gpr[i] = 0x100 + i;
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_CF | EFLAGS_IF);
    cpu_view(pc->cpu, &v);
    for (unsigned i = 0; i < 16; i++) cr_expect_eq(v.gpr[i], 0x100 + i);
    cr_expect_eq(v.rip, CODE);
    cr_expect_eq(v.rflags, EFLAGS_1 | EFLAGS_CF | EFLAGS_IF);
    cr_expect_eq(v.cpl, 3);
    cr_expect_eq(v.code_bits, 32);
    cr_expect_eq(v.gdtr_base, GDT);
    cr_expect_eq(v.seg[CPU_SEG_CS].selector, USER_CS);
    cr_expect_eq(v.seg[CPU_SEG_CS].limit, 0xffffffff);
    cr_expect(v.seg[CPU_SEG_TR].usable);
}

/* --- setting --- */

static const struct { const char *name; u64 value; unsigned gpr; u64 result; } general[] = {
    { "al", 0x1ff, RAX, 0xaaaaaaff }, { "ah", 0x55, RAX, 0xaaaa55aa }, { "ax", 0x12345, RAX, 0xaaaa2345 },
    { "eax", 0x112345678, RAX, 0x12345678 }, { "rax", 0x112345678, RAX, 0x112345678 }, { "BH", 1, RBX, 0xaaaa01aa },
    { "sp", 0x1000, RSP, 0xaaaa1000 }, { "Edi", 7, RDI, 7 }, { "bp", 3, RBP, 0xaaaa0003 },
};

Test(view, general_registers_are_set_by_every_name_they_have)
{
    for (unsigned i = 0; i < ARRAY_COUNT(general); i++) {
        PC(pc) = pc_flat(0);
        struct error err = { 0 };
        pc->cpu->gpr[general[i].gpr] = 0xaaaaaaaa;
        cr_expect(cpu_set_register(pc->cpu, general[i].name, general[i].value, &err));
        cr_expect_eq(pc->cpu->gpr[general[i].gpr], general[i].result, "%s", general[i].name);
    }
}

Test(view, other_registers_are_set_with_the_processors_own_rules)
{
    PC(pc) = pc_flat(3);
    struct error err = { 0 };
    cr_expect(cpu_set_register(pc->cpu, "eip", 0x1234, &err));
    cr_expect_eq(pc->cpu->rip, 0x1234);
    cr_expect(cpu_set_register(pc->cpu, "eflags", 0xffffffff, &err));
    cr_expect_eq(cpu_eflags(pc->cpu), 0x3d7fd7, "reserved bits and VM stay: %x", cpu_eflags(pc->cpu));
    cr_expect(cpu_set_register(pc->cpu, "fs", USER_DS, &err));
    cr_expect_eq(pc->cpu->seg[CPU_SEG_FS].selector, USER_DS);
    cr_expect(cpu_set_register(pc->cpu, "cr3", 0x5000, &err));
    cr_expect_eq(pc->cpu->cr3, 0x5000);
    pc->cpu->dr[7] |= DR7_GD;
    cr_expect(cpu_set_register(pc->cpu, "dr0", 0x6000, &err));
    cr_expect_eq(pc->cpu->dr[0], 0x6000);
    cr_expect_eq(pc->cpu->dr[7] & DR7_GD, DR7_GD, "the guest's guard stays up");
    cr_expect_eq(err.count, 0);
    EXPECT_NO_FAULT(pc);
}

Test(view, what_cannot_be_set_is_refused_with_a_reason)
{
    PC(pc) = pc_flat(0);
    struct error err = { 0 };
    cr_expect_not(cpu_set_register(pc->cpu, "xyz", 1, &err));
    cr_expect_not(cpu_set_register(pc->cpu, "cs", KERNEL_CS, &err));
    cr_expect_not(cpu_set_register(pc->cpu, "ds", PAST_GDT, &err));
    cr_expect_not(cpu_set_register(pc->cpu, "cr0", CR0_PG, &err));
    cr_expect_not(cpu_set_register(pc->cpu, "cr1", 0, &err));
    cr_expect_eq(err.count, 5);
    cr_expect(strstr(err.text, "xyz") != NULL);
    EXPECT_NO_FAULT(pc);
}
