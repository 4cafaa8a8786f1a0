#ifndef ORRERY_CHIP_USB_HID_H
#define ORRERY_CHIP_USB_HID_H
#include "cpu/base/ring.h"
#include "devices/board/clock.h"
#include "devices/chip/usb_device.h"

enum usb_hid_kind { USB_KEYBOARD, USB_MOUSE, USB_TABLET, USB_HID_KINDS };
enum { HID_CHANGES = 64, TABLET_MOST = 32767 };

#define USB_HID_STATE(ONE, MANY) \
    /*    type  name                  unit    min         max  meaning                                                        */ \
    MANY(u16,  change, HID_CHANGES,   "",        0,     0x1ff, "keys (usage, bit 8 down) or buttons that no report has told yet")  \
    ONE (u32,  head,                  "",        0, HID_CHANGES - 1, "the next one")                                           \
    ONE (u32,  used,                  "",        0, HID_CHANGES, "how many")                                                   \
    MANY(u8,   down, 32,              "bits",    0,      0xff, "keyboard: keys held, a bit a usage")                           \
    ONE (u8,   buttons,               "bits",    0,        31, "left, right, middle, fourth, fifth, as told")                  \
    ONE (u8,   buttons_now,           "bits",    0,        31, "as they are")                                                  \
    ONE (s32,  dx,                    "counts", -32768, 32767, "mouse: movement not told, right")                              \
    ONE (s32,  dy,                    "counts", -32768, 32767, "mouse: down")                                                  \
    ONE (s32,  dz,                    "clicks", -32768, 32767, "of the wheel, not told, away from the person")                 \
    ONE (u16,  x,                     "",        0, TABLET_MOST, "tablet: where it points, from the left")                     \
    ONE (u16,  y,                     "",        0, TABLET_MOST, "tablet: from the top")                                       \
    ONE (bool, news,                  "",        0,         1, "something has changed since the last report")                  \
    ONE (u8,   leds,                  "bits",    0,      0x1f, "keyboard: num, caps, scroll lock, compose, kana")              \
    ONE (u8,   idle,                  "4 ms",    0,      0xff, "a report at least so often; 0: when there is news")            \
    ONE (bool, report_protocol,       "",        0,         1, "false: the boot protocol")                                     \
    ONE (u64,  reported_at,           "tick",    0, UINT64_MAX, "the last report")

struct usb_hid {
    STATE_MEMBERS(USB_HID_STATE)
    struct usb_device device;
    enum usb_hid_kind kind;                  /* wires */
    struct clock *clock;
};

extern const struct state_layout usb_hid_state;

void usb_hid_init(struct usb_hid *h, enum usb_hid_kind kind, struct clock *clock);
void usb_hid_key(struct usb_hid *h, u8 usage, bool down);
/* dy grows downwards; dz towards the person. */
void usb_hid_move(struct usb_hid *h, int dx, int dy, int dz, unsigned buttons);
void usb_hid_point(struct usb_hid *h, unsigned x, unsigned y, int dz, unsigned buttons);        /* 0 to TABLET_MOST of the screen */
const char *usb_hid_invariant(const struct usb_hid *h);

/* Descriptors: usb_hid_descriptors.c. */
extern const struct usb_kind usb_hid_kinds[USB_HID_KINDS];
struct usb_hid_report {
    const u8 *bytes;
    u16 size_bytes;
    u8 packet_bytes, idle;                   /* of the interrupt endpoint; the idle rate after a reset */
};
extern const struct usb_hid_report usb_hid_reports[USB_HID_KINDS];
int usb_hid_request(void *hid, const struct usb_setup *s, u8 *bytes);
enum usb_answer usb_hid_in(void *hid, unsigned endpoint, u8 *bytes, unsigned *size_bytes);
void usb_hid_reset(void *hid);

#endif
