#ifndef ORRERY_CHIP_ATA_CHANNEL_H
#define ORRERY_CHIP_ATA_CHANNEL_H
#include "devices/chip/ata_device.h"

#define ATA_CHANNEL_STATE(ONE, MANY) \
    /*   type  name            unit    min         max  meaning                                             */ \
    ONE (u8,   selected,       "",       0,          1, "DEV bit: the device that answers")                    \
    ONE (u8,   device_control, "bits",   0,       0x86, "HOB SRST nIEN")                                       \
    ONE (bool, diagnostic,     "",       0,          1, "the devices run EXECUTE DEVICE DIAGNOSTIC, not a reset") \
    ONE (event, reset_end,     "tick",   0, UINT64_MAX, "devices have recovered from a reset")

/* DMARQ and DMACK: moves up to count bytes of the device's buffer now, in the master's time; how many went. */
struct ata_dma_wire {
    void *master;
    unsigned channel;
    u32 (*transfer)(void *master, unsigned channel, u8 *bytes, u32 count, bool to_memory);       /* NULL: no bus master */
};

/* A cable with two places.  devices/chip/ata_device.h has what stands in each. */
struct ata_channel {
    STATE_MEMBERS(ATA_CHANNEL_STATE)
    struct ata_device device[2];
    struct clock *clock;
    struct line *irq;
    struct ata_dma_wire dma;             /* set by the board after ata_channel_init */
    unsigned number;                     /* strapped: appears in serial numbers only */
};

extern const struct state_layout ata_channel_state;      /* each device has its own: ata_device_state, atapi_cdrom_state */

void ata_channel_init(struct ata_channel *ch, struct clock *clock, struct line *irq, unsigned number);
void ata_channel_reset(struct ata_channel *ch);          /* RESET-: both devices */

/* model: at most 40 characters.  Images stay the board's. */
void ata_channel_attach_disk(struct ata_channel *ch, unsigned unit, struct disk_image *image,
                             struct disk_geometry geometry, const char *model);
void ata_channel_attach_cdrom(struct ata_channel *ch, unsigned unit, struct disk_image *image, const char *model);

/* Command block registers 0..7 by bytes: data, error/features, sector count, LBA low, mid, high, device,
 * status/command.  A byte access to register 0 takes a whole word of which the low byte is seen. */
u8 ata_channel_read(void *chip, unsigned reg);
void ata_channel_write(void *chip, unsigned reg, u8 value);

/* The same registers in accesses of 2 and 4 bytes: register 0 moves one or two words. */
u32 ata_channel_data_read(void *chip, unsigned reg, unsigned size_bytes);
void ata_channel_data_write(void *chip, unsigned reg, unsigned size_bytes, u32 value);

/* Many accesses to register 0 at once, 0 to count: the last of a DRQ block is none of them, as it has a moment. */
u32 ata_channel_block_read(void *chip, unsigned reg, unsigned size_bytes, u32 count, u8 *to);
u32 ata_channel_block_write(void *chip, unsigned reg, unsigned size_bytes, u32 count, const u8 *from);

/* The bus master was started: a device that waits for it goes on. */
void ata_channel_dma_started(struct ata_channel *ch);

/* Control block: alternate status (read), device control (write).  reg is not looked at. */
u8 ata_channel_control_read(void *chip, unsigned reg);
bool ata_channel_control_steady(const void *chip, unsigned reg), ata_channel_steady(const void *chip, unsigned reg);      /* as a board's I/O map asks: ports_promise */
void ata_channel_control_write(void *chip, unsigned reg, u8 value);

/* A CD-ROM drive's tray. insert replaces a medium; eject gives back the image that was in, or NULL. */
bool ata_channel_cd_insert(struct ata_channel *ch, unsigned unit, struct disk_image *image);
struct disk_image *ata_channel_cd_eject(struct ata_channel *ch, unsigned unit);

const char *ata_channel_invariant(const struct ata_channel *ch);

#endif
