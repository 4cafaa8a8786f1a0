/* Repeated string instructions, against a model that goes element by element: SDM vol. 2, "REP/REPE/REPZ/REPNE/REPNZ". */
#include "tests/unit/cpu/fixture.h"

#include "cpu/run/flags.h"

enum { REP = 0xf3, REPNE = 0xf2, MOVSB = 0xa4, CMPSB = 0xa6, STOSB = 0xaa, LODSB = 0xac, SCASB = 0xae, INSB = 0x6c, OUTSB = 0x6e, NARROW = 0x67, ODD = 0x123, BYTES = 0x10200 };

static u32 draw(u32 *seed, u32 below)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 8) % below;
}

/* What the instruction should have done so far. */
struct model {
    u8 *ram;
    u64 base, mask, si, di, cx, ax, flags;
    u8 opcode;               /* of the byte form */
    unsigned size;
    bool down, while_equal, ended;
};

static u64 part(const struct model *m, u64 offset)
{
    u64 v = 0;
    memcpy(&v, m->ram + m->base + offset, m->size);
    return v;
}

static u64 moved(const struct model *m, u64 reg, s64 by)
{
    u64 v = (reg + (u64)by) & m->mask;
    return m->mask == 0xffff ? (reg & ~0xffffull) | v : v;
}

static void compare(struct model *m, u64 a, u64 b)
{
    m->flags = (a == b ? EFLAGS_ZF : 0) | (a < b ? EFLAGS_CF : 0) | ((a - b) >> (m->size * 8 - 1) & 1 ? EFLAGS_SF : 0);
    m->ended = (a == b) != m->while_equal;
}

static void iterate(struct model *m)
{
    u64 si = m->si & m->mask, di = m->di & m->mask, a = part(m, si), b = part(m, di), ones = m->size == 8 ? ~0ull : (1ull << m->size * 8) - 1;
    bool loads = m->opcode == MOVSB || m->opcode == CMPSB || m->opcode == LODSB;
    s64 step = m->down ? -(s64)m->size : (s64)m->size;

    switch (m->opcode) {
    case MOVSB: memcpy(m->ram + m->base + di, &a, m->size); break;
    case STOSB: memcpy(m->ram + m->base + di, &m->ax, m->size); break;
    case LODSB: m->ax = m->size == 4 ? a : (m->ax & ~ones) | a; break;
    case CMPSB: compare(m, a, b); break;
    default: compare(m, m->ax & ones, b); break;
    }
    if (loads) m->si = moved(m, m->si, step);
    if (m->opcode != LODSB) m->di = moved(m, m->di, step);
    m->cx = moved(m, m->cx, -1);
}

static void draw_registers(struct model *m, bool wide, u32 *seed)
{
    m->di = draw(seed, 0x8000) + 0x4000;
    m->si = draw(seed, 2) ? m->di + draw(seed, 40) - 20 : draw(seed, 0x8000) + 0x4000;
    m->cx = draw(seed, 2) ? draw(seed, 20) : draw(seed, 2000);
    if (m->mask == 0xffff && draw(seed, 2)) m->di = 0xabcd0000 | (m->down ? draw(seed, 100) : 0xffff - draw(seed, 100));
    if (wide) m->di += DATA, m->si += DATA;
    m->ax = (draw(seed, 2) ? 0x0101010101010101ull : 0x1122334455667788ull) * draw(seed, 0x100);
    if (!wide) m->ax = (u32)m->ax;
}

/* Few values, long stretches of one: comparisons end here and there. */
static void draw_memory(u8 *ram, u8 often, u32 *seed)
{
    for (u32 at = DATA; at < DATA + BYTES;) {
        u8 v = draw(seed, 4) ? often : (u8)draw(seed, 256);
        for (u32 n = draw(seed, draw(seed, 2) ? 3000 : 4) + 1; n && at < DATA + BYTES; n--) ram[at++] = v;
    }
}

static struct model drawn(struct pc *pc, u8 *ram, bool wide, u32 *seed)
{
    static const u8 opcodes[] = { MOVSB, CMPSB, STOSB, LODSB, SCASB };
    struct model m = { .ram = ram, .base = wide ? 0 : DATA + ODD, .mask = wide ? ~0ull : 0xffffffff, .opcode = opcodes[draw(seed, 5)] };

    m.size = 1u << draw(seed, wide ? 4 : 3);
    m.down = draw(seed, 2);
    m.while_equal = draw(seed, 2);
    if (draw(seed, 3) == 0) m.mask = wide ? 0xffffffff : 0xffff;
    draw_registers(&m, wide, seed);
    draw_memory(pc->ram, (u8)m.ax, seed);
    memcpy(ram, pc->ram, RAM_BYTES);
    return m;
}

static unsigned encode(const struct model *m, bool wide, u8 *code)
{
    unsigned n = 0;
    if (m->mask != (wide ? ~0ull : 0xffffffff)) code[n++] = NARROW;
    if (m->size == 2) code[n++] = 0x66;
    code[n++] = m->while_equal ? REP : REPNE;
    if (m->size == 8) code[n++] = 0x48;
    code[n++] = (u8)(m->opcode | (m->size > 1));
    code[n++] = 0xf4;
    return n;
}

static void expect_model(const struct pc *pc, const struct model *m, unsigned number)
{
    const struct cpu *cpu = pc->cpu;
    bool compares = m->opcode == CMPSB || m->opcode == SCASB;

    cr_assert_eq(cpu->gpr[RSI], m->si, "case %u: SI", number);
    cr_assert_eq(cpu->gpr[RDI], m->di, "case %u: DI", number);
    cr_assert_eq(cpu->gpr[RCX], m->cx, "case %u: CX", number);
    cr_assert_eq(cpu->gpr[RAX], m->ax, "case %u: AX", number);
    if (compares) cr_assert_eq(cpu_eflags(cpu) & (EFLAGS_ZF | EFLAGS_CF | EFLAGS_SF), m->flags, "case %u: flags", number);
    cr_assert(!memcmp(pc->ram + DATA, m->ram + DATA, BYTES), "case %u: memory", number);
}

/* One instruction in slices of any length: after each the state is that of as many iterations. */
static void run_case(struct pc *pc, u8 *ram, bool wide, unsigned number, u32 *seed)
{
    struct model m = drawn(pc, ram, wide, seed);
    u8 code[8];
    unsigned bytes = encode(&m, wide, code);
    struct cpu *cpu = pc->cpu;

    memcpy(pc->ram + CODE, code, bytes);
    memcpy(m.ram + CODE, code, bytes);
    cpu_memory_written(cpu, CODE, bytes);
    cpu_memory_written(cpu, DATA, BYTES);
    cpu->rip = CODE;
    cpu_set_eflags(cpu, EFLAGS_1 | (m.down ? EFLAGS_DF : 0));
    cpu->gpr[RSI] = m.si, cpu->gpr[RDI] = m.di, cpu->gpr[RCX] = m.cx, cpu->gpr[RAX] = m.ax;
    while (cpu->rip == CODE && (m.cx & (m.mask == 0xffff ? 0xffff : ~0ull))) {
        unsigned ticks = draw(seed, 3) ? draw(seed, 1500) + 1 : draw(seed, 4) + 1;
        if (ticks > (m.cx & 0xffff)) ticks = (unsigned)(m.cx & 0xffff);
        unsigned done = 0;
        while (done < ticks && !m.ended) {
            iterate(&m);
            done++;
        }
        bool over = m.ended || !(m.cx & 0xffff);
        u64 end = pc->time.now + done + over;                            /* HLT takes a tick too */
        run_ticks(pc, over ? done + 1000 : done);
        expect_model(pc, &m, number);
        cr_assert_eq(pc->time.now, end, "case %u: ticks", number);
        cr_assert_eq(cpu->rip, over ? CODE + bytes : CODE, "case %u: RIP", number);
    }
    cpu_set_activity(cpu, ACTIVITY_RUNNING);
}

static void run_cases(struct pc *pc, bool wide, u32 seed)
{
    u8 *ram = malloc(RAM_BYTES);

    for (unsigned n = 0; n < 600; n++) run_case(pc, ram, wide, n, &seed);
    EXPECT_NO_FAULT(pc);
    free(ram);
}

static struct pc *pc_flat(void)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, 0);
    return pc;
}

Test(string, a_repeat_is_its_iterations_one_after_the_other)
{
    PC(pc) = pc_flat();
    set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, DATA + ODD, ~0u, DATA_WRITE | FLAT);
    set_segment(pc->cpu, CPU_SEG_ES, KERNEL_DS, DATA + ODD, ~0u, DATA_WRITE | FLAT);
    mode_derive(pc->cpu);
    run_cases(pc, false, 1);
}

Test(string, a_repeat_in_64_bit_mode_is_its_iterations_one_after_the_other)
{
    PC(pc) = pc_create("core2_penryn");
    enter_long(pc, 0);
    run_cases(pc, true, 2);
}

#define REPEAT(pc, si, di, cx, ...) \
    do { \
        pc->cpu->gpr[RSI] = (si), pc->cpu->gpr[RDI] = (di), pc->cpu->gpr[RCX] = (cx); \
        pc->cpu->rip = CODE; \
        memcpy(pc->ram + CODE, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ }); \
        cpu_memory_written(pc->cpu, CODE, sizeof (const u8[]){ __VA_ARGS__ }); \
    } while (0)

Test(string, a_page_fault_leaves_the_registers_as_after_the_last_whole_iteration)
{
    PC(pc) = pc_flat();
    enter_paging(pc);
    put32(pte_of(pc, DATA + 0x2000), 0);
    memset(pc->ram + 0x50000, 0x77, 0x3000);
    REPEAT(pc, 0x50000, DATA + 2, 0x1000, REP, MOVSB + 1);
    run_ticks(pc, 0x800);
    EXPECT_HANDLER(pc, 14);
    cr_expect_eq(pc->cpu->cr2, DATA + 0x2000);
    cr_expect_eq(pc->cpu->gpr[RDI], DATA + 0x1ffe, "the doubleword that crosses is not begun");
    cr_expect_eq(pc->cpu->gpr[RSI], 0x50000 + 0x1ffc);
    cr_expect_eq(pc->cpu->gpr[RCX], 0x1000 - 0x7ff);
    cr_expect_eq(get16(pc->ram + DATA + 0x1ffc), 0x7777);
    cr_expect_eq(get16(pc->ram + DATA + 0x1ffe), 0);
    cr_expect_eq(pc->time.now, 0x800, "the fault takes a tick");
}

Test(string, pages_that_a_repeat_touches_are_accessed_and_dirty)
{
    PC(pc) = pc_flat();
    enter_paging(pc);
    REPEAT(pc, 0x50010, DATA + 0x800, 0x1000, REP, MOVSB);
    run_ticks(pc, 0x1000);
    for (u32 page = 0; page < 2; page++) {
        cr_expect_eq(get32(pte_of(pc, DATA + page * 0x1000)) & 0x60, 0x60);
        cr_expect_eq(get32(pte_of(pc, 0x50000 + page * 0x1000)) & 0x60, 0x20, "read only");
    }
    cr_expect_eq(get32(pte_of(pc, DATA + 0x2000)) & 0x60, 0);
}

Test(string, a_segment_ends_a_repeat_at_its_limit)
{
    PC(pc) = pc_flat();
    set_segment(pc->cpu, CPU_SEG_ES, FREE, DATA, 0x105, DATA_WRITE | B32);
    mode_derive(pc->cpu);
    pc->cpu->gpr[RAX] = 0xffffffff;
    REPEAT(pc, 0, 0, 0x100, REP, STOSB + 1);
    run_ticks(pc, 0x42);
    EXPECT_HANDLER(pc, 13);
    cr_expect_eq(pc->cpu->gpr[RDI], 0x104);
    cr_expect_eq(pc->cpu->gpr[RCX], 0x100 - 0x41);
    cr_expect_eq(pc->ram[DATA + 0x104], 0);
}

Test(string, each_element_of_a_device_is_an_access)
{
    PC(pc) = pc_flat();
    pc->cpu->gpr[RAX] = 0x1234;
    REPEAT(pc, 0, RAM_BYTES - 4, 6, 0x66, REP, STOSB + 1);
    run_ticks(pc, 6);
    cr_expect_eq(pc->bus.writes, 4);
    cr_expect_eq(pc->bus.size, 2);
    cr_expect_eq(pc->bus.address, RAM_BYTES + 6);
    cr_expect_eq(get32(pc->ram + RAM_BYTES - 4), 0x12341234);
}

Test(string, a_repeat_that_overwrites_what_follows_it_runs_the_new_instruction)
{
    PC(pc) = pc_flat();
    pc->cpu->gpr[RDX] = 0;
    pc->cpu->gpr[RAX] = 0x42424242;                                      /* INC EDX */
    REPEAT(pc, 0, CODE + 2, 8, REP, STOSB, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4);
    run_ticks(pc, 8 + 8 + 1);
    cr_expect_eq(pc->cpu->gpr[RDX], 8);
    cr_expect_eq(pc->cpu->gpr[RCX], 0);
    cr_expect_eq(pc->time.now, 17);
}

Test(string, a_repeat_that_overwrites_itself_goes_on_as_what_it_became)
{
    PC(pc) = pc_flat();
    pc->cpu->gpr[RDX] = 0;
    pc->cpu->gpr[RAX] = 0x42;
    REPEAT(pc, 0, CODE - 3, 8, REP, STOSB, 0xf4);                        /* the fourth store makes it INC EDX; STOSB */
    run_ticks(pc, 6);
    cr_expect_eq(pc->cpu->gpr[RDX], 1);
    cr_expect_eq(pc->cpu->gpr[RCX], 4, "STOSB alone counts nothing");
    cr_expect_eq(pc->ram[CODE + 1], 0x42);
}

Test(string, a_data_breakpoint_traps_after_the_iteration_that_met_it)
{
    PC(pc) = pc_flat();
    pc->cpu->dr[0] = DATA + 100;
    pc->cpu->dr[7] = 0x00010001 | 0x400;                                 /* a byte, written */
    tlb_flush(pc->cpu);
    REPEAT(pc, 0, DATA, 200, REP, STOSB);
    run_ticks(pc, 101);
    EXPECT_HANDLER(pc, 1);
    cr_expect_eq(pc->cpu->gpr[RCX], 99);
    cr_expect_eq(stack_word(pc, 0), CODE, "the repeat goes on");
    cr_expect_eq(pc->time.now, 101);
}

/* A port that counts: a word each access, five of them at once, but never the last of sixteen. */
struct counting {
    u16 next;
    u64 sum;
    unsigned alone;
    struct pc *pc;
};
static u32 counting_block(u16 next, u32 count)
{
    u32 room = 15 - next % 16, most = room < 5 ? room : 5;
    return count < most ? count : most;
}
static u32 counting_in(void *board, u16 port, unsigned size)
{
    struct counting *c = board;
    (void)port, (void)size;
    cr_expect(c->pc->time.now <= 1000u + c->next, "word %u at tick %u", c->next, (unsigned)c->pc->time.now);
    c->alone++;
    return c->next++;
}
static u32 counting_in_block(void *board, u16 port, unsigned size, u32 count, u8 *to)
{
    struct counting *c = board;
    u32 n = counting_block(c->next, count);
    (void)port;
    for (u32 i = 0; i < n; i++) put16(to + i * size, c->next++);
    return n;
}
static void counting_out(void *board, u16 port, unsigned size, u32 value)
{
    struct counting *c = board;
    (void)port, (void)size;
    c->sum = c->sum * 3 + value;
    c->next++;
    c->alone++;
}
static u32 counting_out_block(void *board, u16 port, unsigned size, u32 count, const u8 *from)
{
    struct counting *c = board;
    u32 n = counting_block(c->next, count);
    (void)port;
    for (u32 i = 0; i < n; i++) c->sum = c->sum * 3 + get16(from + i * size);
    c->next = (u16)(c->next + n);
    return n;
}

static void connect(struct pc *pc, struct counting *c, bool blocks)
{
    c->pc = pc;
    pc->time.now = 1000;
    pc->cpu->bus.board = c;
    pc->cpu->bus.in = counting_in;
    pc->cpu->bus.out = counting_out;
    pc->cpu->bus.in_block = blocks ? counting_in_block : NULL;
    pc->cpu->bus.out_block = blocks ? counting_out_block : NULL;
}

Test(string, ins_takes_blocks_where_the_port_gives_them)
{
    PC(pc) = pc_flat();
    struct counting c = { 0 };
    connect(pc, &c, true);
    REPEAT(pc, 0, DATA + 0xf81, 400, 0x66, REP, INSB + 1);               /* over a page's end, a word on both */
    run_ticks(pc, 37);
    cr_expect_eq(pc->cpu->gpr[RCX], 363);
    cr_expect_eq(c.next, 37);
    cr_expect_eq(pc->cpu->rip, CODE);
    run_ticks(pc, 363);
    cr_expect_eq(pc->cpu->gpr[RCX], 0);
    cr_expect_eq(pc->cpu->gpr[RDI], DATA + 0xf81 + 800);
    for (unsigned i = 0; i < 400; i++) cr_expect_eq(get16(pc->ram + DATA + 0xf81 + i * 2), i);
    cr_expect(c.alone >= 25 && c.alone < 30, "%u", c.alone);
    cr_expect_eq(pc->cpu->rip, CODE + 3);
    EXPECT_NO_FAULT(pc);
}

Test(string, outs_gives_the_same_in_blocks_and_alone)
{
    struct counting c[2] = { 0 };
    for (unsigned blocks = 0; blocks < 2; blocks++) {
        PC(pc) = pc_flat();
        connect(pc, &c[blocks], blocks);
        for (unsigned i = 0; i < 800; i++) pc->ram[DATA + 0xf00 + i] = (u8)(i * i >> 3);
        REPEAT(pc, DATA + 0xf00, 0, 400, 0x66, REP, OUTSB + 1);
        run_ticks(pc, 401);
        cr_expect_eq(pc->cpu->gpr[RSI], DATA + 0xf00 + 800);
        cr_expect_eq(pc->cpu->gpr[RCX], 0);
    }
    cr_expect_eq(c[0].alone, 400);
    cr_expect(c[1].alone < 30);
    cr_expect_eq(c[0].sum, c[1].sum);
}

Test(string, a_port_under_the_bitmap_or_a_breakpoint_is_accessed_word_by_word)
{
    for (unsigned cpl = 0; cpl <= 3; cpl += 3) {
        PC(pc) = pc_create("p6_nofpu");
        struct counting c = { 0 };
        enter_protected(pc, cpl);
        connect(pc, &c, true);
        if (!cpl) {
            pc->cpu->cr4 |= CR4_DE;
            pc->cpu->dr[0] = 0x9999;
            pc->cpu->dr[7] = 0x00020001 | 0x400;
        }
        pc->cpu->gpr[RDX] = 0x100;
        REPEAT(pc, 0, DATA, 100, 0x66, REP, INSB + 1);
        run_ticks(pc, 100);
        cr_expect_eq(c.alone, 100);
        EXPECT_NO_FAULT(pc);
    }
}
