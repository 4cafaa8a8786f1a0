#ifndef ORRERY_CHIP_EDID_H
#define ORRERY_CHIP_EDID_H
#include "cpu/base/types.h"

enum { EDID_BYTES = 128 };

/* What a monitor says of itself: EDID 1.4 with `width` x `height` at 60 Hz as its preferred mode.  8 to 4095 dots and lines. */
void edid_make(u8 edid[EDID_BYTES], unsigned width, unsigned height);

#endif
