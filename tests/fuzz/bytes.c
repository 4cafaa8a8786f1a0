/* Random strings of bytes as code, in every mode, at CPL 0 and 3, with random registers, in the fast instance and in the exact one.  Each is executed as the manual says
 * or faults; a sanitizer, an assertion, a state field out of its range, or a difference between the two is the judge.   doc: fuzz */
#include <stdio.h>
#include <xxhash.h>

#include "tests/unit/cpu/fixture.h"

#include "tests/fuzz/numbers.h"
#include "tests/fuzz/targets.h"

enum { CODE_LENGTH = 48, TICKS = 40, MEMORY_EACH = 256 };

/* --- modes --- */

static void real(struct pc *pc, unsigned cpl)
{
    (void)cpl;
    segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
    pc->cpu->rip = 0;
}
static void protected32(struct pc *pc, unsigned cpl) { enter_protected(pc, cpl); }
static void paged32(struct pc *pc, unsigned cpl) { enter_protected(pc, cpl); enter_paging(pc); }
static void protected16(struct pc *pc, unsigned cpl)
{
    enter_protected(pc, cpl);
    set_segment(pc->cpu, CPU_SEG_CS, cpl ? USER_CS : KERNEL_CS, CODE, 0xffff, CODE_READ | cpl << 5);
    pc->cpu->rip = 0;
    mode_derive(pc->cpu);
}
static void virtual8086(struct pc *pc, unsigned cpl) { enter_v86(pc, cpl); }
static void long64(struct pc *pc, unsigned cpl) { enter_long(pc, cpl); }
static void compatibility(struct pc *pc, unsigned cpl)
{
    enter_long(pc, cpl);
    set_segment(pc->cpu, CPU_SEG_CS, cpl ? USER_CS : KERNEL_CS, 0, ~0u, CODE_READ | cpl << 5 | FLAT);
    mode_derive(pc->cpu);
}
static void (*const modes[])(struct pc *, unsigned) = { real, protected32, paged32, protected16, virtual8086, long64, long64, long64, compatibility };

/* --- a case --- */

/* Prefixes and escapes come often enough for every map to be met. */
static void random_bytes(u8 *code)
{
    static const u8 first[] = { 0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x0f, 0x0f, 0x0f, 0xc4, 0xc5, 0x48, 0x41, 0x4c, 0xd8, 0xd9, 0xdb, 0xdd, 0xdf, 0x64, 0x2e };
    static const u8 second[] = { 0x38, 0x3a, 0x01, 0xae, 0xc7, 0xe2, 0xe3, 0xf9, 0x7d };
    unsigned at = 0;

    pick_bytes(code, CODE_LENGTH);
    while (at < 5 && pick(2)) code[at++] = first[pick(ARRAY_COUNT(first))];
    if (at && pick(3) == 0) code[at] = second[pick(ARRAY_COUNT(second))];
}

static u64 a_value(void)
{
    switch (pick(5)) {
    case 0: return DATA + pick(0x8000);
    case 1: return pick(300);
    case 2: return (u32)pick_wide();
    case 3: return 0x00007ffffffffff0 + pick(32);
    default: return pick_wide();
    }
}

static void random_state(void *context)
{
    struct cpu *cpu = ((struct pc *)context)->cpu;

    for (unsigned n = 0; n < 16; n++)
        if (n != RSP || pick(8) == 0) cpu->gpr[n] = a_value();
    for (unsigned i = 0; i < ARRAY_COUNT(cpu->ymm); i++) cpu->ymm[i] = pick_wide();
    for (unsigned i = 0; i < 8; i++) cpu->x87.r[i].significand = pick_wide(), cpu->x87.r[i].sign_exponent = (u16)pick(0x10000);
    cpu->x87.control = (u16)((pick_wide() & 0x1f3f) | 0x40);
    cpu->x87.status = (u16)(pick_wide() & 0x7f7f);
    cpu->x87.in_use = (u8)pick(256);
    cpu->mxcsr = (u32)pick_wide() & 0xffff;
    cpu->cr0 &= ~(u64)(CR0_EM | CR0_TS);
    if (cpu->model->features[WORD_1_EDX] & 1u << FEATURE_FXSR % 32) cpu->cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
    if (has(cpu, FEATURE_XSAVE)) cpu->cr4 |= CR4_OSXSAVE, cpu->xcr0 = XCR0_X87 | XCR0_SSE | (has(cpu, FEATURE_AVX) ? XCR0_AVX : 0);
    mode_derive(cpu);
}

/* --- both instances --- */

static void add_bytes(void *context, const void *bytes, size_t size) { XXH3_64bits_update(context, bytes, size); }

/* Of all state; every field is in its range. */
static u64 hash_of(struct pc *pc)
{
    struct cpu_state_part part[16];
    unsigned count = cpu_state_parts(pc->cpu, part, ARRAY_COUNT(part));
    XXH3_state_t *state = XXH3_createState();

    XXH3_64bits_reset(state);
    cpu_settle(pc->cpu);
    for (unsigned p = 0; p < count; p++) {
        const struct state_field *bad = state_out_of_range(part[p].layout, part[p].instance);
        if (bad) fprintf(stderr, "fuzz: %s of %s is out of its range\n", bad->name, part[p].name), abort();
        state_each_byte(part[p].layout, part[p].instance, add_bytes, state);
    }
    u64 hash = XXH3_64bits_digest(state) ^ pc->time.now;
    XXH3_freeState(state);
    return hash;
}

/* At once, where the fast instance does what it can, or instruction by instruction. */
static void run_for(struct pc *pc, unsigned ticks, unsigned piece)
{
    u64 end = pc->time.now + ticks;

    while (pc->time.now < end) {
        u64 until = pc->time.now + piece < end ? pc->time.now + piece : end;
        pc->time.deadline = pc->timer_at < until ? pc->timer_at : until;
        if (pc->time.now < pc->time.deadline && cpu_run(pc->cpu) != CPU_STOP_DEADLINE) break;
        if (pc->time.now < pc->timer_at) continue;
        pc->timer_at = UINT64_MAX;
        cpu_timer(pc->cpu);
    }
}

struct chance {
    u8 code[CODE_LENGTH];
    void (*mode)(struct pc *pc, unsigned cpl);
    unsigned cpl;
    u64 state;                   /* its registers' */
};

static void enter(struct pc *pc, const struct chance *c)
{
    cpu_reset(pc->cpu);
    pc->timer_at = UINT64_MAX;
    c->mode(pc, c->cpl);
    hostile_aside(c->state, random_state, pc);
    u32 at = (u32)(pc->cpu->seg[CPU_SEG_CS].effective_base + pc->cpu->rip);
    memcpy(pc->ram + at, c->code, sizeof c->code);
    /* tables, too, were put there behind the processor's back, and a case before may have run them as code */
    for (u32 pa = 0; pa < RAM_BYTES; pa += PAGE_BYTES) cpu_memory_written(pc->cpu, pa, PAGE_BYTES);
}

static void differ(const struct pc *fast, const struct pc *exact, const struct chance *c)
{
    fprintf(stderr, "fuzz: fast and exact differ at tick %llu and %llu, rip %llx and %llx after", (unsigned long long)fast->time.now, (unsigned long long)exact->time.now, (unsigned long long)fast->cpu->rip,
            (unsigned long long)exact->cpu->rip);
    for (unsigned i = 0; i < CODE_LENGTH; i++) fprintf(stderr, " %02x", c->code[i]);
    fputc('\n', stderr);
    abort();
}

static void case_of(struct pc *fast, struct pc *exact)
{
    struct chance c = { .mode = ONE_OF(modes), .cpl = pick(2) ? 3 : 0, .state = pick(0x10000) };

    random_bytes(c.code);
    enter(fast, &c), enter(exact, &c);
    run_for(fast, TICKS, TICKS);
    run_for(exact, TICKS, 1);
    if (hash_of(fast) != hash_of(exact)) differ(fast, exact, &c);
}

/* All that two processors have stored is looked at in the end. */
unsigned long bytes_play(const struct fuzz_target *t, unsigned long most)
{
    unsigned models = 0;
    unsigned long n;

    (void)t;
    while (cpu_model_at(models)) models++;
    const char *model = cpu_model_at(pick(models))->name;
    PC(fast) = pc_create(model);
    PC(exact) = pc_create(model);
    cpu_set_exact(exact->cpu, true);
    for (n = 0; n < most && !hostile_over(); n++) {
        hostile_at(n);
        case_of(fast, exact);
        if (n % MEMORY_EACH == 0 && memcmp(fast->ram, exact->ram, RAM_BYTES)) break;
    }
    if (!memcmp(fast->ram, exact->ram, RAM_BYTES)) return n ? n : 1;
    fprintf(stderr, "fuzz: fast and exact have stored other bytes, %s, case %lu or some before\n", model, n);
    abort();
}
