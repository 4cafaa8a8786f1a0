/* 82371SB (PIIX3), function 1: IDE interface with a bus master for two channels.           doc: pci
 *   configuration  20 BMIBA  40, 42 IDETIM of each channel: 15 its ports are decoded  44 SIDETIM
 *   reg (+8 for the second channel)
 *     0 BMICX   0 SSBM start  3 RWCON 1: to memory
 *     2 BMISX   0 active  1 error  2 interrupt (both cleared by a 1)  5 DMA0CAP  6 DMA1CAP
 *     4 BMIDTPX address of the table of descriptors: region (32 bits), bytes (16, 0 is 64 KiB), EOT in bit 15 of the last word
 * Source: Intel 290550-001, "IDE Register Description"; "Programming Interface for Bus Master IDE Controller" 1.0.
 * Not modelled: timing (a transfer takes the device's time), the DMA modes' handshake. */
#include "devices/chip/ide_piix3.h"

enum { BMIBA = 0x20, IDETIM = 0x40, IDETIM_DECODE_HIGH = 0x80 };
enum { BMICX, BMISX = 2, BMIDTPX = 4, SSBM = 1, RWCON = 8 };
enum { ACTIVE = 1, ERROR = 2, INTERRUPT = 4, CAPABLE = 0x60 };
enum { DESCRIPTOR_BYTES = 8, EOT = 0x80 };

#define STATE_OWNER struct ide_piix3
STATE_LAYOUT_OF(ide_piix3_state, "ide_piix3", IDE_PIIX3_STATE, ide_piix3_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x70108086, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0000,     0x0005,     0          },     /* PCICMD: ports, master */
    { 0x06, 2, 0x0280,     0,          0x3800     },     /* PCISTS */
    { 0x08, 4, 0x01018000, 0,          0          },     /* RID, CLASSC: IDE with a bus master, at the AT's places */
    { 0x0d, 1, 0x00,       0xf0,       0          },     /* MLT */
    { 0x20, 4, 0x00000001, 0xfffffff0, 0          },     /* BMIBA: 31..16 are wired to 0 on the part; SeaBIOS sizes all 32 bits */
    { 0x40, 4, 0x00000000, 0xf3fff3ff, 0          },     /* IDETIM */
    { 0x44, 1, 0x00,       0xff,       0          },     /* SIDETIM */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

void ide_piix3_init(struct ide_piix3 *p, const struct ide_piix3_wires *wires)
{
    *p = (struct ide_piix3){ .wires = *wires };
    pci_config_reset(p->config, registers);
}

void ide_piix3_reset(struct ide_piix3 *p)
{
    struct ide_piix3_wires wires = p->wires;

    ide_piix3_init(p, &wires);
    p->wires.decode_changed(p->wires.board);
}

u8 ide_piix3_config_read(void *chip, unsigned at) { return ((struct ide_piix3 *)chip)->config[at & 0xff]; }

void ide_piix3_config_write(void *chip, unsigned at, u8 value)
{
    struct ide_piix3 *p = chip;

    pci_config_write(p->config, registers, at & 0xff, value);
    p->wires.decode_changed(p->wires.board);
}

bool ide_piix3_decodes(const struct ide_piix3 *p, unsigned channel)
{
    return p->config[PCI_COMMAND] & COMMAND_IO && p->config[IDETIM + 2 * (channel & 1) + 1] & IDETIM_DECODE_HIGH;
}

bool ide_piix3_master_base(const struct ide_piix3 *p, u16 *base)
{
    u32 address = pci_config_get(p->config, BMIBA, 4) & 0xfffffff0;

    *base = (u16)address;
    return p->config[PCI_COMMAND] & COMMAND_IO && address && address <= 0xfff0;
}

/* --- the bus master --- */

static void stop(struct ide_piix3 *p, unsigned n) { p->status[n] &= (u8)~ACTIVE; }

/* The next region.  A descriptor has two bytes at least, so that a table of any content ends with the transfer. */
static void fetch(struct ide_piix3 *p, unsigned n)
{
    u8 d[DESCRIPTOR_BYTES];

    p->wires.memory_read(p->wires.board, p->next[n], d, sizeof d);
    p->next[n] += DESCRIPTOR_BYTES;
    p->region[n] = get32(d) & ~1u;
    p->left[n] = get16(d + 4) & 0xfffeu;
    if (!p->left[n]) p->left[n] = 0x10000;
    p->last[n] = d[7] & EOT;
}

u32 ide_piix3_transfer(void *chip, unsigned channel, u8 *bytes, u32 count, bool to_memory)
{
    struct ide_piix3 *p = chip;
    unsigned n = channel & 1;
    u32 done = 0;

    if (!(p->config[PCI_COMMAND] & COMMAND_MASTER) || !(p->command[n] & RWCON) == to_memory) return 0;
    while (done < count && p->status[n] & ACTIVE) {
        if (!p->left[n]) fetch(p, n);
        u32 size = count - done < p->left[n] ? count - done : p->left[n];
        if (to_memory) p->wires.memory_write(p->wires.board, p->region[n], bytes + done, size);
        else p->wires.memory_read(p->wires.board, p->region[n], bytes + done, size);
        done += size;
        p->region[n] += size;
        p->left[n] -= size;
        if (!p->left[n] && p->last[n]) stop(p, n);
    }
    return done;
}

void ide_piix3_interrupt(struct ide_piix3 *p, unsigned channel) { p->status[channel & 1] |= INTERRUPT; }

static void write_command(struct ide_piix3 *p, unsigned n, u8 value)
{
    bool starts = value & ~p->command[n] & SSBM;

    p->command[n] = value & (SSBM | RWCON);
    if (!(value & SSBM)) stop(p, n);
    if (!starts) return;
    p->status[n] |= ACTIVE;
    p->next[n] = p->table[n];
    p->left[n] = 0;
    p->last[n] = false;
    p->wires.started(p->wires.board, n);
}

u8 ide_piix3_read(void *chip, unsigned reg)
{
    const struct ide_piix3 *p = chip;
    unsigned n = reg >> 3 & 1;

    reg &= 7;
    if (reg == BMICX) return p->command[n];
    if (reg == BMISX) return p->status[n];
    return reg >= BMIDTPX ? (u8)(p->table[n] >> 8 * (reg - BMIDTPX)) : 0;
}

void ide_piix3_write(void *chip, unsigned reg, u8 value)
{
    struct ide_piix3 *p = chip;
    unsigned n = reg >> 3 & 1, shift = 8 * (reg & 3);

    reg &= 7;
    if (reg == BMICX) write_command(p, n, value);
    else if (reg == BMISX) p->status[n] = (u8)((p->status[n] & ~(value & (ERROR | INTERRUPT)) & ~CAPABLE) | (value & CAPABLE));
    else if (reg >= BMIDTPX) p->table[n] = ((p->table[n] & ~(0xffu << shift)) | (u32)value << shift) & ~3u;
}

const char *ide_piix3_invariant(const struct ide_piix3 *p)
{
    if (state_out_of_range(&ide_piix3_state, p)) return "every field is in the range its list gives";
    for (unsigned n = 0; n < IDE_CHANNELS; n++)
        if (p->status[n] & ACTIVE && !(p->command[n] & SSBM)) return "an active master was started";
    return pci_config_valid(p->config, registers) ? NULL : "bits that cannot be written are as reset left them";
}
