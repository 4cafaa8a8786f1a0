#ifndef ORRERY_TESTS_VECTOR_TEST_H
#define ORRERY_TESTS_VECTOR_TEST_H
/* cpu/vector against the instructions of the host's processor, and against models where it has
 * none. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "cpu/vector/vector.h"

enum { IMMEDIATES = 256 };

/* count: cases for every immediate; 256 times as many where an instruction has none. */
void test_crypto(unsigned count);
void test_text(unsigned count);
void test_special(unsigned count);
void test_dot_products(unsigned count);
void test_3dnow(unsigned count);
void test_sse4a(unsigned count);

/* --- main.c --- */
enum { HOST_AES = 1, HOST_PCLMUL = 2, HOST_SHA = 4, HOST_SSE41 = 8, HOST_SSE42 = 16, HOST_SSE4A = 32 };
bool host_has(unsigned what);

u64 random64(void);
unsigned random_below(unsigned limit);
void random_bytes(void *to, size_t size_bytes);      /* any; now and then all zeros, all ones */
u32 random_f32(void);              /* of all classes, exponents near one another half of the time */
u64 random_f64(void);

void begin(const char *name);                        /* the cases that follow belong to it */
/* One case.  imm and the operands are for the message. */
void check(unsigned imm, const void *ours, const void *expected, size_t size_bytes,
           const void *a, const void *b, size_t operand_bytes);
void check_true(bool holds, u64 operand, u64 got);
void skip(u64 cases);
void end(void);

/* --- dot_products.c: operations of the host's SSE unit, exceptions masked or not --- */
enum { MXCSR_DAZ = 1 << 6, MXCSR_DEFAULT = FLOAT_ALL << 7, MXCSR_FTZ = 1 << 15 };
u32 host_mxcsr(const struct float_env *env);         /* with no flags */
/* The flags of the operation that just ran: those at its exception if it had an unmasked one, else
 * those of mxcsr. */
u32 host_flags(u32 mxcsr);

static inline __m128i load(const void *from) { return _mm_loadu_si128(from); }
static inline void store(void *to, __m128i v) { _mm_storeu_si128(to, v); }

static inline float f32_value(u32 bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline u32 f32_bits(float value)
{
    u32 bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* X(0) to X(255): an immediate is part of an instruction, so there is one piece of code for each.
 * */
#define TIMES_4(X, n) X((n)) X((n) + 1) X((n) + 2) X((n) + 3)
#define TIMES_16(X, n) TIMES_4(X, n) TIMES_4(X, (n) + 4) TIMES_4(X, (n) + 8) TIMES_4(X, (n) + 12)
#define TIMES_64(X, n) \
    TIMES_16(X, n) TIMES_16(X, (n) + 16) TIMES_16(X, (n) + 32) TIMES_16(X, (n) + 48)
#define FOR_ALL_IMMEDIATES(X) TIMES_64(X, 0) TIMES_64(X, 64) TIMES_64(X, 128) TIMES_64(X, 192)

#endif
