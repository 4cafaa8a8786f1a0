/* Text typed on the guest's keyboard: a key change an event, as on a US keyboard.           doc: machine */
#include "devices/board/board.h"
#include "devices/us_keyboard.h"

enum { LEFT_SHIFT = 0xe1, DOWN = 0x100 };

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

void typing_init(struct machine *m) { clock_add(&m->clock, &m->typing.next, on_next, m); }

static bool queue_key(struct typing *t, unsigned change)
{
    if (t->used == TYPE_QUEUE) return false;
    t->key[(t->head + t->used++) % TYPE_QUEUE] = (u16)change;
    return true;
}

bool typing_add(struct machine *m, const char *text)
{
    struct typing *t = &m->typing;
    bool all = true, shift;

    for (; *text; text++) {
        u8 usage = us_keyboard_usage(*text == '\r' ? '\n' : *text, &shift);
        if (!usage) {
            all = false;
            continue;
        }
        if (shift) all &= queue_key(t, LEFT_SHIFT | DOWN);
        all &= queue_key(t, usage | DOWN) && queue_key(t, usage);
        if (shift) all &= queue_key(t, LEFT_SHIFT);
    }
    if (t->used && t->next.at == NEVER) schedule(m, 1);
    return all;
}

bool machine_typing(const struct machine *m) { return m->typing.used; }
