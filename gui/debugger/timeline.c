/* What the processors went through, as they tell it.                                          doc: timeline */
#include <stdio.h>
#include <stdlib.h>

#include "cpu/base/allocated.h"
#include "gui/debugger/timeline_parts.h"

typedef unsigned long long llu;

/* --- listening --- */

enum timeline_state timeline_state_of(enum cpu_break_kind kind)
{
    return kind == CPU_CATCH_MODE ? TIMELINE_MODE : kind == CPU_CATCH_CPL ? TIMELINE_CPL : kind == CPU_CATCH_ADDRESS_SPACE ? TIMELINE_ADDRESS_SPACE : TIMELINE_STATES;
}

/* The event that is about to be lost says what holds at the beginning of the others. */
static void lose_oldest(struct timeline *t)
{
    const struct timeline_event *e = &t->event[t->count % TIMELINE_EVENTS];
    enum timeline_state state = timeline_state_of(e->heard.kind);

    if (state != TIMELINE_STATES) t->listener[e->processor].at_first[state] = e->heard.number;
}

static void hear(void *context, const struct cpu_heard *heard)
{
    struct timeline_listener *l = context;
    struct timeline *t = l->timeline;

    if (timeline_state_of(heard->kind) != TIMELINE_STATES && heard->number == heard->value) return;
    if (t->count >= TIMELINE_EVENTS) lose_oldest(t);
    t->event[t->count++ % TIMELINE_EVENTS] = (struct timeline_event){ .heard = *heard, .processor = (u8)(l - t->listener) };
}

struct timeline *timeline_begin(struct machine *machine)
{
    static const u32 kinds = 1u << CPU_CATCH_FAULT | 1u << CPU_CATCH_INTERRUPT | 1u << CPU_CATCH_MODE | 1u << CPU_CATCH_TASK | 1u << CPU_CATCH_ADDRESS_SPACE | 1u << CPU_CATCH_CPL |
                             1u << CPU_CATCH_SHUTDOWN;
    struct timeline *t = allocated(calloc(1, sizeof *t));
    struct cpu_view v;

    *t = (struct timeline){ .machine = machine, .processors = machine_processors(machine), .listening = true, .began = machine_tick(machine), .ips = machine_ips(machine) };
    t->listener = allocated(calloc(t->processors, sizeof *t->listener));
    t->event = allocated(malloc(TIMELINE_EVENTS * sizeof *t->event));
    for (unsigned n = 0; n < t->processors; n++) {
        struct timeline_listener *l = &t->listener[n];
        *l = (struct timeline_listener){ .timeline = t, .cpu = machine_processor(machine, n) };
        cpu_view(l->cpu, &v);
        l->at_first[TIMELINE_MODE] = cpu_mode(l->cpu);
        l->at_first[TIMELINE_CPL] = v.cpl;
        l->at_first[TIMELINE_ADDRESS_SPACE] = v.cr3;
        cpu_set_listener(l->cpu, kinds, hear, l);
    }
    return t;
}

void timeline_pause(struct timeline *t)
{
    if (!t->listening) return;
    t->listening = false;
    t->ended = machine_tick(t->machine);
    for (unsigned n = 0; n < t->processors; n++) cpu_set_listener(t->listener[n].cpu, 0, NULL, NULL);
}

bool timeline_listens(const struct timeline *t) { return t && t->listening; }

void timeline_free(struct timeline *t)
{
    if (!t) return;
    timeline_pause(t);
    free(t->event);
    free(t->listener);
    free(t);
}

/* --- asking --- */

u64 timeline_end(const struct timeline *t) { return t->listening ? machine_tick(t->machine) : t->ended; }
u64 timeline_first(const struct timeline *t) { return t->count <= TIMELINE_EVENTS ? t->began : timeline_at(t, 0)->heard.tick; }

void timeline_each_stretch(const struct timeline *t, timeline_stretch *take, void *context)
{
    for (unsigned n = 0; n < t->processors; n++) {
        u64 value[TIMELINE_STATES], since[TIMELINE_STATES];
        for (unsigned s = 0; s < TIMELINE_STATES; s++) value[s] = t->listener[n].at_first[s], since[s] = timeline_first(t);
        for (u64 i = 0; i < timeline_kept(t); i++) {
            const struct timeline_event *e = timeline_at(t, i);
            enum timeline_state s = timeline_state_of(e->heard.kind);
            if (e->processor != n || s == TIMELINE_STATES) continue;
            if (e->heard.tick > since[s]) take(context, n, s, value[s], since[s], e->heard.tick);
            value[s] = e->heard.number;
            since[s] = e->heard.tick;
        }
        for (unsigned s = 0; s < TIMELINE_STATES; s++)
            if (timeline_end(t) > since[s]) take(context, n, s, value[s], since[s], timeline_end(t));
    }
}

/* --- words --- */

const char *timeline_state_text(enum timeline_state state, u64 value, char *text, size_t size)
{
    if (state == TIMELINE_MODE) snprintf(text, size, "%s", cpu_mode_name((enum cpu_mode)value));
    else if (state == TIMELINE_CPL) snprintf(text, size, "CPL %llu", (llu)value);
    else snprintf(text, size, "CR3 %llx", (llu)value);
    return text;
}

const char *timeline_text(const struct timeline_event *e, char *text, size_t size)
{
    const struct cpu_heard *h = &e->heard;
    char now[64], before[64];
    enum timeline_state state = timeline_state_of(h->kind);

    if (state != TIMELINE_STATES)
        snprintf(text, size, "%s, before: %s", timeline_state_text(state, h->number, now, sizeof now), timeline_state_text(state, h->value, before, sizeof before));
    else if (h->kind == CPU_CATCH_FAULT) snprintf(text, size, "%s, error code %llx", cpu_vector_name((unsigned)h->number), (llu)h->value);
    else if (h->kind == CPU_CATCH_INTERRUPT) snprintf(text, size, "interrupt %02llxh", (llu)h->number);
    else if (h->kind == CPU_CATCH_TASK) snprintf(text, size, "task %04llx, before: %04llx", (llu)h->number, (llu)h->value);
    else snprintf(text, size, "triple fault");
    return text;
}

void timeline_show(const struct timeline *t, const struct symbols *symbols, u64 most)
{
    char text[160], name[SYMBOL_TEXT];
    u64 kept = timeline_kept(t), first = kept > most ? kept - most : 0;

    if (t->count > kept) printf("%llu older ones are not kept\n", (llu)(t->count - kept));
    for (u64 i = first; i < kept; i++) {
        const struct timeline_event *e = timeline_at(t, i);
        printf("%14llu  (%u) %04x:%016llx  CPL %u  %s", (llu)e->heard.tick, e->processor, e->heard.cs, (llu)e->heard.rip, e->heard.cpl, timeline_text(e, text, sizeof text));
        printf(*symbols_text(symbols, e->heard.la, name) ? "  <%s>\n" : "%s\n", name);
    }
}
