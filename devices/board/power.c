/* Function 3 of the PIIX4 on the board: where its ports are, and the SMBus with the modules that the RAM is made of.   doc: smbus */
#include "devices/board/board.h"

enum { FIRST_MODULE = 0x50, LARGEST_MODULE_MIB = 1024, IRQ_POWER = 9 };

static void on_smbus_interrupt(void *listener, unsigned n, bool level)
{
    (void)level;
    board_request_changed(listener, n);
}

bool power_request(const struct machine *m, unsigned irq)
{
    return irq == IRQ_POWER && m->pci.smbus_interrupt.level && pm_piix4_function_smbus_by_irq(&m->pci.pm);
}

/* The RAM as modules, each a power of two, the largest first.  What eight of them cannot make has no module. */
static void add_modules(struct machine *m)
{
    u64 left = m->ram_bytes >> 20;

    for (unsigned n = 0; n < MEMORY_MODULES && left; n++) {
        unsigned mib = LARGEST_MODULE_MIB;
        while (mib > left) mib /= 2;
        left -= mib;
        spd_24c02_init(&m->pci.spd[n], mib);
        m->pci.smbus.slave[FIRST_MODULE + n] = (struct smbus_slave){ .chip = &m->pci.spd[n], .start = spd_24c02_start, .write = spd_24c02_write,
                                                                     .read = spd_24c02_read };
    }
}

void power_init(struct machine *m)
{
    m->pci.smbus_interrupt = (struct line){ .changed = on_smbus_interrupt, .listener = m, .n = IRQ_POWER };
    smbus_piix4_init(&m->pci.smbus, &m->clock, &m->pci.smbus_interrupt);
    add_modules(m);
}

bool power_build(struct machine *m, struct error *err)
{
    const struct port_range pm = { 0, 0x0b, "pm", &m->pm, pm_piix4_read, pm_piix4_write, NULL };
    const struct port_range smbus = { 0, SMBUS_PORTS - 1, "smbus", &m->pci.smbus, smbus_piix4_read, smbus_piix4_write, NULL };

    return ports_add_movable(m->ports, &pm, &m->pci.pm_ports, err) && ports_add_movable(m->ports, &smbus, &m->pci.smbus_ports, err);
}

void power_place(struct machine *m)
{
    struct pci *p = &m->pci;
    u16 base;
    bool decoded = pm_piix4_function_base(&p->pm, &base);

    ports_place(m->ports, p->pm_ports, base, decoded);
    decoded = pm_piix4_function_smbus(&p->pm, &base);
    ports_place(m->ports, p->smbus_ports, base, decoded);
    smbus_piix4_enable(&p->smbus, pm_piix4_function_smbus_enabled(&p->pm));
    board_request_changed(m, IRQ_POWER);
}

void power_reset(struct machine *m) { smbus_piix4_reset(&m->pci.smbus); }
