#ifndef ORRERY_CHIP_MOUSE_PS2_H
#define ORRERY_CHIP_MOUSE_PS2_H
#include "cpu/base/ring.h"
#include "cpu/base/state.h"
#include "devices/board/clock.h"

enum { MOUSE_BUFFER = 16 };

#define MOUSE_PS2_STATE(ONE, MANY) \
    /*    type  name                 unit     min         max  meaning                                            */ \
    MANY(u8,   buffer, MOUSE_BUFFER, "",        0,       0xff, "answers and packets that wait")                      \
    ONE (u32,  head,                 "",        0,         15, "next byte to send")                                  \
    ONE (u32,  used,                 "",        0,         16, "bytes that wait")                                    \
    ONE (u8,   command,              "",        0,       0xff, "command that waits for its parameter, or 0")         \
    ONE (u8,   last_sent,            "",        0,       0xff, "what FEh sends again")                               \
    ONE (u8,   rate,                 "1/s",     1,       0xff, "sampling rate")                                      \
    ONE (u8,   resolution,           "code",    0,          3, "1, 2, 4, 8 counts a millimetre")                     \
    ONE (bool, scaled,               "",        0,          1, "scaling 2:1")                                        \
    ONE (bool, remote,               "",        0,          1, "remote mode: packets are asked for")                 \
    ONE (bool, wrap,                 "",        0,          1, "wrap mode: bytes come back")                         \
    ONE (bool, reporting,            "",        0,          1, "stream mode reports")                                \
    ONE (u8,   id,                   "",        0,          4, "0 three buttons, 3 with a wheel, 4 with five buttons too") \
    MANY(u8,   knock, 2,             "1/s",     0,       0xff, "the two rates before the last one")                  \
    ONE (u8,   buttons,              "bits",    0,         31, "left, right, middle, fourth, fifth")                 \
    ONE (u8,   sent_buttons,         "bits",    0,         31, "as last reported")                                   \
    ONE (s32,  dx,                   "counts", -32768,  32767, "movement not reported, right")                       \
    ONE (s32,  dy,                   "counts", -32768,  32767, "movement not reported, up")                          \
    ONE (s32,  dz,                   "clicks", -32768,  32767, "of the wheel, not reported, towards the person")     \
    ONE (event, sample,              "tick",    0, UINT64_MAX, "the next packet may leave")

struct mouse_ps2 {
    STATE_MEMBERS(MOUSE_PS2_STATE)
    bool wheel;                              /* the mouse has one, and five buttons: a driver that knocks finds out */
    struct clock *clock;
    void *controller;
    void (*ready)(void *controller);         /* a byte waits */
};

extern const struct state_layout mouse_ps2_state;

void mouse_ps2_init(struct mouse_ps2 *m, struct clock *clock, void *controller, void (*ready)(void *controller));
void mouse_ps2_reset(struct mouse_ps2 *m);
/* dy grows downwards, as on a screen; dz towards the person, as a page scrolls down. */
void mouse_ps2_move(struct mouse_ps2 *m, int dx, int dy, int dz, unsigned buttons);
void mouse_ps2_receive(void *mouse, u8 byte);
bool mouse_ps2_send(void *mouse, u8 *byte);
bool mouse_ps2_waiting(const void *mouse);
const char *mouse_ps2_invariant(const struct mouse_ps2 *m);

#endif
