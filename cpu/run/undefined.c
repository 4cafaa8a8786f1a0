/* Flags and results that the manual leaves undefined, drawn by lot.                         doc: perturb
 * Each such instruction is a trace of its own, and a slice of its own: what it leaves is drawn behind it.  Others run as ever, a trace at a time. */
#include "cpu/run/undefined.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/decode/trace.h"
#include "cpu/run/fast.h"

/* Beside the flags in a trace's `undefined`: what depends on a shift's count, which may be in CL; and the destination, a word. */
enum { BY_COUNT = 1 << 16, COUNT_IN_CL = 1 << 17, DOUBLE = 1 << 18, LEFT_OR_RIGHT = 1 << 19, WORD = 1 << 20, TO_REGISTER = 1 << 21, WIDTH_AT = 24 };

static bool is_one_of(const char *name, const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(name, names[i])) return true;
    return false;
}

u32 undefined_of(const struct decoded *d)
{
    static const char *const shifts[] = { "SHL", "SHR", "SAR", "ROL", "ROR", "RCL", "RCR", "SHLD", "SHRD" };
    const char *form = op_names[d->record.h], *name = d->row ? d->row->name : "";
    u32 undefined = d->row ? d->row->undefined & FLAGS_OSZAPC : 0;
    u32 to_register = strstr(form, "_R") == strchr(form, '_') ? TO_REGISTER : 0, width = (u32)strtoul(strrchr(form, '_') ? strrchr(form, '_') + 1 : "0", NULL, 10);

    if (!strcmp(name, "BSWAP") && width == 16) return WORD | TO_REGISTER;
    if (!is_one_of(name, shifts, ARRAY_COUNT(shifts))) return undefined;
    bool in_cl = strstr(form, "_C_"), is_double = is_one_of(name, shifts + 7, 2), left_or_right = is_one_of(name, shifts, 2);
    return undefined | BY_COUNT | (in_cl ? COUNT_IN_CL : 0) | (is_double ? DOUBLE : 0) | (left_or_right ? LEFT_OR_RIGHT : 0) | to_register | width << WIDTH_AT;
}

/* SDM vol. 2, "RCL/RCR/ROL/ROR", "SAL/SAR/SHL/SHR", "SHLD", "SHRD", Flags Affected. */
static u32 left_by_shift(const struct cpu *cpu, const struct record *r, u32 undefined)
{
    unsigned width = undefined >> WIDTH_AT, count = (unsigned)(undefined & COUNT_IN_CL ? cpu->gpr[RCX] : (u32)r->imm) & (width == 64 ? 63 : 31);
    u32 flags = undefined & FLAGS_OSZAPC;

    if (!count) return 0;
    if (undefined & DOUBLE && count > width) return FLAGS_OSZAPC | (undefined & TO_REGISTER ? WORD : 0);
    if (undefined & LEFT_OR_RIGHT && count >= width) flags |= EFLAGS_CF;
    return count > 1 ? flags | EFLAGS_OF : flags;
}

static u64 draw(u64 *stream)
{
    u64 z = *stream += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void draw_lots(struct cpu *cpu, const struct record *r, u32 left)
{
    u64 lot = draw(cpu->undefined);
    u32 flags = left & FLAGS_OSZAPC, now = cpu_eflags(cpu);

    if (flags) cpu_set_arithmetic_flags(cpu, (now & ~flags) | ((u32)lot & flags));
    if (left & WORD) put16((u8 *)cpu + r->d, (u16)(lot >> 32));
}

bool undefined_run(struct cpu *cpu, struct trace *trace)
{
    struct record record = *trace->first;
    u32 left = trace->undefined & BY_COUNT ? left_by_shift(cpu, &record, trace->undefined) : trace->undefined;
    u64 end = cpu->time->now + trace->instructions;

    if (cpu->slice_end > end) {
        cpu->budget -= (s64)(cpu->slice_end - end);
        cpu->slice_end = end;
    }
    bool done = fast_or_exact(cpu, trace);
    if (done && left && cpu_now(cpu) == end) draw_lots(cpu, &record, left);
    return done;
}

void cpu_set_undefined(struct cpu *cpu, u64 *stream)
{
    cpu->undefined = stream;
    trace_cache_flush(cpu);                      /* traces are built in another way */
}
