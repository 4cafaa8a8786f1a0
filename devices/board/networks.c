/* Network cards: where they answer, whom they interrupt, where their cables lead.         doc: network */
#include "devices/board/networks.h"

#include <stdio.h>
#include <string.h>

#include "devices/board/board.h"
#include "devices/network/vnet.h"

static const char *const ne2k_name[] = { "ne2k0", "ne2k1", "ne2k2", "ne2k3" };

/* Frames from the host are input: they are in the journal, or come from it. */
static unsigned admit(void *board, unsigned n, u8 *frame, unsigned size)
{
    struct machine *m = board;

    if (m->journal.mode == JOURNAL_REPLAYS) return journal_bytes_now(m, "frame", n, frame, FRAME_MOST);
    if (size) journal_admits_bytes(m, "frame", n, frame, size);
    return size;
}

static void on_isa_irq(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;
    (void)level;
    board_request_changed(m, m->config.ne2k[n].irq & 15);
}

bool networks_request(const struct machine *m, unsigned irq)
{
    for (unsigned n = 0; n < CONFIG_NICS; n++)
        if (m->ne2k[n].irq.level && m->config.ne2k[n].irq == irq) return true;
    return false;
}

/* The address on the card: the configured one, or Bochs's with the card's number. */
static void mac_of(const struct nic_config *config, u8 model, unsigned n, u8 *mac)
{
    static const u8 none[6];
    const u8 made[6] = { 0xb0, 0xc4, 0x20, 0x00, model, (u8)n };

    memcpy(mac, memcmp(config->mac, none, 6) ? config->mac : made, 6);
}

/* --- NE2000 and RTL8029 --- */

static unsigned pci_cards_before(const struct nic_config *cards, unsigned n)
{
    unsigned count = 0;

    for (unsigned i = 0; i < n; i++) count += cards[i].present && cards[i].is_pci;
    return count;
}

/* A slot named ne2k makes the first cards PCI ones, as files written before type= mean it. */
static void choose_buses(struct machine *m)
{
    unsigned slots = 0;

    for (unsigned i = 0; i < CONFIG_SLOTS; i++) slots += !strcmp(m->config.slot[i], "ne2k");
    for (unsigned n = 0; n < CONFIG_NICS; n++)
        if (m->config.ne2k[n].present && slots) m->config.ne2k[n].is_pci = true, slots--;
}

void networks_init(struct machine *m)
{
    choose_buses(m);
    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        const struct nic_config *config = &m->config.ne2k[n];
        struct ne2k_card *card = &m->ne2k[n];
        const struct network_card side = { &card->chip, ne2000_dp8390_receive, ne2000_dp8390_ready, 10000000 };
        struct ne2000_wires wires = { .clock = &m->clock, .irq = &card->irq, .cable = { &card->network, network_send }, .is_pci = config->is_pci,
                                      .board = m, .decode_changed = pci_cards_place };
        u8 mac[6];
        if (!config->present) continue;
        if (config->is_pci && m->pci.present) wires.irq = pci_card_interrupt(m, pci_slot_for(m, "ne2k", pci_cards_before(m->config.ne2k, n)) % PCI_SLOTS);
        else card->irq = (struct line){ .changed = on_isa_irq, .listener = m, .n = n };
        network_init(&card->network, &m->clock, &side);
        card->network.board = m;
        card->network.n = n;
        card->network.admit = admit;
        mac_of(config, 0, n, mac);
        ne2000_dp8390_init(&card->chip, &wires, mac);
    }
}

static bool add_ne2k(struct machine *m, unsigned n, struct error *err)
{
    static const struct port_wide words = { ne2000_dp8390_read_wide, ne2000_dp8390_write_wide, ne2000_dp8390_block_read, ne2000_dp8390_block_write };
    const struct nic_config *config = &m->config.ne2k[n];
    struct ne2000_dp8390 *chip = &m->ne2k[n].chip;
    u16 first = config->is_pci ? 0 : config->ioaddr;
    const struct port_range ports = { first, (u16)(first + NE2000_PORTS - 1), ne2k_name[n], chip, ne2000_dp8390_read, ne2000_dp8390_write, &words };
    const struct pci_card_parts parts = { .name = ne2k_name[n], .chip = chip, .config = chip->config, .config_read = ne2000_dp8390_config_read,
                                          .config_write = ne2000_dp8390_config_write, .region = { { .at = PCI_BASE_0, .ports = &ports } } };

    if (!config->is_pci) return ports_add(m->ports, &ports, err);
    if (!m->pci.present) return fail(err, "%s: type=pci needs a PCI bus: pci: enabled=1, or type=isa", ne2k_name[n]);
    unsigned slot = pci_slot_for(m, "ne2k", pci_cards_before(m->config.ne2k, n));
    if (slot == PCI_SLOTS) return fail(err, "%s: no PCI slot is free", ne2k_name[n]);
    return pci_card_add(m, slot, &parts, err);
}

bool networks_build(struct machine *m, struct error *err)
{
    bool ok = true;

    for (unsigned n = 0; n < CONFIG_NICS; n++)
        if (m->config.ne2k[n].present) ok &= add_ne2k(m, n, err) && network_open(&m->ne2k[n].network, &m->config.ne2k[n], ne2k_name[n], err);
    return ok;
}

/* --- all cards --- */

void networks_reset(struct machine *m)
{
    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        if (!m->config.ne2k[n].present) continue;
        ne2000_dp8390_reset(&m->ne2k[n].chip);
        network_reset(&m->ne2k[n].network);
    }
}

void networks_close(struct machine *m)
{
    for (unsigned n = 0; n < CONFIG_NICS; n++) network_close(&m->ne2k[n].network);
}

static void parts_of_network(struct machine *m, const char *card, struct network *net, void (*part)(struct machine *, const char *, const struct state_layout *, void *))
{
    const struct state_layout *layout;
    const char *suffix;
    char name[32];
    void *instance;

    snprintf(name, sizeof name, "%s.cable", card);
    part(m, name, &network_state, net);
    for (unsigned i = 0; net->backend.part && net->backend.part(net->backend.self, i, &suffix, &layout, &instance); i++) {
        snprintf(name, sizeof name, "%s.%s", card, suffix);
        part(m, name, layout, instance);
    }
}

void networks_each_part(struct machine *m, void (*part)(struct machine *m, const char *name, const struct state_layout *layout, void *instance))
{
    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        if (!m->config.ne2k[n].present) continue;
        part(m, ne2k_name[n], &ne2000_dp8390_state, &m->ne2k[n].chip);
        parts_of_network(m, ne2k_name[n], &m->ne2k[n].network, part);
    }
}

struct folder *networks_folder(struct machine *m, unsigned i, const char **name, const char **path)
{
    const struct nic_config *config = &m->config.ne2k[i % CONFIG_NICS];

    if (!config->present || config->ethmod != NETWORK_VNET || !config->ethdev[0]) return NULL;
    *name = ne2k_name[i];
    *path = config->ethdev;
    return &((struct vnet *)m->ne2k[i].network.backend.self)->folder;
}
