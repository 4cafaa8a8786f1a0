/* The cases: opcodes with every ModRM, strings of prefixes, random strings.                 doc: oracle
 *
 * The host runs them all, so no operand may hit this program: registers hold 0 to 64 KiB in 16- and 32-bit code, where nothing is
 * ever mapped, and a place far from everything in 64-bit code; an address without a register comes from bytes of 60h and more. */
#include <string.h>

#include "tests/lengths/lengths.h"
#include "tests/oracle/random.h"

enum { FILLING = 0x61 };                 /* of displacements and immediates: 61h, 62h ... */
enum { RANDOM_STRINGS = 2000000 };       /* a code size */

struct walk {
    unsigned code_bits;
    unsigned long number, stride;
    void (*check)(const struct oracle_case *c);
    struct oracle_case c;
};

static bool due(struct walk *w)
{
    return w->number++ % w->stride == 0;
}

static void begin(struct walk *w)
{
    u64 *gpr = w->c.in.gpr;

    w->c = (struct oracle_case){ .code_bits = w->code_bits, .name = "lengths" };
    for (unsigned i = 0; i < 16; i++) gpr[i] = (w->code_bits == 64 ? 0x6a0000001100 : 0x1100) + 16 * i;
    w->c.fs_base = w->c.gs_base = 0x5a0000000000;
    for (unsigned i = 0; i < LENGTHS_STRING; i++) w->c.code[i] = (u8)(FILLING + i);
}

static void put(struct walk *w, u8 byte)
{
    w->c.code[w->c.length++] = byte;
}

static void finish(struct walk *w)
{
    w->c.length = LENGTHS_STRING;
    w->check(&w->c);
}

/* Bytes that may stand where a SIB byte does: [EAX+EAX], [disp32] or [EBP+], [ESP+]. */
static const u8 sibs[] = { 0x00, 0x25, 0x64 };

/* The head that `write` puts, every step-th ModRM, and where a SIB byte follows some of those. */
static void with_modrm(struct walk *w, void (*write)(struct walk *w, const u8 *head), const u8 *head, unsigned step)
{
    for (unsigned modrm = 0; modrm < 256; modrm += step) {
        unsigned variants = (modrm & 7) == 4 && modrm < 0xc0 ? ARRAY_COUNT(sibs) : 1;
        for (unsigned i = 0; i < variants; i++) {
            if (!due(w)) continue;
            begin(w);
            write(w, head);
            put(w, (u8)modrm);
            put(w, sibs[i]);
            finish(w);
        }
    }
}

/* --- one-byte opcodes, 0F, 0F 38 and 0F 3A --- */

enum { MAP_ONE_BYTE, MAP_0F, MAP_0F38, MAP_0F3A, MAPS };

static void write_legacy(struct walk *w, const u8 *head)         /* prefix or 0, map, opcode */
{
    if (head[0]) put(w, head[0]);
    if (head[1] != MAP_ONE_BYTE) put(w, 0x0f);
    if (head[1] == MAP_0F38) put(w, 0x38);
    if (head[1] == MAP_0F3A) put(w, 0x3a);
    put(w, head[2]);
}

static void legacy_opcodes(struct walk *w)
{
    static const u8 prefix[] = { 0, 0x66, 0xf2, 0xf3, 0x67, 0xf0, 0x48 /* REX.W */ };
    unsigned prefixes = w->code_bits == 64 ? ARRAY_COUNT(prefix) : ARRAY_COUNT(prefix) - 1;

    for (unsigned map = 0; map < MAPS; map++)
        for (unsigned opcode = 0; opcode < 256; opcode++)
            for (unsigned p = 0; p < prefixes; p++)
                with_modrm(w, write_legacy, (const u8[]){ prefix[p], (u8)map, (u8)opcode }, 1);
}

/* --- VEX: maps 1 to 3, pp, L, W, no second source and one --- */

static void write_vex(struct walk *w, const u8 *head)            /* map, last byte of the prefix, opcode */
{
    put(w, 0xc4);
    put(w, 0xe0 | head[0]);
    put(w, head[1]);
    put(w, head[2]);
}

static void write_short_vex(struct walk *w, const u8 *head)
{
    put(w, 0xc5);
    put(w, 0x80 | (head[1] & 0x7f));
    put(w, head[2]);
}

static void vex_opcodes(struct walk *w)
{
    for (unsigned map = MAP_0F; map < MAPS; map++)
        for (unsigned opcode = 0; opcode < 256; opcode++)
            for (unsigned low = 0; low < 16; low++) {            /* pp, L, W */
                u8 last = (u8)((low & 7) | (low & 8) << 4);
                with_modrm(w, write_vex, (const u8[]){ (u8)map, last | 0x78, (u8)opcode }, 1);
                with_modrm(w, write_vex, (const u8[]){ (u8)map, last | 0x60, (u8)opcode }, 9);
                if (map == MAP_0F && low < 8) with_modrm(w, write_short_vex, (const u8[]){ 0, last | 0x78, (u8)opcode }, 1);
            }
}

/* --- too many prefixes, and instructions that just fit into 15 bytes --- */

static void prefix_strings(struct walk *w)
{
    static const struct { u8 bytes[4], count; } core[] = {
        { { 0x90 }, 1 }, { { 0x01, 0xc0 }, 2 }, { { 0x05 }, 1 }, { { 0x81, 0x04, 0x25 }, 3 }, { { 0x0f, 0xaf, 0xc0 }, 3 }, { { 0x0f, 0x38, 0x00, 0xc0 }, 4 },
        { { 0x0f, 0x3a, 0x0f, 0xc0 }, 4 }, { { 0xa1 }, 1 }, { { 0xb8 }, 1 }, { { 0xc5, 0xf8, 0x77 }, 3 }, { { 0xc4, 0xe3, 0x79 }, 3 }, { { 0x0f, 0x0b }, 2 }, { { 0xe9 }, 1 },
        { { 0xc8 }, 1 }, { { 0x69, 0x84, 0x24 }, 3 },
    };
    static const u8 prefix[] = { 0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x36, 0x26, 0x64, 0x40, 0x48 };

    for (unsigned n = 5; n <= 16; n++)
        for (unsigned i = 0; i < ARRAY_COUNT(core); i++)
            for (unsigned p = 0; p < ARRAY_COUNT(prefix); p++) {
                if (!due(w)) continue;
                begin(w);
                for (unsigned k = 0; k < n; k++) put(w, prefix[p]);
                for (unsigned k = 0; k < core[i].count && w->c.length < LENGTHS_STRING; k++) put(w, core[i].bytes[k]);
                finish(w);
            }
}

/* --- random strings --- */

/* Some prefixes, an escape often, then anything; from the fifth byte behind the prefixes on, where the top of an address may lie, 50h and more. */
static void random_string(struct walk *w)
{
    static const u8 prefix[] = { 0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x3e, 0x26, 0x36, 0x64, 0x65, 0xf0, 0x40, 0x48, 0x4f, 0x41 };
    static const u8 escape[] = { 0x0f, 0x0f, 0x0f, 0xc4, 0xc5, 0x62, 0xd9, 0xdb, 0xdf };
    u64 random = w->number * 0x9e3779b97f4a7c15ull | 1;

    next_random(&random);
    begin(w);
    while (w->c.length < 14 && pick(&random, 3)) put(w, prefix[pick(&random, ARRAY_COUNT(prefix))]);
    unsigned start = w->c.length;
    while (w->c.length < LENGTHS_STRING) {
        u8 byte = (u8)pick(&random, 256);
        unsigned at = w->c.length - start;
        if (at == 0 && pick(&random, 2)) byte = escape[pick(&random, ARRAY_COUNT(escape))];
        if (at == 1 && w->c.code[start] == 0x0f && pick(&random, 2)) byte = pick(&random, 2) ? 0x38 : 0x3a;
        put(w, at >= 4 && byte < 0x50 ? byte | 0x50 : byte);
    }
    finish(w);
}

void lengths_each(unsigned code_bits, unsigned long stride, void (*check)(const struct oracle_case *c))
{
    struct walk w = { .code_bits = code_bits, .stride = stride, .check = check };

    legacy_opcodes(&w);
    vex_opcodes(&w);
    prefix_strings(&w);
    for (unsigned long i = 0; i < RANDOM_STRINGS; i++)
        if (due(&w)) random_string(&w);
}
