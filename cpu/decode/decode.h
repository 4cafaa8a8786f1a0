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

struct decoded {
    struct record record;
    u8 length;           /* bytes */
    bool ends;           /* the trace ends here */
    bool branch;         /* a link follows */
};

/* Decodes one instruction.  code32: CS.D.  Bytes that are no instruction become OP_UNDEFINED, those longer than 15
 * OP_TOO_LONG, a forbidden LOCK OP_LOCK_FORBIDDEN: executing them raises the fault. */
enum decode_result decode(const struct decode_tables *tables, const u8 *bytes, unsigned available, bool code32,
                          struct decoded *out);

#endif
