/* Every row of sequences32.inc and sequences64.inc: its handler leaves what the exact instance leaves, one record after the other.  doc: fast */
#include <stdio.h>

#include "tests/unit/cpu/fixture.h"

#include "cpu/decode/trace.h"
#include "cpu/run/exact.h"
#include "cpu/run/fast_sequences.h"
#include "cpu/run/flags.h"

enum { TRIALS = 12, BUDGET = TRACE_MAX_INSTRUCTIONS + 10, STACK_TOP = STACK_0 - 64, COMPARED_BYTES = 4 * DATA };

static u64 seed = 0x9e3779b97f4a7c15;

static u32 pick(u32 n)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (u32)((seed * 0x2545f4914f6cdd1dull >> 33) % n);
}

enum kind { plain, quiet, memory, indexed, far };
struct description {
    const char *form;
    u16 h, width;
    enum kind kind;
};
static const struct description steps[STEP_CLASSES] = {
#define STEP(form, w, kind) [STEP_##form##_##w##_##kind] = { #form, OP_##form##_##w, w, kind },
#include "cpu/run/sequence_steps.inc"
#undef STEP
};

static bool begins(const char *name, const char *with) { return strncmp(name, with, strlen(with)) == 0; }
static bool is_branch(const char *form) { return begins(form, "J") || begins(form, "CALL_J"); }

static bool is_shift(const char *form)
{
    return begins(form, "SH") || begins(form, "SAR") || begins(form, "RO");
}

/* EAX ECX EDX EBX; ESI and EDI are bases, EBP is an index, so that no step moves another's operand out of memory. */
static u8 any_register(unsigned width) { return (u8)(8 * pick(4) + (width == 8 && pick(4) == 0)); }

static s32 distance(enum kind kind) { return kind == far ? (s32)(PAGE_BYTES + pick(256)) : (s32)(64 + pick(64)); }

static void draft(struct record *record, const struct description *step, unsigned number)
{
    bool operand = step->kind == memory || step->kind == indexed, stack = begins(step->form, "P") || begins(step->form, "CALL") || begins(step->form, "RET") || begins(step->form, "LEAVE");

    *record = (struct record){
        .h = step->h, .count = (u8)(number + 1), .address = CPU_SEG_DS, .d = any_register(step->width), .s = any_register(step->width),
        .b = (u8)(8 * (operand ? RSI + pick(2) : SLOT_ZERO)), .x = 8 * SLOT_ZERO, .disp = (s32)pick(64), .imm = (s32)(pick(3) ? pick(0x7fffffff) : 0u - pick(2)),
    };
    if (step->kind == indexed) record->x = 8 * RBP, record->address |= (u8)(pick(4) << 6);
    if (is_shift(step->form)) record->imm = (s32)(1 + pick(step->width == 64 ? 63 : 31));
    if (is_branch(step->form)) record->disp = distance(step->kind);
    if (stack && !begins(step->form, "PUSH_M")) record->b = 8 * SLOT_ZERO;
}

/* Gives the records the slots that a row's letters want.  A register of 8 bits is AL to BL where a letter names it: every other width has them too. */
static void spell(struct record *drafts, const struct sequence *row, unsigned length)
{
    u8 named['Z' - 'A' + 1] = { 0 };

    for (unsigned i = 0; i < length; i++) {
        u8 *const slots[STEP_SLOTS] = { &drafts[i].d, &drafts[i].s, &drafts[i].b, &drafts[i].x };
        for (unsigned k = 0; k < STEP_SLOTS; k++) {
            char letter = row->step[i].slots[k];
            if (letter >= 'A' && letter <= 'Z') named[letter - 'A'] = *slots[k] &= 0xf8;
            else if (letter >= 'a') *slots[k] = named[letter - 'a'];
        }
    }
}

/* Whether an address's register is that of another record too, which may change it. */
static bool shares_addresses(const struct sequence *row, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        if (row->step[i].slots[2] != '_' || row->step[i].slots[3] != '_') return true;
    return false;
}

/* The trace at CS:RIP with these records in place of its own; the number of slots. */
static unsigned plant(struct cpu *cpu, struct trace *trace, const struct record *drafts, const struct description *const *step, unsigned count)
{
    struct record *at = trace->first;
    struct record *end_record;

    for (unsigned i = 0; i < count; i++) {
        const void *handler = step[i]->kind == quiet ? fast_of_without_flags(&drafts[i], trace->mode) : step[i]->kind == far ? fast_of_far(&drafts[i], trace->mode) : NULL;
        *at = drafts[i];
        if (begins(step[i]->form, "CALL_J")) at->imm = (s32)(at - trace->first) + 1;
        at->fast = handler ? handler : fast_of(at, trace->mode);
        at++;
        if (!is_branch(step[i]->form)) continue;
        struct link link = { .h = OP_LINK, .delta = (s32)(at - trace->first) + drafts[i].disp, .target = at };
        link.fast = fast_of_link(at - 1, trace->mode);
        memcpy(at++, &link, sizeof link);
    }
    end_record = at;
    *at = (struct record){ .h = OP_CONTINUE, .count = (u8)(count + 1) };
    at->fast = fast_of(at, trace->mode);
    at++;
    struct link link = { .h = OP_LINK, .delta = (s32)(at - 1 - trace->first), .target = at };
    link.fast = fast_of_link(at - 1, trace->mode);
    memcpy(at, &link, sizeof link);
    for (unsigned i = 0; i <= (unsigned)(at - trace->first); i++) trace->offset[i] = (u16)i;
    fast_join(cpu->traces->sequences, trace->first, end_record, trace->mode);
    return (unsigned)(at - trace->first);
}

struct start {
    u64 gpr[16];
    u32 flags;
    u8 data[0x400], stack[128];
};

static void set(struct pc *pc, const struct start *start)
{
    memcpy(pc->cpu->gpr, start->gpr, sizeof start->gpr);
    memcpy(pc->ram + DATA, start->data, sizeof start->data);
    memcpy(pc->ram + STACK_TOP - 64, start->stack, sizeof start->stack);
    cpu_set_eflags(pc->cpu, start->flags);
    pc->cpu->flag_kind = FLAG_RAW | 32 << 8;
    pc->cpu->flag_kept = lazy_raw_kept(start->flags);
    pc->cpu->flag_result = lazy_raw_result(start->flags);
    pc->cpu->rip = pc->cpu->trace_rip = CODE;
    pc->cpu->budget = BUDGET;
    pc->cpu->slice_end = pc->time.now + BUDGET;
}

/* `pointers`: registers and memory hold small numbers and addresses of DATA, so that an address that comes of them is one more often than not. */
static u64 any_value(bool long_mode, bool pointers)
{
    if (pointers) return pick(2) ? DATA + pick(0x300) : pick(64);
    if (long_mode) return pick(3) ? (u64)pick(0x7fffffff) << pick(30) : pick(3) - 1ull;
    return (u32)(pick(3) ? (u64)pick(0x7fffffff) << pick(2) : pick(3) - 1ull);
}

static struct start any_start(bool long_mode, bool pointers)
{
    struct start start;

    for (unsigned n = 0; n < 16; n++) start.gpr[n] = any_value(long_mode, pointers);
    start.gpr[RSP] = STACK_TOP;
    start.gpr[RBP] = pick(16);
    start.gpr[RSI] = DATA;
    start.gpr[RDI] = DATA + 0x200;
    for (unsigned i = 0; i < sizeof start.data; i++) start.data[i] = (u8)pick(256);
    for (unsigned i = 0; pointers && i < sizeof start.data; i += 8) put64(start.data + i, any_value(long_mode, pointers));
    for (unsigned i = 0; i < sizeof start.stack; i++) start.stack[i] = (u8)(i % 8 < 2 ? pick(256) : 0);        /* canonical return addresses */
    start.flags = EFLAGS_1 | (pick(2) ? EFLAGS_CF : 0) | (pick(2) ? EFLAGS_PF : 0) | (pick(2) ? EFLAGS_OF : 0);
    if (pick(2)) start.flags |= pick(2) ? EFLAGS_ZF : EFLAGS_SF;
    return start;
}

static struct trace *nops(struct pc *pc, bool long_mode)
{
    if (long_mode) enter_long(pc, 0);
    else enter_protected(pc, 0);
    memset(pc->ram + CODE, 0x90, TRACE_MAX_INSTRUCTIONS + 1);
    pc->cpu->rip = CODE;
    pc->cpu->in_instruction = true;
    struct trace *trace = trace_find(pc->cpu);
    cr_assert(trace != NULL);
    pc->cpu->traces->traces_used = TRACE_ARENA_TRACES;         /* full: what stands behind the records is not decoded, so a run ends there */
    return trace;
}

struct run {
    const struct sequence *row;
    unsigned length;
    const struct description *step[SEQUENCE_STEPS];
    struct record drafts[SEQUENCE_STEPS];
    bool shows_flags;
    char name[300];
};

static struct run any_run(const struct sequence *row, unsigned number)
{
    struct run run = { .row = row, .shows_flags = true };
    int used = snprintf(run.name, sizeof run.name, "%u:", number);

    while (run.length < SEQUENCE_STEPS && row->step[run.length].of) run.length++;
    for (unsigned i = 0; i < run.length; i++) {
        run.step[i] = &steps[row->step[i].of];
        draft(&run.drafts[i], run.step[i], i);
        if (run.step[i]->kind == quiet) run.shows_flags = false;
        used += snprintf(run.name + used, sizeof run.name - (size_t)used, " %s %.4s", run.step[i]->form, row->step[i].slots);
    }
    spell(run.drafts, row, run.length);
    return run;
}

/* The exact instance does the records; false where they led to a fault, out of memory, or into what the test rests on. */
static bool exact_does(struct pc *pc, struct trace *trace, const struct run *run, const struct start *start)
{
    unsigned accesses = pc->bus.reads + pc->bus.writes;

    plant(pc->cpu, trace, run->drafts, run->step, run->length);
    set(pc, start);
    if (exact_run(pc->cpu, trace, trace->first, false) == EXACT_FAULT || pc->bus.reads + pc->bus.writes != accesses) return false;
    return trace->first->h != OP_STALE;
}

static void compare(const struct pc *fast, const struct pc *exact, const struct run *run)
{
    const char *name = run->name;

    cr_assert_eq(fast->cpu->rip, exact->cpu->rip, "%s: RIP", name);
    cr_assert_eq(fast->cpu->budget, exact->cpu->budget, "%s: ticks", name);
    for (unsigned r = 0; r < 16; r++) cr_assert_eq(fast->cpu->gpr[r], exact->cpu->gpr[r], "%s: register %u", name, r);
    if (run->shows_flags) cr_assert_eq(cpu_eflags(fast->cpu), cpu_eflags(exact->cpu), "%s: EFLAGS", name);
    cr_assert_eq(memcmp(fast->ram, exact->ram, COMPARED_BYTES), 0, "%s: memory", name);
}

static __attribute__((unused)) void run_all(bool long_mode, const struct sequence *rows, unsigned count)
{
    PC(fast) = pc_create("corei7_haswell");
    PC(exact) = pc_create("corei7_haswell");
    struct trace *fast_trace = nops(fast, long_mode), *exact_trace = nops(exact, long_mode);
    unsigned drawn_again = 0;

    for (unsigned n = 0; n < count * TRIALS;) {
        const struct sequence *row = &rows[n / TRIALS];
        struct run run = any_run(row, n);
        bool pointers = shares_addresses(row, run.length);
        struct start start = any_start(long_mode, pointers);
        plant(fast->cpu, fast_trace, run.drafts, run.step, run.length);
        if (fast_trace->first->fast != row->fast) {                   /* it has happened to be one with more letters */
            cr_assert(++drawn_again < 400 * TRIALS, "%s: not what these records are given", run.name);
            continue;
        }
        if (!exact_does(exact, exact_trace, &run, &start)) {
            cr_assert(pointers && ++drawn_again < 400 * TRIALS, "%s: no addresses", run.name);
            memcpy(exact->ram, fast->ram, RAM_BYTES);
            continue;
        }
        set(fast, &start);
        cr_assert(fast_run(fast->cpu, fast_trace), "%s", run.name);
        compare(fast, exact, &run);
        drawn_again = 0;
        n++;
    }
}

#ifndef HARD                             /* there a trace has one record */
Test(sequences, of_32_bit_code_do_what_their_records_do) { run_all(false, fast_sequences32, fast_sequences32_count); }
Test(sequences, of_64_bit_code_do_what_their_records_do) { run_all(true, fast_sequences64, fast_sequences64_count); }
#endif
