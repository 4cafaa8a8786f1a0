/* Cards in the slots of the PCI bus: slot N is device N + 1.  Their regions are decoded where and while configuration space says so;
 * INTA# of device d is PIRQ (d - 1) mod 4, as $PIR and the DSDT say.                        doc: pci */
#include "devices/board/board.h"

#include <string.h>

enum { PIRQ_OF_USB = 3 };

void pci_pirq_changed(struct machine *m, unsigned pirq)
{
    struct pci *p = &m->pci;
    bool asserted = pirq == PIRQ_OF_USB && p->usb_interrupt.level;

    for (unsigned n = 0; n < PCI_SLOTS; n++)
        if (((PCI_SLOT_1_DEVICE - 1 + n) & 3) == pirq) asserted |= p->card[n].inta.level;
    isa_piix3_set_pirq(&p->isa, pirq, asserted);
}

static void on_inta(void *listener, unsigned slot, bool level)
{
    (void)level;
    pci_pirq_changed(listener, (PCI_SLOT_1_DEVICE - 1 + slot) & 3);
}

void pci_cards_init(struct machine *m)
{
    for (unsigned n = 0; n < PCI_SLOTS; n++) m->pci.card[n].inta = (struct line){ .changed = on_inta, .listener = m, .n = n };
}

struct line *pci_card_interrupt(struct machine *m, unsigned slot) { return &m->pci.card[slot].inta; }

bool pci_card_add(struct machine *m, unsigned slot, const struct pci_card_parts *parts, struct error *err)
{
    struct pci_card *card = &m->pci.card[slot];
    const struct pci_function function = { (u8)(PCI_SLOT_1_DEVICE + slot), 0, parts->name, parts->chip, parts->config_read, parts->config_write };

    if (!pci_bus_add(&m->pci.bus, &function)) return fail(err, "%s: slot %u of the PCI bus is taken", parts->name, slot + 1);
    card->present = true;
    card->config = parts->config;
    for (unsigned n = 0; n < CARD_REGIONS && parts->region[n].at; n++) {
        const struct pci_region *r = &parts->region[n];
        unsigned id;
        if (!(r->memory ? mmio_add(&m->mmio, r->memory, &id, err) : ports_add_movable(m->ports, r->ports, &id, err))) return false;
        card->region[n].at = r->at;
        card->region[n].is_memory = r->memory;
        card->region[n].id = id;
        card->regions = n + 1;
    }
    return true;
}

void pci_cards_place(void *board)
{
    struct machine *m = board;

    for (unsigned slot = 0; slot < PCI_SLOTS; slot++) {
        const struct pci_card *card = &m->pci.card[slot];
        for (unsigned n = 0; n < card->regions; n++) {
            u32 base;
            bool decoded = pci_config_base(card->config, card->region[n].at, &base);
            if (card->region[n].is_memory) mmio_place(&m->mmio, card->region[n].id, base, decoded);
            else ports_place(m->ports, card->region[n].id, (u16)base, decoded && base <= 0xffff);
        }
    }
}

unsigned pci_slot_for(const struct machine *m, const char *name, unsigned n)
{
    for (unsigned slot = 0; slot < PCI_SLOTS; slot++)
        if (!strcmp(m->config.slot[slot], name) && n-- == 0) return slot;
    for (unsigned slot = 0; slot < PCI_SLOTS; slot++)
        if (!m->config.slot[slot][0] && !m->pci.card[slot].present) return slot;
    return PCI_SLOTS;
}
