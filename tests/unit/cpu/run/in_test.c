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
