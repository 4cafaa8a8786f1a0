#ifndef ORRERY_VECTOR_LANES_H
#define ORRERY_VECTOR_LANES_H
/* Packed integers: d = a op b over the first `bytes` bytes (8, 16, 32); any two of the three may be one register.
 * Operations that mix elements do so within each 16-byte lane (8 bytes of an MMX register).  doc: vector */
#include "cpu/vector/vector.h"

typedef void vector_operation(union vector *d, const union vector *a, const union vector *b, unsigned bytes);
typedef void vector_operation_imm(union vector *d, const union vector *a, const union vector *b, unsigned bytes, u8 imm);

#define LANE(name, member, expression) vector_operation lane_##name;
#include "cpu/vector/lanes.inc"
#undef LANE

/* MIX(mnemonic): two sources.  MIX_IMM(mnemonic): an immediate too. */
#define LANES_MIXING(MIX) \
    MIX(PUNPCKLBW) MIX(PUNPCKLWD) MIX(PUNPCKLDQ) MIX(PUNPCKLQDQ) MIX(PUNPCKHBW) MIX(PUNPCKHWD) MIX(PUNPCKHDQ) MIX(PUNPCKHQDQ) \
    MIX(PACKSSWB) MIX(PACKSSDW) MIX(PACKUSWB) MIX(PACKUSDW) MIX(PMADDWD) MIX(PMADDUBSW) MIX(PSADBW) MIX(PSHUFB) \
    MIX(PHADDW) MIX(PHADDD) MIX(PHADDSW) MIX(PHSUBW) MIX(PHSUBD) MIX(PHSUBSW) \
    MIX(PSRLW) MIX(PSRLD) MIX(PSRLQ) MIX(PSRAW) MIX(PSRAD) MIX(PSLLW) MIX(PSLLD) MIX(PSLLQ)
#define LANES_MIXING_IMM(MIX) \
    MIX(PSHUFW) MIX(PSHUFD) MIX(PSHUFHW) MIX(PSHUFLW) MIX(SHUFPS) MIX(SHUFPD) MIX(PALIGNR) MIX(PBLENDW) MIX(BLENDPS) MIX(BLENDPD)
/* Shifts by an immediate: the source is the second operand. */
#define LANES_SHIFT_IMM(MIX) \
    MIX(PSRLW) MIX(PSRLD) MIX(PSRLQ) MIX(PSRAW) MIX(PSRAD) MIX(PSLLW) MIX(PSLLD) MIX(PSLLQ) MIX(PSRLDQ) MIX(PSLLDQ)
#define X(name) vector_operation lane_##name;
LANES_MIXING(X)
#undef X
#define X(name) vector_operation_imm lane_##name;
LANES_MIXING_IMM(X)
#undef X
#define X(name) void lane_##name##_I(union vector *d, const union vector *a, unsigned bytes, u8 count);
LANES_SHIFT_IMM(X)
#undef X

/* The most significant bits of elements of `element_bytes`. */
u32 lane_sign_mask(const union vector *v, unsigned bytes, unsigned element_bytes);

#endif
