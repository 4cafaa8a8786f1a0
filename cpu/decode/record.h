#ifndef ORRERY_DECODE_RECORD_H
#define ORRERY_DECODE_RECORD_H
/* A decoded instruction in 16 bytes, and the record that follows a branch.                 doc: traces
 *
 *   h     form to execute (enum op); 0 in a trace's header record
 *   d, s  byte offsets in struct cpu of destination and source register (AH is RAX + 1), or a small number that the
 *         form names (segment register, control register); of a vector form: units of 8 bytes
 *   b     base register's byte offset | segment register number (bits 2-0)
 *   x     index register's byte offset | the other address size (bit 2) | scale (bits 1-0)
 *   disp  displacement, branch distance, or far offset;  imm  immediate, or far selector
 *         (a 64-bit immediate or offset: disp its low half, imm its high half) */
#include "cpu/base/types.h"

struct record {
    u32 h;
    u8 d, s, b, x;
    s32 disp, imm;
};

/* Stands behind every direct branch: where it goes, once that is known and lies in the same page. */
struct link {
    u32 h;               /* OP_LINK: never executed */
    u32 target;          /* number of the record in the arena; 0 while unresolved */
    u64 target_rip;      /* the link holds for this target only (aliases of one physical page differ in RIP) */
};

_Static_assert(sizeof(struct record) == 16, "records are 16 bytes");
_Static_assert(sizeof(struct link) == 16, "a link takes the place of a record");

/* Address size: bit 2 of x clear is the wide one (32 bits, 64 in 64-bit mode), set the narrow one (16, 32).  Slots of addresses, in units of 8
 * bytes from struct cpu: 16 is always 0, 17 the RIP at which the trace was entered, 18 always 4096. */
enum { RECORD_NARROW = 4, SLOT_ZERO = 16, SLOT_TRACE_RIP = 17, SLOT_PAGE = 18 };

/* imm of a vector form: an immediate byte [7:0], unit of the second source [15:8], bytes of the vector 8 16 32 [21:16], encoded by VEX 22,
 * unit of a register named by the immediate, or a second immediate byte [31:24]. */
enum { VECTOR_IMM_SECOND = 8, VECTOR_IMM_BYTES = 16, VECTOR_IMM_VEX = 1 << 22, VECTOR_IMM_FOURTH = 24 };

#endif
