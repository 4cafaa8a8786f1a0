/* Z and z packets: places of the session's list, so that the guest's memory stays as it is.  doc: gdbstub */
#include <string.h>

#include "gui/gdbstub/stub_parts.h"

enum { SOFTWARE, HARDWARE, WRITE, READ, ACCESS, TYPES };

static unsigned add(struct gdb_stub *g, enum cpu_break_kind kind, const struct gdb_break *b)
{
    struct breakpoint place = { .at = { .kind = kind, .address = b->address, .size_bytes = b->kind } };
    return breakpoint_add(&g->session->breakpoints, &place);
}

/* TYPE,ADDRESS,KIND and perhaps conditions, which nobody was told may be. */
static bool parse(const char *at, struct gdb_break *b)
{
    u64 type;

    *b = (struct gdb_break){ 0 };
    if (!packet_number(&at, &type) || type >= TYPES || *at++ != ',' || !packet_number(&at, &b->address) || *at++ != ',' || !packet_number(&at, &b->kind) || *at) return false;
    b->type = (u8)type;
    return type < WRITE || (b->kind && b->kind <= WATCH_MOST_BYTES);
}

static struct gdb_break *same(struct gdb_stub *g, const struct gdb_break *b)
{
    for (unsigned i = 0; i < GDB_BREAKS; i++) {
        struct gdb_break *e = &g->breaks[i];
        if (e->number[0] && e->type == b->type && e->address == b->address && e->kind == b->kind) return e;
    }
    return NULL;
}

static struct gdb_break *unused(struct gdb_stub *g)
{
    for (unsigned i = 0; i < GDB_BREAKS; i++)
        if (!g->breaks[i].number[0]) return &g->breaks[i];
    return NULL;
}

/* Setting it twice is setting it once. */
void gdb_insert_break(struct gdb_stub *g, const char *at, size_t size)
{
    struct gdb_break b, *place;

    (void)size;
    if (!parse(at, &b)) {
        gdb_answer(g, "E16");
    } else if (same(g, &b)) {
        gdb_answer(g, "OK");
    } else if (!(place = unused(g))) {
        gdb_answer(g, "E.%d breakpoints are set already", GDB_BREAKS);
    } else {
        if (b.type <= HARDWARE) b.number[0] = add(g, CPU_BREAK_LINEAR, &b);
        if (b.type == WRITE || b.type == ACCESS) b.number[0] = add(g, CPU_WATCH_LINEAR_WRITE, &b);
        if (b.type == READ || b.type == ACCESS) b.number[b.type == ACCESS] = add(g, CPU_WATCH_LINEAR_READ, &b);
        *place = b;
        gdb_answer(g, "OK");
    }
}

static void take_away(struct gdb_stub *g, struct gdb_break *b)
{
    for (unsigned i = 0; i < 2; i++)
        if (b->number[i]) breakpoint_delete(&g->session->breakpoints, b->number[i]);
    *b = (struct gdb_break){ 0 };
}

void gdb_remove_break(struct gdb_stub *g, const char *at, size_t size)
{
    struct gdb_break b, *place;

    (void)size;
    if (!parse(at, &b)) {
        gdb_answer(g, "E16");
        return;
    }
    if ((place = same(g, &b))) take_away(g, place);
    gdb_answer(g, "OK");
}

void gdb_remove_breaks(struct gdb_stub *g)
{
    for (unsigned i = 0; i < GDB_BREAKS; i++) take_away(g, &g->breaks[i]);
}

const struct gdb_break *gdb_break_of(const struct gdb_stub *g, unsigned number)
{
    for (unsigned i = 0; number && i < GDB_BREAKS; i++)
        if (g->breaks[i].number[0] == number || g->breaks[i].number[1] == number) return &g->breaks[i];
    return NULL;
}
