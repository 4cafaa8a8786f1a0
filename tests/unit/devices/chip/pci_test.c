/* Configuration mechanism 1, the 82441FX, and the PIIX3's ISA bridge.  PCI Local Bus Specification 2.1; Intel 290549-001, 290550-001. */
#include "devices/chip/isa_piix3.h"
#include "devices/chip/pci_bus.h"
#include "devices/chip/pci_i440fx.h"
#include "tests/unit/devices/bench.h"

static struct pci_bus bus;
static struct pci_i440fx host;
static struct isa_piix3 isa;
static struct line irq[PIIX3_IRQS];
static unsigned remaps, hard_resets, soft_resets;

static void on_memory(void *board) { (void)board; remaps++; }
static void on_reset(void *board, bool hard) { (void)board; hard ? hard_resets++ : soft_resets++; }

static void setup(void)
{
    memset(irq, 0, sizeof irq);
    remaps = hard_resets = soft_resets = 0;
    pci_bus_init(&bus);
    pci_i440fx_init(&host, NULL, on_memory);
    isa_piix3_init(&isa, irq, NULL, on_reset);
    cr_assert(pci_bus_add(&bus, &(struct pci_function){ 0, 0, "host", &host, pci_i440fx_read, pci_i440fx_write }));
    cr_assert(pci_bus_add(&bus, &(struct pci_function){ 1, 0, "isa", &isa, isa_piix3_config_read, isa_piix3_config_write }));
}

static void teardown(void)
{
    cr_expect_null(pci_bus_invariant(&bus));
    cr_expect_null(pci_i440fx_invariant(&host), "%s", pci_i440fx_invariant(&host));
    cr_expect_null(isa_piix3_invariant(&isa), "%s", isa_piix3_invariant(&isa));
}
TestSuite(pci, .init = setup, .fini = teardown);

static u32 config(u32 address)
{
    u32 v = 0;
    pci_bus_address_write(&bus, address);
    for (unsigned i = 0; i < 4; i++) v |= (u32)pci_bus_data_read(&bus, i) << 8 * i;
    return v;
}

static void config_set(u32 address, u32 value)
{
    pci_bus_address_write(&bus, address);
    for (unsigned i = 0; i < 4; i++) pci_bus_data_write(&bus, i, (u8)(value >> 8 * i));
}

Test(pci, the_address_reads_back_without_reserved_bits)
{
    pci_bus_address_write(&bus, 0xffffffff);
    cr_expect_eq(pci_bus_address_read(&bus), 0x80fffffc);
}

Test(pci, a_function_answers_at_its_bus_device_and_number_alone)
{
    static const struct { u32 address, value; } cases[] = {
        { 0x80000000, 0x12378086 }, { 0x80000800, 0x70008086 }, { 0x80000100, 0xffffffff }, { 0x80001000, 0xffffffff },
        { 0x80010000, 0xffffffff }, { 0x00000000, 0xffffffff },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) cr_expect_eq(config(cases[i].address), cases[i].value, "%08x: %08x", cases[i].address, config(cases[i].address));
}

Test(pci, two_functions_at_one_place_are_refused)
{
    cr_expect_not(pci_bus_add(&bus, &(struct pci_function){ 1, 0, "isa", &isa, isa_piix3_config_read, isa_piix3_config_write }));
}

Test(pci, identification_and_class_cannot_be_written)
{
    config_set(0x80000000, 0);
    config_set(0x80000008, 0);
    config_set(0x80000808, 0);
    cr_expect_eq(config(0x80000000), 0x12378086);
    cr_expect_eq(config(0x80000008) >> 8, 0x060000);
    cr_expect_eq(config(0x80000808) >> 8, 0x060100);
    cr_expect_eq(config(0x8000080c) >> 16 & 0xff, 0x80, "several functions");
}

Test(pci, status_bits_are_cleared_by_a_one)
{
    struct pci_registers rows = { (const struct pci_register[]){ { 6, 2, 0x0280, 0x0001, 0x0800 } }, 1 };
    u8 space[PCI_CONFIG_BYTES];

    pci_config_reset(space, rows);
    space[7] |= 8;
    pci_config_write(space, rows, 7, 0);
    cr_expect_eq(pci_config_get(space, 6, 2), 0x0a80);
    pci_config_write(space, rows, 7, 8);
    pci_config_write(space, rows, 6, 0xff);
    cr_expect_eq(pci_config_get(space, 6, 2), 0x0281);
    cr_expect(pci_config_valid(space, rows));
    space[9] = 1;
    cr_expect_not(pci_config_valid(space, rows));
}

Test(pci, each_segment_has_a_nibble_of_the_PAM_registers)                    /* "Programmable Attribute Map Registers" */
{
    static const struct { u8 at, high; u32 first; } segments[] = {
        { 0x59, 1, 0xf0000 }, { 0x5a, 0, 0xc0000 }, { 0x5a, 1, 0xc4000 }, { 0x5b, 0, 0xc8000 }, { 0x5b, 1, 0xcc000 }, { 0x5c, 0, 0xd0000 }, { 0x5c, 1, 0xd4000 },
        { 0x5d, 0, 0xd8000 }, { 0x5d, 1, 0xdc000 }, { 0x5e, 0, 0xe0000 }, { 0x5e, 1, 0xe4000 }, { 0x5f, 0, 0xe8000 }, { 0x5f, 1, 0xec000 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(segments); i++) {
        pci_i440fx_write(&host, segments[i].at, segments[i].high ? 0x10 : 0x01);
        for (unsigned k = 0; k < ARRAY_COUNT(segments); k++) {
            cr_expect_eq(pci_i440fx_reads_dram(&host, segments[k].first), k == i, "%x by %02x", segments[k].first, segments[i].at);
            cr_expect_not(pci_i440fx_writes_dram(&host, segments[k].first));
        }
        pci_i440fx_write(&host, segments[i].at, segments[i].high ? 0x20 : 0x02);
        cr_expect(pci_i440fx_writes_dram(&host, segments[i].first + 0x3fff));
        cr_expect_not(pci_i440fx_reads_dram(&host, segments[i].first));
        pci_i440fx_write(&host, segments[i].at, 0);
    }
    cr_expect_eq(remaps, 3 * ARRAY_COUNT(segments));
    pci_i440fx_write(&host, 0x5f, 0);
    cr_expect_eq(remaps, 3 * ARRAY_COUNT(segments), "nothing changed");
}

Test(pci, a_locked_SMRAM_is_closed_until_reset)                              /* "System Management RAM Control Register" */
{
    pci_i440fx_write(&host, 0x72, 0x4a);
    cr_expect_eq(pci_i440fx_smram(&host, false), SMRAM_SEEN);
    pci_i440fx_write(&host, 0x72, 0x6a);
    cr_expect_eq(pci_i440fx_smram(&host, false), SMRAM_HIDDEN, "DCLS");
    cr_expect_eq(pci_i440fx_smram(&host, true), SMRAM_FETCHED, "DCLS in system management mode");
    pci_i440fx_write(&host, 0x72, 0x5a);
    cr_expect_eq(pci_i440fx_read(&host, 0x72), 0x1a);
    pci_i440fx_write(&host, 0x72, 0x4a);
    cr_expect_eq(pci_i440fx_read(&host, 0x72), 0x1a);
    pci_i440fx_reset(&host);
    cr_expect_eq(pci_i440fx_read(&host, 0x72), 0x02);
}

Test(pci, a_PIRQ_asks_for_the_request_it_is_routed_to)                       /* "PIRQRC[A:D]" */
{
    isa_piix3_set_pirq(&isa, 0, true);
    for (unsigned n = 0; n < PIIX3_IRQS; n++) cr_expect_not(irq[n].level, "not routed after reset");
    isa_piix3_config_write(&isa, 0x60, 11);
    cr_expect(irq[11].level);
    isa_piix3_config_write(&isa, 0x61, 11);
    isa_piix3_set_pirq(&isa, 1, true);
    isa_piix3_set_pirq(&isa, 0, false);
    cr_expect(irq[11].level, "shared");
    isa_piix3_set_pirq(&isa, 1, false);
    cr_expect_not(irq[11].level);
    isa_piix3_set_pirq(&isa, 0, true);
    isa_piix3_config_write(&isa, 0x60, 5);
    cr_expect(irq[5].level && !irq[11].level);
    isa_piix3_config_write(&isa, 0x60, 8);
    cr_expect_not(irq[8].level, "reserved");
    isa_piix3_config_write(&isa, 0x60, 0x85);
    cr_expect_not(irq[5].level);
}

Test(pci, the_rising_edge_of_RCPU_resets_as_SRST_says)                       /* "Reset Control Register" */
{
    isa_piix3_reset_control_write(&isa, 0, 4);
    cr_expect(soft_resets == 1 && hard_resets == 0);
    isa_piix3_reset_control_write(&isa, 0, 6);
    cr_expect_eq(hard_resets, 0, "no edge");
    isa_piix3_reset_control_write(&isa, 0, 2);
    isa_piix3_reset_control_write(&isa, 0, 6);
    cr_expect(soft_resets == 1 && hard_resets == 1);
    cr_expect_eq(isa_piix3_reset_control_read(&isa, 0), 6);
}

Test(pci, the_APM_registers_keep_what_is_written)
{
    isa_piix3_apm_write(&isa, 0, 0x12);
    isa_piix3_apm_write(&isa, 1, 0x34);
    cr_expect(isa_piix3_apm_read(&isa, 0) == 0x12 && isa_piix3_apm_read(&isa, 1) == 0x34);
}
