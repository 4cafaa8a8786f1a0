#ifndef ORRERY_BASE_FRAME_SUMS_H
#define ORRERY_BASE_FRAME_SUMS_H
/* The sums that protect frames: network controllers compute them, and so does whoever answers. */
#include "cpu/base/types.h"

/* IEEE 802.3, "Frame Check Sequence"; its least significant byte goes first. */
u32 frame_fcs(const u8 *bytes, unsigned size);

/* RFC 1071, not complemented: the sum of the words as they lie on the wire; of an odd one the lower byte is 0.  `sum` is what else counts. */
u16 internet_sum(u32 sum, const u8 *bytes, unsigned size);

#endif
