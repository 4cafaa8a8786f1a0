/* The transcendental instructions against MPFR: error below one unit in the last place, the right side in directed modes.  doc: float
 *   transcendental N      N operands a function and rounding mode; prints the greatest error in ulp */
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/float/float.h"

enum { BITS = 900 };                        /* of an exact difference between a result and a tiny true one */

static u64 state = 88172645463325252u;
static u64 next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* A number with an exponent from low to high. */
static f80 number(int low, int high)
{
    u64 significand = next() | 1ull << 63;
    int e = low + (int)(next() % (u64)(high - low + 1));
    switch (next() % 8) {
    case 0: significand = 1ull << 63; break;
    case 1: significand = ~0ull; break;
    case 2: significand &= ~0ull << (next() % 63); break;
    }
    return (f80){ .significand = significand, .sign_exponent = (u16)((e + 16383) | (next() & 1) << 15) };
}

static void to_mpfr(mpfr_t out, f80 a)
{
    mpfr_set_ui(out, 0, MPFR_RNDN);
    mpfr_set_ui(out, a.significand, MPFR_RNDN);
    mpfr_mul_2si(out, out, (a.sign_exponent & 0x7fff) - 16383 - 63, MPFR_RNDN);
    if (a.sign_exponent >> 15) mpfr_neg(out, out, MPFR_RNDN);
}

/* The reference of the trigonometric functions: multiples of half the 66-bit pi stand for those of half of pi. */
static void reduce(mpfr_t x)
{
    mpfr_t pi, n;
    mpfr_inits2(BITS, pi, n, NULL);
    mpfr_set_ui(pi, 0xc90fdaa22168c234, MPFR_RNDN);
    mpfr_mul_2ui(pi, pi, 4, MPFR_RNDN);
    mpfr_add_ui(pi, pi, 0xc, MPFR_RNDN);
    mpfr_mul_2si(pi, pi, -67, MPFR_RNDN);
    mpfr_div(n, x, pi, MPFR_RNDN);
    mpfr_rint(n, n, MPFR_RNDN);
    unsigned quadrant = (unsigned)(mpfr_get_si(n, MPFR_RNDN) & 3);
    mpfr_mul(n, n, pi, MPFR_RNDN);
    mpfr_sub(x, x, n, MPFR_RNDN);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_mul_ui(pi, pi, quadrant, MPFR_RNDN);
    mpfr_div_ui(pi, pi, 2, MPFR_RNDN);
    mpfr_add(x, x, pi, MPFR_RNDN);
    mpfr_clears(pi, n, NULL);
}

static f80 sine(struct float_env *e, f80 a, f80 b) { bool o; (void)b; return f80_sin(e, a, &o); }
static f80 cosine(struct float_env *e, f80 a, f80 b) { bool o; (void)b; return f80_cos(e, a, &o); }
static f80 tangent(struct float_env *e, f80 a, f80 b) { bool o; (void)b; return f80_tan(e, a, &o); }
static f80 exponential(struct float_env *e, f80 a, f80 b) { (void)b; return f80_2xm1(e, a); }

static void true_sin(mpfr_t r, mpfr_t x, mpfr_t y) { (void)y; reduce(x); mpfr_sin(r, x, MPFR_RNDN); }
static void true_cos(mpfr_t r, mpfr_t x, mpfr_t y) { (void)y; reduce(x); mpfr_cos(r, x, MPFR_RNDN); }
static void true_tan(mpfr_t r, mpfr_t x, mpfr_t y) { (void)y; reduce(x); mpfr_tan(r, x, MPFR_RNDN); }
static void true_2xm1(mpfr_t r, mpfr_t x, mpfr_t y)
{
    (void)y;
    mpfr_t ln2;
    mpfr_init2(ln2, BITS);
    mpfr_const_log2(ln2, MPFR_RNDN);
    mpfr_mul(ln2, ln2, x, MPFR_RNDN);
    mpfr_expm1(r, ln2, MPFR_RNDN);
    mpfr_clear(ln2);
}
static void true_yl2x(mpfr_t r, mpfr_t x, mpfr_t y) { mpfr_log2(r, x, MPFR_RNDN); mpfr_mul(r, r, y, MPFR_RNDN); }
static void true_yl2xp1(mpfr_t r, mpfr_t x, mpfr_t y)
{
    mpfr_t ln2;
    mpfr_init2(ln2, BITS);
    mpfr_const_log2(ln2, MPFR_RNDN);
    mpfr_log1p(r, x, MPFR_RNDN);
    mpfr_div(r, r, ln2, MPFR_RNDN);
    mpfr_mul(r, r, y, MPFR_RNDN);
    mpfr_clear(ln2);
}
static void true_patan(mpfr_t r, mpfr_t x, mpfr_t y) { mpfr_atan2(r, y, x, MPFR_RNDN); }

static const struct {
    const char *name;
    f80 (*ours)(struct float_env *, f80, f80);
    void (*truth)(mpfr_t r, mpfr_t x, mpfr_t y);
    int low_x, high_x, low_y, high_y;
    bool positive_x;
} functions[] = {
    { "sin", sine, true_sin, -70, 62, 0, 0, false },
    { "sin near 1", sine, true_sin, -6, 4, 0, 0, false },
    { "cos", cosine, true_cos, -70, 62, 0, 0, false },
    { "cos near 1", cosine, true_cos, -6, 4, 0, 0, false },
    { "tan", tangent, true_tan, -70, 62, 0, 0, false },
    { "tan near 1", tangent, true_tan, -6, 4, 0, 0, false },
    { "2xm1", exponential, true_2xm1, -70, -1, 0, 0, false },
    { "2xm1 near 1", exponential, true_2xm1, -7, -1, 0, 0, false },
    { "yl2x", f80_yl2x, true_yl2x, -2000, 2000, -100, 100, true },
    { "yl2x near 1", f80_yl2x, true_yl2x, -2, 1, -3, 3, true },
    { "yl2xp1", f80_yl2xp1, true_yl2xp1, -70, -3, -10, 10, false },
    { "patan", f80_patan, true_patan, -100, 100, -100, 100, false },
    { "patan near 1", f80_patan, true_patan, -4, 4, -4, 4, false },
};

/* |ours - truth| in units of ours' last place; < 0 when a directed rounding is on the wrong side. */
static double error_of(f80 ours, mpfr_t truth, unsigned rounding)
{
    mpfr_t d;
    mpfr_init2(d, BITS);
    to_mpfr(d, ours);
    mpfr_sub(d, d, truth, MPFR_RNDN);
    int side = mpfr_sgn(d);
    bool wrong = (rounding == ROUND_DOWN && side > 0) || (rounding == ROUND_UP && side < 0) ||
                 (rounding == ROUND_ZERO && side * mpfr_sgn(truth) > 0);
    mpfr_mul_2si(d, d, 16383 + 63 - (ours.sign_exponent & 0x7fff), MPFR_RNDN);
    mpfr_abs(d, d, MPFR_RNDN);
    double ulp = mpfr_get_d(d, MPFR_RNDZ);                       /* below 1 stays below 1 */
    mpfr_clear(d);
    return wrong ? -1 : ulp;
}

int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 2000, passed = 0, failed = 0;
    mpfr_t x, y, truth;

    mpfr_inits2(BITS, x, y, truth, NULL);
    for (unsigned f = 0; f < sizeof functions / sizeof functions[0]; f++) {
        double greatest = 0;
        for (unsigned i = 0; i < count * 4; i++) {
            struct float_env env = { .rounding = (u8)(i & 3), .precision = PRECISION_64, .masked = FLOAT_ALL };
            f80 a = number(functions[f].low_x, functions[f].high_x), b = number(functions[f].low_y, functions[f].high_y);
            if (functions[f].positive_x) a.sign_exponent &= 0x7fff;
            f80 r = functions[f].ours(&env, a, b);
            to_mpfr(x, a);
            to_mpfr(y, b);
            functions[f].truth(truth, x, y);
            double ulp = error_of(r, truth, env.rounding);
            bool exact = mpfr_zero_p(truth) || ulp == 0;
            if (ulp >= 0 && ulp < 1 && (exact || env.raised & FLOAT_P)) {
                passed++;
                if (!(i & 3) && ulp > greatest) greatest = ulp;
            } else if (failed++ < 10) {
                printf("%s: %04x %016llx, %04x %016llx, rounding %u: %04x %016llx, error %g ulp, flags %02x\n", functions[f].name,
                       a.sign_exponent, (unsigned long long)a.significand, b.sign_exponent, (unsigned long long)b.significand, env.rounding,
                       r.sign_exponent, (unsigned long long)r.significand, ulp, env.raised);
            }
        }
        printf("%-14s greatest error %.6f ulp, to nearest\n", functions[f].name, greatest);
    }
    printf("transcendental: %u passed, %u failed\n", passed, failed);
    return failed != 0;
}
