#ifndef ORRERY_CHIP_SB16_CT1741_H
#define ORRERY_CHIP_SB16_CT1741_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

enum { SB16_ANSWERS = 64, SB16_FIFO = 16 };
enum { SB16_8_BIT, SB16_16_BIT, SB16_TRANSFERS };        /* two of them run side by side */
enum { SB16_UNPACKED, SB16_2_BITS, SB16_2_6_BITS, SB16_4_BITS };

/* Arrays of two are of the 8-bit and of the 16-bit transfer. */
#define SB16_CT1741_STATE(ONE, MANY) \
    /*    type  name               unit       min         max  meaning                                                          */ \
    ONE (bool, reset_held,         "",          0,          1, "1 was written to the reset port")                                 \
    MANY(u8,   answer, SB16_ANSWERS, "",        0,       0xff, "bytes for the read data port")                                    \
    ONE (u8,   answer_at,          "",          0, SB16_ANSWERS - 1, "the next one")                                              \
    ONE (u8,   answers,            "",          0, SB16_ANSWERS, "how many there are")                                            \
    ONE (u8,   last_answer,        "",          0,       0xff, "what the port gives when there is none")                          \
    ONE (u8,   command,            "",          0,       0xff, "command whose parameters are being written")                      \
    ONE (u8,   wanted,             "bytes",     0,          3, "parameters it still waits for")                                   \
    ONE (u8,   given,              "bytes",     0,          3, "parameters it has")                                               \
    MANY(u8,   parameter, 3,       "",          0,       0xff, "these")                                                           \
    ONE (u64,  busy_until,         "tick",      0, UINT64_MAX, "bytes are taken, and answers given, from then on")                \
    ONE (bool, speaker,            "",          0,          1, "D1h was said last, not D3h")                                      \
    ONE (bool, midi_uart,          "",          0,          1, "all that is written is MIDI, until a reset")                      \
    ONE (u8,   test,               "",          0,       0xff, "test register, E4h and E8h")                                      \
    ONE (u8,   id_sum,             "",          0,       0xff, "DMA identification, E2h: sum so far")                             \
    ONE (u8,   id_key,             "",          0,       0xff, "and what the next byte is combined with")                         \
    ONE (u32,  rate_num,           "Hz",        1,    1000000, "sample rate as set: num / den")                                   \
    ONE (u32,  rate_den,           "",          1,        256, "")                                                                \
    ONE (bool, rate_of_bytes,      "",          0,          1, "a time constant: two channels share it")                          \
    ONE (u32,  block,              "samples",   1,      65536, "length of blocks as 48h set it")                                  \
    MANY(bool, interrupt, 2,       "",          0,          1, "a block has ended and nobody has acknowledged it")                \
    MANY(bool, running, 2,         "",          0,          1, "there is a block")                                                \
    MANY(bool, paused, 2,          "",          0,          1, "it stands still")                                                 \
    MANY(bool, auto_init, 2,       "",          0,          1, "another block follows it")                                        \
    MANY(bool, to_memory, 2,       "",          0,          1, "recording")                                                       \
    MANY(bool, silence, 2,         "",          0,          1, "no transfer, just time: 80h")                                     \
    MANY(bool, identifies, 2,      "",          0,          1, "one byte of DMA identification")                                  \
    MANY(bool, stereo, 2,          "",          0,          1, "left and right samples by turns")                                 \
    MANY(bool, is_signed, 2,       "",          0,          1, "0 is the middle")                                                 \
    MANY(bool, fifo, 2,            "",          0,          1, "samples are fetched sixteen at a time")                           \
    MANY(u8,   packing, 2,         "",          0,          3, "ADPCM: none, 2, 2.6, 4 bits a sample")                            \
    MANY(bool, wants_reference, 2, "",          0,          1, "ADPCM: the next byte is a sample as it stands")                   \
    MANY(u8,   reference, 2,       "",          0,       0xff, "ADPCM: last sample")                                              \
    MANY(u8,   step, 2,            "",          0,          3, "ADPCM: step size as a shift")                                     \
    MANY(u32,  left, 2,            "samples",   0,      65536, "of the block, still to be fetched")                               \
    MANY(u32,  length, 2,          "samples",   0,      65536, "of a block")                                                      \
    MANY(u32,  num, 2,             "Hz",        1,    1000000, "frames a second: num / den")                                      \
    MANY(u32,  den, 2,             "",          1,        512, "")                                                                \
    MANY(u64,  begun, 2,           "frame",     0, UINT64_MAX, "place of the first fetched frame on the clock of this rate")      \
    MANY(s16,  frame, 2 * SB16_FIFO * 2, "", -32768,    32767, "fetched frames, left and right")                                  \
    MANY(u8,   frames, 2,          "",          0,  SB16_FIFO, "how many")                                                        \
    MANY(u8,   heard, 2,           "",          0,  SB16_FIFO, "how many of them have sounded")                                   \
    MANY(u8,   gathered, 2 * 4,    "",          0,       0xff, "bytes of a frame that has not come as a whole")                   \
    MANY(u8,   gathered_size, 2,   "bytes",     0,          3, "how many")                                                        \
    MANY(s16,  level, 2 * 2,       "",     -32768,      32767, "what each transfer drives left and right to")                     \
    MANY(event, next, 2,           "tick",      0, UINT64_MAX, "its fetched frames have sounded")

struct sb16_wires {
    struct clock *clock;
    struct line *irq[SB16_TRANSFERS];
    struct dma_wire dma[SB16_TRANSFERS];
    struct sound_wire sound;
    struct byte_sink midi;
    void *board;
    void (*wake)(void *board);   /* something is to be heard: sb16_ct1741_render is wanted from time to time */
};

struct sb16_ct1741 {
    STATE_MEMBERS(SB16_CT1741_STATE)
    struct sb16_wires wires;
    struct sb16_transfer { struct sb16_ct1741 *dsp; unsigned n; } owner[SB16_TRANSFERS];    /* wire: whose event it is */
};

extern const struct state_layout sb16_ct1741_state;

void sb16_ct1741_init(struct sb16_ct1741 *d, const struct sb16_wires *wires);
void sb16_ct1741_reset(struct sb16_ct1741 *d);                   /* the bus's; not the port's */
/* reg: 6 reset, A read data, C write data and status, E read status and acknowledge, F acknowledge of 16-bit transfers. */
u8 sb16_ct1741_read(void *chip, unsigned reg);
void sb16_ct1741_write(void *chip, unsigned reg, u8 value);
bool sb16_ct1741_render(struct sb16_ct1741 *d);                  /* up to now; false: silent until a command comes */
const char *sb16_ct1741_invariant(const struct sb16_ct1741 *d);

#endif
