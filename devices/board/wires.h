#ifndef ORRERY_BOARD_WIRES_H
#define ORRERY_BOARD_WIRES_H
/* What joins chips on a board: a chip holds pointers to these and never another chip.   doc: board */
#include "devices/board/clock.h"

/* A wire with a level.  The chip that drives it recomputes the level from its state and calls line_set. */
struct line {
    bool level;
    void (*changed)(void *listener, unsigned n, bool level);    /* NULL: nobody listens */
    void *listener;
    unsigned n;                                                 /* the listener's name for the line: an IR number */
};

static inline void line_set(struct line *line, bool level)
{
    if (!line || line->level == level) return;
    line->level = level;
    if (line->changed) line->changed(line->listener, line->n, level);
}

/* One DMA channel as its device sees it.  transfer moves up to count bytes now, in DREQ/DACK cycles, between
 * `bytes` and guest memory; it returns how many went (fewer when the channel is masked or reaches terminal count)
 * and says whether TC was pulsed.  Direction is the device's: to_memory true = the device supplies bytes. */
struct dma_wire {
    void *controller;
    unsigned channel;
    unsigned (*transfer)(void *controller, unsigned channel, u8 *bytes, unsigned count, bool to_memory, bool *tc);
};

/* A serial byte stream to the outside, as a UART or port E9 sees it (devices/board/serial_line.h implements them). */
struct byte_sink {
    void *to;
    void (*put)(void *to, u8 byte);     /* NULL: bytes vanish */
};

/* An analogue output: its level, in units of a sample of 16 bits, is this one from cycle `cycle` of a clock on.  Moments never go back.
 * (devices/sound/sound.h) */
struct sound_wire {
    void *to;
    void (*level)(void *to, struct rate rate, u64 cycle, s32 left, s32 right);   /* NULL: nobody listens */
};

/* An Ethernet cable as a card sees it: frames without preamble and FCS.  The card's other end is a function that takes those that come. */
struct frame_sink {
    void *to;
    void (*put)(void *to, const u8 *frame, unsigned size_bytes);    /* NULL: no cable */
};

#endif
