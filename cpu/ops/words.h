/* Words of operation bodies that mean the same in every instance: types of the width W, registers, immediates. */
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define uw CAT(u, W)
#define sw CAT(s, W)
#define udouble CAT(udouble_, W)
#define sdouble CAT(sdouble_, W)
#define SDOUBLE_MIN (W == 64 ? (s128)((u128)1 << 127) : (s128)INT64_MIN)

#define SLOT(offset) ((u8 *)cpu + (offset))
#define SLOT_OF_d rec->d
#define SLOT_OF_s rec->s
#define SLOT_OF_b rec->b
#define SLOT_OF_x rec->x
#define R_AS(type, f) (*(type *)SLOT(SLOT_OF_##f))
#define R(f) R_AS(uw, f)
#define SET_SLOT(offset, v) \
    do { if (W == 32) *(u64 *)SLOT(offset) = (u32)(v); else *(uw *)SLOT(offset) = (uw)(v); } while (0)
#define SET_R(f, v) SET_SLOT(SLOT_OF_##f, v)
#define REG(n) (*(uw *)SLOT((n) * 8))
#define SET_REG(n, v) SET_SLOT((n) * 8, v)
#define REG8(n) (*(u8 *)SLOT((n) * 8))
#define REG16(n) (*(u16 *)SLOT((n) * 8))
#define REG32(n) (*(u32 *)SLOT((n) * 8))
#define REG64(n) (*(u64 *)SLOT((n) * 8))
#define IMM ((uw)rec->imm)
#define SEG (record_segment(rec))
#define ADDR_MASK record_mask(cpu, rec)
#define SHIFT_FUNCTION_(name, w) shift_##name##_##w
#define SHIFT_FUNCTION(name, w) SHIFT_FUNCTION_(name, w)

typedef u64 udouble_8, udouble_16, udouble_32;
typedef s64 sdouble_8, sdouble_16, sdouble_32;
typedef u128 udouble_64;
typedef s128 sdouble_64;
