#ifndef ORRERY_CHIP_DDC_MONITOR_H
#define ORRERY_CHIP_DDC_MONITOR_H
#include "cpu/base/state.h"
#include "devices/chip/edid.h"

#define DDC_MONITOR_STATE(ONE, MANY) \
    /*    type  name      unit   min   max  meaning                                                        */ \
    ONE (bool, clock,    "",      0,     1, "SCL as the adapter drives it")                                   \
    ONE (bool, data,     "",      0,     1, "SDA as the adapter drives it")                                   \
    ONE (bool, pulls,    "",      0,     1, "the monitor pulls SDA low")                                      \
    ONE (u8,   phase,    "",      0,     3, "0 idle, 1 address, 2 offset is written, 3 data is read")          \
    ONE (u8,   bits,     "",      0,     9, "bits of the byte that have passed; the ninth acknowledges")      \
    ONE (u8,   shift,    "bits",  0,  0xff, "the byte")                                                       \
    ONE (bool, ends,     "",      0,     1, "the adapter wants no further byte")                              \
    ONE (u8,   offset,   "",      0,  0x7f, "next byte of the EDID")

struct ddc_monitor {
    STATE_MEMBERS(DDC_MONITOR_STATE)
    bool present;                /* a monitor is joined */
    u8 edid[EDID_BYTES];
};

extern const struct state_layout ddc_monitor_state;

void ddc_monitor_init(struct ddc_monitor *d);            /* nobody is joined */
void ddc_monitor_join(struct ddc_monitor *d, unsigned width, unsigned height);
void ddc_monitor_reset(struct ddc_monitor *d);
/* The adapter lets a line go (true) or pulls it low. */
void ddc_monitor_drive(struct ddc_monitor *d, bool clock, bool data);
bool ddc_monitor_clock(const struct ddc_monitor *d);     /* levels of the lines */
bool ddc_monitor_data(const struct ddc_monitor *d);
const char *ddc_monitor_invariant(const struct ddc_monitor *d);

#endif
