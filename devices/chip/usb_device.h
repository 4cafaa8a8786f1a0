#ifndef ORRERY_CHIP_USB_DEVICE_H
#define ORRERY_CHIP_USB_DEVICE_H
/* A USB device as its cable sees it, and what its kind adds to the protocol.               doc: usb */
#include "cpu/base/state.h"
#include "devices/board/wires.h"

enum usb_pid { USB_PID_OUT = 0xe1, USB_PID_IN = 0x69, USB_PID_SETUP = 0x2d };
/* ACK of an IN: there are bytes.  SILENT: nobody answers before the host gives up. */
enum usb_answer { USB_ACK, USB_NAK, USB_STALL, USB_SILENT };

/* A transaction.  size_bytes: of what is sent; of IN the room first, then what came. */
struct usb_packet {
    u8 pid, endpoint, toggle;                /* toggle: DATA0 or DATA1, sent or received */
    u8 *bytes;
    unsigned size_bytes;
};

struct usb_setup {
    u8 type, request;
    u16 value, index, length;
};

enum { USB_CONTROL_BYTES = 512, USB_STRINGS = 4, USB_REFUSED = -1 };

/* A kind of device: its descriptors, and what is not chapter 9's. */
struct usb_kind {
    bool low_speed, wakes;
    const u8 *device, *configuration;                    /* descriptors */
    unsigned configuration_bytes;
    const char *string[USB_STRINGS];                     /* 1 ..; NULL ends them */
    u16 in_endpoints, out_endpoints;                     /* bit n: endpoint n, 0 apart */
    /* A request of another type, or to an interface: bytes of the answer, or USB_REFUSED.  Of one with data to the device `bytes` has them. */
    int (*request)(void *self, const struct usb_setup *s, u8 *bytes);
    enum usb_answer (*in)(void *self, unsigned endpoint, u8 *bytes, unsigned *size_bytes);
    enum usb_answer (*out)(void *self, unsigned endpoint, const u8 *bytes, unsigned size_bytes);      /* NULL: none */
    void (*reset)(void *self);                           /* a bus reset, or a configuration was set */
};

enum { USB_IDLE, USB_DATA_IN, USB_DATA_OUT, USB_STATUS_IN, USB_STATUS_OUT, USB_STALLED };

#define USB_DEVICE_STATE(ONE, MANY) \
    /*    type  name                       unit    min    max  meaning                                                        */ \
    ONE (u8,   address,                   "",        0,   127, "0 after a bus reset")                                          \
    ONE (u8,   next_address,              "",        0,   127, "that of SET_ADDRESS, whose status stage is still to come")     \
    ONE (u8,   configuration,             "",        0,     1, "0: not configured")                                            \
    ONE (u8,   stage,                     "",        0,     5, "of the control transfer: idle, data in or out, status in or out, stalled") \
    MANY(u8,   setup, 8,                  "",        0,  0xff, "its request")                                                  \
    MANY(u8,   data, USB_CONTROL_BYTES,   "",        0,  0xff, "its data")                                                     \
    ONE (u16,  data_bytes,                "bytes",   0, USB_CONTROL_BYTES, "how many there are, or are to come")               \
    ONE (u16,  data_at,                   "bytes",   0, USB_CONTROL_BYTES, "how many have gone or come")                       \
    ONE (u16,  toggle_in,                 "bits",    0, 0xffff, "DATA0 or DATA1 next, a bit an endpoint")                      \
    ONE (u16,  toggle_out,                "bits",    0, 0xffff, "the same of OUT endpoints")                                   \
    ONE (u16,  halted_in,                 "bits",    0, 0xffff, "endpoints that answer STALL")                                 \
    ONE (u16,  halted_out,                "bits",    0, 0xffff, "OUT endpoints that do")                                       \
    ONE (bool, may_wake,                  "",        0,     1, "DEVICE_REMOTE_WAKEUP is set")

struct usb_device {
    STATE_MEMBERS(USB_DEVICE_STATE)
    const struct usb_kind *kind;             /* wires */
    void *self;
    void *controller;
    void (*wake)(void *controller, unsigned port);       /* NULL: nobody listens */
    unsigned port;
};

extern const struct state_layout usb_device_state;

void usb_device_init(struct usb_device *d, const struct usb_kind *kind, void *self);
void usb_device_bus_reset(struct usb_device *d);
enum usb_answer usb_device_transaction(struct usb_device *d, struct usb_packet *p);
/* For a kind: an endpoint stops until the host clears it; input came while the bus may sleep. */
void usb_device_halt(struct usb_device *d, unsigned endpoint, bool in);
void usb_device_wake(struct usb_device *d);
const char *usb_device_invariant(const struct usb_device *d);

#endif
