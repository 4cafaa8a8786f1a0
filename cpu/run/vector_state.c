/* MXCSR, FXSAVE, XSAVE and their kind.  SDM vol. 1, "Managing State Using the XSAVE Feature Set"; vol. 2, "FXSAVE", "XSAVE".  doc: vector
 *
 *    0 FCW FSW FTW FOP   8 FIP FCS   16 FDP FDS   24 MXCSR  28 its mask   32 ST0..7, 16 bytes each   160 XMM0..15
 *    512 XSTATE_BV  520 XCOMP_BV  528 reserved   576 the upper halves of YMM0..15 */
#include <string.h>

#include "cpu/run/flags.h"
#include "cpu/run/vector.h"
#include "cpu/system/system.h"

enum {
    AREA_MXCSR = 24, AREA_ST = 32, AREA_XMM = 160, AREA_LEGACY = 512, AREA_HEADER = 512, AREA_AVX = 576, AREA_BYTES = 832,
    MXCSR_MASK = 0xffff, MXCSR_MM = 1 << 17,
};

/* AMD has a bit that lets SSE operands be misaligned. */
static u32 mxcsr_mask(const struct cpu *cpu)
{
    return MXCSR_MASK | (has(cpu, FEATURE_MISALIGNSSE) ? MXCSR_MM : 0);
}

bool load_mxcsr(struct cpu *cpu, u32 value)
{
    if (value & ~mxcsr_mask(cpu)) return FAULT(cpu, MXCSR_RESERVED, .value = value);
    cpu->mxcsr = value;
    return true;
}

static unsigned xmm_count(const struct cpu *cpu)
{
    return code_64bit(cpu) ? 16 : 8;
}

/* --- between struct cpu and the area --- */

static void put_x87(const struct cpu *cpu, u8 *area, bool wide)
{
    const struct x87 *x = &cpu->x87;
    unsigned top = x->status >> 11 & 7;

    put16(area, x->control);
    put16(area + 2, x->status);
    put16(area + 4, x->in_use);
    put16(area + 6, x->fop);
    put64(area + 8, wide ? x->fip : (u32)x->fip | (u64)x->fcs << 32);
    put64(area + 16, wide ? x->fdp : (u32)x->fdp | (u64)x->fds << 32);
    for (unsigned i = 0; i < 8; i++) {
        put64(area + AREA_ST + 16 * i, x->significand[(top + i) & 7]);
        put64(area + AREA_ST + 16 * i + 8, x->sign_exponent[(top + i) & 7]);
    }
}

/* ES and B follow the flags and the masks. */
static void take_x87(struct cpu *cpu, const u8 *area, bool wide)
{
    struct x87 *x = &cpu->x87;

    x->control = (u16)((get16(area) & 0x1f3f) | 0x40);
    x->status = get16(area + 2) & 0x7f7f;
    if (x->status & ~x->control & 0x3f) x->status |= 0x8080;
    x->in_use = area[4];
    x->fop = get16(area + 6) & 0x7ff;
    x->fip = wide ? get64(area + 8) : get32(area + 8);
    x->fcs = wide ? 0 : get16(area + 12);
    x->fdp = wide ? get64(area + 16) : get32(area + 16);
    x->fds = wide ? 0 : get16(area + 20);
    for (unsigned i = 0; i < 8; i++) {
        unsigned n = ((x->status >> 11) + i) & 7;
        x->significand[n] = get64(area + AREA_ST + 16 * i);
        x->sign_exponent[n] = get16(area + AREA_ST + 16 * i + 8);
    }
}

static void put_mxcsr(const struct cpu *cpu, u8 *area)
{
    put32(area + AREA_MXCSR, cpu->mxcsr);
    put32(area + AREA_MXCSR + 4, mxcsr_mask(cpu));
}

static void put_xmm(struct cpu *cpu, u8 *area)
{
    for (unsigned n = 0; n < xmm_count(cpu); n++) memcpy(area + AREA_XMM + 16 * n, vector_xmm(cpu, n), 16);
}

static void take_xmm(struct cpu *cpu, const u8 *area)
{
    for (unsigned n = 0; n < xmm_count(cpu); n++) memcpy(vector_xmm(cpu, n), area + AREA_XMM + 16 * n, 16);
}

static void put_avx(struct cpu *cpu, u8 *area)
{
    for (unsigned n = 0; n < xmm_count(cpu); n++) memcpy(area + AREA_AVX + 16 * n, &vector_xmm(cpu, n)->b[16], 16);
}

static void take_avx(struct cpu *cpu, const u8 *area)
{
    for (unsigned n = 0; n < xmm_count(cpu); n++) memcpy(&vector_xmm(cpu, n)->b[16], area + AREA_AVX + 16 * n, 16);
}

/* --- whole areas --- */

static bool area_aligned(struct cpu *cpu, unsigned seg, u64 ea, unsigned bytes)
{
    u64 la = linear_of(cpu, seg, ea);
    return !(la & (bytes - 1)) || vector_misaligned(cpu, seg, la, bytes);
}

/* [from, to) of the area, all of it or nothing. */
static bool area_store(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, const u8 *area, unsigned from, unsigned to)
{
    u64 unused;

    if (from == to) return true;
    if (!load_for_update(cpu, seg, (ea + to - 8) & mask, 8, &unused)) return false;
    for (unsigned at = from; at < to; at += 16)
        if (!store_bytes(cpu, seg, (ea + at) & mask, to - at < 16 ? to - at : 16, area + at)) return false;
    return true;
}

static bool area_load(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, u8 *area, unsigned from, unsigned to)
{
    for (unsigned at = from; at < to; at += 16)
        if (!load_bytes(cpu, seg, (ea + at) & mask, 16, area + at)) return false;
    return true;
}

static bool may_move_state(struct cpu *cpu)
{
    if (cpu->cr0 & (CR0_EM | CR0_TS)) return FAULT(cpu, NO_COPROCESSOR, .value = cpu->cr0);
    return true;
}

bool fxsave(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    u8 area[AREA_LEGACY] = { 0 };

    if (!may_move_state(cpu) || !area_aligned(cpu, seg, ea, 16)) return false;
    put_x87(cpu, area, wide);
    put_mxcsr(cpu, area);
    put_xmm(cpu, area);
    bool sse = cpu->cr4 & CR4_OSFXSR;
    return area_store(cpu, seg, ea, mask, area, 0, sse ? AREA_XMM + 16 * xmm_count(cpu) : AREA_XMM);
}

bool fxrstor(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    u8 area[AREA_LEGACY];
    bool sse = cpu->cr4 & CR4_OSFXSR;

    if (!may_move_state(cpu) || !area_aligned(cpu, seg, ea, 16)) return false;
    if (!area_load(cpu, seg, ea, mask, area, 0, AREA_LEGACY)) return false;
    if (sse && !load_mxcsr(cpu, get32(area + AREA_MXCSR))) return false;
    take_x87(cpu, area, wide);
    if (sse) take_xmm(cpu, area);
    return true;
}

/* --- XSAVE --- */

/* EDX:EAX selects, XCR0 enables. */
static u64 requested(const struct cpu *cpu)
{
    return ((u64)(u32)cpu->gpr[RDX] << 32 | (u32)cpu->gpr[RAX]) & cpu->xcr0;
}

static bool xsave_open(struct cpu *cpu, unsigned seg, u64 ea)
{
    if (!(cpu->cr4 & CR4_OSXSAVE)) return FAULT(cpu, VECTOR_OSXSAVE, .value = cpu->xcr0);
    if (cpu->cr0 & CR0_TS) return FAULT(cpu, NO_COPROCESSOR, .value = cpu->cr0);
    return area_aligned(cpu, seg, ea, 64);
}

static bool all_zero(struct cpu *cpu, unsigned from)
{
    for (unsigned n = 0; n < xmm_count(cpu); n++)
        if (vector_xmm(cpu, n)->q[from] || vector_xmm(cpu, n)->q[from + 1]) return false;
    return true;
}

static bool x87_is_initial(const struct x87 *x)
{
    bool zero = true;
    for (unsigned i = 0; i < 8; i++) zero &= !x->significand[i] && !x->sign_exponent[i];
    return zero && x->control == 0x37f && !x->status && !x->in_use && !x->fop && !x->fip && !x->fdp && !x->fcs && !x->fds;
}

/* XINUSE: the components that are not in their initial configuration. */
static u64 in_use(struct cpu *cpu)
{
    return (x87_is_initial(&cpu->x87) ? 0 : XCR0_X87) | (all_zero(cpu, 0) ? 0 : XCR0_SSE) | (all_zero(cpu, 2) ? 0 : XCR0_AVX);
}

bool xsave(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    u64 chosen = requested(cpu), old_bv;
    u8 area[AREA_BYTES] = { 0 };

    if (!xsave_open(cpu, seg, ea)) return false;
    if (!load_for_update(cpu, seg, (ea + AREA_HEADER) & mask, 8, &old_bv)) return false;
    put_x87(cpu, area, wide);
    put_mxcsr(cpu, area);
    put_xmm(cpu, area);
    put_avx(cpu, area);
    put64(area + AREA_HEADER, (old_bv & ~chosen) | (in_use(cpu) & chosen));
    if (chosen & XCR0_AVX && !area_store(cpu, seg, ea, mask, area, AREA_AVX, AREA_AVX + 16 * xmm_count(cpu))) return false;
    if (chosen & XCR0_X87 && (!area_store(cpu, seg, ea, mask, area, 0, AREA_MXCSR) || !area_store(cpu, seg, ea, mask, area, AREA_ST, AREA_XMM))) return false;
    if (chosen & (XCR0_SSE | XCR0_AVX) && !area_store(cpu, seg, ea, mask, area, AREA_MXCSR, AREA_ST)) return false;
    if (chosen & XCR0_SSE && !area_store(cpu, seg, ea, mask, area, AREA_XMM, AREA_XMM + 16 * xmm_count(cpu))) return false;
    return area_store(cpu, seg, ea, mask, area, AREA_HEADER, AREA_HEADER + 8);
}

static bool header_legal(struct cpu *cpu, const u8 *area)
{
    u64 bv = get64(area + AREA_HEADER), reserved = 0;

    for (unsigned at = 8; at < 24; at += 8) reserved |= get64(area + AREA_HEADER + at);
    if (!(bv & ~cpu->xcr0) && !reserved) return true;
    return FAULT(cpu, XRSTOR_HEADER, .value = bv);
}

/* A component whose bit of XSTATE_BV is clear takes its initial configuration. */
bool xrstor(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    u64 chosen = requested(cpu);
    u8 area[AREA_BYTES] = { 0 };

    if (!xsave_open(cpu, seg, ea) || !area_load(cpu, seg, ea, mask, area, 0, AREA_AVX) || !header_legal(cpu, area)) return false;
    u64 bv = get64(area + AREA_HEADER);
    if (chosen & bv & XCR0_AVX && !area_load(cpu, seg, ea, mask, area, AREA_AVX, AREA_BYTES)) return false;
    if (chosen & (XCR0_SSE | XCR0_AVX) && !load_mxcsr(cpu, get32(area + AREA_MXCSR))) return false;
    if (!(bv & XCR0_X87)) {
        memset(area, 0, AREA_MXCSR);
        memset(area + AREA_ST, 0, AREA_XMM - AREA_ST);
        put16(area, 0x37f);
    }
    if (!(bv & XCR0_SSE)) memset(area + AREA_XMM, 0, 256);
    if (chosen & XCR0_X87) take_x87(cpu, area, wide);
    if (chosen & XCR0_SSE) take_xmm(cpu, area);
    if (chosen & XCR0_AVX) take_avx(cpu, area);
    return true;
}

/* ECX = 1: XCR0 and XINUSE. */
bool xgetbv(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];

    if (!(cpu->cr4 & CR4_OSXSAVE)) return FAULT(cpu, VECTOR_OSXSAVE, .value = cpu->xcr0);
    if (number > 1 || (number == 1 && !has(cpu, FEATURE_XGETBV1))) return FAULT(cpu, XCR_RESERVED, .ea = number, .value = 0);
    u64 value = number ? cpu->xcr0 & in_use(cpu) : cpu->xcr0;
    cpu->gpr[RAX] = (u32)value;
    cpu->gpr[RDX] = value >> 32;
    return true;
}

bool xsetbv(struct cpu *cpu)
{
    u64 value = (u64)(u32)cpu->gpr[RDX] << 32 | (u32)cpu->gpr[RAX];
    u64 known = XCR0_X87 | XCR0_SSE | (has(cpu, FEATURE_AVX) ? XCR0_AVX : 0);

    if (!(cpu->cr4 & CR4_OSXSAVE)) return FAULT(cpu, VECTOR_OSXSAVE, .value = cpu->xcr0);
    if (!require_cpl0(cpu)) return false;
    if ((u32)cpu->gpr[RCX] || value & ~known || !(value & XCR0_X87) || (value & XCR0_AVX && !(value & XCR0_SSE)))
        return FAULT(cpu, XCR_RESERVED, .ea = (u32)cpu->gpr[RCX], .value = value);
    cpu->xcr0 = value;
    return true;
}
