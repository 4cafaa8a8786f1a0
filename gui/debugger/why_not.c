/* 8259A, I/O APIC 82093AA, local APIC (SDM vol. 3A, "Interrupt, Task, and Processor Priority"), and what the processor itself asks (SDM vol. 3A,
 * "Masking Maskable Hardware Interrupts").  Everything is read off the state tables.                  doc: debugger */
#include "gui/debugger/why_not.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gui/debugger/descriptors.h"

enum { IRQS = 16, CASCADE = 2, EFLAGS_IF_BIT = 9, APIC_ENABLED = 1 << 11, LVT_LINT0 = 3, LVT_MASKED = 1 << 16, MODE_EXTINT = 7, MODE_FIXED = 0, MODE_LOWEST = 1 };
enum { ENTRY_MASKED = 1 << 16, ENTRY_LEVEL = 1 << 15, ENTRY_REMOTE_IRR = 1 << 14 };
enum { RUNNING = 0, HALTED = 1, SHUTDOWN = 2, WAITING = 3, WAITING_START = 4, HELD_BACK = 1 };

/* --- state by name --- */

static bool has_part(struct machine *m, const char *part)
{
    const void *instance;
    return machine_device_state(m, part, &instance) != NULL;
}

/* 0 where there is no such part or field. */
static u64 value_of(struct machine *m, const char *part, const char *name, u32 i)
{
    const void *instance;
    const struct state_layout *layout = machine_device_state(m, part, &instance);

    for (u32 f = 0; layout && f < layout->count; f++)
        if (!strcmp(layout->fields[f].name, name)) return state_get(&layout->fields[f], instance, i);
    return 0;
}

static u64 cpu_value(struct machine *m, const char *part, const char *name, u32 i)
{
    char text[32];
    snprintf(text, sizeof text, "cpu%u%s", cpu_number(machine_cpu(m)), part);
    return value_of(m, text, name, i);
}

/* --- stations --- */

struct way {
    struct machine *m;
    bool blocked;                /* something has been in the way */
};

/* Says whether it is so; the first that is not is what is in the way. */
static bool __attribute__((format(printf, 3, 4))) station(struct way *w, bool is_so, const char *format, ...)
{
    va_list arguments;

    printf("    %s ", is_so ? "ok    " : w->blocked ? "also  " : "STOPS ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    w->blocked |= !is_so;
    return is_so;
}

/* Which request in service keeps IR n from being served; -1: none.  8259A data sheet, "Fully Nested Mode", "Special Mask Mode". */
static int blocker(struct machine *m, const char *pic, unsigned n)
{
    unsigned lowest = (unsigned)value_of(m, pic, "lowest", 0);
    u8 in_service = (u8)value_of(m, pic, "isr", 0);

    if (value_of(m, pic, "special_mask", 0)) in_service &= (u8)~value_of(m, pic, "imr", 0);
    for (unsigned i = 1; i <= 8; i++) {
        unsigned at = (lowest + i) & 7;
        if (in_service >> at & 1) return (int)at;
        if (at == n) return -1;
    }
    return -1;
}

/* One 8259A: request, mask, service. */
static void by_pic(struct way *w, const char *pic, unsigned n, bool cascade)
{
    struct machine *m = w->m;
    bool requested = value_of(m, pic, "irr", 0) >> n & 1, high = value_of(m, pic, "lines", 0) >> n & 1, level = value_of(m, pic, "elcr", 0) >> n & 1;
    int in_service = blocker(m, pic, n);

    station(w, !value_of(m, pic, "icw_expected", 0) && value_of(m, pic, "icw", 1), "%s is initialized (ICW1 to ICW4)", pic);
    if (requested) station(w, true, "%s: IR%u is requested (IRR bit %u)", pic, n, n);
    else if (cascade) station(w, false, "%s: IR%u is not requested: the other 8259A hands nothing on", pic, n);
    else if (!high) station(w, false, "%s: IR%u is low: the device asks for nothing", pic, n);
    else station(w, false, "%s: IR%u is high but its edge has been served: it is %s, so the device must let go of it first", pic, n, level ? "level triggered" : "edge triggered");
    station(w, !(value_of(m, pic, "imr", 0) >> n & 1), "%s: IR%u is not masked (IMR = %02x)", pic, n, (unsigned)value_of(m, pic, "imr", 0));
    if (in_service < 0) station(w, true, "%s: nothing of its priority or a higher one is in service (ISR = %02x)", pic, (unsigned)value_of(m, pic, "isr", 0));
    else station(w, false, "%s: IR%d is in service (ISR = %02x) and no EOI has come", pic, in_service, (unsigned)value_of(m, pic, "isr", 0));
}

/* What the processor asks before it takes an interrupt. */
static void by_processor(struct way *w, unsigned vector)
{
    static const char *const does[] = { "runs", "is halted, and wakes up by it", "is shut down", "waits by MWAIT, and wakes up by it", "waits for a start-up message" };
    struct machine *m = w->m;
    u64 activity = cpu_value(m, "", "activity", 0);
    struct error err = { 0 };

    station(w, activity != SHUTDOWN && activity != WAITING_START, "the processor %s", does[activity % 5]);
    station(w, cpu_value(m, "", "rflags", 0) >> EFLAGS_IF_BIT & 1, "EFLAGS.IF = 1");
    station(w, cpu_value(m, "", "shadow_tick", 0) != machine_tick(m), "the instruction before was no STI, MOV SS or POP SS");
    if (has_part(m, "perturb") && value_of(m, "perturb", "slot", cpu_number(machine_cpu(m))) == HELD_BACK)
        station(w, false, "perturb: timer= holds it back until tick %llu", (unsigned long long)value_of(m, "perturb", "open", cpu_number(machine_cpu(m))));
    printf("    its handler:\n");
    if (!show_gate(machine_cpu(m), vector, "      ", &err)) station(w, false, "%.*s", (int)strcspn(err.text, "\n"), err.text);
}

static void by_8259(struct way *w, unsigned irq)
{
    struct machine *m = w->m;
    bool slave = irq >= 8, apic = cpu_value(m, "", "apic_base", 0) & APIC_ENABLED && has_part(m, "cpu0.apic");
    u32 lint0 = (u32)cpu_value(m, ".apic", "lvt", LVT_LINT0);
    unsigned vector = (unsigned)(value_of(m, slave ? "pic2" : "pic1", "icw", 2) & 0xf8) | (irq & 7);

    printf("  by the 8259A, as vector %02x:\n", vector);
    by_pic(w, slave ? "pic2" : "pic1", irq & 7, false);
    if (slave) by_pic(w, "pic1", CASCADE, true);
    if (apic) {
        station(w, cpu_value(m, ".apic", "svr", 0) >> 8 & 1, "the local APIC is enabled by software (SVR bit 8)");
        station(w, !(lint0 & LVT_MASKED) && (lint0 >> 8 & 7) == MODE_EXTINT, "its LINT0 hands on what the 8259A asks for (LVT LINT0 = %x)", lint0);
    }
    by_processor(w, vector);
}

/* The highest bit of a register of 256, or -1. */
static int highest(struct machine *m, const char *name)
{
    for (int i = 7; i >= 0; i--) {
        u32 word = (u32)cpu_value(m, ".apic", name, (u32)i);
        if (word) return i * 32 + 31 - __builtin_clz(word);
    }
    return -1;
}

static void by_apics(struct way *w, unsigned irq)
{
    struct machine *m = w->m;
    unsigned pin = irq ? irq : 2;                /* the timer comes at INTIN2 */
    u64 entry = value_of(m, "ioapic", "entry", pin);
    unsigned vector = entry & 0xff, mode = entry >> 8 & 7;
    bool high = value_of(m, "ioapic", "pins", 0) >> pin & 1, level = entry & ENTRY_LEVEL;
    bool waits_there = cpu_value(m, ".apic", "irr", vector / 32) >> (vector & 31) & 1;
    unsigned tpr = (unsigned)cpu_value(m, ".apic", "tpr", 0);
    int in_service = highest(m, "isr");
    unsigned class = in_service > (int)tpr ? (unsigned)in_service >> 4 : tpr >> 4;

    printf("  by the I/O APIC, INTIN%u, as vector %02x (entry %016llx):\n", pin, vector, (unsigned long long)entry);
    if (!station(w, !(entry & ENTRY_MASKED), "the redirection entry is not masked (bit 16)")) return;
    station(w, vector >= 16 && (mode == MODE_FIXED || mode == MODE_LOWEST), "it has a vector from 10h on, delivered as fixed or to the lowest priority");
    station(w, waits_there || (level ? high && !(entry & ENTRY_REMOTE_IRR) : value_of(m, "ioapic", "waiting", 0) >> pin & 1),
            level && entry & ENTRY_REMOTE_IRR ? "level triggered: the last one has had its EOI (remote IRR, bit 14)" : "the pin asks, or its request has gone on (%s triggered, %s)", level ? "level" : "edge",
            high ? "high" : "low");
    station(w, cpu_value(m, "", "apic_base", 0) & APIC_ENABLED, "the local APIC is enabled (IA32_APIC_BASE bit 11)");
    station(w, cpu_value(m, ".apic", "svr", 0) >> 8 & 1, "and by software (SVR bit 8)");
    station(w, waits_there, "cpu%u's local APIC has it in its IRR (destination %02x, %s; APIC ID %02x)", cpu_number(machine_cpu(m)), (unsigned)(entry >> 56), entry >> 11 & 1 ? "logical" : "physical",
            (unsigned)cpu_value(m, ".apic", "id", 0));
    station(w, vector >> 4 > class, "its priority class %x is above the processor's, %x (TPR %02x, vector in service %02x, 00: none)", vector >> 4, class, tpr, in_service < 0 ? 0 : (unsigned)in_service);
    by_processor(w, vector);
}

static void verdict(const struct way *w)
{
    if (!w->blocked) puts("  nothing is in the way: it will be taken before the next instruction");
}

bool why_not_irq(struct machine *m, unsigned irq, struct error *err)
{
    struct way pic = { .m = m }, apics = { .m = m };

    if (irq >= IRQS) return fail(err, "why not %u: IRQ 0 to 15", irq);
    printf("IRQ %u\n", irq);
    by_8259(&pic, irq);
    verdict(&pic);
    if (!has_part(m, "ioapic")) return true;
    by_apics(&apics, irq);
    verdict(&apics);
    return true;
}

static bool asked_for(struct machine *m, unsigned irq)
{
    const char *pic = irq >= 8 ? "pic2" : "pic1";
    return irq != CASCADE && (value_of(m, pic, "lines", 0) | value_of(m, pic, "irr", 0)) >> (irq & 7) & 1;
}

bool why_not_any(struct machine *m, struct error *err)
{
    bool any = false;

    for (unsigned irq = 0; irq < IRQS; irq++) {
        if (!asked_for(m, irq)) continue;
        why_not_irq(m, irq, err);
        any = true;
    }
    return any || fail(err, "no device asks for an interrupt; why not N looks at IRQ N all the same");
}
