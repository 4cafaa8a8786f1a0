#ifndef ORRERY_BASE_STATE_H
#define ORRERY_BASE_STATE_H
/* A part's state, declared once.                                                   doc: state
 *
 * A list  #define PIT_8254_STATE(ONE, MANY)  names every field: type, name, (count,) unit, least and greatest
 * value, meaning.  STATE_MEMBERS makes the struct's members of it, STATE_LAYOUT the table that the state hash,
 * `info device`, snapshots and the reference in docs read.
 * Types: u8 u16 u32 u64 s8 s16 s32 s64 bool, and `event` (struct event of devices/board/clock.h, whose first
 * member is the tick: that tick is the state). */
#include "cpu/base/types.h"

enum state_type {
    STATE_u8, STATE_u16, STATE_u32, STATE_u64, STATE_s8, STATE_s16, STATE_s32, STATE_s64, STATE_bool, STATE_event
};

struct state_field {
    const char *name, *unit, *meaning;
    enum state_type type;
    u32 count;               /* elements; 1 for ONE */
    u32 offset, stride;      /* bytes from the struct's start; bytes from one element to the next */
    bool array;              /* declared by MANY */
    u64 min, max;            /* least and greatest legal value, as two's complement for signed types */
};

struct state_layout {
    const char *name;        /* the part: "pic_8259" */
    const struct state_field *fields;
    u32 count;
    const char *(*broken)(const void *object);           /* what should always hold and does not, or NULL; NULL: ranges say it all */
};

#define STATE_C_u8 u8
#define STATE_C_u16 u16
#define STATE_C_u32 u32
#define STATE_C_u64 u64
#define STATE_C_s8 s8
#define STATE_C_s16 s16
#define STATE_C_s32 s32
#define STATE_C_s64 s64
#define STATE_C_bool bool
#define STATE_C_event struct event

#define STATE_MEMBER_ONE(type, name, unit, min, max, meaning) STATE_C_##type name;
#define STATE_MEMBER_MANY(type, name, count, unit, min, max, meaning) STATE_C_##type name[count];
#define STATE_MEMBERS(LIST) LIST(STATE_MEMBER_ONE, STATE_MEMBER_MANY)

/* Before STATE_LAYOUT the file says:  #define STATE_OWNER struct pic_8259 */
#define STATE_ROW_ONE(type, name, unit, min, max, meaning)                                                   \
    { #name, unit, meaning, STATE_##type, 1, offsetof(STATE_OWNER, name), sizeof(STATE_C_##type), false,      \
      (u64)(min), (u64)(max) },
#define STATE_ROW_MANY(type, name, count, unit, min, max, meaning)                                           \
    { #name, unit, meaning, STATE_##type, count, offsetof(STATE_OWNER, name), sizeof(STATE_C_##type), true,   \
      (u64)(min), (u64)(max) },

/* Defines `const struct state_layout variable`. */
#define STATE_LAYOUT(variable, part, LIST)                                                       \
    static const struct state_field variable##_fields[] = { LIST(STATE_ROW_ONE, STATE_ROW_MANY) }; \
    const struct state_layout variable = { part, variable##_fields, ARRAY_COUNT(variable##_fields), NULL }

/* The same of a part with an invariant: const char *invariant(const STATE_OWNER *). */
#define STATE_LAYOUT_OF(variable, part, LIST, invariant)                                         \
    static const struct state_field variable##_fields[] = { LIST(STATE_ROW_ONE, STATE_ROW_MANY) }; \
    static const char *variable##_broken(const void *object) { return invariant((const STATE_OWNER *)object); } \
    const struct state_layout variable = { part, variable##_fields, ARRAY_COUNT(variable##_fields), variable##_broken }

/* Value of element i of a field, sign-extended for signed types.  object is the struct the layout describes. */
u64 state_get(const struct state_field *field, const void *object, u32 i);

/* Feeds every field, in the order of the list, in little-endian bytes to sink. */
void state_each_byte(const struct state_layout *layout, const void *object,
                     void (*sink)(void *context, const void *bytes, size_t size), void *context);

/* The same bytes, taken back: state_bytes(layout) of them; no range is looked at.  What is derived of them is not touched. */
size_t state_bytes(const struct state_layout *layout);
size_t state_field_bytes(const struct state_field *field);       /* its share of them */
void state_load(const struct state_layout *layout, void *object, const u8 *bytes);

/* First field out of [min, max], or NULL. */
const struct state_field *state_out_of_range(const struct state_layout *layout, const void *object);

#endif
