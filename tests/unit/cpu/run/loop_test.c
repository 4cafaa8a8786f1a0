/* Between instructions: the fast instance goes on behind interrupts, returns and faults by itself where the loop would have nothing to do,
 * and at equal ticks the state is that of the exact instance.                                              doc: exact */
#include "tests/unit/cpu/fixture.h"

enum { BODY = 80, PROGRAMS = 60, COUNTS = 0x14000, EXTERNAL = 0x40 };

static u64 seed;

static u32 pick(u32 n)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (u32)((seed * 0x2545f4914f6cdd1dull >> 33) % n);
}

static u8 *put(u8 *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}
#define PUT(at, ...) put(at, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ })

static u8 *an_instruction(u8 *at, bool user)
{
    u32 flags = EFLAGS_1 | (pick(2) ? EFLAGS_IF : 0) | (pick(4) ? 0 : EFLAGS_TF) | (pick(4) ? 0 : EFLAGS_DF) | (pick(2) ? EFLAGS_CF : 0);

    switch (pick(user ? 9 : 15)) {
    case 0: return PUT(at, 0xcd, (u8)(0x80 + pick(4)));                                      /* INT n */
    case 1: return PUT(at, 0x0f, 0x0b);                                                      /* UD2 */
    case 2: return PUT(at, 0x68, DWORD(flags), 0x9d);                                        /* PUSH flags, POPF */
    case 3: return PUT(at, 0x9c, 0x58);                                                      /* PUSHF, POP EAX */
    case 4: return PUT(at, 0x16, 0x17);                                                      /* PUSH SS, POP SS */
    case 5: return PUT(at, 0x1e, 0x07);                                                      /* PUSH DS, POP ES */
    case 6: return PUT(at, 0xc4, 0xc0);                                                      /* an undefined opcode of two bytes */
    case 7: return PUT(at, 0x01, 0xd8, 0x11, 0xca);                                          /* ADD EAX, EBX; ADC EDX, ECX */
    case 8: return PUT(at, 0x8d, 0x5b, (u8)pick(256));                                       /* LEA EBX, [EBX + n] */
    case 9: return PUT(at, 0xfb);                                                            /* STI */
    case 10: return PUT(at, 0xfa);                                                           /* CLI */
    case 11: return PUT(at, 0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8);                             /* MOV EAX, CR3; MOV CR3, EAX */
    case 12: return PUT(at, 0x0f, 0x01, 0x3d, DWORD(DATA));                                  /* INVLPG */
    case 13: return PUT(at, 0x68, DWORD(flags), 0x0e, 0xe8, DWORD(1), 0x90, 0xcf);           /* PUSH flags, PUSH CS, CALL over a NOP to IRET, back to it */
    default: return PUT(at, 0x0f, 0x20, 0xc0, 0x83, 0xf0, 0x02, 0x0f, 0x22, 0xc0);           /* CR0 with MP flipped */
    }
}

/* Each handler counts; that of #UD skips the two bytes, that of #DB ends the single steps. */
static void put_handlers(struct pc *pc)
{
    for (unsigned v = 0; v < 256; v++) PUT(pc->ram + HANDLERS + v * 16, 0xff, 0x05, DWORD(COUNTS + v * 4), 0xcf);
    PUT(pc->ram + HANDLERS + VECTOR_UD * 16, 0x83, 0x04, 0x24, 0x02, 0xff, 0x05, DWORD(COUNTS + VECTOR_UD * 4), 0xcf);
    PUT(pc->ram + HANDLERS + VECTOR_DB * 16, 0x81, 0x64, 0x24, 0x08, DWORD(~(u32)EFLAGS_TF), 0xff, 0x05, 0x04, 0x40, 0x01, 0x00, 0xcf);
}

static void set_up(struct pc *pc, u64 random, unsigned cpl, bool exact)
{
    u8 *at = pc->ram + CODE;

    enter_protected(pc, cpl);
    enter_paging(pc);
    put_handlers(pc);
    seed = random;
    for (unsigned n = 0; n < BODY; n++) at = an_instruction(at, cpl == 3);
    at = PUT(at, 0xbc, DWORD(cpl ? STACK_3 : STACK_0));                                      /* MOV ESP */
    s32 back = (s32)(pc->ram + CODE - (at + 5));
    PUT(at, 0xe9, DWORD((u32)back));
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF);
    pc->vector = EXTERNAL;
    cpu_set_exact(pc->cpu, exact);
}

static void expect_same(struct pc *a, struct pc *b, u64 random)
{
    cpu_settle(a->cpu);
    cpu_settle(b->cpu);
    cr_assert_eq(a->time.now, b->time.now, "program %llx", (unsigned long long)random);
    cr_assert_eq(a->cpu->rip, b->cpu->rip, "program %llx: RIP", (unsigned long long)random);
    for (unsigned n = 0; n < 8; n++) cr_assert_eq(a->cpu->gpr[n], b->cpu->gpr[n], "program %llx: register %u", (unsigned long long)random, n);
    cr_assert_eq(cpu_eflags(a->cpu), cpu_eflags(b->cpu), "program %llx: EFLAGS", (unsigned long long)random);
    cr_assert_eq(a->cpu->dr[6], b->cpu->dr[6]);
    cr_assert_eq(a->acknowledged, b->acknowledged, "program %llx", (unsigned long long)random);
    cr_assert_eq(memcmp(a->ram, b->ram, RAM_BYTES), 0, "program %llx: memory", (unsigned long long)random);
    for (u64 i = 0; i < a->cpu->fault_log.count && i < FAULT_LOG_ENTRIES; i++)
        cr_assert_eq(a->cpu->fault_log.entry[i].tick, b->cpu->fault_log.entry[i].tick, "program %llx: when fault %u was raised", (unsigned long long)random, (unsigned)i);
}

static void run_both(u64 random, unsigned cpl)
{
    PC(fast) = pc_create("p4_prescott");
    PC(exact) = pc_create("p4_prescott");

    set_up(exact, random, cpl, true);
    set_up(fast, random, cpl, false);
    for (unsigned slice = 0; slice < 60; slice++) {
        fast->time.deadline = exact->time.deadline = exact->time.now + 1 + pick(slice < 30 ? 60 : 600);
        bool level = pick(4) == 0;
        cpu_set_line(fast->cpu, CPU_LINE_INTR, level);
        cpu_set_line(exact->cpu, CPU_LINE_INTR, level);
        enum cpu_stop ended = cpu_run(fast->cpu);
        cr_assert_eq(ended, cpu_run(exact->cpu));
        expect_same(fast, exact, random);
        if (ended != CPU_STOP_DEADLINE) return;
    }
    cr_expect_gt(get32(fast->ram + COUNTS + VECTOR_UD * 4) + get32(fast->ram + COUNTS + 0x80 * 4), 0);
}

Test(loop, interrupts_returns_and_faults_of_level_0_come_out_the_same)
{
    for (u64 n = 1; n <= PROGRAMS; n++) run_both(n * 0x9e3779b97f4a7c15, 0);
}

Test(loop, interrupts_returns_and_faults_of_level_3_come_out_the_same)
{
    for (u64 n = 1; n <= PROGRAMS; n++) run_both(n * 0xbf58476d1ce4e5b9, 3);
}

/* A device that a port reaches wants to be called soon: time stops there, in the middle of a slice that was to be longer. */
static void lower_deadline(void *board, u16 port, unsigned size, u32 value)
{
    struct pc *pc = board;
    (void)port, (void)size;
    pc->time.deadline = pc->time.now + value;
}

Test(loop, a_deadline_that_a_port_lowers_is_kept_to_the_tick)
{
    PC(pc) = pc_create("p4_prescott");
    enter_protected(pc, 0);
    pc->cpu->bus.out = lower_deadline;
    PUT(pc->ram + CODE, 0xb9, DWORD(50), 0x49, 0x75, 0xfd, 0xb0, 60, 0xe6, 0x80, 0xeb, 0xfe);    /* MOV ECX; DEC, JNZ; MOV AL, 60; OUT 80h; JMP $ */
    pc->time.deadline = 10000;
    cr_assert_eq(cpu_run(pc->cpu), CPU_STOP_DEADLINE);
    cr_expect_eq(pc->time.now, 1 + 100 + 1 + 60);
}

static void lower_by_store(void *board, u64 pa, unsigned size, u64 value)
{
    struct pc *pc = board;
    (void)pa, (void)size;
    pc->time.deadline = pc->time.now + value;
}

/* No look at the loop follows a MOV: the run must end in the midst of the trace behind it. */
Test(loop, a_deadline_that_a_store_to_a_device_lowers_is_kept_to_the_tick)
{
    for (unsigned exact = 0; exact < 2; exact++)
        for (u8 ticks = 1; ticks < 30; ticks++) {
            PC(pc) = pc_create("p4_prescott");
            enter_protected(pc, 0);
            pc->cpu->bus.mmio_write = lower_by_store;
            cpu_set_exact(pc->cpu, exact);
            u8 *at = PUT(pc->ram + CODE, 0xb9, DWORD(50), 0x49, 0x75, 0xfd, 0xc6, 0x05, DWORD(RAM_BYTES), ticks);      /* MOV ECX; DEC, JNZ; MOV byte [device], ticks */
            for (unsigned n = 0; n < 40; n++) at = PUT(at, 0x42);                                                          /* INC EDX */
            PUT(at, 0xeb, 0xfe);
            pc->cpu->gpr[RDX] = 0;
            pc->time.deadline = 10000;
            cr_assert_eq(cpu_run(pc->cpu), CPU_STOP_DEADLINE);
            cr_expect_eq(pc->time.now, 1 + 100u + ticks);
            cr_expect_eq(pc->cpu->gpr[RDX], ticks - 1u);
        }
}
