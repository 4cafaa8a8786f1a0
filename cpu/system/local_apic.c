/* The local APIC: requests by priority, the local vector table, interprocessor interrupts.
 *                                                                                doc: local-apic
 *    INTR ── LINT0 ─┐                      IRR ── TMR          TPR ─┐
 *    NMI  ── LINT1 ─┤ local vector table ──> |   highest vector     ├─ PPR: only a class above it
 *    timer, error ──┘      fixed             v   above PPR          │       reaches the processor
 *    ICR, SELF IPI ────────────────────────> ISR ───────────────────┘
 *                     NMI, SMI, INIT, ExtINT go to the processor without that
 *
 * Source: SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)".
 * Not modelled: the time that arbitration among processors takes; the spurious vector, which answers
 * an acknowledge whose request has just been masked: here both happen at one boundary, so there is
 * always a request. */
#include "cpu/system/local_apic.h"

#include <string.h>

#include "cpu/run/processor.h"
#include "cpu/system/system.h"

#define STATE_OWNER struct local_apic
STATE_LAYOUT(local_apic_layout, "local_apic", LOCAL_APIC_STATE);
#undef STATE_OWNER

enum { NONE = -1 };

/* --- what this model's APIC is --- */

bool apic_enabled(const struct cpu *cpu)
{
    return has(cpu, FEATURE_APIC) && cpu->apic_base & APIC_BASE_ENABLED;
}

bool apic_extended(const struct cpu *cpu)
{
    return apic_enabled(cpu) && cpu->apic_base & APIC_BASE_EXTENDED;
}

static bool amd(const struct cpu *cpu)
{
    return !strcmp(cpu->model->vendor, "AuthenticAMD");
}

/* The APICs of the front-side bus came with the Pentium 4's thermal monitor, AMD's with the
 * Athlon 64; no model of 64 bits has one of the serial bus. */
enum apic_generation apic_generation(const struct cpu *cpu)
{
    if (cpu->model->family < 6) return APIC_PENTIUM;
    return cpu->model->family >= 15 || has(cpu, FEATURE_ACPI) || has(cpu, FEATURE_LM) ? APIC_XAPIC : APIC_P6;
}

/* "Local Vector Table": which entries came with which family. */
bool apic_has_entry(const struct cpu *cpu, unsigned entry)
{
    if (entry == LVT_THERMAL) return apic_generation(cpu) == APIC_XAPIC;
    return entry != LVT_PERFORMANCE || apic_generation(cpu) != APIC_PENTIUM;
}

/* "Local APIC Version Register": version, number of the last LVT entry, directed EOI.  AMD's first
 * ones say 10h. */
u32 apic_version(const struct cpu *cpu)
{
    static const u8 version[] = { [APIC_PENTIUM] = 0x10, [APIC_P6] = 0x11, [APIC_XAPIC] = 0x14 };
    u32 v = amd(cpu) ? 0x10 : has(cpu, FEATURE_X2APIC) ? 0x15 : version[apic_generation(cpu)];
    unsigned last = LVT_ENTRIES - 1;

    for (unsigned entry = 0; entry < LVT_ENTRIES; entry++) last -= !apic_has_entry(cpu, entry);
    return v | last << 16 | (has(cpu, FEATURE_X2APIC) ? 1u << 24 : 0);
}

/* --- sets of vectors --- */

static int highest(const u32 *set)
{
    for (int word = 7; word >= 0; word--)
        if (set[word]) return word * 32 + 31 - __builtin_clz(set[word]);
    return NONE;
}

static void put_bit(u32 *set, unsigned vector, bool on)
{
    u32 one = 1u << (vector & 31);
    set[vector >> 5] = on ? set[vector >> 5] | one : set[vector >> 5] & ~one;
}

static bool test_bit(const u32 *set, unsigned vector)
{
    return set[vector >> 5] >> (vector & 31) & 1;
}

/* --- pure functions of the state --- */

/* "Task and Processor Priorities". */
unsigned apic_processor_priority(const struct local_apic *a)
{
    int serving = highest(a->isr);
    unsigned served_class = serving == NONE ? 0 : (unsigned)serving & 0xf0;

    return (a->tpr & 0xf0u) >= served_class ? a->tpr : served_class;
}

/* "Determination of the Arbitration Priority", P6 family. */
unsigned apic_arbitration_priority(const struct local_apic *a)
{
    int waiting = highest(a->irr), serving = highest(a->isr);
    unsigned irrv = waiting == NONE ? 0 : (unsigned)waiting & 0xf0;
    unsigned isrv = serving == NONE ? 0 : (unsigned)serving & 0xf0, task = a->tpr & 0xf0u;

    if (task >= irrv && task > isrv) return a->tpr;
    return (task & isrv) > irrv ? task & isrv : irrv;
}

/* The vector to put to the processor, or NONE. */
static int deliverable(const struct local_apic *a)
{
    int vector = highest(a->irr);
    return vector != NONE && vector >> 4 > (int)(apic_processor_priority(a) >> 4) ? vector : NONE;
}

static enum delivery_mode delivery(u32 lvt_or_icr)
{
    return (enum delivery_mode)(lvt_or_icr >> 8 & 7);
}

/* A LINT pin says something: its level, by the polarity of its entry. */
static bool asserted(const struct cpu *cpu, unsigned lint)
{
    bool level = lint ? cpu->nmi_level : cpu->intr;
    return level != !!(cpu->apic.lvt[LVT_LINT0 + lint] & LVT_ACTIVE_LOW);
}

/* ExtINT is level-sensitive, whatever the entry's trigger mode says; only LINT0 has an 8259A behind
 * it. */
static bool extint_waits(const struct cpu *cpu)
{
    u32 lvt = cpu->apic.lvt[LVT_LINT0];
    return !(lvt & LVT_MASKED) && delivery(lvt) == DELIVER_EXTINT && asserted(cpu, 0);
}

static bool requests(const struct cpu *cpu)
{
    return deliverable(&cpu->apic) != NONE || extint_waits(cpu) || cpu->apic.extint;
}

void apic_update(struct cpu *cpu)
{
    bool request = apic_enabled(cpu) ? requests(cpu) : cpu->intr;

    if (cpu->bus.hold_interrupt) {
        cpu_sync_time(cpu);
        request = !cpu->bus.hold_interrupt(cpu->bus.board, cpu->number, request) && request;
    }
    cpu->interrupt_request = request;
    if (cpu->interrupt_request) cpu_leave_after_instruction(cpu);
}

void cpu_look_for_interrupts(struct cpu *cpu) { apic_update(cpu); }

/* --- errors --- */

/* The first error since ESR was written interrupts; that write arms it again.  "Error Handling". */
void apic_error(struct cpu *cpu, u8 bit)
{
    bool first = !cpu->apic.errors;

    cpu->apic.errors |= bit;
    if (first) apic_local(cpu, LVT_ERROR);
}

/* --- requests that come --- */

/* While SVR bit 8 is 0 no fixed interrupt is accepted; those that wait stay.  "Local APIC State
 * After It Has Been Software Disabled". */
static bool accept_fixed(struct cpu *cpu, u8 vector, bool level_triggered)
{
    struct local_apic *a = &cpu->apic;

    if (!(a->svr & SVR_ENABLED)) return false;
    if (vector < 16) {
        apic_error(cpu, ESR_RECEIVE_VECTOR);
        return false;
    }
    put_bit(a->irr, vector, true);
    put_bit(a->tmr, vector, level_triggered);
    return true;
}

bool apic_accept(struct cpu *cpu, enum delivery_mode mode, u8 vector, bool level_triggered)
{
    bool accepted = true;

    switch (mode) {
    case DELIVER_FIXED: case DELIVER_LOWEST_PRIORITY:
        accepted = accept_fixed(cpu, vector, level_triggered);
        break;
    case DELIVER_SMI: smm_request(cpu); break;
    case DELIVER_NMI: cpu->nmi_pending = true; break;
    case DELIVER_INIT: cpu->init_pending = true; break;
    case DELIVER_START_UP: cpu_start_up(cpu, vector); break;
    case DELIVER_REMOTE_READ: break;
    case DELIVER_EXTINT: cpu->apic.extint = true; break;
    }
    cpu_leave_after_instruction(cpu);
    apic_update(cpu);
    return accepted;
}

void apic_local(struct cpu *cpu, enum lvt_entry entry)
{
    u32 lvt = cpu->apic.lvt[entry];
    if (!(lvt & LVT_MASKED)) apic_accept(cpu, delivery(lvt), (u8)(lvt & LVT_VECTOR), false);
}

/* --- the pins --- */

/* LINT1 knows no level-triggered interrupts, NMI, SMI and INIT are edge-sensitive anyway. */
static bool level_triggered(const struct cpu *cpu, unsigned lint)
{
    u32 lvt = cpu->apic.lvt[LVT_LINT0 + lint];
    return lint == 0 && delivery(lvt) == DELIVER_FIXED && lvt & LVT_LEVEL;
}

/* A level asks again as long as it stands and the last one has had its EOI (remote IRR). */
static void look_at_level(struct cpu *cpu)
{
    u32 *lvt = &cpu->apic.lvt[LVT_LINT0];

    if (!level_triggered(cpu, 0) || !asserted(cpu, 0)) return;
    if (*lvt & (LVT_MASKED | LVT_REMOTE_IRR)) return;
    if (accept_fixed(cpu, (u8)(*lvt & LVT_VECTOR), true)) *lvt |= LVT_REMOTE_IRR;
}

void apic_set_pin(struct cpu *cpu, unsigned lint, bool level)
{
    bool *pin = lint ? &cpu->nmi_level : &cpu->intr, changed = *pin != level;

    *pin = level;
    if (!apic_enabled(cpu)) {
        cpu->nmi_pending |= lint && level && changed;
    } else if (changed && asserted(cpu, lint)) {
        if (level_triggered(cpu, lint)) look_at_level(cpu);
        else apic_local(cpu, LVT_LINT0 + lint);
    }
    apic_update(cpu);
}

/* --- the local vector table and its switch --- */

void apic_lvt_write(struct cpu *cpu, enum lvt_entry entry, u32 value)
{
    struct local_apic *a = &cpu->apic;

    if (!(a->svr & SVR_ENABLED)) value |= LVT_MASKED;
    if (entry == LVT_TIMER) apic_timer_set_mode(cpu, value);
    value |= a->lvt[entry] & LVT_REMOTE_IRR;
    a->lvt[entry] = value;
    if (!level_triggered(cpu, 0)) a->lvt[LVT_LINT0] &= ~LVT_REMOTE_IRR;
    look_at_level(cpu);
    apic_update(cpu);
}

/* Vector bits 3-0 are ones up to the P6 family.  "Spurious-Interrupt Vector Register". */
void apic_svr_write(struct cpu *cpu, u32 value)
{
    struct local_apic *a = &cpu->apic;

    a->svr = (u16)(value | (apic_generation(cpu) == APIC_XAPIC ? 0 : 15));
    if (!(a->svr & SVR_ENABLED))
        for (unsigned entry = 0; entry < LVT_ENTRIES; entry++) a->lvt[entry] |= LVT_MASKED;
    apic_update(cpu);
}

/* --- towards the processor --- */

u8 apic_acknowledge(struct cpu *cpu)
{
    struct local_apic *a = &cpu->apic;
    int vector = apic_enabled(cpu) ? deliverable(a) : NONE;

    if (vector == NONE) {
        a->extint = false;
        apic_update(cpu);
        return cpu->bus.interrupt_acknowledge(cpu->bus.board);
    }
    put_bit(a->irr, (unsigned)vector, false);
    put_bit(a->isr, (unsigned)vector, true);
    apic_update(cpu);
    return (u8)vector;
}

/* "Signaling Interrupt Servicing Completion": I/O APICs hear of it, unless SVR[12] suppresses the broadcast. */
void apic_end_of_interrupt(struct cpu *cpu)
{
    struct local_apic *a = &cpu->apic;
    int vector = highest(a->isr);

    if (vector == NONE) return;
    put_bit(a->isr, (unsigned)vector, false);
    if (test_bit(a->tmr, (unsigned)vector) && !(a->svr & SVR_NO_BROADCAST) && cpu->bus.end_of_interrupt) cpu->bus.end_of_interrupt(cpu->bus.board, (u8)vector);
    if (test_bit(a->tmr, (unsigned)vector) && (a->lvt[LVT_LINT0] & LVT_VECTOR) == (u32)vector) {
        a->lvt[LVT_LINT0] &= ~LVT_REMOTE_IRR;
        look_at_level(cpu);
    }
    apic_update(cpu);
}

u8 apic_get_cr8(const struct cpu *cpu)
{
    return cpu->apic.tpr >> 4;
}

void apic_set_cr8(struct cpu *cpu, u8 value)
{
    cpu->apic.tpr = (u8)(value << 4);
    apic_update(cpu);
}

/* --- interprocessor interrupts --- */

enum { SHORTHAND_NONE, SHORTHAND_SELF, SHORTHAND_ALL, SHORTHAND_OTHERS };
#define ICR_LOGICAL (1u << 11)
#define ICR_ASSERT (1u << 14)

/* "Logical Destination Mode": flat, a bit a processor; cluster, four bits number it and four select
 * in it. */
static bool logical_match(const struct cpu *cpu, u32 destination)
{
    const struct local_apic *a = &cpu->apic;

    if (a->destination_model == 15) return destination & a->logical;
    bool cluster = destination >> 4 == a->logical >> 4 || destination >> 4 == 15;
    return cluster && destination & a->logical & 15;
}

/* "Logical Destination Mode in x2APIC Mode": a cluster and a set in it. */
u32 apic_logical_id(const struct cpu *cpu)
{
    const struct local_apic *a = &cpu->apic;
    return apic_extended(cpu) ? (u32)a->id >> 4 << 16 | 1u << (a->id & 15) : (u32)a->logical << 24;
}

static bool extended_match(const struct cpu *cpu, u32 destination)
{
    u32 id = apic_logical_id(cpu);
    return destination >> 16 == id >> 16 && destination & id & 0xffff;
}

bool cpu_message_is_for(const struct cpu *cpu, const struct cpu_message *m)
{
    if (!apic_enabled(cpu)) return false;
    if (m->everyone) return true;
    if (!m->logical) return m->destination == cpu->apic.id;
    return apic_extended(cpu) ? extended_match(cpu, m->destination) : logical_match(cpu, m->destination);
}

unsigned cpu_arbitration_priority(const struct cpu *cpu) { return apic_arbitration_priority(&cpu->apic); }

bool cpu_take_message(struct cpu *cpu, const struct cpu_message *m)
{
    return apic_accept(cpu, (enum delivery_mode)m->mode, m->vector, m->level_triggered);
}

/* What ICR and destination say.  The serial bus's IDs have four bits. */
static struct cpu_message message_of(const struct cpu *cpu)
{
    const struct local_apic *a = &cpu->apic;
    u32 destination = apic_extended(cpu) ? a->destination : a->destination >> 24;
    u32 everyone = apic_extended(cpu) ? UINT32_MAX : apic_generation(cpu) == APIC_XAPIC || a->icr & ICR_LOGICAL ? 0xff : 0x0f;

    return (struct cpu_message){ .destination = destination, .logical = a->icr & ICR_LOGICAL, .everyone = (destination & everyone) == everyone,
                                 .mode = (u8)delivery(a->icr), .vector = (u8)(a->icr & LVT_VECTOR) };
}

/* A level-triggered INIT de-assert only sets arbitration IDs, which nothing can read. */
static bool is_deassert(u32 icr)
{
    return delivery(icr) == DELIVER_INIT && icr & LVT_LEVEL && !(icr & ICR_ASSERT);
}

/* To whom it may concern; the board knows the others.  Time is made exact: another processor may read it. */
static bool transmit(struct cpu *cpu, unsigned shorthand)
{
    struct cpu_message m = message_of(cpu);

    if (shorthand == SHORTHAND_SELF) return cpu_take_message(cpu, &m);
    m.everyone |= shorthand != SHORTHAND_NONE;
    cpu_sync_time(cpu);
    if (cpu->bus.send_message) return cpu->bus.send_message(cpu->bus.board, &m, shorthand == SHORTHAND_OTHERS ? cpu->number : CPU_NONE);
    return shorthand != SHORTHAND_OTHERS && cpu_message_is_for(cpu, &m) && cpu_take_message(cpu, &m);
}

/* "Valid Combinations for the ... Interrupt Command Register": to itself by shorthand a processor
 * sends fixed interrupts alone.  A message that nobody takes is an error of the serial bus's
 * senders. */
void apic_send(struct cpu *cpu)
{
    u32 icr = cpu->apic.icr;
    enum delivery_mode mode = delivery(icr);
    unsigned shorthand = icr >> 18 & 3;
    bool fixed = mode == DELIVER_FIXED || mode == DELIVER_LOWEST_PRIORITY;
    bool to_self = shorthand == SHORTHAND_SELF || shorthand == SHORTHAND_ALL;

    if (mode == DELIVER_REMOTE_READ || mode == DELIVER_EXTINT || is_deassert(icr)) return;
    if (to_self && mode != DELIVER_FIXED) return;
    if (fixed && (icr & LVT_VECTOR) < 16) apic_error(cpu, ESR_SEND_VECTOR);
    bool illegal = fixed && (icr & LVT_VECTOR) < 16;         /* an error of its own */
    if (!transmit(cpu, shorthand) && !illegal && apic_generation(cpu) != APIC_XAPIC) apic_error(cpu, ESR_SEND_ACCEPT);
}

void apic_send_self(struct cpu *cpu, u8 vector)
{
    if (vector < 16) apic_error(cpu, ESR_SEND_VECTOR);
    apic_accept(cpu, DELIVER_FIXED, vector, false);
}

/* --- life --- */

static void derive_page(struct cpu *cpu)
{
    bool mapped = apic_enabled(cpu) && !apic_extended(cpu);
    cpu->apic.registers_pa = mapped ? cpu->apic_base & ~0xfffull : UINT64_MAX;
}

void apic_derive(struct cpu *cpu)
{
    derive_page(cpu);
    apic_update(cpu);
    if (has(cpu, FEATURE_APIC)) cpu_ask_for_call(cpu);
}

/* "Local APIC State After Power-Up or Reset"; INIT then gives the ID back (cpu_initialize). */
void apic_reset(struct cpu *cpu)
{
    struct local_apic *a = &cpu->apic;

    *a = (struct local_apic){ .svr = SVR_RESET, .destination_model = 15, .timer_at = UINT64_MAX };
    for (unsigned entry = 0; entry < LVT_ENTRIES; entry++) a->lvt[entry] = LVT_MASKED;
    if (cpu->virtual_wire) {
        a->lvt[LVT_LINT0] = DELIVER_EXTINT << 8;
        a->lvt[LVT_LINT1] = DELIVER_NMI << 8;
    }
    apic_derive(cpu);
}

void cpu_set_virtual_wire(struct cpu *cpu, bool at_reset)
{
    cpu->virtual_wire = at_reset;
}
