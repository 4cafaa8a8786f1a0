#ifndef ORRERY_CHIP_ATA_PARTS_H
#define ORRERY_CHIP_ATA_PARTS_H
/* What the files of the ATA channel share: cable and registers (ata_channel.c), disk (ata_disk.c, ata_identify.c),
 * CD-ROM (atapi_cdrom.c, atapi_disc.c, atapi_pages.c). */
#include "cpu/base/bits.h"
#include "devices/chip/ata_channel.h"

enum { ATA_BSY = 0x80, ATA_DRDY = 0x40, ATA_DF = 0x20, ATA_DSC = 0x10, ATA_DRQ = 8, ATA_ERR = 1 };
enum { ERROR_UNC = 0x40, ERROR_IDNF = 0x10, ERROR_ABRT = 4 };
enum { DEVICE_LBA = 0x40, DEVICE_DEV = 0x10 };
enum { ADDRESS_CHS, ADDRESS_LBA28, ADDRESS_LBA48 };

/* Times of a device with everything in its cache: the mechanics of a disk are not modelled. */
enum { ATA_COMMAND_NS = 20000, ATA_SECTOR_NS = 2000, ATA_FLUSH_NS = 100000 };

/* --- ata_channel.c --- */
void ata_update(struct ata_channel *ch);                                 /* INTRQ from state */
void ata_busy(struct ata_device *d, enum ata_step step, u64 ns);         /* BSY until the step, in ns */
void ata_ask_host(struct ata_device *d, enum ata_step step, u32 bytes, bool interrupt);   /* DRQ for buffer[at..at+bytes) */
void ata_ask_master(struct ata_device *d, enum ata_step step, u32 bytes);   /* DMARQ for buffer[at..at+bytes) */
bool ata_tries_again(struct ata_device *d);                              /* after a failure of the host: the step stays due, see disk_image_try_again */
bool ata_moves_by_dma(const struct ata_device *d);                       /* DMARQ is held */
void ata_done(struct ata_device *d);                                     /* the command ends well */
void ata_failed(struct ata_device *d, u8 error);                         /* it ends with ERR and these bits */
void ata_fault(struct ata_device *d);                                    /* the host failed: DF */
void ata_signature(struct ata_device *d);

/* --- ata_disk.c --- */
void ata_disk_reset(struct ata_device *d, bool hard);
void ata_disk_command(struct ata_device *d, u8 command);
void ata_disk_step(struct ata_device *d);
void ata_disk_block_moved(struct ata_device *d);
void ata_power_command(struct ata_device *d, u8 command);                /* both kinds of device have them */
bool ata_is_power_command(u8 command);
bool ata_set_transfer_mode(struct ata_device *d, u8 mode);               /* SET FEATURES 03h; false: there is no such mode */

/* --- ata_identify.c --- */
void ata_identify_disk(struct ata_device *d);                            /* 512 bytes into the buffer */
void ata_identify_cdrom(struct ata_device *d);

#endif
