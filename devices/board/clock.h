#ifndef ORRERY_BOARD_CLOCK_H
#define ORRERY_BOARD_CLOCK_H
/* The one clock.  A tick is one instruction; `ips` ticks make a virtual second.        doc: clock */
#include "cpu/cpu.h"

#define NEVER UINT64_MAX

/* A call at a tick.  Its owner embeds it in its state list (type `event`).  Events of one tick fire in the order
 * in which they were added, so nothing depends on allocation or history. */
struct event {
    u64 at;                      /* tick, or NEVER: this is the state; it must stay the first member */
    void (*fire)(void *owner);   /* wire, set by clock_add */
    void *owner;
    u32 order;                   /* derived: place among the events of one tick */
    u32 slot;                    /* derived: place in the clock's heap + 1, 0 while not waiting */
    bool varies;                 /* fixed: the end of work, whose time the clock's `vary` says */
};

/* A divided clock in exact rational arithmetic: num/den cycles a virtual second. */
struct rate {
    u64 num, den;
};
#define RATE_PIT ((struct rate){ 14318180, 12 })        /* 1.193181666 MHz */
#define RATE_RTC ((struct rate){ 32768, 1 })

struct clock {
    struct cpu_time time;        /* now and the tick of the next event; the processor works on it too */
    u64 ips;                     /* ticks a virtual second */
    u64 limit;                   /* derived: no run goes past this tick; NEVER without one */
    struct event **heap;         /* derived: waiting events, earliest first */
    struct event **all;          /* every one, by its order */
    u32 waiting, room, added;
    u64 (*vary)(void *varies, u64 span);     /* ticks that work takes which usually takes `span`; NULL: no event varies */
    void *varies;
    bool held;                   /* the board waits for a person: what is due stays due */
};

void clock_init(struct clock *clock, u64 ips);
void clock_free(struct clock *clock);

/* Introduces an event, once, when the board is built; it is not scheduled yet. */
void clock_add(struct clock *clock, struct event *event, void (*fire)(void *owner), void *owner);

/* (Re)schedules: fire is called when now reaches tick; a tick that has passed means as soon as possible, after the
 * current instruction.  From within its own fire, an event must be put later than now. */
void clock_at(struct clock *clock, struct event *event, u64 tick);
void clock_cancel(struct clock *clock, struct event *event);

static inline u64 clock_now(const struct clock *clock) { return clock->time.now; }

/* The time and the ticks of events have been given other values: what is derived of them. */
void clock_derive(struct clock *clock);

/* Until further notice the deadline is no later than tick, whatever is scheduled meanwhile. */
void clock_set_limit(struct clock *clock, u64 tick);

/* Fires all events that are due at now; sets time.deadline to the tick of the next one or the limit. */
void clock_fire_due(struct clock *clock);

/* Whole cycles of a divided clock since tick 0; the first tick at which that many have passed.  Exact. */
u64 clock_cycles(const struct clock *clock, struct rate rate);
u64 clock_tick_of_cycle(const struct clock *clock, struct rate rate, u64 cycle);

/* Ticks of a span of virtual time, rounded up, at least 1. */
u64 clock_ticks_of_ns(const struct clock *clock, u64 nanoseconds);

#endif
