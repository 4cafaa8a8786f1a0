/* A machine goes back to what it was, and comes from there to where it had been. */
#include <stdio.h>
#include <string.h>

#include "devices/board/board.h"
#include "devices/board/checkpoint.h"
#include "tests/unit/devices/bench.h"

/* The demo disk on a machine with one of everything that needs no host. */
static struct machine *machine_with_all(const char *model, unsigned processors)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 16 << 20;
    strcpy(config.floppy[0].path, "builtin:demo");
    snprintf(config.cpu_model, sizeof config.cpu_model, "%s", model);
    config.cpu_count = processors;
    config.sb16.enabled = config.usb.enabled = true;
    config.gameport = true;
    if (!strcmp(model, "i486dx4")) config.usb.enabled = false;
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    return m;
}

static void there_and_back(const char *model, unsigned processors, u64 first, u64 second)
{
    struct machine *m = machine_with_all(model, processors);
    struct memory_tracker t;

    cr_assert(tracker_begin(&t, m));
    machine_run(m, first);
    struct checkpoint *c = checkpoint_take(&t);
    u64 then = machine_hash(m);
    machine_run(m, second);
    u64 later = machine_hash(m);
    cr_assert_neq(then, later);
    for (unsigned round = 0; round < 3; round++) {
        checkpoint_put(&t, c);
        cr_assert_eq(machine_hash(m), then, "round %u: the state of tick %llu", round, (unsigned long long)first);
        machine_run(m, second / 3);
        machine_run(m, second - second / 3);
        cr_assert_eq(machine_hash(m), later, "round %u: the state behind it", round);
    }
    checkpoint_free(c);
    tracker_end(&t);
    machine_destroy(m);
}

Test(checkpoint, an_at_comes_back_and_goes_the_same_way) { there_and_back("i486dx4", 1, 3000000, 20000000); }
Test(checkpoint, a_pci_board_does) { there_and_back("corei7_haswell", 1, 7654321, 20000000); }
Test(checkpoint, two_processors_do) { there_and_back("corei7_haswell", 2, 5000001, 9000000); }
Test(checkpoint, from_before_the_first_instruction_too) { there_and_back("pentium", 1, 0, 30000000); }

/* --- history: any tick again --- */

static u64 hash_at[64];

Test(history, every_tick_comes_back_with_its_hash)
{
    struct machine *m = machine_with_all("corei7_haswell", 1);
    struct error err = { 0 };
    struct machine_history history;
    enum { STEP = 700001, STEPS = 40 };

    cr_assert(machine_keep_history(m, 64 << 20, &err), "%s", err.text);
    for (unsigned i = 0; i < STEPS; i++) {
        machine_run(m, STEP);
        if (i == 10) machine_key(m, 4, true);
        if (i == 12) machine_key(m, 4, false);
        hash_at[i] = machine_hash(m);
    }
    for (unsigned n = 0; n < 60; n++) {
        unsigned i = n * 17 % STEPS;
        cr_assert(machine_go_to(m, (i + 1ull) * STEP, &err), "%s", err.text);
        cr_assert_eq(machine_hash(m), hash_at[i], "at step %u", i);
    }
    cr_assert(machine_go_to(m, STEP, &err));
    cr_assert(machine_history(m, &history) && history.in_past && history.present == (u64)STEP * STEPS);
    machine_key(m, 5, true);                             /* ignored: it is the past */
    machine_run(m, (u64)STEP * (STEPS - 1));
    cr_assert(machine_history(m, &history) && !history.in_past);
    cr_assert_eq(machine_hash(m), hash_at[STEPS - 1]);
    cr_assert(!machine_go_to(m, (u64)STEP * STEPS + 1, &err));
    machine_destroy(m);
}

Test(history, whoever_takes_over_lives_another_life)
{
    struct machine *m = machine_with_all("pentium", 1);
    struct error err = { 0 };
    struct machine_history history;

    cr_assert(machine_keep_history(m, 64 << 20, &err), "%s", err.text);
    machine_run(m, 20000000);
    machine_key(m, 4, true);
    machine_run(m, 1000000);
    u64 with_key = machine_hash(m);
    cr_assert(machine_go_to(m, 15000000, &err), "%s", err.text);
    cr_assert(machine_take_over(m, &err), "%s", err.text);
    cr_assert(machine_history(m, &history) && !history.in_past && history.present == 15000000);
    machine_run(m, 6000000);
    cr_assert_neq(machine_hash(m), with_key);
    machine_destroy(m);
}
