/* Frames by libdw.  DWARF 5, "Call Frame Information", "DWARF Expressions"; System V ABI, "DWARF Register Number Mapping".      doc: symbols */
#include <dwarf.h>
#include <stdlib.h>

#include "gui/debugger/program_parts.h"

enum { SP = 4, NO_REGISTER = 255, DEEPEST = 16 };

/* Our numbers of DWARF's registers, up to the one that holds the return address. */
static const u8 registers_32[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
static const u8 registers_64[] = { 0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15 };

static unsigned our_register(const struct program *p, u64 number)
{
    if (p->wide) return number < ARRAY_COUNT(registers_64) ? registers_64[number] : NO_REGISTER;
    return number < ARRAY_COUNT(registers_32) ? registers_32[number] : NO_REGISTER;
}

/* --- expressions --- */

struct evaluation {
    const struct program *program;
    const struct symbol_frame *frame;
    const struct symbol_stack *stack;
    u64 cfa, value[DEEPEST];
    unsigned depth;
    bool is_value;               /* DW_OP_stack_value: the result is the value itself, not where it lies */
};

static bool push(struct evaluation *e, u64 value)
{
    if (e->depth == DEEPEST) return false;
    e->value[e->depth++] = e->program->wide ? value : (u32)value;
    return true;
}

static bool push_register(struct evaluation *e, u64 number, u64 offset)
{
    unsigned n = our_register(e->program, number);
    return n != NO_REGISTER && e->frame->known >> n & 1 && push(e, e->frame->gpr[n] + offset);
}

static bool binary(struct evaluation *e, u8 atom)
{
    if (e->depth < 2) return false;
    u64 b = e->value[--e->depth], a = e->value[--e->depth];
    switch (atom) {
    case DW_OP_plus: return push(e, a + b);
    case DW_OP_minus: return push(e, a - b);
    case DW_OP_mul: return push(e, a * b);
    case DW_OP_and: return push(e, a & b);
    case DW_OP_or: return push(e, a | b);
    case DW_OP_shl: return push(e, b < 64 ? a << b : 0);
    case DW_OP_shr: return push(e, b < 64 ? a >> b : 0);
    case DW_OP_eq: return push(e, a == b);
    case DW_OP_ge: return push(e, (s64)a >= (s64)b);
    default: return false;
    }
}

/* Operations that compilers and linkers use in frames; others end the attempt. */
static bool operation(struct evaluation *e, const Dwarf_Op *op)
{
    u64 value;

    if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) return push(e, op->atom - DW_OP_lit0);
    if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) return push_register(e, op->atom - DW_OP_breg0, op->number);
    switch (op->atom) {
    case DW_OP_bregx: return push_register(e, op->number, op->number2);
    case DW_OP_call_frame_cfa: return push(e, e->cfa);
    case DW_OP_const1u: case DW_OP_const1s: case DW_OP_const2u: case DW_OP_const2s: case DW_OP_const4u: case DW_OP_const4s: case DW_OP_const8u: case DW_OP_constu: case DW_OP_consts:
        return push(e, op->number);
    case DW_OP_plus_uconst: return e->depth && push(e, e->value[--e->depth] + op->number);
    case DW_OP_deref:
        return e->depth && e->stack->read(e->stack->context, e->value[--e->depth], e->program->wide ? 8 : 4, &value) && push(e, value);
    case DW_OP_stack_value: return e->is_value = true;
    case DW_OP_nop: return true;
    default: return binary(e, op->atom);
    }
}

static bool evaluate(struct evaluation *e, const Dwarf_Op *ops, size_t count, u64 *result)
{
    e->depth = 0;
    e->is_value = false;
    for (size_t i = 0; i < count; i++)
        if (!operation(e, &ops[i])) return false;
    if (!e->depth) return false;
    *result = e->value[e->depth - 1];
    return true;
}

/* --- registers of who called --- */

enum rule { UNKNOWN, SAME, VALUE };

static enum rule caller_register(struct evaluation *e, Dwarf_Frame *rules, unsigned number, u64 *value)
{
    Dwarf_Op room[3], *ops;
    size_t count;

    if (dwarf_frame_register(rules, (int)number, room, &ops, &count)) return UNKNOWN;
    if (!count) return ops ? UNKNOWN : SAME;
    if (count == 1 && (ops->atom == DW_OP_regx || (ops->atom >= DW_OP_reg0 && ops->atom <= DW_OP_reg31))) {
        u64 number = ops->atom == DW_OP_regx ? ops->number : ops->atom - (u64)DW_OP_reg0;
        unsigned n = our_register(e->program, number);
        if (n == NO_REGISTER || !(e->frame->known >> n & 1)) return UNKNOWN;
        return *value = e->frame->gpr[n], VALUE;
    }
    if (!evaluate(e, ops, count, value)) return UNKNOWN;
    if (e->is_value) return VALUE;
    return e->stack->read(e->stack->context, *value, e->program->wide ? 8 : 4, value) ? VALUE : UNKNOWN;
}

static bool apply(const struct program *p, struct symbol_frame *frame, const struct symbol_stack *stack, Dwarf_Frame *rules)
{
    struct evaluation e = { .program = p, .frame = frame, .stack = stack };
    struct symbol_frame outer = { .caller = true };
    unsigned count = p->wide ? ARRAY_COUNT(registers_64) : ARRAY_COUNT(registers_32);
    Dwarf_Op *ops;
    size_t length;
    u64 value;
    bool signal;

    int back = dwarf_frame_info(rules, NULL, NULL, &signal);
    if (back < 0 || dwarf_frame_cfa(rules, &ops, &length) || !evaluate(&e, ops, length, &e.cfa)) return false;
    for (unsigned i = 0; i < count; i++) {
        unsigned n = our_register(p, i);
        enum rule rule = caller_register(&e, rules, i, &value);
        if (n == SP && rule != VALUE) rule = VALUE, value = e.cfa;       /* "the CFA is the stack pointer of who called" */
        if (rule == SAME) value = frame->gpr[n], rule = frame->known >> n & 1 ? VALUE : UNKNOWN;
        if (rule != VALUE) continue;
        outer.gpr[n] = value;
        outer.known |= 1u << n;
    }
    if (caller_register(&e, rules, (unsigned)back, &outer.pc) != VALUE) return false;
    outer.caller = !signal;
    *frame = outer;
    return true;
}

bool program_unwind(struct program *p, struct symbol_frame *frame, const struct symbol_stack *stack)
{
    u64 pc = frame->pc - frame->caller - p->base;
    Dwarf_CFI *const tables[] = { p->frames, p->exception_frames };

    if (p->wide != (stack->bits == 64)) return false;
    for (unsigned i = 0; i < ARRAY_COUNT(tables); i++) {
        Dwarf_Frame *rules;
        if (!tables[i] || dwarf_cfi_addrframe(tables[i], pc, &rules)) continue;
        bool known = apply(p, frame, stack, rules);
        free(rules);
        if (known) return true;
    }
    return false;
}
