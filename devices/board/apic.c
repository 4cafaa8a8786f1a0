/* What a board with PCI has beside the 8259As: the I/O APIC, the HPET, and the bus to local APICs.      doc: ioapic
 *   INTIN0      the 8259A's INTR           INTIN16..19  PIRQA#..D#, low while asserted
 *   INTIN1..15  requests of the ISA bus    INTIN20..23  HPET
 *   INTIN2      request 0, the timer's: IRQ2 is the cascade */
#include "cpu/base/bits.h"
#include "devices/board/board.h"

enum { CASCADE = 2, TIMER_PIN = 2, PIRQ_PIN = 16, HPET_PIN = 20, IRQ_TIMER = 0, IRQ_CLOCK = 8 };
enum { WINDOW = 0x20 };
#define HPET_BASE 0xfed00000u
#define IOAPIC_BASE 0xfec00000u

static bool send(void *board, const struct cpu_message *message) { return processors_send(board, message, CPU_NONE); }

void board_apic_end_of_interrupt(void *board, u8 vector)
{
    struct machine *m = board;
    if (m->pci.present) ioapic_82093aa_end_of_interrupt(&m->pci.ioapic, vector);
}

/* --- pins --- */

void board_apic_request(struct machine *m, unsigned irq, bool level)
{
    if (irq != CASCADE) ioapic_82093aa_set_pin(&m->pci.ioapic, irq == IRQ_TIMER ? TIMER_PIN : irq, level);
}

void board_apic_intr(struct machine *m, bool level) { ioapic_82093aa_set_pin(&m->pci.ioapic, 0, level); }

static void on_pirq(void *board, unsigned n, bool asserted) { ioapic_82093aa_set_pin(&((struct machine *)board)->pci.ioapic, PIRQ_PIN + n, !asserted); }
static void on_hpet_pin(void *listener, unsigned n, bool level) { ioapic_82093aa_set_pin(&((struct machine *)listener)->pci.ioapic, n, level); }

static void on_hpet_legacy(void *listener, unsigned n, bool level)
{
    (void)level;
    board_request_changed(listener, n ? IRQ_CLOCK : IRQ_TIMER);
}

static void on_replacement(void *board, bool on)
{
    (void)on;
    board_request_changed(board, IRQ_TIMER);
    board_request_changed(board, IRQ_CLOCK);
}

bool board_apic_replaces(const struct machine *m, unsigned irq, bool *level)
{
    if (!m->pci.present || !hpet_replaces(&m->pci.hpet) || (irq != IRQ_TIMER && irq != IRQ_CLOCK)) return false;
    *level = m->pci.hpet_legacy[irq == IRQ_CLOCK].level;
    return true;
}

void board_apic_init(struct machine *m)
{
    struct pci *p = &m->pci;

    ioapic_82093aa_init(&p->ioapic, m, send);
    p->isa.pirq_changed = on_pirq;
    for (unsigned n = 0; n < PIIX3_PIRQS; n++) on_pirq(m, n, false);
    for (unsigned n = 0; n < HPET_PINS; n++) p->hpet_pin[n] = (struct line){ .changed = n >= HPET_PIN ? on_hpet_pin : NULL, .listener = m, .n = n };
    for (unsigned n = 0; n < 2; n++) {
        p->hpet_legacy[n] = (struct line){ .changed = on_hpet_legacy, .listener = m, .n = n };
        p->hpet.legacy[n] = &p->hpet_legacy[n];
    }
    hpet_init(&p->hpet, &m->clock, p->hpet_pin, m, on_replacement);
}

void board_apic_reset(struct machine *m)
{
    ioapic_82093aa_reset(&m->pci.ioapic);
    hpet_reset(&m->pci.hpet);
}

/* --- memory --- */

/* A foreign BIOS may not know that the ISA bridge must select the I/O APIC. */
static bool ioapic_at(const struct machine *m, u64 pa, unsigned *at)
{
    u32 base;
    bool selected = isa_piix3_apic_base(&m->pci.isa, &base);

    if (!selected && m->config.system_rom.path[0]) base = IOAPIC_BASE, selected = true;
    *at = (unsigned)(pa - base);
    return selected && pa - base < WINDOW;
}

/* Registers of the I/O APIC are doublewords: other accesses see the doubleword's bytes, and write nothing. */
bool board_apic_read(struct machine *m, u64 pa, unsigned size, u64 *value)
{
    unsigned at;

    if (!m->pci.present) return false;
    if (!m->config.no_hpet && pa - HPET_BASE < HPET_BYTES) *value = hpet_read(&m->pci.hpet, (unsigned)(pa - HPET_BASE), size);
    else if (ioapic_at(m, pa, &at)) *value = low_bits((u64)ioapic_82093aa_read(&m->pci.ioapic, at & ~3u) >> 8 * (at & 3), size * 8);
    else return false;
    return true;
}

bool board_apic_write(struct machine *m, u64 pa, unsigned size, u64 value)
{
    unsigned at;

    if (!m->pci.present) return false;
    if (!m->config.no_hpet && pa - HPET_BASE < HPET_BYTES) hpet_write(&m->pci.hpet, (unsigned)(pa - HPET_BASE), size, value);
    else if (!ioapic_at(m, pa, &at)) return false;
    else if (size >= 4 && !(at & 3)) ioapic_82093aa_write(&m->pci.ioapic, at, (u32)value);
    return true;
}
