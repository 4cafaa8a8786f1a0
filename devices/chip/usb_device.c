/* What every USB device does: addresses, control transfers, data toggles, halts.           doc: usb
 *   SETUP -> [data IN .. | data OUT ..] -> status the other way, or STALL until the next SETUP
 * Source: Universal Serial Bus Specification 1.1, chapter 8, "Transaction Formats", "Data Toggle Synchronization and Retry"; chapter 9, "USB
 * Device Framework".  Not modelled: isochronous endpoints, alternate settings. */
#include "devices/chip/usb_device.h"

#include <string.h>

enum { TYPE_IN = 0x80, TYPE_KIND = 0x60, TO_DEVICE = 0, TO_INTERFACE = 1, TO_ENDPOINT = 2, RECIPIENT = 0x1f };
enum { DESCRIPTOR_DEVICE = 1, DESCRIPTOR_CONFIGURATION, DESCRIPTOR_STRING };
enum { ENDPOINT_HALT = 0, DEVICE_REMOTE_WAKEUP = 1, PACKET_0_AT = 7, ATTRIBUTES_AT = 7, SELF_POWERED = 0x40, DEVICE_BYTES = 18, ENGLISH = 0x0409 };

#define STATE_OWNER struct usb_device
STATE_LAYOUT_OF(usb_device_state, "usb_device", USB_DEVICE_STATE, usb_device_invariant);

void usb_device_init(struct usb_device *d, const struct usb_kind *kind, void *self)
{
    *d = (struct usb_device){ .kind = kind, .self = self };
}

static void forget_endpoints(struct usb_device *d)
{
    d->toggle_in = d->toggle_out = d->halted_in = d->halted_out = 0;
    d->kind->reset(d->self);
}

void usb_device_bus_reset(struct usb_device *d)
{
    d->address = d->next_address = d->configuration = 0;
    d->stage = USB_IDLE;
    d->data_bytes = d->data_at = 0;
    d->may_wake = false;
    forget_endpoints(d);
}

void usb_device_halt(struct usb_device *d, unsigned endpoint, bool in)
{
    if (in) d->halted_in |= (u16)(1u << endpoint);
    else d->halted_out |= (u16)(1u << endpoint);
}

void usb_device_wake(struct usb_device *d)
{
    if (d->may_wake && d->wake) d->wake(d->controller, d->port);
}

/* --- "Standard Device Requests": bytes of the answer, or USB_REFUSED --- */

static int answer_byte(struct usb_device *d, u8 value) { return d->data[0] = value, 1; }
static int answer_word(struct usb_device *d, u16 value) { return d->data[0] = (u8)value, d->data[1] = (u8)(value >> 8), 2; }

/* The bits of an endpoint that a request names; 0: there is none. */
static u16 *halts_of(struct usb_device *d, u16 index, u16 *bit)
{
    bool in = index & TYPE_IN;

    *bit = (u16)(1u << (index & 15));
    if (!(*bit & (in ? d->kind->in_endpoints : d->kind->out_endpoints))) return NULL;
    return in ? &d->halted_in : &d->halted_out;
}

static int get_status(struct usb_device *d, const struct usb_setup *s)
{
    u16 bit, *halts;

    switch (s->type & RECIPIENT) {
    case TO_DEVICE: return answer_word(d, (u16)((d->kind->configuration[ATTRIBUTES_AT] & SELF_POWERED ? 1 : 0) | d->may_wake << 1));
    case TO_INTERFACE: return answer_word(d, 0);
    case TO_ENDPOINT:
        if (!(s->index & 15)) return answer_word(d, 0);
        halts = halts_of(d, s->index, &bit);
        return halts ? answer_word(d, *halts & bit ? 1 : 0) : USB_REFUSED;
    default: return USB_REFUSED;
    }
}

static int change_feature(struct usb_device *d, const struct usb_setup *s, bool set)
{
    u16 bit, *halts;

    if ((s->type & RECIPIENT) == TO_DEVICE) {
        if (s->value != DEVICE_REMOTE_WAKEUP || !d->kind->wakes) return USB_REFUSED;
        d->may_wake = set;
        return 0;
    }
    if ((s->type & RECIPIENT) != TO_ENDPOINT || s->value != ENDPOINT_HALT) return USB_REFUSED;
    if (!(s->index & 15)) return 0;
    halts = halts_of(d, s->index, &bit);
    if (!halts) return USB_REFUSED;
    *halts = set ? *halts | bit : *halts & (u16)~bit;
    if (!set && s->index & TYPE_IN) d->toggle_in &= (u16)~bit;
    if (!set && !(s->index & TYPE_IN)) d->toggle_out &= (u16)~bit;
    return 0;
}

/* "String": the language, or a text of 16-bit characters. */
static int string_descriptor(struct usb_device *d, u8 n)
{
    unsigned used = 2;

    for (unsigned i = 1; i <= n; i++)
        if (i > USB_STRINGS || !d->kind->string[i - 1]) return USB_REFUSED;
    if (!n) d->data[used++] = (u8)ENGLISH, d->data[used++] = ENGLISH >> 8;
    for (const char *c = n ? d->kind->string[n - 1] : ""; *c && used < 254; c++) d->data[used++] = (u8)*c, d->data[used++] = 0;
    d->data[0] = (u8)used;
    d->data[1] = DESCRIPTOR_STRING;
    return (int)used;
}

static int get_descriptor(struct usb_device *d, const struct usb_setup *s)
{
    const struct usb_kind *k = d->kind;

    switch (s->value >> 8) {
    case DESCRIPTOR_DEVICE: memcpy(d->data, k->device, DEVICE_BYTES); return DEVICE_BYTES;
    case DESCRIPTOR_CONFIGURATION:
        if (s->value & 0xff) return USB_REFUSED;
        memcpy(d->data, k->configuration, k->configuration_bytes);
        return (int)k->configuration_bytes;
    case DESCRIPTOR_STRING: return string_descriptor(d, (u8)s->value);
    default: return USB_REFUSED;
    }
}

static int set_configuration(struct usb_device *d, const struct usb_setup *s)
{
    if ((s->value & 0xff) > 1) return USB_REFUSED;
    d->configuration = (u8)s->value;
    forget_endpoints(d);
    return 0;
}

static int set_interface(struct usb_device *d, const struct usb_setup *s)
{
    if (!d->configuration || s->value || s->index) return USB_REFUSED;
    forget_endpoints(d);
    return 0;
}

static int standard(struct usb_device *d, const struct usb_setup *s)
{
    enum { GET_STATUS = 0, CLEAR_FEATURE = 1, SET_FEATURE = 3, SET_ADDRESS = 5, GET_DESCRIPTOR = 6, GET_CONFIGURATION = 8, SET_CONFIGURATION = 9,
           GET_INTERFACE = 10, SET_INTERFACE = 11 };

    switch (s->request) {
    case GET_STATUS: return get_status(d, s);
    case CLEAR_FEATURE: return change_feature(d, s, false);
    case SET_FEATURE: return change_feature(d, s, true);
    case SET_ADDRESS: return d->next_address = s->value & 127, 0;
    case GET_DESCRIPTOR: return get_descriptor(d, s);
    case GET_CONFIGURATION: return answer_byte(d, d->configuration);
    case SET_CONFIGURATION: return set_configuration(d, s);
    case GET_INTERFACE: return d->configuration && !s->index ? answer_byte(d, 0) : USB_REFUSED;
    case SET_INTERFACE: return set_interface(d, s);
    default: return USB_REFUSED;
    }
}

/* --- "Control Transfers" --- */

static struct usb_setup setup_of(const struct usb_device *d)
{
    const u8 *b = d->setup;
    return (struct usb_setup){ .type = b[0], .request = b[1], .value = (u16)(b[2] | b[3] << 8), .index = (u16)(b[4] | b[5] << 8),
                               .length = (u16)(b[6] | b[7] << 8) };
}

/* Standard requests to the device and to endpoints are chapter 9's; an interface has descriptors of its own. */
static int perform(struct usb_device *d)
{
    struct usb_setup s = setup_of(d);
    bool own_descriptor = (s.type & RECIPIENT) == TO_INTERFACE && s.request == 6;

    if (s.type & TYPE_KIND || own_descriptor) return d->kind->request(d->self, &s, d->data);
    return standard(d, &s);
}

static void begin_control(struct usb_device *d, const u8 *bytes)
{
    memcpy(d->setup, bytes, sizeof d->setup);
    struct usb_setup s = setup_of(d);

    d->data_at = 0;
    d->data_bytes = 0;
    d->toggle_in |= 1;
    d->toggle_out |= 1;
    d->next_address = d->address;
    if (!(s.type & TYPE_IN) && s.length) {
        d->data_bytes = s.length <= USB_CONTROL_BYTES ? s.length : 0;
        d->stage = s.length <= USB_CONTROL_BYTES ? USB_DATA_OUT : USB_STALLED;
        return;
    }
    int answer = perform(d);
    if (answer < 0) {
        d->stage = USB_STALLED;
        return;
    }
    d->data_bytes = (u16)(answer < s.length ? answer : s.length);
    d->stage = s.type & TYPE_IN && s.length ? USB_DATA_IN : USB_STATUS_IN;
}

static enum usb_answer control_in(struct usb_device *d, struct usb_packet *p)
{
    unsigned left = (unsigned)(d->data_bytes - d->data_at), most = d->kind->device[PACKET_0_AT];

    p->size_bytes = 0;
    p->toggle = d->toggle_in & 1;
    if (d->stage == USB_STATUS_IN) {
        d->address = d->next_address;
        d->stage = USB_IDLE;
        p->toggle = 1;
        return USB_ACK;
    }
    if (d->stage != USB_DATA_IN) return d->stage == USB_STALLED ? USB_STALL : USB_NAK;
    p->size_bytes = left < most ? left : most;
    memcpy(p->bytes, d->data + d->data_at, p->size_bytes);
    d->data_at = (u16)(d->data_at + p->size_bytes);
    d->toggle_in ^= 1;
    if (p->size_bytes < most) d->stage = USB_STATUS_OUT;
    return USB_ACK;
}

static enum usb_answer control_out(struct usb_device *d, const struct usb_packet *p)
{
    if (d->stage == USB_DATA_IN || d->stage == USB_STATUS_OUT) {         /* the host may have had enough */
        d->stage = USB_IDLE;
        return USB_ACK;
    }
    if (d->stage != USB_DATA_OUT) return d->stage == USB_STALLED ? USB_STALL : USB_NAK;
    if (p->toggle != (d->toggle_out & 1)) return USB_ACK;                /* again what came before */
    d->toggle_out ^= 1;
    if (p->size_bytes > (unsigned)(d->data_bytes - d->data_at)) return d->stage = USB_STALLED, USB_STALL;
    memcpy(d->data + d->data_at, p->bytes, p->size_bytes);
    d->data_at = (u16)(d->data_at + p->size_bytes);
    if (d->data_at < d->data_bytes) return USB_ACK;
    d->stage = perform(d) < 0 ? USB_STALLED : USB_STATUS_IN;
    return USB_ACK;
}

/* --- other endpoints --- */

static enum usb_answer pipe_in(struct usb_device *d, struct usb_packet *p)
{
    u16 bit = (u16)(1u << p->endpoint);

    if (!d->configuration || !(d->kind->in_endpoints & bit)) return USB_SILENT;
    if (d->halted_in & bit) return USB_STALL;
    p->toggle = d->toggle_in & bit ? 1 : 0;
    enum usb_answer answer = d->kind->in(d->self, p->endpoint, p->bytes, &p->size_bytes);
    if (answer == USB_ACK) d->toggle_in ^= bit;
    return answer;
}

static enum usb_answer pipe_out(struct usb_device *d, const struct usb_packet *p)
{
    u16 bit = (u16)(1u << p->endpoint);

    if (!d->configuration || !(d->kind->out_endpoints & bit)) return USB_SILENT;
    if (d->halted_out & bit) return USB_STALL;
    if (p->toggle != (d->toggle_out & bit ? 1 : 0)) return USB_ACK;
    enum usb_answer answer = d->kind->out(d->self, p->endpoint, p->bytes, p->size_bytes);
    if (answer == USB_ACK) d->toggle_out ^= bit;
    return answer;
}

enum usb_answer usb_device_transaction(struct usb_device *d, struct usb_packet *p)
{
    p->endpoint &= 15;
    if (p->pid == USB_PID_SETUP) {
        if (p->endpoint || p->size_bytes != sizeof d->setup || p->toggle) return USB_SILENT;
        begin_control(d, p->bytes);
        return USB_ACK;
    }
    if (p->pid == USB_PID_IN) return p->endpoint ? pipe_in(d, p) : control_in(d, p);
    return p->endpoint ? pipe_out(d, p) : control_out(d, p);
}

const char *usb_device_invariant(const struct usb_device *d)
{
    if (state_out_of_range(&usb_device_state, d)) return "every field is in the range its list gives";
    return d->data_at <= d->data_bytes ? NULL : "no more data has gone than there is";
}
