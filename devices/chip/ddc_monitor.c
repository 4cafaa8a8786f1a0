/* The monitor's end of DDC2B: its EDID, read by I2C at addresses A0h and A1h.               doc: vga-dispi
 *
 *   SDA ~~\__/ 1 \/ 0 \/ ...  A ~~    start: SDA falls while SCL is high; stop: it rises
 *   SCL ~~~~\_/~\_/~\_/ ... \_/~\_    a bit counts while SCL is high and changes while it is low; the ninth acknowledges
 *
 *   start A0h offset; start A1h, then bytes from the offset on until one is not acknowledged; stop
 * Source: VESA Display Data Channel Standard 3; NXP UM10204, "The I2C-bus protocol".  Not modelled: DDC1, segments (EDID of more
 * than two blocks), DDC/CI. */
#include "devices/chip/ddc_monitor.h"

enum { IDLE, ADDRESS, OFFSET, DATA };
enum { SLAVE_WRITE = 0xa0, SLAVE_READ = 0xa1, LAST_BIT = 8, ACKNOWLEDGED = 9 };

#define STATE_OWNER struct ddc_monitor
STATE_LAYOUT_OF(ddc_monitor_state, "ddc_monitor", DDC_MONITOR_STATE, ddc_monitor_invariant);

void ddc_monitor_reset(struct ddc_monitor *d)
{
    d->clock = d->data = true;
    d->pulls = d->ends = false;
    d->phase = IDLE;
    d->bits = d->shift = d->offset = 0;
}

void ddc_monitor_init(struct ddc_monitor *d)
{
    *d = (struct ddc_monitor){ .present = false };
    ddc_monitor_reset(d);
}

void ddc_monitor_join(struct ddc_monitor *d, unsigned width, unsigned height)
{
    d->present = true;
    edid_make(d->edid, width, height);
}

bool ddc_monitor_clock(const struct ddc_monitor *d) { return d->clock; }
bool ddc_monitor_data(const struct ddc_monitor *d) { return d->data && !d->pulls; }

static void pull(struct ddc_monitor *d, bool low) { d->pulls = low && d->present; }

/* SCL rises: a bit of the adapter's is taken, or it takes one. */
static void take_bit(struct ddc_monitor *d)
{
    if (d->phase == IDLE || d->bits == ACKNOWLEDGED) return;
    if (d->phase == DATA) d->ends = d->bits == LAST_BIT && d->data;
    else if (d->bits < LAST_BIT) d->shift = (u8)(d->shift << 1 | d->data);
    d->bits++;
}

static bool acknowledges(const struct ddc_monitor *d)
{
    return d->phase == OFFSET || d->shift == SLAVE_WRITE || d->shift == SLAVE_READ;
}

/* SCL falls behind the ninth bit: what comes next. */
static void next_byte(struct ddc_monitor *d)
{
    d->bits = 0;
    if (d->phase == OFFSET) d->offset = d->shift & (EDID_BYTES - 1);
    if (d->phase == ADDRESS) d->phase = d->shift == SLAVE_READ ? DATA : OFFSET;
    if (d->phase != DATA) return;
    d->shift = d->edid[d->offset];
    d->offset = (d->offset + 1) & (EDID_BYTES - 1);
}

/* SCL falls: the monitor may change SDA. */
static void show_bit(struct ddc_monitor *d)
{
    if (d->phase == DATA && d->ends) d->phase = IDLE;
    else if (d->bits == ACKNOWLEDGED) next_byte(d);
    if (d->phase == ADDRESS && d->bits == LAST_BIT && !acknowledges(d)) d->phase = IDLE;
    if (d->phase == DATA) pull(d, d->bits < LAST_BIT && !(d->shift >> (7 - d->bits) & 1));
    else pull(d, d->phase != IDLE && d->bits == LAST_BIT);
}

void ddc_monitor_drive(struct ddc_monitor *d, bool clock, bool data)
{
    bool rises = !d->clock && clock, falls = d->clock && !clock, changes = d->data != data;

    d->clock = clock;
    d->data = data;
    if (rises) take_bit(d);
    else if (falls) show_bit(d);
    else if (clock && changes) {                         /* start or stop */
        d->phase = data ? IDLE : ADDRESS;
        d->bits = d->shift = 0;
        d->ends = false;
        pull(d, false);
    }
}

const char *ddc_monitor_invariant(const struct ddc_monitor *d)
{
    if (d->bits > ACKNOWLEDGED || d->phase > DATA || d->offset >= EDID_BYTES) return "a byte has eight bits and an acknowledgement";
    return d->pulls && d->phase == IDLE ? "an idle monitor leaves SDA alone" : 0;
}
