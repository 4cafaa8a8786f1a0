#ifndef ORRERY_NETWORK_WIRE_ORDER_H
#define ORRERY_NETWORK_WIRE_ORDER_H
/* Numbers as they lie on the wire: most significant byte first. */
#include "cpu/base/types.h"

static inline u16 wire16(const u8 *p) { return (u16)(p[0] << 8 | p[1]); }
static inline u32 wire32(const u8 *p) { return (u32)wire16(p) << 16 | wire16(p + 2); }
static inline void put_wire16(u8 *p, u16 v) { p[0] = (u8)(v >> 8); p[1] = (u8)v; }
static inline void put_wire32(u8 *p, u32 v) { put_wire16(p, (u16)(v >> 16)); put_wire16(p + 2, (u16)v); }

#endif
