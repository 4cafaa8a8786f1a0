/* Machines of one process on one virtual clock, and the LAN between them. */
#include <criterion/criterion.h>

#include "devices/board/board.h"
#include "gui/together.h"

enum { NE = 0x300, CR = 0, PSTART, PSTOP, BNRY, TPSR, TBCR0, TBCR1, ISR, RCR = 12, TCR, DCR, CURR = 7, START = 0x22, STOP = 0x21, TRANSMIT = 0x26, PAGE_1 = 0x40, RING = 0x46 };
enum { FRAMES = 20, MICROSECOND = 1000 };

struct course {
    u64 ips;
    unsigned sends;              /* frames, each longer than the one before */
    u64 hash;
    u8 curr;                     /* of the ring at the end */
    bool ended_early;
};

static void out(struct machine *m, unsigned reg, u8 value) { ports_write(m->ports, (u16)(NE + reg), 1, value); }

static struct machine *build(struct partner *partner, u64 ips)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.ips = ips;
    config.ne2k[0] = (struct nic_config){ .present = true, .ioaddr = NE, .irq = 5, .ethmod = NETWORK_LAN, .ethdev = "wire" };
    config.seat = together_seat(partner);
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    const struct { u8 reg, value; } set[] = { { CR, STOP }, { DCR, 0x48 }, { RCR, 0x10 }, { TCR, 0 }, { PSTART, RING }, { PSTOP, 0x80 }, { BNRY, RING },
                                              { CR, STOP | PAGE_1 }, { CURR, RING + 1 }, { CR, START }, { TPSR, 0x40 } };
    for (unsigned i = 0; i < ARRAY_COUNT(set); i++) out(m, set[i].reg, set[i].value);
    return m;
}

/* POST runs all the while; a frame goes every 2 virtual ms, at ticks that no slice knows of. */
static void body(struct partner *partner, void *context)
{
    struct course *c = context;
    struct machine *m = build(partner, c->ips);
    u64 step = c->ips / 500 + 7;

    for (unsigned n = 0; n < FRAMES; n++) {
        together_run(partner, m, step);
        if (n >= c->sends) continue;
        out(m, TBCR0, (u8)(60 + 9 * n)), out(m, TBCR1, 0), out(m, CR, TRANSMIT);
        if (c->ended_early && n == 3) break;
    }
    if (!c->ended_early) together_run(partner, m, 3 * c->ips / 100 - machine_tick(m) % 1000);
    c->hash = machine_hash(m);
    c->curr = m->ne2k[0].chip.curr;
    machine_destroy(m);
}

static void run_three(struct course *courses, u64 slice_us, u64 delay_us)
{
    void *contexts[3] = { &courses[0], &courses[1], &courses[2] };

    courses[0] = (struct course){ .ips = 50000000, .sends = FRAMES };
    courses[1] = (struct course){ .ips = 33000000, .sends = 5 };
    courses[2] = (struct course){ .ips = 50000000 };
    cr_assert(together_run_all(3, slice_us * MICROSECOND, delay_us * MICROSECOND, body, contexts));
}

Test(together, slices_of_any_length_are_the_same_run)
{
    struct course whole[3], cut[3];
    static const u64 slices_us[] = { 100, 41, 3 };

    run_three(whole, 100, 100);
    cr_expect_eq(whole[2].curr, RING + 1 + FRAMES + 5, "a page a frame: %x", whole[2].curr);
    cr_expect_eq(whole[0].curr, RING + 1 + 5);
    cr_expect_eq(whole[1].curr, RING + 1 + FRAMES);
    for (unsigned i = 0; i < ARRAY_COUNT(slices_us); i++) {
        run_three(cut, slices_us[i], 100);
        for (unsigned n = 0; n < 3; n++) cr_expect_eq(cut[n].hash, whole[n].hash, "machine %u, slices of %llu us", n, (unsigned long long)slices_us[i]);
    }
}

/* The first machine sends after a millisecond; the other one notes when the frame has come. */
static void note_arrival(struct partner *partner, void *context)
{
    u64 *tick = context;
    struct machine *m = build(partner, 50000000);

    if (!together_number(partner)) together_run(partner, m, 50000), out(m, TBCR0, 60), out(m, CR, TRANSMIT), together_run(partner, m, 50000);
    else while (m->ne2k[0].chip.curr == RING + 1 && machine_tick(m) < 500000) together_run(partner, m, 50);
    *tick = machine_tick(m);
    machine_destroy(m);
}

Test(together, a_frame_takes_the_delay_and_comes_when_the_card_looks_next)
{
    static const struct { u64 delay_us, tick; } rows[] = { { 100, 75000 }, { 400, 75000 }, { 600, 100000 }, { 1000, 125000 } };

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        u64 sender, receiver;
        void *contexts[2] = { &sender, &receiver };
        cr_assert(together_run_all(2, 100 * MICROSECOND, rows[i].delay_us * MICROSECOND, note_arrival, contexts));
        u64 sent = 50000 + (8 + 60 + 4) * 40 + 480, bits = (60 + 24) * 40;       /* the sender's bytes at 10 Mbit/s and its gap; the receiver's */
        cr_expect_geq(receiver, sent + rows[i].delay_us * 50 + bits);
        cr_expect(receiver >= rows[i].tick + bits && receiver <= rows[i].tick + bits + 50, "%llu us: tick %llu", (unsigned long long)rows[i].delay_us, (unsigned long long)receiver);
    }
}

Test(together, what_one_sent_before_it_ended_still_comes)
{
    struct course courses[2] = { { .ips = 50000000, .sends = FRAMES, .ended_early = true }, { .ips = 50000000 } };
    void *contexts[2] = { &courses[0], &courses[1] };

    cr_assert(together_run_all(2, 100 * MICROSECOND, 100 * MICROSECOND, body, contexts));
    cr_expect_eq(courses[1].curr, RING + 1 + 3, "the fourth was not yet on the cable");
}
