/* The cable between a card and its backend; the capture file. */
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/network/network.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

static struct clock bench;
static struct network net;
static unsigned came, waiting, asked;
static bool has_room;

static void receive(void *chip, const u8 *frame, unsigned size)
{
    (void)chip;
    cr_expect(size >= FRAME_SHORTEST && frame[0] == 0x42);
    came++;
}
static bool room(const void *chip) { (void)chip; return has_room; }
static unsigned next(void *self, u8 *frame)
{
    (void)self;
    asked++;
    if (!waiting) return 0;
    waiting--;
    memset(frame, 0x42, 1000);
    return 1000;
}
static unsigned admit(void *board, unsigned n, u8 *frame, unsigned size) { (void)board, (void)n, (void)frame; return size; }

static void build(bool outside)
{
    const struct network_card card = { NULL, receive, room, 10000000 };

    clock_init(&bench, BENCH_IPS);
    network_init(&net, &bench, &card);
    net.backend = (struct network_backend){ .next = next, .outside = outside };
    net.admit = admit;
    came = waiting = asked = 0;
    has_room = true;
    network_reset(&net);
}
static void teardown(void)
{
    cr_expect_null(network_invariant(&net));
    network_close(&net);
    clock_free(&bench);
}
TestSuite(network, .fini = teardown);

Test(network, frames_come_one_after_another_in_the_time_of_their_bits)
{
    build(false);
    waiting = 2;
    network_wake(&net);
    bench_run(&bench, 20 + 819 - 1);             /* through the switch, then 1000 + 24 bytes at 10 Mbit/s */
    cr_expect_eq(came, 0);
    bench_run(&bench, 2);
    cr_expect_eq(came, 1);
    bench_run(&bench, 818);
    cr_expect_eq(came, 1);
    bench_run(&bench, 3);
    cr_expect_eq(came, 2);
    cr_expect_eq(net.arrives.at, NEVER, "nothing is looked for when there is nothing");
}

Test(network, a_full_card_loses_what_comes_from_inside_the_machine)
{
    build(false);
    waiting = 1;
    has_room = false;
    network_wake(&net);
    bench_run(&bench, 2000);
    cr_expect_eq(came, 1);
}

Test(network, what_comes_from_outside_is_looked_for_and_waits_for_room)
{
    build(true);
    bench_run(&bench, 10000);
    cr_expect(asked >= 10 && asked <= 21, "asked %u times in 10 ms", asked);
    waiting = 1;
    has_room = false;
    bench_run(&bench, 10000);
    cr_expect_eq(came, 0);
    has_room = true;
    bench_run(&bench, 1000);
    cr_expect_eq(came, 1);
}

Test(network, the_capture_file_has_every_frame_with_its_virtual_time)
{
    char path[TEST_ROOM];
    struct nic_config config = { .ethmod = NETWORK_NULL };
    struct error err = { 0 };
    u8 frame[100] = { 0x42 }, file[24 + 16 + 100 + 1];

    build(false);
    close(test_file(path));
    strcpy(config.pcap, path);
    cr_assert(network_open(&net, &config, NULL, "test", &err));
    bench_run(&bench, 2500000);
    network_send(&net, frame, 100);
    network_close(&net);
    FILE *f = fopen(path, "rb");
    cr_assert_eq(fread(file, 1, sizeof file, f), sizeof file - 1);
    fclose(f);
    unlink(path);
    cr_expect_eq(get32(file), 0xa1b23c4d, "nanoseconds, little endian");
    cr_expect_eq(get32(file + 20), 1);
    cr_expect_eq(get32(file + 24), 2);
    cr_expect_eq(get32(file + 28), 500000000);
    cr_expect(get32(file + 32) == 100 && get32(file + 36) == 100 && file[40] == 0x42);
}

Test(network, what_cannot_be_opened_is_told)
{
    struct nic_config config = { .ethmod = NETWORK_VNET, .ethdev = "/no/such/folder" };
    struct error err = { 0 };

    build(false);
    cr_expect_not(network_open(&net, &config, NULL, "ne2k0", &err));
    cr_expect(strstr(err.text, "ne2k0: ethdev=\"/no/such/folder\": No such file"), "%s", err.text);
}
