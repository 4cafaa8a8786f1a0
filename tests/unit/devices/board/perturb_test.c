/* What varies by a seed: within its bounds, one place each, and nothing that a manual fixes. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/board/board.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

static struct machine *machine_of(struct perturb_config perturb)
{
    struct machine_config *config = malloc(sizeof *config);
    struct error err = { 0 };

    machine_config_defaults(config);
    config->memory_bytes = 4 << 20;
    config->vga.memory_mib = 4;
    config->perturb = perturb;
    strcpy(config->cpu_model, "pentium");
    strcpy(config->floppy[0].path, DEMO_DISK);
    struct machine *m = machine_create(config, &err);
    free(config);
    cr_assert(m, "%s", err.text);
    return m;
}
#define MACHINE(m, ...) struct machine *m = machine_of((struct perturb_config){ __VA_ARGS__ })

Test(perturb, a_seed_alone_is_no_part_of_the_machine)
{
    MACHINE(m, .seed = 9);
    const void *instance;

    cr_expect_null(machine_device_state(m, "perturb", &instance));
    cr_expect_null(m->clock.vary);
    machine_destroy(m);
}

/* A request that goes up, and the tick at which the processor's core sees it. */
static u64 lateness(struct machine *m)
{
    u64 begun = clock_now(&m->clock);

    perturb_holds(m, 0, false);
    if (!perturb_holds(m, 0, true)) return 0;
    cr_assert_eq(m->perturb.slot[0], SLOT_HELD);
    cr_assert_gt(m->perturb.open[0].at, begun);
    return m->perturb.open[0].at - begun;
}

Test(perturb, an_interrupt_is_late_by_the_given_ticks_at_most)
{
    enum { MOST = 50, TIMES = 3000 };
    MACHINE(m, .timer_ticks = MOST);
    bool seen[MOST + 1] = { 0 };

    for (unsigned i = 0; i < TIMES; i++) {
        u64 late = lateness(m);
        cr_assert_leq(late, MOST);
        seen[late] = true;
    }
    for (unsigned late = 0; late <= MOST; late++) cr_expect(seen[late], "%u never was", late);
    machine_destroy(m);
}

Test(perturb, a_request_that_goes_is_not_handed_on)
{
    MACHINE(m, .timer_ticks = 1000000);

    while (!perturb_holds(m, 0, true)) perturb_holds(m, 0, false);
    perturb_holds(m, 0, false);
    cr_expect_eq(m->perturb.open[0].at, NEVER);
    cr_expect_eq(m->perturb.slot[0], SLOT_IDLE);
    machine_destroy(m);
}

Test(perturb, timers_are_true_and_work_takes_so_many_per_cent_more_or_less)
{
    enum { SPAN = 1000, PERCENT = 30 };
    MACHINE(m, .completion_percent = PERCENT);
    struct event *work = &m->fdc.pulse[1];
    u64 least = NEVER, most = 0;

    cr_expect(!m->pit.change[0].varies && !m->cmos.update.varies && !m->com[0].sent.varies && !m->fdc.work.varies, "what a manual fixes");
    cr_expect(m->fdc.pulse[0].varies && m->fdc.pulse[3].varies);
    for (unsigned i = 0; i < 3000; i++) {
        clock_at(&m->clock, work, clock_now(&m->clock) + SPAN);
        u64 span = work->at - clock_now(&m->clock);
        if (span < least) least = span;
        if (span > most) most = span;
    }
    cr_expect_eq(least, SPAN - SPAN * PERCENT / 100);
    cr_expect_eq(most, SPAN + SPAN * PERCENT / 100);
    clock_at(&m->clock, work, clock_now(&m->clock));
    cr_expect_eq(work->at, clock_now(&m->clock), "what is due at once is");
    machine_destroy(m);
}

Test(perturb, memory_at_power_on_is_the_seeds_and_a_clones_is_its_own)
{
    MACHINE(a, .seed = 3, .ram = PERTURB_RANDOM);
    MACHINE(b, .seed = 3, .ram = PERTURB_RANDOM);
    MACHINE(c, .seed = 4, .ram = PERTURB_RANDOM);

    cr_expect_eq(machine_hash(a), machine_hash(b));
    cr_expect_neq(machine_hash(a), machine_hash(c));
    cr_expect_neq(a->ram[0x5000] | a->ram[0x5001] | a->ram[0x5002] | a->ram[0x5003], 0);
    machine_become_clone(a, 1);
    cr_expect(memcmp(a->ram, b->ram, 4096), "before the first tick");
    machine_run(b, 100);
    u8 before = b->ram[0x5000];
    machine_become_clone(b, 1);
    cr_expect_eq(b->ram[0x5000], before, "a machine that has run keeps its memory");
    cr_expect_eq(a->perturb.slots, b->perturb.slots, "and gets the clone's numbers");
    cr_expect_neq(a->perturb.slots, c->perturb.slots);
    machine_destroy(a);
    machine_destroy(b);
    machine_destroy(c);
}

Test(perturb, a_snapshot_of_before_begins_to_vary)
{
    char path[TEST_ROOM];
    struct error err = { 0 };
    MACHINE(plain, .seed = 1);
    MACHINE(first, .seed = 1, .timer_ticks = 300, .completion_percent = 20);
    MACHINE(second, .seed = 1, .timer_ticks = 300, .completion_percent = 20);

    close(test_file(path));
    machine_run(plain, 20000000);
    machine_run(second, 1234567);                        /* what it was before is nobody's business */
    cr_assert(machine_save(plain, path, "", true, NULL, &err), "%s", err.text);
    cr_assert(machine_restore(first, path, &err), "%s", err.text);
    cr_assert(machine_restore(second, path, &err), "%s", err.text);
    cr_expect_eq(machine_hash(first), machine_hash(second));
    machine_run(first, 10000000);
    machine_run(second, 4000000);
    machine_run(second, 6000000);
    cr_expect_eq(machine_hash(first), machine_hash(second));
    cr_assert(machine_save(first, path, "", true, NULL, &err), "%s", err.text);
    cr_expect(!machine_restore(plain, path, &err) && strstr(err.text, "perturb slots"), "what varies cannot stop varying: %s", err.text);
    unlink(path);
    machine_destroy(plain);
    machine_destroy(first);
    machine_destroy(second);
}
