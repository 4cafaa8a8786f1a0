#ifndef ORRERY_GUI_SCREENSHOT_H
#define ORRERY_GUI_SCREENSHOT_H
/* The guest's picture as a PNG file.                                                       doc: display */
#include "cpu/base/error.h"

struct machine;

/* Written under a temporary name and renamed: a failure leaves an existing file as it was. */
bool screenshot_write(struct machine *machine, const char *path, struct error *err);

#endif
