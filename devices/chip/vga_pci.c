/* The VGA as a PCI function: 1234:1111, or a CL-GD5446, 1013:00B8.                          doc: vga-dispi
 *   1234:1111   10 region 0: the frame buffer, prefetchable     18 region 2: registers, 4 KiB
 *               registers  000 EDID of the monitor  400 ports 3C0h-3DFh  500 the display interface's, two bytes each, without an index
 *   1013:00B8   10 region 0: the aperture, 32 MiB, prefetchable 14 region 1: registers, 4 KiB
 *               registers  000 ports 3C0h-3DFh  100 BitBLT
 *               subsystem 1AF4:1100, as QEMU's card has it: the boards that Linux's DRM driver takes are these
 * Source: QEMU documentation, "QEMU Standard VGA", "PCI spec", "MMIO area spec"; PCI Local Bus Specification 2.1, "Base Addresses",
 * "Expansion ROM Base Address Register"; Cirrus Logic, "CL-GD5446 Technical Reference Manual", "PCI Configuration Registers".  An expansion ROM is 0 where there is none, as on boards that have the VGA, and its BIOS at C0000h, themselves.
 * Not modelled: PCI_COMMAND's I/O bit (the VGA's ports are always decoded), QEMU's extended registers. */
#include "devices/chip/vga_pci.h"

#include <string.h>

enum { BASE_0 = 0x10, BASE_1 = 0x14, BASE_2 = 0x18, SUBSYSTEM = 0x2c, PREFETCHABLE = 8 };
enum { MMIO_EDID = 0x000, MMIO_PORTS = 0x400, MMIO_PORTS_END = 0x420, MMIO_DISPI = 0x500, MMIO_DISPI_END = MMIO_DISPI + 2 * DISPI_REGISTERS };
enum { CIRRUS_PORTS_END = 0x20, CIRRUS_BLT = 0x100, CIRRUS_BLT_END = CIRRUS_BLT + CIRRUS_MMIO_BYTES };
enum { PORTS_FIRST_REGISTER = 0x10 };                    /* 3C0h, counted from 3B0h as the chip does */

#define STATE_OWNER struct vga_pci
STATE_LAYOUT_OF(vga_pci_state, "vga_pci", VGA_PCI_STATE, vga_pci_invariant);

void vga_pci_init(struct vga_pci *p, struct vga *vga, void *board, void (*decode_changed)(void *board))
{
    *p = (struct vga_pci){ .vga = vga, .board = board, .decode_changed = decode_changed };
    bool cirrus = vga->cirrus.present;

    p->aperture_bytes = cirrus ? CIRRUS_APERTURE_BYTES : vga->memory_bytes;
    p->mmio_at = cirrus ? BASE_1 : BASE_2;
    const struct pci_register rows[] = {
        /* at           size reset       writable                                cleared */
        { PCI_VENDOR,     4, cirrus ? 0x00b81013 : 0x11111234, 0,                      0 },
        { PCI_COMMAND,    2, 0x0000,     COMMAND_IO | COMMAND_MEMORY,                  0 },
        { PCI_REVISION,   4, 0x03000000, 0,                                            0 },      /* VGA compatible controller */
        { BASE_0,         4, PREFETCHABLE, ~(p->aperture_bytes - 1),                   0 },
        { p->mmio_at,     4, 0x00000000, ~(u32)(VGA_PCI_MMIO_BYTES - 1),               0 },
        { SUBSYSTEM,      4, cirrus ? 0x11001af4 : 0, 0,                               0 },
        { PCI_INTERRUPT_LINE, 1, 0x00,   0xff,                                         0 },
    };
    memcpy(p->row, rows, sizeof rows);
    p->registers = (struct pci_registers){ p->row, ARRAY_COUNT(rows) };
    pci_config_reset(p->config, p->registers);
}

void vga_pci_reset(struct vga_pci *p)
{
    pci_config_reset(p->config, p->registers);
    p->decode_changed(p->board);
}

u8 vga_pci_config_read(void *chip, unsigned at) { return ((struct vga_pci *)chip)->config[at & 0xff]; }

void vga_pci_config_write(void *chip, unsigned at, u8 value)
{
    struct vga_pci *p = chip;

    pci_config_write(p->config, p->registers, at & 0xff, value);
    p->decode_changed(p->board);
}

/* An address of 0 is a register that nobody has set. */
static bool region(const struct vga_pci *p, unsigned at, u32 *base)
{
    *base = pci_config_get(p->config, at, 4) & ~0xfu;
    return p->config[PCI_COMMAND] & COMMAND_MEMORY && *base;
}

bool vga_pci_memory_base(const struct vga_pci *p, u32 *base) { return region(p, BASE_0, base); }
bool vga_pci_mmio_base(const struct vga_pci *p, u32 *base) { return region(p, p->mmio_at, base); }

/* --- registers in memory, by their bytes; the display interface's are words --- */

static u8 cirrus_read(struct vga_pci *p, u32 at)
{
    if (at < CIRRUS_PORTS_END) return vga_port_read(p->vga, at + PORTS_FIRST_REGISTER);
    return at >= CIRRUS_BLT && at < CIRRUS_BLT_END ? cirrus_mmio_read(p->vga, at - CIRRUS_BLT) : 0xff;
}

static void cirrus_write(struct vga_pci *p, u32 at, u8 value)
{
    if (at < CIRRUS_PORTS_END) vga_port_write(p->vga, at + PORTS_FIRST_REGISTER, value);
    else if (at >= CIRRUS_BLT && at < CIRRUS_BLT_END) cirrus_mmio_write(p->vga, at - CIRRUS_BLT, value);
}

static u8 byte_read(struct vga_pci *p, u32 at)
{
    if (p->vga->cirrus.present) return cirrus_read(p, at);
    if (at < EDID_BYTES) return p->vga->monitor.edid[at];
    if (at >= MMIO_PORTS && at < MMIO_PORTS_END) return vga_port_read(p->vga, at - MMIO_PORTS + PORTS_FIRST_REGISTER);
    if (at < MMIO_DISPI || at >= MMIO_DISPI_END || !p->vga->dispi.present) return 0;
    return (u8)(dispi_read(p->vga, (at - MMIO_DISPI) / 2) >> 8 * (at & 1));
}

u64 vga_pci_mmio_read(struct vga_pci *p, u32 at, unsigned size)
{
    u64 value = 0;
    for (unsigned i = 0; i < size && i < 8; i++) value |= (u64)byte_read(p, at + i) << 8 * i;
    return value;
}

void vga_pci_mmio_write(struct vga_pci *p, u32 at, unsigned size, u64 value)
{
    for (unsigned i = 0; i < size && i < 8; i++) {
        u32 to = at + i;
        if (p->vga->cirrus.present) {
            cirrus_write(p, to, (u8)(value >> 8 * i));
            continue;
        }
        if (to >= MMIO_PORTS && to < MMIO_PORTS_END) vga_port_write(p->vga, to - MMIO_PORTS + PORTS_FIRST_REGISTER, (u8)(value >> 8 * i));
        bool word = !(to & 1) && i + 1 < size;
        if (word && to >= MMIO_DISPI && to < MMIO_DISPI_END && p->vga->dispi.present) dispi_write(p->vga, (to - MMIO_DISPI) / 2, (u16)(value >> 8 * i));
    }
}

const char *vga_pci_invariant(const struct vga_pci *p)
{
    return pci_config_valid(p->config, p->registers) ? NULL : "bits that nothing sets are as after a reset";
}
