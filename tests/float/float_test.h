#ifndef ORRERY_TESTS_FLOAT_TEST_H
#define ORRERY_TESTS_FLOAT_TEST_H
/* build/float: the software floating point against the unit of an x86-64 host, to the last flag. */
#include "cpu/float/soft.h"

struct vector {
    struct float_env env;        /* inputs only: raised and rounded_up are false */
    u64 a, b, c;                 /* f16, f32, f64, integers, in the low bits */
    f80 x, y;
    u8 bcd[10];
    bool choice;                 /* signalling, nearest, truncate, precision exception */
};

struct outcome {
    u64 value;                   /* f16, f32, f64, integer, relation */
    f80 x, y;
    u8 bcd[10];
    u8 raised;
    bool rounded_up;
    bool partial;
    u8 quotient;
};

enum operands {
    OPERANDS_F16, OPERANDS_F32, OPERANDS_F64, OPERANDS_F80, OPERANDS_INTEGER, OPERANDS_BCD
};

struct operation {
    const char *name;
    enum operands operands;
    u8 delivers;                 /* FLOAT_* that leave a result behind even if unmasked */
    bool (*present)(void);       /* the host has the instruction; NULL: every x86-64 does */
    void (*soft)(struct vector *v, struct outcome *o);
    void (*host)(const struct vector *v, struct outcome *o);
};

extern const struct operation sse_operations[], x87_operations[];
extern const size_t sse_operation_count, x87_operation_count;

/* SIGFPE of an SSE instruction: the flags stay in MXCSR, execution goes on where RCX says. */
void sse_catch_exceptions(void);

u64 random_u64(u64 *state);
struct vector random_vector(u64 *state, enum operands operands);

#endif
