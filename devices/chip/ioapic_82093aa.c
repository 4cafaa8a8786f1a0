/* 82093AA I/O advanced programmable interrupt controller.                                  doc: ioapic
 *                 +---------+        0   IOREGSEL  the register that IOWIN shows
 *  INTIN0..23    >|         |        10h IOWIN     00 ID   01 version   02 arbitration ID
 *                 | 82093AA |<> APIC bus           10h..3Fh redirection table, two doublewords a pin:
 *  D/I#, CS#     >|         |          7..0 vector  10..8 delivery mode  11 logical  12 delivery status  13 active low
 *                 +---------+          14 remote IRR  15 level  16 masked  63..56 destination
 * Source: Intel 290566-001.  Not modelled: the bus's arbitration (the arbitration ID is the ID), time that a message takes: its
 * delivery status is idle but while no local APIC accepts it. */
#include "devices/chip/ioapic_82093aa.h"

enum { IOREGSEL = 0x00, IOWIN = 0x10, ID = 0, VERSION = 1, ARBITRATION = 2, TABLE = 0x10, TABLE_END = TABLE + 2 * IOAPIC_PINS };
enum { VERSION_82093AA = 0x11, ID_SHIFT = 24 };
enum { LOGICAL = 1 << 11, PENDING = 1 << 12, ACTIVE_LOW = 1 << 13, REMOTE_IRR = 1 << 14, LEVEL = 1 << 15, MASKED = 1 << 16 };
enum { WRITABLE_LOW = 0x1afff, MODE_FIXED = 0, MODE_LOWEST = 1, MODE_SMI = 2, MODE_NMI = 4, MODE_INIT = 5, MODE_EXTINT = 7 };
#define WRITABLE_HIGH 0xff000000u
enum { EVERYONE = 0xff };

#define STATE_OWNER struct ioapic_82093aa
STATE_LAYOUT_OF(ioapic_82093aa_state, "ioapic_82093aa", IOAPIC_82093AA_STATE, ioapic_82093aa_invariant);

static unsigned mode(u64 entry) { return entry >> 8 & 7; }

/* NMI, SMI, INIT and ExtINT are edge-sensitive whatever the entry says.  "Trigger Mode", "Delivery Mode". */
static bool is_level(u64 entry) { return entry & LEVEL && (mode(entry) == MODE_FIXED || mode(entry) == MODE_LOWEST); }

static bool asserted(const struct ioapic_82093aa *a, unsigned pin) { return (a->pins >> pin & 1) != !!(a->entry[pin] & ACTIVE_LOW); }

static bool send(struct ioapic_82093aa *a, unsigned pin)
{
    u64 entry = a->entry[pin];
    u32 destination = (u32)(entry >> 56);
    const struct cpu_message m = { .destination = destination, .logical = entry & LOGICAL, .everyone = destination == EVERYONE,
                                   .level_triggered = is_level(entry), .mode = (u8)mode(entry), .vector = (u8)entry };

    return a->send(a->board, &m);
}

/* What a pin has to say.  A level is said anew when it has had its EOI; what nobody accepts is said again at the next occasion. */
static void look(struct ioapic_82093aa *a, unsigned pin)
{
    u64 *entry = &a->entry[pin];
    u32 bit = 1u << pin;

    if (*entry & MASKED) return;
    if (is_level(*entry)) {
        a->waiting &= ~bit;
        if (asserted(a, pin) && !(*entry & REMOTE_IRR) && send(a, pin)) *entry |= REMOTE_IRR;
    } else if (a->waiting & bit && send(a, pin)) {
        a->waiting &= ~bit;
    }
}

void ioapic_82093aa_init(struct ioapic_82093aa *a, void *board, bool (*send_)(void *board, const struct cpu_message *message))
{
    *a = (struct ioapic_82093aa){ .board = board, .send = send_ };
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) a->entry[pin] = MASKED;
}

/* The pins are the board's. */
void ioapic_82093aa_reset(struct ioapic_82093aa *a)
{
    a->index = a->id = 0;
    a->waiting = 0;
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) a->entry[pin] = MASKED;
}

/* --- registers --- */

static u32 read_register(const struct ioapic_82093aa *a, unsigned n)
{
    if (n == ID || n == ARBITRATION) return (u32)a->id << ID_SHIFT;
    if (n == VERSION) return VERSION_82093AA | (IOAPIC_PINS - 1) << 16;
    if (n < TABLE || n >= TABLE_END) return 0;
    unsigned pin = (n - TABLE) / 2;
    u64 entry = a->entry[pin] | (a->waiting >> pin & 1 && !(a->entry[pin] & MASKED) ? PENDING : 0);
    return (u32)(n & 1 ? entry >> 32 : entry);
}

/* Remote IRR belongs to level-triggered interrupts; an edge that waits, to unmasked ones. */
static void write_entry(struct ioapic_82093aa *a, unsigned n, u32 value)
{
    unsigned pin = (n - TABLE) / 2;
    u64 *entry = &a->entry[pin];

    if (n & 1) *entry = (*entry & UINT32_MAX) | (u64)(value & WRITABLE_HIGH) << 32;
    else *entry = (*entry & ~(u64)WRITABLE_LOW) | (value & WRITABLE_LOW);
    if (!is_level(*entry)) *entry &= ~(u64)REMOTE_IRR;
    if (*entry & MASKED) a->waiting &= ~(1u << pin);
    look(a, pin);
}

u32 ioapic_82093aa_read(struct ioapic_82093aa *a, unsigned at)
{
    return at == IOREGSEL ? a->index : at == IOWIN ? read_register(a, a->index) : 0;
}

void ioapic_82093aa_write(struct ioapic_82093aa *a, unsigned at, u32 value)
{
    if (at == IOREGSEL) a->index = (u8)value;
    else if (at == IOWIN && a->index == ID) a->id = value >> ID_SHIFT & 15;
    else if (at == IOWIN && a->index >= TABLE && a->index < TABLE_END) write_entry(a, a->index, value);
}

/* --- what comes --- */

/* "Interrupt Mask": an edge on a masked pin is ignored. */
void ioapic_82093aa_set_pin(struct ioapic_82093aa *a, unsigned pin, bool level)
{
    u32 bit = 1u << pin;
    bool before = asserted(a, pin);

    a->pins = level ? a->pins | bit : a->pins & ~bit;
    if (!before && asserted(a, pin) && !is_level(a->entry[pin]) && !(a->entry[pin] & MASKED)) a->waiting |= bit;
    look(a, pin);
}

void ioapic_82093aa_end_of_interrupt(struct ioapic_82093aa *a, u8 vector)
{
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        if (!(a->entry[pin] & REMOTE_IRR) || (u8)a->entry[pin] != vector) continue;
        a->entry[pin] &= ~(u64)REMOTE_IRR;
        look(a, pin);
    }
}

const char *ioapic_82093aa_invariant(const struct ioapic_82093aa *a)
{
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        u64 entry = a->entry[pin];
        if (entry & ~((u64)WRITABLE_HIGH << 32 | WRITABLE_LOW | REMOTE_IRR)) return "reserved bits are 0";
        if (entry & REMOTE_IRR && !is_level(entry)) return "remote IRR belongs to a level-triggered interrupt";
        if (a->waiting >> pin & 1 && (entry & MASKED || is_level(entry))) return "an edge waits at a pin that takes edges";
    }
    return state_out_of_range(&ioapic_82093aa_state, a) ? "every field is in the range its list gives" : NULL;
}
