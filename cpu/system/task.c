/* Hardware task switches.  SDM vol. 3A, "Task Switching", whose steps this follows.      doc: tasks
 *
 *   32-bit TSS  +0 link  +28 CR3  +32 EIP  +36 EFLAGS  +40 EAX ECX EDX EBX ESP EBP ESI EDI
 *               +72 ES CS SS DS FS GS  +96 LDT  +100 T (bit 0)  +102 I/O map base
 *   16-bit TSS  +0 link  +14 IP  +16 FLAGS  +18 AX CX DX BX SP BP SI DI
 *               +34 ES CS SS DS  +42 LDT */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

struct tss_shape {
    u8 eip, eflags, gpr, selectors, ldt;     /* offsets */
    u8 width, segments;                      /* bytes of a field; segment registers kept */
    u8 least_limit;
};
enum { TSS_CR3 = 28, TSS_TRAP = 100 };

static const struct tss_shape shape_32 = {
    .eip = 32, .eflags = 36, .gpr = 40, .selectors = 72, .ldt = 96,
    .width = 4, .segments = 6, .least_limit = 103,
};
static const struct tss_shape shape_16 = {
    .eip = 14, .eflags = 16, .gpr = 18, .selectors = 34, .ldt = 42,
    .width = 2, .segments = 4, .least_limit = 43,
};

static const struct tss_shape *shape_of(unsigned rights)
{
    return rights & TYPE_32 ? &shape_32 : &shape_16;
}

/* --- the TSS that is to come --- */

static bool is_tss(unsigned rights)
{
    return (rights & (RIGHTS_S | 15) & ~(unsigned)(TYPE_BUSY | TYPE_32)) == TYPE_TSS_16;
}

/* IRET says #TS of a back link that is none; everybody else #GP of a selector that is none. */
static bool tss_fetch(struct cpu *cpu, u16 selector, bool by_iret, struct descriptor *d)
{
    struct fault_facts facts = { .selector = selector };

    cpu->procedure = PROCEDURE_TASK_SWITCH;
    if (selector_is_null(selector))
        return fault_raise(cpu, by_iret ? REASON_TSS_NOT_BUSY : REASON_TSS_NULL, facts);
    if (selector & 4)
        return fault_raise(cpu, by_iret ? REASON_TSS_NOT_BUSY : REASON_TSS_LOCAL, facts);
    if (!descriptor_fetch(cpu, selector, d, by_iret ? REASON_TSS_NOT_BUSY : REASON_TSS_PAST_LIMIT))
        return false;
    unsigned rights = descriptor_rights(d);
    facts = descriptor_facts(selector, d);
    bool busy = rights & TYPE_BUSY;
    if (!is_tss(rights) || busy != by_iret)
        return fault_raise(cpu, by_iret ? REASON_TSS_NOT_BUSY : REASON_TSS_TYPE, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_TSS_NOT_PRESENT, facts);
    if (facts.limit < shape_of(rights)->least_limit)
        return fault_raise(cpu, REASON_TSS_TOO_SHORT, facts);
    return true;
}

static bool read_fields(struct cpu *cpu, u64 la, unsigned count, unsigned step, unsigned size,
                        u64 *field)
{
    for (unsigned i = 0; i < count; i++)
        if (!system_read(cpu, la + i * step, size, &field[i])) return false;
    return true;
}

/* A 16-bit TSS leaves the upper halves of the general registers undefined: they become ones, as on
 * a 386. */
static bool task_read(struct cpu *cpu, const struct descriptor *d, struct task_state *t)
{
    const struct tss_shape *s = shape_of(descriptor_rights(d));
    u64 base = descriptor_base(d), trap = 0;

    *t = (struct task_state){ .wide = s == &shape_32 };
    if (!read_fields(cpu, base + s->eip, 1, 0, s->width, &t->eip)) return false;
    if (!read_fields(cpu, base + s->eflags, 1, 0, s->width, &t->eflags)) return false;
    if (!read_fields(cpu, base + s->gpr, 8, s->width, s->width, t->gpr)) return false;
    if (!read_fields(cpu, base + s->selectors, s->segments, s->width, 2, t->selector)) return false;
    if (!read_fields(cpu, base + s->ldt, 1, 0, 2, &t->ldt)) return false;
    for (unsigned i = 0; !t->wide && i < 8; i++) t->gpr[i] |= 0xffff0000;
    if (!t->wide) return true;
    if (!read_fields(cpu, base + TSS_CR3, 1, 0, 4, &t->cr3) ||
        !read_fields(cpu, base + TSS_TRAP, 1, 0, 2, &trap))
        return false;
    t->trap = trap & 1;
    return true;
}

/* --- the task that is left --- */

static bool write_fields(struct cpu *cpu, u64 la, unsigned count, unsigned step, unsigned size,
                         const u64 *field)
{
    for (unsigned i = 0; i < count; i++)
        if (!system_write(cpu, la + i * step, size, field[i])) return false;
    return true;
}

static bool task_save(struct cpu *cpu, u64 eflags)
{
    const struct segment *tss = &cpu->seg[CPU_SEG_TR];
    const struct tss_shape *s = shape_of(tss->rights);
    u64 selector[6];

    for (unsigned seg = 0; seg < 6; seg++) selector[seg] = cpu->seg[seg].selector;
    return write_fields(cpu, tss->base + s->eip, 1, 0, s->width, &cpu->next_rip) &&
           write_fields(cpu, tss->base + s->eflags, 1, 0, s->width, &eflags) &&
           write_fields(cpu, tss->base + s->gpr, 8, s->width, s->width, cpu->gpr) &&
           write_fields(cpu, tss->base + s->selectors, s->segments, s->width, 2, selector);
}

static u64 busy_byte(const struct cpu *cpu, u16 selector)
{
    return cpu->gdtr_base + (selector & ~7u) + 5;
}

static bool set_busy(struct cpu *cpu, u16 selector, bool busy)
{
    u64 rights;

    if (!system_read(cpu, busy_byte(cpu, selector), 1, &rights)) return false;
    rights = busy ? rights | TYPE_BUSY : rights & ~(u64)TYPE_BUSY;
    return system_write(cpu, busy_byte(cpu, selector), 1, rights);
}

/* Everything that will be written, so that no page fault comes between the writes. */
static bool probe_writes(struct cpu *cpu, u16 selector, u64 new_base, bool nests)
{
    const struct segment *old = &cpu->seg[CPU_SEG_TR];
    const struct tss_shape *s = shape_of(old->rights);
    unsigned last = s->selectors + s->segments * s->width - 2u;

    return system_probe_write(cpu, old->base + s->eip, s->width) &&
           system_probe_write(cpu, old->base + last, 2) &&
           system_probe_write(cpu, busy_byte(cpu, old->selector), 1) &&
           system_probe_write(cpu, busy_byte(cpu, selector), 1) &&
           (!nests || system_probe_write(cpu, new_base, 2));
}

bool task_leave(struct cpu *cpu, u16 selector, enum task_switch_by by, struct task_state *incoming)
{
    bool nests = by == TASK_CALL || by == TASK_INTERRUPT, by_iret = by == TASK_IRET;
    u16 old = cpu->seg[CPU_SEG_TR].selector;
    struct descriptor d;

    if (!tss_fetch(cpu, selector, by_iret, &d)) return false;
    u64 base = descriptor_base(&d);
    if (!task_read(cpu, &d, incoming) || !probe_writes(cpu, selector, base, nests)) return false;
    u32 eflags = cpu_eflags(cpu) & (by_iret ? ~(u32)EFLAGS_NT : ~0u);
    if (!nests && !set_busy(cpu, old, false)) return false;
    if (!task_save(cpu, eflags)) return false;
    if (nests && !system_write(cpu, base, 2, old)) return false;
    if (!by_iret && !set_busy(cpu, selector, true)) return false;
    if (nests) incoming->eflags |= EFLAGS_NT;
    segment_set(cpu, CPU_SEG_TR, selector, &d);
    cpu->seg[CPU_SEG_TR].rights |= TYPE_BUSY;
    breaks_catch(cpu, CPU_CATCH_TASK, selector, 1, old);
    return true;
}

/* --- the new task, in its own context --- */

static bool load_ldt(struct cpu *cpu, u16 selector)
{
    struct fault_facts facts = { .selector = selector };
    struct descriptor d;

    segment_set_null(cpu, CPU_SEG_LDTR, selector);
    if (selector_is_null(selector)) return true;
    if (selector & 4) return fault_raise(cpu, REASON_TASK_LDT, facts);
    if (!descriptor_fetch(cpu, selector, &d, REASON_TASK_LDT)) return false;
    unsigned rights = descriptor_rights(&d);
    if ((rights & (RIGHTS_S | 15)) != TYPE_LDT || !(rights & RIGHTS_P))
        return fault_raise(cpu, REASON_TASK_LDT, facts);
    segment_set(cpu, CPU_SEG_LDTR, selector, &d);
    return true;
}

static bool load_cs(struct cpu *cpu, u16 selector)
{
    unsigned rpl = selector_rpl(selector);
    struct descriptor d;

    if (selector_is_null(selector))
        return FAULT(cpu, TASK_CS, .selector = selector, .rpl = (u8)rpl);
    if (!descriptor_fetch(cpu, selector, &d, REASON_TASK_CS)) return false;
    unsigned rights = descriptor_rights(&d), dpl = rights_dpl(rights);
    struct fault_facts facts = descriptor_facts(selector, &d);
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE))
        return fault_raise(cpu, REASON_TASK_CS, facts);
    if (rights & RIGHTS_CONFORMING ? dpl > rpl : dpl != rpl)
        return fault_raise(cpu, REASON_TASK_CS, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_TASK_CS_NOT_PRESENT, facts);
    if (!descriptor_set_accessed(cpu, &d)) return false;
    code_segment_enter(cpu, selector, &d, rpl, cpu->next_rip);
    return true;
}

static bool load_ss(struct cpu *cpu, u16 selector)
{
    struct descriptor d;

    if (!stack_segment_fetch(cpu, selector, cpu->cpl, &stack_reasons_ts, &d)) return false;
    segment_set(cpu, CPU_SEG_SS, selector, &d);
    mode_derive(cpu);
    return true;
}

/* The checks of a MOV, their #GP being #TS here. */
static bool load_data(struct cpu *cpu, unsigned seg, u16 selector)
{
    if (segment_load(cpu, seg, selector)) return true;
    if (cpu->fault.vector != VECTOR_GP) return false;
    return FAULT(cpu, TASK_DATA, .selector = selector, .segment = (u8)seg);
}

static bool load_segments(struct cpu *cpu, const struct task_state *t)
{
    static const u8 data[] = { CPU_SEG_ES, CPU_SEG_DS, CPU_SEG_FS, CPU_SEG_GS };

    if (!load_ldt(cpu, (u16)t->ldt)) return false;
    if (v86_mode(cpu)) {
        for (unsigned seg = 0; seg < 6; seg++) segment_set_real(cpu, seg, (u16)t->selector[seg]);
        return true;
    }
    if (!load_cs(cpu, (u16)t->selector[CPU_SEG_CS]) || !load_ss(cpu, (u16)t->selector[CPU_SEG_SS]))
        return false;
    for (unsigned i = 0; i < ARRAY_COUNT(data); i++)
        if (!load_data(cpu, data[i], (u16)t->selector[data[i]])) return false;
    return true;
}

/* Registers, and selectors without descriptors: what holds while the segments are being loaded. */
static void load_registers(struct cpu *cpu, const struct task_state *t)
{
    memcpy(cpu->gpr, t->gpr, sizeof t->gpr);
    cpu->rip = cpu->next_rip = t->eip;
    cpu_set_eflags(cpu, (u32)t->eflags & eflags_known(cpu));
    cpu->cpl = v86_mode(cpu) ? 3 : selector_rpl((u16)t->selector[CPU_SEG_CS]);
    if (t->wide && cpu->cr0 & CR0_PG) control_set(cpu, 3, t->cr3);
    cpu->cr0 |= CR0_TS;
    /* L0..L3, LE: local breakpoints belong to the task that was left */
    cpu->dr[7] &= ~0x155ull;
    for (unsigned seg = 0; seg < 6; seg++) segment_set_null(cpu, seg, (u16)t->selector[seg]);
    if (t->trap) cpu->debug_pending |= DR6_BT;
}

bool task_enter(struct cpu *cpu, const struct task_state *t, bool push_error, u32 error_code)
{
    load_registers(cpu, t);
    bool loaded = load_segments(cpu, t);
    mode_derive(cpu);
    if (!loaded) return false;
    if (push_error && !stack_push(cpu, error_code, t->wide ? 4 : 2)) return false;
    if (!target_within(cpu, cpu->next_rip, cpu->seg[CPU_SEG_CS].limit)) return false;
    if (v86_mode(cpu)) check_virtual_interrupt(cpu);
    return true;
}

bool task_switch(struct cpu *cpu, u16 selector, enum task_switch_by by)
{
    struct task_state incoming;

    if (!task_leave(cpu, selector, by, &incoming)) return false;
    if (!task_enter(cpu, &incoming, false, 0)) {
        cpu_sync_time(cpu);
        exception_deliver(cpu);
        cpu->next_rip = cpu->rip;
    }
    return procedure_done(cpu);
}
