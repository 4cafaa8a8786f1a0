/* The recorder's words, taken apart.                                                          doc: recorder */
#include <criterion/criterion.h>
#include <string.h>

#include "gui/debugger/executed.h"

struct told {
    unsigned runs, changes;
    u64 from[8], to[8], rip[8];
};

static void ran(void *context, const struct executed_code *code, u64 from, u64 to)
{
    struct told *t = context;
    t->from[t->runs] = from, t->to[t->runs] = to, t->rip[t->runs++] = code->rip;
}

static void changes(void *context, const struct executed_code *code)
{
    (void)code;
    ((struct told *)context)->changes++;
}

static u64 word(u32 kind, u64 argument) { return kind | argument << 32; }

/* Code 3 of three bytes; it lies at 8:100h and begins at tick 10, then at 9:200h at tick 13, which ends at 15. */
static const u64 SAMPLE[] = {
    CPU_RECORD_CODE | 3ull << 32, 3 | 32ull << 32, 0x909090, CPU_RECORD_TICK, 10, CPU_RECORD_RIP | 8ull << 32, 0x100, 3 | 10ull << 32,
    CPU_RECORD_RIP | 9ull << 32, 0x200, 3 | 13ull << 32, CPU_RECORD_END | 15ull << 32,
};
enum { SAMPLE_WORDS = sizeof SAMPLE / sizeof *SAMPLE };

static void expect_sample(const struct told *t)
{
    cr_assert_eq(t->runs, 2);
    cr_expect_eq(t->from[0], 10);
    cr_expect_eq(t->to[0], 13);
    cr_expect_eq(t->from[1], 13);
    cr_expect_eq(t->to[1], 15);
    cr_expect_eq(t->rip[1], 0x200);
    cr_expect_eq(t->changes, 2);                         /* it came to lie somewhere, then elsewhere */
}

Test(executed, a_run_lasts_until_the_next_entry_or_the_end)
{
    struct told t = { 0 };
    struct executed e = { .ran = ran, .changes = changes, .context = &t };
    executed_open(&e);
    cr_assert_eq(executed_take(&e, SAMPLE, SAMPLE_WORDS), SAMPLE_WORDS);
    expect_sample(&t);
    executed_close(&e);
}

Test(executed, words_that_come_in_pieces_mean_the_same)
{
    for (size_t cut = 0; cut <= SAMPLE_WORDS; cut++) {
        struct told t = { 0 };
        struct executed e = { .ran = ran, .changes = changes, .context = &t };
        executed_open(&e);
        size_t taken = executed_take(&e, SAMPLE, cut);
        cr_assert_leq(taken, cut);
        cr_assert_eq(executed_take(&e, SAMPLE + taken, SAMPLE_WORDS - taken), SAMPLE_WORDS - taken);
        expect_sample(&t);
        executed_close(&e);
    }
}

Test(executed, ticks_are_told_by_their_lower_half)
{
    const u64 words[] = {
        CPU_RECORD_CODE | 0ull << 32, 1 | 16ull << 32, 0x90, CPU_RECORD_TICK, 0x1fffffffeull, 0 | 0xfffffffeull << 32, word(CPU_RECORD_END, 5),
    };
    struct told t = { 0 };
    struct executed e = { .ran = ran, .context = &t };
    executed_open(&e);
    executed_take(&e, words, sizeof words / sizeof *words);
    cr_expect_eq(t.from[0], 0x1fffffffeull);
    cr_expect_eq(t.to[0], 0x200000005ull);
    executed_close(&e);
}

Test(executed, words_that_no_recorder_writes_are_refused)
{
    const u64 unknown[] = { 7 }, large[] = { CPU_RECORD_CODE, 5000, 0 }, far[] = { word(CPU_RECORD_CODE, 1 << 20), 1, 0 };
    struct told t = { 0 };
    struct executed e = { .ran = ran, .context = &t };
    executed_open(&e);
    cr_expect_eq(executed_take(&e, unknown, 1), SIZE_MAX);
    cr_expect_eq(executed_take(&e, large, 3), SIZE_MAX);
    cr_expect_eq(executed_take(&e, far, 3), SIZE_MAX);
    cr_expect_eq(t.runs, 0);
    executed_close(&e);
}
