#include "tests/float/float_test.h"
/* Operands that sit on edges: of the formats, of the rounding, of each other. */
#include <string.h>

/* splitmix64 */
u64 random_u64(u64 *state)
{
    u64 z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static unsigned below(u64 *state, unsigned n)
{
    return (unsigned)((random_u64(state) >> 32) * n >> 32);
}

struct shape {
    u8 precision;                /* bits of the significand, the integer bit included */
    u16 max_field;               /* of the exponent */
};

static const struct shape f16_shape = { 11, 0x1f }, f32_shape = { 24, 0xff },
                          f64_shape = { 53, 0x7ff };
static const struct shape f80_shape = { 64, 0x7fff };

/* Left-aligned in 64 bits below the integer bit, which is random. */
static u64 random_fraction(u64 *state, unsigned precision)
{
    u64 ones = ~(u64)0 << (64 - precision), r = random_u64(state);
    unsigned length = 1 + below(state, 63);
    u64 head = r & ~(u64)0 << length;

    switch (below(state, 10)) {
    case 0:  return 0;
    case 1:  return ones;
    case 2:  return (u64)1 << length;
    case 3:  return head;
    case 4:  return head | (u64)1 << (length - 1);
    case 5:  return head | (((u64)1 << length) - 1);
    case 6:  return (u64)(below(state, 4)) << (64 - precision);
    case 7:  return ones - ((u64)(below(state, 4)) << (64 - precision));
    default: return r;
    }
}

static unsigned random_field(u64 *state, const struct shape *s)
{
    unsigned bias = s->max_field >> 1, offset = below(state, 2 * s->precision + 4);

    switch (below(state, 10)) {
    case 0:  return 0;
    case 1:  return 1 + below(state, 3);
    case 2:  return offset % s->max_field;
    case 3:  return s->max_field;
    case 4:  return s->max_field - 1 - below(state, 3);
    case 5:  return bias + below(state, 4) - 2;
    case 6:
    case 7:  return (bias + offset - s->precision) & s->max_field;
    default: return below(state, s->max_field + 1u);
    }
}

/* A field for b whose sum, difference or distance with that of a is of interest. */
static unsigned related_field(u64 *state, const struct shape *s, unsigned a)
{
    unsigned bias = s->max_field >> 1, near = below(state, 2 * s->precision + 6) - s->precision - 3;
    unsigned few = below(state, 6) - 3, tiny = below(state, s->precision + 4) - s->precision;
    unsigned edge = below(state, 2) ? s->max_field : tiny;

    switch (below(state, 8)) {
    case 0:
    case 1:  return a + near;
    case 2:  return a + few;
    case 3:  return a;
    case 4:  return bias + edge - a + few;           /* a product near the end of the range */
    case 5:  return a + bias - edge + few;           /* a quotient */
    default: return random_field(state, s);
    }
}

struct parts {
    bool negative;
    unsigned field;
    u64 significand;             /* left-aligned, integer bit included */
};

static struct parts random_parts(u64 *state, const struct shape *s)
{
    struct parts p = {
        .negative = random_u64(state) >> 63, .field = random_field(state, s),
        .significand = random_fraction(state, s->precision),
    };

    return p;
}

static struct parts related_parts(u64 *state, const struct shape *s, struct parts a)
{
    struct parts b = random_parts(state, s);

    b.field = related_field(state, s, a.field);
    if (b.field > s->max_field) b.field = random_field(state, s);
    switch (below(state, 8)) {
    case 0: b.significand = a.significand; break;
    case 1:
        b.significand = a.significand + ((u64)(below(state, 5) - 2u) << (64 - s->precision));
        break;
    case 2: b.significand = a.significand ^ (u64)1 << below(state, 64); break;
    }
    return b;
}

static u64 join(struct parts p, const struct shape *s)
{
    unsigned fraction_bits = s->precision - 1u;
    u64 fraction = p.significand << 1 >> (64 - fraction_bits);

    return ((u64)p.negative * (s->max_field + 1u) | p.field) << fraction_bits | fraction;
}

/* The integer bit is right most of the time. */
static f80 join_f80(u64 *state, struct parts p)
{
    const u64 integer = (u64)1 << 63;

    if (below(state, 16))
        p.significand = p.field ? p.significand | integer : p.significand & ~integer;
    return (f80){ .significand = p.significand,
                  .sign_exponent = (u16)(p.negative << 15 | p.field) };
}

static struct float_env random_env(u64 *state)
{
    struct float_env env = {
        .rounding = (u8)below(state, 4), .precision = (u8)below(state, 4), .masked = FLOAT_ALL,
        .daz = below(state, 4) == 0, .ftz = below(state, 4) == 0,
    };

    if (below(state, 4)) env.precision = PRECISION_64;
    if (below(state, 3) == 0) env.masked = (u8)below(state, 64);
    return env;
}

static u64 random_integer(u64 *state)
{
    u64 r = random_u64(state) >> below(state, 64);

    switch (below(state, 8)) {
    case 0:  return ((u64)1 << below(state, 64)) + below(state, 5) - 2u;
    case 1:  return 0 - ((u64)1 << below(state, 64)) + below(state, 5) - 2u;
    case 2:
    case 3:  return random_fraction(state, 64) >> below(state, 64);
    case 4:  return 0 - (random_fraction(state, 64) >> below(state, 64));
    case 5:  return 0 - r;
    default: return r;
    }
}

/* c is often close to -a * b, so that a fused multiply-add cancels. */
static void random_three(u64 *state, struct vector *v, const struct shape *s)
{
    struct parts a = random_parts(state, s), b = related_parts(state, s, a);
    struct parts c = below(state, 2) ? related_parts(state, s, a) : random_parts(state, s);
    struct float_env env = { .masked = FLOAT_ALL };

    v->a = join(a, s);
    v->b = join(b, s);
    v->c = join(c, s);
    if (s == &f16_shape || below(state, 2)) return;
    if (s == &f32_shape) v->c = soft_f32_mul(&env, (u32)v->a, (u32)v->b);
    else v->c = soft_f64_mul(&env, v->a, v->b);
    if (below(state, 4)) v->c ^= (u64)1 << (s == &f32_shape ? 31 : 63);
    if (below(state, 2)) v->c ^= (u64)1 << below(state, s->precision + 2);
}

/* The digits of what FBLD reads are right most of the time. */
static void random_bcd(u64 *state, u8 bcd[10])
{
    unsigned length = below(state, 10);

    memset(bcd, 0, 10);
    for (unsigned i = 0; i < length; i++) bcd[i] = (u8)(below(state, 10) << 4 | below(state, 10));
    bcd[9] = (u8)random_u64(state);
    if (below(state, 8) == 0) bcd[below(state, 9)] = (u8)random_u64(state);
}

/* Half of the operands of f80 are moderate: integers, fractions, and what is beyond integers.  Some
 * are sixteenths around 10^18, where FBSTP ends. */
static struct parts moderate(u64 *state, struct parts p)
{
    const u64 bcd_limit = 1000000000000000000u;

    if (below(state, 2)) return p;
    p.field = 0x3fff - 4 + below(state, 74);
    if (below(state, 32)) return p;
    p.field = 0x3fff + 59;
    p.significand = (bcd_limit << 4) + below(state, 49) - 24u;
    return p;
}

struct vector random_vector(u64 *state, enum operands operands)
{
    struct vector v = { .env = random_env(state), .choice = below(state, 2) };
    struct parts p;

    switch (operands) {
    case OPERANDS_F16: random_three(state, &v, &f16_shape); break;
    case OPERANDS_F32: random_three(state, &v, &f32_shape); break;
    case OPERANDS_F64: random_three(state, &v, &f64_shape); break;
    case OPERANDS_F80:
        p = moderate(state, random_parts(state, &f80_shape));
        v.x = join_f80(state, p);
        v.y = join_f80(state, related_parts(state, &f80_shape, p));
        break;
    case OPERANDS_INTEGER: v.a = random_integer(state); break;
    case OPERANDS_BCD: random_bcd(state, v.bcd); break;
    }
    return v;
}
