/* 82441FX PCI and memory controller: host bridge.                                          doc: pci
 *   50 PMCCFG  57 DRAMC  58 DRAMT     60..67 DRB   row boundaries      72 SMRAM
 *   59..5F PAM0..6   a nibble a segment: bit 0 reads, bit 1 writes go to DRAM
 *     PAM0 7..4 F0000-FFFFF   PAM1 C0000, C4000   PAM2 C8000, CC000   PAM3 D0000, D4000   PAM4 D8000, DC000   PAM5 E0000, E4000   PAM6 E8000, EC000
 *   72 SMRAM   6 DOPEN  5 DCLS  4 DLCK  3 G_SMRAME  2..0 the segment, A0000h: DRAM there for a processor in system management mode (with DCLS
 *      for what it fetches alone), with DOPEN for every access of processors; PCI masters never reach it
 * Source: Intel 290549-001.  Not modelled: DRAM timing and row boundaries (they keep what is written), error reports, reset by TRC (the ISA bridge has a reset register too). */
#include "devices/chip/pci_i440fx.h"

enum { PAM0 = 0x59, PAM6 = 0x5f, SMRAM = 0x72 };
enum { SMRAM_OPEN = 0x40, SMRAM_CLOSED = 0x20, SMRAM_LOCKED = 0x10, SMRAM_ENABLE = 8 };
enum { PAM_READ = 1, PAM_WRITE = 2 };

#define STATE_OWNER struct pci_i440fx
STATE_LAYOUT_OF(pci_i440fx_state, "pci_i440fx", PCI_I440FX_STATE, pci_i440fx_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x12378086, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0006,     0x0140,     0          },     /* PCICMD: SERRE, PERRE; memory and master are wired to 1 */
    { 0x06, 2, 0x0280,     0,          0xf900     },     /* PCISTS */
    { 0x08, 4, 0x06000002, 0,          0          },     /* RID, CLASSC: host bridge */
    { 0x0d, 1, 0x00,       0xf8,       0          },     /* MLT */
    { 0x50, 2, 0x0000,     0xfff8,     0          },     /* PMCCFG */
    { 0x52, 1, 0x00,       0xff,       0          },     /* DETURBO */
    { 0x53, 1, 0x83,       0x7f,       0          },     /* DBC */
    { 0x54, 1, 0x00,       0x93,       0          },     /* AXC */
    { 0x55, 2, 0x0000,     0xffff,     0          },     /* DRT */
    { 0x57, 1, 0x01,       0x7f,       0          },     /* DRAMC */
    { 0x58, 1, 0x00,       0xff,       0          },     /* DRAMT */
    { 0x59, 1, 0x00,       0x30,       0          },     /* PAM0 */
    { 0x5a, 4, 0x00,       0x33333333, 0          },     /* PAM1 to PAM4 */
    { 0x5e, 2, 0x00,       0x3333,     0          },     /* PAM5, PAM6 */
    { 0x60, 4, 0x01010101, 0xffffffff, 0          },     /* DRB0 to DRB3 */
    { 0x64, 4, 0x01010101, 0xffffffff, 0          },     /* DRB4 to DRB7 */
    { 0x68, 1, 0x00,       0xc0,       0          },     /* FDHC */
    { 0x70, 1, 0x00,       0xf8,       0          },     /* MTT */
    { 0x71, 1, 0x10,       0xff,       0          },     /* CLT */
    { 0x72, 1, 0x02,       0x78,       0          },     /* SMRAM */
    { 0x90, 1, 0x00,       0xff,       0          },     /* ERRCMD */
    { 0x91, 1, 0x00,       0,          0x11       },     /* ERRSTS */
    { 0x93, 1, 0x00,       0x0b,       0          },     /* TRC */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

void pci_i440fx_init(struct pci_i440fx *p, void *board, void (*memory_changed)(void *board))
{
    *p = (struct pci_i440fx){ .board = board, .memory_changed = memory_changed };
    pci_config_reset(p->config, registers);
}

void pci_i440fx_reset(struct pci_i440fx *p)
{
    pci_config_reset(p->config, registers);
    p->memory_changed(p->board);
}

u8 pci_i440fx_read(void *chip, unsigned at) { return ((struct pci_i440fx *)chip)->config[at & 0xff]; }

/* "System Management RAM Control Register": DLCK stays until a reset, closes DOPEN and holds every other bit. */
static void write_smram(struct pci_i440fx *p, u8 value)
{
    if (p->config[SMRAM] & SMRAM_LOCKED) return;
    if (value & SMRAM_LOCKED) value &= (u8)~SMRAM_OPEN;
    pci_config_write(p->config, registers, SMRAM, value);
}

void pci_i440fx_write(void *chip, unsigned at, u8 value)
{
    struct pci_i440fx *p = chip;
    u8 before = p->config[at & 0xff];

    at &= 0xff;
    if (at == SMRAM) write_smram(p, value);
    else pci_config_write(p->config, registers, at, value);
    bool maps = (at >= PAM0 && at <= PAM6) || at == SMRAM;
    if (maps && p->config[at] != before) p->memory_changed(p->board);
}

/* The nibble of a segment: 64 KiB at F0000h, 16 KiB below. */
static u8 attributes(const struct pci_i440fx *p, u32 pa)
{
    if (pa >= 0xf0000) return p->config[PAM0] >> 4;
    unsigned n = (pa - 0xc0000) >> 14;
    return p->config[PAM0 + 1 + n / 2] >> (n & 1 ? 4 : 0);
}

bool pci_i440fx_reads_dram(const struct pci_i440fx *p, u32 pa) { return attributes(p, pa) & PAM_READ; }
bool pci_i440fx_writes_dram(const struct pci_i440fx *p, u32 pa) { return attributes(p, pa) & PAM_WRITE; }

enum smram_view pci_i440fx_smram(const struct pci_i440fx *p, bool in_smm)
{
    u8 smram = p->config[SMRAM];

    if (!(smram & SMRAM_ENABLE) || (!in_smm && !(smram & SMRAM_OPEN))) return SMRAM_HIDDEN;
    if (!(smram & SMRAM_CLOSED)) return SMRAM_SEEN;
    return in_smm ? SMRAM_FETCHED : SMRAM_HIDDEN;
}

const char *pci_i440fx_invariant(const struct pci_i440fx *p)
{
    if ((p->config[SMRAM] & (SMRAM_LOCKED | SMRAM_OPEN)) == (SMRAM_LOCKED | SMRAM_OPEN)) return "SMRAM is not open while it is locked";
    return pci_config_valid(p->config, registers) ? NULL : "bits that cannot be written are as reset left them";
}
