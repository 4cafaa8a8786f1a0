#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nic.h"

/* The card that the line is about: card=N, wherever it stands in it.  base is the model's first card. */
static struct nic_config *card_of(const struct given *g, void *base)
{
    unsigned n = 0;

    for (unsigned i = 1; i < g->line->count; i++) {
        const char *word = g->line->word[i];
        if (strncmp(word, "card", 4) == 0 && (word[4] == '=' || !word[4])) n = (unsigned)(word[5] - '0');        /* = is cut off once it has been read */
    }
    struct nic_config *nic = (struct nic_config *)base + n % CONFIG_NICS;
    if (!nic->present) *nic = (struct nic_config){ .present = true, .ioaddr = (u16)(0x300 + 0x20 * (n % CONFIG_NICS)), .irq = 9 };
    return nic;
}

static bool card(const struct given *g, struct machine_config *c, void *base)
{
    u64 n;
    (void)c, (void)base;
    return parse_number(g->value, 0, CONFIG_NICS - 1, &n) || bad_value(g, "0 to 3");
}

static bool enabled(const struct given *g, struct machine_config *c, void *base)
{
    bool on;
    (void)c;
    if (!parse_bool(g->value, &on)) return bad_value(g, "0 or 1");
    card_of(g, base)->present = on;
    return true;
}

static bool type(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    if (strcmp(g->value, "isa") && strcmp(g->value, "pci")) return bad_value(g, "isa or pci");
    card_of(g, base)->is_pci = g->value[0] == 'p';
    return true;
}

static bool ioaddr(const struct given *g, struct machine_config *c, void *base)
{
    u64 v;
    (void)c;
    if (!parse_number(g->value, 0x100, 0xffe0, &v) || v % 0x20) return bad_value(g, "a multiple of 20h, 100h and more");
    card_of(g, base)->ioaddr = (u16)v;
    return true;
}

static bool irq(const struct given *g, struct machine_config *c, void *base)
{
    u64 v;
    (void)c;
    if (!parse_number(g->value, 2, 15, &v) || v == 8 || v == 13) return bad_value(g, "an interrupt request: 2 to 15 but 8 and 13");
    card_of(g, base)->irq = v == 2 ? 9 : (u8)v;          /* the slot's IRQ 2 leads to IRQ 9 */
    return true;
}

static bool mac(const struct given *g, struct machine_config *c, void *base)
{
    unsigned b[6];
    int end = 0;

    (void)c;
    if (sscanf(g->value, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &end) != 6 || g->value[end])
        return bad_value(g, "six bytes as in b0:c4:20:00:00:00");
    if (b[0] & 1) return bad_value(g, "an address of one station: its first byte is even");
    for (unsigned i = 0; i < 6; i++) card_of(g, base)->mac[i] = (u8)b[i];
    return true;
}

static bool ethmod(const struct given *g, struct machine_config *c, void *base)
{
    static const struct { const char *name; enum network_kind kind; } known[] = {
        { "null", NETWORK_NULL }, { "vnet", NETWORK_VNET }, { "passt", NETWORK_PASST }, { "lan", NETWORK_LAN }, { "tap", NETWORK_TAP }, { "tuntap", NETWORK_TAP },
        { "replay", NETWORK_REPLAY },
    };
    static const char *const others[] = { "slirp", "linux", "fbsd", "win32", "vde", "socket" };

    (void)c;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(g->value, known[i].name) == 0) return card_of(g, base)->ethmod = known[i].kind, true;
    for (unsigned i = 0; i < ARRAY_COUNT(others); i++)
        if (strcmp(g->value, others[i]) == 0) return bad_value(g, "null, vnet, passt, lan or tap: this one is not there (for slirp take passt, for socket lan)");
    return bad_value(g, "null, vnet, passt, lan or tap");
}

static bool ethdev(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    return store_text(g, card_of(g, base)->ethdev, CONFIG_PATH);
}

static bool script(const struct given *g, struct machine_config *c, void *base)
{
    struct nic_config *nic = card_of(g, base);

    (void)c;
    if (strcmp(g->value, "none") == 0) return nic->bootfile[0] = 0, true;
    return store_text(g, nic->bootfile, sizeof nic->bootfile);
}

static bool bootrom(const struct given *g, struct machine_config *c, void *base)
{
    (void)c, (void)base;
    return !g->value[0] || strcmp(g->value, "none") == 0 || note(g, "a card's own boot ROM is not there; optromimage1 loads one");
}

static bool pcap(const struct given *g, struct machine_config *c, void *base)
{
    (void)c;
    return store_text(g, card_of(g, base)->pcap, CONFIG_PATH);
}

#define NIC_CARD { "card", TYPE_CUSTOM, .take = card, .meaning = "which of four cards the line is about: 0 to 3" }, \
    { "enabled", TYPE_CUSTOM, .take = enabled, .meaning = "the card is there" }
#define NIC_NETWORK \
    { "mac", TYPE_CUSTOM, .take = mac, .meaning = "its address; without it b0:c4:20 and the card's number" }, \
    { "ethmod", TYPE_CUSTOM, .take = ethmod, .meaning = "what the cable leads to: null, vnet (inside the machine), passt (the host's network), lan (orrery hub, orrery lan), tap" }, \
    { "ethdev", TYPE_CUSTOM, .take = ethdev, .meaning = "vnet: folder that the guest may read by HTTP and TFTP; lan: the hub's socket, or the LAN's name; tap: interface; passt: more options of its" }, \
    { "script", TYPE_CUSTOM, .take = script, .meaning = "vnet: file of the folder that DHCP names for booting" }, \
    { "pcap", TYPE_CUSTOM, .take = pcap, .meaning = "file that takes all frames, for Wireshark" }, \
    { "bootrom", TYPE_CUSTOM, .take = bootrom, .meaning = "none" }

const struct parameter nic_ne2k[] = {
    NIC_CARD,
    { "type", TYPE_CUSTOM, .take = type, .meaning = "isa: NE2000; pci: RTL8029" },
    { "ioaddr", TYPE_CUSTOM, .take = ioaddr, .meaning = "first of 32 ports of an ISA card" },
    { "irq", TYPE_CUSTOM, .take = irq, .meaning = "interrupt request of an ISA card" },
    NIC_NETWORK, { .name = NULL },
};

const struct parameter nic_e1000[] = { NIC_CARD, NIC_NETWORK, { .name = NULL } };

/* --- back to directives --- */

static void write_card(FILE *to, const char *directive, unsigned n, const struct nic_config *nic)
{
    static const u8 none[6];

    fprintf(to, "%s: card=%u, enabled=1", directive, n);
    if (!strcmp(directive, "ne2k")) fprintf(to, ", type=%s, ioaddr=0x%x, irq=%u", nic->is_pci ? "pci" : "isa", nic->ioaddr, nic->irq);
    if (memcmp(nic->mac, none, sizeof none))
        fprintf(to, ", mac=%02x:%02x:%02x:%02x:%02x:%02x", nic->mac[0], nic->mac[1], nic->mac[2], nic->mac[3], nic->mac[4], nic->mac[5]);
    if (nic->ethmod == NETWORK_VNET) fprintf(to, ", ethmod=vnet, ethdev=\"%s\", script=\"%s\"", nic->ethdev, nic->bootfile);
    else fprintf(to, ", ethmod=%s", nic->ethmod == NETWORK_NULL ? "null" : "replay");       /* frames from outside are in the journal */
    fputc('\n', to);
}

void nic_write(const struct machine_config *c, FILE *to)
{
    for (unsigned n = 0; n < CONFIG_NICS; n++)
        if (c->ne2k[n].present) write_card(to, "ne2k", n, &c->ne2k[n]);
    for (unsigned n = 0; n < CONFIG_NICS; n++)
        if (c->e1000[n].present) write_card(to, "e1000", n, &c->e1000[n]);
}
