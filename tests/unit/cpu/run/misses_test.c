/* TLB misses, A and D flags and page faults come out the same in the fast instance as in the exact one, whatever operand meets them.
 *                                                                                                              doc: fast */
#include "tests/unit/cpu/fixture.h"

enum { BODY = 60, PROGRAMS = 60, WINDOW = 0x40000, WINDOW_PAGES = 48, HANDLER = 0x12000, TURNS = 0x13000 };

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

/* An address of the window, now and then so near to a page's end that an operand crosses it. */
static u32 place(void)
{
    u32 page = WINDOW + pick(WINDOW_PAGES) * PAGE_BYTES;
    return page + (pick(6) ? pick(255) * 16 : PAGE_BYTES - 1 - pick(15));
}

/* Instructions of a memory operand alone: the opcode, and the ModRM byte of [disp32]. */
static u8 *one_operand(u8 *at)
{
    static const struct { u8 bytes[3], size; } form[] = {
        { { 0x8b, 0x05 }, 2 }, { { 0x89, 0x05 }, 2 }, { { 0x01, 0x05 }, 2 }, { { 0x03, 0x05 }, 2 },             /* MOV ADD */
        { { 0xff, 0x35 }, 2 }, { { 0xff, 0x05 }, 2 }, { { 0x87, 0x05 }, 2 }, { { 0xf7, 0x1d }, 2 },             /* PUSH INC XCHG NEG */
        { { 0x88, 0x05 }, 2 }, { { 0x3a, 0x05 }, 2 }, { { 0xd1, 0x05 }, 2 }, { { 0x0f, 0xb1, 0x05 }, 3 },       /* MOV CMP ROL CMPXCHG */
        { { 0x0f, 0xb6, 0x05 }, 3 }, { { 0x0f, 0x94, 0x05 }, 3 }, { { 0x0f, 0x44, 0x05 }, 3 },                  /* MOVZX SETZ CMOVZ */
        { { 0x0f, 0x10, 0x05 }, 3 }, { { 0x0f, 0x11, 0x05 }, 3 }, { { 0x0f, 0x58, 0x05 }, 3 },                  /* MOVUPS ADDPS */
        { { 0xd9, 0x05 }, 2 }, { { 0xd9, 0x1d }, 2 }, { { 0xdd, 0x1d }, 2 },                                    /* FLD FSTP */
    };
    unsigned n = pick(ARRAY_COUNT(form));
    u32 la = place();

    if (form[n].bytes[1] == 0x58) la &= ~15u;
    at = put(at, form[n].bytes, form[n].size);
    return PUT(at, DWORD(la));
}

static u8 *an_instruction(u8 *at)
{
    u32 a = place(), b = place();

    switch (pick(12)) {
    case 0: return PUT(at, 0x8d, 0x25, DWORD(a), 0x50, 0x59);                                /* LEA ESP, PUSH EAX, POP ECX */
    case 1: return PUT(at, 0x8d, 0x25, DWORD(a), 0xe8, DWORD(0), 0x58);                      /* LEA ESP, CALL, POP EAX */
    case 2: return PUT(at, 0x8d, 0x25, DWORD(a), 0xff, 0x35, DWORD(b));                      /* LEA ESP, PUSH m */
    case 3: return PUT(at, 0xbe, DWORD(a), 0xbf, DWORD(b), 0xa5);                            /* MOVSD */
    case 4: return PUT(at, 0xbe, DWORD(a), 0xbf, DWORD(b), 0xa7);                            /* CMPSD */
    case 5: return PUT(at, 0x80, 0x3d, DWORD(a), (u8)pick(3), 0x74, 0x02, 0x31, 0xc8);       /* CMP m, JZ over XOR EAX, ECX */
    case 6: return PUT(at, 0xbb, DWORD(a), 0xbd, DWORD(b - a), 0x8b, 0x44, 0x2b, 0x00);      /* MOV EAX, [EBX+EBP] */
    default: return one_operand(at);
    }
}

/* Makes the page that faulted present and writable for everybody, and takes another away, its marks too; each is invalidated. */
static void put_handler(struct pc *pc)
{
    static const u8 code[] = {
        0x50, 0x51,                                      /* PUSH EAX, PUSH ECX */
        0x0f, 0x20, 0xd0, 0x0f, 0x01, 0x38,              /* MOV EAX, CR2; INVLPG [EAX] */
        0xc1, 0xe8, 12,                                  /* SHR EAX, 12 */
        0x80, 0x0c, 0x85, DWORD(PAGES + 0x1000), 7,      /* OR BYTE [table + EAX * 4], 7 */
        0xff, 0x05, DWORD(TURNS),                        /* INC DWORD [TURNS] */
        0xa1, DWORD(TURNS), 0x83, 0xe0, 31, 0x8d, 0x48, WINDOW >> 12,                       /* ECX = WINDOW's page + turns % 32 */
        0x83, 0x24, 0x8d, DWORD(PAGES + 0x1000), 0x86,   /* AND DWORD [table + ECX * 4], FFFFFF86h: neither P, R/W, A nor D.. */
        0xc1, 0xe1, 12, 0x0f, 0x01, 0x39,                /* SHL ECX, 12; INVLPG [ECX] */
        0x59, 0x58, 0x83, 0xc4, 4, 0xcf,                 /* POP ECX, POP EAX, ADD ESP, 4, IRET */
    };

    memcpy(pc->ram + HANDLER, code, sizeof code);
    set_idt(pc, VECTOR_PF, gate(KERNEL_CS, HANDLER, TYPE_INTERRUPT_GATE_32 | DPL_3 | P, 0));
}

static void set_up(struct pc *pc, u64 random, bool exact)
{
    u8 *at = pc->ram + CODE;

    enter_protected(pc, 3);
    enter_paging(pc);
    put_handler(pc);
    seed = random;
    for (u32 n = 0; n < WINDOW_PAGES; n++) {
        u32 frame = WINDOW + pick(WINDOW_PAGES) * PAGE_BYTES;
        put32(pte_of(pc, WINDOW + n * PAGE_BYTES), frame | (pick(3) ? 7 : pick(8)));
    }
    for (u32 n = 0; n < WINDOW_PAGES * PAGE_BYTES; n += 4) put32(pc->ram + WINDOW + n, pick(0x7fffffff));
    for (unsigned n = 0; n < BODY; n++) at = an_instruction(at);
    s32 back = (s32)(pc->ram + CODE - (at + 5));
    PUT(at, 0xe9, DWORD((u32)back));
    pc->cpu->gpr[RSP] = WINDOW + 0x800;
    pc->cpu->cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
    pc->cpu->x87.control = 0x37f;
    pc->cpu->mxcsr = 0x1f80;
    cpu_set_exact(pc->cpu, exact);
}

static void expect_same(struct pc *a, struct pc *b, u64 random)
{
    cpu_settle(a->cpu);
    cpu_settle(b->cpu);
    cr_assert_eq(a->time.now, b->time.now);
    cr_assert_eq(a->cpu->rip, b->cpu->rip, "program %llx: RIP", (unsigned long long)random);
    for (unsigned n = 0; n < 8; n++) cr_assert_eq(a->cpu->gpr[n], b->cpu->gpr[n], "program %llx: register %u", (unsigned long long)random, n);
    cr_assert_eq(cpu_eflags(a->cpu), cpu_eflags(b->cpu), "program %llx: EFLAGS", (unsigned long long)random);
    cr_assert_eq(a->cpu->cr2, b->cpu->cr2, "program %llx: CR2", (unsigned long long)random);
    cr_assert_eq(a->cpu->fault_log.count, b->cpu->fault_log.count);
    cr_assert_eq(memcmp(a->ram + PAGES, b->ram + PAGES, 2 * PAGE_BYTES), 0, "program %llx: page tables", (unsigned long long)random);
    cr_assert_eq(memcmp(a->ram, b->ram, RAM_BYTES), 0, "program %llx: memory", (unsigned long long)random);
}

Test(misses, page_faults_and_marks_come_out_the_same)
{
    u64 faults = 0;

    for (u64 n = 1; n <= PROGRAMS; n++) {
        PC(fast) = pc_create("p4_prescott");
        PC(exact) = pc_create("p4_prescott");
        set_up(exact, n * 0x9e3779b97f4a7c15, true);
        set_up(fast, n * 0x9e3779b97f4a7c15, false);
        for (unsigned slice = 0; slice < 40; slice++) {
            fast->time.deadline = exact->time.deadline = exact->time.now + 1 + pick(slice < 20 ? 100 : 1000);
            cr_assert_eq(cpu_run(fast->cpu), CPU_STOP_DEADLINE);
            cr_assert_eq(cpu_run(exact->cpu), CPU_STOP_DEADLINE);
            expect_same(fast, exact, n * 0x9e3779b97f4a7c15);
        }
        faults += fast->cpu->fault_log.count;
    }
    cr_expect_gt(faults, 50 * PROGRAMS);
}

/* --- what a miss must not do --- */

/* A loop of four turns around `body`, long enough for the fast instance; then HLT. */
static void run_loop(struct pc *pc, const u8 *body, unsigned size)
{
    u8 *at = PUT(pc->ram + CODE, 0xb9, DWORD(4));                                            /* MOV ECX, 4 */
    at = put(at, body, size);
    at = PUT(at, 0x49, 0x75, (u8)(0 - size - 3), 0xf4);                                      /* DEC ECX, JNZ, HLT */
    cpu_memory_written(pc->cpu, CODE, PAGE_BYTES);
    pc->cpu->rip = CODE;
    run_ticks(pc, 1000);
}
#define LOOP(pc, ...) run_loop(pc, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ })

static struct pc *pc_paging(void)
{
    struct pc *pc = pc_create("p4_prescott");
    enter_protected(pc, 0);
    enter_paging(pc);
    pc->cpu->cr4 |= CR4_OSFXSR;
    return pc;
}

Test(misses, a_misaligned_operand_faults_before_its_page_is_accessed)
{
    PC(pc) = pc_paging();
    LOOP(pc, 0x0f, 0x28, 0x05, DWORD(WINDOW + 8));                                           /* MOVAPS */
    EXPECT_FAULT(pc, VECTOR_MISALIGNED, 0);
    cr_expect_eq(get32(pte_of(pc, WINDOW)) & 0x60, 0);
}

Test(misses, operands_that_want_the_same_entry_do_not_take_it_from_each_other_for_ever)
{
    PC(pc) = pc_paging();
    put32(pc->ram + PAGES + (TLB_ENTRIES >> 10) * 4, 0);
    u32 other = (u32)(WINDOW + (u64)TLB_ENTRIES * PAGE_BYTES);
    put32(pc->ram + PAGES + (other >> 22) * 4, (PAGES + 0x1000) | 7);
    put32(pc->ram + WINDOW, 0x12345678);
    pc->cpu->gpr[RSP] = other + 0x100;
    LOOP(pc, 0xff, 0x35, DWORD(WINDOW));                                                     /* PUSH [WINDOW] */
    cr_expect_eq(pc->cpu->activity, ACTIVITY_HALTED);
    cr_expect_eq(pc->cpu->gpr[RSP], other + 0x100 - 16);
    cr_expect_eq(get32(pc->ram + (other & 0x3fffff) + 0xf0), 0x12345678);
}

Test(misses, page_tables_on_a_device_are_read_and_marked_once_a_walk)
{
    PC(pc) = pc_paging();
    PC(other) = pc_paging();
    struct pc *both[] = { pc, other };
    for (unsigned n = 0; n < 2; n++) {
        put32(both[n]->ram + PAGES + 4, 0x300000 | 7);                                       /* a table where nothing but the bus is */
        cpu_set_exact(both[n]->cpu, n == 1);
        LOOP(both[n], 0x8b, 0x05, DWORD(0x400000));
    }
    cr_expect_gt(pc->bus.reads, 0);
    cr_expect_eq(pc->bus.reads, other->bus.reads);
    cr_expect_eq(pc->bus.writes, other->bus.writes);
}
