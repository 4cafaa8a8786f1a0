/* ATA channel and disk: registers, resets, signatures, PIO commands.  Names are sentences of ATA/ATAPI-6. */
#include "tests/unit/devices/chip/ata_fixture.h"

static u16 word(const u8 *identify, unsigned n) { return get16(identify + 2 * n); }

/* Takes one DRQ block of sectors and checks their numbers. */
static void expect_sectors(struct cable *c, u32 first, u32 count)
{
    u8 bytes[16 * 512];
    cr_assert_eq(ready(c) & (DRQ | ERR), DRQ, "sector %u", first);
    read_words(c, bytes, count * 512);
    for (u32 i = 0; i < count; i++) cr_expect_eq(get32(bytes + i * 512), first + i);
}

static void identify(struct cable *c, u8 device, u8 code, u8 *bytes)
{
    command(c, device, 0, 0, 0, 0, 0, code);
    cr_assert_eq(ready(c) & (DRQ | ERR), DRQ);
    read_words(c, bytes, 512);
}

Test(ata_channel, an_empty_channel_floats_with_dd7_low)
{
    CABLE(c) = cable_empty();
    ata_channel_reset(&c->ch);
    wait_us(c, 10000);
    for (unsigned reg = 1; reg < 8; reg++) cr_expect_eq(in(c, reg), 0x7f);
    cr_expect_eq(alt(c), 0x7f);
    out(c, R_COMMAND, 0xec);
    cr_expect_not(c->irq.level);
    cr_expect_eq(ata_channel_data_read(&c->ch, 0, 4), 0xffffffff);
}

Test(ata_channel, device_0_answers_00h_for_the_status_of_an_absent_device_1)
{
    CABLE(c) = cable_empty();
    attach_disk(c, 0);
    wait_us(c, 10000);
    cr_expect_eq(in(c, R_STATUS), DRDY | DSC);
    out(c, R_DEVICE, CD);
    cr_expect_eq(in(c, R_STATUS), 0);
    cr_expect_eq(in(c, R_DEVICE) & 0x10, 0x10);
    out(c, R_COMMAND, 0xec);
    wait_us(c, 1000);
    cr_expect_eq(alt(c), 0);
}

Test(ata_channel, a_reset_leaves_signatures_and_selects_device_0)
{
    CABLE(c) = cable_full();
    static const u8 disk[] = { 1, 1, 1, 0, 0, 0xa0 }, cd[] = { 1, 1, 1, 0x14, 0xeb, 0xb0 };
    out(c, R_DEVICE, CD);
    ata_channel_control_write(&c->ch, 0, 0x04);
    cr_expect_eq(alt(c), BSY);
    ata_channel_control_write(&c->ch, 0, 0x00);
    cr_expect_eq(alt(c), BSY);
    wait_us(c, 10000);
    for (unsigned reg = 1; reg < 7; reg++) cr_expect_eq(in(c, reg), disk[reg - 1], "register %u", reg);
    cr_expect_eq(alt(c), DRDY | DSC);
    out(c, R_DEVICE, CD);
    for (unsigned reg = 1; reg < 7; reg++) cr_expect_eq(in(c, reg), cd[reg - 1], "register %u", reg);
    cr_expect_eq(alt(c), 0, "a packet device is not ready before its first packet");
    cr_expect_eq(c->edges, 0, "a reset does not interrupt");
}

Test(ata_channel, both_devices_hear_register_writes)
{
    CABLE(c) = cable_full();
    out(c, R_DEVICE, DISK);
    out(c, R_LOW, 0x5a);
    out(c, R_DEVICE, CD);
    cr_expect_eq(in(c, R_LOW), 0x5a);
}

Test(ata_channel, hob_shows_what_was_written_before)
{
    CABLE(c) = cable_full();
    out(c, R_COUNT, 0x12);
    out(c, R_COUNT, 0x34);
    cr_expect_eq(in(c, R_COUNT), 0x34);
    ata_channel_control_write(&c->ch, 0, 0x80);
    cr_expect_eq(in(c, R_COUNT), 0x12);
    out(c, R_LOW, 0);
    cr_expect_eq(in(c, R_COUNT), 0x34, "a write to the command block clears HOB");
}

Test(ata_channel, nien_keeps_intrq_off_and_status_acknowledges_it)
{
    CABLE(c) = cable_full();
    ata_channel_control_write(&c->ch, 0, 0x02);
    command(c, DISK, 0, 0, 0, 0, 0, 0xe1);
    ready(c);
    cr_expect_eq(c->edges, 0);
    ata_channel_control_write(&c->ch, 0, 0x00);
    cr_expect(c->irq.level, "it was pending");
    alt(c);
    cr_expect(c->irq.level, "alternate status does not acknowledge");
    out(c, R_DEVICE, CD);
    cr_expect_not(c->irq.level, "only the selected device drives INTRQ");
    out(c, R_DEVICE, DISK);
    cr_expect(c->irq.level);
    in(c, R_STATUS);
    cr_expect_not(c->irq.level);
}

Test(ata_channel, a_diagnostic_runs_on_both_devices_and_interrupts_once)
{
    CABLE(c) = cable_full();
    command(c, DISK, 0, 9, 9, 9, 9, 0x90);
    cr_expect_eq(alt(c), BSY);
    wait_us(c, 10000);
    cr_expect_eq(c->edges, 1);
    cr_expect_eq(in(c, R_ERROR), 1);
    cr_expect_eq(in(c, R_MID), 0);
    out(c, R_DEVICE, CD);
    cr_expect_eq(in(c, R_ERROR), 1);
    cr_expect_eq(in(c, R_MID), 0x14);
}

Test(ata_disk, identify_says_what_it_is_and_that_it_has_no_dma)
{
    CABLE(c) = cable_full();
    u8 b[512], sum = 0;
    identify(c, DISK, 0xec, b);
    cr_expect_eq(word(b, 5), 512);
    cr_expect_eq(word(b, 0), 0x0040);
    cr_expect_eq(word(b, 1), 4);
    cr_expect_eq(word(b, 3), 4);
    cr_expect_eq(word(b, 6), 20);
    cr_expect_eq(get32(b + 120), DISK_SECTORS);
    cr_expect_eq(get64(b + 200), DISK_SECTORS);
    cr_expect_eq(word(b, 49) & 0x0300, 0x0200, "LBA, no DMA");
    cr_expect_eq(word(b, 63), 0);
    cr_expect_eq(word(b, 88), 0);
    cr_expect_eq(word(b, 47), 0x8010);
    cr_expect_eq(word(b, 83) & 0x0400, 0x0400, "48-bit addresses");
    cr_expect_eq(word(b, 27), 'T' << 8 | 'E');
    for (unsigned i = 0; i < 512; i++) sum += b[i];
    cr_expect_eq(sum, 0);
    cr_expect_eq(alt(c), DRDY | DSC);
    cr_expect_eq(c->edges, 1);
}

Test(ata_disk, chs_lba28_and_lba48_reach_the_same_sectors)
{
    CABLE(c) = cable_full();
    command(c, DISK | 2, 0, 3, 5, 1, 0, 0x20);                   /* cylinder 1, head 2, sector 5 */
    for (u32 i = 0; i < 3; i++) expect_sectors(c, (1 * 4 + 2) * 20 + 4 + i, 1);
    cr_expect_eq(alt(c), DRDY | DSC);
    cr_expect_eq(in(c, R_LOW), 7, "the last sector");
    cr_expect_eq(in(c, R_COUNT), 0);
    command(c, DISK_LBA, 0, 2, 200, 0, 0, 0x20);
    expect_sectors(c, 200, 1);
    expect_sectors(c, 201, 1);
    cr_expect_eq(in(c, R_LOW), 201);
    for (unsigned reg = R_COUNT; reg <= R_HIGH; reg++) out(c, reg, 0);
    command(c, DISK_LBA, 0, 2, 44, 1, 0, 0x24);
    expect_sectors(c, 300, 1);
    expect_sectors(c, 301, 1);
    cr_expect_eq(in(c, R_STATUS), DRDY | DSC);
}

Test(ata_disk, each_block_of_a_read_interrupts_when_it_is_there)
{
    CABLE(c) = cable_full();
    command(c, DISK_LBA, 0, 3, 0, 0, 0, 0x20);
    cr_expect_eq(alt(c), DRDY | DSC | BSY);
    for (unsigned i = 1; i <= 3; i++) {
        ready(c);
        cr_expect_eq(c->edges, i);
        cr_expect_eq(in(c, R_STATUS), DRDY | DSC | DRQ);
        expect_sectors(c, i - 1, 1);
    }
    wait_us(c, 1000);
    cr_expect_eq(c->edges, 3, "no interrupt after the last block");
}

Test(ata_disk, a_count_of_0_is_256_sectors)
{
    CABLE(c) = cable_full();
    command(c, DISK_LBA, 0, 0, 10, 0, 0, 0x21);
    for (u32 i = 0; i < 256; i++) expect_sectors(c, 10 + i, 1);
    cr_expect_eq(alt(c), DRDY | DSC);
}

Test(ata_disk, multiple_moves_blocks_and_the_rest)
{
    CABLE(c) = cable_full();
    command(c, DISK_LBA, 0, 4, 0, 0, 0, 0xc4);
    cr_expect_eq(ready(c) & ERR, ERR, "multiple mode is off after power-on");
    cr_expect_eq(in(c, R_ERROR), 4);
    command(c, DISK, 0, 3, 0, 0, 0, 0xc6);
    cr_expect_eq(ready(c) & ERR, ERR, "3 is no power of two");
    command(c, DISK, 0, 8, 0, 0, 0, 0xc6);
    cr_expect_eq(ready(c) & ERR, 0);
    c->edges = 0;
    command(c, DISK_LBA, 0, 20, 7, 0, 0, 0xc4);
    expect_sectors(c, 7, 8);
    expect_sectors(c, 15, 8);
    expect_sectors(c, 23, 4);
    cr_expect_eq(alt(c), DRDY | DSC);
    u8 b[512];
    identify(c, DISK, 0xec, b);
    cr_expect_eq(word(b, 59), 0x0108);
}

Test(ata_disk, sectors_are_written)
{
    static const struct { u8 code, multiple, blocks; } rows[] = { { 0x30, 0, 4 }, { 0xc5, 4, 1 }, { 0x34, 0, 4 }, { 0x39, 2, 2 }, { 0x3c, 0, 4 } };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        CABLE(c) = cable_full();
        u8 bytes[2048], back[2048];
        for (unsigned k = 0; k < sizeof bytes; k++) bytes[k] = (u8)(k * 5 + i);
        command(c, DISK, 0, rows[i].multiple, 0, 0, 0, 0xc6);
        ready(c);
        in(c, R_STATUS);
        for (unsigned reg = R_COUNT; reg <= R_HIGH; reg++) out(c, reg, 0);
        c->edges = 0;
        command(c, DISK_LBA, 0, 4, 100, 0, 0, rows[i].code);
        for (unsigned b = 0; b < rows[i].blocks; b++) {
            cr_assert_eq(ready(c) & (DRQ | ERR), DRQ, "row %u", i);
            cr_expect_eq(c->edges, b, "the first block comes without an interrupt");
            write_words(c, bytes + b * (2048 / rows[i].blocks), 2048 / rows[i].blocks);
            ready(c);
            in(c, R_STATUS);
        }
        cr_expect_eq(c->edges, rows[i].blocks);
        cr_expect_eq(alt(c), DRDY | DSC);
        disk_image_read(c->image[0], 100, 4, back);
        cr_expect_arr_eq(back, bytes, 2048, "row %u", i);
    }
}

Test(ata_disk, an_address_that_is_not_there_is_idnf)
{
    static const struct { u8 device, count, low, mid, high, code, error; } rows[] = {
        { DISK, 1, 0, 0, 0, 0x20, 0x10 },      { DISK, 1, 21, 0, 0, 0x20, 0x10 },        { DISK | 4, 1, 1, 0, 0, 0x20, 0x10 },
        { DISK, 1, 1, 4, 0, 0x20, 0x10 },      { DISK_LBA, 1, 64, 1, 0, 0x20, 0x10 },    { DISK_LBA | 15, 1, 255, 255, 255, 0x20, 0x10 },
        { DISK_LBA, 1, 64, 1, 0, 0x30, 0x10 }, { DISK_LBA, 1, 64, 1, 0, 0x40, 0x10 },    { DISK_LBA, 0, 64, 1, 0, 0x70, 0x10 },
        { DISK, 1, 1, 0, 0, 0x24, 4 },
    };
    CABLE(c) = cable_full();
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        command(c, rows[i].device, 0, rows[i].count, rows[i].low, rows[i].mid, rows[i].high, rows[i].code);
        cr_expect_eq(ready(c), DRDY | DSC | ERR, "row %u", i);
        cr_expect_eq(in(c, R_ERROR), rows[i].error, "row %u", i);
    }
}

Test(ata_disk, a_transfer_over_the_end_moves_what_is_there_and_names_the_first_bad_sector)
{
    CABLE(c) = cable_full();
    command(c, DISK_LBA, 0, 5, 62, 1, 0, 0x20);
    expect_sectors(c, 318, 1);
    expect_sectors(c, 319, 1);
    cr_expect_eq(ready(c) & ERR, ERR);
    cr_expect_eq(in(c, R_ERROR), 0x10);
    cr_expect_eq(in(c, R_LOW) | in(c, R_MID) << 8, 320);
    cr_expect_eq(in(c, R_COUNT), 3);
}

Test(ata_disk, initialize_parameters_changes_the_translation)
{
    CABLE(c) = cable_full();
    u8 b[512];
    command(c, DISK | 1, 0, 10, 0, 0, 0, 0x91);                  /* 2 heads, 10 sectors */
    cr_expect_eq(ready(c) & ERR, 0);
    command(c, DISK | 1, 0, 1, 10, 15, 0, 0x20);
    expect_sectors(c, 15 * 20 + 10 + 9, 1);
    identify(c, DISK, 0xec, b);
    cr_expect_eq(word(b, 54), 16);
    cr_expect_eq(word(b, 55), 2);
    cr_expect_eq(word(b, 56), 10);
    cr_expect_eq(word(b, 3), 4, "the default translation stays");
    command(c, DISK, 0, 0, 0, 0, 0, 0x91);
    cr_expect_eq(ready(c) & ERR, ERR);
    command(c, DISK, 0, 1, 1, 0, 0, 0x20);
    cr_expect_eq(ready(c) & ERR, ERR, "no translation, no CHS");
}

Test(ata_disk, verify_reads_without_data)
{
    CABLE(c) = cable_full();
    command(c, DISK_LBA, 0, 0, 0, 0, 0, 0x40);
    cr_expect_eq(ready(c), DRDY | DSC);
    cr_expect_eq(c->edges, 1);
    command(c, DISK_LBA, 0, 0, 100, 0, 0, 0x40);
    cr_expect_eq(ready(c), DRDY | DSC | ERR);
    cr_expect_eq(in(c, R_LOW) | in(c, R_MID) << 8, DISK_SECTORS);
}

Test(ata_disk, commands_it_does_not_have_abort)
{
    static const u8 codes[] = { 0x00, 0x08, 0x25, 0x35, 0xa0, 0xa1, 0xb0, 0xc8, 0xca, 0xf9, 0xff };
    CABLE(c) = cable_full();
    for (unsigned i = 0; i < sizeof codes; i++) {
        command(c, DISK_LBA, 0, 1, 0, 0, 0, codes[i]);
        cr_expect_eq(ready(c), DRDY | DSC | ERR, "command %02x", codes[i]);
        cr_expect_eq(in(c, R_ERROR), 4);
    }
}

Test(ata_disk, power_commands_move_between_modes_and_check_power_shows_them)
{
    static const struct { u8 code, mode; } rows[] = { { 0xe0, 0 }, { 0xe1, 0x80 }, { 0xe2, 0 }, { 0xe3, 0x80 }, { 0x94, 0 }, { 0x97, 0x80 } };
    CABLE(c) = cable_full();
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        command(c, DISK, 0, 0, 0, 0, 0, rows[i].code);
        cr_expect_eq(ready(c), DRDY | DSC);
        command(c, DISK, 0, 0x55, 0, 0, 0, i & 1 ? 0x98 : 0xe5);
        ready(c);
        cr_expect_eq(in(c, R_COUNT), rows[i].mode, "row %u", i);
    }
    command(c, DISK_LBA, 0, 1, 0, 0, 0, 0x20);
    expect_sectors(c, 0, 1);
    command(c, DISK, 0, 0, 0, 0, 0, 0xe5);
    ready(c);
    cr_expect_eq(in(c, R_COUNT), 0xff, "a read wakes it");
    command(c, DISK, 0, 0, 0, 0, 0, 0xe6);
    ready(c);
    in(c, R_STATUS);
    command(c, DISK, 0, 0, 0, 0, 0, 0xec);
    wait_us(c, 1000);
    cr_expect_eq(alt(c) & DRQ, 0, "asleep until a reset");
    ata_channel_control_write(&c->ch, 0, 4);
    ata_channel_control_write(&c->ch, 0, 0);
    wait_us(c, 10000);
    u8 b[512];
    identify(c, DISK, 0xec, b);
}

Test(ata_disk, set_features_knows_pio_modes_the_caches_and_reverting)
{
    static const struct { u8 feature, count; bool known; } rows[] = {
        { 0x03, 0x00, true }, { 0x03, 0x0c, true }, { 0x03, 0x0d, false }, { 0x03, 0x20, false }, { 0x03, 0x40, false }, { 0x02, 0, true },
        { 0x82, 0, true },    { 0x55, 0, true },    { 0xaa, 0, true },     { 0x66, 0, true },     { 0xcc, 0, true },     { 0x05, 0, false },
    };
    CABLE(c) = cable_full();
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        command(c, DISK, rows[i].feature, rows[i].count, 0, 0, 0, 0xef);
        cr_expect_eq(ready(c) & ERR, rows[i].known ? 0 : ERR, "row %u", i);
    }
}

Test(ata_disk, a_software_reset_reverts_unless_told_to_keep)
{
    CABLE(c) = cable_full();
    command(c, DISK, 0, 8, 0, 0, 0, 0xc6);
    ready(c);
    command(c, DISK, 0x66, 0, 0, 0, 0, 0xef);
    ready(c);
    ata_channel_control_write(&c->ch, 0, 4);
    ata_channel_control_write(&c->ch, 0, 0);
    wait_us(c, 10000);
    cr_expect_eq(c->ch.device[0].multiple, 8);
    command(c, DISK, 0xcc, 0, 0, 0, 0, 0xef);
    ready(c);
    ata_channel_control_write(&c->ch, 0, 4);
    ata_channel_control_write(&c->ch, 0, 0);
    wait_us(c, 10000);
    cr_expect_eq(c->ch.device[0].multiple, 0);
}

Test(ata_disk, the_buffer_is_written_and_read_back)
{
    CABLE(c) = cable_full();
    u8 bytes[512], back[512];
    for (unsigned i = 0; i < 512; i++) bytes[i] = (u8)(i * 11);
    command(c, DISK, 0, 0, 0, 0, 0, 0xe8);
    cr_assert_eq(ready(c) & DRQ, DRQ);
    write_words(c, bytes, 512);
    ready(c);
    command(c, DISK, 0, 0, 0, 0, 0, 0xe4);
    cr_assert_eq(ready(c) & DRQ, DRQ);
    read_words(c, back, 512);
    cr_expect_arr_eq(back, bytes, 512);
}

Test(ata_disk, the_native_maximum_is_the_last_sector)
{
    CABLE(c) = cable_full();
    command(c, DISK_LBA, 0, 0, 0, 0, 0, 0xf8);
    ready(c);
    cr_expect_eq(in(c, R_LOW) | in(c, R_MID) << 8, DISK_SECTORS - 1);
    command(c, DISK_LBA, 0, 0, 0, 0, 0, 0x27);
    ready(c);
    cr_expect_eq(in(c, R_LOW) | in(c, R_MID) << 8, DISK_SECTORS - 1);
}

Test(ata_disk, the_data_register_takes_accesses_of_32_bits)
{
    CABLE(c) = cable_full();
    command(c, DISK_LBA, 0, 1, 77, 0, 0, 0x20);
    ready(c);
    cr_expect_eq(ata_channel_data_read(&c->ch, 0, 4), 77);
    cr_expect_eq(ata_channel_data_read(&c->ch, 0, 2), (u8)(77 * 3) * 0x101u);
    for (unsigned i = 0; i < 506; i += 2) ata_channel_data_read(&c->ch, 0, 2);
    cr_expect_eq(alt(c) & DRQ, 0);
    cr_expect_eq(ata_channel_data_read(&c->ch, 0, 4), 0xffffffff, "nothing is left");
    cr_expect_eq(ata_channel_data_read(&c->ch, 6, 4), 0xffff0000u | (DRDY | DSC) << 8 | 0xe0, "byte registers, then nothing");
}

Test(ata_disk, a_write_the_host_cannot_do_is_a_device_fault_and_said)
{
    u8 bytes[512] = { 0 };
    CABLE(c) = cable_full();
    disk_image_limit_volatile(c->image[0], 0);
    command(c, DISK_LBA, 0, 1, 77, 0, 0, 0x30);
    ready(c);
    write_words(c, bytes, 512);
    cr_expect_eq(ready(c), DRDY | DSC | DF | ERR);
    cr_expect_eq(in(c, R_ERROR), 4);
    cr_expect_eq(c->failures, 1);
}

/* The board waits for a person: the guest has noticed nothing when it goes on. */
Test(ata_disk, a_write_that_is_tried_again_ends_at_the_tick_at_which_it_would_have)
{
    u8 bytes[512] = { 1 };
    u64 ended[2];

    for (unsigned helped = 0; helped < 2; helped++) {
        CABLE(c) = cable_full();
        c->helps = true;
        if (helped) disk_image_limit_volatile(c->image[0], 0);
        command(c, DISK_LBA, 0, 1, 77, 0, 0, 0x30);
        ready(c);
        write_words(c, bytes, 512);
        while (!c->clock.held && c->ch.device[0].status & BSY) {
            c->clock.time.now = c->clock.heap[0]->at;
            clock_fire_due(&c->clock);
        }
        cr_expect_eq(c->failures, helped);
        cr_expect_eq(c->clock.held, helped);
        cr_expect_eq(alt(c) & (BSY | DF | ERR), helped ? BSY : 0);
        disk_image_limit_volatile(c->image[0], 1 << 20);
        c->clock.held = false;
        clock_fire_due(&c->clock);
        while (c->ch.device[0].status & BSY) {
            c->clock.time.now = c->clock.heap[0]->at;
            clock_fire_due(&c->clock);
        }
        ended[helped] = c->clock.time.now;
        cr_expect_eq(ready(c), DRDY | DSC);
        cr_expect(disk_image_read(c->image[0], 77, 1, bytes) && bytes[0] == 1);
    }
    cr_expect_eq(ended[0], ended[1]);
}

Test(ata_disk, flush_ends_well)
{
    CABLE(c) = cable_full();
    command(c, DISK, 0, 0, 0, 0, 0, 0xe7);
    cr_expect_eq(ready(c), DRDY | DSC);
    command(c, DISK, 0, 0, 0, 0, 0, 0xea);
    cr_expect_eq(ready(c), DRDY | DSC);
    cr_expect_eq(c->edges, 2, "writing a command acknowledges the interrupt of the last one");
}

Test(ata_disk, a_block_access_leaves_the_last_word_of_the_drq_block)
{
    CABLE(c) = cable_full();
    u8 bytes[512];
    command(c, DISK | 0x40, 0, 1, 5, 0, 0, 0x20);
    cr_expect_eq(ata_channel_block_read(&c->ch, 0, 2, 256, bytes), 0, "nothing moves while it is busy");
    cr_assert_eq(ready(c) & (DRQ | ERR), DRQ);
    cr_expect_eq(ata_channel_block_read(&c->ch, 1, 2, 256, bytes), 0, "registers are not data");
    cr_expect_eq(ata_channel_block_write(&c->ch, 0, 2, 256, bytes), 0, "the wrong direction");
    cr_expect_eq(ata_channel_block_read(&c->ch, 0, 2, 3, bytes), 3);
    cr_expect_eq(ata_channel_block_read(&c->ch, 0, 4, 256, bytes + 6), 126);
    cr_expect_eq(ata_channel_block_read(&c->ch, 0, 4, 256, bytes + 510), 0);
    cr_expect_eq(alt(c) & DRQ, DRQ);
    read_words(c, bytes + 510, 2);
    cr_expect_eq(alt(c) & DRQ, 0);
    cr_expect_eq(get32(bytes), 5);
}

Test(ata_disk, a_block_access_writes_too)
{
    CABLE(c) = cable_full();
    u8 bytes[512], back[512];
    for (unsigned i = 0; i < 512; i++) bytes[i] = (u8)(i * 7);
    command(c, DISK, 0, 1, 6, 0, 0, 0x30);
    cr_assert_eq(ready(c) & (DRQ | ERR), DRQ);
    cr_expect_eq(ata_channel_block_write(&c->ch, 0, 2, 256, bytes), 255);
    cr_expect_eq(alt(c) & DRQ, DRQ);
    write_words(c, bytes + 510, 2);
    cr_expect_eq(ready(c) & (DRQ | ERR), 0);
    command(c, DISK, 0, 1, 6, 0, 0, 0x20);
    cr_assert_eq(ready(c) & (DRQ | ERR), DRQ);
    read_words(c, back, 512);
    cr_expect(!memcmp(bytes, back, 512));
}
