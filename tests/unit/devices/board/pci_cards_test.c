/* Cards in slots: the firmware finds and places them, their ports move, their INTA# reaches the router. */
#include <criterion/criterion.h>

#include "devices/board/board.h"

enum { SLOT_3 = 4 << 11 };

static struct machine *m;

static void setup(void)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 4 << 20;
    strcpy(config.slot[2], "ne2k");
    config.ne2k[0] = (struct nic_config){ .present = true };
    config.ne2k[1] = (struct nic_config){ .present = true, .is_pci = true };
    config.ne2k[2] = (struct nic_config){ .present = true, .ioaddr = 0x300, .irq = 5 };
    m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
}
static void teardown(void) { machine_destroy(m); }
TestSuite(pci_cards, .init = setup, .fini = teardown);

static u32 config(u32 at)
{
    ports_write(m->ports, 0xcf8, 4, 0x80000000 | at);
    return ports_read(m->ports, 0xcfc, 4);
}

static void configure(u32 at, u32 value)
{
    ports_write(m->ports, 0xcf8, 4, 0x80000000 | at);
    ports_write(m->ports, 0xcfc, 4, value);
}

Test(pci_cards, a_named_slot_is_taken_and_other_cards_take_the_first_free_one)
{
    cr_expect_eq(config(SLOT_3), 0x802910ec);
    cr_expect_eq(config(2 << 11), 0x802910ec);
    cr_expect_eq(config(3 << 11), 0xffffffff);
}

Test(pci_cards, the_firmware_places_them_and_says_which_request_is_theirs)
{
    machine_run(m, 5000000);
    u32 first = config(2 << 11 | 0x10) & ~3u, second = config(SLOT_3 | 0x10) & ~3u;
    cr_expect(first >= 0xd000 && second >= 0xd000 && first != second);
    cr_expect_eq(config(SLOT_3 | 4) & 7, 1);
    cr_expect_eq(config(2 << 11 | 0x3c) & 0xffff, 0x010b, "INTA# of device 2 is PIRQB");
    cr_expect_eq(config(SLOT_3 | 0x3c) & 0xffff, 0x010b, "of device 4 PIRQD");
    cr_expect_eq(ports_read(m->ports, (u16)(first + 0x1f), 1), 0);
    cr_expect_eq(ports_read(m->ports, (u16)first, 1), 0x21);
}

Test(pci_cards, ports_are_decoded_where_and_while_configuration_says)
{
    configure(SLOT_3 | 0x10, 0x6001);
    cr_expect_eq(ports_read(m->ports, 0x6000, 1), 0xff);
    configure(SLOT_3 | 4, 1);
    cr_expect_eq(ports_read(m->ports, 0x6000, 1), 0x21);
    configure(SLOT_3 | 0x10, 0x6401);
    cr_expect_eq(ports_read(m->ports, 0x6000, 1), 0xff);
    cr_expect_eq(ports_read(m->ports, 0x6400, 1), 0x21);
    machine_reset(m);
    cr_expect_eq(ports_read(m->ports, 0x6400, 1), 0xff);
}

/* A remote DMA of no bytes is done at once: RDC. */
static void ask(u16 first)
{
    ports_write(m->ports, first + 15, 1, 0x40);
    ports_write(m->ports, first, 1, 0x0a);
}

Test(pci_cards, INTA_reaches_the_request_that_the_router_names)
{
    configure(SLOT_3 | 0x10, 0x6001);
    configure(SLOT_3 | 4, 1);
    configure(1 << 11 | 0x60, 0x09808080 | 0x80);
    ask(0x6000);
    cr_expect(m->pci.irq[9].level, "PIRQD");
    ports_write(m->ports, 0x6007, 1, 0x7f);
    cr_expect_not(m->pci.irq[9].level);
}

Test(pci_cards, an_ISA_card_has_its_own_ports_and_request)
{
    cr_expect_eq(ports_read(m->ports, 0x300, 1), 0x21);
    cr_expect_eq(ports_read(m->ports, 0x300, 2) & 0xff, 0x21);
    ask(0x300);
    cr_expect(networks_request(m, 5));
    cr_expect(m->pic[0].irr & 1 << 5);
    cr_expect_not(networks_request(m, 9));
}

Test(pci_cards, memory_ranges_answer_where_they_are_placed)
{
    struct mmio mmio = { 0 };
    struct error err = { 0 };
    unsigned id;

    cr_assert(mmio_add(&mmio, &(struct mmio_range){ .name = "x", .size_bytes = 4096 }, &id, &err));
    cr_expect_eq(mmio_read(&mmio, 0, 4), UINT64_MAX, "not decoded");
    mmio_place(&mmio, id, 0xe0000000, true);
    cr_expect_eq(mmio_read(&mmio, 0xe0000ffe, 4), UINT64_MAX, "an access lies in it as a whole");
    cr_expect_eq(mmio_read(&mmio, 0xdffffffc, 4), UINT64_MAX);
}
