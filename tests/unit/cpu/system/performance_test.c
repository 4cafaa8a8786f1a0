/* Performance counters.  SDM vol. 3B, "Performance Monitoring"; APM vol. 2, "Performance Monitoring Counters". */
#include "tests/unit/cpu/fixture.h"

enum { USER = 1 << 16, OS = 1 << 17, EDGE = 1 << 18, INTERRUPT = 1 << 20, ENABLED = 1 << 22, INVERTED = 1 << 23, BOTH = USER | OS | ENABLED };
enum { INSTRUCTIONS = 0xc0, CORE = 0x3c, P6_CYCLES = 0x79, AMD_CYCLES = 0x76, CACHE_MISSES = 0x412e };
enum { FIXED_CONTROL = 0x38d, STATUS = 0x38e, CONTROL = 0x38f, OVERFLOW_CONTROL = 0x390, FIXED = 1 << 30 };

/* CPL 0, code that idles. */
static struct pc *pc_idle(const char *model)
{
    struct pc *pc = pc_create(model);
    enter_protected(pc, 0);
    memset(pc->ram + CODE, 0x90, 0x1000);
    return pc;
}

/* The instruction takes a tick; RIP stays where it was. */
static bool instruction(struct pc *pc, u8 opcode)
{
    struct cpu *cpu = pc->cpu;
    u64 rip = cpu->rip, faults = cpu->fault_log.count;
    u8 was[2];

    memcpy(was, pc->ram + rip, 2);
    RUN(pc, 0x0f, opcode);
    memcpy(pc->ram + rip, was, 2);
    cpu_memory_written(cpu, rip, 2);
    cpu->rip = rip;
    return cpu->fault_log.count == faults;
}

static bool wrmsr(struct pc *pc, u32 number, u64 value)
{
    pc->cpu->gpr[RCX] = number;
    pc->cpu->gpr[RAX] = (u32)value;
    pc->cpu->gpr[RDX] = value >> 32;
    return instruction(pc, 0x30);
}

static u64 rdmsr(struct pc *pc, u32 number)
{
    pc->cpu->gpr[RCX] = number;
    cr_expect(instruction(pc, 0x32), "MSR %x: %s", number, told(pc));
    return pc->cpu->gpr[RDX] << 32 | pc->cpu->gpr[RAX];
}

static u64 rdpmc(struct pc *pc, u32 number)
{
    pc->cpu->gpr[RCX] = number;
    cr_expect(instruction(pc, 0x33), "counter %x: %s", number, told(pc));
    return pc->cpu->gpr[RDX] << 32 | pc->cpu->gpr[RAX];
}

/* Model, the MSR of the first select, of the first counter, the select, what passes into it in a tick. */
static const struct { const char *model; u32 select, counter; u64 value; unsigned counts; } event_case[] = {
    { "p3_katmai", 0x186, 0xc1, BOTH | INSTRUCTIONS, 1 },       { "p3_katmai", 0x186, 0xc1, BOTH | P6_CYCLES, 1 },
    { "p3_katmai", 0x186, 0xc1, BOTH | CORE, 0 },               { "p3_katmai", 0x186, 0xc1, USER | OS | INSTRUCTIONS, 0 },
    { "core2_penryn", 0x186, 0xc1, BOTH | INSTRUCTIONS, 1 },    { "core2_penryn", 0x187, 0xc2, BOTH | CORE, 1 },
    { "core2_penryn", 0x186, 0xc1, BOTH | CORE | 1 << 8, 1 },   { "core2_penryn", 0x186, 0xc1, BOTH | CACHE_MISSES, 0 },
    { "core2_penryn", 0x186, 0xc1, BOTH | P6_CYCLES, 0 },       { "core2_penryn", 0x186, 0xc1, USER | ENABLED | CORE, 0 },
    { "core2_penryn", 0x186, 0xc1, OS | ENABLED | CORE, 1 },    { "core2_penryn", 0x186, 0xc1, BOTH | CORE | 1 << 24, 1 },
    { "core2_penryn", 0x186, 0xc1, BOTH | CORE | 2 << 24, 0 },  { "core2_penryn", 0x186, 0xc1, BOTH | CORE | INVERTED | 16 << 24, 1 },
    { "core2_penryn", 0x186, 0xc1, BOTH | CORE | EDGE, 0 },     { "corei7_haswell", 0x189, 0xc4, BOTH | INSTRUCTIONS, 1 },
    { "athlon64", 0xc0010003, 0xc0010007, BOTH | INSTRUCTIONS, 1 }, { "athlon64", 0xc0010000, 0xc0010004, BOTH | AMD_CYCLES, 1 },
    { "ryzen", 0xc001020a, 0xc001020b, BOTH | AMD_CYCLES, 1 },  { "ryzen", 0xc0010200, 0xc0010004, BOTH | INSTRUCTIONS, 1 },
    { "pentium", 0x11, 0x12, 0x16 | 3 << 6, 1 },                { "pentium", 0x11, 0x12, 0x16 | 1 << 6, 1 },
    { "pentium", 0x11, 0x12, 0x16 | 2 << 6, 0 },                { "pentium", 0x11, 0x13, (0x03 | 7 << 6) << 16, 1 },
    { "pentium", 0x11, 0x12, 0x03 | 3 << 6, 0 },                { "pentium", 0x11, 0x12, 0x16 | 4 << 6, 0 },
};

Test(performance, instructions_and_cycles_count_ticks_and_nothing_else_does)
{
    for (unsigned i = 0; i < ARRAY_COUNT(event_case); i++) {
        PC(pc) = pc_idle(event_case[i].model);
        cr_expect(wrmsr(pc, event_case[i].select, event_case[i].value), "row %u: %s", i, told(pc));
        run_ticks(pc, 100);
        cr_expect_eq(rdmsr(pc, event_case[i].counter), 100 * event_case[i].counts, "row %u", i);
        cr_expect_eq(rdmsr(pc, event_case[i].counter), 101 * event_case[i].counts, "row %u: RDMSR is an instruction too", i);
        cr_expect_eq(rdmsr(pc, event_case[i].select), event_case[i].value);
    }
}

Test(performance, the_p6s_first_select_enables_both)
{
    PC(pc) = pc_idle("p3_katmai");
    wrmsr(pc, 0x187, USER | OS | INSTRUCTIONS);
    run_ticks(pc, 10);
    cr_expect_eq(rdpmc(pc, 1), 0);
    wrmsr(pc, 0x186, ENABLED);
    run_ticks(pc, 10);
    cr_expect_eq(rdpmc(pc, 1), 10);
    cr_expect_eq(rdpmc(pc, 0), 0);
}

Test(performance, a_stopped_counter_keeps_its_value)
{
    PC(pc) = pc_idle("core2_penryn");
    wrmsr(pc, 0x186, BOTH | CORE);
    run_ticks(pc, 50);
    wrmsr(pc, 0x186, 0);
    run_ticks(pc, 50);
    cr_expect_eq(rdpmc(pc, 0), 51, "the WRMSR that stops it is counted");
    wrmsr(pc, 0xc1, 7);
    cr_expect_eq(rdpmc(pc, 0), 7);
}

Test(performance, a_halted_processor_retires_nothing)
{
    PC(pc) = pc_idle("core2_penryn");
    wrmsr(pc, FIXED_CONTROL, 0x333);
    wrmsr(pc, CONTROL, 7ull << 32);
    pc->ram[pc->cpu->rip + 4] = 0xf4;
    run_until(pc, pc->time.now + 1000);
    cr_expect_eq(pc->cpu->activity, ACTIVITY_HALTED);
    pc->cpu->nmi_pending = true;
    run_ticks(pc, 1);
    for (unsigned n = 0; n < 3; n++) cr_expect_eq(pc->cpu->performance.counter[COUNTERS_GENERAL + n], 6, "four NOPs, HLT, the HLT of the handler");
    cr_expect_eq(pc->cpu->activity, ACTIVITY_HALTED, "the handler halts too");
}

/* INT 50h at CPL 3, a handler of five NOPs and IRET, again. */
static void count_at_both_levels(struct pc *pc, u32 select)
{
    static const u8 code[] = { 0xcd, 0x50, 0x90, 0xeb, 0xfb }, handler[] = { 0x90, 0x90, 0x90, 0x90, 0x90, 0xcf };

    enter_protected(pc, 0);
    wrmsr(pc, 0x186, select);
    wrmsr(pc, 0xc1, 0);
    enter_protected(pc, 3);
    memcpy(pc->ram + CODE, code, sizeof code);
    memcpy(pc->ram + HANDLERS + 0x500, handler, sizeof handler);
    run_ticks(pc, 90);                                                   /* ten times 9 ticks, 3 of them at CPL 3 */
    pc->cpu->cr4 |= CR4_PCE;
}

Test(performance, usr_and_os_choose_the_level)
{
    static const struct { u32 select; unsigned counted; } row[] = { { BOTH, 90 }, { USER | ENABLED, 30 }, { OS | ENABLED, 60 }, { ENABLED, 0 } };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_create("core2_penryn");
        count_at_both_levels(pc, row[i].select | INSTRUCTIONS);
        cr_expect_eq(rdpmc(pc, 0), row[i].counted, "row %u: %llu", i, (unsigned long long)pc->cpu->performance.counter[0]);
    }
}

Test(performance, how_a_run_is_cut_changes_nothing)
{
    u64 counted[3];
    for (unsigned i = 0; i < 3; i++) {
        PC(pc) = pc_create("core2_penryn");
        static const u8 code[] = { 0xcd, 0x50, 0x90, 0xeb, 0xfb }, handler[] = { 0x90, 0xcf };
        enter_protected(pc, 0);
        wrmsr(pc, 0x186, USER | ENABLED | INSTRUCTIONS);
        enter_protected(pc, 3);
        memcpy(pc->ram + CODE, code, sizeof code);
        memcpy(pc->ram + HANDLERS + 0x500, handler, sizeof handler);
        for (unsigned left = 600, step = i ? i * 7 : 600; left; left -= step < left ? step : left) run_ticks(pc, step < left ? step : left);
        pc->cpu->cr4 |= CR4_PCE;
        counted[i] = rdpmc(pc, 0);
    }
    cr_expect_eq(counted[1], counted[0]);
    cr_expect_eq(counted[2], counted[0]);
}

/* --- overflow --- */

static void lvt_is_nmi(struct pc *pc)
{
    apic_mmio_write(pc->cpu, 0xfee000f0, 4, 0x1ff);
    apic_mmio_write(pc->cpu, 0xfee00340, 4, 0x400);
}

Test(performance, an_overflow_interrupts_at_its_tick)
{
    static const struct { const char *model; u32 select, counter; bool masks; } row[] = {
        { "p3_katmai", 0x186, 0xc1, true }, { "core2_penryn", 0x187, 0xc2, true }, { "ryzen", 0xc0010000, 0xc0010004, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_idle(row[i].model);
        lvt_is_nmi(pc);
        wrmsr(pc, row[i].counter, (u64)-10);
        wrmsr(pc, row[i].select, BOTH | INTERRUPT | INSTRUCTIONS);
        u64 start = pc->time.now, rip = pc->cpu->rip;
        cr_expect_eq(pc->timer_at, start + 10, "row %u", i);
        run_until(pc, start + 10);
        cr_expect_eq(pc->cpu->rip, rip + 10);
        run_until(pc, start + 11);
        cr_expect_eq(pc->cpu->rip & ~15ull, HANDLERS + 2 * 16, "row %u: NMI", i);
        cr_expect_eq(stack_word(pc, 0), rip + 10);
        cr_expect_eq(!!(pc->cpu->apic.lvt[LVT_PERFORMANCE] & LVT_MASKED), row[i].masks);
        cr_expect_eq(pc->timer_at, UINT64_MAX > pc->cpu->performance.overflow_at ? pc->cpu->performance.overflow_at : UINT64_MAX);
    }
}

Test(performance, without_int_an_overflow_is_silent_and_the_status_tells_of_it)
{
    PC(pc) = pc_idle("core2_penryn");
    lvt_is_nmi(pc);
    wrmsr(pc, 0xc1, (u64)-10);
    wrmsr(pc, 0x309, 0xfffffffff0);
    wrmsr(pc, FIXED_CONTROL, 3);
    wrmsr(pc, CONTROL, 1ull << 32 | 3);
    wrmsr(pc, 0x186, BOTH | CORE);
    cr_expect_eq(pc->timer_at, UINT64_MAX);
    run_until(pc, pc->time.now + 9);
    cr_expect_eq(rdmsr(pc, STATUS) & 1, 0);
    cr_expect_eq(rdmsr(pc, STATUS) & 1, 1);
    run_until(pc, pc->time.now + 9);
    cr_expect_eq(rdmsr(pc, STATUS), 1ull << 32 | 1);
    cr_expect(wrmsr(pc, OVERFLOW_CONTROL, 1));
    cr_expect_eq(rdmsr(pc, STATUS), 1ull << 32);
    cr_expect_not(pc->cpu->nmi_pending);
}

Test(performance, the_timer_of_the_apic_and_an_overflow_share_the_boards_event)
{
    PC(pc) = pc_idle("core2_penryn");
    lvt_is_nmi(pc);
    apic_mmio_write(pc->cpu, 0xfee00320, 4, LVT_MASKED | LVT_PERIODIC | 0x51);
    apic_mmio_write(pc->cpu, 0xfee003e0, 4, 0xb);
    apic_mmio_write(pc->cpu, 0xfee00380, 4, 7);
    wrmsr(pc, 0xc1, (u64)-30);
    wrmsr(pc, 0x186, BOTH | INTERRUPT | CORE);
    u64 start = pc->time.now, rip = pc->cpu->rip;
    run_until(pc, start + 31);
    cr_expect_eq(stack_word(pc, 0), rip + 30);
    cr_expect_eq(pc->timer_at, pc->cpu->apic.timer_at);
}

/* --- registers --- */

Test(performance, fixed_counters_and_their_levels)
{
    PC(pc) = pc_idle("corei7_haswell");
    cr_expect_eq(rdmsr(pc, CONTROL), 15, "after a reset the general ones are enabled");
    wrmsr(pc, FIXED_CONTROL, 0x123);                                     /* the first at both, the second at CPL 3, the third at CPL 0 */
    wrmsr(pc, CONTROL, 7ull << 32);
    run_ticks(pc, 20);
    cr_expect_eq(rdpmc(pc, FIXED | 0), 20);
    cr_expect_eq(rdpmc(pc, FIXED | 1), 0);
    cr_expect_eq(rdpmc(pc, FIXED | 2), 22);
    wrmsr(pc, CONTROL, 15);
    u64 stopped = rdmsr(pc, 0x309);
    run_ticks(pc, 20);
    cr_expect_eq(rdmsr(pc, 0x309), stopped);
}

Test(performance, a_write_extends_the_sign_of_32_bits_where_intel_does_so)
{
    static const struct { const char *model; u32 counter; u64 wrote, reads; } row[] = {
        { "p3_katmai", 0xc1, 0x80000000, 0xff80000000 }, { "core2_penryn", 0xc2, 0x1280000000, 0xff80000000 },
        { "corei7_haswell", 0xc1, 0xffffffff, 0xffffffffffff }, { "core2_penryn", 0x309, 0x1280000000, 0x1280000000 },
        { "athlon64", 0xc0010004, 0x123480000000, 0x123480000000 }, { "pentium", 0x12, 0x1280000000, 0x1280000000 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_idle(row[i].model);
        cr_expect(wrmsr(pc, row[i].counter, row[i].wrote));
        cr_expect_eq(rdmsr(pc, row[i].counter), row[i].reads, "row %u: %llx", i, (unsigned long long)rdmsr(pc, row[i].counter));
    }
}

/* Model, MSR, value that is refused. */
static const struct { const char *model; u32 number; u64 value; } refused_case[] = {
    { "core2_penryn", STATUS, 0 },          { "core2_penryn", CONTROL, 4 },        { "core2_penryn", CONTROL, 8ull << 32 },
    { "core2_penryn", FIXED_CONTROL, 4 },   { "corei7_haswell", FIXED_CONTROL, 1 << 12 }, { "core2_penryn", 0x186, 1ull << 32 },
    { "core2_penryn", 0xc3, 0 },            { "p3_katmai", CONTROL, 0 },           { "p3_katmai", 0x309, 0 },
    { "p4_prescott", 0xc1, 0 },             { "p4_prescott", 0x186, 0 },           { "athlon64", 0xc1, 0 },
    { "athlon64", 0xc0010200, 0 },          { "ryzen", 0xc001020c, 0 },            { "pentium", 0x11, 1 << 10 },
    { "pentium", 0xc1, 0 },                 { "corei7_haswell", 0xc5, 0 },
};

Test(performance, a_model_has_the_registers_of_its_kind)
{
    for (unsigned i = 0; i < ARRAY_COUNT(refused_case); i++) {
        PC(pc) = pc_idle(refused_case[i].model);
        cr_expect_not(wrmsr(pc, refused_case[i].number, refused_case[i].value), "row %u", i);
    }
}

Test(performance, rdpmc_at_cpl_3_needs_pce_and_a_counter_that_exists)
{
    static const struct { const char *model; u32 number; bool pce, reads; } row[] = {
        { "core2_penryn", 0, false, false }, { "core2_penryn", 0, true, true },  { "core2_penryn", 2, true, false },
        { "core2_penryn", FIXED | 2, true, true }, { "core2_penryn", FIXED | 3, true, false }, { "p3_katmai", FIXED, true, false },
        { "athlon64", 3, true, true },       { "athlon64", 4, true, false },     { "ryzen", 5, true, true },
        { "pentium_mmx", 1, true, true },    { "p4_prescott", 0, true, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_create(row[i].model);
        enter_protected(pc, 3);
        if (row[i].pce) pc->cpu->cr4 |= CR4_PCE;
        pc->cpu->gpr[RCX] = row[i].number;
        RUN(pc, 0x0f, 0x33);
        if (row[i].reads) EXPECT_NO_FAULT(pc);
        else EXPECT_FAULT(pc, PMC_DISABLED, 0);
    }
}

Test(performance, init_leaves_them_alone_and_reset_clears_them)
{
    PC(pc) = pc_idle("core2_penryn");
    wrmsr(pc, 0x186, BOTH | CORE);
    run_ticks(pc, 30);
    cpu_initialize(pc->cpu);
    cr_expect_eq(pc->cpu->performance.counter[0], 30);
    cr_expect_eq(pc->cpu->performance.running[0], 1);
    cpu_reset(pc->cpu);
    cr_expect_eq(pc->cpu->performance.counter[0], 0);
    cr_expect_not(pc->cpu->performance.counts);
}

Test(performance, leaf_10_tells_what_there_is)
{
    static const struct { const char *model; u32 eax, edx; } row[] = { { "core2_penryn", 0x07280202, 0x503 }, { "corei7_haswell", 0x07300403, 0x603 } };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_idle(row[i].model);
        pc->cpu->gpr[RAX] = 10;
        cpuid(pc->cpu);
        cr_expect_eq(pc->cpu->gpr[RAX], row[i].eax);
        cr_expect_eq(pc->cpu->gpr[RBX], 0x78, "no event of caches and branches");
        cr_expect_eq(pc->cpu->gpr[RDX], row[i].edx);
    }
}

/* Which of the two sums runs is nobody's concern while they are equal: a machine that is restored has what was saved. */
Test(performance, what_is_derived_of_a_saved_state_leaves_it_as_it_is)
{
    PC(pc) = pc_idle("corei7_haswell");
    u8 translations[1 << 16];
    size_t size = cpu_save_translations(pc->cpu, translations, sizeof translations);

    cr_assert_leq(size, sizeof translations);
    enter_protected(pc, 3);
    cr_assert_not(pc->cpu->performance.user);
    cpu_derive(pc->cpu, translations, size);
    cr_expect_not(pc->cpu->performance.user);
}
