#ifndef ORRERY_VECTOR_VECTOR_H
#define ORRERY_VECTOR_VECTOR_H
/* Vector registers: MMX, XMM and YMM values, and the operations that are more than a line a lane.   doc: vector */
#include "cpu/float/float.h"

/* Element 0 is the lowest.  An MMX value uses the first 8 bytes, an XMM value 16, a YMM value 32. */
union vector {
    u8 b[32];
    u16 w[16];
    u32 d[8];
    u64 q[4];
};

/* --- cpu/vector/crypto.c: one 128-bit lane.  SDM vol. 2, each under its name. --- */
void vector_aesenc(u8 state[16], const u8 key[16]);
void vector_aesenclast(u8 state[16], const u8 key[16]);
void vector_aesdec(u8 state[16], const u8 key[16]);
void vector_aesdeclast(u8 state[16], const u8 key[16]);
void vector_aesimc(u8 out[16], const u8 in[16]);
void vector_aeskeygenassist(u8 out[16], const u8 in[16], u8 rcon);
void vector_pclmulqdq(u64 out[2], u64 a, u64 b);
void vector_sha1rnds4(u32 dst[4], const u32 src[4], u8 function);
void vector_sha1nexte(u32 dst[4], const u32 src[4]);
void vector_sha1msg1(u32 dst[4], const u32 src[4]);
void vector_sha1msg2(u32 dst[4], const u32 src[4]);
void vector_sha256rnds2(u32 dst[4], const u32 src[4], const u32 xmm0[4]);
void vector_sha256msg1(u32 dst[4], const u32 src[4]);
void vector_sha256msg2(u32 dst[4], const u32 src[4]);
u32 vector_crc32(u32 crc, u64 data, unsigned size_bytes);            /* CRC32: polynomial 11EDC6F41h, bit-reflected */

/* --- cpu/vector/text.c: PCMPxSTRx.  The lengths are already saturated as the manual's "Operation" says (explicit: |EAX|, |EDX| at most 16 or
 *     8; implicit: up to the first null).  Returns IntRes2; *eflags gets CF ZF SF OF as EFLAGS bits (AF PF 0). --- */
u16 vector_compare_strings(const union vector *a, unsigned a_length, const union vector *b, unsigned b_length, u8 imm, u32 *eflags);
unsigned vector_string_length(const union vector *v, u8 imm);        /* implicit length */

/* --- cpu/vector/special.c: one 128-bit lane --- */
void vector_mpsadbw(u16 out[8], const u8 a[16], const u8 b[16], u8 imm3);
void vector_phminposuw(u16 out[8], const u16 in[8]);
void vector_dpps(struct float_env *env, u32 out[4], const u32 a[4], const u32 b[4], u8 imm);
void vector_dppd(struct float_env *env, u64 out[2], const u64 a[2], const u64 b[2], u8 imm);
/* EXTRQ, INSERTQ: a field of `length` bits (0: 64) from bit `first` on; six bits of each count. */
u64 vector_extract_field(u64 from, u8 length, u8 first);
u64 vector_insert_field(u64 into, u64 field, u8 length, u8 first);
/* RCPSS and RSQRTSS: relative error at most 1.5 * 2^-12; denormals are zeros, no flags.  The same on every host: a computed, documented rounding
 * of the true value to 12 significant bits (not a copy of any processor's table). */
u32 vector_rcp(u32 a);
u32 vector_rsqrt(u32 a);

/* --- cpu/vector/amd_3dnow.c: AMD publication 21928, 22466 (DSP extensions).  opcode is the suffix byte; false when it is none. --- */
bool vector_3dnow(u8 opcode, u32 dst[2], const u32 src[2]);

#endif
