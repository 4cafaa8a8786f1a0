#ifndef ORRERY_TESTS_ORACLE_THUNK_H
#define ORRERY_TESTS_ORACLE_THUNK_H
/* What host.c and thunk.S share: offsets in oracle_in and oracle_out.                      doc: oracle */
#define IN_GPR 0             /* 16 of 8 bytes */
#define IN_TARGET 128        /* the near jump: 64-bit code, or oracle_go_far */
#define IN_FLAGS 136
#define IN_FAR 144           /* m16:32 */
#define IN_DS 152
#define IN_ES 156
#define IN_SS 160
#define IN_EXTENDED 164      /* EXTENDED_* */
#define IN_BASES 168         /* 1: FS and GS bases are set */
#define IN_FS_BASE 176
#define IN_GS_BASE 184
#define IN_STEP 192          /* address of RIP, CS, RFLAGS, RSP, SS for oracle_go_step */

#define OUT_GPR 0
#define OUT_FLAGS 128
#define OUT_END 136

#define EXTENDED_LEFT 0
#define EXTENDED_FXSAVE 1
#define EXTENDED_XSAVE 2

#define XSAVE_MASK 7         /* x87, SSE, AVX */
#define USER_CS64 0x33
#define USER_DS 0x2b
#endif
