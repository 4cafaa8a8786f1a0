#include "cpu/vector/vector.h"

/* PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM: comparison of strings.                  doc: vector
 * Source: SDM vol. 1, "String/Text Processing Instructions"; the words are its own.  a is the
 * register operand (the set, the ranges, the string looked for), b the register or memory operand
 * (the text).  The instruction itself makes an index or a mask of IntRes2. */

enum { IMM_WORDS = 1, IMM_SIGNED = 2 };                          /* Imm8[1:0]: source data format */
enum aggregation { EQUAL_ANY, RANGES, EQUAL_EACH, EQUAL_ORDERED };     /* Imm8[3:2] */
enum { POLARITY_NEGATIVE = 1, POLARITY_MASKED = 2 };                   /* Imm8[5:4] */
enum { FLAG_CF = 1 << 0, FLAG_ZF = 1 << 6, FLAG_SF = 1 << 7, FLAG_OF = 1 << 11 };

struct text {
    s32 element[16];
    unsigned count;      /* elements of the register: 16 bytes or 8 words */
    unsigned length;     /* those before it are valid */
};

static struct text text_of(const union vector *v, unsigned length, u8 imm)
{
    struct text text = { .count = imm & IMM_WORDS ? 8 : 16, .length = length };

    for (unsigned n = 0; n < text.count; n++) {
        if (imm & IMM_WORDS) text.element[n] = imm & IMM_SIGNED ? (s16)v->w[n] : v->w[n];
        else text.element[n] = imm & IMM_SIGNED ? (s8)v->b[n] : v->b[n];
    }
    return text;
}

/* An invalid element of either equals nothing. */
static bool equal_any(const struct text *a, const struct text *b, unsigned j)
{
    if (j >= b->length) return false;
    for (unsigned i = 0; i < a->length; i++)
        if (a->element[i] == b->element[j]) return true;
    return false;
}

/* Pairs of a are lower and upper bounds; a pair whose upper bound is invalid holds nothing. */
static bool in_ranges(const struct text *a, const struct text *b, unsigned j)
{
    if (j >= b->length) return false;
    for (unsigned i = 0; i + 1 < a->length; i += 2)
        if (a->element[i] <= b->element[j] && b->element[j] <= a->element[i + 1]) return true;
    return false;
}

/* Two invalid elements are equal, an invalid one and a valid one are not. */
static bool equal_each(const struct text *a, const struct text *b, unsigned j)
{
    bool a_valid = j < a->length, b_valid = j < b->length;

    if (!a_valid || !b_valid) return a_valid == b_valid;
    return a->element[j] == b->element[j];
}

/* a stands in b from element j on, or as much of it as the register has room for. */
static bool equal_ordered(const struct text *a, const struct text *b, unsigned j)
{
    for (unsigned i = 0; i < a->length && j + i < b->count; i++)
        if (j + i >= b->length || a->element[i] != b->element[j + i]) return false;
    return true;
}

static bool compare_element(const struct text *a, const struct text *b, unsigned j,
                            enum aggregation aggregation)
{
    switch (aggregation) {
    case EQUAL_ANY: return equal_any(a, b, j);
    case RANGES: return in_ranges(a, b, j);
    case EQUAL_EACH: return equal_each(a, b, j);
    case EQUAL_ORDERED: break;
    }
    return equal_ordered(a, b, j);
}

u16 vector_compare_strings(const union vector *a, unsigned a_length,
                           const union vector *b, unsigned b_length, u8 imm, u32 *eflags)
{
    struct text ta = text_of(a, a_length, imm), tb = text_of(b, b_length, imm);
    unsigned polarity = imm >> 4 & 3;
    unsigned all = (1u << tb.count) - 1, valid = (1u << tb.length) - 1;
    unsigned result = 0;

    for (unsigned j = 0; j < tb.count; j++)                             /* IntRes1 */
        result |= (unsigned)compare_element(&ta, &tb, j, imm >> 2 & 3) << j;
    if (polarity & POLARITY_NEGATIVE) result ^= polarity & POLARITY_MASKED ? valid : all;

    *eflags = 0;
    if (result != 0) *eflags |= FLAG_CF;
    if (tb.length < tb.count) *eflags |= FLAG_ZF;
    if (ta.length < ta.count) *eflags |= FLAG_SF;
    if (result & 1) *eflags |= FLAG_OF;
    return (u16)result;
}

unsigned vector_string_length(const union vector *v, u8 imm)
{
    struct text text = text_of(v, 0, imm);
    unsigned length = 0;

    while (length < text.count && text.element[length] != 0) length++;
    return length;
}
