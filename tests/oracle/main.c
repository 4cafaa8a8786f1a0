/* oracle [CASES] [SEED]: random instructions on the host's processor and on ours.            doc: oracle
 * oracle 8bit [STRIDE]: every 8-bit operation with every operand, or each STRIDE-th case.
 * Ends with `N passed, N failed`; status 1 when something differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/run/processor.h"
#include "tests/oracle/oracle.h"

enum { SHOWN = 20 };

static void print_registers(const char *who, const struct registers *r)
{
    static const char *const end[] = { "next", "taken", "fault" };
    printf("  %-5s eax %08x ecx %08x edx %08x ebx %08x esp %08x ebp %08x esi %08x edi %08x\n", who, r->gpr[0], r->gpr[1],
           r->gpr[2], r->gpr[3], r->gpr[4], r->gpr[5], r->gpr[6], r->gpr[7]);
    printf("        eip %08x eflags %08x %s", r->eip, r->eflags, end[r->end]);
    if (r->end == END_FAULT) printf(" vector %u error %x cr2 %08x", r->vector, r->error, r->cr2);
    putchar('\n');
}

static void print_case(const struct oracle_case *c)
{
    printf("%s, %d-bit:", c->name, c->code16 ? 16 : 32);
    for (unsigned i = 0; i < c->length; i++) printf(" %02x", c->code[i]);
    printf("   eflags %08x limit %x\n", c->in.eflags, c->data_limit);
    print_registers("in", &c->in);
}

/* Differences that say nothing of us: the host maps other pages than ours, makers check CALL's stack and target in different
 * order, and a random branch may land inside the far jump behind the code. */
static bool excused(const struct oracle_case *c, const struct registers *host, const struct registers *our)
{
    bool both = host->end == END_FAULT && our->end == END_FAULT;
    bool foreign = our->cr2 < CODE_LA || our->cr2 >= DATA_LA + DATA_BYTES;

    if (both && host->vector == VECTOR_PF && our->vector == VECTOR_PF && foreign && host->cr2 == our->cr2) return true;
    if (both && strcmp(c->name, "CALL") == 0 && our->vector == VECTOR_GP && host->vector == VECTOR_SS) return true;
    if (both && strcmp(c->name, "POPA") == 0) return true;      /* registers popped before the fault: AMD keeps them */
    return our->end == END_TAKEN && our->eip != EXIT_1_OFFSET && our->eip > CODE_START && our->eip < EXIT_1_OFFSET + 8;
}

/* What differs, or NULL.  Flags under `undefined` are not compared; nor are flags in a fault frame's RF. */
static const char *difference(const struct oracle_case *c, const struct registers *host, const struct registers *our)
{
    u32 flags = (EFLAGS_ARITHMETIC | EFLAGS_DF | EFLAGS_AC) & ~c->undefined;

    if (host->end != our->end) return "one faults, branches or goes on, the other not";
    if (memcmp(host->gpr, our->gpr, sizeof host->gpr)) return "registers";
    if (host->eip != our->eip) return "eip";
    if ((host->eflags ^ our->eflags) & flags) return "flags";
    if (host->end != END_FAULT) return NULL;
    if (host->vector != our->vector) return "vector";
    if (host->error != our->error) return "error code";
    if (host->vector == VECTOR_PF && host->cr2 != our->cr2) return "cr2";
    return NULL;
}

static bool same_in_both(const struct oracle_case *c, unsigned *shown)
{
    static u8 host_data[DATA_BYTES], our_data[DATA_BYTES];
    struct registers host, our;

    oracle_ours_run(c, &our, our_data);
    /* an address where the host may have this program itself or its heap: running it there would harm us */
    if (our.end == END_FAULT && our.vector == VECTOR_PF && our.cr2 < CODE_LA) return true;
    oracle_host_run(c, &host, host_data);
    const char *what = difference(c, &host, &our);
    if (!what && memcmp(host_data, our_data, DATA_BYTES)) what = "memory";
    if (!what || excused(c, &host, &our)) return true;
    if ((*shown)++ < SHOWN) {
        print_case(c);
        printf("  differs: %s\n", what);
        print_registers("host", &host);
        print_registers("ours", &our);
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

int main(int argc, char **argv)
{
    bool exhaustive = argc > 1 && strcmp(argv[1], "8bit") == 0;
    unsigned long passed = 0, cases = exhaustive ? 0 : argc > 1 ? strtoul(argv[1], NULL, 0) : 20000, failed = 0;
    u64 stride = exhaustive && argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    u64 random = (argc > 2 ? strtoull(argv[2], NULL, 0) : 1) * 0x9e3779b97f4a7c15ull | 1;
    const char *why_not;
    unsigned shown = 0;
    struct oracle_case c = { 0 };

    if (!oracle_host_start(&why_not)) {
        printf("oracle: skipped: %s\n0 passed, 0 failed, %lu skipped\n", why_not, cases);
        return 0;
    }
    if (!oracle_host_has_16bit()) printf("oracle: the host gives no LDT: 16-bit code is left out\n");
    oracle_ours_start();
    for (unsigned long i = 0; i < cases; i++) {
        c.code16 = oracle_host_has_16bit() && i & 1;
        oracle_generate(&c, &random);
        failed += !same_in_both(&c, &shown);
    }
    passed = cases - failed;
    if (exhaustive) exhaust(stride ? stride : 1, &passed, &failed, &shown);
    oracle_ours_end();
    printf("oracle: %lu passed, %lu failed\n", passed, failed);
    return failed != 0;
}
