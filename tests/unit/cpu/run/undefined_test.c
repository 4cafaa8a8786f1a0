/* Undefined flags and results drawn by lot: those that the manual leaves open take both values, all others are what they were.  SDM vol. 2, Flags Affected. */
#include "tests/unit/cpu/fixture.h"

enum { TIMES = 200 };

struct lots {
    u32 ones, zeros;             /* flags that were 1, that were 0, at least once */
    u32 model;                   /* what they are without lots */
    u16 least, most;             /* AX */
};

/* EAX = 12345678h, ECX = `ecx`, EDX = 9ABCh; then the instruction, again and again. */
static struct lots seen(const u8 *bytes, size_t size, u32 ecx)
{
    struct lots lots = { .least = 0xffff };
    u64 stream = 1;
    PC(pc) = pc_create("corei7_haswell");

    for (unsigned i = 0; i <= TIMES; i++) {
        cpu_set_undefined(pc->cpu, i ? &stream : NULL);
        enter_protected(pc, 0);
        pc->cpu->gpr[RAX] = 0x12345678;
        pc->cpu->gpr[RCX] = ecx;
        pc->cpu->gpr[RDX] = 0x9abc;
        cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_ARITHMETIC);
        run_bytes(pc, bytes, size);
        u32 flags = cpu_eflags(pc->cpu) & EFLAGS_ARITHMETIC;
        if (!i) {
            lots.model = flags;
            continue;
        }
        lots.ones |= flags;
        lots.zeros |= ~flags & EFLAGS_ARITHMETIC;
        if ((u16)pc->cpu->gpr[RAX] < lots.least) lots.least = (u16)pc->cpu->gpr[RAX];
        if ((u16)pc->cpu->gpr[RAX] > lots.most) lots.most = (u16)pc->cpu->gpr[RAX];
    }
    EXPECT_NO_FAULT(pc);
    return lots;
}
#define SEEN(ecx, ...) seen((const u8[]){ __VA_ARGS__ }, sizeof(const u8[]){ __VA_ARGS__ }, ecx)

static void expect_open(struct lots lots, u32 open, const char *what)
{
    cr_expect_eq(lots.ones & lots.zeros, open, "%s: open are %x, not %x", what, lots.ones & lots.zeros, open);
    cr_expect_eq(lots.ones & ~open, lots.model & ~open, "%s: defined flags", what);
}

enum { A = EFLAGS_AF, OA = EFLAGS_OF | EFLAGS_AF, SZAP = EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | EFLAGS_PF, OSAP = EFLAGS_OF | EFLAGS_SF | EFLAGS_AF | EFLAGS_PF };

Test(undefined, flags_that_the_rows_name_are_drawn)
{
    expect_open(SEEN(0, 0x01, 0xd0), 0, "ADD EAX, EDX");
    expect_open(SEEN(0, 0x21, 0xd0), A, "AND EAX, EDX");
    expect_open(SEEN(0, 0xf7, 0xe2), SZAP, "MUL EDX");
    expect_open(SEEN(0, 0x0f, 0xa3, 0xd0), OSAP, "BT EAX, EDX");
    expect_open(SEEN(0, 0x0f, 0xbc, 0xc2), EFLAGS_ARITHMETIC & ~EFLAGS_ZF, "BSF EAX, EDX");
}

Test(undefined, a_shift_leaves_open_what_its_count_says)
{
    expect_open(SEEN(0, 0xd3, 0xe0), 0, "SHL EAX, CL by 0");
    expect_open(SEEN(32, 0xd3, 0xe0), 0, "SHL EAX, CL by 32");
    expect_open(SEEN(0, 0xd1, 0xe0), A, "SHL EAX, 1");
    expect_open(SEEN(5, 0xd3, 0xe0), OA, "SHL EAX, CL by 5");
    expect_open(SEEN(0, 0xd1, 0xc0), 0, "ROL EAX, 1");
    expect_open(SEEN(0, 0xc1, 0xc0, 3), EFLAGS_OF, "ROL EAX, 3");
    expect_open(SEEN(9, 0xd2, 0xe8), OA | EFLAGS_CF, "SHR AL, CL by 9");
    expect_open(SEEN(9, 0xd2, 0xf8), OA, "SAR AL, CL by 9");
}

Test(undefined, results_of_words_are_drawn)
{
    struct lots swap = SEEN(0, 0x66, 0x0f, 0xc8), within = SEEN(16, 0x66, 0x0f, 0xa5, 0xd0), past = SEEN(17, 0x66, 0x0f, 0xa5, 0xd0);

    cr_expect(swap.most - swap.least > 0x4000, "BSWAP AX");
    cr_expect_eq(within.least, within.most, "SHLD AX, DX by 16");
    cr_expect(past.most - past.least > 0x4000, "SHLD AX, DX by 17");
    expect_open(past, EFLAGS_ARITHMETIC, "SHLD AX, DX by 17");
}

Test(undefined, a_run_draws_the_same_however_it_is_cut)
{
    /* AND, MOV, SHL by CL, INC, loop: PUSHF and ADD keep the flags' sum in memory */
    static const u8 code[] = { 0x21, 0xd0, 0x9c, 0x5b, 0x01, 0x1d, DWORD(DATA), 0xd3, 0xe2, 0x9c, 0x5b, 0x01, 0x1d, DWORD(DATA), 0x42, 0xeb, 0xea };
    u32 sum[2];

    for (unsigned cut = 0; cut < 2; cut++) {
        u64 stream = 7;
        PC(pc) = pc_create("corei7_haswell");
        enter_protected(pc, 0);
        pc->cpu->gpr[RCX] = 3;
        memcpy(pc->ram + CODE, code, sizeof code);
        cpu_set_undefined(pc->cpu, &stream);
        for (unsigned done = 0, piece; done < 3000; done += piece) run_ticks(pc, piece = cut ? 1 + done % 7 : 3000);
        EXPECT_NO_FAULT(pc);
        sum[cut] = get32(pc->ram + DATA) ^ (u32)pc->time.now << 20 ^ (u32)stream;
    }
    cr_expect_eq(sum[0] & 0xfffff, sum[1] & 0xfffff);
}
