/* The local APIC: its timer.  SDM vol. 3A, "APIC Timer", "TSC-Deadline Mode". */
#include "tests/unit/cpu/system/local_apic_bench.h"

/* --- timer: "APIC Timer" --- */

static const struct { u8 code; unsigned by; } divide_case[] = {
    { 0, 2 }, { 1, 4 }, { 2, 8 }, { 3, 16 }, { 8, 32 }, { 9, 64 }, { 10, 128 }, { 11, 1 },
};

Test(local_apic, a_one_shot_ends_exactly_after_count_times_divisor)
{
    for (unsigned i = 0; i < ARRAY_COUNT(divide_case); i++) {
        APIC(pc);
        u64 start = pc->time.now;
        put(pc, LVT_T, 0x51);
        put(pc, DIVIDE, divide_case[i].code);
        put(pc, INITIAL, 7);
        u64 end = start + 7 * divide_case[i].by;
        cr_expect_eq(pc->timer_at, end);
        run_until(pc, end - 1);
        cr_expect_eq(get(pc, CURRENT), 1);
        cr_expect_not(bit_of(pc, IRR, 0x51));
        run_until(pc, end);
        cr_expect(bit_of(pc, IRR, 0x51), "divided by %u", divide_case[i].by);
        cr_expect_eq(get(pc, CURRENT), 0);
        cr_expect_eq(pc->timer_at, UINT64_MAX);
        run_until(pc, end + 1);
        cr_expect_eq(stack_word(pc, 0), CODE + (u32)(end - start), "taken between two instructions");
    }
}

Test(local_apic, a_timer_started_by_the_guest_counts_from_that_instruction)
{
    static const u8 code[] = { 0x90, 0xc7, 0x03, DWORD(5) };             /* NOP; MOV [EBX], 5; NOPs */
    APIC(pc);
    put(pc, LVT_T, 0x51);
    put(pc, DIVIDE, BY_1);
    pc->cpu->gpr[RBX] = APIC_PA + INITIAL;
    memcpy(pc->ram + CODE, code, sizeof code);
    run_until(pc, 20);
    cr_expect_eq(stack_word(pc, 0), CODE + 7 + 4, "MOV is tick 1; the end is seen before tick 6");
}

Test(local_apic, the_current_count_falls_by_one_a_period_of_the_divided_clock)
{
    APIC(pc);
    put(pc, LVT_T, LVT_MASKED | 0x51);
    put(pc, DIVIDE, 1);
    put(pc, INITIAL, 100);
    for (unsigned tick = 0; tick < 17; tick++) {
        cr_expect_eq(get(pc, CURRENT), 100 - tick / 4);
        run_until(pc, tick + 1);
    }
    cr_expect_eq(get(pc, INITIAL), 100);
}

Test(local_apic, periodic_ends_every_period_without_drift)
{
    APIC(pc);
    put(pc, LVT_T, LVT_PERIODIC | 0x51);
    put(pc, DIVIDE, 0);
    put(pc, INITIAL, 50);
    set_interrupts(pc, false);
    for (unsigned period = 1; period <= 5; period++) {
        run_until(pc, period * 100 - 1);
        cr_expect_not(bit_of(pc, IRR, 0x51));
        run_until(pc, period * 100);
        cr_expect_eq(apic_acknowledge(pc->cpu), 0x51);
        cr_expect_eq(get(pc, CURRENT), 50);
        put(pc, EOI, 0);
    }
    put(pc, INITIAL, 0);
    cr_expect_eq(pc->timer_at, UINT64_MAX, "a count of 0 stops it");
}

Test(local_apic, it_ends_while_the_processor_is_halted)
{
    APIC(pc);
    put(pc, LVT_T, 0x51);
    put(pc, INITIAL, 1000);
    pc->ram[CODE] = 0xf4;
    run_until(pc, 2001);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x51 * 16 + 1);
    cr_expect_eq(stack_word(pc, 0), CODE + 1);
}

Test(local_apic, masked_it_counts_and_does_not_interrupt)
{
    APIC(pc);
    put(pc, LVT_T, LVT_MASKED | 0x51);
    put(pc, DIVIDE, BY_1);
    put(pc, INITIAL, 10);
    run_until(pc, 10);
    cr_expect_eq(get(pc, CURRENT), 0);
    cr_expect_not(bit_of(pc, IRR, 0x51));
}

Test(local_apic, another_divisor_applies_to_what_is_left)
{
    APIC(pc);
    put(pc, LVT_T, 0x51);
    put(pc, DIVIDE, BY_1);
    put(pc, INITIAL, 100);
    run_until(pc, 40);
    put(pc, DIVIDE, 0);
    cr_expect_eq(get(pc, CURRENT), 60);
    cr_expect_eq(pc->timer_at, 40 + 120);
}

Test(local_apic, from_periodic_to_one_shot_it_counts_to_its_end_and_stops)
{
    APIC(pc);
    put(pc, LVT_T, LVT_PERIODIC | 0x51);
    put(pc, DIVIDE, BY_1);
    put(pc, INITIAL, 100);
    run_until(pc, 130);
    put(pc, LVT_T, 0x51);
    cr_expect_eq(pc->timer_at, 200);
    set_interrupts(pc, false);
    run_until(pc, 200);
    cr_expect_eq(pc->timer_at, UINT64_MAX);
}

/* --- "TSC-Deadline Mode" --- */

static void by_deadline(struct pc *pc) { put(pc, LVT_T, LVT_TSC_DEADLINE | 0x51); }

Test(local_apic, the_tsc_deadline_is_met_exactly_and_then_forgotten)
{
    NEWER(pc);
    by_deadline(pc);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 500), "%s", told(pc));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 500);
    cr_expect_eq(pc->timer_at, 500);
    run_until(pc, 499);
    cr_expect_not(bit_of(pc, IRR, 0x51));
    run_until(pc, 500);
    cr_expect(bit_of(pc, IRR, 0x51));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0);
    cr_expect_eq(get(pc, CURRENT), 0);
}

Test(local_apic, a_deadline_that_has_passed_interrupts_at_once)
{
    NEWER(pc);
    by_deadline(pc);
    run_until(pc, 50);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 20));
    cr_expect(bit_of(pc, IRR, 0x51));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0);
}

Test(local_apic, a_deadline_that_is_now_interrupts_at_once)
{
    NEWER(pc);
    by_deadline(pc);
    run_until(pc, 50);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 50));
    cr_expect(bit_of(pc, IRR, 0x51));
    cr_expect_eq(pc->timer_at, UINT64_MAX);
}

Test(local_apic, the_deadline_follows_a_write_of_the_tsc)
{
    NEWER(pc);
    by_deadline(pc);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 10000));
    u64 now = pc->time.now;
    cr_assert(wrmsr(pc, 0x10, 9000));
    cr_expect_eq(pc->timer_at, now + 1000);
    cr_assert(wrmsr(pc, 0x10, ~0ull));
    cr_expect(bit_of(pc, IRR, 0x51));
}

Test(local_apic, zero_or_another_mode_disarms_the_deadline)
{
    NEWER(pc);
    by_deadline(pc);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 5000) && wrmsr(pc, MSR_DEADLINE, 0));
    cr_expect_eq(pc->timer_at, UINT64_MAX);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 5000));
    put(pc, LVT_T, 0x51);
    cr_expect_eq(pc->timer_at, UINT64_MAX);
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 5000));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0, "ignored in another mode");
    by_deadline(pc);
    put(pc, INITIAL, 5);
    cr_expect_eq(get(pc, INITIAL), 0, "ignored in deadline mode");
    APIC(p6);
    cr_expect_not(wrmsr(p6, MSR_DEADLINE, 1), "the MSR is the feature's");
}
