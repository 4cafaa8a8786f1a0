/* Descriptors of keyboard, mouse and tablet.                                               doc: usb
 * Source: USB Specification 1.1, "Standard USB Descriptor Definitions"; Device Class Definition for HID 1.11, "Report Descriptor", appendix B,
 * "Boot Interface Descriptors". */
#include "devices/chip/usb_hid.h"

#define WORD(v) (u8)(v), (u8)((v) >> 8)
#define ITEM1(tag, v) (tag) | 1, (u8)(v)
#define ITEM2(tag, v) (tag) | 2, WORD(v)
/* Items of a report descriptor, by their tag with a size of 0. */
enum { INPUT = 0x80, OUTPUT = 0x90, COLLECTION = 0xa0, END_COLLECTION = 0xc0, USAGE_PAGE = 0x04, LOGICAL_MINIMUM = 0x14, LOGICAL_MAXIMUM = 0x24,
       REPORT_SIZE = 0x74, REPORT_COUNT = 0x94, USAGE = 0x08, USAGE_MINIMUM = 0x18, USAGE_MAXIMUM = 0x28 };
enum { DATA_ARRAY = 0, CONSTANT = 1, DATA_VARIABLE = 2, RELATIVE = 4, PHYSICAL = 0, APPLICATION = 1 };
enum { PAGE_DESKTOP = 1, PAGE_KEYS = 7, PAGE_LEDS = 8, PAGE_BUTTONS = 9, POINTER = 1, MOUSE = 2, KEYBOARD = 6, AXIS_X = 0x30, AXIS_Y = 0x31, WHEEL = 0x38 };

static const u8 keyboard_report[] = {
    ITEM1(USAGE_PAGE, PAGE_DESKTOP), ITEM1(USAGE, KEYBOARD), ITEM1(COLLECTION, APPLICATION),
    ITEM1(USAGE_PAGE, PAGE_KEYS), ITEM1(USAGE_MINIMUM, 0xe0), ITEM1(USAGE_MAXIMUM, 0xe7), ITEM1(LOGICAL_MINIMUM, 0), ITEM1(LOGICAL_MAXIMUM, 1),
    ITEM1(REPORT_SIZE, 1), ITEM1(REPORT_COUNT, 8), ITEM1(INPUT, DATA_VARIABLE),
    ITEM1(REPORT_SIZE, 8), ITEM1(REPORT_COUNT, 1), ITEM1(INPUT, CONSTANT),
    ITEM1(USAGE_PAGE, PAGE_LEDS), ITEM1(USAGE_MINIMUM, 1), ITEM1(USAGE_MAXIMUM, 5), ITEM1(REPORT_SIZE, 1), ITEM1(REPORT_COUNT, 5), ITEM1(OUTPUT, DATA_VARIABLE),
    ITEM1(REPORT_SIZE, 3), ITEM1(REPORT_COUNT, 1), ITEM1(OUTPUT, CONSTANT),
    ITEM1(USAGE_PAGE, PAGE_KEYS), ITEM1(USAGE_MINIMUM, 0), ITEM2(USAGE_MAXIMUM, 0xff), ITEM1(LOGICAL_MINIMUM, 0), ITEM2(LOGICAL_MAXIMUM, 0xff),
    ITEM1(REPORT_SIZE, 8), ITEM1(REPORT_COUNT, 6), ITEM1(INPUT, DATA_ARRAY),
    END_COLLECTION,
};

#define BUTTONS(n) \
    ITEM1(USAGE_PAGE, PAGE_BUTTONS), ITEM1(USAGE_MINIMUM, 1), ITEM1(USAGE_MAXIMUM, n), ITEM1(LOGICAL_MINIMUM, 0), ITEM1(LOGICAL_MAXIMUM, 1), \
    ITEM1(REPORT_SIZE, 1), ITEM1(REPORT_COUNT, n), ITEM1(INPUT, DATA_VARIABLE), ITEM1(REPORT_SIZE, 8 - (n)), ITEM1(REPORT_COUNT, 1), ITEM1(INPUT, CONSTANT)
#define WHEEL_ITEMS ITEM1(USAGE, WHEEL), ITEM1(LOGICAL_MINIMUM, -127), ITEM1(LOGICAL_MAXIMUM, 127), ITEM1(REPORT_SIZE, 8), ITEM1(REPORT_COUNT, 1), \
    ITEM1(INPUT, DATA_VARIABLE | RELATIVE)

static const u8 mouse_report[] = {
    ITEM1(USAGE_PAGE, PAGE_DESKTOP), ITEM1(USAGE, MOUSE), ITEM1(COLLECTION, APPLICATION), ITEM1(USAGE, POINTER), ITEM1(COLLECTION, PHYSICAL),
    BUTTONS(5), ITEM1(USAGE_PAGE, PAGE_DESKTOP),
    ITEM1(USAGE, AXIS_X), ITEM1(USAGE, AXIS_Y), ITEM1(LOGICAL_MINIMUM, -127), ITEM1(LOGICAL_MAXIMUM, 127), ITEM1(REPORT_SIZE, 8), ITEM1(REPORT_COUNT, 2),
    ITEM1(INPUT, DATA_VARIABLE | RELATIVE), WHEEL_ITEMS,
    END_COLLECTION, END_COLLECTION,
};

static const u8 tablet_report[] = {
    ITEM1(USAGE_PAGE, PAGE_DESKTOP), ITEM1(USAGE, MOUSE), ITEM1(COLLECTION, APPLICATION), ITEM1(USAGE, POINTER), ITEM1(COLLECTION, PHYSICAL),
    BUTTONS(5), ITEM1(USAGE_PAGE, PAGE_DESKTOP),
    ITEM1(USAGE, AXIS_X), ITEM1(USAGE, AXIS_Y), ITEM1(LOGICAL_MINIMUM, 0), ITEM2(LOGICAL_MAXIMUM, TABLET_MOST), ITEM1(REPORT_SIZE, 16), ITEM1(REPORT_COUNT, 2),
    ITEM1(INPUT, DATA_VARIABLE), WHEEL_ITEMS,
    END_COLLECTION, END_COLLECTION,
};

/* bcdUSB 1.10; pid.codes' number for experiments, which no product has. */
#define DEVICE(product) { 18, 1, WORD(0x0110), 0, 0, 0, 8, WORD(0x1209), WORD(product), WORD(0x0100), 1, 2, 0, 1 }
enum { VENDOR_TEST_KEYBOARD = 0x0001, VENDOR_TEST_MOUSE, VENDOR_TEST_TABLET };
static const u8 keyboard_device[] = DEVICE(VENDOR_TEST_KEYBOARD), mouse_device[] = DEVICE(VENDOR_TEST_MOUSE), tablet_device[] = DEVICE(VENDOR_TEST_TABLET);

enum { CONFIGURATION_BYTES = 9 + 9 + 9 + 7, BUS_POWERED_WAKES = 0xa0, MILLIAMPERES_BY_2 = 50, CLASS_HID = 3, BOOT = 1, BOOT_KEYBOARD = 1, BOOT_MOUSE = 2 };
/* Configuration, interface, HID and endpoint descriptors. */
#define CONFIGURATION(subclass, protocol, report_bytes, packet, milliseconds) { \
    9, 2, WORD(CONFIGURATION_BYTES), 1, 1, 0, BUS_POWERED_WAKES, MILLIAMPERES_BY_2, \
    9, 4, 0, 0, 1, CLASS_HID, subclass, protocol, 0, \
    9, 0x21, WORD(0x0111), 0, 1, 0x22, WORD(report_bytes), \
    7, 5, 0x81, 3, WORD(packet), milliseconds }
static const u8 keyboard_configuration[] = CONFIGURATION(BOOT, BOOT_KEYBOARD, sizeof keyboard_report, 8, 10);
static const u8 mouse_configuration[] = CONFIGURATION(BOOT, BOOT_MOUSE, sizeof mouse_report, 4, 10);
static const u8 tablet_configuration[] = CONFIGURATION(0, 0, sizeof tablet_report, 8, 10);

#define KIND(name, text) { \
    .low_speed = true, .wakes = true, .device = name##_device, .configuration = name##_configuration, .configuration_bytes = CONFIGURATION_BYTES, \
    .string = { "Orrery", text }, .in_endpoints = 2, .request = usb_hid_request, .in = usb_hid_in, .reset = usb_hid_reset }
const struct usb_kind usb_hid_kinds[USB_HID_KINDS] = {
    [USB_KEYBOARD] = KIND(keyboard, "Keyboard"), [USB_MOUSE] = KIND(mouse, "Mouse"), [USB_TABLET] = KIND(tablet, "Tablet"),
};
const struct usb_hid_report usb_hid_reports[USB_HID_KINDS] = {
    [USB_KEYBOARD] = { keyboard_report, sizeof keyboard_report, 8, 125 }, [USB_MOUSE] = { mouse_report, sizeof mouse_report, 4, 0 },
    [USB_TABLET] = { tablet_report, sizeof tablet_report, 6, 0 },
};
