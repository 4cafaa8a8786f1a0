/* The tripwire for flags that the manual leaves undefined: instructions are run one by one, and their flags followed.       doc: tripwires */
#include "gui/debugger/tripwires.h"

#include "gui/debugger/decoded.h"
#include "gui/debugger/disassemble.h"

/* Reads flags to decide or compute by them; those that keep or pass them on whole are no use. */
static bool uses(const ZydisDecodedInstruction *i)
{
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_PUSHF: case ZYDIS_MNEMONIC_PUSHFD: case ZYDIS_MNEMONIC_PUSHFQ: case ZYDIS_MNEMONIC_LAHF: return false;
    default: return i->meta.category != ZYDIS_CATEGORY_INTERRUPT && i->meta.category != ZYDIS_CATEGORY_SYSCALL;
    }
}

/* A shift or rotate by CL whose count is 0 leaves all flags as they are. */
static bool shifts_by_nothing(const struct decoded_instruction *d, const struct cpu_view *v)
{
    bool by_cl = d->instruction.operand_count_visible > 1 && d->operand[d->instruction.operand_count_visible - 1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                 d->operand[d->instruction.operand_count_visible - 1].reg.value == ZYDIS_REGISTER_CL;
    bool shift = d->instruction.meta.category == ZYDIS_CATEGORY_SHIFT || d->instruction.meta.category == ZYDIS_CATEGORY_ROTATE;
    return shift && by_cl && !(v->gpr[1] & (d->instruction.operand_width == 64 ? 63 : 31));
}

/* A shift by 1 defines OF, which a shift by more does not. */
static u32 undefined_by(const struct decoded_instruction *d)
{
    const ZydisDecodedOperand *count = &d->operand[1];
    bool shift = d->instruction.meta.category == ZYDIS_CATEGORY_SHIFT || d->instruction.meta.category == ZYDIS_CATEGORY_ROTATE;
    bool by_one = shift && d->instruction.operand_count_visible > 1 && count->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && count->imm.value.u == 1;

    return (u32)d->instruction.cpu_flags->undefined & ~(by_one ? (u32)ZYDIS_CPUFLAG_OF : 0);
}

/* Names of the arithmetic flags in a mask. */
static const char *flag_names(u32 flags, char *text)
{
    static const struct { u32 bit; const char *name; } names[] = { { 1, "CF " }, { 4, "PF " }, { 16, "AF " }, { 64, "ZF " }, { 128, "SF " }, { 2048, "OF " } };
    char *at = text;

    *at = 0;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (flags & names[i].bit)
            for (const char *c = names[i].name; *c; c++) *at++ = *c, *at = 0;
    return text;
}

/* The next instruction; true: it reads what is undefined, and was told. */
static bool looks_at_undefined(struct session *s, struct decoded_instruction *d, bool *decoded, bool tell)
{
    struct cpu_view v;
    u8 bytes[15];
    char names[32];

    cpu_view(machine_cpu(s->machine), &v);
    *decoded = decode_instruction(bytes, machine_peek_linear(s->machine, next_linear(&v), bytes, sizeof bytes), v.code_bits, d) && d->instruction.cpu_flags;
    if (!*decoded || shifts_by_nothing(d, &v)) return *decoded = false;
    u32 used = (u32)d->instruction.cpu_flags->tested & s->undefined_flags;
    if (!used || !uses(&d->instruction)) return false;
    if (tell) printf("(%u) Tripwire: the next instruction reads %swhich the last that wrote it left undefined\n", cpu_number(machine_cpu(s->machine)), flag_names(used, names));
    return true;
}

struct machine_stop tripwire_run_flags(struct session *s, u64 ticks)
{
    struct machine_stop stop = { .kind = MACHINE_TICKS };

    while (ticks-- && stop.kind == MACHINE_TICKS) {
        struct decoded_instruction d;
        bool decoded, passed = s->flags_passed == machine_tick(s->machine);
        if (looks_at_undefined(s, &d, &decoded, !passed) && !passed) {
            s->flags_passed = machine_tick(s->machine);
            s->stopped_here = true;
            return (struct machine_stop){ .kind = MACHINE_REQUEST };
        }
        stop = session_run_plainly(s, 1);
        if (!decoded) continue;
        const ZydisAccessedFlags *f = d.instruction.cpu_flags;
        s->undefined_flags = (s->undefined_flags & ~(u32)(f->modified | f->set_0 | f->set_1)) | undefined_by(&d);
    }
    return stop;
}
