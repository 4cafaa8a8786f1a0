#ifndef ORRERY_TESTS_ORACLE_GENERATE_H
#define ORRERY_TESTS_ORACLE_GENERATE_H
/* What the generators share: a case in the making.                                          doc: oracle */
#include "cpu/decode/tables.h"
#include "tests/oracle/oracle.h"
#include "tests/oracle/random.h"

enum { REX_W = 8, REX_R = 4, REX_X = 2, REX_B = 1 };
enum { NO_REGISTER = -1 };

struct draft {
    struct oracle_case *c;
    u64 *random;
    unsigned can;                /* CAN_* of both sides */
    u8 rex;                      /* REX or VEX bits that count, REX_* */
    unsigned address_bits;       /* 16, 32, 64, prefix 67 counted */
    bool opsize16;               /* prefix 66 counted */
    u64 segment_base;            /* of an FS or GS override, or of 16-bit code's data */
    /* what draft_memory chose */
    bool memory;
    int base, index;             /* general registers, or NO_REGISTER */
    bool vector_index;           /* VSIB: index is a vector register */
    unsigned scale;              /* shift */
    s64 disp;
    unsigned disp_at;            /* of a 32-bit displacement in code[] that has no base; 0: none */
    bool rip_relative;
};

/* False for rows that need privilege, change what the thunk relies on, or answer by the host. */
bool generate_comparable(const struct opcode_row *row);

void draft_put(struct draft *d, u64 value, unsigned bytes);
/* Hexadecimal bytes at `at`, each followed by a space or the end; the end. */
const char *draft_put_hex(struct draft *d, const char *at);
void draft_register(struct draft *d, unsigned reg, unsigned rm);     /* ModRM, mod = 3 */
void draft_memory(struct draft *d, unsigned reg, bool vsib);         /* ModRM, SIB, displacement */
/* A pointer where a case wants one: into the data, mostly. */
u64 draft_target(struct draft *d);
/* When the code is complete: makes what draft_memory chose point to `target`. */
void draft_aim(struct draft *d, u64 target);
void draft_plant(struct draft *d, u64 la, const void *bytes, unsigned size);
void draft_bases(struct draft *d);                                   /* of FS and GS, where both sides can */
u32 draft_limit(u64 *random);                                        /* of 16-bit code's data, 0xffff mostly */
/* RSI or RDI near an edge, now and then: what a string instruction meets in the middle. */
void draft_string_edge(struct draft *d);
void draft_popped_flags(struct draft *d);                            /* for POPF: what user code may change, on the stack */
void draft_registers(struct draft *d);                               /* general registers and flags */

/* --- contents.c: values near the places where something happens, by the kind of an element --- */
enum element { ELEMENT_ANY, ELEMENT_INT8, ELEMENT_INT16, ELEMENT_INT32, ELEMENT_INT64, ELEMENT_HALF,
               ELEMENT_SINGLE, ELEMENT_DOUBLE, ELEMENT_EXTENDED, ELEMENT_BCD, ELEMENTS };
/* Fills size bytes, element by element (an EXTENDED or BCD is 10 bytes long). */
void contents_fill(enum element element, u8 *out, unsigned size, u64 *random);
void contents_extended(struct extended *x, enum element vector, enum element stack, u64 *random);
/* ES and B as the exceptions and masks demand. */
u16 contents_fsw_summary(u16 fsw, u16 fcw);

#endif
