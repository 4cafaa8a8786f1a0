#ifndef ORRERY_DECODE_RECORD_H
#define ORRERY_DECODE_RECORD_H
/* A decoded instruction in 16 bytes, and the record that follows a branch.                 doc: traces
 *
 *   h     form to execute (enum op); 0 in a trace's header record
 *   d, s  byte offsets in struct cpu of destination and source register (AH is RAX + 1), or a small number that the
 *         form names (segment register, control register)
 *   b     base register's byte offset | segment register number (bits 2-0)
 *   x     index register's byte offset | 16-bit addressing (bit 2) | scale (bits 1-0)
 *   disp  displacement, branch distance, or far offset;  imm  immediate, or far selector */
#include "cpu/base/types.h"

struct record {
    u32 h;
    u8 d, s, b, x;
    s32 disp, imm;
};

/* Stands behind every direct branch: where it goes, once that is known and lies in the same page. */
struct link {
    u32 h;               /* OP_LINK: never executed */
    u32 target_rip;      /* the link holds for this target only (aliases of one physical page differ in RIP) */
    u64 target;          /* struct record *, as an integer; 0 while unresolved */
};

_Static_assert(sizeof(struct record) == 16, "records are 16 bytes");
_Static_assert(sizeof(struct link) == 16, "a link takes the place of a record");

enum { RECORD_ADDR16 = 4, RECORD_NO_REGISTER = 16 * 8 /* offset of cpu->zero */ };

#endif
