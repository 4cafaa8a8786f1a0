/* fuzz-bytes COUNT [SEED]: random strings of bytes as code, in every mode, at CPL 0 and 3, with random registers.  Each is executed as the
 * manual says or faults; a sanitizer, an assertion or a state field out of its range is the judge.   doc: fuzz */
#include <stdio.h>

#include "tests/unit/cpu/fixture.h"

enum { BYTES = 48, TICKS = 4, CASES_A_PROCESSOR = 4096 };

static u64 state;

static u64 draw(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state * 0x2545f4914f6cdd1dull;
}

static u32 pick(u32 n) { return (u32)((draw() >> 33) % n); }

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

    for (unsigned i = 0; i < BYTES; i++) code[i] = (u8)draw();
    while (at < 5 && pick(2)) code[at++] = first[pick(ARRAY_COUNT(first))];
    if (at && pick(3) == 0) code[at] = second[pick(ARRAY_COUNT(second))];
}

static u64 a_value(void)
{
    switch (pick(5)) {
    case 0: return DATA + pick(0x8000);
    case 1: return pick(300);
    case 2: return (u32)draw();
    case 3: return 0x00007ffffffffff0 + pick(32);
    default: return draw();
    }
}

static void random_state(struct pc *pc)
{
    struct cpu *cpu = pc->cpu;

    for (unsigned n = 0; n < 16; n++)
        if (n != RSP || pick(8) == 0) cpu->gpr[n] = a_value();
    for (unsigned i = 0; i < ARRAY_COUNT(cpu->ymm); i++) cpu->ymm[i] = draw();
    for (unsigned i = 0; i < 8; i++) cpu->x87.r[i].significand = draw(), cpu->x87.r[i].sign_exponent = (u16)draw();
    cpu->x87.control = (u16)((draw() & 0x1f3f) | 0x40);
    cpu->x87.status = (u16)(draw() & 0x7f7f);
    cpu->x87.in_use = (u8)draw();
    cpu->mxcsr = (u32)draw() & 0xffff;
    cpu->cr0 &= ~(u64)(CR0_EM | CR0_TS);
    if (cpu->model->features[WORD_1_EDX] & 1u << FEATURE_FXSR % 32) cpu->cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
    if (has(cpu, FEATURE_XSAVE)) cpu->cr4 |= CR4_OSXSAVE, cpu->xcr0 = XCR0_X87 | XCR0_SSE | (has(cpu, FEATURE_AVX) ? XCR0_AVX : 0);
    mode_derive(cpu);
}

static void check(struct pc *pc, const u8 *code)
{
    struct cpu_state_part part[16];
    unsigned count = cpu_state_parts(pc->cpu, part, ARRAY_COUNT(part));

    for (unsigned p = 0; p < count; p++) {
        const struct state_field *bad = state_out_of_range(part[p].layout, part[p].instance);
        if (!bad) continue;
        fprintf(stderr, "fuzz-bytes: %s of %s is out of its range after", bad->name, part[p].name);
        for (unsigned i = 0; i < 15; i++) fprintf(stderr, " %02x", code[i]);
        fputc('\n', stderr);
        abort();
    }
}

static void case_of(struct pc *pc)
{
    u8 code[BYTES];

    random_bytes(code);
    cpu_reset(pc->cpu);
    modes[pick(ARRAY_COUNT(modes))](pc, pick(2) ? 3 : 0);
    random_state(pc);
    u32 at = (u32)(pc->cpu->seg[CPU_SEG_CS].effective_base + pc->cpu->rip);
    memcpy(pc->ram + at, code, sizeof code);
    cpu_memory_written(pc->cpu, at, sizeof code);
    run_ticks(pc, TICKS);
    if (pick(16) == 0) check(pc, code);
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000, done = 0;
    u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

    state = seed * 0x9e3779b97f4a7c15ull | 1;
    while (done < count) {
        unsigned models = 0;
        while (cpu_model_at(models)) models++;
        PC(pc) = pc_create(cpu_model_at(pick(models))->name);
        for (unsigned i = 0; i < CASES_A_PROCESSOR && done < count; i++, done++) case_of(pc);
    }
    printf("fuzz-bytes: %lu strings from seed %llu: nothing broke\n", done, (unsigned long long)seed);
    return 0;
}
