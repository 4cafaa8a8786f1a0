#ifndef ORRERY_CHIP_UHCI_PIIX3_H
#define ORRERY_CHIP_UHCI_PIIX3_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/chip/pci_config.h"
#include "devices/chip/usb_device.h"

enum { UHCI_IO_PORTS = 32, UHCI_PORTS = 2 };

#define UHCI_PIIX3_STATE(ONE, MANY) \
    /*    type  name                      unit    min         max  meaning                                                        */ \
    MANY(u8,   config, PCI_CONFIG_BYTES, "",        0,       0xff, "configuration space")                                      \
    ONE (u16,  command,                  "bits",    0,       0xff, "USBCMD")                                                    \
    ONE (u16,  status,                   "bits",    0,       0x3f, "USBSTS")                                                    \
    ONE (u16,  enable,                   "bits",    0,       0x0f, "USBINTR")                                                   \
    ONE (u16,  frame,                    "",        0,      0x7ff, "FRNUM")                                                     \
    ONE (u32,  frame_list,               "",        0, UINT32_MAX, "FRBASEADD")                                                 \
    ONE (u8,   sof_modify,               "",        0,       0x7f, "SOFMOD")                                                    \
    MANY(u16,  port, UHCI_PORTS,         "bits",    0,     0xffff, "PORTSC without what the device says")                      \
    ONE (u8,   causes,                   "bits",    0,          3, "of USBINT: a TD with IOC, a short packet")                  \
    ONE (u8,   due,                      "bits",    0,          7, "what the end of the frame will report: these, and an error") \
    ONE (bool, in_frame,                 "",        0,          1, "a frame has begun")                                         \
    ONE (u64,  frame_end,                "cycle",   0, UINT64_MAX, "of 12 MHz: the frame's last bit")                           \
    ONE (event, next_frame,              "tick",    0, UINT64_MAX, "when that is")

struct uhci_wires {
    void *board;
    void (*decode_changed)(void *board);
    void (*memory_read)(void *board, u64 pa, u8 *bytes, unsigned size_bytes);
    void (*memory_write)(void *board, u64 pa, const u8 *bytes, unsigned size_bytes);
};

struct uhci_piix3 {
    STATE_MEMBERS(UHCI_PIIX3_STATE)
    struct clock *clock;                                 /* wires */
    struct line *interrupt;                              /* high while it asks */
    struct uhci_wires wires;
    struct usb_device *device[UHCI_PORTS];               /* NULL: nothing is plugged in */
};

extern const struct state_layout uhci_piix3_state;

void uhci_piix3_init(struct uhci_piix3 *u, struct clock *clock, struct line *interrupt, const struct uhci_wires *wires);
void uhci_piix3_plug(struct uhci_piix3 *u, unsigned port, struct usb_device *device);
void uhci_piix3_reset(struct uhci_piix3 *u);
u8 uhci_piix3_config_read(void *chip, unsigned at);
void uhci_piix3_config_write(void *chip, unsigned at, u8 value);
u32 uhci_piix3_read(void *chip, unsigned reg, unsigned size_bytes);
void uhci_piix3_write(void *chip, unsigned reg, unsigned size_bytes, u32 value);
bool uhci_piix3_base(const struct uhci_piix3 *u, u16 *base);             /* of its ports; false: not decoded */
const char *uhci_piix3_invariant(const struct uhci_piix3 *u);

#endif
