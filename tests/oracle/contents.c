/* Values near the places where something happens, and whole x87 and vector states.          doc: oracle */
#include <string.h>

#include "cpu/base/bits.h"
#include "tests/oracle/generate.h"

/* A binary format: bits of exponent and of fraction.  SDM vol. 1, "Floating-Point Data Types". */
struct format {
    unsigned exponent, fraction;
};

/* Signs, zeros, infinities, NaNs of both kinds, denormals, the greatest, numbers near 1, small integers. */
static u64 float_value(struct format f, u64 *random)
{
    u64 top = (1ull << f.exponent) - 1, bias = top >> 1, low = (1ull << f.fraction) - 1;
    u64 exponent = bias, fraction = random64(random) & low;

    switch (pick(random, 16)) {
    case 0: exponent = fraction = 0; break;
    case 1: exponent = top; fraction = 0; break;
    case 2: exponent = top; fraction |= 1ull << (f.fraction - 1); break;                     /* QNaN */
    case 3: exponent = top; fraction = (fraction & low >> 1) | 1; break;                     /* SNaN */
    case 4: exponent = 0; break;                                                             /* denormal */
    case 5: exponent = 0; fraction = pick(random, 2) ? 1 : low; break;
    case 6: exponent = top - 1; fraction = low - pick(random, 2); break;
    case 7: exponent = 1 + pick(random, 4); break;
    case 8: exponent = pick(random, (u32)top); break;
    case 9: exponent += pick(random, f.fraction + 4); fraction &= low << pick(random, f.fraction); break;
    case 10: case 11: exponent += pick(random, 6); fraction &= low << (f.fraction - 3); break;   /* integers */
    case 12: exponent = bias; fraction = 0; break;
    default: exponent += pick(random, 8) - 4; break;
    }
    return (u64)pick(random, 2) << (f.exponent + f.fraction) | (exponent & top) << f.fraction | (fraction & low);
}

static u64 int_value(unsigned width, u64 *random)
{
    u64 top = 1ull << (width - 1);

    switch (pick(random, 8)) {
    case 0: return 0;
    case 1: return top;
    case 2: return top - 1;
    case 3: return ~0ull;
    case 4: return pick(random, 32) - 16ull;
    default: return random64(random);
    }
}

/* As a double with an explicit integer bit, which now and then is wrong: unnormals, pseudo-denormals, pseudo-NaNs. */
static void extended_value(u8 out[10], u64 *random)
{
    u64 value = float_value((struct format){ 15, 48 }, random);
    u64 exponent = bits(value, 62, 48), significand = bits(value, 47, 0) << 15 | pick(random, 3) * 0x3fff;
    bool integer_bit = exponent != 0;

    if (pick(random, 32) == 0) integer_bit = !integer_bit;
    put64(out, significand | (u64)integer_bit << 63);
    put16(out + 8, (u16)(value >> 48));
}

static void bcd_value(u8 out[10], u64 *random)
{
    for (unsigned i = 0; i < 9; i++) out[i] = (u8)(pick(random, 10) << 4 | pick(random, 10));
    if (pick(random, 2)) memset(out + pick(random, 9), 0, 1);
    out[9] = pick(random, 2) ? 0x80 : 0;
}

static u64 element_value(enum element element, u64 *random)
{
    switch (element) {
    case ELEMENT_INT8: return int_value(8, random);
    case ELEMENT_INT16: return int_value(16, random);
    case ELEMENT_INT32: return int_value(32, random);
    case ELEMENT_HALF: return float_value((struct format){ 5, 10 }, random);
    case ELEMENT_SINGLE: return float_value((struct format){ 8, 23 }, random);
    case ELEMENT_DOUBLE: return float_value((struct format){ 11, 52 }, random);
    default: return int_value(64, random);
    }
}

void contents_fill(enum element element, u8 *out, unsigned size, u64 *random)
{
    static const u8 bytes[ELEMENTS] = { 8, 1, 2, 4, 8, 2, 4, 8, 10, 10 };
    static const enum element any[] = { ELEMENT_INT8, ELEMENT_INT16, ELEMENT_INT32, ELEMENT_INT64, ELEMENT_SINGLE,
                                        ELEMENT_DOUBLE };

    if (element == ELEMENT_ANY || pick(random, 16) == 0) element = any[pick(random, ARRAY_COUNT(any))];
    for (unsigned at = 0; at < size; at += bytes[element]) {
        u8 value[16];
        unsigned left = size - at < bytes[element] ? size - at : bytes[element];
        if (element == ELEMENT_EXTENDED) extended_value(value, random);
        else if (element == ELEMENT_BCD) bcd_value(value, random);
        else put64(value, element_value(element, random));
        memcpy(out + at, value, left);
    }
}

/* --- states --- */

/* Masks: all, mostly; flags that are set already at random. */
static u32 random_mxcsr(u64 *random)
{
    u32 masks = pick(random, 3) ? 0x3f : pick(random, 64);
    u32 flags = pick(random, 2) ? 0 : pick(random, 64), control = 0;

    if (pick(random, 4) == 0) control |= 1 << 15;                /* FTZ */
    if (pick(random, 4) == 0) control |= 1 << 6;                 /* DAZ */
    return control | pick(random, 4) << 13 | masks << 7 | flags;
}

static u16 random_fcw(u64 *random)
{
    static const u8 precision[] = { 3, 3, 3, 2, 0, 1 };
    u32 masks = pick(random, 3) ? 0x3f : pick(random, 64);
    u32 rounding = pick(random, 2) ? 0 : pick(random, 4);

    return (u16)(rounding << 10 | precision[pick(random, 6)] << 8 | 0x40 | masks);
}

u16 contents_fsw_summary(u16 fsw, u16 fcw)
{
    fsw &= 0x7f7f;
    return fsw & ~fcw & 0x3f ? fsw | 0x8080 : fsw;
}

void contents_extended(struct extended *x, enum element vector, enum element stack, u64 *random)
{
    static const u8 tags[] = { 0xff, 0xff, 0x00 };
    bool pending = pick(random, 12) == 0;                        /* an exception that the next instruction finds */

    x->fcw = random_fcw(random);
    x->fsw = (u16)(next_random(random) & 0x7f00);
    x->fsw |= (u16)(pick(random, 128) & (pending ? 0x7f : 0x40 | (x->fcw & 0x3f)));
    x->fsw = contents_fsw_summary(x->fsw, x->fcw);
    x->ftw = pick(random, 3) ? tags[pick(random, 3)] : (u8)next_random(random);
    x->fop = (u16)pick(random, 0x800);
    x->fip = CODE_LA + pick(random, CODE_BYTES);
    x->fdp = DATA_LA + pick(random, DATA_BYTES);
    x->mxcsr = random_mxcsr(random);
    for (unsigned i = 0; i < 8; i++) contents_fill(stack, x->st[i], 10, random);
    for (unsigned i = 0; i < 16; i++) contents_fill(vector, x->ymm[i], 32, random);
}
