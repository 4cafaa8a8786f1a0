#include "cpu/vector/lanes.h"

#include <string.h>

static s64 clamp(s64 v, s64 low, s64 high)
{
    return v < low ? low : v > high ? high : v;
}

typedef s8 signed_b;
typedef s16 signed_w;
typedef s32 signed_d;
typedef s64 signed_q;
/* Narrow elements are widened to 32 bits as in C; d and q wrap in their own width. */
typedef s32 wide_b, wide_w;
typedef s64 wide_d, wide_q;

#define LANE(name, member, expression) \
    void lane_##name(union vector *d, const union vector *a, const union vector *b, unsigned bytes) \
    { \
        for (unsigned i = 0; i < bytes / sizeof d->member[0]; i++) { \
            const __typeof__(d->member[0]) x = a->member[i], y = b->member[i]; \
            const wide_##member sx = (signed_##member)x, sy = (signed_##member)y; \
            (void)x, (void)y, (void)sx, (void)sy; \
            d->member[i] = (__typeof__(d->member[0]))(expression); \
        } \
    }
#include "cpu/vector/lanes.inc"
#undef LANE

/* --- within lanes --- */

/* Bytes of a lane, and the elements of a member in it. */
static unsigned lane_bytes(unsigned bytes) { return bytes < 16 ? bytes : 16; }
#define IN_LANE(member) (lane / (unsigned)sizeof(((union vector *)0)->member[0]))
#define EACH_LANE(at, member) for (unsigned at = 0; at < bytes / sizeof(((union vector *)0)->member[0]); at += IN_LANE(member))
#define COMMIT memcpy(d, &r, bytes)
#define BINARY(name) void lane_##name(union vector *d, const union vector *a, const union vector *b, unsigned bytes)
#define BINARY_IMM(name) void lane_##name(union vector *d, const union vector *a, const union vector *b, unsigned bytes, u8 imm)

#define UNPACK(name, member, high) \
    BINARY(name) \
    { \
        union vector r; \
        unsigned lane = lane_bytes(bytes), from = (high) ? IN_LANE(member) / 2 : 0; \
        EACH_LANE(at, member) \
            for (unsigned i = 0; i < IN_LANE(member) / 2; i++) { \
                r.member[at + 2 * i] = a->member[at + from + i]; \
                r.member[at + 2 * i + 1] = b->member[at + from + i]; \
            } \
        COMMIT; \
    }
UNPACK(PUNPCKLBW, b, false)
UNPACK(PUNPCKLWD, w, false)
UNPACK(PUNPCKLDQ, d, false)
UNPACK(PUNPCKLQDQ, q, false)
UNPACK(PUNPCKHBW, b, true)
UNPACK(PUNPCKHWD, w, true)
UNPACK(PUNPCKHDQ, d, true)
UNPACK(PUNPCKHQDQ, q, true)

#define PACK(name, to, from, low, high) \
    BINARY(name) \
    { \
        union vector r; \
        unsigned lane = lane_bytes(bytes), half = IN_LANE(from); \
        EACH_LANE(at, from) \
            for (unsigned i = 0; i < half; i++) { \
                r.to[2 * at + i] = (__typeof__(r.to[0]))clamp((signed_##from)a->from[at + i], low, high); \
                r.to[2 * at + half + i] = (__typeof__(r.to[0]))clamp((signed_##from)b->from[at + i], low, high); \
            } \
        COMMIT; \
    }
PACK(PACKSSWB, b, w, -128, 127)
PACK(PACKSSDW, w, d, -32768, 32767)
PACK(PACKUSWB, b, w, 0, 255)
PACK(PACKUSDW, w, d, 0, 65535)

BINARY(PMADDWD)
{
    for (unsigned i = 0; i < bytes / 4; i++)
        d->d[i] = (u32)((s16)a->w[2 * i] * (s16)b->w[2 * i]) + (u32)((s16)a->w[2 * i + 1] * (s16)b->w[2 * i + 1]);
}

BINARY(PMADDUBSW)
{
    for (unsigned i = 0; i < bytes / 2; i++)
        d->w[i] = (u16)clamp(a->b[2 * i] * (s8)b->b[2 * i] + a->b[2 * i + 1] * (s8)b->b[2 * i + 1], -32768, 32767);
}

BINARY(PSADBW)
{
    for (unsigned i = 0; i < bytes / 8; i++) {
        u64 sum = 0;
        for (unsigned j = 8 * i; j < 8 * i + 8; j++) sum += a->b[j] > b->b[j] ? a->b[j] - b->b[j] : b->b[j] - a->b[j];
        d->q[i] = sum;
    }
}

BINARY(PSHUFB)
{
    union vector r;
    unsigned lane = lane_bytes(bytes);

    for (unsigned i = 0; i < bytes; i++) r.b[i] = b->b[i] & 0x80 ? 0 : a->b[(i & ~(lane - 1)) + (b->b[i] & (lane - 1))];
    COMMIT;
}

#define HORIZONTAL(name, member, expression) \
    BINARY(name) \
    { \
        union vector r; \
        unsigned lane = lane_bytes(bytes), half = IN_LANE(member) / 2; \
        EACH_LANE(at, member) \
            for (unsigned i = 0; i < 2 * half; i++) { \
                const union vector *from = i < half ? a : b; \
                s64 x = (signed_##member)from->member[at + 2 * (i % half)], y = (signed_##member)from->member[at + 2 * (i % half) + 1]; \
                r.member[at + i] = (__typeof__(r.member[0]))(expression); \
            } \
        COMMIT; \
    }
HORIZONTAL(PHADDW, w, x + y)
HORIZONTAL(PHADDD, d, x + y)
HORIZONTAL(PHADDSW, w, clamp(x + y, -32768, 32767))
HORIZONTAL(PHSUBW, w, x - y)
HORIZONTAL(PHSUBD, d, x - y)
HORIZONTAL(PHSUBSW, w, clamp(x - y, -32768, 32767))

/* --- shifts: counts past the width give zeros, or signs --- */

#define SHIFT(name, member, width, expression, past) \
    static void shift_##name(union vector *d, const union vector *a, unsigned bytes, u64 n) \
    { \
        for (unsigned i = 0; i < bytes / sizeof d->member[0]; i++) { \
            const __typeof__(d->member[0]) x = a->member[i]; \
            const signed_##member sx = (signed_##member)x; \
            (void)x, (void)sx; \
            d->member[i] = (__typeof__(d->member[0]))(n < width ? (expression) : (past)); \
        } \
    } \
    BINARY(name) { shift_##name(d, a, bytes, b->q[0]); } \
    void lane_##name##_I(union vector *d, const union vector *a, unsigned bytes, u8 count) { shift_##name(d, a, bytes, count); }
SHIFT(PSRLW, w, 16, x >> n, 0)
SHIFT(PSRLD, d, 32, x >> n, 0)
SHIFT(PSRLQ, q, 64, x >> n, 0)
SHIFT(PSRAW, w, 16, sx >> n, sx >> 15)
SHIFT(PSRAD, d, 32, sx >> n, sx >> 31)
SHIFT(PSLLW, w, 16, x << n, 0)
SHIFT(PSLLD, d, 32, x << n, 0)
SHIFT(PSLLQ, q, 64, x << n, 0)

void lane_PSRLDQ_I(union vector *d, const union vector *a, unsigned bytes, u8 count)
{
    union vector r;

    for (unsigned i = 0; i < bytes; i++) r.b[i] = (i & 15) + count < 16 ? a->b[i + count] : 0;
    COMMIT;
}

void lane_PSLLDQ_I(union vector *d, const union vector *a, unsigned bytes, u8 count)
{
    union vector r;

    for (unsigned i = 0; i < bytes; i++) r.b[i] = (i & 15) >= count ? a->b[i - count] : 0;
    COMMIT;
}

/* --- shuffles by an immediate --- */

/* Four elements from `first` on, chosen two bits each; the others are kept.  PSHUF has one source, its second operand. */
#define SHUFFLE4(name, member, first) \
    BINARY_IMM(name) \
    { \
        union vector r = *b; \
        unsigned lane = lane_bytes(bytes); \
        (void)a; \
        EACH_LANE(at, member) \
            for (unsigned i = 0; i < 4; i++) r.member[at + (first) + i] = b->member[at + (first) + (imm >> 2 * i & 3)]; \
        COMMIT; \
    }
SHUFFLE4(PSHUFW, w, 0)
SHUFFLE4(PSHUFD, d, 0)
SHUFFLE4(PSHUFLW, w, 0)
SHUFFLE4(PSHUFHW, w, 4)

BINARY_IMM(SHUFPS)
{
    union vector r;
    unsigned lane = lane_bytes(bytes);

    EACH_LANE(at, d)
        for (unsigned i = 0; i < 4; i++) r.d[at + i] = (i < 2 ? a : b)->d[at + (imm >> 2 * i & 3)];
    COMMIT;
}

BINARY_IMM(SHUFPD)
{
    union vector r;

    for (unsigned i = 0; i < bytes / 8; i++) r.q[i] = (i & 1 ? b : a)->q[(i & ~1u) + (imm >> i & 1)];
    COMMIT;
}

BINARY_IMM(PALIGNR)
{
    union vector r;
    unsigned lane = lane_bytes(bytes);

    for (unsigned at = 0; at < bytes; at += lane)
        for (unsigned i = 0; i < lane; i++) {
            unsigned from = i + imm;
            r.b[at + i] = from < lane ? b->b[at + from] : from < 2 * lane ? a->b[at + from - lane] : 0;
        }
    COMMIT;
}

#define BLEND(name, member, bit) \
    BINARY_IMM(name) \
    { \
        for (unsigned i = 0; i < bytes / sizeof d->member[0]; i++) d->member[i] = (imm >> (bit) & 1 ? b : a)->member[i]; \
    }
BLEND(PBLENDW, w, i & 7)
BLEND(BLENDPS, d, i)
BLEND(BLENDPD, q, i)

u32 lane_sign_mask(const union vector *v, unsigned bytes, unsigned element_bytes)
{
    u32 mask = 0;

    for (unsigned i = 0; i < bytes / element_bytes; i++) mask |= (u32)(v->b[i * element_bytes + element_bytes - 1] >> 7) << i;
    return mask;
}
