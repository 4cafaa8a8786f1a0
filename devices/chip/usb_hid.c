/* USB keyboard, mouse and tablet: human interface devices with one interrupt endpoint.     doc: usb
 *   keyboard  modifiers, 0, up to six usages (01h six times when more are held)      OUT by SET_REPORT: the lamps
 *   mouse     buttons, X, Y, wheel (the boot protocol ends before the wheel)
 *   tablet    buttons, X 0..32767, Y 0..32767, wheel
 * Each report tells one change of a key or button at most, so that none is lost between two of the host's questions.
 * Source: Device Class Definition for HID 1.11, "Requests", appendix B, "Boot Interface Descriptors", appendix C, "Keyboard Implementation". */
#include "devices/chip/usb_hid.h"

#include <string.h>

enum { DOWN = 0x100, FIRST_MODIFIER = 0xe0, ROLL_OVER = 1, KEYS_TOLD = 6, FAR = 32767, STEP = 127, IDLE_UNIT_NS = 4000000 };
enum { HID_DESCRIPTOR = 0x21, REPORT_DESCRIPTOR = 0x22, HID_AT = 18, HID_BYTES = 9 };
enum { TO_INTERFACE = 0x81, CLASS_IN = 0xa1, CLASS_OUT = 0x21 };

#define STATE_OWNER struct usb_hid
STATE_LAYOUT_OF(usb_hid_state, "usb_hid", USB_HID_STATE, usb_hid_invariant);

void usb_hid_init(struct usb_hid *h, enum usb_hid_kind kind, struct clock *clock)
{
    *h = (struct usb_hid){ .kind = kind, .clock = clock };
    usb_device_init(&h->device, &usb_hid_kinds[kind], h);
    usb_device_bus_reset(&h->device);
}

/* What hands hold is no state of the bus. */
void usb_hid_reset(void *hid)
{
    struct usb_hid *h = hid;

    h->leds = 0;
    h->idle = usb_hid_reports[h->kind].idle;
    h->report_protocol = true;
    h->reported_at = clock_now(h->clock);
}

/* --- what a person does --- */

static void set_down(struct usb_hid *h, u16 change)
{
    u8 usage = (u8)change, bit = (u8)(1u << (usage & 7));
    h->down[usage >> 3] = change & DOWN ? h->down[usage >> 3] | bit : h->down[usage >> 3] & (u8)~bit;
}

static void tell(struct usb_hid *h, u16 change)
{
    if (h->kind == USB_KEYBOARD) set_down(h, change);
    else h->buttons = (u8)change;
}

/* The oldest change gives way without a report of its own when too many wait. */
static void put_change(struct usb_hid *h, u16 change)
{
    if (h->used == HID_CHANGES) {
        tell(h, h->change[h->head]);
        h->head = (h->head + 1) % HID_CHANGES;
        h->used--;
    }
    h->change[(h->head + h->used++) % HID_CHANGES] = change;
    usb_device_wake(&h->device);
}

void usb_hid_key(struct usb_hid *h, u8 usage, bool down) { put_change(h, (u16)(usage | (down ? DOWN : 0))); }

static int nearer(int v) { return v < -FAR ? -FAR : v > FAR ? FAR : v; }

static void press(struct usb_hid *h, unsigned buttons)
{
    if ((buttons & 31) != h->buttons_now) put_change(h, buttons & 31);
    h->buttons_now = buttons & 31;
}

void usb_hid_move(struct usb_hid *h, int dx, int dy, int dz, unsigned buttons)
{
    h->dx = nearer(h->dx + nearer(dx));
    h->dy = nearer(h->dy + nearer(dy));
    h->dz = nearer(h->dz - nearer(dz));
    h->news |= h->dx || h->dy || h->dz;
    press(h, buttons);
}

void usb_hid_point(struct usb_hid *h, unsigned x, unsigned y, int dz, unsigned buttons)
{
    u16 to_x = (u16)(x > TABLET_MOST ? TABLET_MOST : x), to_y = (u16)(y > TABLET_MOST ? TABLET_MOST : y);

    h->news |= to_x != h->x || to_y != h->y || dz;
    h->x = to_x;
    h->y = to_y;
    h->dz = nearer(h->dz - nearer(dz));
    press(h, buttons);
}

/* --- reports --- */

static bool is_down(const struct usb_hid *h, unsigned usage) { return h->down[usage >> 3] >> (usage & 7) & 1; }

static unsigned keyboard_report(const struct usb_hid *h, u8 *bytes)
{
    unsigned held = 0;

    memset(bytes, 0, 8);
    bytes[0] = h->down[FIRST_MODIFIER >> 3];
    for (unsigned usage = 4; usage < FIRST_MODIFIER; usage++) {
        if (!is_down(h, usage)) continue;
        if (held < KEYS_TOLD) bytes[2 + held] = (u8)usage;
        held++;
    }
    if (held > KEYS_TOLD) memset(bytes + 2, ROLL_OVER, KEYS_TOLD);
    return 8;
}

static int step(s32 *left)
{
    int v = *left < -STEP ? -STEP : *left > STEP ? STEP : *left;
    *left -= v;
    return v;
}

static unsigned mouse_report(struct usb_hid *h, u8 *bytes)
{
    bytes[0] = h->report_protocol ? h->buttons : h->buttons & 7;
    bytes[1] = (u8)step(&h->dx);
    bytes[2] = (u8)step(&h->dy);
    bytes[3] = (u8)step(&h->dz);
    return h->report_protocol ? 4 : 3;
}

static unsigned tablet_report(struct usb_hid *h, u8 *bytes)
{
    bytes[0] = h->buttons;
    bytes[1] = (u8)h->x, bytes[2] = (u8)(h->x >> 8);
    bytes[3] = (u8)h->y, bytes[4] = (u8)(h->y >> 8);
    bytes[5] = (u8)step(&h->dz);
    return 6;
}

static unsigned report(struct usb_hid *h, u8 *bytes)
{
    unsigned size = h->kind == USB_KEYBOARD ? keyboard_report(h, bytes) : h->kind == USB_MOUSE ? mouse_report(h, bytes) : tablet_report(h, bytes);

    h->news = h->dx || h->dy || h->dz;
    return size;
}

/* "Set_Idle Request": without news a report comes when the time is over. */
static bool idle_is_over(const struct usb_hid *h)
{
    return h->idle && clock_now(h->clock) - h->reported_at >= clock_ticks_of_ns(h->clock, (u64)h->idle * IDLE_UNIT_NS);
}

enum usb_answer usb_hid_in(void *hid, unsigned endpoint, u8 *bytes, unsigned *size)
{
    struct usb_hid *h = hid;

    (void)endpoint;
    if (!h->used && !h->news && !idle_is_over(h)) return USB_NAK;
    if (h->used) {
        tell(h, h->change[h->head]);
        h->head = (h->head + 1) % HID_CHANGES;
        h->used--;
    }
    u8 whole[8];
    unsigned n = report(h, whole);
    *size = n < *size ? n : *size;
    memcpy(bytes, whole, *size);
    h->reported_at = clock_now(h->clock);
    return USB_ACK;
}

/* --- "Requests" --- */

static int get_descriptor(const struct usb_hid *h, const struct usb_setup *s, u8 *bytes)
{
    const struct usb_hid_report *r = &usb_hid_reports[h->kind];

    switch (s->value >> 8) {
    case HID_DESCRIPTOR: memcpy(bytes, usb_hid_kinds[h->kind].configuration + HID_AT, HID_BYTES); return HID_BYTES;
    case REPORT_DESCRIPTOR: memcpy(bytes, r->bytes, r->size_bytes); return r->size_bytes;
    default: return USB_REFUSED;
    }
}

static int set_report(struct usb_hid *h, const struct usb_setup *s, const u8 *bytes)
{
    if (h->kind != USB_KEYBOARD || !s->length) return USB_REFUSED;
    h->leds = bytes[0] & 0x1f;
    return 0;
}

int usb_hid_request(void *hid, const struct usb_setup *s, u8 *bytes)
{
    enum { GET_REPORT = 1, GET_IDLE, GET_PROTOCOL, GET_DESCRIPTOR = 6, SET_REPORT = 9, SET_IDLE, SET_PROTOCOL };
    struct usb_hid *h = hid;
    bool boots = h->kind != USB_TABLET;

    if (s->type == TO_INTERFACE) return s->request == GET_DESCRIPTOR ? get_descriptor(h, s, bytes) : USB_REFUSED;
    if (s->type == CLASS_IN && s->request == GET_REPORT) return (int)report(h, bytes);
    if (s->type == CLASS_IN && s->request == GET_IDLE) return bytes[0] = h->idle, 1;
    if (s->type == CLASS_IN && s->request == GET_PROTOCOL && boots) return bytes[0] = h->report_protocol, 1;
    if (s->type != CLASS_OUT) return USB_REFUSED;
    if (s->request == SET_REPORT) return set_report(h, s, bytes);
    if (s->request == SET_IDLE) return h->idle = (u8)(s->value >> 8), 0;
    if (s->request == SET_PROTOCOL && boots && s->value < 2) return h->report_protocol = s->value, 0;
    return USB_REFUSED;
}

const char *usb_hid_invariant(const struct usb_hid *h)
{
    if (state_out_of_range(&usb_hid_state, h)) return "every field is in the range its list gives";
    return usb_device_invariant(&h->device);
}
