#include "devices/board/state_image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/board/board.h"

#define STATE_OWNER struct condition
/* A machine that stands for no reason could neither run nor say why. */
static const char *condition_invariant(const struct condition *c)
{
    if (c->frozen && c->stop < MACHINE_POWER_OFF) return "a machine that stands has a reason";
    return !c->frozen && c->stop != MACHINE_TICKS ? "a machine that goes on has no reason to stand" : NULL;
}

STATE_LAYOUT_OF(condition_state, "machine", CONDITION_STATE, condition_invariant);

/* --- what there is --- */

const struct state_layout *state_image_part(const struct machine *m, unsigned n, const char **name, size_t *at)
{
    size_t place = state_bytes(&condition_state);

    if (n > m->parts) return NULL;
    *at = n ? place : 0;
    *name = n ? m->part[n - 1].name : condition_state.name;
    if (!n) return &condition_state;
    for (unsigned i = 0; i + 1 < n; i++) *at += state_bytes(m->part[i].layout);
    return m->part[n - 1].layout;
}

/* Every line of the board, in one order. */
static void each_line(struct machine *m, void (*one)(void *context, struct line *line), void *context)
{
    struct pci *p = &m->pci;
    struct { struct line *first; unsigned count; } rows[] = {
        { m->irq, ARRAY_COUNT(m->irq) }, { m->com_irq, ARRAY_COUNT(m->com_irq) }, { &m->intr_master, 1 }, { &m->intr_slave, 1 }, { &m->a20, 1 },
        { &m->reset_cpu, 1 }, { &m->soft_off, 1 }, { &p->smbus_interrupt, 1 }, { &p->smi, 1 }, { &p->usb_interrupt, 1 },
        { p->hpet_pin, ARRAY_COUNT(p->hpet_pin) }, { p->hpet_legacy, ARRAY_COUNT(p->hpet_legacy) }, { p->irq, ARRAY_COUNT(p->irq) },
        { p->ata_irq, ARRAY_COUNT(p->ata_irq) },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        for (unsigned n = 0; n < rows[i].count; n++) one(context, rows[i].first + n);
    for (unsigned n = 0; n < PCI_SLOTS; n++) one(context, &p->card[n].inta);
    for (unsigned n = 0; n < CONFIG_NICS; n++) one(context, &m->ne2k[n].irq);
}

/* --- taking --- */

static bool make_room(struct state_image *image, size_t size)
{
    if (image->room - image->size >= size) return true;
    size_t room = image->size + size + image->room / 2;
    u8 *more = realloc(image->bytes, room);
    if (!more) return false;
    image->bytes = more;
    image->room = room;
    return true;
}

struct taking {
    struct state_image *image;
    bool failed;
};

static void take_bytes(void *context, const void *bytes, size_t size)
{
    struct taking *t = context;

    t->failed |= !make_room(t->image, size);
    if (t->failed) return;
    memcpy(t->image->bytes + t->image->size, bytes, size);
    t->image->size += size;
}

static void take_line(void *context, struct line *line)
{
    u8 level = line->level;
    take_bytes(context, &level, 1);
}

static void take_translations(struct taking *t, const struct cpu *cpu)
{
    size_t size = cpu_save_translations(cpu, NULL, 0);
    u8 head[8];

    put64(head, size);
    take_bytes(t, head, sizeof head);
    t->failed |= !make_room(t->image, size);
    if (t->failed) return;
    cpu_save_translations(cpu, t->image->bytes + t->image->size, size);
    t->image->size += size;
}

static struct condition condition_of(const struct machine *m)
{
    struct condition c = { .now = m->clock.time.now, .frozen = m->frozen };

    if (!m->frozen) return c;
    c.stop = (u8)m->stop.kind;
    c.code = (u32)m->stop.code;
    memcpy(c.text, m->stop.text, sizeof c.text);
    return c;
}

bool state_image_take(struct machine *m, struct state_image *image)
{
    struct taking t = { .image = image };
    struct condition condition = condition_of(m);

    image->size = 0;
    for (unsigned n = 0; n < m->processors; n++) cpu_settle(m->processor[n].cpu);
    state_each_byte(&condition_state, &condition, take_bytes, &t);
    for (unsigned i = 0; i < m->parts; i++) state_each_byte(m->part[i].layout, m->part[i].instance, take_bytes, &t);
    each_line(m, take_line, &t);
    for (unsigned n = 0; n < m->processors; n++) take_translations(&t, m->processor[n].cpu);
    return !t.failed;
}

void state_image_free(struct state_image *image)
{
    free(image->bytes);
    *image = (struct state_image){ 0 };
}

bool state_image_add_perturb(struct machine *m, struct state_image *image)
{
    const char *name;
    size_t at;
    const struct state_layout *layout = state_image_part(m, m->parts, &name, &at);
    struct perturb begun;
    struct taking part = { .image = &(struct state_image){ 0 } };

    assert(layout == &perturb_state);
    if (at > image->size) return true;                   /* it is no state, and somebody will say so */
    perturb_begin(m, &begun);
    state_each_byte(layout, &begun, take_bytes, &part);
    size_t size = part.image->size;
    bool ok = !part.failed && make_room(image, size);
    if (ok) {
        memmove(image->bytes + at + size, image->bytes + at, image->size - at);
        memcpy(image->bytes + at, part.image->bytes, size);
        image->size += size;
    }
    state_image_free(part.image);
    return ok;
}

/* --- putting --- */

struct reading {
    const u8 *at;
};

static void put_line(void *context, struct line *line) { line->level = *((struct reading *)context)->at++ != 0; }
static void count_line(void *context, struct line *line) { (void)line, ++*(size_t *)context; }

/* Everything but memory and translations.  What the processors' translations begin at. */
static const u8 *put_values(struct machine *m, const u8 *bytes)
{
    struct condition c;
    struct reading r;

    state_load(&condition_state, &c, bytes);
    m->clock.time.now = c.now;
    m->frozen = c.frozen;
    m->stop = (struct machine_stop){ .kind = (enum machine_stop_kind)c.stop, .code = (int)c.code };
    memcpy(m->stop.text, c.text, sizeof m->stop.text - 1);
    bytes += state_bytes(&condition_state);
    for (unsigned i = 0; i < m->parts; i++) {
        state_load(m->part[i].layout, m->part[i].instance, bytes);
        bytes += state_bytes(m->part[i].layout);
    }
    r.at = bytes;
    each_line(m, put_line, &r);
    sb16_card_derive(m);
    return r.at;
}

/* The size that parts and lines take, and translations that are some. */
static bool well_made(struct machine *m, const struct state_image *image, struct error *err)
{
    size_t size = state_bytes(&condition_state), left;

    for (unsigned i = 0; i < m->parts; i++) size += state_bytes(m->part[i].layout);
    each_line(m, count_line, &size);
    if (image->size < size) return fail(err, "the state has %zu bytes, that of this machine %zu and more", image->size, size);
    const u8 *at = image->bytes + size;
    left = image->size - size;
    for (unsigned n = 0; n < m->processors; n++) {
        u64 bytes = left >= 8 ? get64(at) : UINT64_MAX;
        if (left < 8 || bytes > left - 8 || !cpu_translations_sound(at + 8, (size_t)bytes)) return fail(err, "cpu%u: its translations are none", n);
        at += 8 + bytes;
        left -= 8 + bytes;
    }
    return !left || fail(err, "the state has %zu bytes too many", left);
}

/* Which value no machine can have, of those that have just been put. */
static bool possible(const struct machine *m, const u8 *bytes, struct error *err)
{
    struct condition c;

    state_load(&condition_state, &c, bytes);
    const struct state_field *f = state_out_of_range(&condition_state, &c);
    if (f) return fail(err, "machine: %s is out of range", f->name);
    const char *unsound = condition_state.broken(&c);
    if (unsound) return fail(err, "machine: it is not so that %s", unsound);
    for (unsigned i = 0; i < m->parts; i++) {
        const struct machine_part *part = &m->part[i];
        f = state_out_of_range(part->layout, part->instance);
        if (f) return fail(err, "%s: %s is out of range", part->name, f->name);
    }
    for (unsigned i = 0; i < m->parts; i++) {
        const struct machine_part *part = &m->part[i];
        const char *broken = part->layout->broken ? part->layout->broken(part->instance) : NULL;
        if (broken) return fail(err, "%s: it is not so that %s", part->name, broken);
    }
    if (m->turn.current >= m->processors) return fail(err, "turn: current is the number of no processor");
    return true;
}

/* Chips that are told where they are decoded may drive lines: what they were told is put a second time. */
static void derive(struct machine *m, const u8 *bytes)
{
    const u8 *at;

    m->reset_wanted = m->stop_requested = m->alone = false;
    sounds_derive(m);
    if (m->pci.present) pci_derive(m);
    video_derive(m);
    at = put_values(m, bytes);
    clock_derive(&m->clock);
    for (unsigned n = 0; n < m->processors; n++) {
        size_t size = (size_t)get64(at);
        cpu_derive(m->processor[n].cpu, at + 8, size);
        at += 8 + size;
    }
}

bool state_image_possible(struct machine *m, const struct state_image *image, struct error *err)
{
    struct state_image before = { 0 };

    if (!well_made(m, image, err)) return false;
    if (!state_image_take(m, &before)) return fail(err, "the host has no memory for another state");
    put_values(m, image->bytes);
    bool ok = possible(m, image->bytes, err);
    put_values(m, before.bytes);
    state_image_free(&before);
    return ok;
}

void state_image_put(struct machine *m, const struct state_image *image)
{
    put_values(m, image->bytes);
    derive(m, image->bytes);
}
