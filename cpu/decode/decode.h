#ifndef ORRERY_DECODE_DECODE_H
#define ORRERY_DECODE_DECODE_H
/* Bytes to records.                                                                       doc: decode */
#include "cpu/decode/record.h"
#include "cpu/decode/tables.h"

enum { INSTRUCTION_MAX_BYTES = 15 };

enum decode_result {
    DECODED,
    DECODE_NEEDS_MORE,   /* `available` bytes are a proper beginning: the rest lies in the next page */
};

/* What decoding depends on besides the bytes. */
struct decode_mode {
    u8 code_bits;        /* 16, 32, 64 */
    bool protected_mode; /* VEX prefixes exist */
    u32 trace_offset;    /* of the first byte in its trace: RIP-relative operands count from the trace's start */
};

struct decoded {
    struct record record;
    const struct opcode_row *row;        /* NULL: these bytes are no instruction */
    u8 length;           /* bytes */
    bool ends;           /* the trace ends here */
    bool branch;         /* a link follows */
};

/* Decodes one instruction.  Bytes that are no instruction become OP_UNDEFINED, those longer than 15 OP_TOO_LONG, a
 * forbidden LOCK OP_LOCK_FORBIDDEN: executing them raises the fault. */
enum decode_result decode(const struct decode_tables *tables, const u8 *bytes, unsigned available, struct decode_mode mode,
                          struct decoded *out);

#endif
