#include "cpu/base/state.h"

#include <string.h>

#include "cpu/base/bits.h"

static const u8 type_bytes[] = {
    [STATE_u8] = 1, [STATE_u16] = 2, [STATE_u32] = 4, [STATE_u64] = 8, [STATE_s8] = 1, [STATE_s16] = 2,
    [STATE_s32] = 4, [STATE_s64] = 8, [STATE_bool] = 1, [STATE_event] = 8,
};

static bool is_signed(enum state_type type)
{
    return type >= STATE_s8 && type <= STATE_s64;
}

u64 state_get(const struct state_field *field, const void *object, u32 i)
{
    const u8 *at = (const u8 *)object + field->offset + (size_t)i * field->stride;
    unsigned bytes = type_bytes[field->type];
    u64 v = 0;

    memcpy(&v, at, bytes);
    return is_signed(field->type) ? (u64)sign_extend(v, bytes * 8) : v;
}

void state_each_byte(const struct state_layout *layout, const void *object,
                     void (*sink)(void *context, const void *bytes, size_t size), void *context)
{
    for (u32 f = 0; f < layout->count; f++) {
        const struct state_field *field = &layout->fields[f];
        unsigned bytes = type_bytes[field->type];
        if (field->stride == bytes) {
            sink(context, (const u8 *)object + field->offset, (size_t)bytes * field->count);
            continue;
        }
        for (u32 i = 0; i < field->count; i++)
            sink(context, (const u8 *)object + field->offset + (size_t)i * field->stride, bytes);
    }
}

/* Bytes of a buffer, most often: there is nothing to look for. */
static bool takes_any_value(const struct state_field *field)
{
    unsigned bits_wide = type_bytes[field->type] * 8;
    return !is_signed(field->type) && field->min == 0 && field->max >= UINT64_MAX >> (64 - bits_wide);
}

size_t state_field_bytes(const struct state_field *field) { return (size_t)type_bytes[field->type] * field->count; }

size_t state_bytes(const struct state_layout *layout)
{
    size_t bytes = 0;

    for (u32 f = 0; f < layout->count; f++) bytes += state_field_bytes(&layout->fields[f]);
    return bytes;
}

/* A bool holds 0 or 1 and nothing else, whatever the bytes say. */
static void load_element(const struct state_field *field, u8 *to, const u8 *bytes)
{
    if (field->type == STATE_bool) *(bool *)to = *bytes != 0;
    else memcpy(to, bytes, type_bytes[field->type]);
}

void state_load(const struct state_layout *layout, void *object, const u8 *bytes)
{
    for (u32 f = 0; f < layout->count; f++) {
        const struct state_field *field = &layout->fields[f];
        u8 *at = (u8 *)object + field->offset;
        unsigned size = type_bytes[field->type];
        if (field->stride == size && field->type != STATE_bool) {
            memcpy(at, bytes, (size_t)size * field->count);
            bytes += (size_t)size * field->count;
            continue;
        }
        for (u32 i = 0; i < field->count; i++, at += field->stride, bytes += size) load_element(field, at, bytes);
    }
}

const struct state_field *state_out_of_range(const struct state_layout *layout, const void *object)
{
    for (u32 f = 0; f < layout->count; f++) {
        const struct state_field *field = &layout->fields[f];
        if (takes_any_value(field)) continue;
        for (u32 i = 0; i < field->count; i++) {
            u64 v = state_get(field, object, i);
            bool low = is_signed(field->type) ? (s64)v < (s64)field->min : v < field->min;
            bool high = is_signed(field->type) ? (s64)v > (s64)field->max : v > field->max;
            if (low || high) return field;
        }
    }
    return NULL;
}
