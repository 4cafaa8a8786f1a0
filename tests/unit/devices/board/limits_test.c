/* What a guest may put on the host, and how often it may begin anew. */
#include <criterion/criterion.h>

#include <string.h>

#include "devices/board/board.h"

static struct machine *machine_with(struct limits_config limits)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.limits = limits;
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    return m;
}

static void stops_with(struct machine *m, const char *text)
{
    struct machine_stop stop = machine_run(m, 1);
    cr_expect_eq(stop.kind, MACHINE_LIMIT);
    cr_expect(strstr(stop.text, text), "%s", stop.text);
}

Test(limits, all_bytes_but_not_one_more_may_go_out)
{
    struct machine *m = machine_with((struct limits_config){ .bytes = { [LIMIT_NETWORK] = 100 } });

    cr_expect(limits_allow(m, LIMIT_NETWORK, 60));
    cr_expect(limits_allow(m, LIMIT_NETWORK, 40));
    cr_expect(limits_allow(m, LIMIT_SERIAL, 1000), "each has its own");
    cr_expect(!m->frozen);
    cr_expect(!limits_allow(m, LIMIT_NETWORK, 1));
    stops_with(m, "100 bytes to networks of the host, and may send no more (limits: network=)");
    machine_destroy(m);
}

Test(limits, a_piece_that_is_too_long_for_what_is_left_stays)
{
    struct machine *m = machine_with((struct limits_config){ .bytes = { [LIMIT_LOG] = 100 } });

    cr_expect(limits_allow(m, LIMIT_LOG, 90));
    cr_expect(!limits_allow(m, LIMIT_LOG, 20));
    stops_with(m, "has sent 90 bytes");
    machine_destroy(m);
}

Test(limits, the_bucket_holds_a_second_and_fills_with_time)
{
    struct machine *m = machine_with((struct limits_config){ .rate = { [LIMIT_SERIAL] = 1000 } });
    u64 ips = machine_ips(m);

    m->clock.time.now = 5;
    cr_expect(limits_allow(m, LIMIT_SERIAL, 1000), "it is full at first");
    cr_expect(!limits_allow(m, LIMIT_SERIAL, 1));
    m->clock.time.now += ips / 1000 - 1;
    cr_expect(!limits_allow(m, LIMIT_SERIAL, 1), "a tick is missing to a byte");
    m->clock.time.now += 1;
    cr_expect(limits_allow(m, LIMIT_SERIAL, 1));
    cr_expect(!limits_allow(m, LIMIT_SERIAL, 1));
    m->clock.time.now += 100 * ips;
    cr_expect(limits_allow(m, LIMIT_SERIAL, 1000), "never more than a second's worth");
    cr_expect(!limits_allow(m, LIMIT_SERIAL, 1));
    cr_expect(!m->frozen, "what is too fast is lost, and stops nothing");
    machine_destroy(m);
}

static bool resets_after(struct machine *m, u64 seconds)
{
    m->clock.time.now += seconds * machine_ips(m);
    return limits_allow_reset(m);
}

Test(limits, resets_in_a_row_are_a_loop_and_others_are_not)
{
    struct machine *m = machine_with((struct limits_config){ .resets = 4 });

    for (unsigned n = 0; n < 20; n++) cr_expect(resets_after(m, 10), "a pause of ten seconds is one");
    for (unsigned n = 0; n < 2; n++) cr_expect(resets_after(m, 9));
    cr_expect(!resets_after(m, 9));
    stops_with(m, "reset loop: 4 resets");
    machine_reset(m);
    cr_expect(resets_after(m, 1), "a person begins anew");
    machine_destroy(m);
}

Test(limits, a_program_that_comes_back_by_a_reset_is_no_loop)            /* IBM PC AT Technical Reference, "Shutdown status byte" */
{
    struct machine *m = machine_with((struct limits_config){ .resets = 2 });

    m->cmos.ram[0x0f] = 5;
    for (unsigned n = 0; n < 50; n++) cr_expect(resets_after(m, 0));
    cr_expect_eq(m->watch.resets, 0);
    machine_destroy(m);
}

Test(limits, without_numbers_there_is_no_limit)
{
    struct machine *m = machine_with((struct limits_config){ .resets = 0 });

    for (unsigned which = 0; which < HOST_LIMITS; which++) cr_expect(limits_allow(m, (enum host_limit)which, 1ull << 60));
    for (unsigned n = 0; n < 1000; n++) cr_expect(resets_after(m, 0));
    cr_expect(!m->frozen);
    machine_destroy(m);
}
