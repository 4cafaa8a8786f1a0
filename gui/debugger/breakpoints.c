#include "gui/debugger/breakpoints.h"

#include <stdio.h>

static bool stands_on(const struct breakpoint *p, const struct cpu *cpu, const struct cpu_view *v)
{
    const struct cpu_segment_view *cs = &v->seg[CPU_SEG_CS];
    u64 la = (u32)(cs->base + v->rip), pa;

    switch (p->kind) {
    case BREAK_LINEAR: return p->address == la;
    case BREAK_VIRTUAL: return p->selector == cs->selector && p->address == v->rip;
    default: return cpu_translate(cpu, la, &pa) && p->address == pa;
    }
}

/* The processor asks before every instruction; looking changes nothing of the guest. */
static bool watch(void *context)
{
    struct breakpoints *b = context;
    struct cpu_view v;
    bool armed = b->armed;

    b->armed = true;
    if (!armed) return false;
    cpu_view(machine_cpu(b->machine), &v);
    for (unsigned i = 0; i < BREAKPOINTS; i++) {
        struct breakpoint *p = &b->entry[i];
        if (!p->used || !p->enabled || !stands_on(p, machine_cpu(b->machine), &v)) continue;
        p->hits++;
        b->last = i + 1;
        return true;
    }
    return false;
}

void breakpoints_arm(struct breakpoints *b)
{
    bool any = false;
    for (unsigned i = 0; i < BREAKPOINTS; i++) any |= b->entry[i].used && b->entry[i].enabled;
    b->armed = false;
    cpu_set_watch(machine_cpu(b->machine), any ? watch : NULL, b);
}

unsigned breakpoint_add(struct breakpoints *b, const struct breakpoint *wanted)
{
    for (unsigned i = 0; i < BREAKPOINTS; i++) {
        if (b->entry[i].used) continue;
        b->entry[i] = *wanted;
        b->entry[i].used = b->entry[i].enabled = true;
        return i + 1;
    }
    return 0;
}

static bool exists(const struct breakpoints *b, unsigned number)
{
    return number >= 1 && number <= BREAKPOINTS && b->entry[number - 1].used;
}

bool breakpoint_delete(struct breakpoints *b, unsigned number)
{
    if (!exists(b, number)) return false;
    b->entry[number - 1] = (struct breakpoint){ 0 };
    return true;
}

bool breakpoint_enable(struct breakpoints *b, unsigned number, bool enabled)
{
    if (!exists(b, number)) return false;
    b->entry[number - 1].enabled = enabled;
    return true;
}

void breakpoint_list(const struct breakpoints *b)
{
    static const char *const kind[] = { "lbreakpoint", "pbreakpoint", "vbreakpoint" };

    puts("Num Type           Disp Enb Address            Hits");
    for (unsigned i = 0; i < BREAKPOINTS; i++) {
        const struct breakpoint *p = &b->entry[i];
        if (!p->used) continue;
        printf("%3u %-14s keep %c   ", i + 1, kind[p->kind], p->enabled ? 'y' : 'n');
        if (p->kind == BREAK_VIRTUAL) printf("0x%04x:0x%08llx", p->selector, (unsigned long long)p->address);
        else printf("0x%016llx", (unsigned long long)p->address);
        printf(" %llu\n", (unsigned long long)p->hits);
    }
}
