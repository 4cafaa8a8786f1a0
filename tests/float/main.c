#include "tests/float/float_test.h"
/* build/float [N [name [seed]]]: N vectors an operation, of those whose name begins with `name`.
 * Each vector is one run of the software and one of the host's own unit; value, flags, C1 and
 * quotient must be equal.  Status 1 when one is not. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_VECTORS = 20000, SHOWN = 5 };

static bool same_f80(f80 a, f80 b)
{
    return a.significand == b.significand && a.sign_exponent == b.sign_exponent;
}

static bool same_value(const struct outcome *a, const struct outcome *b)
{
    return a->value == b->value && same_f80(a->x, b->x) && same_f80(a->y, b->y) &&
           a->partial == b->partial && a->quotient == b->quotient &&
           memcmp(a->bcd, b->bcd, sizeof a->bcd) == 0;
}

/* An unmasked exception may leave nothing to compare but flags. */
static bool same(const struct operation *op, const struct vector *v, const struct outcome *soft,
                 const struct outcome *host)
{
    unsigned ends = host->raised & ~v->env.masked & ~op->delivers;

    if (soft->raised != host->raised || soft->rounded_up != host->rounded_up) return false;
    return ends || same_value(soft, host);
}

static void print_bytes(const u8 *bytes)
{
    for (int i = 9; i >= 0; i--) printf("%02x", bytes[i]);
}

static void print_outcome(const char *who, const struct outcome *o)
{
    static const char letters[] = "IDZOUP";

    printf("    %s: %016" PRIx64 "  %04x:%016" PRIx64 " %04x:%016" PRIx64 "  ", who, o->value,
           o->x.sign_exponent, o->x.significand, o->y.sign_exponent, o->y.significand);
    print_bytes(o->bcd);
    printf("  up %d quotient %d partial %d  ", o->rounded_up, o->quotient, o->partial);
    for (int i = 0; i < 6; i++) putchar(o->raised >> i & 1 ? letters[i] : '-');
    putchar('\n');
}

static void print_difference(const struct operation *op, const struct vector *v,
                             const struct outcome *soft, const struct outcome *host)
{
    printf("%s: %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "  %04x:%016" PRIx64 " %04x:%016" PRIx64
           "  ",
           op->name, v->a, v->b, v->c, v->x.sign_exponent, v->x.significand, v->y.sign_exponent,
           v->y.significand);
    print_bytes(v->bcd);
    printf("  RC %d PC %d masked %02x%s%s\n", v->env.rounding, v->env.precision, v->env.masked,
           v->env.daz ? " DAZ" : "", v->env.ftz ? " FTZ" : "");
    print_outcome("soft", soft);
    print_outcome("host", host);
}

/* Processors of Intel's raise other flags beside an unmasked underflow, and scale by 0 without one. */
static bool intel_underflow(const struct operation *op, const struct vector *v)
{
    enum { UNDERFLOW = 16 };
    return __builtin_cpu_is("intel") && !(v->env.masked & UNDERFLOW) && (!strcmp(op->name, "f32_to_f16") || !strcmp(op->name, "f80_scale"));
}

/* The number of vectors that differ. */
static u64 run(const struct operation *op, u64 count, u64 seed)
{
    u64 failed = 0;

    for (const char *c = op->name; *c; c++) seed = seed * 31 + (u8)*c;
    for (u64 i = 0; i < count; i++) {
        struct vector v = random_vector(&seed, op->operands), before = v;
        struct outcome soft = { 0 }, host = { 0 };

        op->host(&v, &host);
        op->soft(&v, &soft);
        if (same(op, &before, &soft, &host) || intel_underflow(op, &before)) continue;
        if (failed++ < SHOWN) print_difference(op, &before, &soft, &host);
    }
    if (failed) printf("%s: %" PRIu64 " of %" PRIu64 " differ\n", op->name, failed, count);
    return failed;
}

struct tally {
    u64 run, failed;
};

static void run_all(struct tally *tally, const struct operation *ops, size_t n, u64 count,
                    const char *name, u64 seed)
{
    for (size_t i = 0; i < n; i++) {
        if (strncmp(ops[i].name, name, strlen(name)) != 0) continue;
        if (ops[i].present && !ops[i].present()) {
            printf("%s: skipped, this processor does not have it\n", ops[i].name);
            continue;
        }
        tally->failed += run(&ops[i], count, seed);
        tally->run += count;
    }
}

int main(int argc, char **argv)
{
    u64 count = argc > 1 ? strtoull(argv[1], NULL, 10) : DEFAULT_VECTORS;
    const char *name = argc > 2 ? argv[2] : "";
    u64 seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
    struct tally tally = { 0 };

    sse_catch_exceptions();
    run_all(&tally, sse_operations, sse_operation_count, count, name, seed);
    run_all(&tally, x87_operations, x87_operation_count, count, name, seed);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", tally.run - tally.failed, tally.failed);
    return tally.failed || !tally.run;
}
