/* Network cards: where they answer, whom they interrupt, where their cables lead.         doc: network */
#include "devices/board/networks.h"

#include <stdio.h>
#include <string.h>

#include "devices/board/board.h"
#include "devices/network/vnet.h"

/* Cards are numbered: four NE2000s, then four 82540EMs. */
static const char *const card_name[NETWORK_CARDS] = { "ne2k0", "ne2k1", "ne2k2", "ne2k3", "e1000.0", "e1000.1", "e1000.2", "e1000.3" };
enum { FIRST_E1000 = CONFIG_NICS };

static struct nic_config *config_of(struct machine *m, unsigned i) { return i < FIRST_E1000 ? &m->config.ne2k[i] : &m->config.e1000[i - FIRST_E1000]; }
static struct network *network_of(struct machine *m, unsigned i) { return i < FIRST_E1000 ? &m->ne2k[i].network : &m->e1000[i - FIRST_E1000].network; }

/* Frames from the host are input: they are in the journal, or come from it. */
static unsigned admit(void *board, unsigned n, u8 *frame, unsigned size)
{
    struct machine *m = board;

    if (m->journal.mode == JOURNAL_REPLAYS) return journal_bytes_now(m, "frame", n, frame, FRAME_MOST);
    if (size) journal_admits_bytes(m, "frame", n, frame, size);
    return size;
}

static bool may_go_out(void *board, enum host_limit where, unsigned size) { return limits_allow(board, where, size); }

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

/* The clone's number in the fifth and fourth byte: no other card of the original has it. */
static void address_of_clone(u8 *mac, unsigned clone)
{
    mac[0] |= 2;                                         /* locally administered */
    mac[3] ^= (u8)(clone >> 8);
    mac[4] ^= (u8)clone;
}

void networks_readdress(struct machine *m, unsigned clone)
{
    u8 mac[6];

    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        mac_of(&m->config.ne2k[n], 0, n, mac);
        address_of_clone(mac, clone);
        if (m->config.ne2k[n].present) ne2000_dp8390_readdress(&m->ne2k[n].chip, mac);
        mac_of(&m->config.e1000[n], 1, n, mac);
        address_of_clone(mac, clone);
        if (m->config.e1000[n].present) e1000_82540em_readdress(&m->e1000[n].chip, mac);
    }
}

void networks_leave_host(struct machine *m)
{
    for (unsigned i = 0; i < NETWORK_CARDS; i++) {
        struct network *net = network_of(m, i);
        net->pcap = NULL;
        if (!config_of(m, i)->present || !net->backend.outside) continue;
        net->backend = (struct network_backend){ .outside = true };
    }
}

/* --- slots --- */

/* The slot of PCI card n of a model; PCI_SLOTS: none is free. */
static unsigned slot_of(const struct machine *m, const char *model, const struct nic_config *cards, unsigned n)
{
    unsigned before = 0;

    for (unsigned i = 0; i < n; i++) before += cards[i].present && cards[i].is_pci;
    return pci_slot_for(m, model, before);
}

/* A slot named ne2k makes the first cards PCI ones, as files written before type= mean it; an 82540EM is never anything else. */
static void choose_buses(struct machine *m)
{
    unsigned slots = 0;

    for (unsigned i = 0; i < CONFIG_SLOTS; i++) slots += !strcmp(m->config.slot[i], "ne2k");
    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        if (m->config.ne2k[n].present && slots) m->config.ne2k[n].is_pci = true, slots--;
        m->config.e1000[n].is_pci = true;
    }
}

/* Into the slot that its configuration names, or the first free one. */
static bool plug_in(struct machine *m, unsigned i, const char *model, const struct pci_card_parts *parts, unsigned *slot, struct error *err)
{
    const struct nic_config *cards = i < FIRST_E1000 ? m->config.ne2k : m->config.e1000;

    if (!m->pci.present) return fail(err, "%s: a PCI card needs a PCI bus: pci: enabled=1%s", card_name[i], i < FIRST_E1000 ? ", or type=isa" : "");
    *slot = slot_of(m, model, cards, i % CONFIG_NICS);
    if (*slot == PCI_SLOTS) return fail(err, "%s: no PCI slot is free", card_name[i]);
    return pci_card_add(m, *slot, parts, err);
}

/* --- NE2000 and RTL8029 --- */

static void init_ne2k(struct machine *m, unsigned n)
{
    struct ne2k_card *card = &m->ne2k[n];
    const struct ne2000_wires wires = { .clock = &m->clock, .irq = &card->irq, .cable = { &card->network, network_send }, .is_pci = m->config.ne2k[n].is_pci,
                                        .board = m, .decode_changed = pci_cards_place };
    const struct network_card side = { &card->chip, ne2000_dp8390_receive, ne2000_dp8390_ready, 10000000 };
    u8 mac[6];

    network_init(&card->network, &m->clock, &side);
    card->irq = (struct line){ .changed = on_isa_irq, .listener = m, .n = n };
    mac_of(&m->config.ne2k[n], 0, n, mac);
    ne2000_dp8390_init(&card->chip, &wires, mac);
}

static bool add_ne2k(struct machine *m, unsigned n, struct error *err)
{
    static const struct port_wide words = { ne2000_dp8390_read_wide, ne2000_dp8390_write_wide, ne2000_dp8390_block_read, ne2000_dp8390_block_write };
    const struct nic_config *config = &m->config.ne2k[n];
    struct ne2000_dp8390 *chip = &m->ne2k[n].chip;
    u16 first = config->is_pci ? 0 : config->ioaddr;
    const struct port_range ports = { first, (u16)(first + NE2000_PORTS - 1), card_name[n], chip, ne2000_dp8390_read, ne2000_dp8390_write, &words };
    const struct pci_card_parts parts = { .name = card_name[n], .chip = chip, .config = chip->config, .config_read = ne2000_dp8390_config_read,
                                          .config_write = ne2000_dp8390_config_write, .region = { { .at = PCI_BASE_0, .ports = &ports } } };
    unsigned slot;

    if (!config->is_pci) return ports_add(m->ports, &ports, err);
    if (!plug_in(m, n, "ne2k", &parts, &slot, err)) return false;
    chip->wires.irq = pci_card_interrupt(m, slot);
    return true;
}

/* --- 82540EM --- */

static void init_e1000(struct machine *m, unsigned n)
{
    struct e1000_card *card = &m->e1000[n];
    const struct e1000_wires wires = { .clock = &m->clock, .cable = { &card->network, network_send }, .board = m, .decode_changed = pci_cards_place,
                                       .memory_read = memory_dma_read, .memory_write = memory_dma_write };
    const struct network_card side = { &card->chip, e1000_82540em_receive, e1000_82540em_ready, 1000000000 };
    u8 mac[6];

    network_init(&card->network, &m->clock, &side);
    mac_of(&m->config.e1000[n], 1, n, mac);
    e1000_82540em_init(&card->chip, &wires, mac);
}

static bool add_e1000(struct machine *m, unsigned n, struct error *err)
{
    static const struct port_wide doublewords = { .read = e1000_82540em_port_read, .write = e1000_82540em_port_write };
    struct e1000_82540em *chip = &m->e1000[n].chip;
    const char *name = card_name[FIRST_E1000 + n];
    const struct port_range ports = { 0, E1000_PORTS - 1, name, chip, NULL, NULL, &doublewords };
    const struct mmio_range memory = { .name = name, .size_bytes = E1000_MEMORY_BYTES, .chip = chip, .read = e1000_82540em_memory_read, .write = e1000_82540em_memory_write };
    const struct pci_card_parts parts = { .name = name, .chip = chip, .config = chip->config, .config_read = e1000_82540em_config_read,
                                          .config_write = e1000_82540em_config_write,
                                          .region = { { .at = PCI_BASE_0, .memory = &memory }, { .at = PCI_BASE_0 + 8, .ports = &ports } } };
    unsigned slot;

    if (!plug_in(m, FIRST_E1000 + n, "e1000", &parts, &slot, err)) return false;
    chip->wires.irq = pci_card_interrupt(m, slot);
    return true;
}

/* --- all cards --- */

void networks_init(struct machine *m)
{
    choose_buses(m);
    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        if (m->config.ne2k[n].present) init_ne2k(m, n);
        if (m->config.e1000[n].present) init_e1000(m, n);
    }
    for (unsigned i = 0; i < NETWORK_CARDS; i++) {
        struct network *net = network_of(m, i);
        net->board = m;
        net->n = i;
        net->admit = admit;
        net->may_go_out = may_go_out;
        net->past = &m->past;
    }
}

bool networks_build(struct machine *m, struct error *err)
{
    bool ok = true;

    for (unsigned i = 0; i < NETWORK_CARDS; i++) {
        const struct nic_config *config = config_of(m, i);
        if (!config->present) continue;
        ok &= i < FIRST_E1000 ? add_ne2k(m, i, err) : add_e1000(m, i - FIRST_E1000, err);
        ok = network_open(network_of(m, i), config, m->config.seat, card_name[i], err) && ok;
    }
    return ok;
}

void networks_reset(struct machine *m)
{
    for (unsigned i = 0; i < NETWORK_CARDS; i++) {
        if (!config_of(m, i)->present) continue;
        if (i < FIRST_E1000) ne2000_dp8390_reset(&m->ne2k[i].chip);
        else e1000_82540em_reset(&m->e1000[i - FIRST_E1000].chip);
        network_reset(network_of(m, i));
    }
}

void networks_close(struct machine *m)
{
    for (unsigned i = 0; i < NETWORK_CARDS; i++) network_close(network_of(m, i));
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
    for (unsigned i = 0; i < NETWORK_CARDS; i++) {
        if (!config_of(m, i)->present) continue;
        if (i < FIRST_E1000) part(m, card_name[i], &ne2000_dp8390_state, &m->ne2k[i].chip);
        else part(m, card_name[i], &e1000_82540em_state, &m->e1000[i - FIRST_E1000].chip);
        parts_of_network(m, card_name[i], network_of(m, i), part);
    }
}

struct folder *networks_folder(struct machine *m, unsigned i, const char **name, const char **path)
{
    const struct nic_config *config = config_of(m, i % NETWORK_CARDS);

    if (!config->present || config->ethmod != NETWORK_VNET || !config->ethdev[0]) return NULL;
    *name = card_name[i];
    *path = config->ethdev;
    return &((struct vnet *)network_of(m, i)->backend.self)->folder;
}
