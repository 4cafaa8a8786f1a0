/* Flags that nobody can see are not computed: the trace is walked from its end.               doc: fast */
#include "cpu/run/fast_units.h"

#include "cpu/decode/decode.h"

/* Rows of shifts read all flags, which they leave when the count is 0; a count that is there to see says whether it is. */
struct flag_use fast_flag_use(const struct record *record, const struct opcode_row *row)
{
    if (!row) return (struct flag_use){ .reads = FLAGS_OSZAPC };
    struct flag_use use = { .reads = row->reads & FLAGS_OSZAPC, .writes = row->writes & FLAGS_OSZAPC, .touches = (row->writes | row->undefined) & FLAGS_OSZAPC };
    enum operand count = row->operand[2] == OPERAND_Ib ? row->operand[2] : row->operand[1];
    bool by_count = row->reads == FLAGS_OSZAPC && row->writes != FLAGS_NONE && (count == OPERAND_Ib || count == OPERAND_ONE);
    bool through_carry = row->name[0] == 'R' && row->name[1] == 'C';

    if (by_count && record->imm & 31) use.reads = through_carry ? FLAGS_C : FLAGS_NONE;
    return use;
}

static bool may_fault(unsigned op)
{
    if (fast_uses_unit(op)) return true;
    switch (op) {
    case OP_SAHF:                        /* ZF with SF */
    case OP_RDTSC:                       /* CR4.TSD */
    case OP_DIV_R_8: case OP_DIV_R_16: case OP_DIV_R_32: case OP_DIV_R_64:
    case OP_IDIV_R_8: case OP_IDIV_R_16: case OP_IDIV_R_32: case OP_IDIV_R_64: return true;
    default: return false;
    }
}

/* Whether all flags are exact behind it in any case: it may end in the exact instance, or leave the trace. */
static bool shows_flags(const struct record *record)
{
    return !fast_plain[record->h] || record[1].h == OP_LINK || may_fault(record->h);
}

void fast_drop_flags(struct record *first, const struct record *end, const struct flag_use *use, u32 mode)
{
    unsigned live = FLAGS_OSZAPC;

    for (struct record *r = (struct record *)end - 1; r >= first; r--) {
        const struct flag_use *u = &use[r - first];
        if (r->h == OP_LINK) continue;
        if (u->touches && !(u->touches & live)) {
            const void *handler = fast_of_without_flags(r, mode);
            if (handler) r->fast = handler;
        }
        live = shows_flags(r) ? FLAGS_OSZAPC : (live & ~u->writes) | u->reads;
    }
}
