#ifndef ORRERY_TESTS_ORACLE_H
#define ORRERY_TESTS_ORACLE_H
/* One instruction, run on the host's processor and on ours, compared bit by bit.           doc: oracle */
#include <stdio.h>

#include "cpu/base/types.h"

enum {
    CODE_LA = 0x30000000, CODE_BYTES = 4096,
    READ_ONLY_LA = 0x300ff000,                   /* a page before the data, which a user may not write */
    DATA_LA = 0x30100000, DATA_BYTES = 0x10000,  /* all that 16-bit segments see; around pointers */
    CODE_START = 0x20,                           /* of the instruction: 0 is a common jump target */
    EXIT_1_OFFSET = 0x60,                        /* landing place of branches */
    PLANT_BYTES = 64, PLANTS = 2,
    PROBE_DATA_LA = 0x50000000,                  /* what 16-bit segments see in a probe: nothing is mapped there */
};

enum { EXIT_POINTERS = 0x800 };                  /* in the code page, aligned: AC may be set */
enum { END_NEXT, END_TAKEN, END_FAULT };
enum { VECTOR_STUCK = 255 };                     /* the host was still at it after a second */

/* Outside 64-bit code the upper halves and R8..R15 are 0 and not compared. */
struct registers {
    u64 gpr[16];             /* RAX RCX RDX RBX RSP RBP RSI RDI R8..R15 */
    u64 rip, rflags;
    u64 cr2;                 /* END_FAULT, vector 14 */
    u32 end;                 /* END_* */
    u32 vector, error;       /* END_FAULT */
};

/* x87, MXCSR, XMM and YMM as FXSAVE64 and XSAVE64 show them.  SDM vol. 1, "x87 State", "AVX State". */
struct extended {
    u16 fcw, fsw, fop;
    u8 ftw;                  /* abridged: bit n is 1 when physical register n is not empty */
    u64 fip, fdp;
    u8 st[8][10];            /* ST(0)..ST(7) */
    u32 mxcsr;
    u8 ymm[16][32];
};

struct cpu_model;
struct opcode_row;

struct outcome {
    struct registers regs;
    struct extended extended;    /* of cases with c->extended alone */
    const u8 *data;              /* DATA_BYTES of them, where the side keeps them: until its next case */
};

/* A case: code at CODE_LA + CODE_START (offset CODE_START of CS in 16-bit mode), registers, data. */
struct oracle_case {
    unsigned code_bits;      /* 16, 32, 64 */
    u8 code[48];
    unsigned length;
    unsigned tail;           /* bytes of a second instruction, which looks at what the first left: FWAIT or FNSTENV */
    struct registers in;
    bool extended;           /* extended_in is loaded, and the outcome has extended state */
    struct extended extended_in;
    u64 fs_base, gs_base;    /* 64-bit code, where the host can */
    u32 data_seed;           /* costs time when it is not that of the case before */
    struct plant {           /* bytes at an offset of the data, over the random ones */
        u32 offset, size;
        u8 bytes[PLANT_BYTES];
    } plants[PLANTS];
    u32 data_limit;          /* 16-bit: limit of DS, ES, SS, one of oracle_limits */
    const char *name;        /* of the row */
    u32 undefined;           /* flags that the manual leaves undefined here */
    u16 undefined_fsw;       /* likewise of the x87 status word */
    bool undefined_pointers; /* FOP, FIP, FDP are not compared */
};

/* What a side can run.  CAN_BASES: FS and GS bases may be set.  CAN_POINTERS: FXSAVE and FXRSTOR move FOP, FIP and FDP
 * always, not only while FSW.ES = 1 (as AMD's do).  CAN_UNDEFINED: a host of the maker whose undefined results our side's model
 * has: they are compared, too. */
enum { CAN_16BIT = 1, CAN_32BIT = 2, CAN_64BIT = 4, CAN_EXTENDED = 8, CAN_AVX = 16, CAN_BASES = 32,
       CAN_POINTERS = 64, CAN_UNDEFINED = 128 };

bool oracle_host_start(const char **why_not);                    /* false: the host forbids it */
unsigned oracle_host_can(void);
/* The code page, which user code may read and not write: the case, the way back behind it, and where branches land. */
void oracle_put_code(u8 *page, const struct oracle_case *c);
void oracle_host_run(const struct oracle_case *c, struct outcome *out);
/* False when an access to la could hit this program on the host. */
bool oracle_host_spares(u64 la);

/* The first n bytes of c->code, at the end of the code page, behind which nothing is mapped: one step with c's registers, and
 * segments without memory in 16-bit code.  The outcome is always a fault; what completes ends as vector 1. */
void oracle_host_probe(const struct oracle_case *c, unsigned n, struct registers *out);
void oracle_ours_probe(const struct oracle_case *c, unsigned n, struct registers *out);

void oracle_ours_start(const struct cpu_model *model);
unsigned oracle_ours_can(void);
/* What c->code means to our side, as long as it may be; NULL: no instruction, or one that is longer than `room`. */
const struct opcode_row *oracle_ours_row(const struct oracle_case *c, unsigned room, unsigned *length);
void oracle_ours_run(const struct oracle_case *c, struct outcome *out);
void oracle_ours_end(void);

/* data.c */
void oracle_fill(u8 *data, const struct oracle_case *c);
void oracle_fill_read_only(u8 *page);
/* Limits that 16-bit code's data may have; each has a descriptor in the host's LDT, entry 1 and following. */
enum { DATA_LIMITS = 13 };
extern const u16 oracle_limits[DATA_LIMITS];
/* What Linux has in its GDT, and entry 0 of the LDT. */
enum { SELECTOR_CODE32 = 0x23, SELECTOR_DATA = 0x2b, SELECTOR_CODE64 = 0x33, SELECTOR_CODE16 = 0 << 3 | 7 };
unsigned oracle_data_selector(const struct oracle_case *c);      /* of DS and ES, of SS outside 64-bit code */

/* compare.c: prints every field that differs, a line each, when `to` is not NULL; how many differ.
 * What the case declares undefined is left out. */
unsigned oracle_compare(const struct oracle_case *c, const struct outcome *host,
                        const struct outcome *our, FILE *to);
void oracle_print_case(const struct oracle_case *c, FILE *to);

/* explained.c: true when a difference has a known reason that is none of ours; which did, and how often. */
bool oracle_explained(const struct oracle_case *c, const struct outcome *host, const struct outcome *our);
void oracle_print_explained(FILE *to);

bool oracle_transcendental(const char *name);                    /* results are allowed an error: F2XM1 .. FSINCOS */

/* exhaust.c: every 8-bit operation with every operand.  False when family n has no case of that number. */
unsigned oracle_families(void);
bool oracle_exhaustive_case(struct oracle_case *c, unsigned n, u64 number);

void oracle_generate(struct oracle_case *c, unsigned code_bits, u64 *random);    /* 16, 32 */
/* `can`: CAN_* bits of both sides. */
void oracle_generate64(struct oracle_case *c, unsigned can, u64 *random);
void oracle_generate_wide(struct oracle_case *c, unsigned code_bits, unsigned can, u64 *random);

/* judge.c: what comes out the same in both, or with a difference that is explained, or may not be run on the host; to: where others are printed, or NULL */
bool oracle_same(const struct oracle_case *c, FILE *to);
/* Cases of what both sides have, in turn: 32-bit, 16-bit, 64-bit code, then x87 and vector state. */
void oracle_next_case(struct oracle_case *c, unsigned long i, unsigned can, u64 *random);
/* Makers differ in what the manuals leave open, and beyond: one of the host's maker, with what rows ask for. */
const struct cpu_model *oracle_model_of_host(void);

/* strings.c: any bytes as a case.  Once both sides have started, and before the first. */
enum { ORACLE_STRING = 24 };
void oracle_strings_start(void);
/* False: no instruction, or one of which no generator makes cases: it answers by the host, or enters its system. */
bool oracle_string_case(struct oracle_case *c, const u8 *string);

/* selftest.c: known instructions on the host alone; how many came out wrong. */
unsigned oracle_selftest(unsigned *tests);

#endif
