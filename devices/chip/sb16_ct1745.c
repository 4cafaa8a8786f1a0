/* CT1745, the mixer of a Sound Blaster 16.                                                  doc: sb16
 *   reg 0  index      00 reset   04 0A 22 26 28 2E  volumes of the SB Pro: 4 bits a channel (microphone 3), the upper bits of the new ones
 *       1  data       30 31 master  32 33 voice  34 35 MIDI  36 37 CD  38 39 line  3A microphone: D7..D3, 2 dB a step
 *                     3B PC speaker: D7 D6   3C output switches   3D 3E input switches   3F 40 input gain   41 42 output gain: D7 D6, 6 dB a step
 *                     43 AGC   44 45 treble   46 47 bass   80 interrupt   81 DMA channels   82 interrupt status
 * Source: Creative, "Sound Blaster Series Hardware Programming Guide", "CT1745 Mixer".  Voice and MIDI (the FM synthesizer) have something to be
 * heard.  Not modelled: tone controls, AGC and the other inputs: their registers keep what is written. */
#include "devices/chip/sb16_ct1745.h"

#include <string.h>

#include "devices/chip/attenuation.h"

enum { INDEX = 0, RESET = 0x00, MASTER = 0x30, VOICE = 0x32, MIDI = 0x34, OUTPUT_GAIN = 0x41, INTERRUPT = 0x80, DMA = 0x81, STATUS = 0x82, STEPS = 32 };

#define STATE_OWNER struct sb16_ct1745
STATE_LAYOUT_OF(sb16_ct1745_state, "sb16_ct1745", SB16_CT1745_STATE, sb16_ct1745_invariant);

/* Registers that keep what is written, what they are after a reset, which bits they have. */
static const struct row {
    u8 at, reset, mask;
} rows[] = {
    { 0x30, 0xc0, 0xf8 }, { 0x31, 0xc0, 0xf8 }, { 0x32, 0xc0, 0xf8 }, { 0x33, 0xc0, 0xf8 }, { 0x34, 0xc0, 0xf8 }, { 0x35, 0xc0, 0xf8 },
    { 0x36, 0x00, 0xf8 }, { 0x37, 0x00, 0xf8 }, { 0x38, 0x00, 0xf8 }, { 0x39, 0x00, 0xf8 }, { 0x3a, 0x00, 0xf8 }, { 0x3b, 0x00, 0xc0 },
    { 0x3c, 0x1f, 0x1f }, { 0x3d, 0x15, 0x7f }, { 0x3e, 0x0b, 0x7f }, { 0x3f, 0x00, 0xc0 }, { 0x40, 0x00, 0xc0 }, { 0x41, 0x00, 0xc0 },
    { 0x42, 0x00, 0xc0 }, { 0x43, 0x00, 0x01 }, { 0x44, 0x80, 0xf0 }, { 0x45, 0x80, 0xf0 }, { 0x46, 0x80, 0xf0 }, { 0x47, 0x80, 0xf0 },
    { INTERRUPT, 0x02, 0x0f }, { DMA, 0x22, 0xeb },
};

/* Registers of the SB Pro: one byte for both channels of the new register and its neighbour. */
static const struct { u8 at, left; } pro[] = { { 0x04, 0x32 }, { 0x22, 0x30 }, { 0x26, 0x34 }, { 0x28, 0x36 }, { 0x2e, 0x38 } };
enum { PRO_MICROPHONE = 0x0a, MICROPHONE = 0x3a };

static const struct row *row_of(u8 at)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (rows[i].at == at) return &rows[i];
    return NULL;
}

static u8 pro_left(u8 at)
{
    for (unsigned i = 0; i < ARRAY_COUNT(pro); i++)
        if (pro[i].at == at) return pro[i].left;
    return 0;
}

/* --- levels --- */

s32 sb16_ct1745_gain(const struct sb16_ct1745 *x, unsigned source, unsigned channel)
{
    unsigned own = x->reg[(source == CT1745_FM ? MIDI : VOICE) + channel] >> 3, master = x->reg[MASTER + channel] >> 3;
    return (s32)(attenuation_2db(2 * (STEPS - 1) - own - master) << (x->reg[OUTPUT_GAIN + channel] >> 6));
}

u8 sb16_ct1745_interrupts(const struct sb16_ct1745 *x) { return x->reg[INTERRUPT]; }
u8 sb16_ct1745_dma(const struct sb16_ct1745 *x) { return x->reg[DMA]; }

/* --- ports --- */

/* Register 0: all but interrupts and DMA channels, which the card was told where it is. */
static void reset_levels(struct sb16_ct1745 *x)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (rows[i].at < INTERRUPT) x->reg[rows[i].at] = rows[i].reset;
}

/* Four bits of five; the lowest one so that 15 is as loud as it can be. */
static u8 from_pro(unsigned four_bits) { return (u8)(four_bits << 4 | (four_bits & 8)); }

static void write_data(struct sb16_ct1745 *x, u8 value)
{
    const struct row *row = row_of(x->index);
    u8 left = pro_left(x->index);

    if (x->index == RESET) reset_levels(x);
    else if (row) x->reg[x->index] = value & row->mask;
    else if (left) x->reg[left] = from_pro(value >> 4), x->reg[left + 1] = from_pro(value & 15);
    else if (x->index == PRO_MICROPHONE) x->reg[MICROPHONE] = (u8)((value & 7) << 5);
}

static u8 read_data(const struct sb16_ct1745 *x)
{
    u8 left = pro_left(x->index);

    if (x->index == STATUS) return x->wires.interrupts(x->wires.board);
    if (left) return (u8)((x->reg[left] & 0xf0) | x->reg[left + 1] >> 4);
    return x->index == PRO_MICROPHONE ? x->reg[MICROPHONE] >> 5 : x->reg[x->index];
}

u8 sb16_ct1745_read(void *chip, unsigned reg)
{
    struct sb16_ct1745 *x = chip;
    return reg == INDEX ? x->index : read_data(x);
}

void sb16_ct1745_write(void *chip, unsigned reg, u8 value)
{
    struct sb16_ct1745 *x = chip;

    if (reg == INDEX) {
        x->index = value;
        return;
    }
    x->wires.changing(x->wires.board);
    write_data(x, value);
    x->wires.changed(x->wires.board);
}

/* --- life --- */

void sb16_ct1745_init(struct sb16_ct1745 *x, const struct ct1745_wires *wires)
{
    memset(x, 0, sizeof *x);
    x->wires = *wires;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) x->reg[rows[i].at] = rows[i].reset;
}

void sb16_ct1745_reset(struct sb16_ct1745 *x)
{
    x->wires.changing(x->wires.board);
    x->index = 0;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) x->reg[rows[i].at] = rows[i].reset;
    x->wires.changed(x->wires.board);
}

const char *sb16_ct1745_invariant(const struct sb16_ct1745 *x)
{
    u8 mask[CT1745_REGISTERS] = { 0 };

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) mask[rows[i].at] = rows[i].mask;
    for (unsigned at = 0; at < CT1745_REGISTERS; at++)
        if (x->reg[at] & ~mask[at]) return "registers have the bits that they have";
    return NULL;
}
