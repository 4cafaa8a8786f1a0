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

/* Of those that differ, the first ones are shown. */
static bool same_in_both(const struct oracle_case *c, unsigned *shown)
{
    bool same = oracle_same(c, *shown < SHOWN ? stdout : NULL);

    *shown += !same;
    return same;
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
        oracle_next_case(&c, i, oracle_host_can(), &random);
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
    oracle_ours_start(oracle_model_of_host());
    for (unsigned long i = 0; i < cases; i++) {
        oracle_next_case(&c, i, oracle_host_can() & oracle_ours_can(), &random);
        failed += !same_in_both(&c, &shown);
    }
    passed = cases - failed;
    if (exhaustive) exhaust(stride ? stride : 1, &passed, &failed, &shown);
    oracle_ours_end();
    oracle_print_explained(stdout);
    printf("oracle: %lu passed, %lu failed\n", passed, failed);
    return failed != 0;
}
