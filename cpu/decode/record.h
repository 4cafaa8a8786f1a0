#ifndef ORRERY_DECODE_RECORD_H
#define ORRERY_DECODE_RECORD_H
/* A decoded instruction in 24 bytes, and the record that follows a branch.                 doc: traces
 *
 *   fast  what the fast instance does with it (cpu/run/fast.h)
 *   h     form to execute (enum op); 0 in a trace's header record
 *   count instructions from the trace's beginning to this one, itself included
 *   d, s  byte offsets in struct cpu of destination and source register (AH is RAX + 1), or a small number that the
 *         form names (segment register, control register); of a vector form: units of 8 bytes
 *   b, x  byte offsets of base and index register
 *   address  segment register number (bits 2-0) | the other address size (bit 3) | scale (bits 7-6)
 *   disp  displacement, branch distance, or far offset;  imm  immediate, or far selector
 *         (a 64-bit immediate or offset: disp its low half, imm its high half); of a near call: the next instruction's
 *         offset in the trace; disp of IN: its own */
#include "cpu/base/types.h"

struct record {
    const void *fast;
    u16 h;
    u8 count, address;
    u8 d, s, b, x;
    s32 disp, imm;
};

/* Stands behind every direct branch and behind the end of a trace: where it goes.  The target is known when it lies in the same page;
 * until then it is the link itself. */
struct link {
    const void *fast;            /* finds the target */
    u16 h;                       /* OP_LINK: never executed by the exact instance */
    union {
        u16 target_rip;          /* 16-bit targets wrap: the link holds for this one only */
        u16 tag;                 /* of a link to another page: it holds while this is cpu->link_tag */
    };
    s32 delta;                   /* of the target from the trace's first byte */
    struct record *target;
};

_Static_assert(sizeof(struct record) == 24, "records are 24 bytes");
_Static_assert(sizeof(struct link) == sizeof(struct record), "a link takes the place of a record");

/* Address size: clear is the wide one (32 bits, 64 in 64-bit mode), set the narrow one (16, 32).  Slots of addresses, in units of 8
 * bytes from struct cpu: 16 is always 0, 17 the RIP at which the trace was entered, 18 always 4096. */
enum { RECORD_NARROW = 8, SLOT_ZERO = 16, SLOT_TRACE_RIP = 17, SLOT_PAGE = 18 };

static inline unsigned record_segment(const struct record *r) { return r->address & 7; }
static inline unsigned record_scale(const struct record *r) { return r->address >> 6; }
static inline bool record_narrow(const struct record *r) { return r->address & RECORD_NARROW; }

/* imm of a vector form: an immediate byte [7:0], unit of the second source [15:8], bytes of the vector 8 16 32 [21:16], encoded by VEX 22,
 * REX.W or VEX.W in 64-bit code 23, unit of a register named by the immediate, or a second immediate byte [31:24]. */
enum { VECTOR_IMM_SECOND = 8, VECTOR_IMM_BYTES = 16, VECTOR_IMM_VEX = 1 << 22, VECTOR_IMM_WIDE = 1 << 23, VECTOR_IMM_FOURTH = 24 };

#endif
