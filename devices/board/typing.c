/* Text typed on the guest's keyboard: a key change an event, as its layout has the characters.           doc: machine */
#include "devices/board/board.h"

enum { DOWN = 0x100 };

#define STATE_OWNER struct typing
STATE_LAYOUT(typing_state, "typing", TYPING_STATE);

static void schedule(struct machine *m, u64 after_ticks)
{
    clock_at(&m->clock, &m->typing.next, clock_now(&m->clock) + after_ticks);
}

static void on_next(void *owner)
{
    struct machine *m = owner;
    struct typing *t = &m->typing;

    if (!t->used) return;
    keyboard_mf2_key(&m->keyboard, (u8)t->key[t->head], t->key[t->head] & DOWN);
    t->head = (t->head + 1) % TYPE_QUEUE;
    if (--t->used) schedule(m, clock_ticks_of_ns(&m->clock, m->config.keyboard_paste_delay_us * 500ull));
}

bool typing_init(struct machine *m, struct error *err)
{
    clock_add(&m->clock, &m->typing.next, on_next, m);
    keymap_us(&m->keymap);
    return !m->config.keymap[0] || keymap_read(&m->keymap, m->config.keymap, err);
}

static bool queue_key(struct typing *t, unsigned change)
{
    if (t->used == TYPE_QUEUE) return false;
    t->key[(t->head + t->used++) % TYPE_QUEUE] = (u16)change;
    return true;
}

bool typing_add(struct machine *m, const char *text)
{
    struct typing *t = &m->typing;
    bool all = true;

    for (u8 c; (c = keymap_next(&text, &all)) != 0;) {
        u8 usage = m->keymap.key[c].usage;
        const u8 *modifier = m->keymap.key[c].modifier;
        if (!usage) {
            all = false;
            continue;
        }
        for (unsigned i = 0; i < 2; i++) all &= !modifier[i] || queue_key(t, modifier[i] | DOWN);
        all &= queue_key(t, usage | DOWN) && queue_key(t, usage);
        for (unsigned i = 2; i--;) all &= !modifier[i] || queue_key(t, modifier[i]);
    }
    if (t->used && t->next.at == NEVER) schedule(m, 1);
    return all;
}

bool machine_typing(const struct machine *m) { return m->typing.used; }
