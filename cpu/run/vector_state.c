/* MXCSR, FXSAVE, XSAVE and their kind.  SDM vol. 1, "Managing State Using the XSAVE Feature Set"; vol. 2, "FXSAVE", "XSAVE".  doc: vector
 *
 *    0 FCW FSW FTW FOP   8 FIP FCS   16 FDP FDS   24 MXCSR  28 its mask   32 ST0..7, 16 bytes each   160 XMM0..15
 *    512 XSTATE_BV  520 XCOMP_BV  528 reserved   576 the upper halves of YMM0..15
 * In the compacted format the extended components follow each other from 576 on: with one of them, AVX, both formats have it there. */
#include <string.h>

#include "cpu/run/flags.h"
#include "cpu/run/vector.h"
#include "cpu/system/system.h"

enum {
    AREA_MXCSR = 24, AREA_ST = 32, AREA_XMM = 160, AREA_LEGACY = 512, AREA_HEADER = 512, AREA_AVX = 576, AREA_BYTES = 832,
    AREA_XCOMP_BV = 520, MXCSR_MASK = 0xffff, MXCSR_MM = 1 << 17, MXCSR_INITIAL = 0x1f80,
};
#define XCOMP_COMPACTED (1ull << 63)

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
        put64(area + AREA_ST + 16 * i, x->r[(top + i) & 7].significand);
        put64(area + AREA_ST + 16 * i + 8, x->r[(top + i) & 7].sign_exponent);
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
        x->r[n].significand = get64(area + AREA_ST + 16 * i);
        x->r[n].sign_exponent = get16(area + AREA_ST + 16 * i + 8);
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

/* --- for a debugger --- */

void cpu_save_float(const struct cpu *cpu, u8 area[CPU_FLOAT_BYTES])
{
    memset(area, 0, CPU_FLOAT_BYTES);
    put_x87(cpu, area, false);
    put_mxcsr(cpu, area);
    for (unsigned n = 0; n < 16; n++) memcpy(area + AREA_XMM + 16 * n, &cpu->ymm[4 * n], 16);
}

void cpu_load_float(struct cpu *cpu, const u8 area[CPU_FLOAT_BYTES])
{
    take_x87(cpu, area, false);
    cpu->mxcsr = get32(area + AREA_MXCSR) & mxcsr_mask(cpu);
    for (unsigned n = 0; n < 16; n++) memcpy(&cpu->ymm[4 * n], area + AREA_XMM + 16 * n, 16);
}

/* --- whole areas --- */

static bool area_aligned(struct cpu *cpu, unsigned seg, u64 ea, unsigned bytes)
{
    u64 la = linear_of(cpu, seg, ea);
    return !(la & (bytes - 1)) || vector_misaligned(cpu, seg, la, bytes);
}

/* The far end of what the instruction owns, though it may leave the last bytes alone. */
static bool area_store_allowed(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, unsigned bytes)
{
    u64 unused;
    return load_for_update(cpu, seg, (ea + bytes - 8) & mask, 8, &unused);
}

/* [from, to) of the area, all of it or nothing. */
static bool area_store(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, const u8 *area, unsigned from, unsigned to)
{
    if (from == to) return true;
    if (!area_store_allowed(cpu, seg, ea, mask, to)) return false;
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
    if (!area_store_allowed(cpu, seg, ea, mask, AREA_LEGACY)) return false;
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

static u64 edx_eax(const struct cpu *cpu)
{
    return (u64)(u32)cpu->gpr[RDX] << 32 | (u32)cpu->gpr[RAX];
}

/* RFBM: EDX:EAX selects, XCR0 enables; for XSAVES and XRSTORS IA32_XSS does too. */
static u64 requested(const struct cpu *cpu)
{
    return edx_eax(cpu) & cpu->xcr0;
}

static u64 requested_by_supervisor(const struct cpu *cpu)
{
    return edx_eax(cpu) & (cpu->xcr0 | cpu->xss);
}

static bool xsave_open(struct cpu *cpu, unsigned seg, u64 ea)
{
    if (!(cpu->cr4 & CR4_OSXSAVE)) return FAULT(cpu, VECTOR_OSXSAVE, .value = cpu->xcr0);
    if (cpu->cr0 & CR0_TS) return FAULT(cpu, NO_COPROCESSOR, .value = cpu->cr0);
    return area_aligned(cpu, seg, ea, 64);
}

static bool supervisor_open(struct cpu *cpu, unsigned seg, u64 ea)
{
    if (!(cpu->cr4 & CR4_OSXSAVE)) return FAULT(cpu, VECTOR_OSXSAVE, .value = cpu->xcr0);
    return require_cpl0(cpu) && xsave_open(cpu, seg, ea);
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
    for (unsigned i = 0; i < 8; i++) zero &= !x->r[i].significand && !x->r[i].sign_exponent;
    return zero && x->control == 0x37f && !x->status && !x->in_use && !x->fop && !x->fip && !x->fdp && !x->fcs && !x->fds;
}

/* XINUSE: the components that are not in their initial configuration. */
static u64 in_use(struct cpu *cpu)
{
    return (x87_is_initial(&cpu->x87) ? 0 : XCR0_X87) | (all_zero(cpu, 0) ? 0 : XCR0_SSE) | (all_zero(cpu, 2) ? 0 : XCR0_AVX);
}

/* What XSTATE_BV says of the requested ones: XINUSE knows nothing of MXCSR, which belongs to SSE here. */
static u64 worth_saving(struct cpu *cpu, u64 chosen)
{
    return chosen & (in_use(cpu) | (cpu->mxcsr != MXCSR_INITIAL ? XCR0_SSE : 0));
}

static bool store_components(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, u8 *area, u64 saved, bool mxcsr, bool wide)
{
    unsigned xmm_bytes = 16 * xmm_count(cpu);

    put_x87(cpu, area, wide);
    put_mxcsr(cpu, area);
    put_xmm(cpu, area);
    put_avx(cpu, area);
    if (saved & XCR0_AVX && !area_store(cpu, seg, ea, mask, area, AREA_AVX, AREA_AVX + xmm_bytes)) return false;
    if (saved & XCR0_X87 && (!area_store(cpu, seg, ea, mask, area, 0, AREA_MXCSR) || !area_store(cpu, seg, ea, mask, area, AREA_ST, AREA_XMM))) return false;
    if (mxcsr && !area_store(cpu, seg, ea, mask, area, AREA_MXCSR, AREA_ST)) return false;
    return !(saved & XCR0_SSE) || area_store(cpu, seg, ea, mask, area, AREA_XMM, AREA_XMM + xmm_bytes);
}

/* The standard format.  optimized: XSAVEOPT's init optimization; its modified optimization, which a processor may make, is not made. */
static bool save_standard(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide, bool optimized)
{
    u64 chosen = requested(cpu), worth = worth_saving(cpu, chosen), old_bv;
    u8 area[AREA_BYTES] = { 0 };

    if (!xsave_open(cpu, seg, ea)) return false;
    if (!load_for_update(cpu, seg, (ea + AREA_HEADER) & mask, 8, &old_bv)) return false;
    put64(area + AREA_HEADER, (old_bv & ~chosen) | worth);
    return store_components(cpu, seg, ea, mask, area, optimized ? worth : chosen, chosen & (XCR0_SSE | XCR0_AVX), wide) &&
           area_store(cpu, seg, ea, mask, area, AREA_HEADER, AREA_XCOMP_BV);
}

bool xsave(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide) { return save_standard(cpu, seg, ea, mask, wide, false); }
bool xsaveopt(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide) { return save_standard(cpu, seg, ea, mask, wide, true); }

/* The compacted format: what is not in use is left out, and the header is written without being read. */
static bool save_compacted(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide, u64 chosen)
{
    u64 saved = worth_saving(cpu, chosen), at = (ea + AREA_HEADER) & mask, unused;
    u8 area[AREA_BYTES] = { 0 };

    if (!load_for_update(cpu, seg, at, 8, &unused) || !load_for_update(cpu, seg, at + 8, 8, &unused)) return false;
    put64(area + AREA_HEADER, saved);
    put64(area + AREA_XCOMP_BV, chosen | XCOMP_COMPACTED);
    return store_components(cpu, seg, ea, mask, area, saved, saved & XCR0_SSE, wide) &&
           area_store(cpu, seg, ea, mask, area, AREA_HEADER, AREA_XCOMP_BV + 8);
}

bool xsavec(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    return xsave_open(cpu, seg, ea) && save_compacted(cpu, seg, ea, mask, wide, requested(cpu));
}

bool xsaves(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    return supervisor_open(cpu, seg, ea) && save_compacted(cpu, seg, ea, mask, wide, requested_by_supervisor(cpu));
}

/* --- XRSTOR --- */

static bool header_reserved_is_zero(const u8 *area, unsigned from, unsigned to)
{
    u64 set = 0;
    for (unsigned at = from; at < to; at += 8) set |= get64(area + AREA_HEADER + at);
    return !set;
}

/* "XRSTOR": the standard format wants bytes 23:8 of the header zero, the compacted one 63:16. */
static bool standard_header_legal(struct cpu *cpu, const u8 *area)
{
    u64 bv = get64(area + AREA_HEADER);

    if (!(bv & ~cpu->xcr0) && header_reserved_is_zero(area, 8, 24)) return true;
    return FAULT(cpu, XRSTOR_HEADER, .value = bv);
}

static bool compacted_header_legal(struct cpu *cpu, const u8 *area, u64 enabled)
{
    u64 bv = get64(area + AREA_HEADER), comp = get64(area + AREA_XCOMP_BV) & ~XCOMP_COMPACTED;

    if (!(comp & ~enabled) && !(bv & ~comp) && header_reserved_is_zero(area, 16, 64)) return true;
    return FAULT(cpu, XRSTOR_COMPACTED_HEADER, .value = bv, .entry = comp);
}

/* Components whose bit of XSTATE_BV is clear become those of an area just made. */
static void initialize_absent(u8 *area, u64 bv)
{
    if (!(bv & XCR0_X87)) {
        memset(area, 0, AREA_MXCSR);
        memset(area + AREA_ST, 0, AREA_XMM - AREA_ST);
        put16(area, 0x37f);
    }
    if (!(bv & XCR0_SSE)) memset(area + AREA_XMM, 0, 256);
    if (!(bv & XCR0_AVX)) memset(area + AREA_AVX, 0, AREA_BYTES - AREA_AVX);
}

/* The compacted format holds MXCSR as a part of SSE state; the standard one loads it with SSE or AVX whatever XSTATE_BV says. */
static bool restore(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide, u64 chosen, u8 *area, bool compacted)
{
    u64 bv = get64(area + AREA_HEADER);

    if (chosen & bv & XCR0_AVX && !area_load(cpu, seg, ea, mask, area, AREA_AVX, AREA_BYTES)) return false;
    if (compacted && !(bv & XCR0_SSE)) put32(area + AREA_MXCSR, MXCSR_INITIAL);
    if (chosen & (compacted ? XCR0_SSE : XCR0_SSE | XCR0_AVX) && !load_mxcsr(cpu, get32(area + AREA_MXCSR))) return false;
    initialize_absent(area, bv);
    if (chosen & XCR0_X87) take_x87(cpu, area, wide);
    if (chosen & XCR0_SSE) take_xmm(cpu, area);
    if (chosen & XCR0_AVX) take_avx(cpu, area);
    return true;
}

/* Without XSAVEC there is no compacted format: bit 63 of XCOMP_BV is one of the bits that must be zero. */
bool xrstor(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    u8 area[AREA_BYTES] = { 0 };

    if (!xsave_open(cpu, seg, ea) || !area_load(cpu, seg, ea, mask, area, 0, AREA_AVX)) return false;
    bool compacted = has(cpu, FEATURE_XSAVEC) && get64(area + AREA_XCOMP_BV) & XCOMP_COMPACTED;
    if (compacted ? !compacted_header_legal(cpu, area, cpu->xcr0) : !standard_header_legal(cpu, area)) return false;
    return restore(cpu, seg, ea, mask, wide, requested(cpu), area, compacted);
}

bool xrstors(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, bool wide)
{
    u8 area[AREA_BYTES] = { 0 };

    if (!supervisor_open(cpu, seg, ea) || !area_load(cpu, seg, ea, mask, area, 0, AREA_AVX)) return false;
    if (!(get64(area + AREA_XCOMP_BV) & XCOMP_COMPACTED)) return FAULT(cpu, XRSTORS_NOT_COMPACTED, .value = get64(area + AREA_XCOMP_BV));
    return compacted_header_legal(cpu, area, cpu->xcr0 | cpu->xss) && restore(cpu, seg, ea, mask, wide, requested_by_supervisor(cpu), area, true);
}

/* --- XCR0 --- */

/* ECX = 1: XCR0 and XINUSE, which says on AMD's processors that SSE is in use when MXCSR is not as after a reset. */
bool xgetbv(struct cpu *cpu)
{
    u32 number = (u32)cpu->gpr[RCX];

    if (!(cpu->cr4 & CR4_OSXSAVE)) return FAULT(cpu, VECTOR_OSXSAVE, .value = cpu->xcr0);
    if (number > 1 || (number == 1 && !has(cpu, FEATURE_XGETBV1))) return FAULT(cpu, XCR_RESERVED, .limit = number, .value = 0);
    u64 used = is_amd(cpu) ? worth_saving(cpu, cpu->xcr0) : cpu->xcr0 & in_use(cpu);
    u64 value = number ? used : cpu->xcr0;
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
        return FAULT(cpu, XCR_RESERVED, .limit = (u32)cpu->gpr[RCX], .value = value);
    cpu->xcr0 = value;
    return true;
}
