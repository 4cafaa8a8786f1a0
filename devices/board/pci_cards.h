#ifndef ORRERY_BOARD_PCI_CARDS_H
#define ORRERY_BOARD_PCI_CARDS_H
/* Cards in the slots of the PCI bus.                                                       doc: pci */
#include "devices/board/mmio.h"
#include "devices/board/ports.h"
#include "devices/board/wires.h"
#include "devices/chip/pci_bus.h"

enum { PCI_SLOTS = 5, PCI_SLOT_1_DEVICE = 2, CARD_REGIONS = 6 };

/* A region of a card, by its base address register: ports or memory. */
struct pci_region {
    u8 at;                               /* 10h to 24h */
    const struct port_range *ports;      /* one of the two */
    const struct mmio_range *memory;
};

/* What a card brings to a slot: its function's configuration space and its regions. */
struct pci_card_parts {
    const char *name;
    void *chip;
    const u8 *config;
    u8 (*config_read)(void *chip, unsigned at);
    void (*config_write)(void *chip, unsigned at, u8 value);
    struct pci_region region[CARD_REGIONS];              /* the rest has at = 0 */
};

struct pci_card {
    bool present;
    const u8 *config;
    struct line inta;                    /* the card drives it */
    struct { u8 at; bool is_memory; unsigned id; } region[CARD_REGIONS];
    unsigned regions;
};

struct machine;

/* A line that leads to this PIRQ, 0 to 3, has changed. */
void pci_pirq_changed(struct machine *m, unsigned pirq);
/* Before any card is added: the slots' lines. */
void pci_cards_init(struct machine *m);
/* Slot 0 to 4.  False when it is taken, or the board has no room. */
bool pci_card_add(struct machine *m, unsigned slot, const struct pci_card_parts *parts, struct error *err);
/* A card's command or base address registers have changed: its regions go where they say. */
void pci_cards_place(void *board);
/* INTA# of a slot, for the card that will be in it. */
struct line *pci_card_interrupt(struct machine *m, unsigned slot);
/* The slot that `pci: slotN=NAME` gives to the n-th card of that name, or the first free one; PCI_SLOTS: none is free. */
unsigned pci_slot_for(const struct machine *m, const char *name, unsigned n);

#endif
