/* ES1370 (AudioPCI): two digital-to-analogue converters and one the other way, by bus master DMA.     doc: es1370
 *         +--------+   00 CTRL: 28..16 PCLKDIV  13 12 WTSRSEL  6 DAC1_EN  5 DAC2_EN  4 ADC_EN  3 UART_EN    04 status: 31 INTR  10 CSTAT  3 UART 2 DAC1 1 DAC2 0 ADC
 *  PCI <> |        |   08 UART data  09 UART status, control   0C memory page   10 codec: register, value   20 SCTRL: formats, interrupts, pause, stop mode
 *  INTA# <| ES1370 |   24 28 2C frame counts of DAC1, DAC2, ADC: 15..0 as set, 31..16 now
 *         |        |   30..3C by page: 0Ch DAC1 address, size, DAC2 address, size   0Dh ADC address, size   the others memory
 *         +--------+   size: 15..0 longwords less one, 31..16 where it is
 * Source: Ensoniq, "AudioPCI ES1370 data sheet".  Not modelled: recording (silence comes in), MIDI input, the game port's decoder (a board has its
 * own), DAC2's start and end increments, SYNC.  */
#include "devices/chip/es1370_parts.h"

#include <string.h>

enum { R_CTRL = 0x00, R_STATUS = 0x04, R_UART = 0x08, R_PAGE = 0x0c, R_CODEC = 0x10, R_SCTRL = 0x20, R_COUNT = 0x24, R_WINDOW = 0x30, PAGE_DACS = 0x0c, PAGE_ADC = 0x0d };
enum { STATUS_INTR = 1u << 31, STATUS_CODEC = 0x700, STATUS_VC = 0x60, STATUS_UART = 8, SCTRL_MASK = 0x007fffff };
enum { UART_TXRDY = 2, UART_TXINT = 4, UART_TXINTEN = 0x60, UART_TXINTEN_ON = 0x20, UART_RESET = 3, CODEC_NS = 20000, MIDI_BYTE_NS = 320000 };

#define STATE_OWNER struct es1370
STATE_LAYOUT_OF(es1370_state, "es1370", ES1370_STATE, es1370_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x50001274, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0000,     0x0105,     0          },     /* Command: ports, master, SERR# */
    { 0x06, 2, 0x0400,     0,          0xf900     },     /* Status */
    { 0x08, 4, 0x04010001, 0,          0          },     /* RID, class: audio device */
    { 0x0d, 1, 0x00,       0xf8,       0          },     /* latency timer */
    { 0x10, 4, 0x00000001, 0xffffffc0, 0          },     /* 64 ports */
    { 0x2c, 4, 0x4c4c4942, 0,          0          },     /* subsystem */
    { 0x3c, 1, 0x00,       0xff,       0          },
    { 0x3d, 1, 0x01,       0,          0          },     /* INTA# */
    { 0x3e, 1, 0x0c,       0,          0          },     /* Min_Gnt */
    { 0x3f, 1, 0x80,       0,          0          },     /* Max_Lat */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

/* --- interrupts --- */

static bool uart_interrupt(const struct es1370 *e)
{
    return e->ctrl & CTRL_UART_EN && (e->uart_control & UART_TXINTEN) == UART_TXINTEN_ON && e->uart_sent.at == NEVER;
}

static u32 causes(const struct es1370 *e)
{
    return (e->interrupt[ES1370_DAC1] ? 4u : 0) | (e->interrupt[ES1370_DAC2] ? 2u : 0) | (e->interrupt[ES1370_ADC] ? 1u : 0) | (uart_interrupt(e) ? STATUS_UART : 0u);
}

void es1370_update(struct es1370 *e) { line_set(e->wires.irq, causes(e) != 0); }

/* --- UART: out alone --- */

static void on_uart_sent(void *chip) { es1370_update(chip); }

static void uart_write(struct es1370 *e, unsigned reg, u8 value)
{
    if (reg == 1) {
        e->uart_control = value;
        if ((value & UART_RESET) == UART_RESET) clock_cancel(e->wires.clock, &e->uart_sent);
    } else if (reg == 0 && e->ctrl & CTRL_UART_EN && e->uart_sent.at == NEVER) {
        if (e->wires.midi.put) e->wires.midi.put(e->wires.midi.to, value);
        clock_at(e->wires.clock, &e->uart_sent, clock_now(e->wires.clock) + clock_ticks_of_ns(e->wires.clock, MIDI_BYTE_NS));
    }
    es1370_update(e);
}

static u8 uart_status(const struct es1370 *e)
{
    bool ready = e->uart_sent.at == NEVER;
    return (u8)((ready ? UART_TXRDY : 0) | (uart_interrupt(e) ? UART_TXINT : 0));
}

/* --- reads --- */

static u32 status(const struct es1370 *e)
{
    bool busy = clock_now(e->wires.clock) < e->codec_busy_until;
    return causes(e) | (causes(e) ? STATUS_INTR : 0) | (busy ? STATUS_CODEC : 0) | STATUS_VC;
}

static u32 window_read(const struct es1370 *e, unsigned n)
{
    unsigned c = e->page == PAGE_DACS ? n / 2 : ES1370_ADC;

    if (e->page != PAGE_DACS && !(e->page == PAGE_ADC && n < 2)) return e->memory[4 * e->page + n];
    return n & 1 ? e->size[c] | e->position[c] / 4 << 16 : e->buffer[c];
}

static u32 register_read(const struct es1370 *e, unsigned at)
{
    switch (at) {
    case R_CTRL: return e->ctrl;
    case R_STATUS: return status(e);
    case R_UART: return (u32)uart_status(e) << 8;
    case R_PAGE: return e->page;
    case R_SCTRL: return e->sctrl;
    case R_COUNT: case R_COUNT + 4: case R_COUNT + 8: {
        unsigned c = (at - R_COUNT) / 4;
        return e->count[c] | (e->left[c] ? e->left[c] - 1 : 0) << 16;
    }
    default: return at >= R_WINDOW ? window_read(e, (at - R_WINDOW) / 4) : 0;
    }
}

/* --- writes --- */

/* CTRL and SCTRL: channels sound up to now as it was, and go on as it is. */
static void control_write(struct es1370 *e, u32 ctrl, u32 sctrl)
{
    struct rate before[ES1370_CHANNELS];
    bool ran[ES1370_CHANNELS];
    u32 risen = ctrl & ~e->ctrl, fallen = e->ctrl & ~ctrl;

    for (unsigned c = 0; c < ES1370_CHANNELS; c++) {
        es1370_hear(e, c);
        ran[c] = es1370_runs(e, c);
        before[c] = es1370_rate(e, c);
    }
    e->ctrl = ctrl;
    e->sctrl = sctrl & SCTRL_MASK;
    for (unsigned c = 0; c < ES1370_CHANNELS; c++) {
        if (risen & CTRL_DAC1_EN >> c) es1370_enable(e, c);
        if (fallen & CTRL_DAC1_EN >> c) es1370_disable(e, c);
        if (!(e->sctrl & SCTRL_P1_INTR_EN << c)) e->interrupt[c] = false;
        es1370_follow(e, c, ran[c], before[c]);
    }
    es1370_update(e);
}

static void window_write(struct es1370 *e, unsigned n, u32 value)
{
    unsigned c = e->page == PAGE_DACS ? n / 2 : ES1370_ADC;

    if (e->page != PAGE_DACS && !(e->page == PAGE_ADC && n < 2)) {
        e->memory[4 * e->page + n] = value;
    } else if (n & 1) {
        e->size[c] = (u16)value;
        e->position[c] = (value >> 16) * 4;
    } else {
        e->buffer[c] = value;
    }
}

static void codec_write(struct es1370 *e, u16 value)
{
    e->codec = value;
    e->codec_busy_until = clock_now(e->wires.clock) + clock_ticks_of_ns(e->wires.clock, CODEC_NS);
    e->wires.codec_write(e->wires.codec_chip, (u8)(value >> 8), (u8)value);
}

static void register_write(struct es1370 *e, unsigned at, u32 value)
{
    switch (at) {
    case R_CTRL: control_write(e, value, e->sctrl); break;
    case R_SCTRL: control_write(e, e->ctrl, value); break;
    case R_PAGE: e->page = value & 15; break;
    case R_COUNT: case R_COUNT + 4: case R_COUNT + 8: e->count[(at - R_COUNT) / 4] = (u16)value; break;
    default: if (at >= R_WINDOW) window_write(e, (at - R_WINDOW) / 4, value);
    }
}

/* --- ports: registers are doublewords, and can be reached by their bytes --- */

u32 es1370_read_wide(void *chip, unsigned reg, unsigned size)
{
    u64 value = register_read(chip, reg & 0x3c) | (u64)register_read(chip, (reg + 4) & 0x3c) << 32;
    return (u32)low_bits(value >> 8 * (reg & 3), 8 * size);
}

/* The bytes that are not written stay; the UART's are registers of their own, and the codec takes a register with its value. */
void es1370_write_wide(void *chip, unsigned reg, unsigned size, u32 value)
{
    struct es1370 *e = chip;
    unsigned at = reg & 0x3c, shift = 8 * (reg & 3);
    u32 mask = (u32)(low_bits(~0ull, 8 * size) << shift), merged = (register_read(e, at) & ~mask) | (value << shift & mask);

    if (at == R_UART) {
        for (unsigned i = 0; i < size && (reg & 3) + i < 2; i++) uart_write(e, (reg & 3) + i, (u8)(value >> 8 * i));
    } else if (at == R_CODEC) {
        u32 codec = (e->codec & ~mask) | (value << shift & mask);
        e->codec = (u16)codec;
        if (mask & 0xff00) codec_write(e, (u16)codec);
    } else {
        register_write(e, at, merged);
    }
}

u8 es1370_read(void *chip, unsigned reg) { return (u8)es1370_read_wide(chip, reg, 1); }
void es1370_write(void *chip, unsigned reg, u8 value) { es1370_write_wide(chip, reg, 1, value); }

u8 es1370_config_read(void *chip, unsigned at) { return ((struct es1370 *)chip)->config[at & 0xff]; }

void es1370_config_write(void *chip, unsigned at, u8 value)
{
    struct es1370 *e = chip;

    pci_config_write(e->config, registers, at & 0xff, value);
    e->wires.decode_changed(e->wires.board);
}

/* --- life --- */

void es1370_init(struct es1370 *e, const struct es1370_wires *wires)
{
    memset(e, 0, sizeof *e);
    e->wires = *wires;
    for (unsigned c = 0; c < ES1370_CHANNELS; c++) {
        e->owner[c] = (struct es1370_channel){ e, c };
        clock_add(wires->clock, &e->next[c], es1370_on_next, &e->owner[c]);
    }
    clock_add(wires->clock, &e->uart_sent, on_uart_sent, e);
    pci_config_reset(e->config, registers);
}

void es1370_reset(struct es1370 *e)
{
    control_write(e, 0, 0);
    pci_config_reset(e->config, registers);
    e->page = e->uart_control = 0;
    clock_cancel(e->wires.clock, &e->uart_sent);
    es1370_update(e);
    e->wires.decode_changed(e->wires.board);
}

const char *es1370_invariant(const struct es1370 *e)
{
    if (state_out_of_range(&es1370_state, e)) return "every field is in the range its list gives";
    if (e->wires.irq && e->wires.irq->level != (causes(e) != 0)) return "INTA# is what the status register says";
    for (unsigned c = 0; c < ES1370_CHANNELS; c++) {
        if (e->heard[c] > e->frames[c]) return "what has sounded was fetched";
        if (es1370_runs(e, c) != (e->next[c].at != NEVER)) return "a channel that runs has its next event, one that stands has none";
    }
    return pci_config_valid(e->config, registers) ? NULL : "bits that cannot be written are as reset left them";
}
