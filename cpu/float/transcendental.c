/* F2XM1 FYL2X FYL2XP1 FPATAN FSIN FCOS FPTAN.  SDM vol. 2, each with its table of results; vol. 1, "Transcendental Instruction
 * Accuracy", "Approximation of Pi".                                                       doc: float
 * Each: special operands by the table, else about 120 good bits by a reduced argument and a series, then one rounding. */
#include "cpu/float/float.h"
#include "cpu/float/wide.h"

#include "cpu/float/transcendental_tables.inc"

static const struct wide one = W(0x8000000000000000, 0, 0);
static const f80 f80_one = { .significand = 0x8000000000000000, .sign_exponent = 0x3fff };

/* --- operands --- */

static bool is_negative(f80 a) { return a.sign_exponent >> 15; }
static f80 with_sign(f80 a, bool neg) { a.sign_exponent = (u16)((a.sign_exponent & 0x7fff) | neg << 15); return a; }
static f80 zero(bool neg) { return with_sign((f80){ 0 }, neg); }
static f80 infinity(bool neg) { return with_sign((f80){ .significand = 0x8000000000000000, .sign_exponent = 0x7fff }, neg); }

static struct wide to_wide(f80 a)
{
    unsigned exponent = a.sign_exponent & 0x7fff;
    struct wide w = { .m = (u128)a.significand << 64, .e = (int)(exponent ? exponent : 1) - 16383, .neg = is_negative(a) };
    return wide_normalize(w);
}

static f80 invalid(struct float_env *env)
{
    env->raised |= FLOAT_I;
    return f80_indefinite();
}

static bool is_nan(enum float_class c) { return c == FLOAT_QNAN || c == FLOAT_SNAN; }

static f80 quiet(struct float_env *env, f80 a)
{
    if (f80_class(a) == FLOAT_SNAN) env->raised |= FLOAT_I;
    a.significand |= 1ull << 62;
    return a;
}

/* Table "Rules for Handling NaNs", x87 column. */
static f80 choose_nan(struct float_env *env, f80 a, f80 b)
{
    enum float_class ca = f80_class(a), cb = f80_class(b);
    bool a_greater = a.significand != b.significand ? a.significand > b.significand : !is_negative(a);

    if (ca == FLOAT_SNAN || cb == FLOAT_SNAN) env->raised |= FLOAT_I;
    if (!is_nan(cb)) return quiet(env, a);
    if (!is_nan(ca)) return quiet(env, b);
    if (ca == FLOAT_SNAN && cb == FLOAT_QNAN) return b;
    if (ca == FLOAT_QNAN && cb == FLOAT_SNAN) return a;
    return quiet(env, a_greater ? a : b);
}

/* True when the operand decides by itself: *r is the answer. */
static bool settled_by_one(struct float_env *env, f80 a, f80 *r)
{
    enum float_class c = f80_class(a);

    env->rounded_up = false;
    if (c == FLOAT_UNSUPPORTED) *r = invalid(env);
    else if (is_nan(c)) *r = quiet(env, a);
    else if (c == FLOAT_DENORMAL) env->raised |= FLOAT_D;
    return c == FLOAT_UNSUPPORTED || is_nan(c);
}

static bool settled_by_nan(struct float_env *env, f80 a, f80 b, f80 *r)
{
    enum float_class ca = f80_class(a), cb = f80_class(b);

    env->rounded_up = false;
    if (ca == FLOAT_UNSUPPORTED || cb == FLOAT_UNSUPPORTED) *r = invalid(env);
    else if (is_nan(ca) || is_nan(cb)) *r = choose_nan(env, a, b);
    else return false;
    return true;
}

static void note_denormals(struct float_env *env, f80 a, f80 b)
{
    if (f80_class(a) == FLOAT_DENORMAL || f80_class(b) == FLOAT_DENORMAL) env->raised |= FLOAT_D;
}

/* --- rounding --- */

enum { LEAST_EXPONENT = -16382, GREATEST_EXPONENT = 16383, BIAS = 16383, WRAP = 24576 };

static bool rounds_up(const struct float_env *env, bool neg, bool lsb, u64 rest, bool sticky)
{
    bool inexact = rest || sticky;

    switch (env->rounding) {
    case ROUND_NEAREST: return rest >> 63 && ((rest << 1) || sticky || lsb);
    case ROUND_DOWN: return neg && inexact;
    case ROUND_UP: return !neg && inexact;
    default: return false;
    }
}

/* Significand and the 64 bits below it, rounded; *e grows by one where it overflows. */
static u64 round_significand(struct float_env *env, bool neg, u128 m, bool sticky, s32 *e)
{
    u64 high = (u64)(m >> 64), rest = (u64)m;
    bool up = rounds_up(env, neg, high & 1, rest, sticky);

    env->rounded_up = up;
    if (rest || sticky) env->raised |= FLOAT_P;
    high += up;
    if (up && !high) {
        high = 1ull << 63;
        ++*e;
    }
    return high;
}

static f80 overflowed(struct float_env *env, bool neg)
{
    bool to_infinity = env->rounding == ROUND_NEAREST || env->rounding == (neg ? ROUND_DOWN : ROUND_UP);

    env->raised |= FLOAT_O | FLOAT_P;
    env->rounded_up = to_infinity;
    if (to_infinity) return infinity(neg);
    return with_sign((f80){ .significand = UINT64_MAX, .sign_exponent = 0x7ffe }, neg);
}

/* inexact: the true value has bits behind those that are here. */
static f80 round_wide(struct float_env *env, struct wide w, bool inexact)
{
    s32 e = w.e;
    u8 before = env->raised;

    if (!w.m) return zero(w.neg);
    u64 significand = round_significand(env, w.neg, w.m, inexact, &e);
    bool tiny = e < LEAST_EXPONENT, huge = e > GREATEST_EXPONENT;
    if (tiny && !(env->masked & FLOAT_U)) {
        env->raised |= FLOAT_U;
        e += WRAP;
    } else if (tiny) {
        unsigned shift = (unsigned)(LEAST_EXPONENT - w.e);
        u128 m = shift > 127 ? 0 : w.m >> shift;
        bool lost = shift > 127 || (shift && w.m << (128 - shift));
        env->raised = before;
        e = LEAST_EXPONENT;
        significand = round_significand(env, w.neg, m, inexact || lost, &e);
        if (env->raised & FLOAT_P) env->raised |= FLOAT_U;
        return with_sign((f80){ .significand = significand, .sign_exponent = significand >> 63 }, w.neg);
    } else if (huge) {
        if (env->masked & FLOAT_O) return overflowed(env, w.neg);
        env->raised |= FLOAT_O;
        e -= WRAP;
    }
    return with_sign((f80){ .significand = significand, .sign_exponent = (u16)(e + BIAS) }, w.neg);
}

/* --- series --- */

/* 1 - y/(n(n+1)) (1 - y/((n+2)(n+3)) (1 - ... : with n = 2 sin(x)/x, with n = 1 cos(x), for y = x * x, |x| <= pi/4. */
static struct wide alternating(struct wide y, unsigned n)
{
    struct wide sum = one;

    for (unsigned k = n + 26; k >= n && k < 64; k -= 2)
        sum = wide_subtract(one, wide_multiply(wide_multiply(y, sum), wide_multiply(inverse[k], inverse[k + 1])));
    return sum;
}

/* The greatest number below 1: a series that rounding made 1 is a little less. */
static struct wide below_one(struct wide a)
{
    if (a.e < 0) return a;
    return (struct wide){ .m = ~(u128)0, .e = -1, .neg = a.neg };
}

/* x (1 + y/3 + y^2/5 + ...), or with alternating signs: artanh and arctan of a small x. */
static struct wide odd_series(struct wide x, bool alternates)
{
    struct wide y = wide_multiply(x, x), sum = inverse[27];

    if (alternates) y = wide_negate(y);
    for (unsigned k = 25; k >= 1 && k < 64; k -= 2) sum = wide_add(inverse[k], wide_multiply(y, sum));
    return wide_multiply(x, alternates ? below_one(sum) : sum);
}

/* e^x - 1 of |x| <= 1/64. */
static struct wide small_expm1(struct wide x)
{
    struct wide sum = one;

    for (unsigned k = 20; k >= 2; k--) sum = wide_add(one, wide_multiply(wide_multiply(x, inverse[k]), sum));
    return wide_multiply(x, sum);
}

/* --- sine, cosine, tangent --- */

/* |a| modulo half of the 66-bit pi: the rest exactly, quadrant the multiple modulo 4.  pi/2 is PI_HALVES units of 2^-67. */
#define PI_HALVES ((u128)0xc << 64 | 0x90fdaa22168c234c)
static struct wide reduce(f80 a, unsigned *quadrant)
{
    struct wide x = to_wide(a);
    int shift = x.e - 63 + 67;               /* |a| in units of 2^-67 is the 64-bit significand shifted so far */
    u128 rest = a.significand, units = PI_HALVES;

    x.neg = false;
    *quadrant = 0;
    if (shift < 0) return x;                 /* below 1/16 */
    for (int i = 0; i < shift; i++) {
        rest <<= 1;
        *quadrant <<= 1;
        if (rest < units) continue;
        rest -= units;
        *quadrant |= 1;
    }
    *quadrant &= 3;
    if (!shift && rest >= units) rest -= units;
    return wide_normalize((struct wide){ .m = rest, .e = 127 - 67 });
}

/* Sine and cosine of x in [0, pi/2], exact or a little smaller in magnitude. */
static void sine_cosine(struct wide x, struct wide *sine, struct wide *cosine)
{
    struct wide half = wide_normalize((struct wide){ .m = PI_HALVES, .e = 127 - 67 });
    bool upper = x.m && (x.e > -1 || (x.e == -1 && x.m > QUARTER_PI.m));
    struct wide z = upper ? wide_subtract(half, x) : x, y = wide_multiply(z, z);
    struct wide s = z.m ? wide_multiply(z, below_one(alternating(y, 2))) : z, c = z.m ? below_one(alternating(y, 1)) : one;

    *sine = upper ? c : s;
    *cosine = upper ? s : c;
}

/* Zero, infinity, NaN, out of range; `of_zero` answers a zero. */
static bool settled_angle(struct float_env *env, f80 a, f80 of_zero, bool *out_of_range, f80 *r)
{
    enum float_class c = f80_class(a);

    *out_of_range = false;
    *r = a;
    if (settled_by_one(env, a, r)) return true;
    if (c == FLOAT_ZERO) *r = of_zero;
    else if (c == FLOAT_INFINITY) *r = invalid(env);
    else if ((a.sign_exponent & 0x7fff) >= BIAS + 63) *out_of_range = true;
    else return false;
    return true;
}

f80 f80_sin(struct float_env *env, f80 a, bool *out_of_range)
{
    struct wide s, c;
    unsigned quadrant;
    f80 r;

    if (settled_angle(env, a, a, out_of_range, &r)) return r;
    sine_cosine(reduce(a, &quadrant), &s, &c);
    struct wide v = quadrant & 1 ? c : s;
    v.neg = (quadrant >= 2) != is_negative(a);
    return round_wide(env, v, true);
}

f80 f80_cos(struct float_env *env, f80 a, bool *out_of_range)
{
    struct wide s, c;
    unsigned quadrant;
    f80 r;

    if (settled_angle(env, a, f80_one, out_of_range, &r)) return r;
    sine_cosine(reduce(a, &quadrant), &s, &c);
    struct wide v = quadrant & 1 ? s : c;
    v.neg = quadrant == 1 || quadrant == 2;
    return round_wide(env, v, true);
}

/* sin / cos; of a small angle the tangent is greater than the angle, so the quotient must not be cut to it. */
f80 f80_tan(struct float_env *env, f80 a, bool *out_of_range)
{
    struct wide s, c;
    unsigned quadrant;
    f80 r;

    if (settled_angle(env, a, a, out_of_range, &r)) return r;
    struct wide x = reduce(a, &quadrant);
    sine_cosine(x, &s, &c);
    struct wide v = quadrant & 1 ? wide_divide(c, s) : wide_divide(s, c);
    if (!(quadrant & 1) && x.e < -60) v = x;
    v.neg = (quadrant & 1) != is_negative(a);
    return round_wide(env, v, true);
}

/* --- arctangent --- */

/* atan of t in [0, 1]: atan(k/16) + atan((t - k/16) / (1 + t k/16)). */
static struct wide arctangent(struct wide t)
{
    if (!t.m || t.e < -5) return odd_series(t, true);
    unsigned k = ((unsigned)(t.m >> (127 - 5 - t.e)) + 1) / 2;       /* t * 16, to nearest */
    struct wide c = wide_scale(wide_integer(k), -4);
    struct wide z = wide_divide(wide_subtract(t, c), wide_add(one, wide_multiply(t, c)));
    return wide_add(atan_16th[k], odd_series(z, true));
}

/* Zeros and infinities, as the table of FPATAN has them. */
static bool settled_arctangent(f80 x, f80 y, struct wide *w, bool *exact_zero)
{
    enum float_class cx = f80_class(x), cy = f80_class(y);
    bool neg = is_negative(x);

    *exact_zero = false;
    if (cy == FLOAT_INFINITY && cx == FLOAT_INFINITY) *w = neg ? THREE_QUARTER_PI : QUARTER_PI;
    else if (cy == FLOAT_INFINITY || (cx == FLOAT_ZERO && cy != FLOAT_ZERO)) *w = HALF_PI;
    else if (cy != FLOAT_ZERO && cx != FLOAT_INFINITY) return false;
    else if (neg) *w = PI;
    else *exact_zero = true;
    return true;
}

f80 f80_patan(struct float_env *env, f80 x, f80 y)
{
    struct wide w = { 0 };
    bool exact_zero;
    f80 r;

    if (settled_by_nan(env, x, y, &r)) return r;
    note_denormals(env, x, y);
    if (!settled_arctangent(x, y, &w, &exact_zero)) {
        struct wide a = to_wide(x), b = to_wide(y);
        a.neg = b.neg = false;
        bool steep = b.e > a.e || (b.e == a.e && b.m > a.m);
        w = arctangent(steep ? wide_divide(a, b) : wide_divide(b, a));
        if (steep) w = wide_subtract(HALF_PI, w);
        if (is_negative(x)) w = wide_subtract(PI, w);
    }
    if (exact_zero) return zero(is_negative(y));
    w.neg = is_negative(y);
    return round_wide(env, w, true);
}

/* --- logarithms --- */

/* ln of 1 + r by 2 artanh(r / (2 + r)), times log2(e). */
static struct wide log2_near_1(struct wide r)
{
    struct wide s = wide_divide(r, wide_add(wide_scale(one, 1), r));
    return wide_multiply(wide_scale(odd_series(s, false), 1), LOG2_E);
}

/* log2 of x > 0: x = 2^n m with m in [3/4, 3/2), m = (k/64)(1 + r). */
static struct wide log2_of(struct wide x)
{
    bool halve = x.m >= (u128)3 << 126;      /* significand from 3/2 on */
    s32 n = x.e + halve;
    struct wide m = { .m = x.m, .e = halve ? -1 : 0 };
    unsigned k = ((unsigned)(m.m >> (127 - 7 - m.e)) + 1) / 2;      /* m * 64, to nearest: 64 of all that is near 1 */
    struct wide c = wide_scale(wide_integer(k), -6), log_n = wide_integer((u64)(n < 0 ? -n : n));

    log_n.neg = n < 0;
    struct wide r = wide_divide(wide_subtract(m, c), c);
    return wide_add(wide_add(log_n, log2_64th[k - 48]), log2_near_1(r));
}

/* y times a logarithm that is not exact, or, where x is a power of 2, is. */
static f80 times(struct float_env *env, f80 y, struct wide log, bool exact)
{
    struct wide w = wide_multiply(to_wide(y), log);
    return round_wide(env, w, !exact);
}

/* Operands that are zero or infinite.  log: the sign of log2(x), 0 where x is 1. */
static bool settled_product(struct float_env *env, f80 y, int log, bool log_infinite, f80 *r)
{
    enum float_class cy = f80_class(y);
    bool neg = is_negative(y) != (log < 0);

    if (cy == FLOAT_INFINITY) *r = log ? infinity(neg) : invalid(env);
    else if (cy == FLOAT_ZERO) *r = log_infinite ? invalid(env) : zero(neg);
    else if (log_infinite) *r = infinity(neg);
    else if (!log) *r = zero(neg);
    else return false;
    return true;
}

f80 f80_yl2x(struct float_env *env, f80 x, f80 y)
{
    enum float_class cx = f80_class(x);
    f80 r;

    if (settled_by_nan(env, x, y, &r)) return r;
    if (is_negative(x) && cx != FLOAT_ZERO) return invalid(env);
    struct wide w = to_wide(x);
    int log = cx == FLOAT_ZERO ? -1 : cx == FLOAT_INFINITY || w.e >= 0 ? 1 : -1;
    if (cx != FLOAT_ZERO && w.e == 0 && w.m == one.m) log = 0;
    bool infinite = cx == FLOAT_ZERO || cx == FLOAT_INFINITY;
    if (cx == FLOAT_ZERO && f80_class(y) != FLOAT_ZERO && f80_class(y) != FLOAT_INFINITY) env->raised |= FLOAT_Z;
    note_denormals(env, x, y);
    if (env->raised & FLOAT_Z) env->raised &= (u8)~FLOAT_D;
    if (settled_product(env, y, log, infinite, &r)) return r;
    return times(env, y, log2_of(w), w.m == one.m);
}

f80 f80_yl2xp1(struct float_env *env, f80 x, f80 y)
{
    enum float_class cx = f80_class(x);
    f80 r;

    if (settled_by_nan(env, x, y, &r)) return r;
    struct wide w = to_wide(x);
    if (is_negative(x) && cx != FLOAT_ZERO && (cx == FLOAT_INFINITY || w.e >= 0)) return invalid(env);   /* 1 + x <= 0 */
    note_denormals(env, x, y);
    if (cx == FLOAT_ZERO && f80_class(y) != FLOAT_INFINITY) return zero(is_negative(x) != is_negative(y));
    int log = cx == FLOAT_ZERO ? 0 : is_negative(x) ? -1 : 1;
    if (settled_product(env, y, log, cx == FLOAT_INFINITY, &r)) return r;
    struct wide sum = wide_add(one, w);
    bool power_of_2 = sum.m == one.m && w.e > -60;
    return times(env, y, w.e < -5 ? log2_near_1(w) : log2_of(sum), power_of_2);
}

/* --- 2^x - 1 --- */

/* x = k/32 + f:  2^(k/32) (2^f - 1) + (2^(k/32) - 1). */
static struct wide exp2_minus_1(struct wide x)
{
    int k = x.e < -6 ? 0 : (int)((u64)(x.m >> 64) >> (63 - 6 - x.e));        /* |x| * 64, cut */
    k = (k + 1) / 2;
    if (x.neg) k = -k;
    struct wide c = wide_scale(wide_integer((u64)(k < 0 ? -k : k)), -5);
    c.neg = k < 0;
    struct wide e = small_expm1(wide_multiply(wide_subtract(x, c), LN_2)), power = exp2_32nd[k + 32];
    if (!k) return e;
    return wide_add(wide_multiply(power, e), wide_subtract(power, one));
}

/* Beyond -1 .. 1 the result is undefined: the operand stays. */
f80 f80_2xm1(struct float_env *env, f80 a)
{
    static const f80 minus_half = { .significand = 0x8000000000000000, .sign_exponent = 0xbffe };
    enum float_class c = f80_class(a);
    struct wide x = to_wide(a);
    f80 r;

    if (settled_by_one(env, a, &r)) return r;
    if (c == FLOAT_ZERO) return a;
    if (c == FLOAT_INFINITY) return is_negative(a) ? with_sign(f80_one, true) : a;
    if (x.e == 0 && x.m == one.m) return x.neg ? minus_half : a;
    if (x.e >= 0) {
        env->raised |= FLOAT_P;
        return a;
    }
    return round_wide(env, exp2_minus_1(x), true);
}
