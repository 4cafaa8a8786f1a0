#include "devices/board/ports.h"

#include <stdlib.h>

enum { RANGES = 96 };

struct ports {
    struct port_range range[RANGES];
    bool placed[RANGES];         /* movable ones that are decoded now */
    bool (*steady[RANGES])(const void *chip, unsigned reg);      /* NULL: nobody knows */
    unsigned count;
    u8 owner[65536];             /* range number + 1; 0 nobody */
};

struct ports *ports_create(void) { return calloc(1, sizeof(struct ports)); }
void ports_destroy(struct ports *ports) { free(ports); }

bool ports_add(struct ports *ports, const struct port_range *range, struct error *err)
{
    for (unsigned port = range->first; port <= range->last; port++) {
        if (!ports->owner[port]) continue;
        return fail(err, "%s: ports %xh-%xh are taken by %s", range->name, range->first, range->last,
                    ports->range[ports->owner[port] - 1].name);
    }
    if (ports->count == RANGES) return fail(err, "%s: the board has no room for more port ranges", range->name);
    ports->range[ports->count++] = *range;
    for (unsigned port = range->first; port <= range->last; port++) ports->owner[port] = (u8)ports->count;
    return true;
}

bool ports_add_movable(struct ports *ports, const struct port_range *range, unsigned *id, struct error *err)
{
    if (ports->count == RANGES) return fail(err, "%s: the board has no room for more port ranges", range->name);
    *id = ports->count;
    ports->range[ports->count++] = *range;
    return true;
}

bool ports_add_placed(struct ports *ports, const struct port_range *range, unsigned *id, struct error *err)
{
    if (!ports_add(ports, range, err)) return false;
    *id = ports->count - 1;
    ports->placed[*id] = true;
    return true;
}

static void take_free_ports(struct ports *ports, unsigned id)
{
    const struct port_range *r = &ports->range[id];

    for (unsigned port = r->first; port <= r->last; port++)
        if (!ports->owner[port]) ports->owner[port] = (u8)(id + 1);
}

static void leave_ports(struct ports *ports, unsigned id)
{
    const struct port_range *r = &ports->range[id];

    for (unsigned port = r->first; port <= r->last; port++)
        if (ports->owner[port] == id + 1) ports->owner[port] = 0;
}

void ports_place(struct ports *ports, unsigned id, u16 first, bool decoded)
{
    struct port_range *r = &ports->range[id];

    if (ports->placed[id] == decoded && (r->first == first || !decoded)) return;
    for (unsigned n = 0; n < ports->count; n++)
        if (ports->placed[n]) leave_ports(ports, n);
    unsigned last = first + (unsigned)(r->last - r->first);
    r->first = first;
    r->last = (u16)(last < 0xffff ? last : 0xffff);
    ports->placed[id] = decoded;
    for (unsigned n = 0; n < ports->count; n++)
        if (ports->placed[n]) take_free_ports(ports, n);
}

static const struct port_range *owner_of(const struct ports *ports, u16 port)
{
    return ports->owner[port] ? &ports->range[ports->owner[port] - 1] : NULL;
}

bool ports_decode(const struct ports *ports, u16 port) { return ports->owner[port]; }

u32 ports_read(struct ports *ports, u16 port, unsigned size)
{
    const struct port_range *r = owner_of(ports, port);
    u32 value = 0;

    if (r && size > 1 && r->wide && r->wide->read) return r->wide->read(r->chip, (unsigned)port - r->first, size);
    for (unsigned i = 0; i < size; i++) {
        u16 at = (u16)(port + i);
        r = owner_of(ports, at);
        value |= (u32)(r && r->read ? r->read(r->chip, (unsigned)at - r->first) : 0xff) << 8 * i;
    }
    return value;
}

bool ports_steady(const struct ports *ports, u16 port, unsigned size)
{
    const struct port_range *r = owner_of(ports, port);
    bool (*steady)(const void *, unsigned) = r && size == 1 ? ports->steady[r - ports->range] : NULL;

    return steady && steady(r->chip, (unsigned)port - r->first);
}

void ports_promise(struct ports *ports, u8 (*read)(void *, unsigned), bool (*steady)(const void *, unsigned))
{
    for (unsigned n = 0; n < ports->count; n++)
        if (ports->range[n].read == read) ports->steady[n] = steady;
}

void ports_write(struct ports *ports, u16 port, unsigned size, u32 value)
{
    const struct port_range *r = owner_of(ports, port);

    if (r && size > 1 && r->wide && r->wide->write) {
        r->wide->write(r->chip, (unsigned)port - r->first, size, value);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        u16 at = (u16)(port + i);
        r = owner_of(ports, at);
        if (r && r->write) r->write(r->chip, (unsigned)at - r->first, (u8)(value >> 8 * i));
    }
}

u32 ports_read_block(struct ports *ports, u16 port, unsigned size, u32 count, u8 *to)
{
    const struct port_range *r = owner_of(ports, port);
    bool able = r && size > 1 && r->wide && r->wide->read_block;
    return able ? r->wide->read_block(r->chip, (unsigned)port - r->first, size, count, to) : 0;
}

u32 ports_write_block(struct ports *ports, u16 port, unsigned size, u32 count, const u8 *from)
{
    const struct port_range *r = owner_of(ports, port);
    bool able = r && size > 1 && r->wide && r->wide->write_block;
    return able ? r->wide->write_block(r->chip, (unsigned)port - r->first, size, count, from) : 0;
}
