/* USB mass storage: a stick by Bulk-Only Transport with SCSI commands.                     doc: usb
 *   OUT 2  command wrapper of 31 bytes: "USBC", tag, length, direction, LUN, length of the block, the block (usb_storage_scsi.c)
 *   IN 1 / OUT 2  data, packets of 64 bytes; what a command does not move of it is ended by STALL, or padded away
 *   IN 1   status wrapper of 13 bytes: "USBS", tag, residue, 0 passed 1 failed 2 phase error
 * A wrapper that is none stalls both endpoints until Bulk-Only Mass Storage Reset.
 * Source: Universal Serial Bus Mass Storage Class, Bulk-Only Transport 1.0, "Command/Data/Status Protocol", "Host/Device Data Transfers". */
#include "devices/chip/usb_storage.h"

#include <string.h>

#include "devices/storage/disk_image.h"

enum { ENDPOINT_IN = 1, ENDPOINT_OUT = 2, PACKET = 64, CBW_BYTES = 31, CSW_BYTES = 13, PASSED = 0, FAILED = 1, PHASE_ERROR = 2 };
enum { CBW_TAG = 4, CBW_LENGTH = 8, CBW_FLAGS = 12, CBW_LUN = 13, CBW_BLOCK_BYTES = 14, CBW_BLOCK = 15, FLAG_IN = 0x80 };
enum { CLASS_TO_INTERFACE = 0x21, CLASS_FROM_INTERFACE = 0xa1, BULK_ONLY_RESET = 0xff, GET_MAX_LUN = 0xfe };

#define STATE_OWNER struct usb_storage
STATE_LAYOUT_OF(usb_storage_state, "usb_storage", USB_STORAGE_STATE, usb_storage_invariant);

static u32 word(const u8 *b) { return b[0] | b[1] << 8 | b[2] << 16 | (u32)b[3] << 24; }
static void put_word(u8 *b, u32 v) { for (unsigned i = 0; i < 4; i++) b[i] = (u8)(v >> 8 * i); }

/* --- data --- */

static void end_data(struct usb_storage *s)
{
    s->phase = BULK_STATUS;
    s->left = 0;
}

static void medium_fails(struct usb_storage *s, u8 code)
{
    usb_storage_failed(s, SENSE_MEDIUM_ERROR, code);
    s->status = FAILED;
}

/* The sector that the next packets carry. */
static bool next_sector(struct usb_storage *s)
{
    if (!disk_image_read(s->image, s->lba, 1, s->data)) return false;
    s->at = 0;
    s->lba++;
    return true;
}

/* "Hi > Di": the host wanted more than there is. */
static enum usb_answer stall(struct usb_storage *s, bool in)
{
    usb_device_halt(&s->device, in ? ENDPOINT_IN : ENDPOINT_OUT, in);
    end_data(s);
    return USB_STALL;
}

/* One that cannot be read ends the data; while the board waits for somebody to help the image, the host asks again. */
static enum usb_answer no_sector(struct usb_storage *s)
{
    if (disk_image_try_again(s->image)) return USB_NAK;
    s->at = 0;
    medium_fails(s, CODE_READ_ERROR);
    end_data(s);
    return stall(s, true);
}

static enum usb_answer data_in(struct usb_storage *s, u8 *bytes, unsigned *size)
{
    if (!s->left) return stall(s, true);
    if (s->operation == SCSI_READ && s->at == STORAGE_SECTOR && !next_sector(s)) return no_sector(s);
    unsigned n = s->left < PACKET ? s->left : PACKET;
    memcpy(bytes, s->data + s->at, n);
    s->at = (u16)(s->at + n);
    s->left -= n;
    s->residue -= n;
    *size = n;
    if (!s->residue || (!s->left && n < PACKET)) s->phase = BULK_STATUS;
    return USB_ACK;
}

/* A packet completes one sector at most.  False: it has to come again, as the image waits for somebody to help it. */
static bool take_written(struct usb_storage *s, const u8 *bytes, unsigned size)
{
    for (unsigned done = 0; done < size && s->left;) {
        unsigned room = STORAGE_SECTOR - s->at, n = size - done < room ? size - done : room;
        if (n > s->left) n = s->left;
        memcpy(s->data + s->at, bytes + done, n);
        s->at = (u16)(s->at + n);
        s->left -= n;
        done += n;
        if (s->at < STORAGE_SECTOR) continue;
        if (s->status == PASSED && !disk_image_write(s->image, s->lba, 1, s->data)) {
            if (disk_image_try_again(s->image)) {
                s->at = (u16)(s->at - n);
                s->left += n;
                return false;
            }
            medium_fails(s, CODE_WRITE_FAULT);
        }
        s->at = 0;
        s->lba++;
    }
    return true;
}

static enum usb_answer data_out(struct usb_storage *s, const u8 *bytes, unsigned size)
{
    if (!s->left) return stall(s, false);
    unsigned before = s->left;
    if (s->operation == SCSI_WRITE && !take_written(s, bytes, size)) return USB_NAK;
    if (s->operation != SCSI_WRITE) s->left -= size < s->left ? size : s->left;
    s->residue -= before - s->left < s->residue ? before - s->left : s->residue;
    if (!s->residue || size < PACKET) end_data(s);
    return USB_ACK;
}

/* --- wrappers --- */

static enum usb_answer refuse_wrapper(struct usb_storage *s)
{
    s->broken = true;
    usb_device_halt(&s->device, ENDPOINT_IN, true);
    usb_device_halt(&s->device, ENDPOINT_OUT, false);
    return USB_STALL;
}

/* "The thirteen cases": the host says how much it wants to move and which way, the command how much it moves. */
static void begin_data(struct usb_storage *s, const struct scsi_result *r, bool host_in)
{
    s->status = r->failed ? FAILED : PASSED;
    s->left = r->failed ? 0 : r->bytes;
    s->at = s->operation == SCSI_READ ? STORAGE_SECTOR : 0;
    bool wrong_way = s->left && s->residue && r->to_host != host_in;
    if (wrong_way || s->left > s->residue) {             /* phase error: nothing of the disk is touched beyond what the host takes */
        s->status = PHASE_ERROR;
        if (wrong_way || !host_in) s->left = 0;
        else s->left = s->residue;
    }
    s->phase = !s->residue ? BULK_STATUS : host_in ? BULK_DATA_IN : BULK_DATA_OUT;
}

static enum usb_answer command(struct usb_storage *s, const u8 *b, unsigned size)
{
    if (size != CBW_BYTES || memcmp(b, "USBC", 4) || b[CBW_LUN] || !b[CBW_BLOCK_BYTES] || b[CBW_BLOCK_BYTES] > 16) return refuse_wrapper(s);
    s->tag = word(b + CBW_TAG);
    s->residue = word(b + CBW_LENGTH);
    struct scsi_result r = usb_storage_command(s, b + CBW_BLOCK, b[CBW_BLOCK_BYTES]);
    begin_data(s, &r, b[CBW_FLAGS] & FLAG_IN);
    return USB_ACK;
}

static enum usb_answer status(struct usb_storage *s, u8 *bytes, unsigned *size)
{
    memcpy(bytes, "USBS", 4);
    put_word(bytes + 4, s->tag);
    put_word(bytes + 8, s->residue);
    bytes[12] = s->status;
    *size = CSW_BYTES;
    s->phase = BULK_COMMAND;
    return USB_ACK;
}

/* --- endpoints --- */

static enum usb_answer bulk_in(void *self, unsigned endpoint, u8 *bytes, unsigned *size)
{
    struct usb_storage *s = self;

    (void)endpoint;
    if (s->broken) return refuse_wrapper(s);
    if (s->phase == BULK_DATA_IN) return data_in(s, bytes, size);
    return s->phase == BULK_STATUS ? status(s, bytes, size) : USB_NAK;
}

static enum usb_answer bulk_out(void *self, unsigned endpoint, const u8 *bytes, unsigned size)
{
    struct usb_storage *s = self;

    (void)endpoint;
    if (s->broken) return refuse_wrapper(s);
    if (s->phase == BULK_COMMAND) return command(s, bytes, size);
    return s->phase == BULK_DATA_OUT ? data_out(s, bytes, size) : refuse_wrapper(s);
}

static void reset(void *self)
{
    struct usb_storage *s = self;

    s->phase = BULK_COMMAND;
    s->broken = false;
    s->left = s->residue = 0;
    s->at = 0;
}

static int request(void *self, const struct usb_setup *setup, u8 *bytes)
{
    if (setup->type == CLASS_FROM_INTERFACE && setup->request == GET_MAX_LUN) return bytes[0] = 0, 1;
    if (setup->type != CLASS_TO_INTERFACE || setup->request != BULK_ONLY_RESET || setup->length) return USB_REFUSED;
    reset(self);                                         /* halts and toggles stay: the host clears them */
    return 0;
}

/* --- descriptors --- */

#define WORD(v) (u8)(v), (u8)((v) >> 8)
enum { PRODUCT = 0x0004, CONFIGURATION_BYTES = 9 + 9 + 7 + 7, CLASS_STORAGE = 8, SCSI_TRANSPARENT = 6, BULK_ONLY = 0x50, BULK = 2 };
static const u8 device_descriptor[] = { 18, 1, WORD(0x0110), 0, 0, 0, PACKET, WORD(0x1209), WORD(PRODUCT), WORD(0x0100), 1, 2, 3, 1 };
static const u8 configuration[] = {
    9, 2, WORD(CONFIGURATION_BYTES), 1, 1, 0, 0x80, 50,
    9, 4, 0, 0, 2, CLASS_STORAGE, SCSI_TRANSPARENT, BULK_ONLY, 0,
    7, 5, 0x80 | ENDPOINT_IN, BULK, WORD(PACKET), 0,
    7, 5, ENDPOINT_OUT, BULK, WORD(PACKET), 0,
};
static const struct usb_kind kind = {
    .device = device_descriptor, .configuration = configuration, .configuration_bytes = CONFIGURATION_BYTES,
    .string = { "Orrery", "Stick", "000000000001" },     /* a serial number has twelve digits */
    .in_endpoints = 1 << ENDPOINT_IN, .out_endpoints = 1 << ENDPOINT_OUT, .request = request, .in = bulk_in, .out = bulk_out, .reset = reset,
};

void usb_storage_init(struct usb_storage *s, struct disk_image *image, bool read_only)
{
    *s = (struct usb_storage){ .image = image, .read_only = read_only };
    usb_device_init(&s->device, &kind, s);
    usb_device_bus_reset(&s->device);
}

const char *usb_storage_invariant(const struct usb_storage *s)
{
    if (state_out_of_range(&usb_storage_state, s)) return "every field is in the range its list gives";
    if (s->left > s->residue) return "no command moves more than the host wants";
    return usb_device_invariant(&s->device);
}
