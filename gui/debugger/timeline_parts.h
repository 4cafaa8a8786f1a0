#ifndef ORRERY_DEBUGGER_TIMELINE_PARTS_H
#define ORRERY_DEBUGGER_TIMELINE_PARTS_H
/* For the files of the timeline alone. */
#include "gui/debugger/timeline.h"

enum { TIMELINE_EVENTS = 1 << 18 };
struct timeline_event {
    struct cpu_heard heard;
    u8 processor;
};
/* What lasts: each has a value at any time. */
enum timeline_state { TIMELINE_MODE, TIMELINE_CPL, TIMELINE_ADDRESS_SPACE, TIMELINE_STATES };
struct timeline {
    struct machine *machine;
    unsigned processors;
    bool listening;
    u64 began, ended;
    u64 ips;
    struct timeline_listener {
        struct timeline *timeline;
        struct cpu *cpu;
        u64 at_first[TIMELINE_STATES];   /* what held before the oldest event that is kept */
    } *listener;                 /* one a processor */
    u64 count;                   /* events so far; the last TIMELINE_EVENTS are kept */
    struct timeline_event *event;
};

static inline u64 timeline_kept(const struct timeline *t) { return t->count < TIMELINE_EVENTS ? t->count : TIMELINE_EVENTS; }
static inline const struct timeline_event *timeline_at(const struct timeline *t, u64 oldest_is_0)
{
    return &t->event[(t->count - timeline_kept(t) + oldest_is_0) % TIMELINE_EVENTS];
}
u64 timeline_end(const struct timeline *t);                      /* the tick of now, or of the pause */
u64 timeline_first(const struct timeline *t);                    /* the tick from which on all is kept */
/* Which of the states an event changes; TIMELINE_STATES: none. */
enum timeline_state timeline_state_of(enum cpu_break_kind kind);
const char *timeline_state_text(enum timeline_state state, u64 value, char *text, size_t size);
/* "#PF, error code 2", "interrupt 20h" */
const char *timeline_text(const struct timeline_event *e, char *text, size_t size);

/* Every stretch of time in which a state of a processor had one value. */
typedef void timeline_stretch(void *context, unsigned processor, enum timeline_state state, u64 value, u64 from, u64 to);
void timeline_each_stretch(const struct timeline *t, timeline_stretch *take, void *context);

#endif
