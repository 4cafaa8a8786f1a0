/* 82077AA: registers, reset, the command phase, seeks, drives. */
#include "tests/unit/devices/chip/fdc_fixture.h"

Test(fdc_82077, after_a_reset_every_drive_is_told_of_by_sense_interrupt)           /* DS "Reset", "Polling" */
{
    BENCH(b) = bench_empty();
    cr_expect_eq(in(b, MSR), 0, "held in reset");
    out(b, DOR, 0x0c);
    cr_expect_eq(in(b, MSR), RQM);
    cr_assert(wait_int(b, 10));
    for (unsigned n = 0; n < 4; n++) cr_expect_eq(sense(b), (0xc0 | n) << 8);
    cr_expect_not(b->irq.level);
    cr_expect_eq(sense(b), 0x80, "nothing is left to sense");
}

Test(fdc_82077, the_dma_gate_takes_int_off_the_bus)                                 /* DS "DOR" */
{
    BENCH(b) = bench_empty();
    out(b, DOR, 0x04);
    run_ms(b, 10);
    cr_expect_not(b->irq.level);
    out(b, DOR, 0x0c);
    cr_expect(b->irq.level);
}

Test(fdc_82077, polling_switched_off_in_time_does_not_interrupt)                    /* DS "CONFIGURE", POLL */
{
    BENCH(b) = bench_empty();
    out(b, DOR, 0x0c);
    COMMAND(b, 0x13, 0, 0x10, 0);
    cr_expect_not(wait_int(b, 100));
    cr_expect_eq(sense(b), 0x80);
}

Test(fdc_82077, the_reset_of_the_dsr_clears_itself)                                 /* DS "DSR" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    out(b, DSR, 0x82);
    cr_expect_eq(in(b, MSR), RQM);
    cr_expect(wait_int(b, 10));
    cr_expect_eq(sense(b), 0xc000);
}

Test(fdc_82077, power_down_ends_with_a_reset_only)                                  /* DS "DSR" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    out(b, DSR, 0x40);
    cr_expect_eq(in(b, MSR), 0);
    out(b, DSR, 0);
    cr_expect_eq(in(b, MSR), 0);
    out(b, DOR, 0x18);
    out(b, DOR, 0x1c);
    cr_expect_eq(in(b, MSR), RQM);
}

Test(fdc_82077, a_byte_that_is_no_command_ends_in_80h)                              /* DS "INVALID" */
{
    static const u8 codes[] = { 0x00, 0x01, 0x0b, 0x15, 0x17, 0x18, 0x1f, 0x25, 0x47, 0xff };
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    for (unsigned i = 0; i < sizeof codes; i++) {
        COMMAND(b, codes[i]);
        cr_expect_eq(in(b, MSR), RQM | DIO | CB);
        cr_expect_eq(fetch(b), 1, "code %02x", codes[i]);
        cr_expect_eq(b->result[0], 0x80);
        cr_expect_eq(in(b, MSR), RQM);
    }
}

Test(fdc_82077, version_says_90h_and_lock_its_bit)                                  /* DS "VERSION", "LOCK" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    COMMAND(b, 0x10);
    cr_expect_eq(fetch(b), 1);
    cr_expect_eq(b->result[0], 0x90);
    COMMAND(b, 0x94);
    fetch(b);
    cr_expect_eq(b->result[0], 0x10);
    COMMAND(b, 0x14);
    fetch(b);
    cr_expect_eq(b->result[0], 0);
}

Test(fdc_82077, dumpreg_shows_what_specify_configure_and_perpendicular_mode_set)    /* DS "DUMPREG" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    COMMAND(b, 3, 0xaf, 0x12);
    COMMAND(b, 0x13, 0, 0x57, 0x20);
    COMMAND(b, 0x12, 0x80 | 0x0c | 1);
    COMMAND(b, 0x94);
    fetch(b);
    COMMAND(b, 0x0f, 0, 3);
    wait_int(b, 100);
    sense(b);
    COMMAND(b, 0x0e);
    cr_assert_eq(fetch(b), 10);
    static const u8 expected[10] = { 3, 0, 0, 0, 0xaf, 0x12, 0, 0x8d, 0x57, 0x20 };
    for (unsigned i = 0; i < 10; i++) cr_expect_eq(b->result[i], expected[i], "byte %u is %02x", i, b->result[i]);
}

Test(fdc_82077, a_software_reset_leaves_locked_fifo_settings_alone)                 /* DS "LOCK" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    COMMAND(b, 0x13, 0, 0x4a, 0x11);
    COMMAND(b, 0x94);
    fetch(b);
    out(b, DOR, 0);
    out(b, DOR, 0x0c);
    cr_expect_eq(b->fdc.config, 0x0a, "EIS goes, the FIFO's settings stay");
    cr_expect_eq(b->fdc.pretrk, 0x11);
    COMMAND(b, 0x14);
    fetch(b);
    out(b, DOR, 0);
    out(b, DOR, 0x0c);
    cr_expect_eq(b->fdc.config, 0x20);
    cr_expect_eq(b->fdc.pretrk, 0);
}

Test(fdc_82077, perpendicular_drives_change_only_with_ow)                           /* DS "PERPENDICULAR MODE" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, 0);
    COMMAND(b, 0x12, 0x84);
    COMMAND(b, 0x12, 0x3b);
    cr_expect_eq(b->fdc.perpendicular, 0x07);
    out(b, DOR, 0);
    out(b, DOR, 0x0c);
    cr_expect_eq(b->fdc.perpendicular, 0x04, "a software reset clears GAP and WGATE");
}

Test(fdc_82077, a_seek_takes_a_step_time_a_cylinder)                                /* DS "SPECIFY", SRT = Dh: 3 ms at 500 kbit/s */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    u64 start = b->clock.time.now;
    COMMAND(b, 0x0f, 4, 40);
    cr_expect_eq(in(b, MSR), RQM | 1, "drive 0 is busy seeking");
    cr_assert(wait_int(b, 1000));
    cr_expect_eq(b->clock.time.now - start, 40 * 3 * BENCH_IPS / 1000);
    cr_expect_eq(in(b, MSR), RQM);
    cr_expect_eq(sense(b), 0x2400 | 40);
    cr_expect_eq(b->fdc.head_at[0], 40);
}

Test(fdc_82077, a_seek_to_where_it_is_ends_at_once)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    COMMAND(b, 0x0f, 0, 0);
    cr_expect(wait_int(b, 1));
    cr_expect_eq(sense(b), 0x2000);
}

Test(fdc_82077, recalibrate_without_track_0_ends_after_79_steps)                    /* DS "RECALIBRATE" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    out(b, DOR, MOTOR_B);                                /* no drive B */
    u64 start = b->clock.time.now;
    COMMAND(b, 7, 1);
    cr_assert(wait_int(b, 1000));
    cr_expect_eq(b->clock.time.now - start, 79 * 3 * BENCH_IPS / 1000);
    cr_expect_eq(sense(b), 0x7100);
}

Test(fdc_82077, a_second_recalibrate_reaches_track_0_from_beyond_79)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    COMMAND(b, 0x0f, 0, 82);
    wait_int(b, 1000);
    sense(b);
    COMMAND(b, 7, 0);
    wait_int(b, 1000);
    cr_expect_eq(sense(b), 0x7000);
    COMMAND(b, 7, 0);
    wait_int(b, 1000);
    cr_expect_eq(sense(b), 0x2000);
}

Test(fdc_82077, heads_stop_at_the_end_of_their_reach)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_360K, K360);
    COMMAND(b, 0x0f, 0, 255);
    wait_int(b, 2000);
    cr_expect_eq(sense(b), 0x20ff);
    cr_expect_eq(b->fdc.head_at[0], 41);
}

Test(fdc_82077, relative_seek_steps_from_where_it_is)                               /* DS "RELATIVE SEEK" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    COMMAND(b, 0xcf, 0, 10);
    wait_int(b, 1000);
    cr_expect_eq(sense(b), 0x200a);
    COMMAND(b, 0x8f, 0, 4);
    wait_int(b, 1000);
    cr_expect_eq(sense(b), 0x2006);
    cr_expect_eq(b->fdc.head_at[0], 6);
}

Test(fdc_82077, sense_drive_status_shows_track_0_and_the_tab)                       /* DS "SENSE DRIVE STATUS" */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    COMMAND(b, 4, 4);
    cr_expect_eq(fetch(b), 1);
    cr_expect_eq(b->result[0], 0x28 | 0x10 | 4);
    COMMAND(b, 0x0f, 0, 1);
    wait_int(b, 10);
    sense(b);
    struct disk_image *image = fdc_82077_eject(&b->fdc, 0);
    fdc_82077_insert(&b->fdc, 0, image, true);
    COMMAND(b, 4, 0);
    fetch(b);
    cr_expect_eq(b->result[0], 0x28 | 0x40);
}

Test(fdc_82077, the_change_line_falls_with_a_step_while_a_disk_is_in)               /* drives' data sheets, DSKCHG */
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    cr_expect_eq(in(b, DIR), 0x7f, "the recalibrate made a step");
    struct disk_image *image = fdc_82077_eject(&b->fdc, 0);
    cr_expect_eq(in(b, DIR), 0xff);
    COMMAND(b, 0x0f, 0, 5);
    wait_int(b, 100);
    sense(b);
    cr_expect_eq(in(b, DIR), 0xff, "an empty drive keeps its latch");
    fdc_82077_insert(&b->fdc, 0, image, false);
    cr_expect_eq(in(b, DIR), 0xff);
    COMMAND(b, 0x0f, 0, 4);
    wait_int(b, 100);
    cr_expect_eq(in(b, DIR), 0x7f);
}

Test(fdc_82077, a_disk_that_does_not_fit_is_refused)
{
    static const struct { enum floppy_drive drive; u32 size; bool fits; } rows[] = {
        { FLOPPY_DRIVE_360K, K360, true },    { FLOPPY_DRIVE_360K, K720, false },   { FLOPPY_DRIVE_360K, K1200, false },
        { FLOPPY_DRIVE_1200K, K360, true },   { FLOPPY_DRIVE_1200K, K1200, true },  { FLOPPY_DRIVE_1200K, K1440, false },
        { FLOPPY_DRIVE_720K, K720, true },    { FLOPPY_DRIVE_720K, K1440, false },  { FLOPPY_DRIVE_1440K, K720, true },
        { FLOPPY_DRIVE_1440K, K1680, true },  { FLOPPY_DRIVE_1440K, K2880, false }, { FLOPPY_DRIVE_2880K, K2880, true },
        { FLOPPY_DRIVE_2880K, K1440, true },  { FLOPPY_DRIVE_1440K, K160, true },   { FLOPPY_NO_DRIVE, K1440, false },
        { FLOPPY_DRIVE_1440K, 512, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        BENCH(b) = bench_empty();
        b->disk[0] = calloc(1, rows[i].size);
        struct disk_image *image = disk_image_open_memory(b->disk[0], rows[i].size);
        fdc_82077_attach(&b->fdc, 0, rows[i].drive);
        bool fits = fdc_82077_insert(&b->fdc, 0, image, false);
        cr_expect_eq(fits, rows[i].fits, "row %u", i);
        if (!fits) disk_image_close(image);
    }
}

Test(fdc_82077, a_reset_ends_a_command_without_result)
{
    BENCH(b) = bench_booted(FLOPPY_DRIVE_1440K, K1440);
    COMMAND(b, 0xe6, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    cr_expect_eq(in(b, MSR), CB);
    out(b, DOR, 0x18);
    cr_expect_eq(in(b, MSR), 0);
    out(b, DOR, 0x1c);
    cr_expect_eq(in(b, MSR), RQM);
    cr_expect(wait_int(b, 10));
    cr_expect_eq(sense(b), 0xc000);
}
