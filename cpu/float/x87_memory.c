/* Loads, stores, and the environment in memory.  SDM vol. 1, "x87 FPU Data Types", "Saving the x87 FPU's State with
 * FSTENV/FNSTENV and FSAVE/FNSAVE".                                                        doc: x87
 *
 *    protected, 32 bits   +0 FCW +4 FSW +8 FTW +12 FIP +16 FOP:FCS +20 FDP +24 FDS        16 bits  +0 FCW FSW FTW FIP FCS FDP FDS
 *    real, 32 bits        +12 FIP 15:0 +16 FIP 31:16 and FOP +20 FDP 15:0 +24 FDP 31:16   16 bits  +6 FIP 15:0 +8 FIP 19:16, FOP ... */
#include <string.h>

#include "cpu/float/x87_ops.h"

/* --- operands --- */

/* A single or double as f80, exactly: an SNaN stays one; a denormal is told in *raised. */
static f80 widen(u64 v, unsigned fraction_bits, int bias, unsigned *raised)
{
    unsigned exponent = (unsigned)(v >> fraction_bits) & (2u * (unsigned)bias + 1);
    u64 fraction = v << (63 - fraction_bits) & INT64_MAX;
    f80 r = { .significand = fraction, .sign_exponent = v >> (fraction_bits == 23 ? 31 : 63) ? 0x8000 : 0 };

    if (exponent == 2u * (unsigned)bias + 1) {
        r.significand |= 1ull << 63;
        r.sign_exponent |= 0x7fff;
    } else if (exponent) {
        r.significand |= 1ull << 63;
        r.sign_exponent |= (u16)((int)exponent - bias + 16383);
    } else if (fraction) {
        int shift = __builtin_clzll(fraction);
        *raised = FLOAT_D;
        r.significand <<= shift;
        r.sign_exponent |= (u16)(1 - bias + 16383 - shift);
    }
    return r;
}

/* Ten bytes go as eight and two. */
static bool load_ten(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, u8 ten[10])
{
    u64 low, high;

    if (!load(cpu, seg, ea, 8, &low) || !load(cpu, seg, (ea + 8) & mask, 2, &high)) return false;
    put64(ten, low);
    put16(ten + 8, (u16)high);
    return true;
}

bool x87_fetch(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, enum x87_format format, f80 *value, unsigned *raised)
{
    static const u8 size[] = { 4, 8, 10, 2, 4, 8, 10 };
    u8 ten[10] = { 0 };
    u64 v = 0;

    *raised = 0;

    if (!(size[format] == 10 ? load_ten(cpu, seg, ea, mask, ten) : load(cpu, seg, ea, size[format], &v))) return false;
    switch (format) {
    case X87_F32: *value = widen(v, 23, 127, raised); break;
    case X87_F64: *value = widen(v, 52, 1023, raised); break;
    case X87_F80: *value = (f80){ .significand = get64(ten), .sign_exponent = get16(ten + 8) }; break;
    case X87_S16: *value = f80_from_s64((s16)v); break;
    case X87_S32: *value = f80_from_s64((s32)v); break;
    case X87_S64: *value = f80_from_s64((s64)v); break;
    case X87_BCD: *value = f80_from_bcd(ten); break;
    }
    return true;
}

/* Of the formats that it converts, an SNaN is invalid. */
void x87_load(struct cpu *cpu, f80 value, enum x87_format format, unsigned raised)
{
    if ((format == X87_F32 || format == X87_F64) && f80_class(value) == FLOAT_SNAN && x87_empty(cpu, 7)) {
        raised |= FLOAT_I;
        value.significand |= 1ull << 62;
    }
    if (!x87_empty(cpu, 7)) {
        x87_push(cpu, value);                /* a stack overflow hides what the operand would raise */
        return;
    }
    x87_raise(cpu, raised, false);           /* a denormal is loaded even where it is unmasked */
    if (!(raised & FLOAT_I & ~cpu->x87.control)) x87_push(cpu, value);
}

void x87_load_st(struct cpu *cpu, unsigned i)
{
    if (!x87_empty(cpu, i)) {
        cpu->x87.status &= (u16)~X87_C1;
        x87_push(cpu, x87_get(cpu, i));
    } else if (x87_stack_fault(cpu, false)) {
        x87_turn(cpu, 7);
        x87_set(cpu, 0, f80_indefinite());
    }
}

void x87_store_st(struct cpu *cpu, unsigned i, bool pop)
{
    f80 value = f80_indefinite();

    if (!x87_empty(cpu, 0)) {
        value = x87_get(cpu, 0);
        cpu->x87.status &= (u16)~X87_C1;
    } else if (!x87_stack_fault(cpu, false)) {
        return;
    }
    x87_set(cpu, i, value);
    if (pop) x87_pop(cpu);
}

/* The bytes of a store, of the indefinite where the register is empty. */
static unsigned store_image(struct float_env *env, f80 value, enum x87_format format, bool truncate, bool empty, u8 image[10])
{
    static const u8 indefinite_bcd[10] = { 0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff };
    enum float_rounding rounding = truncate ? ROUND_ZERO : env->rounding;
    u64 v = 0;
    unsigned size = 8;

    if (empty) value = f80_indefinite();
    switch (format) {
    case X87_F32: v = f80_to_f32(env, value); size = 4; break;
    case X87_F64: v = f80_to_f64(env, value); break;
    case X87_F80:
        put64(image, value.significand);
        put16(image + 8, value.sign_exponent);
        return 10;
    case X87_S16: v = f80_to_s16(env, value, rounding); size = 2; break;
    case X87_S32: v = f80_to_s32(env, value, rounding); size = 4; break;
    case X87_S64: v = f80_to_s64(env, value, rounding); break;
    case X87_BCD:
        if (empty) memcpy(image, indefinite_bcd, 10);
        else f80_to_bcd(env, value, image);
        return 10;
    }
    memcpy(image, &v, 8);
    return size;
}

/* The faults that a store would meet come before an exception that keeps it from happening. */
static bool may_store(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, unsigned size)
{
    u64 unused;

    if (size != 10) return load_for_update(cpu, seg, ea, size, &unused);
    return load_for_update(cpu, seg, ea, 8, &unused) && load_for_update(cpu, seg, (ea + 8) & mask, 2, &unused);
}

/* An unmasked exception other than inexactness keeps memory and stack as they are. */
bool x87_store(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, enum x87_format format, bool truncate, bool pop)
{
    struct float_env env = x87_env(cpu), refused;
    u8 image[10] = { 0 };
    bool empty = x87_empty(cpu, 0);
    unsigned size = store_image(&env, x87_get(cpu, 0), format, truncate, empty, image);

    if (empty) env.raised = FLOAT_I;
    refused = env;
    if (!(refused.raised & ~refused.masked & (X87_BEFORE | FLOAT_O | FLOAT_U))) {
        if (size == 10 && !may_store(cpu, seg, ea, mask, 10)) return false;
        if (!store(cpu, seg, ea, size == 10 ? 8 : size, get64(image))) return false;
        if (size == 10 && !store(cpu, seg, (ea + 8) & mask, 2, get16(image + 8))) return false;
    } else {
        if (!may_store(cpu, seg, ea, mask, size)) return false;
        pop = false;
    }
    if (empty) x87_stack_fault(cpu, false);
    else x87_raise(cpu, env.raised, env.rounded_up);
    if (pop) x87_pop(cpu);
    return true;
}

/* --- environment --- */

static u16 tag_word(const struct cpu *cpu)
{
    u16 word = 0;

    for (unsigned n = 0; n < 8; n++) {
        enum float_class class = f80_class((f80){ .significand = cpu->x87.r[n].significand, .sign_exponent = cpu->x87.r[n].sign_exponent });
        unsigned tag = !(cpu->x87.in_use >> n & 1) ? 3 : class == FLOAT_NORMAL ? 0 : class == FLOAT_ZERO ? 1 : 2;
        word |= (u16)(tag << 2 * n);
    }
    return word;
}

/* Real and V86 mode tell linear addresses. */
static void put_pointers(const struct cpu *cpu, u8 *image, unsigned size)
{
    const struct x87 *x = &cpu->x87;
    bool real = !protected_mode(cpu);
    u32 ip = (u32)x->fip, dp = (u32)x->fdp;

    if (real) {
        ip += (u32)x->fcs << 4;
        dp += (u32)x->fds << 4;
    }
    if (size == 4) {
        put32(image + 12, real ? (ip & 0xffff) | 0xffff0000 : ip);
        put32(image + 16, real ? (ip >> 16) << 12 | x->fop : x->fcs | (u32)x->fop << 16);
        put32(image + 20, real ? (dp & 0xffff) | 0xffff0000 : dp);
        put32(image + 24, real ? (dp >> 16) << 12 : x->fds | 0xffff0000);
    } else {
        put16(image + 6, (u16)ip);
        put16(image + 8, real ? (u16)((ip >> 16 & 15) << 12 | x->fop) : x->fcs);
        put16(image + 10, (u16)dp);
        put16(image + 12, real ? (u16)((dp >> 16 & 15) << 12) : x->fds);
    }
}

static void take_pointers(struct cpu *cpu, const u8 *image, unsigned size)
{
    struct x87 *x = &cpu->x87;
    bool real = !protected_mode(cpu);

    if (size == 4) {
        x->fip = real ? get16(image + 12) | (u64)bits(get32(image + 16), 27, 12) << 16 : get32(image + 12);
        x->fcs = real ? 0 : get16(image + 16);
        x->fop = (real ? get16(image + 16) : get16(image + 18)) & 0x7ff;
        x->fdp = real ? get16(image + 20) | (u64)bits(get32(image + 24), 27, 12) << 16 : get32(image + 20);
        x->fds = real ? 0 : get16(image + 24);
    } else {
        x->fip = get16(image + 6) | (real ? (u64)(get16(image + 8) >> 12) << 16 : 0);
        x->fcs = real ? 0 : get16(image + 8);
        if (real) x->fop = get16(image + 8) & 0x7ff;
        x->fdp = get16(image + 10) | (real ? (u64)(get16(image + 12) >> 12) << 16 : 0);
        x->fds = real ? 0 : get16(image + 12);
    }
}

enum { IMAGE_MAX = 108 };

/* The image goes in pieces: the seven fields of the environment, each register as eight bytes and two.  A piece does not wrap at the
 * end of a segment; the alignment of the whole was asked for before. */
static unsigned piece_bytes(unsigned at, unsigned size)
{
    if (at < 7 * size) return size;
    return (at - 7 * size) % 10 ? 2 : 8;
}

/* After the far end is known to be writable. */
static bool store_image_bytes(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, const u8 *image, unsigned size, unsigned bytes)
{
    u64 unused;

    if (!access_aligned(cpu, seg, ea, bytes % 4 ? 2 : 4)) return false;
    if (!load_for_update(cpu, seg, (ea + bytes - 2) & mask, 2, &unused)) return false;
    for (unsigned at = 0; at < bytes; at += piece_bytes(at, size)) {
        u64 piece = (ea + at) & mask;
        unsigned length = piece_bytes(at, size);
        if (!segment_may_write(cpu, seg, piece, length)) return segment_violation(cpu, seg, piece, length, ACCESS_WRITE);
        for (unsigned i = 0; i < length; i += 2)
            if (!store(cpu, seg, piece + i, 2, get16(image + at + i))) return false;
    }
    return true;
}

static bool load_image_bytes(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, u8 *image, unsigned size, unsigned bytes)
{
    u64 v;

    if (!access_aligned(cpu, seg, ea, bytes % 4 ? 2 : 4)) return false;
    for (unsigned at = 0; at < bytes; at += piece_bytes(at, size)) {
        u64 piece = (ea + at) & mask;
        unsigned length = piece_bytes(at, size);
        if (!segment_may_read(cpu, seg, piece, length)) return segment_violation(cpu, seg, piece, length, ACCESS_READ);
        for (unsigned i = 0; i < length; i += 2) {
            if (!load(cpu, seg, piece + i, 2, &v)) return false;
            put16(image + at + i, (u16)v);
        }
    }
    return true;
}

/* Storing masks all exceptions; saving the whole initializes besides. */
bool x87_store_environment(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, unsigned opsize, bool whole)
{
    unsigned size = opsize == 2 ? 2 : 4, bytes = 7 * size;
    u8 image[IMAGE_MAX];

    memset(image, 0xff, sizeof image);
    put16(image, cpu->x87.control);
    put16(image + size, cpu->x87.status);
    put16(image + 2 * size, tag_word(cpu));
    put_pointers(cpu, image, size);
    for (unsigned i = 0; whole && i < 8; i++, bytes += 10) {
        put64(image + bytes, x87_get(cpu, i).significand);
        put16(image + bytes + 8, x87_get(cpu, i).sign_exponent);
    }
    if (!store_image_bytes(cpu, seg, ea, mask, image, size, bytes)) return false;
    if (whole) x87_init(cpu);
    else x87_set_control(cpu, cpu->x87.control | FLOAT_ALL);
    return true;
}

bool x87_load_environment(struct cpu *cpu, unsigned seg, u64 ea, u64 mask, unsigned opsize, bool whole)
{
    unsigned size = opsize == 2 ? 2 : 4, bytes = 7 * size;
    u8 image[IMAGE_MAX];

    if (!load_image_bytes(cpu, seg, ea, mask, image, size, bytes + (whole ? 80 : 0))) return false;
    u16 tags = get16(image + 2 * size);
    cpu->x87.status = get16(image + size);
    cpu->x87.in_use = 0;
    take_pointers(cpu, image, size);
    for (unsigned i = 0; whole && i < 8; i++, bytes += 10)
        x87_set(cpu, i, (f80){ .significand = get64(image + bytes), .sign_exponent = get16(image + bytes + 8) });
    cpu->x87.in_use = 0;
    for (unsigned n = 0; n < 8; n++) cpu->x87.in_use |= (u8)((tags >> 2 * n & 3) != 3) << n;
    x87_set_control(cpu, get16(image));
    return true;
}

/* Bit 6 reads as one; 7 and those above X do not exist. */
void x87_set_control(struct cpu *cpu, u16 value)
{
    cpu->x87.control = (u16)((value & 0x1f3f) | 0x40);
    x87_summarize(cpu);
}
