/* CT1741, the digital sound processor of a Sound Blaster 16 (DSP 4.05).                     doc: sb16
 *            +--------+          reg 6  write  reset: 1, then 0; 100 us later AAh can be read
 *  D7..D0 <>|        |> /IRQ 8      A  read   data
 *  A3..A0  >| CT1741 |> /IRQ 16     C  write  command, then its parameters     read  D7: not yet
 *  DREQ    <|  DSP   |> level       E  read   D7: data for A; acknowledges the 8-bit interrupt
 *  DACK    >|        |> MIDI        F  read   acknowledges the 16-bit one
 *            +--------+
 * Source: Creative, "Sound Blaster Series Hardware Programming Guide"; ADPCM as the MultimediaWiki describes it ("Creative 8 bits ADPCM");
 * E2h as drivers use it: a sum of bytes combined with a key that rotates.  Which interrupts and DMA channels these are the mixer says.
 * Not modelled: the CSP (its registers read as ones), recording (silence comes in), MIDI input, the filters. */
#include "devices/chip/sb16_parts.h"

#include <string.h>

enum { READY = 0x80, RESET_NS = 100000, BYTE_NS = 2000, RESET_ANSWER = 0xaa, ID_SUM = 0xaa, ID_KEY = 0x96, SLOWEST_HZ = 4000, FASTEST_HZ = 48000, TIME_CONSTANT_HZ = 1000000 };
enum { FASTEST_CONSTANT = TIME_CONSTANT_HZ / FASTEST_HZ + 1, MODE_STEREO = 0x20, MODE_SIGNED = 0x10, COMMAND_RECORD = 8, COMMAND_AUTO_INIT = 4, COMMAND_FIFO = 2 };

#define STATE_OWNER struct sb16_ct1741
STATE_LAYOUT_OF(sb16_ct1741_state, "sb16_ct1741", SB16_CT1741_STATE, sb16_ct1741_invariant);

static void answer(struct sb16_ct1741 *d, u8 byte)
{
    if (d->answers == SB16_ANSWERS) return;
    d->answer[(d->answer_at + d->answers++) % SB16_ANSWERS] = byte;
}

static void be_busy(struct sb16_ct1741 *d, u64 ns)
{
    d->busy_until = clock_now(d->wires.clock) + clock_ticks_of_ns(d->wires.clock, ns);
}

/* --- commands --- */

static u32 word(const struct sb16_ct1741 *d) { return d->parameter[0] | (u32)d->parameter[1] << 8; }

static void direct_dac(struct sb16_ct1741 *d) { sb16_direct(d, d->parameter[0]); }
static void direct_adc(struct sb16_ct1741 *d) { answer(d, 0x80); }

/* 14h 16h 17h 24h 74h to 77h: one block of as many bytes, less one, as the parameters say. */
static void one_block(struct sb16_ct1741 *d)
{
    unsigned kind = d->command & 0xf0;
    struct sb16_job job = { .length = word(d) + 1, .to_memory = kind == 0x20 };

    if (kind == 0x70) job.packing = d->command & 2 ? SB16_2_6_BITS : SB16_4_BITS;
    else if (d->command & 2) job.packing = SB16_2_BITS;
    job.wants_reference = job.packing && d->command & 1;
    sb16_start(d, SB16_8_BIT, &job);
}

/* 1Ch 1Fh 2Ch 7Dh 7Fh, 90h 91h 98h 99h: blocks as 48h set them; 91h and 99h one of them.  "High-speed" is what this DSP always is. */
static void set_blocks(struct sb16_ct1741 *d)
{
    unsigned kind = d->command & 0xf0;
    struct sb16_job job = { .length = d->block, .auto_init = true };

    if (kind == 0x90) {
        job.to_memory = d->command & 8;
        job.auto_init = !(d->command & 1);
    } else {
        job.to_memory = kind == 0x20;
        if (kind == 0x70) job.packing = d->command & 2 ? SB16_2_6_BITS : SB16_4_BITS;
        else if (d->command & 2) job.packing = SB16_2_BITS;
        job.wants_reference = job.packing;
    }
    sb16_start(d, SB16_8_BIT, &job);
}

/* B0h to CFh: "DSP version 4.xx": mode, length in samples less one. */
static void generic(struct sb16_ct1741 *d)
{
    u8 mode = d->parameter[0];
    const struct sb16_job job = { .length = (d->parameter[1] | (u32)d->parameter[2] << 8) + 1, .to_memory = d->command & COMMAND_RECORD, .auto_init = d->command & COMMAND_AUTO_INIT,
                                  .fifo = d->command & COMMAND_FIFO, .stereo = mode & MODE_STEREO, .is_signed = mode & MODE_SIGNED };

    if (d->command & 1) return;
    sb16_start(d, d->command < 0xc0 ? SB16_16_BIT : SB16_8_BIT, &job);
}

static void silence(struct sb16_ct1741 *d)
{
    const struct sb16_job job = { .length = word(d) + 1, .silence = true };
    sb16_start(d, SB16_8_BIT, &job);
}

static void set_time_constant(struct sb16_ct1741 *d)
{
    unsigned constant = 256u - d->parameter[0];

    d->rate_num = TIME_CONSTANT_HZ;
    d->rate_den = constant < FASTEST_CONSTANT ? FASTEST_CONSTANT : constant;
    d->rate_of_bytes = true;
}

/* High byte first. */
static void set_sample_rate(struct sb16_ct1741 *d)
{
    u32 hz = (u32)d->parameter[0] << 8 | d->parameter[1];

    d->rate_num = hz < SLOWEST_HZ ? SLOWEST_HZ : hz > FASTEST_HZ ? FASTEST_HZ : hz;
    d->rate_den = 1;
    d->rate_of_bytes = false;
}

static void set_block(struct sb16_ct1741 *d) { d->block = word(d) + 1; }
static void midi_write(struct sb16_ct1741 *d) { if (d->wires.midi.put) d->wires.midi.put(d->wires.midi.to, d->parameter[0]); }
static void midi_uart(struct sb16_ct1741 *d) { d->midi_uart = true; }

static void pause_8(struct sb16_ct1741 *d) { sb16_pause(d, SB16_8_BIT, true); }
static void pause_16(struct sb16_ct1741 *d) { sb16_pause(d, SB16_16_BIT, true); }
static void go_on_8(struct sb16_ct1741 *d) { sb16_pause(d, SB16_8_BIT, false); }
static void go_on_16(struct sb16_ct1741 *d) { sb16_pause(d, SB16_16_BIT, false); }
/* The block that runs is the last one; or it is not. */
static void exit_8(struct sb16_ct1741 *d) { d->auto_init[SB16_8_BIT] = false; }
static void exit_16(struct sb16_ct1741 *d) { d->auto_init[SB16_16_BIT] = false; }
static void continue_8(struct sb16_ct1741 *d) { d->auto_init[SB16_8_BIT] = d->running[SB16_8_BIT]; go_on_8(d); }
static void continue_16(struct sb16_ct1741 *d) { d->auto_init[SB16_16_BIT] = d->running[SB16_16_BIT]; go_on_16(d); }

/* DSP 4.xx: the output is always on, the flag is all that changes. */
static void speaker_on(struct sb16_ct1741 *d) { d->speaker = true; }
static void speaker_off(struct sb16_ct1741 *d) { d->speaker = false; }
static void speaker_status(struct sb16_ct1741 *d) { answer(d, d->speaker ? 0xff : 0); }

static void identify(struct sb16_ct1741 *d) { answer(d, (u8)~d->parameter[0]); }

static void version(struct sb16_ct1741 *d)
{
    answer(d, 4);
    answer(d, 5);
}

/* The sum goes to memory by DMA: a driver has set up a channel, and finds out whether it is the card's. */
static void identify_dma(struct sb16_ct1741 *d)
{
    const struct sb16_job job = { .length = 1, .to_memory = true, .identifies = true };

    d->id_sum += d->parameter[0] ^ d->id_key;
    d->id_key = (u8)(d->id_key >> 2 | d->id_key << 6);
    sb16_start(d, SB16_8_BIT, &job);
}

static void copyright(struct sb16_ct1741 *d)
{
    static const char text[] = "COPYRIGHT (C) CREATIVE TECHNOLOGY LTD, 1992.";
    for (size_t i = 0; i < sizeof text; i++) answer(d, (u8)text[i]);
}

static void test_write(struct sb16_ct1741 *d) { d->test = d->parameter[0]; }
static void test_read(struct sb16_ct1741 *d) { answer(d, d->test); }
static void raise_8(struct sb16_ct1741 *d) { sb16_interrupt(d, SB16_8_BIT, true); }
static void raise_16(struct sb16_ct1741 *d) { sb16_interrupt(d, SB16_16_BIT, true); }
static void no_csp(struct sb16_ct1741 *d) { answer(d, 0xff); }
static void nothing(struct sb16_ct1741 *d) { (void)d; }
static void zero(struct sb16_ct1741 *d) { answer(d, 0); }

/* Commands by number, their parameters in bytes; what is not here is ignored. */
static const struct command {
    u8 first, last, parameters;
    void (*run)(struct sb16_ct1741 *d);
} commands[] = {
    { 0x03, 0x03, 0, no_csp },         { 0x04, 0x04, 1, nothing },         { 0x05, 0x05, 2, nothing },        { 0x0e, 0x0e, 2, nothing },
    { 0x0f, 0x0f, 1, no_csp },         { 0x10, 0x10, 1, direct_dac },      { 0x14, 0x14, 2, one_block },      { 0x16, 0x17, 2, one_block },
    { 0x1c, 0x1c, 0, set_blocks },     { 0x1f, 0x1f, 0, set_blocks },      { 0x20, 0x20, 0, direct_adc },     { 0x24, 0x24, 2, one_block },
    { 0x2c, 0x2c, 0, set_blocks },     { 0x30, 0x33, 0, nothing },         { 0x34, 0x37, 0, midi_uart },      { 0x38, 0x38, 1, midi_write },
    { 0x40, 0x40, 1, set_time_constant }, { 0x41, 0x42, 2, set_sample_rate }, { 0x45, 0x45, 0, continue_8 },  { 0x47, 0x47, 0, continue_16 },
    { 0x48, 0x48, 2, set_block },      { 0x74, 0x77, 2, one_block },       { 0x7d, 0x7d, 0, set_blocks },     { 0x7f, 0x7f, 0, set_blocks },
    { 0x80, 0x80, 2, silence },        { 0x90, 0x91, 0, set_blocks },      { 0x98, 0x99, 0, set_blocks },     { 0xb0, 0xcf, 3, generic },
    { 0xd0, 0xd0, 0, pause_8 },        { 0xd1, 0xd1, 0, speaker_on },      { 0xd3, 0xd3, 0, speaker_off },    { 0xd4, 0xd4, 0, go_on_8 },
    { 0xd5, 0xd5, 0, pause_16 },       { 0xd6, 0xd6, 0, go_on_16 },        { 0xd8, 0xd8, 0, speaker_status }, { 0xd9, 0xd9, 0, exit_16 },
    { 0xda, 0xda, 0, exit_8 },         { 0xe0, 0xe0, 1, identify },        { 0xe1, 0xe1, 0, version },        { 0xe2, 0xe2, 1, identify_dma },
    { 0xe3, 0xe3, 0, copyright },      { 0xe4, 0xe4, 1, test_write },      { 0xe8, 0xe8, 0, test_read },      { 0xf2, 0xf2, 0, raise_8 },
    { 0xf3, 0xf3, 0, raise_16 },       { 0xf8, 0xf8, 0, zero },
};

static const struct command *command_of(u8 byte)
{
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++)
        if (byte >= commands[i].first && byte <= commands[i].last) return &commands[i];
    return NULL;
}

/* --- ports --- */

static void write_byte(struct sb16_ct1741 *d, u8 value)
{
    be_busy(d, BYTE_NS);
    if (d->midi_uart) {
        if (d->wires.midi.put) d->wires.midi.put(d->wires.midi.to, value);
        return;
    }
    if (d->given < d->wanted) {
        d->parameter[d->given++] = value;
    } else {
        const struct command *command = command_of(value);
        d->command = value;
        d->given = 0;
        d->wanted = command ? command->parameters : 0;
        if (!command) return;
    }
    if (d->given < d->wanted) return;
    d->given = d->wanted = 0;
    const struct command *command = command_of(d->command);
    if (command) command->run(d);                        /* the invariant says that there is one */
}

static u8 read_byte(struct sb16_ct1741 *d)
{
    if (!d->answers || clock_now(d->wires.clock) < d->busy_until) return d->last_answer;
    d->last_answer = d->answer[d->answer_at];
    d->answer_at = (u8)((d->answer_at + 1) % SB16_ANSWERS);
    d->answers--;
    return d->last_answer;
}

/* All but what is on its way out; "Resetting the DSP". */
static void stop_everything(struct sb16_ct1741 *d)
{
    for (unsigned t = 0; t < SB16_TRANSFERS; t++) {
        sb16_stop(d, t);
        sb16_interrupt(d, t, false);
    }
    sb16_direct(d, 0x80);
    d->level[2] = d->level[3] = 0;
    d->answers = d->answer_at = 0;
    d->wanted = d->given = 0;
    d->speaker = d->midi_uart = false;
    d->id_sum = ID_SUM;
    d->id_key = ID_KEY;
    d->rate_num = 11025;
    d->rate_den = 1;
    d->rate_of_bytes = false;
    d->block = 2048;
}

static void write_reset(struct sb16_ct1741 *d, u8 value)
{
    bool released = d->reset_held && !(value & 1);

    d->reset_held = value & 1;
    if (!released) return;
    stop_everything(d);
    answer(d, RESET_ANSWER);
    be_busy(d, RESET_NS);
}

u8 sb16_ct1741_read(void *chip, unsigned reg)
{
    struct sb16_ct1741 *d = chip;
    bool busy = clock_now(d->wires.clock) < d->busy_until;

    switch (reg) {
    case 0x0a: return read_byte(d);
    case 0x0c: return (u8)(0x7f | (busy ? READY : 0));
    case 0x0e: sb16_interrupt(d, SB16_8_BIT, false); return (u8)(0x7f | (d->answers && !busy ? READY : 0));
    case 0x0f: sb16_interrupt(d, SB16_16_BIT, false); return 0xff;
    default: return 0xff;
    }
}

void sb16_ct1741_write(void *chip, unsigned reg, u8 value)
{
    if (reg == 6) write_reset(chip, value);
    if (reg == 0x0c) write_byte(chip, value);
}

/* --- life --- */

void sb16_ct1741_init(struct sb16_ct1741 *d, const struct sb16_wires *wires)
{
    memset(d, 0, sizeof *d);
    d->wires = *wires;
    for (unsigned t = 0; t < SB16_TRANSFERS; t++) {
        d->owner[t] = (struct sb16_transfer){ d, t };
        d->num[t] = d->den[t] = 1;
        clock_add(wires->clock, &d->next[t], sb16_on_next, &d->owner[t]);
    }
    stop_everything(d);
}

void sb16_ct1741_reset(struct sb16_ct1741 *d)
{
    d->reset_held = false;
    stop_everything(d);
    d->busy_until = 0;
}

const char *sb16_ct1741_invariant(const struct sb16_ct1741 *d)
{
    if (state_out_of_range(&sb16_ct1741_state, d)) return "every field is in the range its list gives";
    if (d->given > d->wanted) return "a command has no more parameters than it wants";
    if (d->wanted && (!command_of(d->command) || command_of(d->command)->parameters != d->wanted)) return "parameters are those of a command";
    for (unsigned t = 0; t < SB16_TRANSFERS; t++) {
        if (d->heard[t] > d->frames[t]) return "what has sounded was fetched";
        if ((d->running[t] && !d->paused[t]) != (d->next[t].at != NEVER)) return "a transfer that runs has its next event, one that stands has none";
        if (d->wires.irq[t] && d->wires.irq[t]->level != d->interrupt[t]) return "a request is what the interrupt's flag says";
    }
    return NULL;
}
