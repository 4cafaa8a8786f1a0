#include "devices/board/perturb.h"

#include <string.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"

#define STATE_OWNER struct perturb
STATE_LAYOUT(perturb_state, "perturb", PERTURB_STATE);

/* --- random numbers: SplitMix64, whose state is a count --- */

static u64 mixed(u64 z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static u64 draw(u64 *stream) { return mixed(*stream += 0x9e3779b97f4a7c15); }

/* 0 to most. */
static u64 draw_to(u64 *stream, u64 most) { return (u64)((u128)draw(stream) * (most + 1) >> 64); }

/* --- interrupts: the wire between whoever asks and the processor's core --- */

/* A request that comes is handed on some ticks later, and stays handed on until it goes. */
bool perturb_holds(void *board, unsigned n, bool request)
{
    struct machine *m = board;
    struct perturb *p = &m->perturb;

    if (!request) {
        if (p->slot[n] == SLOT_HELD) clock_cancel(&m->clock, &p->open[n]);
        p->slot[n] = SLOT_IDLE;
    } else if (p->slot[n] == SLOT_IDLE) {
        u64 late = draw_to(&p->slots, m->config.perturb.timer_ticks);
        p->slot[n] = late ? SLOT_HELD : SLOT_OPEN;
        if (late) clock_at(&m->clock, &p->open[n], clock_now(&m->clock) + late);
        if (late) cpu_deadline_lowered(processors_running(m));
    }
    return p->slot[n] == SLOT_HELD;
}

static void on_open(void *owner)
{
    const struct perturb_wire *wire = owner;

    wire->machine->perturb.slot[wire->n] = SLOT_OPEN;
    cpu_look_for_interrupts(wire->machine->processor[wire->n].cpu);
}

/* --- work: a span of time that no manual fixes --- */

/* What ends when work of a device is done.  Timers, baud rates, sound and what turns on a spindle are exact. */
static const struct { const char *part, *event; } completions[] = {
    { "ata_device", "work" }, { "fdc_82077", "pulse" }, { "ne2000_dp8390", "sent" }, { "e1000_82540em", "transmit" }, { "network", "arrives" },
};

static u64 vary(void *board, u64 span)
{
    struct machine *m = board;
    u32 percent = m->config.perturb.completion_percent;
    u64 most = (u64)((u128)span * percent / 100), varied = span - most + draw_to(&m->perturb.completions, 2 * most);

    return varied ? varied : 1;
}

static bool is_completion(const struct state_layout *layout, const struct state_field *field)
{
    for (unsigned i = 0; i < ARRAY_COUNT(completions); i++)
        if (!strcmp(layout->name, completions[i].part) && !strcmp(field->name, completions[i].event)) return true;
    return false;
}

void perturb_find_completions(struct machine *m)
{
    if (!m->config.perturb.completion_percent) return;
    m->clock.vary = vary;
    m->clock.varies = m;
    for (unsigned n = 0; n < m->parts; n++) {
        const struct state_layout *layout = m->part[n].layout;
        for (u32 i = 0; i < layout->count; i++) {
            const struct state_field *field = &layout->fields[i];
            if (field->type != STATE_event || !is_completion(layout, field)) continue;
            for (u32 k = 0; k < field->count; k++) ((struct event *)((u8 *)m->part[n].instance + field->offset + k * field->stride))->varies = true;
        }
    }
}

/* --- memory at power-on --- */

static void fill_ram(struct machine *m, u64 seed)
{
    u64 stream = mixed(seed ^ 0x6d656d6f7279);

    for (u64 at = 0; at < m->ram_bytes; at += 8) put64(m->ram + at, draw(&stream));
    for (u64 pa = 0; pa < m->ram_bytes; pa += PAGE_BYTES) physical_page_at(m->map, pa)->written = true;
}

/* --- all of it --- */

static u64 seed_of(const struct machine *m, unsigned clone) { return mixed(mixed(m->config.perturb.seed) + clone); }

static void seed(const struct machine *m, struct perturb *p, unsigned clone)
{
    u64 from = seed_of(m, clone);

    p->slots = mixed(from ^ 1);
    p->completions = mixed(from ^ 2);
    p->undefined = mixed(from ^ 3);
}

void perturb_begin(const struct machine *m, struct perturb *begun)
{
    *begun = (struct perturb){ 0 };
    for (unsigned n = 0; n < CPU_MOST; n++) begun->open[n].at = NEVER;
    seed(m, begun, 0);
}

void perturb_build(struct machine *m)
{
    struct perturb *p = &m->perturb;

    if (!perturb_wanted(&m->config.perturb)) return;
    seed(m, p, 0);
    for (unsigned n = 0; n < CPU_MOST; n++) {
        p->wire[n] = (struct perturb_wire){ m, n };
        clock_add(&m->clock, &p->open[n], on_open, &p->wire[n]);
    }
    if (m->config.perturb.ram) fill_ram(m, seed_of(m, 0));
    for (unsigned n = 0; n < m->processors && m->config.perturb.undefined; n++) cpu_set_undefined(m->processor[n].cpu, &p->undefined);
}

void perturb_reseed(struct machine *m, unsigned clone)
{
    if (!perturb_wanted(&m->config.perturb)) return;
    seed(m, &m->perturb, clone);
    if (!m->config.perturb.ram || clock_now(&m->clock)) return;
    fill_ram(m, seed_of(m, clone));
    memory_shadow_roms(m);
}
