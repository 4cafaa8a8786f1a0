/* Configuration space: what a register becomes by reset and by a write.                    doc: pci
 * Source: PCI Local Bus Specification 2.1, "Configuration Space". */
#include "devices/chip/pci_config.h"

#include <string.h>

void pci_config_reset(u8 *config, struct pci_registers registers)
{
    memset(config, 0, PCI_CONFIG_BYTES);
    for (unsigned n = 0; n < registers.count; n++) {
        const struct pci_register *r = &registers.row[n];
        for (unsigned i = 0; i < r->size_bytes; i++) config[r->at + i] = (u8)(r->reset >> 8 * i);
    }
}

/* The row that has byte `at`, and which of its bytes that is; NULL: none. */
static const struct pci_register *row_of(struct pci_registers registers, unsigned at, unsigned *shift)
{
    for (unsigned n = 0; n < registers.count; n++) {
        const struct pci_register *r = &registers.row[n];
        if (at < r->at || at >= (unsigned)r->at + r->size_bytes) continue;
        *shift = 8 * (at - r->at);
        return r;
    }
    return NULL;
}

void pci_config_write(u8 *config, struct pci_registers registers, unsigned at, u8 value)
{
    unsigned shift = 0;
    const struct pci_register *r = row_of(registers, at, &shift);

    if (!r) return;
    u8 writable = (u8)(r->writable >> shift), cleared = (u8)(r->cleared >> shift);
    config[at] = (u8)(((config[at] & ~writable) | (value & writable)) & ~(value & cleared));
}

bool pci_config_base(const u8 *config, unsigned at, u32 *base)
{
    u32 value = pci_config_get(config, at, 4);
    bool is_port = value & 1;

    *base = value & (is_port ? ~3u : ~15u);
    return config[PCI_COMMAND] & (is_port ? COMMAND_IO : COMMAND_MEMORY) && *base;
}

bool pci_config_valid(const u8 *config, struct pci_registers registers)
{
    u8 loose[PCI_CONFIG_BYTES] = { 0 }, reset[PCI_CONFIG_BYTES];

    pci_config_reset(reset, registers);
    for (unsigned n = 0; n < registers.count; n++) {
        const struct pci_register *r = &registers.row[n];
        for (unsigned i = 0; i < r->size_bytes; i++) loose[r->at + i] = (u8)((r->writable | r->cleared) >> 8 * i);
    }
    for (unsigned at = 0; at < PCI_CONFIG_BYTES; at++)
        if ((config[at] ^ reset[at]) & ~loose[at]) return false;
    return true;
}
