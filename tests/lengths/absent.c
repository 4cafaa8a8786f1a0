/* Instructions of the host that no model of ours has, by the feature that brings them.     doc: oracle */
#include <cpuid.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "cpu/cpu.h"
#include "tests/lengths/lengths.h"

enum encoding { LEGACY, VEX, EVEX };
enum { NP = 1, P66 = 2, F3 = 4, F2 = 8, ANY_PREFIX = 15 };       /* mandatory prefixes; bit n is VEX.pp = n */
enum { L0 = 1, L1 = 2, W0 = 1, W1 = 2, EITHER = 3 };
enum form { MEMORY = 1, REGISTER = 2, ANY_FORM = 3 };
enum { EAX, EBX, ECX, EDX };
enum { ANY = -1 };

/* What the bytes say, as far as a row asks. */
struct shape {
    enum encoding encoding;
    u8 map, opcode, modrm, prefix, l, w;
};

struct absent {
    const char *feature;
    struct { u32 leaf, subleaf; u8 reg, bit; } cpuid;            /* leaf 0: no bit, or one that hypervisors hide */
    enum encoding encoding;
    u8 map, first, last;                                         /* opcodes */
    u8 prefixes, ls, ws;
    u8 form;
    s16 reg_first, reg_last;                                     /* of ModRM.reg, or from C0h on of ModRM, or ANY */
};

#define LEAF(leaf, subleaf, reg, bit) { leaf, subleaf, reg, bit }
#define HIDDEN { 0, 0, 0, 0 }
#define X(feature, cpuid, encoding, map, first, last, prefixes, ls, ws, form, reg_first, reg_last) \
    { feature, cpuid, encoding, map, first, last, prefixes, ls, ws, form, reg_first, reg_last },
static const struct absent rows[] = {
#include "tests/lengths/absent.inc"
};
#undef X

/* --- shapes --- */

static bool is_prefix(unsigned code_bits, u8 b, struct shape *s)
{
    static const u8 others[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x67, 0xf0 };

    if (b == 0xf3) s->prefix = F3;
    else if (b == 0xf2) s->prefix = F2;
    else if (b == 0x66 && s->prefix == NP) s->prefix = P66;
    bool rex = code_bits == 64 && (b & 0xf0) == 0x40;
    if (rex) s->w = b & 8 ? W1 : W0;
    return rex || b == 0x66 || b == 0xf2 || b == 0xf3 || memchr(others, b, sizeof others);
}

unsigned lengths_prefixes(const struct oracle_case *c)
{
    struct shape s = { .prefix = NP };
    unsigned count = 0;

    while (count < LENGTHS_STRING && is_prefix(c->code_bits, c->code[count], &s)) count++;
    return count;
}

static void take_vex(struct shape *s, const u8 *at)
{
    u8 last = at[0] == 0xc5 ? at[1] : at[2];

    s->encoding = VEX;
    s->map = at[0] == 0xc5 ? 1 : at[1] & 31;
    s->prefix = (u8)(1 << (last & 3));
    s->l = last & 4 ? L1 : L0;
    s->w = at[0] == 0xc4 && last & 0x80 ? W1 : W0;
    at += at[0] == 0xc5 ? 2 : 3;
    s->opcode = at[0];
    s->modrm = at[1];
}

static struct shape shape_of(const struct oracle_case *c)
{
    struct shape s = { .prefix = NP, .w = W0, .l = L0 };
    const u8 *at = c->code;

    at += lengths_prefixes(c);
    for (const u8 *b = c->code; b < at; b++) is_prefix(c->code_bits, *b, &s);
    bool long_form = c->code_bits == 64 || at[1] >= 0xc0;
    if ((at[0] == 0xc4 || at[0] == 0xc5) && long_form) {
        take_vex(&s, at);
        return s;
    }
    if (at[0] == 0x62 && long_form) s.encoding = EVEX;
    if (at[0] == 0x0f) {
        s.map = at[1] == 0x38 ? 2 : at[1] == 0x3a ? 3 : 1;
        at += s.map == 1 ? 1 : 2;
    }
    s.opcode = at[0];
    s.modrm = at[1];
    return s;
}

/* --- the host --- */

static u32 cpuid(u32 leaf, u32 subleaf, unsigned reg)
{
    u32 r[4] = { 0 };

    if (leaf <= __get_cpuid_max(leaf & 0x80000000, NULL)) __cpuid_count(leaf, subleaf, r[EAX], r[EBX], r[ECX], r[EDX]);
    return r[reg];
}

static bool fits(const struct absent *row, const struct shape *s)
{
    s16 reg = row->reg_first >= 0xc0 ? s->modrm : s->modrm >> 3 & 7;

    if (row->encoding != s->encoding) return false;
    if (row->encoding == EVEX) return true;
    return row->map == s->map && s->opcode >= row->first && s->opcode <= row->last && row->prefixes & s->prefix &&
           (s->encoding == LEGACY || (row->ls & s->l && row->ws & s->w)) && row->form & (s->modrm < 0xc0 ? MEMORY : REGISTER) &&
           (row->reg_first == ANY || (reg >= row->reg_first && reg <= row->reg_last));
}

const char *lengths_absent(const struct oracle_case *c)
{
    struct shape s = shape_of(c);

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct absent *row = &rows[i];
        bool there = !row->cpuid.leaf || bit(cpuid(row->cpuid.leaf, row->cpuid.subleaf, row->cpuid.reg), row->cpuid.bit);
        if (there && fits(row, &s)) return row->feature;
    }
    return NULL;
}

const struct cpu_model *lengths_model(void)
{
    static struct cpu_model model;
    static const struct { u32 leaf, subleaf; u8 reg; } word[FEATURE_WORDS] = {
        [WORD_1_EDX] = { 1, 0, EDX }, [WORD_1_ECX] = { 1, 0, ECX }, [WORD_7_EBX] = { 7, 0, EBX }, [WORD_7_ECX] = { 7, 0, ECX },
        [WORD_D_EAX] = { 13, 1, EAX }, [WORD_81_EDX] = { 0x80000001, 0, EDX }, [WORD_81_ECX] = { 0x80000001, 0, ECX }, [WORD_88_EBX] = { 0x80000008, 0, EBX },
    };
    _Static_assert(FEATURE_WORDS == 8, "each word has its leaf above");

    model = *cpu_model_find(cpuid(0, 0, ECX) == 0x444d4163 /* "cAMD" */ ? "ryzen" : "corei7_haswell");
    memset(model.features, 0, sizeof model.features);
    for (unsigned i = 0; cpu_feature_at(i); i++) {
        unsigned n = cpu_feature_at(i)->feature / 32, b = cpu_feature_at(i)->feature % 32;
        model.features[n] |= cpuid(word[n].leaf, word[n].subleaf, word[n].reg) & 1u << b;
    }
    return &model;
}
