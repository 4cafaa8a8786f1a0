#ifndef ORRERY_CHIP_ATA_DEVICE_H
#define ORRERY_CHIP_ATA_DEVICE_H
/* One place on an ATA cable: the registers every device has, and the buffer.            doc: ata */
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/chip/atapi_cdrom.h"
#include "devices/storage/disk_geometry.h"

enum ata_kind { ATA_KIND_NONE, ATA_KIND_DISK, ATA_KIND_CDROM };
enum { ATA_POWER_ASLEEP = 1, ATA_POWER_STANDBY = 0, ATA_POWER_IDLE = 0x80, ATA_POWER_ACTIVE = 0xff };
enum { ATA_BUFFER_BYTES = 65536, ATA_MULTIPLE_MAX = 16, ATA_DMA_SECTORS = 128 };

/* What a device does between commands' registers and its medium. */
enum ata_step {
    ATA_IDLE,
    ATA_READ_BLOCK,              /* busy: a block is fetched for the host */
    ATA_DATA_IN,                 /* DRQ: the host takes the buffer */
    ATA_ASK_BLOCK,               /* busy: room is made for a block of the host */
    ATA_DATA_OUT,                /* DRQ: the host fills the buffer */
    ATA_WRITE_BLOCK,             /* busy: the buffer goes to the medium */
    ATA_FLUSH,                   /* busy: written sectors go to the host's disk */
    ATA_FINISH,                  /* busy: the command ends */
    ATA_PACKET_EXECUTE,          /* busy: a packet has come */
    ATA_DMA_IN,                  /* DRQ: a bus master takes the buffer */
    ATA_DMA_OUT,                 /* DRQ: a bus master fills the buffer */
    ATA_STEPS
};

#define ATA_DEVICE_STATE(ONE, MANY) \
    /*    type  name             unit     min         max  meaning                                           */ \
    ONE (u8,   kind,             "",        0,          2, "0 nothing here, 1 disk, 2 CD-ROM")                  \
    ONE (u8,   status,           "bits",    0,       0xff, "BSY DRDY DF DSC DRQ CORR IDX ERR")                  \
    ONE (u8,   error,            "bits",    0,       0xff, "error register")                                    \
    MANY(u8,   features, 2,      "",        0,       0xff, "features register: now, and as written before")     \
    MANY(u8,   sector_count, 2,  "",        0,       0xff, "sector count: now, before; interrupt reason of a packet") \
    MANY(u8,   lba_low, 2,       "",        0,       0xff, "LBA 7..0 or sector number: now, before")            \
    MANY(u8,   lba_mid, 2,       "",        0,       0xff, "LBA 15..8, cylinder or byte count low: now, before") \
    MANY(u8,   lba_high, 2,      "",        0,       0xff, "LBA 23..16, cylinder or byte count high: now, before") \
    ONE (u8,   device,           "bits",    0,       0xff, "device register: LBA, DEV, head")                   \
    ONE (u8,   command,          "",        0,       0xff, "command that runs, or ran last")                    \
    ONE (bool, interrupt,        "",        0,          1, "interrupt pending")                                 \
    ONE (u8,   step,             "",        0, ATA_STEPS - 1, "what goes on between registers and medium")      \
    ONE (u8,   addressing,       "",        0,          2, "how the command addresses: 0 CHS, 1 LBA of 28 bits, 2 LBA of 48 bits") \
    ONE (u64,  lba,              "lba",     0, UINT64_MAX, "next sector to move")                               \
    ONE (u32,  sectors_left,     "sectors", 0,      65536, "sectors the command still moves")                   \
    ONE (u32,  block,            "sectors", 0, ATA_DMA_SECTORS, "sectors a DRQ block of this command has")      \
    ONE (u32,  block_now,        "sectors", 0, ATA_DMA_SECTORS, "sectors in the DRQ block that is moving")      \
    ONE (u8,   multiple,         "sectors", 0, ATA_MULTIPLE_MAX, "SET MULTIPLE MODE; 0 off")                    \
    ONE (u32,  cylinders,        "",        0,      65535, "default translation")                               \
    ONE (u32,  heads,            "",        0,         16, "default translation")                               \
    ONE (u32,  sectors,          "",        0,        255, "default translation, sectors a track")              \
    ONE (u32,  heads_now,        "",        0,         16, "INITIALIZE DEVICE PARAMETERS; 0 refused")           \
    ONE (u32,  sectors_now,      "",        0,        255, "INITIALIZE DEVICE PARAMETERS, sectors a track")     \
    ONE (u64,  capacity,         "sectors", 0, UINT64_MAX, "sectors a host can address")                        \
    ONE (u8,   power,            "",        0,       0xff, "CHECK POWER MODE: FFh active, 80h idle, 00h standby, 01h asleep") \
    ONE (bool, write_cache,      "",        0,          1, "SET FEATURES 02h/82h")                              \
    ONE (bool, look_ahead,       "",        0,          1, "SET FEATURES AAh/55h")                              \
    ONE (bool, keep_settings,    "",        0,          1, "SET FEATURES 66h: SRST leaves settings alone")      \
    ONE (u32,  buffer_at,        "bytes",   0, ATA_BUFFER_BYTES, "next byte for or from the host")              \
    ONE (u32,  buffer_end,       "bytes",   0, ATA_BUFFER_BYTES, "end of the DRQ block in the buffer")          \
    MANY(u8,   buffer, ATA_BUFFER_BYTES, "", 0,      0xff, "sector buffer")                                     \
    ONE (event, work,            "tick",    0, UINT64_MAX, "when the busy step ends")

/* DMA modes that SET FEATURES chose: state of a device on a board with a bus master. */
#define ATA_DMA_STATE(ONE, MANY) \
    /*    type  name             unit     min         max  meaning                                           */ \
    ONE (u8,   multiword,        "bits",    0,          7, "multiword mode, bit n is mode n; 0 none")           \
    ONE (u8,   ultra,            "bits",    0,          7, "Ultra mode, bit n is mode n; 0 none")

struct ata_dma {
    STATE_MEMBERS(ATA_DMA_STATE)
};

struct ata_channel;

struct ata_device {
    STATE_MEMBERS(ATA_DEVICE_STATE)
    struct atapi_cdrom cd;               /* used when kind is CD-ROM */
    struct ata_dma dma;
    struct ata_channel *channel;
    unsigned unit;
    struct disk_image *image;            /* belongs to the board; NULL: tray empty */
    struct atapi_wires cd_wires;
    char model[41], serial[21];
};

extern const struct state_layout ata_device_state, ata_dma_state;

#endif
