#ifndef ORRERY_RUN_FAST_UNITS_H
#define ORRERY_RUN_FAST_UNITS_H
/* The host's SSE and x87 units in the guest's service.                                     doc: fast
 *
 * A handler that uses a unit asks for its bit in cpu->units.  Where it is clear, the unit is opened first: the guest may use it, and the host's
 * control word becomes the guest's.  The units are closed whenever the fast instance calls the exact one or ends: nobody else sees a control word
 * that is not the host's usual one, or a guest's MXCSR without its flags.  What decides whether a unit may be open (CR0, CR4, masks) does not change
 * while it is. */
#include "cpu/decode/tables.h"
#include "cpu/run/fast.h"

enum {
    UNIT_SSE = 1,            /* SSE instructions may run */
    UNIT_SSE_FLOAT = 2,      /* and the host's MXCSR is the guest's: all exceptions masked */
    UNIT_MMX = 8,            /* MMX instructions may run, on the registers in struct cpu: never together with the next */
    UNIT_X87 = 4,            /* x87 instructions may run, no exception is pending, all are masked; registers, control and status word are in the host's unit */
};

/* Vector and x87 forms: where their unit may not be open they may fault, without memory too.  Forms are numbered in the order of
 * cpu/ops/all.inc. */
static inline bool fast_is_vector(unsigned op) { return op >= OP_PADDB_R && op < OP_FADD_M_32; }
enum { FAST_VECTOR_FIRST = OP_PADDB_R, FAST_VECTOR_FORMS = OP_FADD_M_32 - OP_PADDB_R };
static inline bool fast_uses_unit(unsigned op) { return op >= OP_PADDB_R && op <= OP_FWAIT; }

/* Operands that need not be aligned. */
typedef u16 __attribute__((aligned(1))) any16;
typedef u32 __attribute__((aligned(1))) any32;
typedef u64 __attribute__((aligned(1))) any64;
typedef struct __attribute__((packed)) { u64 q[2]; } any128;
typedef struct __attribute__((packed)) { u64 significand; u16 sign_exponent; } any80;

#if defined(__x86_64__)
/* This record again with the unit open; in the exact instance where it may not be. */
fast_handler fast_open_sse, fast_open_sse_float, fast_open_x87, fast_open_mmx;
void fast_units_close(struct cpu *cpu);
/* The handler of a form on ST(i), NULL of others. */
enum { FAST_X87_FIRST = OP_FADD_M_32, FAST_X87_LAST = OP_FWAIT };
extern const void *const fast_x87_stack[FAST_X87_LAST - FAST_X87_FIRST + 1][8];
static inline const void *fast_x87_of(const struct record *record)
{
    return record->h >= FAST_X87_FIRST && record->h <= FAST_X87_LAST ? fast_x87_stack[record->h - FAST_X87_FIRST][record->d & 7] : NULL;
}
/* Whether this host has what the handler of a vector form uses. */
bool fast_host_has(unsigned op);
#else
static inline bool fast_host_has(unsigned op) { (void)op; return false; }
static inline const void *fast_x87_of(const struct record *record) { (void)record; return NULL; }
static inline void fast_units_close(struct cpu *cpu) { (void)cpu; }
#endif

#endif
