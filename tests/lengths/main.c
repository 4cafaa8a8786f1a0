/* lengths [STRIDE]: how many bytes an instruction has, and whether it is one at all, by the host's processor and by ours: every
 * STRIDE-th case.  Ends with `lengths: N passed, N failed`; status 1 when something differs.          doc: oracle
 *
 * The first n bytes end where a page ends, and nothing is mapped behind it.  While the processor wants more than n bytes, the fetch
 * faults at that page; the smallest n for which it does not is the length. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "cpu/decode/decode.h"
#include "cpu/run/processor.h"
#include "tests/lengths/lengths.h"

enum { SHOWN = 40, EXCUSES = 64 };
enum { OPCODE_MAX_BYTES = 14 };          /* without prefixes: XOP of three bytes, opcode, ModRM, SIB, displacement, immediate */

enum verdict { NEEDS_MORE, UNDEFINED, TOO_LONG_OR_REFUSED, RUNS };
static const char *const verdict_names[] = { "wants more", "#UD", "#GP", "runs" };

struct excuse {
    const char *reason;
    unsigned long count;
};

static struct {
    struct decode_tables *tables;
    unsigned long passed, failed, skipped;
    struct excuse excuse[EXCUSES];
} t;

static enum verdict verdict(void (*probe)(const struct oracle_case *, unsigned, struct registers *), const struct oracle_case *c, unsigned n)
{
    struct registers r;

    probe(c, n, &r);
    if (r.rip != CODE_BYTES - n) return RUNS;
    if (r.vector == VECTOR_PF && r.cr2 == CODE_LA + CODE_BYTES) return NEEDS_MORE;
    if (r.vector == VECTOR_UD) return UNDEFINED;
    return r.vector == VECTOR_GP ? TOO_LONG_OR_REFUSED : RUNS;
}

/* The smallest n that suffices, at most 16. */
static unsigned length(void (*probe)(const struct oracle_case *, unsigned, struct registers *), const struct oracle_case *c)
{
    unsigned n = 1;

    while (n < 16 && verdict(probe, c, n) == NEEDS_MORE) n++;
    return n;
}

/* The manuals do not say how much of an undefined opcode is fetched before #UD: that both refuse it is all. */
static bool agree(const struct oracle_case *c)
{
    struct decoded d;
    struct decode_mode mode = { .code_bits = (u8)c->code_bits, .protected_mode = true };

    decode(t.tables, c->code, c->length, mode, &d);
    if (verdict(oracle_ours_probe, c, d.length) == UNDEFINED) return verdict(oracle_host_probe, c, INSTRUCTION_MAX_BYTES) == UNDEFINED;
    enum verdict host = verdict(oracle_host_probe, c, d.length), ours = verdict(oracle_ours_probe, c, d.length);
    if (host == NEEDS_MORE || host == UNDEFINED || ours == NEEDS_MORE) return false;
    if (d.record.h == OP_TOO_LONG && (host != TOO_LONG_OR_REFUSED || ours != TOO_LONG_OR_REFUSED)) return false;
    return d.length == 1 || (verdict(oracle_host_probe, c, d.length - 1u) == NEEDS_MORE && verdict(oracle_ours_probe, c, d.length - 1u) == NEEDS_MORE);
}

static void note_excuse(const char *reason)
{
    struct excuse *e = t.excuse;

    while (e->reason && strcmp(e->reason, reason)) e++;
    e->reason = reason;
    e->count++;
}

static void show(const struct oracle_case *c)
{
    unsigned host = length(oracle_host_probe, c), ours = length(oracle_ours_probe, c);
    struct decoded d;

    decode(t.tables, c->code, c->length, (struct decode_mode){ .code_bits = (u8)c->code_bits, .protected_mode = true }, &d);
    printf("%u-bit: host %2u bytes, %s; ours %2u bytes, %s (%s):", c->code_bits, host, verdict_names[verdict(oracle_host_probe, c, host)], ours,
           verdict_names[verdict(oracle_ours_probe, c, ours)], op_names[d.record.h]);
    for (unsigned i = 0; i < INSTRUCTION_MAX_BYTES; i++) printf(" %02x", c->code[i]);
    putchar('\n');
}

/* No manual says how many bytes an undefined opcode has: one side counts more than 15 and says #GP, the other #UD. */
static bool undefined_or_too_long(const struct oracle_case *c)
{
    enum verdict host = verdict(oracle_host_probe, c, INSTRUCTION_MAX_BYTES), ours = verdict(oracle_ours_probe, c, INSTRUCTION_MAX_BYTES);

    if (lengths_prefixes(c) + OPCODE_MAX_BYTES <= INSTRUCTION_MAX_BYTES) return false;
    if (host == UNDEFINED) return ours == TOO_LONG_OR_REFUSED && length(oracle_ours_probe, c) == INSTRUCTION_MAX_BYTES;
    return ours == UNDEFINED && host == TOO_LONG_OR_REFUSED && length(oracle_host_probe, c) == INSTRUCTION_MAX_BYTES;
}

/* What the host has and we lack, or what the manuals leave open. */
static const char *excuse_of(const struct oracle_case *c)
{
    if (length(oracle_host_probe, c) > INSTRUCTION_MAX_BYTES && length(oracle_ours_probe, c) > INSTRUCTION_MAX_BYTES) return "an operand of CS begins behind the code page";
    if (undefined_or_too_long(c)) return "undefined, and perhaps longer than 15 bytes";
    return verdict(oracle_ours_probe, c, INSTRUCTION_MAX_BYTES) == UNDEFINED ? lengths_absent(c) : NULL;
}

static void check(const struct oracle_case *c)
{
    if (agree(c)) {
        t.passed++;
        return;
    }
    const char *excuse = excuse_of(c);
    if (excuse) note_excuse(excuse);
    else if (t.failed++ < SHOWN) show(c);
}

int main(int argc, char **argv)
{
    unsigned long stride = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
    const char *why_not;
    struct error err = { 0 };

    if (!oracle_host_start(&why_not)) {
        printf("lengths: skipped: %s\n", why_not);
        return 77;
    }
    setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);      /* a step ends by itself: no alarm is to come upon its stack */
    if (!(oracle_host_can() & CAN_16BIT)) printf("lengths: the host gives no LDT: 16-bit code is left out\n");
    oracle_ours_start(lengths_model());
    t.tables = decode_tables_create(lengths_model(), &err);
    for (unsigned bits = oracle_host_can() & CAN_16BIT ? 16 : 32; bits <= 64; bits *= 2) lengths_each(bits, stride ? stride : 1, check);
    for (const struct excuse *e = t.excuse; e->reason; e++) printf("lengths: %7lu excused: %s\n", e->count, e->reason);
    decode_tables_destroy(t.tables);
    oracle_ours_end();
    printf("lengths: %lu passed, %lu failed\n", t.passed, t.failed);
    return t.failed != 0;
}
