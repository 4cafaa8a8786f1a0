/* The data of a case: random bytes that many cases share, and what this one plants over them.  doc: oracle */
#include <string.h>

#include "tests/oracle/oracle.h"

const u16 oracle_limits[DATA_LIMITS] = { 0xffff, 0x7fff, 0x8000, 0x87f1, 0x9abc, 0xa00f, 0xbffe, 0xc003, 0xd007, 0xe001, 0xeffd, 0xfff0,
                                         0xfffe };

unsigned oracle_data_selector(const struct oracle_case *c)
{
    unsigned n = 0;

    if (c->code_bits == 64) return 0;
    if (c->code_bits == 32) return SELECTOR_DATA;
    while (oracle_limits[n] != c->data_limit) n++;
    return (1 + n) << 3 | 7;
}

static struct {
    bool made;
    u32 seed;
    u8 bytes[DATA_BYTES];
} background;

void oracle_fill_read_only(u8 *page)
{
    for (unsigned i = 0; i < DATA_LA - READ_ONLY_LA; i++) page[i] = (u8)(i * 37);
}

/* One word in four is all zeros or all ones. */
static void make_background(u32 seed)
{
    u64 v = seed * 0x9e3779b97f4a7c15ull + 1;

    for (unsigned i = 0; i < DATA_BYTES; i += 8) {
        v = v * 6364136223846793005ull + 1442695040888963407ull;
        u64 word = v >> 5 & 3 ? v : v >> 60 & 1 ? ~0ull : 0;
        memcpy(background.bytes + i, &word, 8);
    }
    background.seed = seed;
    background.made = true;
}

/* Most pages are as the last case found them: to compare is cheaper than to write. */
void oracle_fill(u8 *data, const struct oracle_case *c)
{
    enum { PIECE = 4096 };

    if (!background.made || background.seed != c->data_seed) make_background(c->data_seed);
    for (unsigned at = 0; at < DATA_BYTES; at += PIECE)
        if (memcmp(data + at, background.bytes + at, PIECE)) memcpy(data + at, background.bytes + at, PIECE);
    for (unsigned i = 0; i < PLANTS; i++) memcpy(data + c->plants[i].offset, c->plants[i].bytes, c->plants[i].size);
}
