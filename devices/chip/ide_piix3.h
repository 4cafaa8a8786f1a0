#ifndef ORRERY_CHIP_IDE_PIIX3_H
#define ORRERY_CHIP_IDE_PIIX3_H
#include "cpu/base/state.h"
#include "devices/chip/pci_config.h"

enum { IDE_CHANNELS = 2, IDE_MASTER_PORTS = 16 };

#define IDE_PIIX3_STATE(ONE, MANY) \
    /*    type  name                      unit     min         max  meaning                                          */ \
    MANY(u8,   config, PCI_CONFIG_BYTES, "",         0,       0xff, "configuration space")                               \
    MANY(u8,   command, IDE_CHANNELS,    "bits",     0,          9, "BMICX: SSBM in bit 0, RWCON in bit 3")              \
    MANY(u8,   status, IDE_CHANNELS,     "bits",     0,       0x67, "BMISX: active, error, interrupt; DMA0CAP, DMA1CAP") \
    MANY(u32,  table, IDE_CHANNELS,      "",         0, 0xfffffffc, "BMIDTPX: address of the descriptor table")          \
    MANY(u32,  next, IDE_CHANNELS,       "",         0, 0xfffffffc, "address of the next descriptor")                    \
    MANY(u32,  region, IDE_CHANNELS,     "",         0, 0xffffffff, "next byte of the region that moves")                \
    MANY(u32,  left, IDE_CHANNELS,       "bytes",    0,      65536, "bytes left of it")                                  \
    MANY(bool, last, IDE_CHANNELS,       "",         0,          1, "its descriptor had EOT")

/* What the board joins to it. */
struct ide_piix3_wires {
    void *board;
    void (*decode_changed)(void *board);                                         /* base addresses or their enables */
    void (*memory_read)(void *board, u64 pa, u8 *bytes, unsigned size);
    void (*memory_write)(void *board, u64 pa, const u8 *bytes, unsigned size);
    void (*started)(void *board, unsigned channel);                              /* a device that waits may go on */
};

struct ide_piix3 {
    STATE_MEMBERS(IDE_PIIX3_STATE)
    struct ide_piix3_wires wires;
};

extern const struct state_layout ide_piix3_state;

void ide_piix3_init(struct ide_piix3 *p, const struct ide_piix3_wires *wires);
void ide_piix3_reset(struct ide_piix3 *p);
u8 ide_piix3_config_read(void *chip, unsigned at);
void ide_piix3_config_write(void *chip, unsigned at, u8 value);
/* The bus master's sixteen ports, eight a channel. */
u8 ide_piix3_read(void *chip, unsigned reg);
void ide_piix3_write(void *chip, unsigned reg, u8 value);
bool ide_piix3_decodes(const struct ide_piix3 *p, unsigned channel);     /* the channel's ports */
bool ide_piix3_master_base(const struct ide_piix3 *p, u16 *base);        /* false: not decoded */
/* DMA cycles: up to count bytes between a device and the regions; how many moved.  Fewer: not started, or the table ended. */
u32 ide_piix3_transfer(void *chip, unsigned channel, u8 *bytes, u32 count, bool to_memory);
void ide_piix3_interrupt(struct ide_piix3 *p, unsigned channel);         /* the device's INTRQ rises */
const char *ide_piix3_invariant(const struct ide_piix3 *p);

#endif
