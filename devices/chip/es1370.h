#ifndef ORRERY_CHIP_ES1370_H
#define ORRERY_CHIP_ES1370_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/chip/pci_config.h"

enum { ES1370_PORTS = 64, ES1370_FIFO = 16, ES1370_MEMORY_WORDS = 64 };
enum { ES1370_DAC1, ES1370_DAC2, ES1370_ADC, ES1370_CHANNELS };

/* Arrays of three are of DAC1, DAC2 and the ADC. */
#define ES1370_STATE(ONE, MANY) \
    /*    type  name               unit       min         max  meaning                                                       */ \
    MANY(u8,   config, PCI_CONFIG_BYTES, "",    0,       0xff, "configuration space")                                         \
    ONE (u32,  ctrl,               "bits",      0, 0xffffffff, "interrupt and chip select control")                           \
    ONE (u32,  sctrl,              "bits",      0, 0x007fffff, "serial interface control")                                    \
    ONE (u8,   page,               "",          0,         15, "memory page at 30h")                                          \
    MANY(u32,  memory, ES1370_MEMORY_WORDS, "", 0, 0xffffffff, "memory of the pages that are nothing else")                   \
    MANY(u16,  count, 3,           "frames",    0,     0xffff, "frames between two interrupts, less one")                     \
    MANY(u32,  left, 3,            "frames",    0,    0x10000, "of them, still to be fetched")                                \
    MANY(u32,  buffer, 3,          "",          0, 0xffffffff, "address of the buffer")                                       \
    MANY(u16,  size, 3,            "longwords", 0,     0xffff, "its size, less one")                                          \
    MANY(u32,  position, 3,        "bytes",     0,    0x3ffff, "place in it")                                                 \
    MANY(bool, interrupt, 3,       "",          0,          1, "its frames have come to an end")                              \
    MANY(bool, ended, 3,           "",          0,          1, "in stop mode: until it is enabled again")                     \
    MANY(u64,  begun, 3,           "frame",     0, UINT64_MAX, "place of the first fetched frame on the clock of its rate")   \
    MANY(s16,  frame, 3 * ES1370_FIFO * 2, "", -32768,  32767, "fetched frames, left and right")                              \
    MANY(u8,   frames, 3,          "",          0, ES1370_FIFO, "how many")                                                   \
    MANY(u8,   heard, 3,           "",          0, ES1370_FIFO, "how many of them have sounded")                              \
    MANY(event, next, 3,           "tick",      0, UINT64_MAX, "its fetched frames have sounded")                             \
    ONE (u16,  codec,              "",          0,     0xffff, "what is written to the codec: register, value")               \
    ONE (u64,  codec_busy_until,   "tick",      0, UINT64_MAX, "it is on its way until then")                                 \
    ONE (u8,   uart_control,       "bits",      0,       0xff, "UART control register")                                       \
    ONE (event, uart_sent,         "tick",      0, UINT64_MAX, "the byte on the MIDI wire has gone")

struct es1370_wires {
    struct clock *clock;
    struct line *irq;
    struct sound_wire dac[2];
    struct byte_sink midi;
    void *codec_chip;
    void (*codec_write)(void *codec_chip, u8 at, u8 value);
    void *board;
    void (*decode_changed)(void *board);
    void (*memory_read)(void *board, u64 pa, u8 *bytes, unsigned size);
    void (*memory_write)(void *board, u64 pa, const u8 *bytes, unsigned size);
    void (*wake)(void *board);   /* something is to be heard: es1370_render is wanted from time to time */
};

struct es1370 {
    STATE_MEMBERS(ES1370_STATE)
    struct es1370_wires wires;
    struct es1370_channel { struct es1370 *chip; unsigned n; } owner[ES1370_CHANNELS];      /* wire: whose event it is */
};

extern const struct state_layout es1370_state;

void es1370_init(struct es1370 *e, const struct es1370_wires *wires);
void es1370_reset(struct es1370 *e);
u8 es1370_config_read(void *chip, unsigned at);
void es1370_config_write(void *chip, unsigned at, u8 value);
u8 es1370_read(void *chip, unsigned reg);
void es1370_write(void *chip, unsigned reg, u8 value);
u32 es1370_read_wide(void *chip, unsigned reg, unsigned size);
void es1370_write_wide(void *chip, unsigned reg, unsigned size, u32 value);
bool es1370_render(struct es1370 *e);            /* up to now; false: silent until a register is written */
const char *es1370_invariant(const struct es1370 *e);

#endif
