/* IN of a device that changes what comes next, a nearer deadline or an interrupt, comes out the same in both instances, to the tick.  doc: fast */
#include "tests/unit/cpu/fixture.h"

/* Every third read lowers the deadline, every fourth raises INTR, and each tells the tick of the last. */
static u32 device(void *board, u16 port, unsigned size)
{
    struct pc *pc = board;

    pc->bus.in++;
    if (pc->bus.in % 3 == 0 && pc->time.deadline > pc->time.now + 7) {
        pc->time.deadline = pc->time.now + 7;
        cpu_deadline_lowered(pc->cpu);
    }
    if (port & 1 && pc->bus.in % 4 == 0) cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    u64 before = pc->bus.value;
    pc->bus.value = pc->time.now;
    return (u32)(before * 0x01000193u) >> (32 - 8 * size);
}

/* L: IN EAX or AL, DX; ADD [ESI], EAX; DEC ECX; JNZ L; HLT */
static const u8 wide[] = { 0x89, 0xd8, 0xed, 0x01, 0x06, 0x49, 0x75, 0xf8, 0xf4 }, byte[] = { 0x89, 0xd8, 0xec, 0x01, 0x06, 0x49, 0x75, 0xf8, 0xf4 };

static void set_up(struct pc *pc, const u8 *code, size_t size, u16 port, bool exact)
{
    enter_protected(pc, 0);
    memcpy(pc->ram + CODE, code, size);
    pc->cpu->gpr[RBX] = 0x12345678;
    pc->cpu->gpr[RCX] = 60;
    pc->cpu->gpr[RDX] = port;
    pc->cpu->gpr[RSI] = DATA;
    pc->cpu->bus.in = device;
    pc->cpu->rflags |= EFLAGS_IF;
    pc->vector = 0x20;
    cpu_set_exact(pc->cpu, exact);
}

static void compare(const u8 *code, size_t size, u16 port, unsigned expected_reads)
{
    PC(fast) = pc_create("i486dx4");
    PC(exact) = pc_create("i486dx4");

    set_up(fast, code, size, port, false);
    set_up(exact, code, size, port, true);
    for (unsigned stops = 0; stops < 500; stops++) {
        fast->time.deadline = fast->time.now + 300;
        exact->time.deadline = exact->time.now + 300;
        enum cpu_stop ended = cpu_run(fast->cpu);
        cr_assert_eq(ended, cpu_run(exact->cpu));
        cr_assert_eq(fast->time.now, exact->time.now);
        cr_assert_eq(fast->cpu->rip, exact->cpu->rip);
        cr_assert_eq(memcmp(fast->cpu->gpr, exact->cpu->gpr, sizeof fast->cpu->gpr), 0);
        cr_assert_eq(memcmp(fast->ram, exact->ram, RAM_BYTES), 0);
        if (ended == CPU_STOP_HALTED) break;
    }
    cr_assert_eq(fast->bus.in, expected_reads, "%u reads", fast->bus.in);
    cr_assert_eq(exact->bus.in, expected_reads);
}

Test(in, a_device_may_lower_the_deadline)
{
    compare(wide, sizeof wide, 0x100, 60);
    compare(byte, sizeof byte, 0x100, 60);
}

Test(in, a_device_may_raise_an_interrupt) { compare(wide, sizeof wide, 0x101, 4); }

/* --- ports whose answer is known --- */

static bool always_steady(void *board, u16 port, unsigned size)
{
    (void)board, (void)port, (void)size;
    return true;
}

static u32 count_reads(void *board, u16 port, unsigned size)
{
    (void)port, (void)size;
    return ++((struct pc *)board)->bus.in;
}

static void poll(struct pc *pc, const u8 *code, size_t size)
{
    set_up(pc, code, size, 0x100, false);
    pc->cpu->bus.in = count_reads;
    pc->cpu->bus.in_is_steady = always_steady;
    pc->cpu->rip = CODE;
    run_ticks(pc, 1000);
    cr_assert_eq(pc->cpu->activity, ACTIVITY_HALTED);
}

#ifndef HARD                             /* there all runs are the exact instance's */
Test(in, a_steady_port_is_asked_once_a_run)
{
    PC(pc) = pc_create("i486dx4");
    poll(pc, wide, sizeof wide);
    cr_expect_eq(pc->bus.in, 1);
    cr_expect_eq(get32(pc->ram + DATA), 60);
}
#endif

Test(in, a_steady_port_is_asked_again_behind_every_other_access)
{
    /* L: IN EAX, DX; ADD [ESI], EAX; and something; DEC ECX; JNZ L; HLT */
    static const u8 out[] = { 0xed, 0x01, 0x06, 0xee, 0x49, 0x75, 0xf9, 0xf4 }, other_in[] = { 0xed, 0x01, 0x06, 0xe4, 0x60, 0x49, 0x75, 0xf8, 0xf4 },
                    load[] = { 0xed, 0x01, 0x06, 0xa1, DWORD(0xa0000000), 0x49, 0x75, 0xf5, 0xf4 }, store[] = { 0xed, 0x01, 0x06, 0xa3, DWORD(0xa0000000), 0x49, 0x75, 0xf5, 0xf4 },
                    ins[] = { 0xed, 0x01, 0x06, 0x6c, 0x4f, 0x49, 0x75, 0xf8, 0xf4 };
    const struct { const u8 *code; size_t size; unsigned reads; } cases[] = {
        { out, sizeof out, 60 }, { other_in, sizeof other_in, 120 }, { load, sizeof load, 60 }, { store, sizeof store, 60 }, { ins, sizeof ins, 120 },
    };

    for (unsigned n = 0; n < ARRAY_COUNT(cases); n++) {
        PC(pc) = pc_create("i486dx4");
        pc->cpu->gpr[RDI] = DATA + 0x100;
        poll(pc, cases[n].code, cases[n].size);
        cr_expect_eq(pc->bus.in, cases[n].reads, "case %u: %u reads", n, pc->bus.in);
    }
}

Test(in, a_steady_port_is_asked_again_when_a_run_begins)
{
    PC(pc) = pc_create("i486dx4");
    set_up(pc, wide, sizeof wide, 0x100, false);
    pc->cpu->bus.in = count_reads;
    pc->cpu->bus.in_is_steady = always_steady;
    for (unsigned runs = 1; runs <= 4; runs++) {
        run_ticks(pc, 60);
        cr_expect_geq(pc->bus.in, runs);
    }
}
