#ifndef ORRERY_CHIP_ATAPI_CDROM_H
#define ORRERY_CHIP_ATAPI_CDROM_H
#include "cpu/base/state.h"

enum { ATAPI_PACKET_BYTES = 12 };

#define ATAPI_CDROM_STATE(ONE, MANY) \
    /*    type  name             unit     min         max  meaning                                           */ \
    MANY(u8,   packet, ATAPI_PACKET_BYTES, "", 0,    0xff, "command packet")                                    \
    ONE (u8,   sense_key,        "",        0,         15, "sense key of the last command")                     \
    ONE (u8,   asc,              "",        0,       0xff, "additional sense code")                             \
    ONE (u8,   ascq,             "",        0,       0xff, "additional sense code qualifier")                   \
    ONE (u32,  sense_lba,        "lba",     0, 0xffffffff, "sense information field")                           \
    ONE (u8,   attention,        "",        0,          2, "unit attention that waits: 1 power-on, 2 medium changed") \
    ONE (u8,   media_event,      "",        0,          3, "event to report: 1 eject request, 2 new medium, 3 removal") \
    ONE (bool, tray_open,        "",        0,          1, "the tray is out")                                   \
    ONE (bool, locked,           "",        0,          1, "PREVENT MEDIUM REMOVAL is on")                      \
    ONE (bool, stopped,          "",        0,          1, "START STOP UNIT stopped the disc")                  \
    ONE (u32,  disc_sectors,     "blocks",  0, 0xffffffff, "2048-byte blocks of the medium; 0 no medium")       \
    ONE (u32,  lba,              "blocks",  0, 0xffffffff, "next block to read")                                \
    ONE (u32,  blocks_left,      "blocks",  0, 0xffffffff, "blocks the command still reads")                    \
    ONE (u32,  position,         "blocks",  0, 0xffffffff, "where the head is")                                 \
    ONE (u16,  block_bytes,      "bytes",   0,       2352, "bytes of a block as this command wants it")         \
    ONE (u8,   block_parts,      "bits",    0,       0xf8, "READ CD: SYNC, headers, user data, EDC/ECC")        \
    ONE (u32,  staged,           "bytes",   0,      65534, "bytes in the buffer for this command")              \
    ONE (u32,  byte_limit,       "bytes",   0,      65534, "most bytes of a DRQ block")

struct atapi_cdrom {
    STATE_MEMBERS(ATAPI_CDROM_STATE)
};

extern const struct state_layout atapi_cdrom_state;

struct ata_device;

void atapi_cdrom_reset(struct ata_device *d, bool power_on);
void atapi_cdrom_command(struct ata_device *d, u8 command);      /* an ATA command was written */
void atapi_cdrom_step(struct ata_device *d);                     /* the busy step has ended */
void atapi_cdrom_block_moved(struct ata_device *d);              /* the host has moved a DRQ block */
void atapi_cdrom_insert(struct ata_device *d);                   /* image has been set */
void atapi_cdrom_eject(struct ata_device *d);                    /* image is about to go */
const char *atapi_cdrom_invariant(const struct ata_device *d);

#endif
