#ifndef ORRERY_CHIP_ATAPI_CDROM_H
#define ORRERY_CHIP_ATAPI_CDROM_H
#include "cpu/base/state.h"
#include "devices/board/wires.h"

enum { ATAPI_PACKET_BYTES = 12, ATAPI_BLOCK_MOST = 2352 + 296 + 96 };

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
    ONE (u16,  block_bytes,      "bytes",   0, ATAPI_BLOCK_MOST, "bytes of a block as this command wants it; 0 not known yet") \
    ONE (u8,   block_parts,      "bits",    0,       0xfc, "READ CD: SYNC, headers, user data, EDC/ECC, C2 errors") \
    ONE (u8,   block_type,       "",        0,          6, "sector type expected: 0 any 1 CD-DA 2 mode 1 3 mode 2 4 form 1 5 form 2, 6 data of 2048 bytes") \
    ONE (u8,   block_subchannel, "",        0,          4, "READ CD: 0 none, 1 P to W, 2 Q, 4 R to W")          \
    ONE (u32,  staged,           "bytes",   0,      65534, "bytes in the buffer for this command")              \
    ONE (u32,  byte_limit,       "bytes",   0,      65534, "most bytes of a DRQ block")                         \
    ONE (u16,  parameters,       "bytes",   0,        512, "parameter list that the host sends; 0 none")        \
    ONE (u8,   audio,            "",        0,       0x14, "audio status: 11h plays, 12h pause, 13h completed, 14h error, 0 none") \
    ONE (bool, audio_meets_data, "",        0,          1, "play ends because a data track follows")             \
    ONE (u32,  audio_from,       "blocks",  0, 0xffffffff, "first block of the play, or of what is left of it") \
    ONE (u32,  audio_end,        "blocks",  0, 0xffffffff, "after its last block")                              \
    ONE (u64,  audio_began,      "samples", 0, UINT64_MAX, "when audio_from began to play, in cycles of 44100 Hz") \
    ONE (u64,  audio_heard,      "samples", 0, UINT64_MAX, "up to when it went to the output")                  \
    MANY(u8,   port_channels, 2, "bits",    0,         15, "CD audio control page: channels of output port 0, 1") \
    MANY(u8,   port_volume, 2,   "",        0,       0xff, "the same: volume")

struct atapi_cdrom {
    STATE_MEMBERS(ATAPI_CDROM_STATE)
};

extern const struct state_layout atapi_cdrom_state;

/* The analogue output.  Set by the board. */
struct atapi_wires {
    struct sound_wire sound;
    void *board;
    void (*wake)(void *board);           /* there is something to be heard; NULL: nobody listens */
};

struct ata_device;

void atapi_cdrom_reset(struct ata_device *d, bool power_on);
void atapi_cdrom_command(struct ata_device *d, u8 command);      /* an ATA command was written */
void atapi_cdrom_step(struct ata_device *d);                     /* the busy step has ended */
void atapi_cdrom_block_moved(struct ata_device *d);              /* the host has moved a DRQ block */
void atapi_cdrom_insert(struct ata_device *d);                   /* image has been set */
void atapi_cdrom_eject(struct ata_device *d);                    /* image is about to go */
bool atapi_cdrom_render(struct ata_device *d);                   /* puts out what was heard up to now; true: it goes on */
const char *atapi_cdrom_invariant(const struct ata_device *d);

#endif
