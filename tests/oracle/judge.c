/* Which cases both sides run, and whether they come out the same.                             doc: oracle */
#include <stdio.h>

#include "cpu/run/processor.h"
#include "tests/oracle/generate.h"

/* --- one case --- */

/* An address where the host may have this program itself: running it there would harm us.  A branch to the case itself, into the
 * host's way back, which goes on there, or to pointers of that. */
static bool host_may_run(const struct outcome *our)
{
    const struct registers *regs = &our->regs;

    if (regs->end == END_FAULT && regs->vector == VECTOR_PF) return oracle_host_spares(regs->cr2);
    if (regs->end != END_TAKEN || regs->rip == EXIT_1_OFFSET) return true;
    return regs->rip < CODE_START || (regs->rip >= EXIT_1_OFFSET + 8 && regs->rip + 16 <= EXIT_POINTERS) || regs->rip >= EXIT_POINTERS + 16;
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

bool oracle_same(const struct oracle_case *c, FILE *to)
{
    struct outcome host, our;

    oracle_ours_run(c, &our);
    if (!host_may_run(&our)) return true;
    if (host_agrees(c, &host, &our)) return true;
    if (to) {
        oracle_print_case(c, to);
        oracle_compare(c, &host, &our, to);
    }
    return false;
}

/* --- all kinds of cases --- */

static unsigned wide_bits(unsigned can, u64 *random)
{
    static const u8 bits[] = { 64, 64, 32, 16 };
    unsigned chosen = bits[pick(random, ARRAY_COUNT(bits))];

    return (chosen == 64 && !(can & CAN_64BIT)) || (chosen == 16 && !(can & CAN_16BIT)) ? 32 : chosen;
}

void oracle_next_case(struct oracle_case *c, unsigned long i, unsigned can, u64 *random)
{
    unsigned bits = i & 1 && can & CAN_16BIT ? 16 : 32;

    enum { SHARING = 4096 };             /* cases of one background */
    u32 background = (u32)(i / SHARING * 0x9e3779b9);

    if (can & CAN_EXTENDED && i % 4 == 2) oracle_generate_wide(c, wide_bits(can, random), can, random);
    else if (can & CAN_64BIT && i % 8 > 2) oracle_generate64(c, can, random);
    else oracle_generate(c, bits, random);
    c->data_seed = background;
}

/* --- our side's model --- */

const struct cpu_model *oracle_model_of_host(void)
{
    static struct cpu_model intel;
    struct error err = { 0 };

    if (oracle_host_can() & CAN_UNDEFINED) return cpu_model_find("ryzen");
    bool made = cpu_model_with(cpu_model_find("corei7_haswell"), "sha,adx,clflushopt,xsavec,xgetbv1,xsaves,smap,rdseed", "", &intel, &err);
    if (!made) fputs(err.text, stderr);
    return made ? &intel : cpu_model_find("corei7_haswell");
}
