/* Where a Sound Blaster 16 is on the board, and how its parts hang together.                doc: sb16 */
#include "devices/board/sb16.h"

#include "devices/board/board.h"

enum { BASE = 0x220, ADLIB = 0x388, MPU = 0x330, AMPLIFIER = 4 /* the card's own: 12 dB */, FM_LEVEL = 2 };

/* --- interrupts: the mixer says which one --- */

bool sb16_card_request(const struct machine *m, unsigned irq)
{
    static const u8 request[] = { 9, 5, 7, 10 };         /* the slot's IRQ 2 leads to IRQ 9 */
    const struct sb16_card *card = &m->sounds.sb16;
    bool asked = false;

    if (!m->config.sb16.enabled) return false;
    for (unsigned n = 0; n < SB16_LINES; n++) asked |= card->line[n].level;
    for (unsigned n = 0; asked && n < ARRAY_COUNT(request); n++)
        if (request[n] == irq && sb16_ct1745_interrupts(&card->mixer) >> n & 1) return true;
    return false;
}

static void update_requests(struct machine *m)
{
    static const u8 requests[] = { 5, 7, 9, 10 };
    for (unsigned n = 0; n < ARRAY_COUNT(requests); n++) board_request_changed(m, requests[n]);
}

static void on_line(void *listener, unsigned n, bool level)
{
    (void)n, (void)level;
    update_requests(listener);
}

static u8 interrupt_status(void *board)
{
    const struct line *line = ((struct machine *)board)->sounds.sb16.line;
    return (u8)(line[SB16_LINE_8].level | line[SB16_LINE_16].level << 1 | line[SB16_LINE_MPU].level << 2);
}

/* --- DMA: the mixer says which channel --- */

/* Cycles of a channel for `count` bytes, also across the end of its block. */
static unsigned transfer(struct machine *m, unsigned channel, u8 *bytes, unsigned count, bool to_memory, bool *tc)
{
    unsigned done = 0, piece;

    do done += piece = dma_8237_transfer(&m->dma[channel >> 2], channel & 3, bytes + done, count - done, to_memory, tc);
    while (piece && done < count);
    return done;
}

static unsigned transfer_8(void *board, unsigned unused, u8 *bytes, unsigned count, bool to_memory, bool *tc)
{
    struct machine *m = board;
    u8 selected = sb16_ct1745_dma(&m->sounds.sb16.mixer);

    (void)unused;
    for (unsigned channel = 0; channel < 4; channel++)
        if (selected >> channel & 1) return transfer(m, channel, bytes, count, to_memory, tc);
    return 0;
}

/* Without a 16-bit channel the 8-bit one takes words too. */
static unsigned transfer_16(void *board, unsigned unused, u8 *bytes, unsigned count, bool to_memory, bool *tc)
{
    struct machine *m = board;
    u8 selected = sb16_ct1745_dma(&m->sounds.sb16.mixer);

    for (unsigned channel = 5; channel < 8; channel++)
        if (selected >> channel & 1) return transfer(m, channel, bytes, count, to_memory, tc);
    return transfer_8(board, unused, bytes, count, to_memory, tc);
}

/* --- levels: the mixer says how loud --- */

bool sb16_card_render(struct machine *m)
{
    bool fm = opl3_ymf262_render(&m->sounds.opl);
    return sb16_ct1741_render(&m->sounds.sb16.dsp) || fm;
}

static void on_mixer_changing(void *board) { sb16_card_render(board); }

static void on_mixer_changed(void *board)
{
    struct machine *m = board;
    struct sb16_card *card = &m->sounds.sb16;
    struct rate ticks = { m->clock.ips, 1 };

    for (unsigned source = 0; source < CT1745_SOURCES; source++) {
        s32 amplifier = source == CT1745_FM ? AMPLIFIER * FM_LEVEL : AMPLIFIER;
        if (!card->input[source]) continue;
        sound_gain(card->input[source], ticks, clock_now(&m->clock), amplifier * sb16_ct1745_gain(&card->mixer, source, 0),
                   amplifier * sb16_ct1745_gain(&card->mixer, source, 1));
    }
    sounds_wake(m);
    update_requests(m);
}

/* --- MIDI --- */

static void put_midi(void *board, u8 byte)
{
    struct machine *m = board;
    u64 ms = clock_cycles(&m->clock, (struct rate){ 1000, 1 });

    if (m->sounds.sb16.midi && !m->past && limits_allow(m, LIMIT_LOG, 1)) midi_file_put(m->sounds.sb16.midi, ms, byte);
}

/* --- ports; those whose first register is not the first port --- */

static u8 reset_port_read(void *chip, unsigned reg) { return sb16_ct1741_read(chip, reg + 6); }
static void reset_port_write(void *chip, unsigned reg, u8 value) { sb16_ct1741_write(chip, reg + 6, value); }
static u8 dsp_read(void *chip, unsigned reg) { return sb16_ct1741_read(chip, reg + 0x0a); }
static void dsp_write(void *chip, unsigned reg, u8 value) { sb16_ct1741_write(chip, reg + 0x0a, value); }

static bool add_ports(struct machine *m, struct error *err)
{
    struct sb16_card *card = &m->sounds.sb16;
    struct opl3_ymf262 *opl = &m->sounds.opl;
    const struct port_range rows[] = {
        { BASE, BASE + 0x03, "sb16", opl, opl3_ymf262_read, opl3_ymf262_write, NULL },
        { BASE + 0x04, BASE + 0x05, "sb16", &card->mixer, sb16_ct1745_read, sb16_ct1745_write, NULL },
        { BASE + 0x06, BASE + 0x06, "sb16", &card->dsp, reset_port_read, reset_port_write, NULL },
        { BASE + 0x08, BASE + 0x09, "sb16", opl, opl3_ymf262_read, opl3_ymf262_write, NULL },
        { BASE + 0x0a, BASE + 0x0f, "sb16", &card->dsp, dsp_read, dsp_write, NULL },
        { MPU, MPU + 1, "sb16 mpu-401", &card->mpu, mpu_401_read, mpu_401_write, NULL },
        { ADLIB, ADLIB + 3, "sb16 fm", opl, opl3_ymf262_read, opl3_ymf262_write, NULL },
    };
    bool ok = true;

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) ok &= ports_add(m->ports, &rows[i], err);
    return ok;
}

/* --- life --- */

void sb16_card_init(struct machine *m)
{
    struct sb16_card *card = &m->sounds.sb16;
    const struct ct1745_wires mixer = { .board = m, .interrupts = interrupt_status, .changing = on_mixer_changing, .changed = on_mixer_changed };
    const struct sb16_wires dsp = { .clock = &m->clock, .irq = { &card->line[SB16_LINE_8], &card->line[SB16_LINE_16] }, .board = m, .wake = sounds_wake,
                                    .dma = { { m, 0, transfer_8 }, { m, 0, transfer_16 } }, .midi = { m, put_midi } };

    for (unsigned n = 0; n < SB16_LINES; n++) card->line[n] = (struct line){ .changed = on_line, .listener = m, .n = n };
    sb16_ct1745_init(&card->mixer, &mixer);
    sb16_ct1741_init(&card->dsp, &dsp);
    mpu_401_init(&card->mpu, &m->clock, &card->line[SB16_LINE_MPU]);
    card->mpu.midi = (struct byte_sink){ m, put_midi };
}

bool sb16_card_build(struct machine *m, struct sound *sound, struct error *err)
{
    struct sb16_card *card = &m->sounds.sb16;

    if (sound) {
        card->input[CT1745_VOICE] = sound_add_input(sound, true);
        card->input[CT1745_FM] = sound_add_input(sound, true);
        card->dsp.wires.sound = (struct sound_wire){ card->input[CT1745_VOICE], sound_level };
        m->sounds.opl.wires.sound = (struct sound_wire){ card->input[CT1745_FM], sound_level };
        on_mixer_changed(m);
    }
    return card_open_midi(&m->config.sb16, "sb16", &card->midi, err) && add_ports(m, err);
}

void sb16_card_reset(struct machine *m)
{
    struct sb16_card *card = &m->sounds.sb16;

    sb16_ct1741_reset(&card->dsp);
    sb16_ct1745_reset(&card->mixer);
    mpu_401_reset(&card->mpu);
}

void sb16_card_derive(struct machine *m)
{
    struct sb16_card *card = &m->sounds.sb16;

    card->line[SB16_LINE_8].level = card->dsp.interrupt[0];
    card->line[SB16_LINE_16].level = card->dsp.interrupt[1];
    card->line[SB16_LINE_MPU].level = card->mpu.answered;
}

void sb16_card_close(struct machine *m)
{
    midi_file_close(m->sounds.sb16.midi);
    m->sounds.sb16.midi = NULL;
}
