/* Any bytes as a case: a generator's whose code they change, or code as they are.            doc: oracle */
#include <stdlib.h>
#include <string.h>

#include "cpu/decode/decode.h"
#include "cpu/run/processor.h"
#include "tests/oracle/generate.h"

/* --- rows of which generators make cases, what they are called there and what they leave undefined --- */

enum { LEARNT_CASES = 400000 };

struct known {
    const char *name;            /* NULL: of no case */
    u8 bits;                     /* in code of so many, 16, 32 and 64 together */
    u32 undefined;
    u16 undefined_fsw;
    bool undefined_pointers;
};
static struct known *known;      /* as opcode_rows */

static unsigned both_can(void) { return oracle_host_can() & oracle_ours_can(); }

void oracle_strings_start(void)
{
    u64 random = 1;

    if (known) return;
    known = calloc(opcode_row_count, sizeof *known);
    if (!known) abort();
    for (unsigned long i = 0; i < LEARNT_CASES; i++) {
        struct oracle_case c;
        unsigned length = 0;
        oracle_next_case(&c, i, both_can(), &random);
        const struct opcode_row *row = oracle_ours_row(&c, c.length - c.tail, &length);
        if (!row || length != c.length - c.tail) continue;
        struct known *k = &known[row - opcode_rows];
        k->name = c.name, k->bits |= (u8)c.code_bits;
        k->undefined |= c.undefined, k->undefined_fsw |= c.undefined_fsw, k->undefined_pointers |= c.undefined_pointers;
    }
}

/* --- bytes --- */

/* A prefix of the string.  SDM vol. 2, "Instruction Prefixes". */
static bool is_prefix(u8 byte) { return (byte & 0xe7) == 0x26 || (byte >= 0x64 && byte <= 0x67) || byte == 0xf0 || byte == 0xf2 || byte == 0xf3; }

/* CS is the code page in 16-bit code, FS and GS are the C library's where their bases cannot be set; 62 begins EVEX, which our side has not. */
static bool may_be_compared(const struct oracle_case *c, bool *repeats)
{
    unsigned at = 0;

    *repeats = false;
    for (; at < c->length && is_prefix(c->code[at]); at++) {
        u8 byte = c->code[at];
        if (byte == 0x2e && c->code_bits == 16) return false;
        if ((byte == 0x64 || byte == 0x65) && (c->code_bits != 64 || !(both_can() & CAN_BASES))) return false;
        *repeats |= byte >= 0xf2;
    }
    return at < c->length && c->code[at] != 0x62;
}

/* Three of the string's bytes: where, what, how. */
static void change(u8 *code, unsigned length, const u8 *three)
{
    u8 *at = code + three[0] % length;

    switch (three[2] % 4) {
    case 0: *at = three[1]; break;
    case 1: *at ^= (u8)(1u << (three[1] & 7)); break;
    case 2: memmove(at + 1, at, (size_t)(code + INSTRUCTION_MAX_BYTES - 1 - at)), *at = three[1]; break;
    default: code[0] = three[1] & 0x40 ? (u8)(0x40 | (three[1] & 15)) : code[0]; break;
    }
}

/* --- state that fits --- */

static void settle(struct oracle_case *c, const struct opcode_row *row, bool repeats, u64 *random)
{
    struct draft d = { .c = c, .random = random, .can = both_can() };
    struct extended *x = &c->extended_in;

    if (!c->extended) contents_extended(x, ELEMENT_ANY, ELEMENT_EXTENDED, random);
    c->extended = true;
    if (oracle_transcendental(c->name)) x->fcw |= 0x20, x->fsw = contents_fsw_summary(x->fsw, x->fcw);
    if (!(d.can & CAN_POINTERS) && !(x->fsw & 0x80)) x->fop = 0, x->fip = x->fdp = 0;
    if (strcmp(c->name, "CALL") == 0) c->in.rflags &= ~(u64)EFLAGS_AC;
    if (strcmp(c->name, "POPF") == 0) draft_popped_flags(&d);
    if (c->name[0] == 'X') c->in.gpr[RAX] &= 0xffff001f, c->in.gpr[RDX] &= 0x3fffffff;
    if (repeats && row->notes & (REP | REPCC)) c->in.gpr[RCX] = (c->in.gpr[RCX] & ~0xffffffffull) | pick(random, 300);
    if (repeats && row->notes & (REP | REPCC) && pick(random, 8)) c->in.gpr[RCX] &= 0xffff;
}

/* The first byte says what follows, eight more decide all that no byte of the code does. */
bool oracle_string_case(struct oracle_case *c, const u8 *string)
{
    enum { CODE_AT = 9, CHANGES = (ORACLE_STRING - CODE_AT) / 3 };
    u64 random = 0;
    unsigned length = 0;
    bool repeats;

    memcpy(&random, string + 1, sizeof random);
    random = random * 0x9e3779b97f4a7c15ull | 1;
    oracle_next_case(c, string[0] >> 4, both_can(), &random);
    c->tail = 0;
    if ((string[0] & 3) == 0) memcpy(c->code, string + CODE_AT, INSTRUCTION_MAX_BYTES);
    for (unsigned i = 0; i < (string[0] & 3u); i++) change(c->code, c->length < INSTRUCTION_MAX_BYTES ? c->length : INSTRUCTION_MAX_BYTES, string + CODE_AT + 3 * (i % CHANGES));
    const struct opcode_row *row = oracle_ours_row(c, INSTRUCTION_MAX_BYTES, &length);
    const struct known *k = row ? &known[row - opcode_rows] : NULL;
    if (!k || !k->name || !(k->bits & c->code_bits)) return false;
    c->length = length;
    c->name = k->name, c->undefined = k->undefined, c->undefined_fsw = k->undefined_fsw, c->undefined_pointers = k->undefined_pointers;
    if (!may_be_compared(c, &repeats)) return false;
    settle(c, row, repeats, &random);
    return true;
}
