/* SCSI commands of a USB stick.                                                            doc: usb
 * Source: SPC-2, "Commands for all device types"; SBC, "Commands for direct-access devices"; MMC, "READ FORMAT CAPACITIES". */
#include "devices/chip/usb_storage.h"

#include <string.h>

#include "devices/storage/disk_image.h"

enum { TEST_UNIT_READY = 0x00, REQUEST_SENSE = 0x03, INQUIRY = 0x12, MODE_SENSE_6 = 0x1a, START_STOP = 0x1b, PREVENT_REMOVAL = 0x1e,
       READ_FORMAT_CAPACITIES = 0x23, READ_CAPACITY = 0x25, READ_10 = 0x28, WRITE_10 = 0x2a, VERIFY_10 = 0x2f, SYNCHRONIZE = 0x35, MODE_SENSE_10 = 0x5a,
       READ_16 = 0x88, WRITE_16 = 0x8a, SERVICE_ACTION_IN = 0x9e, READ_12 = 0xa8, WRITE_12 = 0xaa };
enum { REMOVABLE = 0x80, EVPD = 1, SENSE_BYTES = 18, INQUIRY_BYTES = 36, READ_CAPACITY_16 = 0x10, WRITE_PROTECTED = 0x80, BLOCKS_MOST = 0xffff };

static u32 big(const u8 *b, unsigned n)
{
    u32 v = 0;
    for (unsigned i = 0; i < n; i++) v = v << 8 | b[i];
    return v;
}

static void put_big(u8 *b, u64 v, unsigned n) { for (unsigned i = 0; i < n; i++) b[i] = (u8)(v >> 8 * (n - 1 - i)); }

static struct scsi_result fails(struct usb_storage *s, u8 key, u8 code)
{
    usb_storage_failed(s, key, code);
    return (struct scsi_result){ .failed = true };
}

void usb_storage_failed(struct usb_storage *s, u8 key, u8 code)
{
    s->sense_key = key;
    s->sense_code = code;
}

/* An answer of `bytes`, cut to the allocation length. */
static struct scsi_result answers(struct usb_storage *s, unsigned bytes, u32 room)
{
    s->operation = SCSI_ANSWER;
    return (struct scsi_result){ .to_host = true, .bytes = bytes < room ? bytes : room };
}

static struct scsi_result request_sense(struct usb_storage *s, const u8 *b)
{
    memset(s->data, 0, SENSE_BYTES);
    s->data[0] = 0x70;                                   /* current error, fixed format */
    s->data[2] = s->sense_key;
    s->data[7] = SENSE_BYTES - 8;
    s->data[12] = s->sense_code;
    usb_storage_failed(s, SENSE_NONE, 0);
    return answers(s, SENSE_BYTES, b[4]);
}

/* Without vital product data. */
static struct scsi_result inquiry(struct usb_storage *s, const u8 *b)
{
    if (b[1] & EVPD || b[2]) return fails(s, SENSE_ILLEGAL_REQUEST, CODE_INVALID_FIELD);
    memset(s->data, 0, INQUIRY_BYTES);
    s->data[1] = REMOVABLE;
    s->data[2] = 4;                                      /* SPC-2 */
    s->data[3] = 2;
    s->data[4] = INQUIRY_BYTES - 5;
    memcpy(s->data + 8, "Orrery  USB stick       1.00", 28);
    return answers(s, INQUIRY_BYTES, big(b + 3, 2));
}

/* The header alone, which says whether the medium is write-protected: there are no pages. */
static struct scsi_result mode_sense(struct usb_storage *s, const u8 *b, bool ten)
{
    unsigned header = ten ? 8 : 4, page = b[2] & 0x3f;

    if (page && page != 0x3f && page != 0x1c && page != 0x08) return fails(s, SENSE_ILLEGAL_REQUEST, CODE_INVALID_FIELD);
    memset(s->data, 0, header);
    s->data[ten ? 1 : 0] = (u8)(header - (ten ? 2 : 1));
    s->data[ten ? 3 : 2] = s->read_only ? WRITE_PROTECTED : 0;
    return answers(s, header, ten ? big(b + 7, 2) : b[4]);
}

static struct scsi_result read_capacity(struct usb_storage *s)
{
    u64 last = disk_image_sectors(s->image) - 1;

    put_big(s->data, last > 0xffffffff ? 0xffffffff : last, 4);
    put_big(s->data + 4, STORAGE_SECTOR, 4);
    return answers(s, 8, 8);
}

static struct scsi_result read_capacity_16(struct usb_storage *s, const u8 *b)
{
    if ((b[1] & 0x1f) != READ_CAPACITY_16) return fails(s, SENSE_ILLEGAL_REQUEST, CODE_INVALID_FIELD);
    memset(s->data, 0, 32);
    put_big(s->data, disk_image_sectors(s->image) - 1, 8);
    put_big(s->data + 8, STORAGE_SECTOR, 4);
    return answers(s, 32, big(b + 10, 4));
}

static struct scsi_result format_capacities(struct usb_storage *s, const u8 *b)
{
    u64 sectors = disk_image_sectors(s->image);

    memset(s->data, 0, 12);
    s->data[3] = 8;
    put_big(s->data + 4, sectors > 0xffffffff ? 0xffffffff : sectors, 4);
    put_big(s->data + 8, STORAGE_SECTOR, 4);
    s->data[8] = 2;                                      /* formatted medium */
    return answers(s, 12, big(b + 7, 2));
}

static struct scsi_result sectors(struct usb_storage *s, u64 lba, u32 count, bool write)
{
    u64 all = disk_image_sectors(s->image);

    if (lba > all || count > all - lba) return fails(s, SENSE_ILLEGAL_REQUEST, CODE_PAST_THE_END);
    if (write && s->read_only) return fails(s, SENSE_DATA_PROTECT, CODE_WRITE_PROTECTED);
    if (count > UINT32_MAX / STORAGE_SECTOR) return fails(s, SENSE_ILLEGAL_REQUEST, CODE_INVALID_FIELD);
    s->lba = lba;
    s->operation = write ? SCSI_WRITE : SCSI_READ;
    return (struct scsi_result){ .to_host = !write, .bytes = count * STORAGE_SECTOR };
}

static struct scsi_result verify(struct usb_storage *s, const u8 *b)
{
    u64 all = disk_image_sectors(s->image), lba = big(b + 2, 4), count = big(b + 7, 2);

    if (b[1] & 2) return fails(s, SENSE_ILLEGAL_REQUEST, CODE_INVALID_FIELD);            /* comparing with data of the host */
    return lba > all || count > all - lba ? fails(s, SENSE_ILLEGAL_REQUEST, CODE_PAST_THE_END) : answers(s, 0, 0);
}

static struct scsi_result synchronize(struct usb_storage *s)
{
    return disk_image_flush(s->image) ? answers(s, 0, 0) : fails(s, SENSE_MEDIUM_ERROR, CODE_WRITE_FAULT);
}

static struct scsi_result start_stop(struct usb_storage *s, const u8 *b)
{
    s->stopped = !(b[4] & 1);
    return answers(s, 0, 0);
}

static bool needs_medium(u8 operation)
{
    return operation != REQUEST_SENSE && operation != INQUIRY && operation != START_STOP && operation != PREVENT_REMOVAL;
}

struct scsi_result usb_storage_command(struct usb_storage *s, const u8 *block, unsigned size)
{
    u8 b[16] = { 0 };

    memcpy(b, block, size <= 16 ? size : 16);
    if (b[0] != REQUEST_SENSE) usb_storage_failed(s, SENSE_NONE, 0);
    if (s->stopped && needs_medium(b[0])) return fails(s, SENSE_NOT_READY, CODE_NO_MEDIUM);
    switch (b[0]) {
    case TEST_UNIT_READY: return answers(s, 0, 0);
    case REQUEST_SENSE: return request_sense(s, b);
    case INQUIRY: return inquiry(s, b);
    case MODE_SENSE_6: return mode_sense(s, b, false);
    case MODE_SENSE_10: return mode_sense(s, b, true);
    case START_STOP: return start_stop(s, b);
    case PREVENT_REMOVAL: s->locked = b[4] & 1; return answers(s, 0, 0);
    case READ_FORMAT_CAPACITIES: return format_capacities(s, b);
    case READ_CAPACITY: return read_capacity(s);
    case SERVICE_ACTION_IN: return read_capacity_16(s, b);
    case READ_10: case WRITE_10: return sectors(s, big(b + 2, 4), big(b + 7, 2), b[0] == WRITE_10);
    case READ_12: case WRITE_12: return sectors(s, big(b + 2, 4), big(b + 6, 4), b[0] == WRITE_12);
    case READ_16: case WRITE_16: return sectors(s, (u64)big(b + 2, 4) << 32 | big(b + 6, 4), big(b + 10, 4), b[0] == WRITE_16);
    case VERIFY_10: return verify(s, b);
    case SYNCHRONIZE: return synchronize(s);
    default: return fails(s, SENSE_ILLEGAL_REQUEST, CODE_INVALID_OPERATION);
    }
}
