/* Random programs: loops of instructions that read and write flags, registers, memory and the stack come out the same in the fast instance
 * as in the exact one, after every number of ticks.                                          doc: fast */
#include "tests/unit/cpu/fixture.h"

enum { ROUNDS = 12, BODY = 40, PROGRAMS = 120 };

static u64 seed;
static bool with_units;                                  /* x87 and SSE instructions too */

static u32 pick(u32 n)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (u32)((seed * 0x2545f4914f6cdd1dull >> 33) % n);
}

/* ModRM of a register, or of memory that ESI and EDI point to; no ESP. */
static u8 *modrm(u8 *at, unsigned reg)
{
    static const u8 registers[] = { 0, 1, 2, 3, 5 };

    if (pick(3)) {
        *at++ = (u8)(0xc0 | reg << 3 | registers[pick(5)]);
        return at;
    }
    if (pick(3)) {
        *at++ = (u8)(0x40 | reg << 3 | (6 + pick(2)));
    } else {                                             /* an index of EBP, which stays small */
        *at++ = (u8)(0x44 | reg << 3);
        *at++ = (u8)(pick(4) << 6 | 5 << 3 | (6 + pick(2)));
    }
    *at++ = (u8)pick(64);
    return at;
}

static unsigned a_register(void)
{
    static const u8 registers[] = { 0, 1, 2, 3 };
    return registers[pick(4)];
}

static u8 *immediate(u8 *at, unsigned bytes)
{
    u32 kind = pick(4);                                  /* 0, -1, or anything */

    while (bytes--) *at++ = (u8)(kind == 0 ? 0 : kind == 1 ? 0xff : pick(256));
    return at;
}

static u8 *group_3(u8 *at, bool wide)
{
    static const u8 digits[] = { 0, 2, 3, 4, 5 };
    unsigned digit = digits[pick(5)];

    *at++ = wide ? 0xf7 : 0xf6;
    at = modrm(at, digit);
    return digit == 0 ? immediate(at, wide ? 4 : 1) : at;
}

static u8 *shift(u8 *at)
{
    unsigned form = pick(3), wide = pick(2);

    *at++ = (u8)((form == 0 ? 0xc0 : form == 1 ? 0xd0 : 0xd2) + wide);
    at = modrm(at, pick(8));
    if (form == 0) *at++ = (u8)pick(40);
    return at;
}

static u8 *two_byte(u8 *at)
{
    static const u8 opcodes[] = { 0xa3, 0xab, 0xb3, 0xbb, 0xa5, 0xad, 0xaf, 0xb6, 0xb7, 0xbe, 0xbf, 0xbc, 0xbd, 0xc1 };

    *at++ = 0x0f;
    switch (pick(3)) {
    case 0: *at++ = (u8)(0x90 + pick(16)); return modrm(at, 0);
    case 1: *at++ = (u8)(0x40 + pick(16)); return modrm(at, a_register());
    default: break;
    }
    unsigned opcode = opcodes[pick(ARRAY_COUNT(opcodes))];
    *at++ = (u8)opcode;
    if (opcode < 0xaf || opcode == 0xb3 || opcode == 0xbb) {     /* a bit offset stays in the operand when it is a register */
        *at++ = (u8)(0xc0 | a_register() << 3 | a_register());
        return at;
    }
    return modrm(at, a_register());
}

static u8 *arithmetic(u8 *at)
{
    unsigned operation = pick(8) << 3;

    switch (pick(4)) {
    case 0: *at++ = (u8)(operation + pick(4)); return modrm(at, a_register());
    case 1: *at++ = 0x81; return immediate(modrm(at, operation >> 3), 4);
    case 2: *at++ = 0x83; return immediate(modrm(at, operation >> 3), 1);
    default: *at++ = (u8)(operation + 5); return immediate(at, 4);
    }
}

/* Bit n of a byte: registers in group n of eight, memory with /n. */
static u8 *x87(u8 *at)
{
    static const u8 registers[8] = { 0xff, 0x03, 0x0f, 0x6f, 0xf3, 0x3c, 0xf3, 0x60 }, memory[8] = { 0xff, 0x0d, 0xff, 0xad, 0xff, 0x0d, 0xff, 0xad };
    static const u8 single[] = { 0xe0, 0xe1, 0xe4, 0xe5, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xfa, 0xfc };
    unsigned opcode = pick(8), group = pick(8);

    *at++ = (u8)(0xd8 + opcode);
    if (opcode == 1 && pick(2)) *at++ = single[pick(ARRAY_COUNT(single))];
    else if (registers[opcode] >> group & 1 && pick(2)) *at++ = (u8)(0xc0 | group << 3 | pick(3));
    else {
        while (!(memory[opcode] >> group & 1)) group = pick(8);
        *at++ = (u8)(0x40 | group << 3 | 6), *at++ = (u8)pick(64);
    }
    return at;
}

/* Operands of 16 bytes are registers: memory would have to be aligned. */
static u8 *sse(u8 *at)
{
    static const u8 prefixes[] = { 0xf2, 0xf3, 0x66, 0x90 }, arithmetic[] = { 0x51, 0x58, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0x5f, 0xc2 };
    static const u8 packed[] = { 0x10, 0x12, 0x14, 0x15, 0x16, 0x28, 0x2e, 0x2f, 0x50, 0x54, 0x55, 0x56, 0x57, 0x5b };
    static const u8 integers[] = { 0x60, 0x62, 0x66, 0x6a, 0x6b, 0x6c, 0x6f, 0x70, 0x72, 0x73, 0x76, 0xc4, 0xc5, 0xc6, 0xd4, 0xd5, 0xd7, 0xdb, 0xe4, 0xeb, 0xef, 0xf4, 0xfa, 0xfe };
    unsigned form = pick(4), scalar = prefixes[pick(2)], reg = pick(4);

    u8 *prefix = at;
    *at++ = (u8)(form == 0 ? prefixes[pick(4)] : form == 1 ? scalar : form == 2 ? prefixes[2 + pick(2)] : 0x66);
    *at++ = 0x0f;
    switch (form) {
    case 0: *at++ = arithmetic[pick(ARRAY_COUNT(arithmetic))]; break;
    case 1:
        *at++ = pick(3) ? arithmetic[pick(ARRAY_COUNT(arithmetic))] : (u8)(pick(3) ? 0x10 + pick(2) : pick(2) ? 0x2a : 0x2c + pick(2));
        if (pick(2) || at[-1] == 0xc2) break;
        *at++ = (u8)(0x40 | (reg == 1 ? 0 : reg) << 3 | 6), *at++ = (u8)pick(64);
        return at;
    case 2: *at++ = packed[pick(ARRAY_COUNT(packed))]; break;
    default:
        *at++ = integers[pick(ARRAY_COUNT(integers))];
        if (at[-1] == 0x70) *prefix = prefixes[pick(3)];
        break;
    }
    if (at[-1] == 0x72 || at[-1] == 0x73) {              /* shifts by an immediate; 73 /3 and /7 of bytes */
        unsigned digit = at[-1] == 0x72 ? 2 + 4 * pick(2) : 2 + 4 * pick(2) + pick(2);
        *at++ = (u8)(0xc0 | digit << 3 | pick(4)), *at++ = (u8)pick(40);
        return at;
    }
    u8 opcode = at[-1];
    *at++ = (u8)(0xc0 | reg << 3 | pick(4));
    if (opcode == 0x70 || opcode == 0xc2 || (opcode >= 0xc4 && opcode <= 0xc6)) *at++ = (u8)pick(256);
    return at;
}

/* The opcodes of packed integers without a prefix; operands in memory need not be aligned. */
static u8 *mmx(u8 *at)
{
    static const u8 others[] = { 0x60, 0x61, 0x62, 0x63, 0x64, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6e, 0x6f, 0x6f, 0x70, 0x71, 0x72, 0x74, 0x76, 0x77, 0x7e, 0x7f, 0xc5 };
    unsigned opcode = pick(2) ? others[pick(ARRAY_COUNT(others))] : 0xd1 + pick(0xfe - 0xd0), reg = pick(8);
    bool memory = pick(3) == 0 && opcode != 0xc5 && opcode != 0xd7 && opcode != 0xe7;

    if (opcode == 0xd6 || opcode == 0xe6 || opcode == 0xf0 || opcode == 0xf7 || (opcode == 0xe7 && !memory)) opcode = 0xfc;
    *at++ = 0x0f;
    *at++ = (u8)opcode;
    if (opcode == 0x77) return at;
    if (opcode == 0x71 || opcode == 0x72) {
        *at++ = (u8)(0xc0 | (2 + 2 * pick(3)) << 3 | pick(8)), *at++ = (u8)pick(70);
        return at;
    }
    if (opcode == 0xc5 || opcode == 0xd7) reg = a_register();
    if (memory) *at++ = (u8)(0x40 | reg << 3 | 6), *at++ = (u8)pick(64);
    else *at++ = (u8)(0xc0 | reg << 3 | (opcode == 0x7e || opcode == 0x6e ? a_register() : pick(8)));
    if (opcode == 0x70 || opcode == 0xc5) *at++ = (u8)pick(256);
    return at;
}

static u8 *instruction(u8 *at)
{
    if (with_units && !pick(12)) return mmx(at);
    if (with_units && pick(2)) return pick(2) ? x87(at) : sse(at);
    if (!pick(8)) *at++ = 0x66;
    u8 *begin = at;
    switch (pick(12)) {
    case 0: case 1: case 2: at = arithmetic(at); break;
    case 3: *at++ = (u8)((pick(2) ? 0x40 : 0x48) + a_register()); break;
    case 4: *at++ = (u8)(0x84 + pick(8)); at = modrm(at, a_register()); break;
    case 5: at = group_3(at, pick(2)); break;
    case 6: *at++ = pick(2) ? 0xfe : 0xff; at = modrm(at, pick(2)); break;
    case 7: at = shift(at); break;
    case 8: at = two_byte(at); break;
    case 9: *at++ = 0x50 + (u8)a_register(); *at++ = 0x58 + (u8)a_register(); break;
    case 10: *at++ = 0x8d; *at++ = (u8)(0x44 | a_register() << 3); *at++ = (u8)(pick(4) << 6 | 5 << 3 | 6); *at++ = (u8)pick(64); break;
    default: *at++ = (u8)(pick(2) ? 0x98 + pick(2) : 0x9e + pick(2)); break;
    }
    /* 66 makes a word immediate of a doubleword one: instructions with one go without */
    bool word = begin[-1] == 0x66, has_immediate = begin[0] == 0x81 || begin[0] == 0xf7 || (begin[0] < 0x40 && (begin[0] & 7) == 5);
    if (word && has_immediate) begin[-1] = 0x90;
    return at;
}

/* Conditional jumps over the next instruction now and then; the body repeats ROUNDS times by a counter behind the data. */
static void program(u8 *code, bool long_mode)
{
    u8 *at = code, *skip = NULL;

    for (unsigned i = 0; i < BODY; i++) {
        if (skip) skip[-1] = 0;
        u8 *begin = at;
        at = instruction(at);
        if (long_mode && (*begin & 0xf0) == 0x40) *begin = 0x90;         /* REX there */
        if (skip) skip[-1] = (u8)(at - skip);
        skip = NULL;
        if (pick(4) == 0) {
            *at++ = (u8)(0x70 + pick(16));
            *at++ = 0;
            skip = at;
        }
    }
    *at++ = 0x83, *at++ = 0x6e, *at++ = 0x7c, *at++ = 1;         /* SUB dword [esi + 7Ch], 1 */
    *at++ = 0x0f, *at++ = 0x85;
    put32(at, (u32)(code - (at + 4)));
    at[4] = 0xf4;
}

static void set_up(struct pc *pc, bool long_mode, u64 random, bool exact)
{
    seed = random;
    if (long_mode) enter_long(pc, 0);
    else enter_protected(pc, 0);
    program(pc->ram + CODE, long_mode);
    for (unsigned i = 0; i < 0x400; i++) pc->ram[DATA + i] = (u8)pick(256);
    put32(pc->ram + DATA + 0x7c, ROUNDS);
    for (unsigned n = 0; n < 4; n++) pc->cpu->gpr[n] = pick(3) ? (u64)pick(0x7fffffff) << pick(2) : (u32)(pick(3) - 1u);
    pc->cpu->gpr[RBP] = pick(32);
    pc->cpu->gpr[RSI] = DATA;
    pc->cpu->gpr[RDI] = DATA + 0x200;
    if (with_units) {                                    /* mostly all exceptions masked; any rounding and precision, DAZ, FTZ */
        pc->cpu->cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
        pc->cpu->x87.control = (u16)((pick(8) ? 0x7f : 0x7d) | pick(16) << 8);
        pc->cpu->mxcsr = 0x1f80 | pick(4) << 13 | (pick(4) ? 0 : 0x8040);
    }
    cpu_set_exact(pc->cpu, exact);
}

static void expect_same(struct pc *a, struct pc *b, u64 random)
{
    cpu_settle(a->cpu);
    cpu_settle(b->cpu);
    for (unsigned n = 0; n < 16; n++) cr_assert_eq(a->cpu->gpr[n], b->cpu->gpr[n], "program %llu: register %u", (unsigned long long)random, n);
    cr_assert_eq(a->cpu->rip, b->cpu->rip, "program %llu: RIP", (unsigned long long)random);
    cr_assert_eq(cpu_eflags(a->cpu), cpu_eflags(b->cpu), "program %llu: EFLAGS", (unsigned long long)random);
    cr_assert_eq(memcmp(a->ram, b->ram, RAM_BYTES), 0, "program %llu: memory", (unsigned long long)random);
    cr_assert_eq(memcmp(a->cpu->ymm, b->cpu->ymm, sizeof a->cpu->ymm), 0, "program %llu: YMM registers", (unsigned long long)random);
    cr_assert_eq(memcmp(&a->cpu->x87, &b->cpu->x87, sizeof a->cpu->x87), 0, "program %llu: x87", (unsigned long long)random);
    cr_assert_eq(a->cpu->mxcsr, b->cpu->mxcsr, "program %llu: MXCSR", (unsigned long long)random);
    cr_assert_eq(a->time.now, b->time.now);
}

/* Slices of random lengths, of which the first may be shorter than any trace. */
static void run_both(u64 random, bool long_mode)
{
    PC(fast) = pc_create("corei7_haswell");
    PC(exact) = pc_create("corei7_haswell");

    set_up(exact, long_mode, random, true);
    set_up(fast, long_mode, random, false);
    for (unsigned slice = 0; slice < 12; slice++) {
        u64 ticks = slice < 6 ? 1 + pick(100) : 2000;
        fast->time.deadline = exact->time.deadline = exact->time.now + ticks;
        enum cpu_stop ended = cpu_run(fast->cpu);
        cr_assert_eq(ended, cpu_run(exact->cpu));
        expect_same(fast, exact, random);
        if (ended != CPU_STOP_DEADLINE) return;
    }
}

Test(instances, random_32_bit_programs_come_out_the_same)
{
    for (u64 n = 1; n <= PROGRAMS; n++) run_both(n * 0x9e3779b97f4a7c15, false);
}

Test(instances, random_64_bit_programs_come_out_the_same)
{
    for (u64 n = 1; n <= PROGRAMS; n++) run_both(n * 0xbf58476d1ce4e5b9, true);
}

Test(instances, random_programs_with_x87_and_sse_come_out_the_same)
{
    with_units = true;
    for (u64 n = 1; n <= 2 * PROGRAMS; n++) run_both(n * 0x94d049bb133111eb, n & 1);
}
