#ifndef ORRERY_CHIP_ATAPI_PARTS_H
#define ORRERY_CHIP_ATAPI_PARTS_H
/* What the files of the CD-ROM drive share: transport (atapi_cdrom.c), reading (atapi_disc.c), what is on the disc
 * (atapi_toc.c), what it says about itself (atapi_pages.c), audio (atapi_audio.c). */
#include "devices/chip/ata_parts.h"
#include "devices/storage/disk_image.h"

enum { SENSE_NONE = 0, SENSE_NOT_READY = 2, SENSE_MEDIUM_ERROR = 3, SENSE_ILLEGAL_REQUEST = 5, SENSE_UNIT_ATTENTION = 6 };
enum { ASC_INVALID_OPCODE = 0x20, ASC_LBA_OUT_OF_RANGE = 0x21, ASC_INVALID_FIELD = 0x24, ASC_MEDIUM_CHANGED = 0x28, ASC_RESET = 0x29,
       ASC_LIST_LENGTH = 0x1a, ASC_INVALID_PARAMETER = 0x26, ASC_SAVING_NOT_SUPPORTED = 0x39, ASC_NO_MEDIUM = 0x3a, ASC_REMOVAL_PREVENTED = 0x53, ASC_UNRECOVERED_READ = 0x11,
       ASC_SEQUENCE = 0x2c, ASC_ILLEGAL_MODE = 0x64 };
enum { ATTENTION_NONE, ATTENTION_RESET, ATTENTION_MEDIUM };
enum { EVENT_NONE, EVENT_EJECT_REQUEST, EVENT_NEW_MEDIUM, EVENT_REMOVAL };

enum { AUDIO_NONE = 0, AUDIO_PLAYS = 0x11, AUDIO_PAUSE = 0x12, AUDIO_COMPLETED = 0x13, AUDIO_ERROR = 0x14, AUDIO_NO_STATUS = 0x15 };

enum { ATAPI_BYTE_LIMIT = 65534 };       /* most bytes of a DRQ block */

/* SCSI fields: big-endian. */
static inline u32 be16(const u8 *p) { return (u32)p[0] << 8 | p[1]; }
static inline u32 be24(const u8 *p) { return (u32)p[0] << 16 | be16(p + 1); }
static inline u32 be32(const u8 *p) { return be16(p) << 16 | be16(p + 2); }
static inline void put_be16(u8 *p, u32 v) { p[0] = (u8)(v >> 8), p[1] = (u8)v; }
static inline void put_be32(u8 *p, u32 v) { put_be16(p, v >> 16), put_be16(p + 2, v); }

/* --- atapi_cdrom.c --- */
void atapi_ok(struct ata_device *d);                                     /* the command ends, GOOD */
void atapi_check(struct ata_device *d, u8 key, u8 asc, u8 ascq);         /* it ends, CHECK CONDITION */
void atapi_illegal_field(struct ata_device *d);
void atapi_answer(struct ata_device *d, u32 size, u32 allocated);        /* buffer[0..size), cut to what the host asked */
void atapi_take(struct ata_device *d, u32 bytes);                        /* a parameter list of the host into buffer[0..bytes) */
bool atapi_by_dma(const struct ata_device *d);                           /* the packet's data moves by DMA */
bool atapi_ready(struct ata_device *d);                                  /* false after CHECK CONDITION: no medium */
bool atapi_has_disc(const struct ata_device *d);

/* --- atapi_disc.c --- */
void atapi_read_10(struct ata_device *d);
void atapi_read_12(struct ata_device *d);
void atapi_read_cd(struct ata_device *d);
void atapi_read_cd_msf(struct ata_device *d);
void atapi_seek(struct ata_device *d);
void atapi_read_capacity(struct ata_device *d);
void atapi_read_header(struct ata_device *d);
bool atapi_stage_blocks(struct ata_device *d);                           /* the next blocks of a READ into the buffer */

/* --- atapi_toc.c --- */
void atapi_put_address(u8 *to, u32 lba, bool as_msf);                    /* four bytes */
void atapi_read_toc(struct ata_device *d);
void atapi_read_subchannel(struct ata_device *d);
void atapi_read_disc_information(struct ata_device *d);
void atapi_read_track_information(struct ata_device *d);

/* --- atapi_audio.c --- */
void atapi_play_10(struct ata_device *d);
void atapi_play_12(struct ata_device *d);
void atapi_play_msf(struct ata_device *d);
void atapi_play_track_index(struct ata_device *d);
void atapi_pause_resume(struct ata_device *d);
void atapi_stop_play(struct ata_device *d);
void atapi_audio_look(struct ata_device *d);                             /* position and status are those of now */
void atapi_audio_stop(struct ata_device *d);

/* --- atapi_pages.c --- */
void atapi_mode_select_6(struct ata_device *d);
void atapi_mode_select_10(struct ata_device *d);
void atapi_mode_select_take(struct ata_device *d);                       /* its parameter list is in the buffer */
void atapi_pages_reset(struct ata_device *d);
void atapi_inquiry(struct ata_device *d);
void atapi_mode_sense_6(struct ata_device *d);
void atapi_mode_sense_10(struct ata_device *d);
void atapi_get_configuration(struct ata_device *d);
void atapi_get_event_status(struct ata_device *d);
void atapi_mechanism_status(struct ata_device *d);

#endif
