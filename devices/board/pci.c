/* The board's PCI side: 82441FX, PIIX3 and the power management of a PIIX4 around the same AT chips.   doc: pci */
#include "devices/board/board.h"

enum { FIRST_PENTIUM = 5, VGA_DEVICE = 8 };

bool pci_wanted(const struct machine *m)
{
    if (m->config.pci != PCI_BY_MODEL) return m->config.pci == PCI_ON;
    return m->cpu_model.family >= FIRST_PENTIUM;
}

/* --- CF8h to CFFh: the address, reset control in its second byte, the data --- */

enum { CONFADD = 0, RC = 1, CONFDATA = 4 };

static u8 config_port_read(void *chip, unsigned reg)
{
    struct pci *p = chip;

    if (reg == RC) return isa_piix3_reset_control_read(&p->isa, 0);
    return reg >= CONFDATA ? pci_bus_data_read(&p->bus, reg - CONFDATA) : 0xff;
}

static void config_port_write(void *chip, unsigned reg, u8 value)
{
    struct pci *p = chip;

    if (reg == RC) isa_piix3_reset_control_write(&p->isa, 0, value);
    else if (reg >= CONFDATA) pci_bus_data_write(&p->bus, reg - CONFDATA, value);
}

static u32 config_port_read_wide(void *chip, unsigned reg, unsigned size)
{
    struct pci *p = chip;
    u32 value = 0;

    if (reg == CONFADD && size == 4) return pci_bus_address_read(&p->bus);
    for (unsigned i = 0; i < size; i++) value |= (u32)(reg + i < 8 ? config_port_read(p, reg + i) : 0xff) << 8 * i;
    return value;
}

static void config_port_write_wide(void *chip, unsigned reg, unsigned size, u32 value)
{
    struct pci *p = chip;

    if (reg == CONFADD && size == 4) {
        pci_bus_address_write(&p->bus, value);
        return;
    }
    for (unsigned i = 0; i < size && reg + i < 8; i++) config_port_write(p, reg + i, (u8)(value >> 8 * i));
}

/* --- what configuration registers change on the board --- */

static void on_memory_changed(void *board)
{
    memory_map_by_pam(board);
}

/* The IDE channels' ports, the bus master's and those of power management are where software puts them. */
static void on_decode_changed(void *board)
{
    struct machine *m = board;
    struct pci *p = &m->pci;
    u16 base;

    for (unsigned n = 0; n < CONFIG_ATA_CHANNELS; n++) {
        const struct ata_channel_config *c = &m->config.ata[n];
        bool seen = ide_piix3_decodes(&p->ide, n) || m->config.system_rom.path[0];       /* a foreign BIOS may not know of PCI */
        if (!c->enabled) continue;
        ports_place(m->ports, p->ata_ports[n][0], c->ioaddr1, seen);
        ports_place(m->ports, p->ata_ports[n][1], (u16)(c->ioaddr2 + 6), seen);
    }
    bool decoded = ide_piix3_master_base(&p->ide, &base);
    ports_place(m->ports, p->master_ports, base, decoded);
    power_place(m);
    usb_place(m);
}

/* The processor stands in an instruction: a reset of everything waits until it is out of it. */
static void on_reset_control(void *board, bool hard)
{
    struct machine *m = board;

    if (!hard) {
        processors_init_line(m);
        return;
    }
    m->reset_wanted = true;
    processors_request_stop(m);
}

/* --- interrupts and DMA of the IDE channels --- */

static void on_ata_interrupt(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;

    if (level) ide_piix3_interrupt(&m->pci.ide, n);
    line_set(&m->irq[m->config.ata[n].irq & 15], level);
}

static void on_master_started(void *board, unsigned channel)
{
    ata_channel_dma_started(&((struct machine *)board)->ata[channel]);
}

/* A PIRQ and a chip of the ISA bus may ask for the same request. */
static void on_pirq_request(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;
    (void)level;
    board_request_changed(m, n);
}

/* --- the table of functions --- */

bool pci_build(struct machine *m, struct error *err)
{
    struct pci *p = &m->pci;
    static const struct port_wide config_wide = { .read = config_port_read_wide, .write = config_port_write_wide };
    const struct pci_function functions[] = {
        { 0, 0, "82441FX", &p->host, pci_i440fx_read, pci_i440fx_write },
        { 1, 0, "PIIX3 ISA", &p->isa, isa_piix3_config_read, isa_piix3_config_write },
        { 1, 1, "PIIX3 IDE", &p->ide, ide_piix3_config_read, ide_piix3_config_write },
        { 1, 3, "PIIX4 PM", &p->pm, pm_piix4_function_read, pm_piix4_function_write },
    };
    const struct port_range fixed[] = {
        { 0x0b2, 0x0b3, "apm", &p->isa, isa_piix3_apm_read, isa_piix3_apm_write, NULL },
        { 0xcf8, 0xcff, "pci", p, config_port_read, config_port_write, &config_wide },
    };
    const struct port_range master = { 0, IDE_MASTER_PORTS - 1, "ide master", &p->ide, ide_piix3_read, ide_piix3_write, NULL };
    bool ok = true;

    const struct pci_function vga = { VGA_DEVICE, 0, "VGA", &p->vga, vga_pci_config_read, vga_pci_config_write };

    ok &= pci_bus_add(&p->bus, &vga);
    for (unsigned i = 0; i < ARRAY_COUNT(functions); i++) ok &= pci_bus_add(&p->bus, &functions[i]);
    for (unsigned i = 0; i < ARRAY_COUNT(fixed); i++) ok &= ports_add(m->ports, &fixed[i], err);
    ok &= ports_add_movable(m->ports, &master, &p->master_ports, err);
    return power_build(m, err) && usb_build(m, err) && ok;
}

bool pci_add_ata(struct machine *m, unsigned n, const struct port_range *command, const struct port_range *control, struct error *err)
{
    return ports_add_placed(m->ports, command, &m->pci.ata_ports[n][0], err) && ports_add_placed(m->ports, control, &m->pci.ata_ports[n][1], err);
}

void pci_init(struct machine *m)
{
    struct pci *p = &m->pci;
    const struct ide_piix3_wires wires = { .board = m, .decode_changed = on_decode_changed, .memory_read = memory_dma_read,
                                           .memory_write = memory_dma_write, .started = on_master_started };

    pci_bus_init(&p->bus);
    for (unsigned n = 0; n < PIIX3_IRQS; n++) p->irq[n] = (struct line){ .changed = on_pirq_request, .listener = m, .n = n };
    pci_i440fx_init(&p->host, m, on_memory_changed);
    isa_piix3_init(&p->isa, p->irq, m, on_reset_control);
    p->isa.apm_written = power_apm_written;
    ide_piix3_init(&p->ide, &wires);
    pm_piix4_function_init(&p->pm, m, on_decode_changed);
    power_init(m);
    usb_init(m);
    pci_cards_init(m);
    for (unsigned n = 0; n < CONFIG_ATA_CHANNELS; n++) {
        p->ata_irq[n] = (struct line){ .changed = on_ata_interrupt, .listener = m, .n = n };
        m->ata[n].irq = &p->ata_irq[n];
        m->ata[n].dma = (struct ata_dma_wire){ &p->ide, n, ide_piix3_transfer };
    }
}

void pci_derive(struct machine *m)
{
    memory_map_by_pam(m);
    on_decode_changed(m);
    pci_cards_place(m);
}

void pci_reset(struct machine *m)
{
    struct pci *p = &m->pci;

    pci_bus_reset(&p->bus);
    pci_i440fx_reset(&p->host);
    isa_piix3_reset(&p->isa);
    ide_piix3_reset(&p->ide);
    pm_piix4_function_reset(&p->pm);
    power_reset(m);
    usb_reset(m);
    vga_pci_reset(&p->vga);
}
