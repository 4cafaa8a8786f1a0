#ifndef ORRERY_CHIP_USB_STORAGE_H
#define ORRERY_CHIP_USB_STORAGE_H
#include "devices/chip/usb_device.h"

struct disk_image;

enum { STORAGE_SECTOR = 512, STORAGE_ANSWER = 256 };
enum { BULK_COMMAND, BULK_DATA_IN, BULK_DATA_OUT, BULK_STATUS };         /* what the next packet is */

#define USB_STORAGE_STATE(ONE, MANY) \
    /*    type  name                      unit      min         max  meaning                                                   */ \
    ONE (u8,   phase,                    "",          0,          3, "a command wrapper, data in, data out, a status wrapper")  \
    ONE (bool, broken,                   "",          0,          1, "after a wrapper that was none, until Bulk-Only Mass Storage Reset") \
    ONE (u32,  tag,                      "",          0, UINT32_MAX, "of the command, for its status")                          \
    ONE (u32,  residue,                  "bytes",     0, UINT32_MAX, "of what the host wanted to move: what has not been")      \
    ONE (u32,  left,                     "bytes",     0, UINT32_MAX, "of what the command still moves")                         \
    ONE (u8,   status,                   "",          0,          2, "bCSWStatus: passed, failed, phase error")                 \
    ONE (u64,  lba,                      "sector",    0, UINT64_MAX, "READ and WRITE: the next one")                            \
    ONE (u8,   operation,                "",          0,          2, "what data is: an answer, sectors read, sectors written")  \
    MANY(u8,   data, STORAGE_SECTOR,     "",          0,       0xff, "the answer, or the sector")                               \
    ONE (u16,  at,                       "bytes",     0, STORAGE_SECTOR, "how much of it has gone or come")                     \
    ONE (u8,   sense_key,                "",          0,         15, "why the last command failed")                             \
    ONE (u8,   sense_code,               "",          0,       0xff, "additional sense code")                                   \
    ONE (bool, locked,                   "",          0,          1, "PREVENT ALLOW MEDIUM REMOVAL")                            \
    ONE (bool, stopped,                  "",          0,          1, "by START STOP UNIT")

struct usb_storage {
    STATE_MEMBERS(USB_STORAGE_STATE)
    struct usb_device device;
    struct disk_image *image;                /* wire */
    bool read_only;
};

extern const struct state_layout usb_storage_state;

void usb_storage_init(struct usb_storage *s, struct disk_image *image, bool read_only);
const char *usb_storage_invariant(const struct usb_storage *s);

/* SCSI: usb_storage_scsi.c.  Bytes of the answer in s->data, sectors to move in s->left with s->operation, or a failure in the sense data. */
enum { SCSI_ANSWER, SCSI_READ, SCSI_WRITE };
struct scsi_result {
    bool failed, to_host;
    u32 bytes;                               /* that the command moves; of sectors a multiple of 512 */
};
struct scsi_result usb_storage_command(struct usb_storage *s, const u8 *block, unsigned size_bytes);
void usb_storage_failed(struct usb_storage *s, u8 sense_key, u8 sense_code);
enum { SENSE_NONE = 0, SENSE_NOT_READY = 2, SENSE_MEDIUM_ERROR = 3, SENSE_ILLEGAL_REQUEST = 5, SENSE_DATA_PROTECT = 7 };
enum { CODE_WRITE_FAULT = 0x03, CODE_READ_ERROR = 0x11, CODE_INVALID_OPERATION = 0x20, CODE_PAST_THE_END = 0x21, CODE_INVALID_FIELD = 0x24,
       CODE_WRITE_PROTECTED = 0x27, CODE_NO_MEDIUM = 0x3a };

#endif
