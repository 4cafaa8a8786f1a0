/* Cables that leave the machine: a hub that joins machines, and what a journal keeps of them. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "devices/board/board.h"
#include "devices/network/hub.h"
#include "tests/unit/room.h"

static char folder[TEST_ROOM], path[64];
static struct hub hub;

static void setup(void)
{
    struct error err = { 0 };

    test_room(folder);
    snprintf(path, sizeof path, "%s/hub", folder);
    cr_assert(hub_open(&hub, path, &err), "%s", err.text);
}
static void teardown(void) { hub_close(&hub); rmdir(folder); }
TestSuite(host, .init = setup, .fini = teardown);

static void serve(void) { for (unsigned i = 0; i < 8; i++) hub_serve(&hub, 0); }

static struct machine *machine_on(enum network_kind kind)
{
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.ne2k[0] = (struct nic_config){ .present = true, .ioaddr = 0x300, .irq = 9, .ethmod = kind };
    if (kind == NETWORK_LAN) strcpy(config.ne2k[0].ethdev, path);
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    return m;
}

Test(host, what_one_machine_sends_all_others_get)
{
    int a = hub_join(path), b = hub_join(path), c = hub_join(path);
    u8 bytes[2000];

    serve();
    cr_assert_eq(send(a, "frame", 5, 0), 5);
    serve();
    cr_expect_eq(recv(b, bytes, sizeof bytes, MSG_DONTWAIT), 5);
    cr_expect_eq(recv(c, bytes, sizeof bytes, MSG_DONTWAIT), 5);
    cr_expect_eq(recv(a, bytes, sizeof bytes, MSG_DONTWAIT), -1, "not its own");
    close(b);
    serve();
    cr_assert_eq(send(a, "again", 5, 0), 5);
    serve();
    cr_expect_eq(recv(c, bytes, sizeof bytes, MSG_DONTWAIT), 5);
    close(a), close(c);
}

Test(host, a_second_hub_at_one_place_is_refused_and_a_dead_ones_file_is_not)
{
    struct error err = { 0 };
    struct hub second;

    cr_expect_not(hub_open(&second, path, &err));
    cr_expect(strstr(err.text, "is there already"), "%s", err.text);
    close(hub.listener);
    hub.listener = -1;
    cr_expect(hub_open(&second, path, &err));
    hub_close(&second);
}

Test(host, without_a_hub_a_cable_is_refused_with_what_to_do)
{
    struct nic_config config = { .ethmod = NETWORK_LAN, .ethdev = "/no/such/hub" };
    struct network_card card = { 0 };
    struct error err = { 0 };
    struct network net;
    struct clock clock;

    clock_init(&clock, 1000000);
    network_init(&net, &clock, &card);
    cr_expect_not(network_open(&net, &config, NULL, "ne2k0", &err));
    cr_expect(strstr(err.text, "start the hub first: orrery hub /no/such/hub"), "%s", err.text);
    config.ethdev[0] = 0;
    cr_expect_not(network_open(&net, &config, NULL, "ne2k0", &err));
    config.ethmod = NETWORK_TAP;
    cr_expect_not(network_open(&net, &config, NULL, "ne2k0", &err));
    cr_expect_eq(err.count, 3);
    clock_free(&clock);
}

Test(host, frames_from_outside_are_in_the_journal_and_come_from_it)
{
    char journal[80];
    u8 frame[100] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1 }, bytes[2000];
    struct error err = { 0 };
    u64 end, recorded, got;

    snprintf(journal, sizeof journal, "%s/journal", folder);
    struct machine *m = machine_on(NETWORK_LAN);
    cr_assert(machine_record(m, journal, "", NULL, &err), "%s", err.text);
    int other = hub_join(path);
    serve();
    machine_run(m, 100000);
    cr_assert_eq(send(other, frame, 100, 0), 100);
    serve();
    machine_run(m, 1000000);
    cr_expect_eq(m->ne2k[0].network.frame[6], 2, "it has come");
    network_send(&m->ne2k[0].network, frame, 100);
    serve();
    cr_expect_eq(recv(other, bytes, sizeof bytes, MSG_DONTWAIT), 100, "and one has gone");
    close(other);
    machine_destroy(m);

    m = machine_on(NETWORK_REPLAY);
    cr_assert(machine_replay(m, journal, &end, &err), "%s", err.text);
    machine_run(m, end);
    cr_expect(machine_replay_agrees(m, &recorded, &got), "%016llx, recorded %016llx", (unsigned long long)got, (unsigned long long)recorded);
    cr_expect_eq(m->ne2k[0].network.frame[6], 2);
    machine_destroy(m);
    unlink(journal);
}
