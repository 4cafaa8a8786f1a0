/* USB devices: chapter 9 by a keyboard, reports of keyboard, mouse and tablet.  USB Specification 1.1, "USB Device Framework"; Device Class
 * Definition for HID 1.11. */
#include "devices/chip/usb_hid.h"
#include "tests/unit/devices/chip/usb_fixture.h"

static struct clock bench;
static struct usb_hid hid;
static u8 bytes[512];

static void setup(void) { clock_init(&bench, BENCH_IPS); }
static void teardown(void)
{
    cr_expect_null(usb_hid_invariant(&hid));
    clock_free(&bench);
}
TestSuite(usb_hid, .init = setup, .fini = teardown);

static struct usb_device *plug(enum usb_hid_kind kind)
{
    usb_hid_init(&hid, kind, &bench);
    return &hid.device;
}

static struct usb_device *configured(enum usb_hid_kind kind)
{
    struct usb_device *d = plug(kind);
    cr_assert_eq(usb_control(d, TO_DEVICE, SET_CONFIGURATION, 1, 0, 0, NULL), 0);
    cr_assert_eq(usb_control(d, CLASS_OUT, 0x0a, 0, 0, 0, NULL), 0, "SET_IDLE: never");
    return d;
}

/* A report, or -1: NAK. */
static int poll(void)
{
    unsigned n = 64;
    memset(bytes, 0xee, 16);
    enum usb_answer answer = usb_in(&hid.device, 1, bytes, &n, NULL);
    cr_assert(answer == USB_ACK || answer == USB_NAK);
    return answer == USB_ACK ? (int)n : -1;
}

Test(usb_hid, an_address_counts_after_the_status_stage)                              /* "Set Address" */
{
    struct usb_device *d = plug(USB_KEYBOARD);
    u8 setup_bytes[8] = { 0, SET_ADDRESS, 5 };
    unsigned n = 8, toggle;

    usb_out(d, USB_PID_SETUP, 0, 0, setup_bytes, 8);
    cr_expect_eq(d->address, 0);
    usb_in(d, 0, bytes, &n, &toggle);
    cr_expect_eq(d->address, 5);
    usb_device_bus_reset(d);
    cr_expect_eq(d->address, 0);
}

Test(usb_hid, descriptors_come_in_packets_of_eight_and_no_longer_than_asked)         /* "Get Descriptor" */
{
    struct usb_device *d = plug(USB_TABLET);

    cr_expect_eq(usb_control(d, TO_DEVICE_IN, GET_DESCRIPTOR, 0x100, 0, 64, bytes), 18);
    cr_expect_eq(bytes[0], 18);
    cr_expect_eq(bytes[7], 8);
    cr_expect_eq(usb_control(d, TO_DEVICE_IN, GET_DESCRIPTOR, 0x100, 0, 8, bytes), 8);
    int whole = usb_control(d, TO_DEVICE_IN, GET_DESCRIPTOR, 0x200, 0, 255, bytes);
    cr_expect_eq(whole, bytes[2] | bytes[3] << 8, "wTotalLength");
    cr_expect_eq(usb_control(d, TO_DEVICE_IN, GET_DESCRIPTOR, 0x302, 0x409, 255, bytes), 14, "Tablet, in 16-bit characters");
    cr_expect_eq(bytes[2], 'T');
    cr_expect_eq(usb_control(d, TO_DEVICE_IN, GET_DESCRIPTOR, 0x303, 0x409, 255, bytes), -1, "no third string");
    cr_expect_eq(usb_control(d, TO_INTERFACE_IN, GET_DESCRIPTOR, 0x2200, 0, 255, bytes), usb_hid_reports[USB_TABLET].size_bytes);
    cr_expect_eq(usb_control(d, TO_INTERFACE_IN, GET_DESCRIPTOR, 0x2100, 0, 255, bytes), 9);
    cr_expect_eq(bytes[7], usb_hid_reports[USB_TABLET].size_bytes, "wDescriptorLength");
}

Test(usb_hid, endpoints_answer_once_a_configuration_is_set)                          /* "Set Configuration" */
{
    struct usb_device *d = plug(USB_MOUSE);
    unsigned n = 8;

    cr_expect_eq(usb_in(d, 1, bytes, &n, NULL), USB_SILENT);
    cr_expect_eq(usb_control(d, TO_DEVICE, SET_CONFIGURATION, 2, 0, 0, NULL), -1);
    cr_expect_eq(usb_control(d, TO_DEVICE, SET_CONFIGURATION, 1, 0, 0, NULL), 0);
    cr_expect_eq(usb_control(d, TO_DEVICE_IN, GET_CONFIGURATION, 0, 0, 1, bytes), 1);
    cr_expect_eq(bytes[0], 1);
    n = 8;
    cr_expect_eq(usb_in(d, 1, bytes, &n, NULL), USB_NAK);
    cr_expect_eq(usb_in(d, 2, bytes, &n, NULL), USB_SILENT);
}

Test(usb_hid, a_halted_endpoint_stalls_and_begins_with_data0_when_cleared)            /* "Clear Feature" */
{
    struct usb_device *d = configured(USB_MOUSE);
    unsigned n = 8, toggle;

    usb_hid_move(&hid, 1, 0, 0, 0);
    usb_in(d, 1, bytes, &n, &toggle);
    cr_expect_eq(toggle, 0);
    cr_expect_eq(usb_control(d, TO_ENDPOINT, SET_FEATURE, 0, 0x81, 0, NULL), 0);
    cr_expect_eq(usb_in(d, 1, bytes, &n, NULL), USB_STALL);
    cr_expect_eq(usb_control(d, TO_ENDPOINT | 0x80, GET_STATUS, 0, 0x81, 2, bytes), 2);
    cr_expect_eq(bytes[0], 1);
    cr_expect_eq(usb_control(d, TO_ENDPOINT, CLEAR_FEATURE, 0, 0x81, 0, NULL), 0);
    usb_hid_move(&hid, 1, 0, 0, 0);
    n = 8;
    cr_expect_eq(usb_in(d, 1, bytes, &n, &toggle), USB_ACK);
    cr_expect_eq(toggle, 0);
    cr_expect_eq(usb_control(d, TO_ENDPOINT, SET_FEATURE, 0, 0x82, 0, NULL), -1, "no such endpoint");
}

Test(usb_hid, an_unknown_request_stalls_until_the_next_setup)                        /* "Request Error" */
{
    struct usb_device *d = configured(USB_KEYBOARD);

    cr_expect_eq(usb_control(d, TO_DEVICE_IN, 12, 0, 0, 2, bytes), -1);
    cr_expect_eq(usb_control(d, 0x40, 1, 0, 0, 0, NULL), -1, "vendor");
    cr_expect_eq(usb_control(d, TO_DEVICE_IN, GET_STATUS, 0, 0, 2, bytes), 2);
}

Test(usb_hid, each_change_of_a_key_has_its_report)                                    /* appendix C, "Keyboard Implementation" */
{
    configured(USB_KEYBOARD);
    cr_expect_eq(poll(), -1);
    usb_hid_key(&hid, 0xe1, true), usb_hid_key(&hid, 4, true), usb_hid_key(&hid, 4, false), usb_hid_key(&hid, 0xe1, false);
    cr_expect_eq(poll(), 8);
    cr_expect_eq(bytes[0], 2);
    cr_expect_eq(bytes[2], 0);
    cr_expect_eq(poll(), 8);
    cr_expect_eq(bytes[0], 2);
    cr_expect_eq(bytes[2], 4);
    cr_expect_eq(bytes[3], 0);
    poll();
    cr_expect_eq(bytes[0], 2);
    cr_expect_eq(bytes[2], 0);
    poll();
    cr_expect_eq(bytes[0], 0);
    cr_expect_eq(poll(), -1);
}

Test(usb_hid, seven_keys_are_roll_over)
{
    configured(USB_KEYBOARD);
    for (u8 usage = 4; usage < 11; usage++) usb_hid_key(&hid, usage, true), poll();
    for (unsigned i = 2; i < 8; i++) cr_expect_eq(bytes[i], 1);
}

Test(usb_hid, the_idle_rate_repeats_a_report)                                        /* "Set_Idle Request" */
{
    struct usb_device *d = configured(USB_KEYBOARD);

    cr_expect_eq(usb_control(d, CLASS_OUT, 0x0a, 2 << 8, 0, 0, NULL), 0);
    cr_expect_eq(usb_control(d, CLASS_IN, 2, 0, 0, 1, bytes), 1);
    cr_expect_eq(bytes[0], 2);
    bench_run(&bench, 7999);
    cr_expect_eq(poll(), -1);
    bench_run(&bench, 1);
    cr_expect_eq(poll(), 8);
    cr_expect_eq(poll(), -1);
}

Test(usb_hid, set_report_lights_the_lamps)
{
    struct usb_device *d = configured(USB_KEYBOARD);
    u8 lamps = 5;

    cr_expect_eq(usb_control(d, CLASS_OUT, 9, 0x200, 0, 1, &lamps), 0);
    cr_expect_eq(hid.leds, 5);
}

Test(usb_hid, a_mouse_tells_movement_in_steps_and_no_wheel_in_the_boot_protocol)      /* appendix B.2 */
{
    struct usb_device *d = configured(USB_MOUSE);

    usb_hid_move(&hid, 200, -3, 1, 5);
    cr_expect_eq(poll(), 4);
    cr_expect_eq(bytes[0], 5);
    cr_expect_eq((s8)bytes[1], 127);
    cr_expect_eq((s8)bytes[2], -3);
    cr_expect_eq((s8)bytes[3], -1);
    cr_expect_eq(poll(), 4);
    cr_expect_eq(bytes[1], 73);
    cr_expect_eq(poll(), -1);
    cr_expect_eq(usb_control(d, CLASS_OUT, 0x0b, 0, 0, 0, NULL), 0);
    usb_hid_move(&hid, 1, 1, 0, 8);
    cr_expect_eq(poll(), 3);
    cr_expect_eq(bytes[0], 0, "three buttons");
}

Test(usb_hid, a_tablet_tells_where_it_points)
{
    configured(USB_TABLET);
    usb_hid_point(&hid, 32767, 16384, 0, 0);
    cr_expect_eq(poll(), 6);
    cr_expect_eq(bytes[1] | bytes[2] << 8, 32767);
    cr_expect_eq(bytes[3] | bytes[4] << 8, 16384);
    usb_hid_point(&hid, 32767, 16384, 0, 0);
    cr_expect_eq(poll(), -1, "nothing new");
    usb_hid_point(&hid, 40000, 0, 0, 1);
    cr_expect_eq(poll(), 6);
    cr_expect_eq(bytes[0], 1);
    cr_expect_eq(bytes[1] | bytes[2] << 8, 32767);
}
