/* Flags that nobody can see are not computed: the trace is walked from its end.  Readers of flags whose kind the trace says are told.   doc: fast */
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

/* --- which kind an operation leaves --- */

#define ALL_FORMS(name, w, kind) \
    [OP_##name##_R_R_##w] = kind, [OP_##name##_R_I_##w] = kind, [OP_##name##_R_M_##w] = kind, [OP_##name##_M_R_##w] = kind, [OP_##name##_M_I_##w] = kind
#define ONE_OPERAND(name, w, kind) [OP_##name##_R_##w] = kind, [OP_##name##_M_##w] = kind
#define BY_CONSTANT(name, w) [OP_##name##_R_I_##w] = FAST_KNOWN_SHIFT, [OP_##name##_M_I_##w] = FAST_KNOWN_SHIFT
#define LEAVES(w) \
    ALL_FORMS(ADD, w, FAST_KNOWN_ADD), ALL_FORMS(SUB, w, FAST_KNOWN_SUB), ALL_FORMS(CMP, w, FAST_KNOWN_SUB), ALL_FORMS(AND, w, FAST_KNOWN_LOGIC), \
    ALL_FORMS(OR, w, FAST_KNOWN_LOGIC), ALL_FORMS(XOR, w, FAST_KNOWN_LOGIC), ALL_FORMS(TEST, w, FAST_KNOWN_LOGIC), ONE_OPERAND(NEG, w, FAST_KNOWN_SUB), \
    ONE_OPERAND(INC, w, FAST_KNOWN_INC), ONE_OPERAND(DEC, w, FAST_KNOWN_DEC), BY_CONSTANT(SHL, w), BY_CONSTANT(SHR, w), BY_CONSTANT(SAR, w)
static const u8 leaves[OP_COUNT] = { LEAVES(8), LEAVES(16), LEAVES(32), LEAVES(64) };

/* Conditions of more than CF, ZF, SF or PF may turn the flags into kept bits: then their kind is another. */
static bool may_keep(const struct flag_use *use)
{
    return use->reads & FLAGS_O || (use->reads & (FLAGS_C | FLAGS_Z)) == (FLAGS_C | FLAGS_Z);
}

/* What the record before left is seen by the handler of this one only where the trace runs through both: nothing enters between. */
void fast_know_flags(struct record *first, const struct record *end, const struct flag_use *use, u32 mode)
{
    enum fast_known_kind known = FAST_KNOWN_NOTHING;

    for (struct record *r = first; r < end; r++) {
        const struct flag_use *u = &use[r - first];
        const void *handler = known ? fast_known[known][r->h] : NULL;
        if (r->h == OP_LINK) continue;
        bool plain = handler && r->fast == fast_of(r, mode);
        if (plain) r->fast = handler;
        else if (may_keep(u)) known = FAST_KNOWN_NOTHING;
        if (!u->touches) continue;
        bool dropped = r->fast == fast_of_without_flags(r, mode);
        known = dropped || r->fast == (const void *)fast_slow ? FAST_KNOWN_NOTHING : (enum fast_known_kind)leaves[r->h];
    }
}
