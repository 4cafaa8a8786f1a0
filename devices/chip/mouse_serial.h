#ifndef ORRERY_CHIP_MOUSE_SERIAL_H
#define ORRERY_CHIP_MOUSE_SERIAL_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"

enum mouse_serial_kind { MOUSE_MICROSOFT, MOUSE_MICROSOFT_WHEEL, MOUSE_SYSTEMS };

#define MOUSE_SERIAL_STATE(ONE, MANY) \
    /*    type  name          unit      min         max  meaning                                      */ \
    ONE (bool, powered,       "",         0,          1, "DTR and RTS are on")                          \
    ONE (u8,   buttons,       "bits",     0,          7, "left, right, middle")                         \
    ONE (u8,   sent_buttons,  "bits",     0,          7, "as last reported")                            \
    ONE (s32,  dx,            "counts", -32768,   32767, "movement not reported, right")                \
    ONE (s32,  dy,            "counts", -32768,   32767, "movement not reported, down")                 \
    ONE (s32,  dz,            "clicks", -32768,   32767, "of the wheel, towards the person")            \
    ONE (event, sample,       "tick",     0, UINT64_MAX, "identification or the next packet may leave")  \
    ONE (bool, awakens,       "",         0,          1, "the identification comes next")

/* The line that the mouse sends on: room for a packet, and where its bytes go. */
struct mouse_serial_line {
    void *to;
    bool (*idle)(void *to);
    void (*put)(void *to, const u8 *bytes, unsigned size_bytes);
};

struct mouse_serial {
    STATE_MEMBERS(MOUSE_SERIAL_STATE)
    enum mouse_serial_kind kind;
    struct clock *clock;
    struct mouse_serial_line line;
};

extern const struct state_layout mouse_serial_state;

void mouse_serial_init(struct mouse_serial *m, struct clock *clock, enum mouse_serial_kind kind, struct mouse_serial_line line);
void mouse_serial_reset(struct mouse_serial *m);
void mouse_serial_modem(void *mouse, bool dtr, bool rts);                /* they feed it */
void mouse_serial_move(struct mouse_serial *m, int dx, int dy, int dz, unsigned buttons);        /* as mouse_ps2_move */
const char *mouse_serial_invariant(const struct mouse_serial *m);

#endif
