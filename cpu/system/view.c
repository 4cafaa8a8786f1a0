/* What a debugger sees, and what it sets by name.                                 doc: processor */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu/memory/access.h"
#include "cpu/run/mode.h"
#include "cpu/system/transfer.h"

void cpu_view(const struct cpu *cpu, struct cpu_view *view)
{
    *view = (struct cpu_view){
        .rip = cpu->rip, .rflags = cpu_eflags(cpu),
        .cr0 = cpu->cr0, .cr2 = cpu->cr2, .cr3 = cpu->cr3, .cr4 = cpu->cr4, .efer = cpu->efer,
        .gdtr_base = cpu->gdtr_base, .idtr_base = cpu->idtr_base,
        .gdtr_limit = cpu->gdtr_limit, .idtr_limit = cpu->idtr_limit, .cpl = cpu->cpl,
        .code_bits = cpu->mode & MODE_LONG64 ? 64 : cpu->mode & MODE_CODE32 ? 32 : 16, .halted = cpu->activity == ACTIVITY_HALTED || cpu->activity == ACTIVITY_WAITING,
        .waiting = cpu->activity == ACTIVITY_WAITING,
        .shutdown = cpu->activity == ACTIVITY_SHUTDOWN,
        .never_written_fetch = cpu->never_written_fetch,
    };
    memcpy(view->gpr, cpu->gpr, sizeof view->gpr);
    memcpy(view->dr, cpu->dr, sizeof view->dr);
    for (unsigned i = 0; i < CPU_SEGS; i++) {
        const struct segment *s = &cpu->seg[i];
        view->seg[i] = (struct cpu_segment_view){
            .selector = s->selector, .rights = s->rights, .base = s->base, .limit = s->limit,
            .usable = s->usable,
        };
    }
}

void cpu_view_float(const struct cpu *cpu, struct cpu_float_view *view)
{
    const struct x87 *x = &cpu->x87;

    *view = (struct cpu_float_view){
        .has_x87 = cpu_model_has(cpu->model, FEATURE_FPU), .has_mmx = cpu_model_has(cpu->model, FEATURE_MMX),
        .has_sse = cpu_model_has(cpu->model, FEATURE_SSE), .has_avx = cpu_model_has(cpu->model, FEATURE_AVX),
        .control = x->control, .status = x->status, .fop = x->fop, .fcs = x->fcs, .fds = x->fds, .in_use = x->in_use, .fip = x->fip, .fdp = x->fdp,
        .mxcsr = cpu->mxcsr,
    };
    for (unsigned i = 0; i < 8; i++) view->r[i].significand = x->r[i].significand, view->r[i].sign_exponent = x->r[i].sign_exponent;
    memcpy(view->ymm, cpu->ymm, sizeof view->ymm);
}

enum cpu_mode cpu_mode(const struct cpu *cpu)
{
    if (!protected_mode(cpu)) return v86_mode(cpu) ? CPU_MODE_V86 : CPU_MODE_REAL;
    if (!long_mode(cpu)) return CPU_MODE_PROTECTED;
    return cpu->mode & MODE_LONG64 ? CPU_MODE_64 : CPU_MODE_COMPATIBILITY;
}

const char *cpu_mode_name(enum cpu_mode mode)
{
    static const char *const name[] = { "real-address mode", "virtual-8086 mode", "protected mode", "compatibility mode", "64-bit mode" };
    return name[mode];
}

bool cpu_halted_for_good(const struct cpu *cpu)
{
    return cpu->activity == ACTIVITY_WAITING_START || (cpu->activity == ACTIVITY_HALTED && !(cpu->rflags & EFLAGS_IF));
}

bool cpu_stands_still(const struct cpu *cpu)
{
    bool halted = cpu->activity != ACTIVITY_RUNNING && cpu->activity != ACTIVITY_SHUTDOWN;
    return halted && !(cpu->interrupt_request || cpu->nmi_pending || cpu->smi_pending || cpu->init_pending || cpu->stop_requested || cpu->breaks);
}

/* --- setting: each function says whether the name is one of its own --- */

/* r8 .. r15. */
static bool set_numbered(struct cpu *cpu, const char *name, u64 value)
{
    char *end;
    unsigned long n = (*name | 32) == 'r' && name[1] != '0' ? strtoul(name + 1, &end, 10) : 0;

    if (n < 8 || n > 15 || *end) return false;
    cpu->gpr[n] = value;
    return true;
}

static bool set_general(struct cpu *cpu, const char *name, u64 value)
{
    static const char *const word[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" };
    static const char *const byte[] = { "al", "cl", "dl", "bl", "ah", "ch", "dh", "bh" };

    for (unsigned n = 0; n < 8; n++) {
        unsigned shift = n & 4 ? 8 : 0;
        u64 *low = &cpu->gpr[n & 3], mask = 0xffull << shift;
        if (strcasecmp(name, word[n]) == 0)
            cpu->gpr[n] = (cpu->gpr[n] & ~0xffffull) | (value & 0xffff);
        else if ((*name | 32) == 'e' && strcasecmp(name + 1, word[n]) == 0)
            cpu->gpr[n] = (u32)value;
        else if ((*name | 32) == 'r' && strcasecmp(name + 1, word[n]) == 0) cpu->gpr[n] = value;
        else if (strcasecmp(name, byte[n]) == 0) *low = (*low & ~mask) | (value << shift & mask);
        else continue;
        return true;
    }
    return set_numbered(cpu, name, value);
}

/* IP, EFLAGS without VM (which only a transfer changes), the table registers. */
static bool set_special(struct cpu *cpu, const char *name, u64 value)
{
    if (!strcasecmp(name, "rip") || !strcasecmp(name, "eip") || !strcasecmp(name, "ip"))
        cpu->rip = code_64bit(cpu) ? value : (u32)value;
    else if (!strcasecmp(name, "eflags") || !strcasecmp(name, "rflags"))
        cpu_set_eflags(cpu, ((u32)value & eflags_known(cpu) & ~(u32)EFLAGS_VM) |
                       (cpu->rflags & EFLAGS_VM));
    else if (!strcasecmp(name, "gdtr_base")) cpu->gdtr_base = long_mode(cpu) ? value : (u32)value;
    else if (!strcasecmp(name, "idtr_base")) cpu->idtr_base = long_mode(cpu) ? value : (u32)value;
    else if (!strcasecmp(name, "gdtr_limit")) cpu->gdtr_limit = (u16)value;
    else if (!strcasecmp(name, "idtr_limit")) cpu->idtr_limit = (u16)value;
    else return false;
    return true;
}

/* The last fault as a message; it was none of the guest's and is not logged. */
static bool refused(struct error *err, const char *name, u64 value)
{
    return fail(err, "%s = %llxh: the processor does not allow that", name,
                (unsigned long long)value);
}

static bool is_numbered(const char *name, const char *prefix, unsigned *n)
{
    if (strncasecmp(name, prefix, 2) || name[2] < '0' || name[2] > '7' || name[3]) return false;
    *n = (unsigned)(name[2] - '0');
    return true;
}

static bool set_debug(struct cpu *cpu, unsigned n, u64 value)
{
    u64 guard = cpu->dr[7] & DR7_GD;
    u8 cpl = cpu->cpl;

    /* neither privilege nor GD stands in a debugger's way */
    cpu->cpl = 0;
    cpu->dr[7] &= ~guard;
    bool done = debug_write(cpu, n, value);
    cpu->cpl = cpl;
    if (n != 5 && n != 7) cpu->dr[7] |= guard;
    return done;
}

static bool set_segment_register(struct cpu *cpu, unsigned seg, u64 value, struct error *err)
{
    if (seg == CPU_SEG_CS && protected_mode(cpu))
        return fail(err, "cs cannot be set in protected mode: let the guest make a far transfer");
    return segment_load(cpu, seg, (u16)value) || refused(err, "the selector", value);
}

bool cpu_set_register(struct cpu *cpu, const char *name, u64 value, struct error *err)
{
    static const char *const segment[] = { "es", "cs", "ss", "ds", "fs", "gs" };
    unsigned n;

    if (set_general(cpu, name, value) || set_special(cpu, name, value)) return true;
    if (is_numbered(name, "cr", &n)) return control_set(cpu, n, value) || refused(err, name, value);
    if (is_numbered(name, "dr", &n)) return set_debug(cpu, n, value) || refused(err, name, value);
    for (unsigned seg = 0; seg < ARRAY_COUNT(segment); seg++)
        if (!strcasecmp(name, segment[seg])) return set_segment_register(cpu, seg, value, err);
    return fail(err, "there is no register \"%s\"", name);
}
