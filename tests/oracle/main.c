/* oracle [CASES] [SEED]: random instructions on the host's processor and on ours.            doc: oracle
 * oracle 8bit [STRIDE]: every 8-bit operation with every operand, or each STRIDE-th case.
 * oracle host [CASES] [SEED]: the host's side alone: known results, and that a case comes out the same twice.
 * Ends with `N passed, N failed`; status 1 when something differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/run/processor.h"
#include "tests/oracle/generate_wide.h"

enum { SHOWN = 20 };

/* An address where the host may have this program itself: running it there would harm us.  A branch to the case itself or into the
 * host's way back, which goes on there. */
static bool host_may_run(const struct outcome *our)
{
    const struct registers *regs = &our->regs;

    if (regs->end == END_FAULT && regs->vector == VECTOR_PF) return oracle_host_spares(regs->cr2);
    return regs->end != END_TAKEN || regs->rip == EXIT_1_OFFSET || regs->rip < CODE_START || regs->rip >= EXIT_1_OFFSET + 8;
}

/* The host's run, until it comes out as ours: an interrupt between an instruction and the FNSTENV behind it takes the pointers with
 * it where XSAVE does not keep them. */
static bool host_agrees(const struct oracle_case *c, struct outcome *host, const struct outcome *our)
{
    enum { TRIES = 3 };
    unsigned tries = c->tail && !(oracle_host_can() & CAN_POINTERS) ? TRIES : 1;

    while (tries--) {
        oracle_host_run(c, host);
        if (!oracle_compare(c, host, our, NULL) || oracle_explained(c, host, our)) return true;
    }
    return false;
}

static bool same_in_both(const struct oracle_case *c, unsigned *shown)
{
    struct outcome host, our;

    oracle_ours_run(c, &our);
    if (!host_may_run(&our)) return true;
    if (host_agrees(c, &host, &our)) return true;
    if ((*shown)++ < SHOWN) {
        oracle_print_case(c, stdout);
        oracle_compare(c, &host, &our, stdout);
    }
    return false;
}

/* Every `stride`-th case of every family of 8-bit operations. */
static void exhaust(u64 stride, unsigned long *passed, unsigned long *failed, unsigned *shown)
{
    struct oracle_case c = { 0 };

    for (unsigned n = 0; n < oracle_families(); n++)
        for (u64 number = 0; oracle_exhaustive_case(&c, n, number); number += number % 97 == 0 ? 1 : stride) {
            bool same = same_in_both(&c, shown);
            *passed += same;
            *failed += !same;
        }
}

static unsigned wide_bits(unsigned can, u64 *random)
{
    static const u8 bits[] = { 64, 64, 32, 16 };
    unsigned chosen = bits[pick(random, ARRAY_COUNT(bits))];

    return (chosen == 64 && !(can & CAN_64BIT)) || (chosen == 16 && !(can & CAN_16BIT)) ? 32 : chosen;
}

/* Cases of what both sides have, in turn: 32-bit, 16-bit, 64-bit code, then x87 and vector state. */
static void next_case(struct oracle_case *c, unsigned long i, unsigned can, u64 *random)
{
    unsigned bits = i & 1 && can & CAN_16BIT ? 16 : 32;

    enum { SHARING = 4096 };             /* cases of one background */
    u32 background = (u32)(i / SHARING * 0x9e3779b9);

    if (can & CAN_EXTENDED && i % 4 == 2) oracle_generate_wide(c, wide_bits(can, random), can, random);
    else if (can & CAN_64BIT && i % 8 > 2) oracle_generate64(c, can, random);
    else oracle_generate(c, bits, random);
    c->data_seed = background;
}

/* Rows that raise #UD whatever follows them: the host has not got them, or the row is wrong. */
static void list_undefined_rows(u64 *random)
{
    struct outcome out;
    struct oracle_case c;

    for (unsigned i = 0; i < wide_row_count; i++) {
        unsigned tries = 0;
        do {
            oracle_generate_row(&c, &wide_rows[i], 64, oracle_host_can(), random);
            oracle_host_run(&c, &out);
        } while (out.regs.end == END_FAULT && out.regs.vector == VECTOR_UD && ++tries < 100);
        if (tries == 100) printf("oracle host: only #UD: %s %s\n", wide_rows[i].bytes, wide_rows[i].name);
    }
}

/* oracle host: the host alone: known results, then random cases twice, which must come out the same. */
static int host_alone(unsigned long cases, u64 random)
{
    unsigned tests, failed = oracle_selftest(&tests);
    struct oracle_case c;
    struct outcome first, second;
    static u8 first_data[DATA_BYTES];
    unsigned ends[3] = { 0 };

    list_undefined_rows(&random);
    for (unsigned long i = 0; i < cases; i++) {
        next_case(&c, i, oracle_host_can(), &random);
        oracle_host_run(&c, &first);
        memcpy(first_data, first.data, DATA_BYTES);
        first.data = first_data;
        oracle_host_run(&c, &second);
        ends[first.regs.end]++;
        if (!oracle_compare(&c, &first, &second, NULL)) continue;
        if (failed++ >= SHOWN) continue;
        oracle_print_case(&c, stdout);
        oracle_compare(&c, &first, &second, stdout);
    }
    printf("oracle host: of %lu cases %u went on, %u branched, %u faulted\n", cases, ends[END_NEXT], ends[END_TAKEN],
           ends[END_FAULT]);
    printf("oracle host: %lu passed, %u failed\n", cases + tests - failed, failed);
    return failed != 0;
}

static u64 seed(const char *number)
{
    return strtoull(number, NULL, 0) * 0x9e3779b97f4a7c15ull | 1;
}

/* Makers differ in what the manuals leave open, and beyond: the model is one of the host's maker, with what rows ask for. */
static const struct cpu_model *model_of_host(void)
{
    static struct cpu_model intel;
    struct error err = { 0 };

    if (oracle_host_can() & CAN_UNDEFINED) return cpu_model_find("ryzen");
    bool made = cpu_model_with(cpu_model_find("corei7_haswell"), "sha,adx,clflushopt,xsavec,xgetbv1,xsaves,smap,rdseed", "", &intel, &err);
    if (!made) fputs(err.text, stderr);
    return made ? &intel : cpu_model_find("corei7_haswell");
}

int main(int argc, char **argv)
{
    bool exhaustive = argc > 1 && strcmp(argv[1], "8bit") == 0;
    unsigned long passed = 0, cases = exhaustive ? 0 : argc > 1 ? strtoul(argv[1], NULL, 0) : 20000, failed = 0;
    u64 stride = exhaustive && argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    u64 random = seed(argc > 2 ? argv[2] : "1");
    const char *why_not;
    unsigned shown = 0;
    struct oracle_case c = { 0 };

    if (!oracle_host_start(&why_not)) {
        printf("oracle: skipped: %s\n0 passed, 0 failed, %lu skipped\n", why_not, cases);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "host") == 0)
        return host_alone(argc > 2 ? strtoul(argv[2], NULL, 0) : 20000, seed(argc > 3 ? argv[3] : "1"));
    if (!(oracle_host_can() & CAN_16BIT)) printf("oracle: the host gives no LDT: 16-bit code is left out\n");
    oracle_ours_start(model_of_host());
    for (unsigned long i = 0; i < cases; i++) {
        next_case(&c, i, oracle_host_can() & oracle_ours_can(), &random);
        failed += !same_in_both(&c, &shown);
    }
    passed = cases - failed;
    if (exhaustive) exhaust(stride ? stride : 1, &passed, &failed, &shown);
    oracle_ours_end();
    oracle_print_explained(stdout);
    printf("oracle: %lu passed, %lu failed\n", passed, failed);
    return failed != 0;
}
