#ifndef ORRERY_BASE_BITS_H
#define ORRERY_BASE_BITS_H
/* Fields of registers, by shift and mask as the manuals number them: bits(v, 7, 5) is v[7:5]. */
#include "cpu/base/types.h"

static inline u64 bits(u64 v, unsigned high, unsigned low)
{
    return v >> low & (~0ull >> (63 - (high - low)));
}

static inline bool bit(u64 v, unsigned n)
{
    return v >> n & 1;
}

/* The low `width` bits of v, 1 to 64. */
static inline u64 low_bits(u64 v, unsigned width)
{
    return v & (~0ull >> (64 - width));
}

static inline s64 sign_extend(u64 v, unsigned width)
{
    return (s64)(v << (64 - width)) >> (64 - width);
}

/* Little-endian access to bytes of a guest; no alignment is asked for. */
static inline u16 get16(const u8 *p) { return (u16)(p[0] | p[1] << 8); }
static inline u32 get32(const u8 *p) { return get16(p) | (u32)get16(p + 2) << 16; }
static inline u64 get64(const u8 *p) { return get32(p) | (u64)get32(p + 4) << 32; }
static inline void put16(u8 *p, u16 v) { p[0] = (u8)v; p[1] = (u8)(v >> 8); }
static inline void put32(u8 *p, u32 v) { put16(p, (u16)v); put16(p + 2, (u16)(v >> 16)); }
static inline void put64(u8 *p, u64 v) { put32(p, (u32)v); put32(p + 4, (u32)(v >> 32)); }

#endif
