/* 82077AA: reading, writing, formatting; what each command's result says. */
#include "tests/unit/devices/chip/fdc_fixture.h"

/* Sector n of a disk made by put_disk. */
static bool holds(const u8 *bytes, u16 n)
{
    return get16(bytes) == n && bytes[2] == (u8)n && bytes[511] == (u8)n;
}

static void read_back(struct bench *b, unsigned drive, u64 lba, u8 *bytes)
{
    cr_assert(disk_image_read(b->fdc.image[drive], lba, 1, bytes));
}

/* Seeks drive A and forgets about it. */
static void seek(struct bench *b, u8 cylinder)
{
    COMMAND(b, 0x0f, 0, cylinder);
    cr_assert(wait_int(b, 1000));
    sense(b);
}

Test(fdc_read, terminal_count_ends_a_read_and_points_to_the_next_sector)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0x1000, 1024);
    COMMAND(b, 0xe6, 0, 0, 0, 3, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 5, 2);
    cr_expect(holds(b->memory + 0x1000, 2) && holds(b->memory + 0x1200, 3));
    cr_expect_eq(b->memory[0x1400], 0);
}

/* DS "Result phase table": MT, head, whether the last sector was EOT; C H R that come out. */
Test(fdc_read, the_result_points_to_the_sector_after_the_last_one)
{
    static const struct { u8 op, head, first, c, h, r; } rows[] = {
        { 0x66, 0, 17, 0, 0, 18 }, { 0x66, 0, 18, 1, 0, 1 }, { 0x66, 1, 17, 0, 1, 18 }, { 0x66, 1, 18, 1, 1, 1 },
        { 0xe6, 0, 17, 0, 0, 18 }, { 0xe6, 0, 18, 0, 1, 1 }, { 0xe6, 1, 17, 0, 1, 18 }, { 0xe6, 1, 18, 1, 0, 1 },
    };
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        dma(b, 0, 512);
        COMMAND(b, rows[i].op, (u8)(rows[i].head << 2), 0, rows[i].head, rows[i].first, 2, 18, 0x1b, 0xff);
        EXPECT_RESULT(b, (u8)(rows[i].head << 2), 0, 0, rows[i].c, rows[i].h, rows[i].r, 2);
    }
}

Test(fdc_read, multi_track_goes_on_with_head_1)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    seek(b, 2);
    dma(b, 0, 36 * 512);
    COMMAND(b, 0xe6, 0, 2, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 4, 0, 0, 3, 0, 1, 2);
    for (unsigned n = 0; n < 36; n++) cr_expect(holds(b->memory + n * 512, (u16)(72 + n)), "sector %u", n);
}

Test(fdc_read, eot_without_terminal_count_is_end_of_cylinder)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0, 0x8000);
    COMMAND(b, 0x66, 0, 0, 0, 17, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
}

Test(fdc_read, a_masked_dma_channel_is_an_overrun)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0, 0);
    COMMAND(b, 0x66, 0, 0, 0, 7, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0x40, 0x10, 0, 0, 0, 7, 2);
}

Test(fdc_read, an_id_that_is_not_on_the_track_is_no_data_after_two_index_holes)
{
    static const struct { u8 c, h, r, n, st2; } rows[] = {
        { 0, 0, 19, 2, 0 }, { 0, 0, 0, 2, 0 }, { 0, 1, 1, 2, 0 }, { 0, 0, 1, 3, 0 }, { 5, 0, 1, 2, 0x10 },
    };
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        u64 start = b->clock.time.now;
        dma(b, 0, 512);
        COMMAND(b, 0x66, 0, rows[i].c, rows[i].h, rows[i].r, rows[i].n, 18, 0x1b, 0xff);
        EXPECT_RESULT(b, 0x40, 4, rows[i].st2, rows[i].c, rows[i].h, rows[i].r, rows[i].n);
        u64 ms = (b->clock.time.now - start) * 1000 / BENCH_IPS;
        cr_expect(ms >= 200 && ms <= 402, "row %u took %llu ms", i, (unsigned long long)ms);
    }
}

Test(fdc_read, the_wrong_data_rate_or_fm_finds_no_address_mark)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    out(b, CCR, FLOPPY_250K);
    COMMAND(b, 0x66, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0x40, 1, 0, 0, 0, 1, 2);
    out(b, CCR, FLOPPY_500K);
    COMMAND(b, 0x26, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0x40, 1, 0, 0, 0, 1, 2);
    b->fdc.forgiving = true;
    out(b, CCR, FLOPPY_1M);
    dma(b, 0, 512);
    COMMAND(b, 0x66, 0, 9, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 9, 0, 2, 2);
    cr_expect(holds(b->memory, 9 * 36), "strapped to forgive, it went to cylinder 9");
}

Test(fdc_read, every_format_is_read_at_its_rate)
{
    static const struct { enum floppy_drive drive; enum floppy_rate rate; u32 size; u8 spt, heads, steps; } rows[] = {
        { FLOPPY_DRIVE_360K, FLOPPY_250K, K160, 8, 1, 1 },   { FLOPPY_DRIVE_360K, FLOPPY_250K, 184320, 9, 1, 1 },
        { FLOPPY_DRIVE_360K, FLOPPY_250K, 327680, 8, 2, 1 }, { FLOPPY_DRIVE_360K, FLOPPY_250K, K360, 9, 2, 1 },
        { FLOPPY_DRIVE_1200K, FLOPPY_300K, K360, 9, 2, 2 },  { FLOPPY_DRIVE_1200K, FLOPPY_500K, K1200, 15, 2, 1 },
        { FLOPPY_DRIVE_720K, FLOPPY_250K, K720, 9, 2, 1 },   { FLOPPY_DRIVE_1440K, FLOPPY_250K, K720, 9, 2, 1 },
        { FLOPPY_DRIVE_1440K, FLOPPY_500K, K1440, 18, 2, 1 }, { FLOPPY_DRIVE_1440K, FLOPPY_500K, K1680, 21, 2, 1 },
        { FLOPPY_DRIVE_1440K, FLOPPY_500K, 1763328, 21, 2, 1 }, { FLOPPY_DRIVE_2880K, FLOPPY_1M, K2880, 36, 2, 1 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        BENCH(b) = bench_booted(rows[i].drive, rows[i].size);
        u8 head = rows[i].heads - 1;
        u16 n = (u16)((39 * rows[i].heads + head) * rows[i].spt + rows[i].spt - 1);
        out(b, CCR, rows[i].rate);
        seek(b, (u8)(39 * rows[i].steps));
        dma(b, 0, 512);
        COMMAND(b, 0x66, (u8)(head << 2), 39, head, rows[i].spt, 2, rows[i].spt, 0x1b, 0xff);
        EXPECT_RESULT(b, (u8)(head << 2), 0, 0, 40, head, 1, 2);
        cr_expect(holds(b->memory, n), "row %u", i);
    }
}

Test(fdc_read, a_1200k_drive_steps_twice_for_a_cylinder_of_a_360k_disk)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1200K, K360);
    out(b, CCR, FLOPPY_300K);
    seek(b, 5);
    COMMAND(b, 0x4a, 0);
    EXPECT_RESULT(b, 0x40, 1, 0, 0, 0, 0, 2);
    seek(b, 6);
    COMMAND(b, 0x4a, 0);
    cr_assert(wait_int(b, 500));
    cr_assert_eq(fetch(b), 7);
    cr_expect_eq(b->result[0], 0);
    cr_expect_eq(b->result[3], 3);
}

Test(fdc_read, sectors_pass_at_the_speed_of_the_disk)                    /* 300 turns a minute, 682 bytes of 16 us from sector to sector */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0, 512);
    COMMAND(b, 0x66, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 2, 2);
    u64 first = b->clock.time.now;
    dma(b, 0, 17 * 512);
    COMMAND(b, 0x66, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 1, 0, 1, 2);
    cr_expect_eq(b->clock.time.now - first, 17 * 682 * 16);
    dma(b, 0, 512);
    COMMAND(b, 0x66, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 2, 2);
    cr_expect_eq(b->clock.time.now - first, 200000, "a turn later");
}

Test(fdc_read, without_a_turning_disk_a_command_waits)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    dma(b, 0, 512);
    COMMAND(b, 0x66, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    cr_expect_not(wait_int(b, 5000), "no index hole ever comes by");
    cr_expect_eq(in(b, MSR), CB);
    put_disk(b, 0, K1440);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 2, 2);
}

Test(fdc_read, a_disk_pulled_out_in_the_middle_of_a_sector_is_a_data_error)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0, 512);
    COMMAND(b, 0x66, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    while (b->fdc.step != 6) run_to(b, b->clock.time.deadline);
    disk_image_close(fdc_82077_eject(&b->fdc, 0));
    EXPECT_RESULT(b, 0x40, 0x20, 0x20, 0, 0, 1, 2);
}

Test(fdc_read, read_id_gives_the_next_id_under_the_head)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    seek(b, 7);
    u8 last = 0;
    for (unsigned i = 0; i < 20; i++) {
        COMMAND(b, 0x4a, 4);
        cr_assert(wait_int(b, 300));
        cr_assert_eq(fetch(b), 7);
        cr_expect_eq(b->result[0], 4);
        cr_expect_eq(b->result[3], 7);
        cr_expect_eq(b->result[4], 1);
        if (last) cr_expect_eq(b->result[5], last % 18 + 1);
        last = b->result[5];
    }
}

Test(fdc_read, read_track_begins_at_the_index_hole_and_goes_on_past_a_wrong_id)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0, 18 * 512);
    COMMAND(b, 0x42, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 1, 0, 1, 2);
    for (unsigned n = 0; n < 18; n++) cr_expect(holds(b->memory + n * 512, (u16)n));
    dma(b, 0, 3 * 512);
    COMMAND(b, 0x42, 0, 0, 0, 4, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 4, 0, 0, 0, 7, 2);
    cr_expect(holds(b->memory + 512, 1));
}

Test(fdc_read, implied_seek_moves_the_head_first)                       /* DS "CONFIGURE", EIS */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    COMMAND(b, 0x13, 0, 0x50, 0);
    dma(b, 0, 512);
    COMMAND(b, 0x66, 0, 30, 0, 1, 2, 18, 0x1b, 0xff);
    cr_expect_eq(in(b, MSR), CB | 1);
    EXPECT_RESULT(b, 0, 0, 0, 30, 0, 2, 2);
    cr_expect(holds(b->memory, 30 * 36));
    cr_expect_eq(sense(b), 0x80, "an implied seek leaves nothing to sense");
}

Test(fdc_read, the_drive_is_the_one_dor_selects)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    fdc_82077_attach(&b->fdc, 1, FLOPPY_DRIVE_1440K);
    put_disk(b, 1, K1440);
    b->disk[1][0] = 0x77;
    out(b, DOR, MOTOR_B);
    COMMAND(b, 7, 1);
    wait_int(b, 100);
    sense(b);
    dma(b, 0, 512);
    COMMAND(b, 0x66, 1, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 1, 0, 0, 0, 0, 2, 2);
    cr_expect_eq(b->memory[0], 0x77);
}

Test(fdc_write, sectors_come_from_dma)
{
    u8 bytes[512];
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    for (unsigned i = 0; i < 1024; i++) b->memory[0x200 + i] = (u8)(i * 7);
    dma(b, 0x200, 1024);
    COMMAND(b, 0xc5, 4, 0, 1, 18, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0x44, 0x80, 0, 1, 0, 1, 2);
    cr_expect_eq(b->dma_left, 512, "head 1 has no more sectors");
    read_back(b, 0, 35, bytes);
    cr_expect_arr_eq(bytes, b->memory + 0x200, 512);
}

Test(fdc_write, terminal_count_in_a_sector_fills_it_with_zeros)          /* DS "WRITE DATA" */
{
    u8 bytes[512], zeros[412] = { 0 };
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    memset(b->memory, 0xaa, 512);
    dma(b, 0, 100);
    COMMAND(b, 0x45, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 3, 2);
    read_back(b, 0, 1, bytes);
    cr_expect_arr_eq(bytes, b->memory, 100);
    cr_expect_arr_eq(bytes + 100, zeros, 412);
}

Test(fdc_write, a_protected_disk_is_not_writable)
{
    u8 bytes[512];
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    struct disk_image *image = fdc_82077_eject(&b->fdc, 0);
    fdc_82077_insert(&b->fdc, 0, image, true);
    dma(b, 0, 512);
    COMMAND(b, 0x45, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0x40, 2, 0, 0, 0, 2, 2);
    COMMAND(b, 0x4d, 0, 2, 18, 0x54, 0xf6);
    EXPECT_RESULT(b, 0x40, 2, 0, 0, 0, 1, 2);
    read_back(b, 0, 1, bytes);
    cr_expect(holds(bytes, 1));
}

Test(fdc_write, a_deleted_data_mark_stops_a_read_or_is_skipped)          /* DS "READ DATA", SK */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0, 512);
    COMMAND(b, 0x49, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 3, 2);
    memset(b->memory, 0xee, 4096);
    dma(b, 0, 1536);
    COMMAND(b, 0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0x40, 0, 0, 2, 2);
    cr_expect_eq(b->dma_left, 512, "the deleted sector came, nothing after it");
    dma(b, 0, 1024);
    COMMAND(b, 0x66, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0x40, 0, 0, 4, 2);
    cr_expect(holds(b->memory + 512, 2), "SK passes over it");
    dma(b, 0, 512);
    COMMAND(b, 0x4c, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 3, 2);
    dma(b, 0, 512);
    COMMAND(b, 0x6c, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0x40, 0, 0, 3, 2);
    dma(b, 0, 512);
    COMMAND(b, 0x45, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 3, 2);
    dma(b, 0, 512);
    COMMAND(b, 0x46, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 3, 2);
}

Test(fdc_verify, ends_with_eot_or_after_its_count_and_moves_no_data)     /* DS "VERIFY" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    dma(b, 0, 512);
    COMMAND(b, 0x56, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 1, 0, 1, 2);
    COMMAND(b, 0xd6, 0x80, 0, 0, 17, 2, 18, 0x1b, 4);
    EXPECT_RESULT(b, 4, 0, 0, 0, 1, 3, 2);
    COMMAND(b, 0x56, 0x80, 0, 0, 18, 2, 18, 0x1b, 2);
    EXPECT_RESULT(b, 0x40, 4, 0, 0, 0, 19, 2);
    cr_expect_eq(b->dma_left, 512);
}

/* uPD765 "Scan Commands": op, byte of the disk is 1, byte of the host; ST2. */
Test(fdc_scan, compares_until_the_condition_holds)
{
    static const struct { u8 op, host, st2, r; } rows[] = {
        { 0x51, 1, 8, 3 },    { 0x51, 0xff, 8, 3 }, { 0x51, 9, 4, 1 },
        { 0x59, 5, 0, 3 },    { 0x59, 1, 8, 3 },    { 0x59, 0, 4, 1 },
        { 0x5d, 0, 0, 3 },    { 0x5d, 1, 8, 3 },    { 0x5d, 0xfe, 4, 1 },
    };
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    for (unsigned i = 0; i < 9; i++) memset(b->disk[0] + i * 512, 1, 512);
    memset(b->disk[0] + 2 * 512, 1, 512);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        memset(b->memory, rows[i].host, 4096);
        dma(b, 0, 4096);
        COMMAND(b, rows[i].op, 0, 0, 0, 2, 2, 3, 0x1b, 1);
        EXPECT_RESULT(b, 0, 0, rows[i].st2, rows[i].r == 1, 0, rows[i].r, 2);
    }
}

/* The IDs of a track for FORMAT TRACK. */
static void put_ids(struct bench *b, u8 c, u8 h, u8 first, u8 count)
{
    for (u8 i = 0; i < count; i++) memcpy(b->memory + i * 4, (u8[]){ c, h, (u8)(first + i), 2 }, 4);
}

Test(fdc_format, lays_down_a_track_of_filler)
{
    u8 bytes[512];
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    seek(b, 3);
    put_ids(b, 3, 1, 1, 18);
    dma(b, 0, 72);
    COMMAND(b, 0x4d, 4, 2, 18, 0x54, 0xf6);
    cr_assert(wait_int(b, 1000));
    cr_assert_eq(fetch(b), 7);
    cr_expect_eq(b->result[0], 4);
    for (unsigned n = 0; n < 18; n++) {
        read_back(b, 0, 3 * 36 + 18 + n, bytes);
        cr_expect_eq(bytes[0], 0xf6);
        cr_expect_eq(bytes[511], 0xf6);
    }
    read_back(b, 0, 3 * 36 + 17, bytes);
    cr_expect(holds(bytes, 3 * 36 + 17), "the other side is as it was");
    dma(b, 0, 512);
    COMMAND(b, 0x46, 4, 3, 1, 9, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 4, 0, 0, 3, 1, 10, 2);
}

Test(fdc_format, a_layout_the_image_cannot_hold_leaves_the_track_unreadable)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    put_ids(b, 0, 0, 1, 9);
    dma(b, 0, 36);
    COMMAND(b, 0x4d, 0, 2, 9, 0x54, 0xf6);
    cr_assert(wait_int(b, 1000));
    fetch(b);
    COMMAND(b, 0x4a, 0);
    EXPECT_RESULT(b, 0x40, 1, 0, 0, 0, 0, 2);
    put_ids(b, 0, 0, 1, 18);
    dma(b, 0, 72);
    COMMAND(b, 0x4d, 0, 2, 18, 0x54, 0xe5);
    cr_assert(wait_int(b, 1000));
    fetch(b);
    dma(b, 0, 512);
    COMMAND(b, 0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0, 0, 0, 0, 0, 2, 2);
    cr_expect_eq(b->memory[100], 0xe5);
}

/* --- non-DMA mode --- */

static struct bench *bench_non_dma(u8 config)
{
    struct bench *b = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    COMMAND(b, 3, 0xd1, 0x03);
    COMMAND(b, 0x13, 0, config, 0);
    return b;
}

Test(fdc_non_dma, every_byte_is_asked_for_by_int_and_rqm)
{
    static const u8 configs[] = { 0x20, 0x00, 0x07, 0x0f };
    for (unsigned i = 0; i < sizeof configs; i++) {
        BENCH(b) = bench_non_dma(configs[i]);
        u8 bytes[1024] = { 0 };
        unsigned n = 0;
        COMMAND(b, 0x46, 0, 0, 0, 17, 2, 18, 0x1b, 0xff);
        cr_expect_eq(in(b, MSR) & ~RQM, NON_DMA | DIO | CB);
        while (n < 1024) {
            cr_assert(wait_int(b, 500), "config %02x, byte %u", configs[i], n);
            while (n < 1024 && in(b, MSR) & RQM) bytes[n++] = in(b, DATA);
        }
        EXPECT_RESULT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
        cr_expect(holds(bytes, 16) && holds(bytes + 512, 17), "config %02x", configs[i]);
    }
}

Test(fdc_non_dma, a_late_host_overruns)
{
    BENCH(b) = bench_non_dma(0x00);
    COMMAND(b, 0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    cr_assert(wait_int(b, 500));
    run_ms(b, 5);
    EXPECT_RESULT(b, 0x40, 0x10, 0, 0, 0, 1, 2);
}

Test(fdc_non_dma, written_bytes_reach_the_disk)
{
    static const u8 configs[] = { 0x20, 0x00, 0x0f };
    for (unsigned i = 0; i < sizeof configs; i++) {
        BENCH(b) = bench_non_dma(configs[i]);
        u8 bytes[512];
        unsigned n = 0;
        COMMAND(b, 0x45, 0, 0, 0, 17, 2, 18, 0x1b, 0xff);
        while (n < 1024) {
            cr_assert(wait_int(b, 500), "config %02x, byte %u", configs[i], n);
            while (n < 1024 && in(b, MSR) & RQM) out(b, DATA, (u8)(n++ * 3));
        }
        EXPECT_RESULT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
        read_back(b, 0, 17, bytes);
        for (unsigned k = 0; k < 512; k++) cr_assert_eq(bytes[k], (u8)((512 + k) * 3), "config %02x, byte %u", configs[i], k);
    }
}

Test(fdc_non_dma, a_track_is_formatted_from_the_fifo)
{
    BENCH(b) = bench_non_dma(0x20);
    unsigned n = 0;
    put_ids(b, 0, 0, 1, 18);
    COMMAND(b, 0x4d, 0, 2, 18, 0x54, 0xf6);
    while (n < 72) {
        cr_assert(wait_int(b, 500), "byte %u", n);
        while (n < 72 && in(b, MSR) & RQM) out(b, DATA, b->memory[n++]);
    }
    cr_assert(wait_int(b, 500));
    cr_assert_eq(fetch(b), 7);
    cr_expect_eq(b->result[0], 0);
    u8 bytes[512];
    read_back(b, 0, 17, bytes);
    cr_expect_eq(bytes[9], 0xf6);
}

/* --- the host fails --- */

static bool on_failure(void *board, const char *sentence)
{
    (void)sentence;
    ++*(unsigned *)board;
    return false;
}

Test(fdc_host, a_write_the_host_cannot_do_is_an_equipment_check_and_said)
{
    unsigned said = 0;
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    disk_image_on_failure(b->fdc.image[0], on_failure, &said);
    disk_image_limit_volatile(b->fdc.image[0], 0);
    dma(b, 0, 512);
    COMMAND(b, 0x45, 0, 0, 0, 2, 2, 18, 0x1b, 0xff);
    EXPECT_RESULT(b, 0x50, 0, 0, 0, 0, 2, 2);
    cr_expect_eq(said, 1);
}
