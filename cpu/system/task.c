/* Hardware task switches.  SDM vol. 3A, "Task Management", steps of "Task Switching".         doc: tasks */
#include "cpu/system/interrupt.h"

#include "cpu/memory/access.h"

enum { TSS_BUSY = 2, TSS_WIDE = 8 };

/* Where the 32-bit and the 16-bit TSS keep what a task is. */
struct tss_shape {
    u8 cr3, eip, eflags, gpr, selectors, ldt, trap, width;
    u8 segment_count, least_limit;
};
static const struct tss_shape shape_32 = { .cr3 = 28, .eip = 32, .eflags = 36, .gpr = 40, .selectors = 72, .ldt = 96, .trap = 100,
                                           .width = 4, .segment_count = 6, .least_limit = 103 };
static const struct tss_shape shape_16 = { .cr3 = 0, .eip = 14, .eflags = 16, .gpr = 18, .selectors = 34, .ldt = 42, .trap = 0,
                                           .width = 2, .segment_count = 4, .least_limit = 43 };

static const struct tss_shape *shape_of(unsigned type)
{
    return type & TSS_WIDE ? &shape_32 : &shape_16;
}

/* What the new task's TSS says, read before anything changes. */
struct new_task {
    u64 cr3, eip, eflags, gpr[8], selector[6], ldt, trap;
};

static bool check_tss(struct cpu *cpu, u16 selector, enum task_switch_by by, struct descriptor *d)
{
    struct fault_facts facts = { .selector = selector, .value = selector };
    bool is_return = by == TASK_IRET;

    if (!(selector & ~3u)) return fault_raise(cpu, is_return ? REASON_TSS_NOT_BUSY : REASON_TSS_NULL, facts);
    if (selector & 4) return fault_raise(cpu, is_return ? REASON_TSS_NOT_BUSY : REASON_TSS_LOCAL, facts);
    if (!descriptor_fetch(cpu, selector, d, is_return ? REASON_TSS_NOT_BUSY : REASON_TSS_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(d), type = rights & 31;
    facts.type = (u8)rights_type(rights);
    bool is_tss = (type & ~(unsigned)(TSS_BUSY | TSS_WIDE)) == 1, busy = type & TSS_BUSY;
    if (is_return && (!is_tss || !busy)) return fault_raise(cpu, REASON_TSS_NOT_BUSY, facts);
    if (!is_return && (!is_tss || busy)) return fault_raise(cpu, REASON_TSS_TYPE, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_TSS_NOT_PRESENT, facts);
    facts.limit = descriptor_limit(d);
    if (facts.limit < shape_of(type)->least_limit) return fault_raise(cpu, REASON_TSS_TOO_SHORT, facts);
    return true;
}

static bool read_task(struct cpu *cpu, u32 base, const struct tss_shape *s, struct new_task *t)
{
    *t = (struct new_task){ .cr3 = cpu->cr3 };
    if (s->cr3 && !system_read(cpu, base + s->cr3, 4, &t->cr3)) return false;
    if (!system_read(cpu, base + s->eip, s->width, &t->eip) || !system_read(cpu, base + s->eflags, s->width, &t->eflags)) return false;
    for (unsigned i = 0; i < 8; i++)
        if (!system_read(cpu, base + s->gpr + i * s->width, s->width, &t->gpr[i])) return false;
    for (unsigned i = 0; i < s->segment_count; i++)
        if (!system_read(cpu, base + s->selectors + i * s->width, 2, &t->selector[i])) return false;
    if (!system_read(cpu, base + s->ldt, 2, &t->ldt)) return false;
    return !s->trap || system_read(cpu, base + s->trap, 2, &t->trap);
}

static bool save_task(struct cpu *cpu, u32 eflags)
{
    const struct tss_shape *s = shape_of(rights_type(cpu->seg[CPU_SEG_TR].rights));
    u32 base = (u32)cpu->seg[CPU_SEG_TR].base;

    if (!system_write(cpu, base + s->eip, s->width, cpu->next_rip) || !system_write(cpu, base + s->eflags, s->width, eflags)) return false;
    for (unsigned i = 0; i < 8; i++)
        if (!system_write(cpu, base + s->gpr + i * s->width, s->width, cpu->gpr[i])) return false;
    for (unsigned i = 0; i < s->segment_count; i++)
        if (!system_write(cpu, base + s->selectors + i * s->width, 2, cpu->seg[i].selector)) return false;
    return true;
}

static bool set_busy(struct cpu *cpu, u16 selector, bool busy)
{
    u64 la = cpu->gdtr_base + (selector & ~7u) + 5, rights;
    if (!system_read(cpu, la, 1, &rights)) return false;
    return system_write(cpu, la, 1, busy ? rights | TSS_BUSY : rights & ~(u64)TSS_BUSY);
}

static bool load_task_ldt(struct cpu *cpu, u16 selector)
{
    struct descriptor d;
    struct fault_facts facts = { .selector = selector };

    segment_set_null(cpu, CPU_SEG_LDTR, selector);
    if (!(selector & ~3u)) return true;
    if (selector & 4) return fault_raise(cpu, REASON_TASK_LDT, facts);
    if (!descriptor_fetch(cpu, selector, &d, REASON_TASK_LDT)) return false;
    unsigned rights = descriptor_rights(&d);
    if ((rights & 31) != 2 || !(rights & RIGHTS_P)) return fault_raise(cpu, REASON_TASK_LDT, facts);
    segment_set(cpu, CPU_SEG_LDTR, selector, &d);
    return true;
}

static bool load_task_cs(struct cpu *cpu, u16 selector)
{
    struct descriptor d;
    unsigned rpl = selector & 3;
    struct fault_facts facts = { .selector = selector };

    if (!(selector & ~3u)) return fault_raise(cpu, REASON_TASK_CS, facts);
    if (!descriptor_fetch(cpu, selector, &d, REASON_TASK_CS)) return false;
    unsigned rights = descriptor_rights(&d), dpl = rights_dpl(rights);
    if (!(rights & RIGHTS_S) || !(rights & RIGHTS_CODE)) return fault_raise(cpu, REASON_TASK_CS, facts);
    if (rights & RIGHTS_CONFORMING ? dpl > rpl : dpl != rpl) return fault_raise(cpu, REASON_TASK_CS, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_TASK_CS_NOT_PRESENT, facts);
    return load_code_segment(cpu, selector, &d, rpl);
}

static bool load_task_ss(struct cpu *cpu, u16 selector)
{
    static const struct stack_reasons why = { REASON_TSS_SS_RPL, REASON_TSS_SS_TYPE, REASON_TSS_SS_DPL };
    struct descriptor d;

    if (!(selector & ~3u)) return FAULT(cpu, TSS_SS_NULL, .selector = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_TSS_SS_PAST_LIMIT)) return false;
    if (!stack_segment_check(cpu, selector, &d, cpu->cpl, &why) || !descriptor_set_accessed(cpu, &d)) return false;
    segment_set(cpu, CPU_SEG_SS, selector, &d);
    return true;
}

/* A data segment of the new task: the checks of a MOV, their #GP being #TS here. */
static bool load_task_data(struct cpu *cpu, unsigned seg, u16 selector)
{
    if (segment_load(cpu, seg, selector)) return true;
    if (cpu->fault.vector == VECTOR_GP) return FAULT(cpu, TASK_DATA, .selector = selector, .segment = (u8)seg, .cpl = cpu->cpl);
    return false;
}

static bool load_task_segments(struct cpu *cpu, const struct new_task *t)
{
    if (!load_task_ldt(cpu, (u16)t->ldt)) return false;
    if (v86_mode(cpu)) {
        cpu->cpl = 3;
        for (unsigned seg = 0; seg < 6; seg++) segment_set_real(cpu, seg, (u16)t->selector[seg]);
        return true;
    }
    if (!load_task_cs(cpu, (u16)t->selector[CPU_SEG_CS]) || !load_task_ss(cpu, (u16)t->selector[CPU_SEG_SS])) return false;
    static const u8 data[] = { CPU_SEG_ES, CPU_SEG_DS, CPU_SEG_FS, CPU_SEG_GS };
    for (unsigned i = 0; i < 4; i++)
        if (!load_task_data(cpu, data[i], (u16)t->selector[data[i]])) return false;
    return true;
}

/* Until its descriptors are loaded the new task has selectors only. */
static void forget_segments(struct cpu *cpu, const struct new_task *t)
{
    for (unsigned seg = 0; seg < 6; seg++) segment_set_null(cpu, seg, (u16)t->selector[seg]);
}

static void load_registers(struct cpu *cpu, const struct new_task *t, const struct tss_shape *s, enum task_switch_by by)
{
    for (unsigned i = 0; i < 8; i++) cpu->gpr[i] = s->width == 4 ? t->gpr[i] : 0xffff0000 | t->gpr[i];
    cpu->rip = cpu->next_rip = t->eip;
    cpu_set_eflags(cpu, (u32)t->eflags | (by == TASK_CALL || by == TASK_INTERRUPT ? (u32)EFLAGS_NT : 0));
    if (s->cr3 && cpu->cr0 & CR0_PG && cpu->cr3 != t->cr3) {
        cpu->cr3 = t->cr3;
        tlb_flush(cpu);
    }
    cpu->cr0 |= CR0_TS;
    cpu->dr[7] &= ~0x155ull;                 /* local breakpoints belong to the task that is left */
}

bool task_switch(struct cpu *cpu, u16 selector, enum task_switch_by by, bool push_error, u32 error_code)
{
    bool nests = by == TASK_CALL || by == TASK_INTERRUPT;
    u16 old = cpu->seg[CPU_SEG_TR].selector;
    struct descriptor d;
    struct new_task t;

    if (!check_tss(cpu, selector, by, &d)) return false;
    const struct tss_shape *s = shape_of(rights_type(descriptor_rights(&d)));
    u32 base = descriptor_base(&d);
    if (!read_task(cpu, base, s, &t)) return false;
    u32 saved = cpu_eflags(cpu) & (by == TASK_IRET ? ~(u32)EFLAGS_NT : ~0u);
    if (!save_task(cpu, saved)) return false;
    if (!nests && !set_busy(cpu, old, false)) return false;
    if (nests && !system_write(cpu, base, 2, old)) return false;
    if (by != TASK_IRET && !set_busy(cpu, selector, true)) return false;
    segment_set(cpu, CPU_SEG_TR, selector, &d);
    cpu->seg[CPU_SEG_TR].rights |= TSS_BUSY;
    /* the switch is committed: what fails from here on fails in the new task */
    load_registers(cpu, &t, s, by);
    forget_segments(cpu, &t);
    if (!load_task_segments(cpu, &t)) {
        mode_derive(cpu);
        return false;
    }
    mode_derive(cpu);
    if (t.trap & 1) cpu->debug_pending |= 1u << 15;                  /* DR6.BT */
    if (push_error && !stack_push(cpu, error_code, s->width)) return false;
    if (cpu->next_rip > cpu->seg[CPU_SEG_CS].limit)
        return FAULT(cpu, TARGET_PAST_LIMIT, .ea = cpu->next_rip, .limit = cpu->seg[CPU_SEG_CS].limit);
    return true;
}
