#ifndef TESTS_UNIT_DEVICES_USB_FIXTURE_H
#define TESTS_UNIT_DEVICES_USB_FIXTURE_H
/* A cable's end: transactions as a host makes them, and whole control transfers. */
#include <string.h>

#include "devices/chip/usb_device.h"
#include "tests/unit/devices/bench.h"

enum { TO_DEVICE_IN = 0x80, TO_DEVICE = 0x00, TO_INTERFACE_IN = 0x81, TO_ENDPOINT = 0x02, CLASS_IN = 0xa1, CLASS_OUT = 0x21 };
enum { GET_STATUS = 0, CLEAR_FEATURE = 1, SET_FEATURE = 3, SET_ADDRESS = 5, GET_DESCRIPTOR = 6, GET_CONFIGURATION = 8, SET_CONFIGURATION = 9 };

static inline enum usb_answer usb_out(struct usb_device *d, u8 pid, unsigned endpoint, unsigned toggle, const void *bytes, unsigned size)
{
    u8 copy[1280];
    memcpy(copy, bytes, size);
    struct usb_packet p = { .pid = pid, .endpoint = (u8)endpoint, .toggle = (u8)toggle, .bytes = copy, .size_bytes = size };
    return usb_device_transaction(d, &p);
}

static inline enum usb_answer usb_in(struct usb_device *d, unsigned endpoint, void *bytes, unsigned *size, unsigned *toggle)
{
    struct usb_packet p = { .pid = USB_PID_IN, .endpoint = (u8)endpoint, .bytes = bytes, .size_bytes = *size };
    enum usb_answer answer = usb_device_transaction(d, &p);
    *size = p.size_bytes;
    if (toggle) *toggle = p.toggle;
    return answer;
}

/* Bytes that came, or -1 after a STALL. */
static inline int usb_control(struct usb_device *d, u8 type, u8 request, u16 value, u16 index, u16 length, void *bytes)
{
    u8 setup[8] = { type, request, (u8)value, (u8)(value >> 8), (u8)index, (u8)(index >> 8), (u8)length, (u8)(length >> 8) }, last[64];
    unsigned got = 0, n, toggle = 1;

    cr_assert_eq(usb_out(d, USB_PID_SETUP, 0, 0, setup, 8), USB_ACK);
    if (type & 0x80 && length) {
        do {
            n = 64;
            if (usb_in(d, 0, last, &n, NULL) != USB_ACK) return -1;
            memcpy((u8 *)bytes + got, last, n);
            got += n;
        } while (n == d->kind->device[7] && got < length);
        return usb_out(d, USB_PID_OUT, 0, 1, "", 0) == USB_ACK ? (int)got : -1;
    }
    for (unsigned at = 0; at < length; at += n, toggle ^= 1) {
        n = length - at < d->kind->device[7] ? length - at : d->kind->device[7];
        if (usb_out(d, USB_PID_OUT, 0, toggle, (u8 *)bytes + at, n) != USB_ACK) return -1;
    }
    n = sizeof last;
    return usb_in(d, 0, last, &n, &toggle) == USB_ACK && toggle == 1 ? 0 : -1;
}

#endif
