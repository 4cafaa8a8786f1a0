#ifndef ORRERY_BOARD_STATE_IMAGE_H
#define ORRERY_BOARD_STATE_IMAGE_H
/* A machine's state at one moment, its memory apart, as bytes.                              doc: time-travel
 *
 *   condition    the clock, and whether and why the machine stands
 *   parts        what their lists name, in the order in which `info device` shows them
 *   lines        a byte each: the level
 *   translations of each processor: 8 bytes of size, and cpu_save_translations
 *
 * All little-endian, the same on every host; two machines of one configuration have the same parts and lines. */
#include "cpu/base/error.h"
#include "cpu/base/state.h"

struct machine;

struct state_image {
    u8 *bytes;
    size_t size, room;
};

/* False: the host has no memory. */
bool state_image_take(struct machine *m, struct state_image *image);
/* Whether a machine of this configuration can be what the image says; err names the part and the field that cannot be.  Nothing changes. */
bool state_image_possible(struct machine *m, const struct state_image *image, struct error *err);
/* Between runs: the machine is what a possible image says; its memory already is. */
void state_image_put(struct machine *m, const struct state_image *image);
/* Of a machine in which nothing varied, for one in which something does: that begins with it.  False: the host has no memory. */
bool state_image_add_perturb(struct machine *m, struct state_image *image);
void state_image_free(struct state_image *image);

/* What stands apart from parts. */
#define CONDITION_STATE(ONE, MANY) \
    /*    type  name             unit    min         max  meaning                                              */ \
    ONE (u64,  now,              "tick",   0, UINT64_MAX, "the tick of the instruction that runs next")            \
    ONE (bool, frozen,               "",   0,          1, "the machine stands until a reset")                      \
    ONE (u8,   stop,                 "",   0,         12, "why: enum machine_stop_kind")                           \
    ONE (u32,  code,                 "",   0,        511, "its exit status")                                       \
    MANY(u8,   text, 512,            "",   0,       0xff, "the same in words")

struct condition {
    STATE_MEMBERS(CONDITION_STATE)
};
extern const struct state_layout condition_state;

/* The n-th part of an image with its place in it, or NULL: the condition is part 0.  For listing and comparing images of one machine. */
const struct state_layout *state_image_part(const struct machine *m, unsigned n, const char **name, size_t *at);

#endif
