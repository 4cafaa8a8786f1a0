#ifndef ORRERY_CHIP_KEYBOARD_MF2_H
#define ORRERY_CHIP_KEYBOARD_MF2_H
#include "cpu/base/ring.h"
#include "cpu/base/state.h"
#include "devices/board/clock.h"

enum { KEYBOARD_BUFFER = 16, KEYBOARD_SET3_CODES = 144 };

#define KEYBOARD_MF2_STATE(ONE, MANY) \
    /*    type  name                    unit    min         max  meaning                                        */ \
    MANY(u8,   buffer, KEYBOARD_BUFFER, "",       0,       0xff, "scan codes and answers that wait")                \
    ONE (u32,  head,                    "",       0,         15, "next byte to send")                               \
    ONE (u32,  used,                    "",       0,         16, "bytes that wait")                                 \
    ONE (u8,   command,                 "",       0,       0xff, "command that waits for its parameter, or 0")      \
    ONE (u8,   leds,                    "bits",   0,          7, "scroll, num, caps lock lights")                   \
    ONE (u8,   set,                     "",       1,          3, "scan code set")                                   \
    ONE (u8,   typematic,               "bits",   0,       0x7f, "rate and delay as set by F3h")                    \
    ONE (u8,   last_sent,               "",       0,       0xff, "what FEh sends again")                            \
    ONE (bool, scanning,                "",       0,          1, "keys are reported")                               \
    MANY(u8,   down, 32,                "bits",   0,       0xff, "keys held, a bit a HID usage")                    \
    MANY(u8,   kind, KEYBOARD_SET3_CODES, "bits", 0,          3, "set 3, by code: bit 0 sends a break, bit 1 repeats") \
    ONE (u8,   repeated,                "usage",  0,       0xff, "key that repeats, or 0")                          \
    ONE (event, repeat,                 "tick",   0, UINT64_MAX, "its next make code")

struct keyboard_mf2 {
    STATE_MEMBERS(KEYBOARD_MF2_STATE)
    struct clock *clock;
    void *controller;
    void (*ready)(void *controller);         /* a byte waits */
};

extern const struct state_layout keyboard_mf2_state;

void keyboard_mf2_init(struct keyboard_mf2 *k, struct clock *clock, void *controller, void (*ready)(void *controller));
void keyboard_mf2_reset(struct keyboard_mf2 *k);
void keyboard_mf2_key(struct keyboard_mf2 *k, u8 usage, bool down);     /* USB HID usage of the key's place */
void keyboard_mf2_receive(void *keyboard, u8 byte);                     /* from the host */
bool keyboard_mf2_send(void *keyboard, u8 *byte);                       /* to the host; false: nothing waits */
bool keyboard_mf2_waiting(const void *keyboard);
const char *keyboard_mf2_invariant(const struct keyboard_mf2 *k);

#endif
