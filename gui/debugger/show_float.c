/* The x87 unit, MMX and vector registers as lines: fpu, mmx, sse, ymm.                        doc: automation */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"

typedef unsigned long long llu;

enum { EXPONENT_BIAS = 16383, EXPONENT_SPECIAL = 0x7fff };

static const char *const exceptions[] = { "ie", "de", "ze", "oe", "ue", "pe" }, *const masks[] = { "im", "dm", "zm", "om", "um", "pm" };
static const char *const roundings[] = { "to nearest", "down", "up", "toward zero" };

/* Names of bits from `first` on, the highest first, in upper case where they are set. */
static void put_flags(unsigned value, const char *const *names, unsigned count, unsigned first)
{
    for (unsigned i = count; i--;) {
        for (const char *c = names[i]; *c; c++) putchar(value >> (first + i) & 1 ? toupper((unsigned char)*c) : *c);
        putchar(i ? ' ' : '\n');
    }
}

/* SDM vol. 1, "Unsupported Double Extended-Precision Floating-Point Encodings" and the classes before it. */
static const char *class_of(u64 significand, unsigned exponent)
{
    bool integer_bit = significand >> 63;
    u64 fraction = significand << 1;

    if (exponent == EXPONENT_SPECIAL) return !integer_bit ? "unsupported" : !fraction ? "infinity" : fraction >> 63 ? "quiet NaN" : "signaling NaN";
    if (!exponent) return !significand ? "zero" : integer_bit ? "pseudo-denormal" : "denormal";
    return integer_bit ? "normal" : "unsupported";
}

static void put_x87_register(const struct cpu_float_view *v, unsigned i)
{
    unsigned n = ((v->status >> 11) + i) & 7, exponent = v->r[n].sign_exponent & EXPONENT_SPECIAL;
    bool negative = v->r[n].sign_exponent >> 15, filled = v->in_use >> n & 1;
    const char *class = class_of(v->r[n].significand, exponent);

    printf("ST%u (R%u): %04x:%016llx  ", i, n, v->r[n].sign_exponent, (llu)v->r[n].significand);
    if (exponent == EXPONENT_SPECIAL || !strcmp(class, "unsupported")) printf("%s%s", negative ? "-" : "", class);
    else printf("%s%.18Lg", negative ? "-" : "", ldexpl((long double)v->r[n].significand, (int)(exponent ? exponent : 1) - EXPONENT_BIAS - 63));
    if (!strcmp(class, "denormal") || !strcmp(class, "pseudo-denormal")) printf(" (%s)", class);
    puts(filled ? "" : "  empty");
}

/* The tag word as FSTENV stores it. */
static unsigned tag_word(const struct cpu_float_view *v)
{
    unsigned tags = 0;

    for (unsigned n = 0; n < 8; n++) {
        const char *class = class_of(v->r[n].significand, v->r[n].sign_exponent & EXPONENT_SPECIAL);
        unsigned tag = !(v->in_use >> n & 1) ? 3 : !strcmp(class, "normal") ? 0 : !strcmp(class, "zero") ? 1 : 2;
        tags |= tag << 2 * n;
    }
    return tags;
}

bool debug_fpu(struct session *s, const char *at, struct error *err)
{
    static const char *const precision[] = { "24 bits", "reserved", "53 bits", "64 bits" };
    static const char *const conditions[] = { "sf", "es", "c0", "c1", "c2" };
    struct cpu_float_view v;

    (void)at, (void)err;
    cpu_view_float(machine_cpu(s->machine), &v);
    printf("status  word: 0x%04x: %s TOP=%u %s ", v.status, v.status >> 15 ? "B" : "b", v.status >> 11 & 7, v.status >> 14 & 1 ? "C3" : "c3");
    for (unsigned i = ARRAY_COUNT(conditions); i--;) {
        for (const char *c = conditions[i]; *c; c++) putchar(v.status >> (6 + i) & 1 ? toupper((unsigned char)*c) : *c);
        putchar(' ');
    }
    put_flags(v.status, exceptions, 6, 0);
    printf("control word: 0x%04x: rounds %s, %s, masked ", v.control, roundings[v.control >> 10 & 3], precision[v.control >> 8 & 3]);
    put_flags(v.control, masks, 6, 0);
    printf("tag     word: 0x%04x\nlast instruction: opcode 0x%04x at %04x:%08llx, operand at %04x:%08llx\n", tag_word(&v), 0xd800 | v.fop, v.fcs, (llu)v.fip, v.fds, (llu)v.fdp);
    for (unsigned i = 0; i < 8; i++) put_x87_register(&v, i);
    return true;
}

bool debug_mmx(struct session *s, const char *at, struct error *err)
{
    struct cpu_float_view v;

    (void)at;
    cpu_view_float(machine_cpu(s->machine), &v);
    if (!v.has_mmx) return fail(err, "this CPU model has no MMX; cpu: model= chooses one that has");
    for (unsigned n = 0; n < 8; n++) {
        printf("MM%u: %08x_%08x ", n, (u32)(v.r[n].significand >> 32), (u32)v.r[n].significand);
        for (unsigned i = 8; i--;) printf(" %02x", (u8)(v.r[n].significand >> 8 * i));
        putchar('\n');
    }
    return true;
}

static unsigned register_count(struct session *s)
{
    struct cpu_view v;
    cpu_view(machine_cpu(s->machine), &v);
    return v.code_bits == 64 ? 16 : 8;
}

static void put_vectors(struct session *s, const struct cpu_float_view *v, const char *name, unsigned words)
{
    printf("MXCSR: 0x%08x: %s %s rounds %s, masked ", v->mxcsr, v->mxcsr >> 15 & 1 ? "FZ" : "fz", v->mxcsr >> 6 & 1 ? "DAZ" : "daz", roundings[v->mxcsr >> 13 & 3]);
    put_flags(v->mxcsr, masks, 6, 7);
    printf("flags ");
    put_flags(v->mxcsr, exceptions, 6, 0);
    for (unsigned n = 0; n < register_count(s); n++) {
        printf("%s[%02u]: ", name, n);
        for (unsigned w = words; w--;) printf("%08x_%08x%c", (u32)(v->ymm[n][w] >> 32), (u32)v->ymm[n][w], w ? '_' : '\n');
    }
}

bool debug_sse(struct session *s, const char *at, struct error *err)
{
    struct cpu_float_view v;

    (void)at;
    cpu_view_float(machine_cpu(s->machine), &v);
    if (!v.has_sse) return fail(err, "this CPU model has no SSE; cpu: model= chooses one that has");
    put_vectors(s, &v, "XMM", 2);
    return true;
}

bool debug_ymm(struct session *s, const char *at, struct error *err)
{
    struct cpu_float_view v;

    (void)at;
    cpu_view_float(machine_cpu(s->machine), &v);
    if (!v.has_avx) return fail(err, "this CPU model has no AVX; cpu: model= chooses one that has");
    put_vectors(s, &v, "YMM", 4);
    return true;
}
