#include "devices/board/clock.h"
#include "cpu/base/allocated.h"

#include <stdlib.h>

void clock_init(struct clock *clock, u64 ips)
{
    *clock = (struct clock){ .ips = ips, .limit = NEVER, .time = { .deadline = NEVER } };
}

void clock_free(struct clock *clock)
{
    free(clock->heap);
    free(clock->all);
    clock->heap = clock->all = NULL;
    clock->waiting = clock->room = clock->added = 0;
}

void clock_add(struct clock *clock, struct event *event, void (*fire)(void *owner), void *owner)
{
    *event = (struct event){ .at = NEVER, .fire = fire, .owner = owner, .order = clock->added };
    if (clock->added == clock->room) {
        clock->room = clock->room ? 2 * clock->room : 32;
        clock->heap = allocated(realloc(clock->heap, clock->room * sizeof *clock->heap));
        clock->all = allocated(realloc(clock->all, clock->room * sizeof *clock->all));
    }
    clock->all[clock->added++] = event;
}

/* --- a binary heap by (tick, order) --- */

static bool before(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void put(struct clock *clock, u32 place, struct event *event)
{
    clock->heap[place] = event;
    event->slot = place + 1;
}

static void sift_up(struct clock *clock, u32 place, struct event *event)
{
    while (place && before(event, clock->heap[(place - 1) / 2])) {
        put(clock, place, clock->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(clock, place, event);
}

static void sift_down(struct clock *clock, u32 place, struct event *event)
{
    for (;;) {
        u32 child = 2 * place + 1;
        if (child >= clock->waiting) break;
        if (child + 1 < clock->waiting && before(clock->heap[child + 1], clock->heap[child])) child++;
        if (!before(clock->heap[child], event)) break;
        put(clock, place, clock->heap[child]);
        place = child;
    }
    put(clock, place, event);
}

static void take_out(struct clock *clock, struct event *event)
{
    if (!event->slot) return;
    u32 place = event->slot - 1;
    struct event *last = clock->heap[--clock->waiting];
    event->slot = 0;
    if (last == event) return;
    if (place && before(last, clock->heap[(place - 1) / 2])) sift_up(clock, place, last);
    else sift_down(clock, place, last);
}

static void set_deadline(struct clock *clock)
{
    u64 event = clock->waiting ? clock->heap[0]->at : NEVER;
    clock->time.deadline = event < clock->limit ? event : clock->limit;
}

void clock_at(struct clock *clock, struct event *event, u64 tick)
{
    take_out(clock, event);
    if (event->varies && tick != NEVER && tick > clock->time.now) tick = clock->time.now + clock->vary(clock->varies, tick - clock->time.now);
    event->at = tick;
    if (tick != NEVER) sift_up(clock, clock->waiting++, event);
    set_deadline(clock);
}

void clock_derive(struct clock *clock)
{
    clock->waiting = 0;
    for (u32 n = 0; n < clock->added; n++) {
        struct event *event = clock->all[n];
        event->slot = 0;
        if (event->at != NEVER) sift_up(clock, clock->waiting++, event);
    }
    set_deadline(clock);
}

void clock_cancel(struct clock *clock, struct event *event)
{
    clock_at(clock, event, NEVER);
}

void clock_set_limit(struct clock *clock, u64 tick)
{
    clock->limit = tick;
    set_deadline(clock);
}

void clock_fire_due(struct clock *clock)
{
    while (!clock->held && clock->waiting && clock->heap[0]->at <= clock->time.now) {
        struct event *event = clock->heap[0];
        clock_cancel(clock, event);
        event->fire(event->owner);
    }
    set_deadline(clock);
}

u64 clock_cycles(const struct clock *clock, struct rate rate)
{
    return (u64)((u128)clock->time.now * rate.num / ((u128)rate.den * clock->ips));
}

u64 clock_tick_of_cycle(const struct clock *clock, struct rate rate, u64 cycle)
{
    u128 tick = ((u128)cycle * rate.den * clock->ips + rate.num - 1) / rate.num;
    return tick >= NEVER ? NEVER : (u64)tick;
}

u64 clock_ticks_of_ns(const struct clock *clock, u64 nanoseconds)
{
    u64 ticks = (u64)(((u128)nanoseconds * clock->ips + 999999999) / 1000000000);
    return ticks ? ticks : 1;
}
