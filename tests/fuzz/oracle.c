/* Strings of bytes as user-level instructions, on the host's processor and on ours: tests/oracle runs and compares them.      doc: fuzz */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/numbers.h"
#include "tests/fuzz/targets.h"
#include "tests/oracle/oracle.h"

static const char *why_not;      /* the host's refusal */

void oracle_begin(void)
{
    if (!oracle_host_start(&why_not)) {
        fprintf(stderr, "fuzz: oracle: skipped: %s\n", why_not);
        return;
    }
    oracle_ours_start(oracle_model_of_host());
    oracle_strings_start();
}

unsigned long oracle_play(const struct fuzz_target *t, unsigned long most)
{
    u8 string[ORACLE_STRING];
    struct oracle_case c;
    unsigned long n;

    (void)t;
    for (n = 0; n < most && !hostile_over(); n++) {
        hostile_at(n);
        pick_bytes(string, sizeof string);
        if (why_not || !oracle_string_case(&c, string)) continue;
        c.data_seed = 0;         /* to fill memory anew takes longer than a case */
        if (!oracle_same(&c, stderr)) fputs("fuzz: oracle: it comes out otherwise on the host\n", stderr), abort();
    }
    return n ? n : 1;
}
