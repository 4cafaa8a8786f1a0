/* Over words_fast.h: what sets flags does not. */
#undef FL
#undef FL_RAW
#undef FL_ALL
#undef FL_CHANGE
#undef KEEP_CF
#undef SHIFT_BY
#undef SHIFT_BY_CONSTANT
#define FL(k, a, r) ((void)(a), (void)(r))
#define FL_RAW(r, kept) ((void)(r), (void)(kept))
#define FL_ALL(f) ((void)0)
#define FL_CHANGE(which, bits) ((void)0)
#define KEEP_CF() ((void)0)
#define SHIFT_BY(name, v, count) WITHOUT_FLAGS_##name(v, (unsigned)((count) & (W == 64 ? 63 : 31)))
#define SHIFT_BY_CONSTANT(name, v) SHIFT_BY(name, v, (u8)rec->imm)
#define WITHOUT_FLAGS_SHL(v, n) ((v) = (uw)((n) < W ? (u64)(v) << (n) : 0))
#define WITHOUT_FLAGS_SHR(v, n) ((v) = (uw)((n) < W ? (u64)(v) >> (n) : 0))
#define WITHOUT_FLAGS_SAR(v, n) ((v) = (uw)((sw)(v) >> ((n) < W ? (n) : W - 1)))
#define WITHOUT_FLAGS_ROL(v, n) ((v) = (uw)((u64)(v) << ((n) & (W - 1)) | (u64)(v) >> (-(n) & (W - 1))))
#define WITHOUT_FLAGS_ROR(v, n) ((v) = (uw)((u64)(v) >> ((n) & (W - 1)) | (u64)(v) << (-(n) & (W - 1))))
/* through CF: with them */
#define WITHOUT_FLAGS_RCL(v, n) SHIFTED_RCL(v, n)
#define WITHOUT_FLAGS_RCR(v, n) SHIFTED_RCR(v, n)
