#include "devices/board/mmio.h"

bool mmio_add(struct mmio *mmio, const struct mmio_range *range, unsigned *id, struct error *err)
{
    if (mmio->count == MMIO_RANGES) return fail(err, "%s: the board has no room for more ranges in memory space", range->name);
    *id = mmio->count;
    mmio->range[mmio->count++] = *range;
    return true;
}

void mmio_place(struct mmio *mmio, unsigned id, u64 first, bool decoded)
{
    mmio->range[id].first = first;
    mmio->range[id].decoded = decoded;
}

static struct mmio_range *range_at(struct mmio *mmio, u64 pa, unsigned size)
{
    for (unsigned n = 0; n < mmio->count; n++) {
        struct mmio_range *r = &mmio->range[n];
        if (r->decoded && pa >= r->first && pa - r->first < r->size_bytes && r->size_bytes - (pa - r->first) >= size) return r;
    }
    return NULL;
}

bool mmio_decodes(struct mmio *mmio, u64 pa, unsigned size) { return range_at(mmio, pa, size); }

u64 mmio_read(struct mmio *mmio, u64 pa, unsigned size)
{
    struct mmio_range *r = range_at(mmio, pa, size);
    return r ? r->read(r->chip, pa - r->first, size) : UINT64_MAX;
}

void mmio_write(struct mmio *mmio, u64 pa, unsigned size, u64 value)
{
    struct mmio_range *r = range_at(mmio, pa, size);
    if (r) r->write(r->chip, pa - r->first, size, value);
}
