/* ATAPI CD-ROM drive: packets, data blocks, sense, the disc, the tray.  Names are sentences of ATA/ATAPI-6, MMC-3 and SPC-2. */
#include <unistd.h>

#include "devices/storage/cd_sector.h"
#include "tests/unit/devices/chip/atapi_fixture.h"
#include "tests/unit/room.h"

Test(atapi, identify_packet_device_says_cd_rom_and_identify_device_aborts_with_the_signature)
{
    CABLE(c) = cable_full();
    u8 b[512];
    command(c, CD, 0, 0, 0, 0, 0, 0xec);
    cr_expect_eq(ready(c) & ERR, ERR);
    cr_expect_eq(in(c, R_MID) | in(c, R_HIGH) << 8, 0xeb14);
    command(c, CD, 0, 0, 0, 0, 0, 0xa1);
    cr_assert_eq(ready(c) & DRQ, DRQ);
    read_words(c, b, 512);
    cr_expect_eq(get16(b), 0x85c0);
    cr_expect_eq(get16(b + 98) & 0x100, 0, "no DMA");
    cr_expect_eq(alt(c), DRDY | DSC);
}

Test(atapi, a_unit_attention_is_told_once_in_place_of_a_command)
{
    CABLE(c) = cable_full();
    u8 b[96];
    cr_expect_eq(PACKET(c, b, 0x12, 0, 0, 0, 96), 36, "INQUIRY goes before it");
    cr_expect_eq(b[0], 5);
    cr_expect_eq(b[1], 0x80);
    cr_expect_eq(PACKET(c, b, 0), -1 - 6);
    cr_expect_eq(sense(c), 0x062900);
    cr_expect_eq(PACKET(c, b, 0), 0);
    cr_expect_eq(sense(c), 0);
}

Test(atapi, read_gives_blocks_in_pieces_of_at_most_the_byte_count_limit)
{
    static const u32 limits[] = { 0xfffe, 2048, 4096, 3000, 512, 2047, 2 };
    static u8 data[40 * 2048];
    CABLE(c) = cable_cd();
    for (unsigned i = 0; i < ARRAY_COUNT(limits); i++) {
        u8 count = limits[i] == 2 ? 1 : 40;
        cr_assert_eq(packet_limit(c, (u8[12]){ 0x28, 0, 0, 0, 0, 100, 0, 0, count }, data, sizeof data, limits[i]), count * 2048);
        for (u8 n = 0; n < count; n++) cr_expect_eq(get32(data + n * 2048), 100u + n, "limit %u", limits[i]);
    }
    cr_expect_eq(PACKET(c, data, 0xa8, 0, 0, 0, 2, 0, 0, 0, 0, 3), 3 * 2048);
    cr_expect_eq(get32(data), 512);
    cr_expect_eq(PACKET(c, data, 0x28, 0, 0, 0, 0, 0, 0, 0, 0), 0);
}

Test(atapi, a_byte_count_limit_of_0_with_data_aborts)
{
    CABLE(c) = cable_cd();
    command(c, CD, 0, 0, 0, 0, 0, 0xa0);
    ready(c);
    write_words(c, (u8[12]){ 0x28, 0, 0, 0, 0, 1, 0, 0, 1 }, 12);
    cr_expect_eq(ready(c) & (DRQ | ERR), ERR);
}

Test(atapi, dma_packets_abort)
{
    CABLE(c) = cable_cd();
    command(c, CD, 1, 0, 0, 0, 8, 0xa0);
    cr_expect_eq(ready(c) & (DRQ | ERR), ERR);
    cr_expect_eq(in(c, R_ERROR), 4);
}

Test(atapi, a_read_past_the_end_is_an_illegal_request)
{
    u8 data[4096];
    CABLE(c) = cable_cd();
    cr_expect_eq(PACKET(c, data, 0x28, 0, 0, 0, 2, 87, 0, 0, 2), -1 - 5);        /* 599 and 600 */
    cr_expect_eq(sense(c), 0x052100);
    cr_expect_eq(PACKET(c, data, 0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1), -1 - 5);
    cr_expect_eq(PACKET(c, data, 0x2b, 0, 0, 0, 2, 88), -1 - 5);
    cr_expect_eq(PACKET(c, data, 0x2b, 0, 0, 0, 2, 87), 0);
}

Test(atapi, unknown_commands_and_fields_are_illegal_requests)
{
    u8 b[512];
    CABLE(c) = cable_cd();
    cr_expect_eq(PACKET(c, b, 0xff), -1 - 5);
    cr_expect_eq(sense(c), 0x052000);
    cr_expect_eq(PACKET(c, b, 0x12, 1, 0, 0, 96), -1 - 5);
    cr_expect_eq(sense(c), 0x052400);
    cr_expect_eq(PACKET(c, b, 0x5a, 0, 0x3e, 0, 0, 0, 0, 1, 0), -1 - 5);
    cr_expect_eq(PACKET(c, b, 0x5a, 0, 0xc1, 0, 0, 0, 0, 1, 0), -1 - 5);
    cr_expect_eq(sense(c), 0x053900);
    cr_expect_eq(PACKET(c, b, 0x43, 0, 5, 0, 0, 0, 0, 1, 0), -1 - 5);
}

Test(atapi, read_capacity_names_the_last_block)
{
    u8 b[8];
    CABLE(c) = cable_cd();
    cr_expect_eq(PACKET(c, b, 0x25), 8);
    cr_expect_eq(be32(b), DISC_BLOCKS - 1);
    cr_expect_eq(be32(b + 4), 2048);
}

Test(atapi, the_table_of_contents_has_one_data_track)
{
    u8 b[128];
    CABLE(c) = cable_cd();
    cr_assert_eq(PACKET(c, b, 0x43, 0, 0, 0, 0, 0, 0, 0, 128), 20);
    cr_expect_eq(be16(b), 18);
    cr_expect_eq(b[2] << 8 | b[3], 0x0101);
    cr_expect_eq(b[5], 0x14);
    cr_expect_eq(be32(b + 8), 0);
    cr_expect_eq(b[14], 0xaa);
    cr_expect_eq(be32(b + 16), DISC_BLOCKS);
    cr_assert_eq(PACKET(c, b, 0x43, 2, 0, 0, 0, 0, 0xaa, 0, 128), 12);
    cr_expect_eq(be32(b + 8), 0x00000a00, "600 blocks and 2 seconds are 00:10:00");
    cr_assert_eq(PACKET(c, b, 0x43, 0, 1, 0, 0, 0, 0, 0, 128), 12);
    cr_expect_eq(b[6], 1);
    cr_assert_eq(PACKET(c, b, 0x43, 2, 2, 0, 0, 0, 0, 0, 128), 48);
    static const u8 points[] = { 0xa0, 0xa1, 0xa2, 1 };
    for (unsigned i = 0; i < 4; i++) cr_expect_eq(b[4 + 11 * i + 3], points[i]);
    cr_expect_eq(b[4 + 22 + 9], 10);
    cr_expect_eq(PACKET(c, b, 0x43, 0, 0, 0, 0, 0, 0, 0, 4), 4, "the allocation length cuts");
    cr_expect_eq(PACKET(c, b, 0x43, 0, 0, 0, 0, 0, 2, 0, 128), -1 - 5, "there is no track 2");
}

Test(atapi, read_cd_chooses_parts_of_a_sector)
{
    static const struct { u8 flags, type; int bytes; } rows[] = {
        { 0x10, 0, 2048 }, { 0xf8, 0, 2352 }, { 0xf8, 8, 2352 }, { 0x30, 0, 2052 }, { 0x20, 0, 4 }, { 0x18, 0, 2336 }, { 0x00, 0, 0 },
        { 0xf8, 4, -1 - 5 }, { 0x12, 0, 2048 + 294 }, { 0x14, 0, 2048 + 296 }, { 0x16, 0, -1 - 5 }, { 0x90, 0, -1 - 5 },
    };
    u8 b[2744];
    CABLE(c) = cable_cd();
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_eq(PACKET(c, b, 0xbe, rows[i].type, 0, 0, 0, 75, 0, 0, 1, rows[i].flags), rows[i].bytes, "row %u", i);
    cr_assert_eq(PACKET(c, b, 0xbe, 0, 0, 0, 0, 75, 0, 0, 1, 0xf8), 2352);
    cr_expect_eq(b[0], 0);
    cr_expect_eq(b[1], 0xff);
    cr_expect_eq(be32(b + 12), 0x00030001, "00:03:00, mode 1");
    cr_expect_eq(get32(b + 16), 75);
    cr_assert_eq(PACKET(c, b, 0xb9, 0, 0, 0, 3, 0, 0, 3, 1, 0x10), 2048);
    cr_expect_eq(get32(b), 75);
}

/* ECMA-130 annex A by its check equations: both sums of every P and Q vector are zero. */
static u8 times_alpha(u8 v) { return (u8)(v << 1 ^ (v & 0x80 ? 0x1d : 0)); }

Test(cd_sector, parity_vectors_satisfy_their_check_equations)
{
    u8 raw[2352];
    for (unsigned i = 0; i < 2048; i++) raw[16 + i] = (u8)(i * i * 7 + 13 * i);
    cd_sector_complete(raw, 4500);
    cr_expect_eq(raw[13], 0x02, "4500 blocks are a minute; with the pregap 01:02:00");
    cr_expect_eq(raw[12], 0x01);
    const u8 *w = raw + 12;
    for (unsigned byte = 0; byte < 2; byte++) {
        for (unsigned np = 0; np < 43; np++) {
            u8 sum = 0, weighted = 0;
            for (unsigned m = 0; m < 26; m++) {
                u8 v = w[2 * (43 * m + np) + byte];
                sum ^= v;
                weighted = times_alpha(weighted) ^ v;
            }
            cr_expect(sum == 0 && weighted == 0, "P vector %u", np);
        }
        for (unsigned nq = 0; nq < 26; nq++) {
            u8 sum = 0, weighted = 0;
            for (unsigned m = 0; m < 45; m++) {
                unsigned at = m < 43 ? (44 * m + 43 * nq) % 1118 : 1118 + 26 * (m - 43) + nq;
                u8 v = w[2 * at + byte];
                sum ^= v;
                weighted = times_alpha(weighted) ^ v;
            }
            cr_expect(sum == 0 && weighted == 0, "Q vector %u", nq);
        }
    }
}

/* Polynomial division of sync, header, data and EDC, first bit first, leaves nothing. */
Test(cd_sector, the_edc_divides_the_sector)
{
    u8 raw[2352];
    u64 rest = 0;
    for (unsigned i = 0; i < 2048; i++) raw[16 + i] = (u8)(i * 31);
    cd_sector_complete(raw, 0);
    for (unsigned i = 0; i < 2068 * 8; i++) {
        rest = rest << 1 | (raw[i / 8] >> (i % 8) & 1);
        if (rest >> 32) rest ^= 0x18001801bull;          /* (x^16+x^15+x^2+1)(x^16+x^2+x+1) */
    }
    cr_expect_eq(rest, 0);
}

Test(atapi, an_ejected_disc_is_not_ready_and_a_new_one_is_a_unit_attention)
{
    u8 b[64];
    CABLE(c) = cable_cd();
    struct disk_image *image = ata_channel_cd_eject(&c->ch, 1);
    cr_expect_eq(image, c->image[1]);
    cr_expect_null(ata_channel_cd_eject(&c->ch, 1));
    cr_expect_eq(PACKET(c, b, 0), -1 - 2);
    cr_expect_eq(sense(c), 0x023a01);
    cr_expect_eq(PACKET(c, b, 0x25), -1 - 2);
    cr_assert_eq(PACKET(c, b, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), 8);
    cr_expect_eq(b[4], 3, "removal");
    cr_expect_eq(b[5], 0);
    cr_expect(ata_channel_cd_insert(&c->ch, 1, image));
    cr_assert_eq(PACKET(c, b, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), 8);
    cr_expect_eq(b[4], 2, "new medium");
    cr_expect_eq(b[5], 2);
    cr_assert_eq(PACKET(c, b, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), 8);
    cr_expect_eq(b[4], 0, "told once");
    cr_expect_eq(PACKET(c, b, 0), -1 - 6);
    cr_expect_eq(sense(c), 0x062800);
    cr_expect_eq(PACKET(c, b, 0), 0);
}

Test(atapi, a_disc_changed_in_the_middle_of_a_read_ends_it)
{
    CABLE(c) = cable_cd();
    u8 data[2048];
    command(c, CD, 0, 0, 0, 0, 8, 0xa0);
    ready(c);
    write_words(c, (u8[12]){ 0x28, 0, 0, 0, 0, 0, 0, 0, 100 }, 12);
    for (unsigned n = 0; n < 31; n++) {
        cr_assert_eq(ready(c) & DRQ, DRQ);
        read_words(c, data, 2048);
    }
    ata_channel_cd_insert(&c->ch, 1, c->image[1]);
    cr_expect_eq(ready(c) & (DRQ | ERR), ERR);
    cr_expect_eq(sense(c), 0x062800);
}

Test(atapi, prevent_keeps_the_tray_shut_and_start_stop_opens_it)
{
    u8 b[64];
    CABLE(c) = cable_cd();
    cr_expect_eq(PACKET(c, b, 0x1e, 0, 0, 0, 1), 0);
    cr_expect_eq(PACKET(c, b, 0x1b, 0, 0, 0, 2), -1 - 5);
    cr_expect_eq(sense(c), 0x055302);
    cr_expect_eq(PACKET(c, b, 0x1e, 0, 0, 0, 0), 0);
    cr_expect_eq(PACKET(c, b, 0x1b, 0, 0, 0, 2), 0);
    cr_expect_eq(PACKET(c, b, 0), -1 - 2);
    cr_expect_eq(sense(c), 0x023a02, "the tray is open");
    cr_expect_eq(PACKET(c, b, 0x1b, 0, 0, 0, 3), 0);
    cr_expect_eq(PACKET(c, b, 0), -1 - 6);
    cr_expect_eq(PACKET(c, b, 0), 0);
}

Test(atapi, mode_sense_gives_one_page_or_all)
{
    u8 b[256];
    CABLE(c) = cable_cd();
    cr_assert_eq(PACKET(c, b, 0x5a, 0, 0x2a, 0, 0, 0, 0, 1, 0), 28);
    cr_expect_eq(be16(b), 26);
    cr_expect_eq(b[2], 1);
    cr_expect_eq(b[8], 0x2a);
    int all = PACKET(c, b, 0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0);
    cr_expect_eq(all, 8 + 8 + 8 + 16 + 20);
    cr_assert_eq(PACKET(c, b, 0x1a, 0, 0x01, 0, 255), 12);
    cr_expect_eq(b[0], 11);
    cr_expect_eq(b[4], 1);
    cr_assert_eq(PACKET(c, b, 0x5a, 0, 0x6a, 0, 0, 0, 0, 1, 0), 28);
    cr_expect_eq(b[8 + 6], 0, "nothing of it is changeable");
}

Test(atapi, get_configuration_lists_features)
{
    u8 b[256];
    CABLE(c) = cable_cd();
    int n = PACKET(c, b, 0x46, 0, 0, 0, 0, 0, 0, 1, 0);
    cr_assert_gt(n, 8);
    cr_expect_eq(be32(b), (u32)n - 4);
    cr_expect_eq(be16(b + 6), 8);
    u16 last = 0;
    unsigned count = 0;
    for (int at = 8; at < n; at += 4 + b[at + 3], count++) {
        cr_expect(!count || be16(b + at) > last);
        last = (u16)be16(b + at);
    }
    cr_expect_eq(count, 8);
    cr_expect_eq(PACKET(c, b, 0x46, 2, 0, 0x1e, 0, 0, 0, 1, 0), 16);
    cr_expect_eq(PACKET(c, b, 0x46, 2, 0x12, 0x34, 0, 0, 0, 1, 0), 8);
}

Test(atapi, the_rest_of_what_it_tells_has_the_lengths_it_says)
{
    u8 b[64];
    CABLE(c) = cable_cd();
    cr_assert_eq(PACKET(c, b, 0x51, 0, 0, 0, 0, 0, 0, 0, 64), 34);
    cr_expect_eq(be16(b), 32);
    cr_assert_eq(PACKET(c, b, 0x52, 1, 0, 0, 0, 1, 0, 0, 64), 36);
    cr_expect_eq(be32(b + 24), DISC_BLOCKS);
    cr_assert_eq(PACKET(c, b, 0x42, 2, 0x40, 1, 0, 0, 0, 0, 64), 16);
    cr_expect_eq(be16(b + 2), 12);
    cr_expect_eq(PACKET(c, b, 0x42, 2, 0, 0, 0, 0, 0, 0, 64), 4);
    cr_assert_eq(PACKET(c, b, 0x44, 0, 0, 0, 0, 9, 0, 0, 64), 8);
    cr_expect_eq(b[0], 1);
    cr_expect_eq(be32(b + 4), 9);
    cr_expect_eq(PACKET(c, b, 0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 64), 8, "bytes 8 and 9 are the allocation length");
    cr_expect_eq(PACKET(c, b, 0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 3), 3);
}

Test(atapi, device_reset_stops_a_busy_drive)
{
    CABLE(c) = cable_cd();
    command(c, CD, 0, 0, 0, 0, 8, 0xa0);
    ready(c);
    write_words(c, (u8[12]){ 0x28, 0, 0, 0, 0, 0, 0, 0, 9 }, 12);
    cr_expect_eq(alt(c) & BSY, BSY);
    c->edges = 0;
    out(c, R_COMMAND, 0x08);
    wait_us(c, 10000);
    cr_expect_eq(alt(c), 0);
    cr_expect_eq(in(c, R_MID) | in(c, R_HIGH) << 8, 0xeb14);
    cr_expect_eq(c->edges, 0);
}

/* --- the host fails --- */

/* The bytes of 40 blocks, and the tick at which the last of them came; with `fails` the image is cut before some of them, and whole again when the board has waited. */
static u64 read_from_file(bool fails, u8 *data)
{
    enum { BLOCKS = 200, FIRST = 100, COUNT = 40, CUT = 110 };
    char path[TEST_ROOM];
    struct error err = { 0 };
    u8 *disc = numbered(BLOCKS, 2048);
    int fd = test_file(path);

    cr_assert(write(fd, disc, BLOCKS * 2048) == BLOCKS * 2048);
    CABLE(c) = cable_empty();
    c->image[1] = disk_image_open(path, "cd", IMAGE_READ_ONLY, 2048, &err);
    cr_assert(c->image[1], "%s", err.text);
    disk_image_on_failure(c->image[1], failed, c);
    c->helps = true;
    ata_channel_attach_cdrom(&c->ch, 1, c->image[1], "TEST CD");
    wait_us(c, 10000);
    cr_assert_eq(sense(c), 0x062900);
    command(c, CD, 0, 0, 0, 0xfe, 0xff, 0xa0);
    ready(c);
    if (fails) cr_assert_eq(ftruncate(fd, CUT * 2048), 0);
    write_words(c, (u8[12]){ 0x28, 0, 0, 0, 0, FIRST, 0, 0, COUNT }, 12);
    while (!c->clock.held && c->ch.device[1].status & BSY) {
        c->clock.time.now = c->clock.heap[0]->at;
        clock_fire_due(&c->clock);
    }
    cr_expect_eq(c->failures, fails);
    cr_expect_eq(alt(c) & (BSY | ERR), fails ? BSY : 0);
    cr_assert_eq(pwrite(fd, disc, BLOCKS * 2048, 0), BLOCKS * 2048);
    c->clock.held = false;
    clock_fire_due(&c->clock);
    for (u32 got = 0; ready(c) & DRQ;) {
        u32 n = in(c, R_MID) | (u32)in(c, R_HIGH) << 8;
        cr_assert(got + n <= COUNT * 2048);
        read_words(c, data + got, n);
        got += n;
    }
    u64 ended = c->clock.time.now;
    cr_expect_eq(memcmp(data, disc + FIRST * 2048, COUNT * 2048), 0);
    cr_expect_eq(sense(c), 0);
    close(fd), unlink(path), free(disc);
    return ended;
}

Test(atapi, a_read_that_is_tried_again_ends_at_the_tick_at_which_it_would_have)
{
    static u8 data[40 * 2048];
    cr_expect_eq(read_from_file(false, data), read_from_file(true, data));
}
