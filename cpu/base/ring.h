#ifndef ORRERY_BASE_RING_H
#define ORRERY_BASE_RING_H
/* A byte queue of fixed size whose members are state: bytes[], head (next to read), used.
 * The members stand in a part's own state list; these functions work on them and check every index. */
#include "cpu/base/types.h"

struct ring {
    u8 *bytes;
    u32 size;            /* elements of bytes, not 0 */
    u32 *head, *used;    /* head < size, used <= size */
};

/* False when it is full; nothing is changed then. */
static inline bool ring_put(struct ring r, u8 value)
{
    if (*r.used >= r.size) return false;
    r.bytes[(*r.head + *r.used) % r.size] = value;
    ++*r.used;
    return true;
}

/* False when it is empty. */
static inline bool ring_get(struct ring r, u8 *value)
{
    if (*r.used == 0 || *r.used > r.size) return false;
    *value = r.bytes[*r.head % r.size];
    *r.head = (*r.head + 1) % r.size;
    --*r.used;
    return true;
}

#endif
