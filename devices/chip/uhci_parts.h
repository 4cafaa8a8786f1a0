#ifndef ORRERY_CHIP_UHCI_PARTS_H
#define ORRERY_CHIP_UHCI_PARTS_H
/* What the files of the UHCI share: registers, and a frame's work.                         doc: usb */
#include "devices/chip/uhci_piix3.h"

enum { CMD_RS = 1, CMD_HCRESET = 2, CMD_GRESET = 4, CMD_EGSM = 8, CMD_FGR = 16, CMD_MAXP = 0x80 };
enum { STS_USBINT = 1, STS_ERROR = 2, STS_RESUME = 4, STS_HOST_ERROR = 8, STS_PROCESS_ERROR = 16, STS_HALTED = 32 };
enum { PORT_CONNECTED = 1, PORT_CONNECT_CHANGED = 2, PORT_ENABLED = 4, PORT_ENABLE_CHANGED = 8, PORT_D_PLUS = 0x10, PORT_D_MINUS = 0x20, PORT_RESUME = 0x40,
       PORT_ALWAYS = 0x80, PORT_LOW_SPEED = 0x100, PORT_RESET = 0x200, PORT_SUSPEND = 0x1000 };
enum { CAUSE_IOC = 1, CAUSE_SHORT = 2, CAUSE_ERROR = 4 };

/* The device that answers at an address; NULL: none on an enabled port. */
struct usb_device *uhci_device_at(const struct uhci_piix3 *u, u8 address, bool low_speed);
/* Everything of one frame's schedule.  False: the controller found what no schedule may have (host controller process error). */
bool uhci_frame(struct uhci_piix3 *u, u32 bits);

#endif
