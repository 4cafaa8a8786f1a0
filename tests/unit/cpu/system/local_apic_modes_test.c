/* The local APIC: where it lies, and x2APIC mode.  SDM vol. 3A, "Local APIC Status and Location", "Extended XAPIC (x2APIC)". */
#include "tests/unit/cpu/system/local_apic_bench.h"

/* --- IA32_APIC_BASE and x2APIC mode: "x2APIC State Transitions" --- */

enum { OFF = 0x100, XAPIC = 0x900, X2APIC = 0xd00, INVALID = 0x500 };
static const struct { u32 from, to; bool allowed; } transition_case[] = {
    { OFF, OFF, true },     { OFF, XAPIC, true },     { OFF, X2APIC, false },   { OFF, INVALID, false },
    { XAPIC, OFF, true },   { XAPIC, XAPIC, true },   { XAPIC, X2APIC, true },  { XAPIC, INVALID, false },
    { X2APIC, OFF, true },  { X2APIC, XAPIC, false }, { X2APIC, X2APIC, true }, { X2APIC, INVALID, false },
};

Test(local_apic, the_mode_changes_only_as_the_figure_allows)
{
    for (unsigned i = 0; i < ARRAY_COUNT(transition_case); i++) {
        NEWER(pc);
        cr_assert(wrmsr(pc, MSR_BASE, APIC_PA | transition_case[i].from));
        bool done = wrmsr(pc, MSR_BASE, APIC_PA | transition_case[i].to);
        cr_expect_eq(done, transition_case[i].allowed, "row %u", i);
        u32 is = done ? transition_case[i].to : transition_case[i].from;
        cr_expect_eq(pc->cpu->apic_base, APIC_PA | is);
    }
}

static const u64 base_reserved_case[] = { APIC_PA | 0x901, APIC_PA | 0xb00, APIC_PA | 0x980, 1ull << 36 | APIC_PA | 0x900 };

Test(local_apic, reserved_bits_of_the_base_fault_and_the_bsp_flag_stays)
{
    for (unsigned i = 0; i < ARRAY_COUNT(base_reserved_case); i++) {
        APIC(pc);
        cr_expect_not(wrmsr(pc, MSR_BASE, base_reserved_case[i]), "row %u", i);
    }
    APIC(pc);
    cr_expect_not(wrmsr(pc, MSR_BASE, APIC_PA | X2APIC), "x2APIC is a feature");
    cr_expect(wrmsr(pc, MSR_BASE, APIC_PA | 0x800));
    cr_expect_eq(pc->cpu->apic_base, APIC_PA | XAPIC);
}

#define EXTENDED(pc) NEWER(pc); cr_assert(wrmsr(pc, MSR_BASE, APIC_PA | X2APIC), "%s", told(pc))

Test(local_apic, in_x2apic_mode_the_page_is_gone_and_the_msrs_are_there)
{
    NEWER(xapic);
    u64 v;
    cr_expect_not(rdmsr(xapic, 0x803, &v));
    EXTENDED(pc);
    cr_assert(access_read(pc->cpu, CPU_SEG_DS, APIC_PA + VERSION, 4, &v));
    cr_expect_eq(v, 0x5a5a5a5a);
    cr_expect_eq(rdmsr_ok(pc, 0x803), 0x01050015);
    cr_expect_eq(rdmsr_ok(pc, 0x802), 0);
    cr_expect_eq(rdmsr_ok(pc, 0x80d), 1);
    cr_expect_eq(rdmsr_ok(pc, 0x80f), 0x1ff, "SVR survives the change");
}

/* MSR, what is written, whether reading and writing raise nothing. */
static const struct { u32 number; u64 value; bool reads, writes; } msr_case[] = {
    { 0x802, 0, true, false },    { 0x803, 0, true, false },    { 0x808, 0xff, true, true },   { 0x808, 0x100, true, false },
    { 0x809, 0, false, false },   { 0x80a, 0, true, false },    { 0x80b, 0, false, true },     { 0x80b, 1, false, false },
    { 0x80c, 0, false, false },   { 0x80d, 0, true, false },    { 0x80e, 0, false, false },    { 0x80f, 0x11ff, true, true },
    { 0x80f, 0x200, true, false },{ 0x810, 0, true, false },    { 0x827, 0, true, false },     { 0x828, 0, true, true },
    { 0x828, 1, true, false },    { 0x829, 0, false, false },   { 0x82f, 0, false, false },    { 0x830, 0xfffffffe000c4051, true, true },
    { 0x830, 0x1000, true, false },{ 0x831, 0, false, false },  { 0x832, 0x710ff & ~0x20000, true, true }, { 0x832, 0x80000, true, false },
    { 0x833, 0x107ff, true, true }, { 0x834, 0x2000, true, false }, { 0x835, 0x1f7ff, true, true }, { 0x836, 0x800, true, false },
    { 0x837, 0x100ff, true, true }, { 0x837, 0x100, true, false }, { 0x838, 0xffffffff, true, true }, { 0x838, 1ull << 32, true, false },
    { 0x839, 0, true, false },    { 0x83e, 0xb, true, true },   { 0x83e, 4, true, false },     { 0x83f, 0x51, false, true },
    { 0x83f, 0x151, false, false }, { 0x840, 0, false, false }, { 0xbff, 0, false, false },    { 0x800, 0, false, false },
};

Test(local_apic, x2apic_registers_check_direction_and_reserved_bits)
{
    for (unsigned i = 0; i < ARRAY_COUNT(msr_case); i++) {
        EXTENDED(pc);
        u64 v;
        cr_expect_eq(rdmsr(pc, msr_case[i].number, &v), msr_case[i].reads, "RDMSR %x", msr_case[i].number);
        cr_expect_eq(wrmsr(pc, msr_case[i].number, msr_case[i].value), msr_case[i].writes, "WRMSR %x, %llx", msr_case[i].number,
                     (unsigned long long)msr_case[i].value);
    }
}

Test(local_apic, self_ipi_and_the_64_bit_icr)
{
    static const struct { u64 icr; bool comes; } row[] = {
        { 0x51, true }, { 1ull << 32 | 0x51, false }, { ~0ull << 32 | 0x51, true }, { 1ull << 32 | 0x851, true },
        { 2ull << 32 | 0x851, false }, { 0x10001ull << 32 | 0x851, false }, { SELF | 0x51, true }, { OTHERS | 0x51, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        EXTENDED(pc);
        cr_assert(wrmsr(pc, MSR_ICR, row[i].icr));
        cr_expect_eq(rdmsr_ok(pc, 0x822) >> 17 & 1, row[i].comes, "row %u", i);
        cr_expect_eq(rdmsr_ok(pc, MSR_ICR), row[i].icr);
    }
    EXTENDED(pc);
    cr_assert(wrmsr(pc, 0x83f, 0x51));
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x51);
    cr_assert(wrmsr(pc, 0x80b, 0) && wrmsr(pc, 0x83f, 9) && wrmsr(pc, 0x828, 0));
    cr_expect_eq(rdmsr_ok(pc, 0x828), ESR_SEND_VECTOR | ESR_RECEIVE_VECTOR);
}

Test(local_apic, entering_x2apic_mode_clears_the_icrs_high_half)
{
    NEWER(pc);
    put(pc, ICR_HIGH, 0x05000000);
    cr_assert(wrmsr(pc, MSR_BASE, APIC_PA | X2APIC));
    cr_expect_eq(rdmsr_ok(pc, MSR_ICR) >> 32, 0);
}

Test(local_apic, init_leaves_x2apic_mode_as_it_is)
{
    EXTENDED(pc);
    cr_assert(wrmsr(pc, 0x808, 0x55));
    cpu_initialize(pc->cpu);
    cr_expect_eq(pc->cpu->apic_base, APIC_PA | X2APIC);
    enter_protected(pc, 0);
    cr_expect_eq(rdmsr_ok(pc, 0x808), 0);
    cr_expect_eq(rdmsr_ok(pc, 0x80f), 0xff);
}
