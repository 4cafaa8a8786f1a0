/* Limits of what a guest may put on the host, and of how often it may begin anew.             doc: limits */
#include "devices/board/limits.h"

#include <stdio.h>

#include "devices/board/board.h"

/* A loop of resets is one in which each comes sooner than this after the one before: POST and a floppy take some of it. */
enum { RESET_PAUSE_SECONDS = 10, SHUTDOWN_STATUS = 0x0f };

static const struct { const char *parameter, *what; } limit_names[HOST_LIMITS] = {
    [LIMIT_SERIAL] = { "serial", "to serial lines of the host" }, [LIMIT_DEBUG] = { "debug", "to port E9" },
    [LIMIT_NETWORK] = { "network", "to networks of the host" }, [LIMIT_LOG] = { "log", "to files that record what it does" },
};

/* The bucket fills with time, and holds what a second brings. */
static bool in_bucket(struct allowance *a, const struct clock *clock, u64 rate, u64 bytes)
{
    u64 now = clock_now(clock), passed = now - a->filled_at;
    u128 full = (u128)rate * clock->ips, filled = a->room + (u128)(passed < clock->ips ? passed : clock->ips) * rate, wanted = (u128)bytes * clock->ips;

    a->room = !a->begun || now < a->filled_at || filled > full ? full : filled;         /* a machine of the past is at a tick before */
    a->begun = true;
    a->filled_at = now;
    if (a->room < wanted) return false;
    a->room -= wanted;
    return true;
}

bool limits_allow(struct machine *m, enum host_limit which, u64 bytes)
{
    struct allowance *a = &m->allowance[which];
    u64 most = m->config.limits.bytes[which], rate = m->config.limits.rate[which];

    if (rate && !in_bucket(a, &m->clock, rate, bytes)) {
        if (!a->told) fprintf(stderr, "orrery: the guest sends more than %llu bytes a second %s: the rest is lost (limits: %s_rate=)\n", (unsigned long long)rate, limit_names[which].what, limit_names[which].parameter);
        a->told = true;
        return false;
    }
    if (most && (a->used >= most || bytes > most - a->used)) {
        board_stop(m, MACHINE_LIMIT, 0, "the guest has sent %llu bytes %s, and may send no more (limits: %s=)", (unsigned long long)a->used, limit_names[which].what, limit_names[which].parameter);
        return false;
    }
    a->used += bytes;
    return true;
}

/* IBM PC AT: a program of a 286 comes back from protected mode by a reset, and says so in CMOS. */
static bool comes_back(const struct machine *m) { return m->cmos.ram[SHUTDOWN_STATUS] != 0; }

bool limits_allow_reset(struct machine *m)
{
    struct board_watch *w = &m->watch;
    u64 now = clock_now(&m->clock);
    u32 most = m->config.limits.resets;
    char at[64];

    if (comes_back(m)) return true;
    w->resets = w->resets && now - w->reset_at < RESET_PAUSE_SECONDS * m->clock.ips ? w->resets + (w->resets < UINT32_MAX) : 1;
    w->reset_at = now;
    if (!most || w->resets < most) return true;
    board_where(m, at, sizeof at);
    board_stop(m, MACHINE_LIMIT, 0, "reset loop: %u resets, each within %d virtual seconds of the one before, the last at %s (limits: resets=)", w->resets, RESET_PAUSE_SECONDS, at);
    return false;
}
