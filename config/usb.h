#ifndef ORRERY_CONFIG_USB_H
#define ORRERY_CONFIG_USB_H
#include <stdio.h>

#include "config/table.h"

extern const struct parameter usb_uhci[];
void usb_write(const struct machine_config *c, FILE *to);        /* as directives */

#endif
