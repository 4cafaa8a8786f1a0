#ifndef ORRERY_RUN_VECTOR_H
#define ORRERY_RUN_VECTOR_H
/* What bodies of MMX, SSE and AVX share: who may run them, memory operands, what a write leaves in the rest of a register.  doc: vector
 * Fields of their records: cpu/decode/record.h, VECTOR_IMM_*. */
#include "cpu/decode/record.h"
#include "cpu/memory/access.h"
#include "cpu/run/operations.h"
#include "cpu/vector/lanes.h"

static inline union vector *vector_unit(struct cpu *cpu, unsigned unit) { return (union vector *)((u8 *)cpu + unit * 8); }
static inline unsigned vector_bytes(const struct record *rec) { return (unsigned)rec->imm >> VECTOR_IMM_BYTES & 63; }
static inline bool vector_by_vex(const struct record *rec) { return rec->imm & VECTOR_IMM_VEX; }
static inline union vector *vector_xmm(struct cpu *cpu, unsigned n) { return (union vector *)&cpu->ymm[4 * n]; }

/* #UD and #NM of an instruction on XMM or YMM registers, SDM vol. 2, "Exceptions Types of VEX and Legacy SSE Instructions". */
bool vector_sse_refused(struct cpu *cpu, bool vex);
static inline bool vector_open_sse(struct cpu *cpu, const struct record *rec)
{
    bool vex = vector_by_vex(rec);
    u32 cr4_needed = vex ? CR4_OSXSAVE : CR4_OSFXSR;
    if (likely(!(cpu->cr0 & (vex ? CR0_TS : CR0_EM | CR0_TS)) && cpu->cr4 & cr4_needed && (!vex || (cpu->xcr0 & 6) == 6))) return true;
    return vector_sse_refused(cpu, vex);
}
/* The same for MMX registers, with #MF. */
bool vector_open_mmx(struct cpu *cpu);
/* When nothing can fault any more the x87 stack becomes a set of eight valid registers: TOP = 0. */
static inline void vector_enter_mmx(struct cpu *cpu)
{
    cpu->x87.status &= (u16)~0x3800;
    cpu->x87.in_use = 0xff;
}
static inline bool vector_open(struct cpu *cpu, const struct record *rec)
{
    return vector_bytes(rec) == 8 ? vector_open_mmx(cpu) : vector_open_sse(cpu, rec);
}

/* After a write of vector_bytes(rec) to unit: a VEX form clears what lies above, an MMX register's exponent becomes ones. */
static inline void vector_close(struct cpu *cpu, const struct record *rec, unsigned unit)
{
    union vector *v = vector_unit(cpu, unit);
    unsigned bytes = vector_bytes(rec);

    if (bytes == 8) {
        vector_enter_mmx(cpu);
        ((struct x87_register *)v)->sign_exponent = 0xffff;
    } else if (vector_by_vex(rec) && bytes == 16) v->q[2] = v->q[3] = 0;
}

/* A memory operand; aligned: 16 and 32 bytes must be, or #GP(0). */
bool vector_misaligned(struct cpu *cpu, unsigned seg, u64 la, unsigned bytes);
static inline bool vector_load(struct cpu *cpu, const struct record *rec, u64 ea, unsigned bytes, bool aligned, union vector *v)
{
    unsigned seg = record_segment(rec);
    if (aligned && unlikely(linear_of(cpu, seg, ea) & (bytes - 1))) return vector_misaligned(cpu, seg, linear_of(cpu, seg, ea), bytes);
    return load_bytes(cpu, seg, ea, bytes, v);
}
static inline bool vector_store(struct cpu *cpu, const struct record *rec, u64 ea, unsigned bytes, bool aligned, const union vector *v)
{
    unsigned seg = record_segment(rec);
    if (aligned && unlikely(linear_of(cpu, seg, ea) & (bytes - 1))) return vector_misaligned(cpu, seg, linear_of(cpu, seg, ea), bytes);
    return store_bytes(cpu, seg, ea, bytes, v);
}
/* Every fault of a store of 8 or 16 bytes.  MASKMOVQ. */
bool vector_probe_store(struct cpu *cpu, unsigned seg, u64 ea, unsigned bytes);
/* Legacy SSE operands of 16 bytes are aligned, those of VEX and MMX need not be. */
static inline bool vector_wants_alignment(const struct cpu *cpu, const struct record *rec)
{
    return !vector_by_vex(rec) && vector_bytes(rec) == 16 && !(cpu->mxcsr & 1u << 17 /* AMD's MM */);
}

/* --- floating point: cpu/run/vector_float.c.  False after #XM (or #UD without CR4.OSXMMEXCPT): then nothing but MXCSR has
 *     changed.  d may be a or b. --- */
typedef u32 float32_binary(struct float_env *env, u32 a, u32 b);
typedef u64 float64_binary(struct float_env *env, u64 a, u64 b);
bool vector_packed32(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, float32_binary *f);
bool vector_packed64(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, float64_binary *f);
/* Element 0 by f, the rest of 16 bytes from a. */
bool vector_scalar32(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, float32_binary *f);
bool vector_scalar64(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, float64_binary *f);
float32_binary vector_sqrt32, vector_rcp32, vector_rsqrt32;          /* of b */
float64_binary vector_sqrt64;

/* CMPPS and its kind; scalar: element 0 alone, the rest from a.  element_bytes 4 or 8. */
bool vector_compare(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes,
                    bool scalar, u8 predicate);
/* COMISS: ZF PF CF; the other flags become 0. */
bool vector_compare_flags(struct cpu *cpu, const union vector *a, const union vector *b, unsigned element_bytes, bool signalling);
/* HADDPS and its kind. */
bool vector_horizontal(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes,
                       bool subtract);
bool vector_addsub(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes);

/* ROUNDPS and its kind; imm 1:0 rounding, 2 by MXCSR instead, 3 no FLOAT_P. */
bool vector_round(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes, bool scalar,
                  u8 imm);

/* Conversions.  d's bytes above the result stay, or become 0 where the manual says so. */
bool vector_ps_to_pd(struct cpu *cpu, union vector *d, const union vector *b, unsigned count);
bool vector_pd_to_ps(struct cpu *cpu, union vector *d, const union vector *b, unsigned count);
bool vector_dq_to_ps(struct cpu *cpu, union vector *d, const union vector *b, unsigned count);
bool vector_dq_to_pd(struct cpu *cpu, union vector *d, const union vector *b, unsigned count);
bool vector_ps_to_dq(struct cpu *cpu, union vector *d, const union vector *b, unsigned count, bool truncate);
bool vector_pd_to_dq(struct cpu *cpu, union vector *d, const union vector *b, unsigned count, bool truncate);
bool vector_to_integer(struct cpu *cpu, u64 *value, const union vector *b, unsigned element_bytes, unsigned integer_bytes, bool truncate);
bool vector_from_integer(struct cpu *cpu, union vector *d, const union vector *a, u64 value, unsigned element_bytes, unsigned integer_bytes);
bool vector_convert_scalar(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, bool to_double);

/* DPPS, DPPD; F16C, imm 1:0 rounding, 2 by MXCSR; FMA. */
bool vector_dot(struct cpu *cpu, union vector *d, const union vector *a, const union vector *b, unsigned bytes, unsigned element_bytes, u8 imm);
bool vector_half_to_single(struct cpu *cpu, union vector *d, const union vector *b, unsigned count);
bool vector_single_to_half(struct cpu *cpu, union vector *d, const union vector *b, unsigned count, u8 imm);
enum { FUSED_NEGATE_PRODUCT = 1, FUSED_NEGATE_ADDEND = 2, FUSED_NEGATE_EVEN = 4, FUSED_NEGATE_ODD = 8 /* the addend of even, odd elements */ };
bool vector_fused(struct cpu *cpu, union vector *d, const union vector *x, const union vector *y, const union vector *z, unsigned bytes,
                  unsigned element_bytes, unsigned negate, bool scalar);
unsigned vector_explicit_length(s64 reg, u8 imm);
void vector_string_mask(union vector *xmm0, u16 mask, u8 imm);      /* IntRes2 as bits, or as elements with imm 6 */

struct float_env vector_env(const struct cpu *cpu);
bool vector_raise(struct cpu *cpu, const struct float_env *env);     /* MXCSR takes env->raised; false after #XM */

/* --- state: cpu/run/vector_state.c --- */
bool load_mxcsr(struct cpu *cpu, u32 value);                         /* #GP(0) of reserved bits */
bool fxsave(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);       /* mask: of offsets; wide: REX.W, 64-bit pointers */
bool fxrstor(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);
bool xsave(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);
bool xsaveopt(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);
bool xsavec(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);
bool xsaves(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);
bool xrstor(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);
bool xrstors(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide);
bool xgetbv(struct cpu *cpu);
bool xsetbv(struct cpu *cpu);

#endif
