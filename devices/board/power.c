/* Function 3 of the PIIX4 on the board: where its ports are, SMI, and the SMBus with the modules that the RAM is made of.   doc: smbus */
#include "devices/board/board.h"

enum { FIRST_MODULE = 0x50, LARGEST_MODULE_MIB = 1024, IRQ_POWER = 9 };

/* SMI# goes to every processor.  A foreign BIOS, which has moved the boot processor's SMRAM, may not know that the others have theirs at the
 * default place, in the middle of memory: there it goes to that one alone. */
static void on_smi(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;
    unsigned count = m->config.system_rom.path[0] ? 1 : m->processors;

    (void)n;
    for (unsigned i = 0; level && i < count; i++) cpu_set_line(m->processor[i].cpu, CPU_LINE_SMI, true);
}

/* SeaBIOS waits for ever for an SMI whose state save map it does not know: it knows AMD64's. */
static bool firmware_would_hang(const struct machine *m)
{
    bool amd64 = m->cpu_model.vendor[0] == 'A' && cpu_model_has(&m->cpu_model, FEATURE_LM);
    return m->config.system_rom.path[0] && !amd64;
}

void power_apm_written(void *board, bool smi)
{
    struct machine *m = board;

    line_set(&m->pci.smi, smi);
    line_set(&m->pci.smi, false);
    if (pm_piix4_function_apm_enabled(&m->pci.pm)) pm_piix4_apm(&m->pm);
}

void power_smm_changed(void *board, unsigned processor, bool smm)
{
    struct machine *m = board;

    (void)smm;
    if (processor == m->turn.current) video_see_smram(m);
}

static void on_smbus_interrupt(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;

    board_request_changed(m, n);
    if (level && !pm_piix4_function_smbus_by_irq(&m->pci.pm)) pm_piix4_smi(&m->pm);
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
    m->pci.pm.apm_is_set_up = firmware_would_hang(m);
    m->pci.smi = (struct line){ .changed = on_smi, .listener = m };
    smbus_piix4_init(&m->pci.smbus, &m->clock, &m->pci.smbus_interrupt);
    add_modules(m);
}

bool power_build(struct machine *m, struct error *err)
{
    const struct port_range pm = { 0, PM_PIIX4_PORTS - 1, "pm", &m->pm, pm_piix4_read, pm_piix4_write, NULL };
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
