/* The PIIX3's bus master and the devices' DMA commands.  "Programming Interface for Bus Master IDE Controller" 1.0; Intel 290550-001;
 * T13 1410D, "DMA command protocol". */
#include <criterion/criterion.h>

#include "devices/chip/ide_piix3.h"
#include "devices/chip/pm_piix4_function.h"
#include "tests/unit/devices/chip/ata_fixture.h"

enum { MEMORY_BYTES = 1 << 20, TABLE = 0x1000, START_READ = 9, START_WRITE = 1, ACTIVE = 1, ERROR = 2, INTERRUPT = 4 };
enum { READ_DMA = 0xc8, WRITE_DMA = 0xca, READ_DMA_EXT = 0x25, WRITE_DMA_EXT = 0x35, PACKET = 0xa0 };

static u8 memory[MEMORY_BYTES];
static struct ide_piix3 ide;
static struct cable *wired;
static unsigned decode_changes;

static void memory_read(void *board, u64 pa, u8 *bytes, unsigned size)
{
    (void)board;
    for (unsigned i = 0; i < size; i++) bytes[i] = pa + i < MEMORY_BYTES ? memory[pa + i] : 0xff;
}

static void memory_write(void *board, u64 pa, const u8 *bytes, unsigned size)
{
    (void)board;
    for (unsigned i = 0; i < size; i++) if (pa + i < MEMORY_BYTES) memory[pa + i] = bytes[i];
}

static void on_decode(void *board) { (void)board; decode_changes++; }
static void on_started(void *board, unsigned channel) { (void)board; if (!channel) ata_channel_dma_started(&wired->ch); }
static void on_irq(void *listener, unsigned n, bool level)
{
    struct cable *c = listener;
    c->edges += level;
    if (level) ide_piix3_interrupt(&ide, n);
}

static struct cable *with_master(void)
{
    const struct ide_piix3_wires wires = { NULL, on_decode, memory_read, memory_write, on_started };
    struct cable *c = cable_full();

    memset(memory, 0, sizeof memory);
    decode_changes = 0;
    wired = c;
    c->irq = (struct line){ .changed = on_irq, .listener = c };
    c->ch.dma = (struct ata_dma_wire){ &ide, 0, ide_piix3_transfer };
    ide_piix3_init(&ide, &wires);
    ide_piix3_config_write(&ide, 4, 5);
    return c;
}

static void descriptor(unsigned n, u32 region, u16 bytes, bool last)
{
    put32(memory + TABLE + 8 * n, region);
    put32(memory + TABLE + 8 * n + 4, bytes | (last ? 0x80000000u : 0));
}

static void master_write(unsigned reg, u8 value)
{
    ide_piix3_write(&ide, reg, value);
    cr_assert_null(ide_piix3_invariant(&ide), "%s", ide_piix3_invariant(&ide));
}

static void start(u8 command)
{
    for (unsigned i = 0; i < 4; i++) master_write(4 + i, (u8)(TABLE >> 8 * i));
    master_write(2, ERROR | INTERRUPT);
    master_write(0, command & 8);
    master_write(0, command);
}

Test(ide_piix3, read_dma_fills_the_regions_of_the_table)
{
    CABLE(c) = with_master();
    descriptor(0, 0x10000, 512 + 2, false);
    descriptor(1, 0x20000, 3 * 512 - 2, true);
    command(c, DISK_LBA, 0, 4, 7, 0, 0, READ_DMA);
    start(START_READ);
    ready(c);
    wait_us(c, 100);
    cr_expect_eq(in(c, R_STATUS), DRDY | DSC);
    cr_expect_eq(memcmp(memory + 0x10000, c->disk + 7 * 512, 514), 0);
    cr_expect_eq(memcmp(memory + 0x20000, c->disk + 7 * 512 + 514, 4 * 512 - 514), 0);
    cr_expect_eq(ide_piix3_read(&ide, 2), INTERRUPT, "done, not active");
    cr_expect_eq(c->edges, 1);
    master_write(2, INTERRUPT);
    cr_expect_eq(ide_piix3_read(&ide, 2), 0);
}

Test(ide_piix3, a_device_waits_until_the_master_is_started)
{
    CABLE(c) = with_master();
    descriptor(0, 0x10000, 512, true);
    command(c, DISK_LBA, 0, 1, 9, 0, 0, READ_DMA);
    ready(c);
    wait_us(c, 1000);
    cr_expect_eq(alt(c) & (BSY | DRQ), DRQ);
    cr_expect_eq(c->edges, 0);
    cr_expect_eq(ata_channel_data_read(&c->ch, 0, 2), 0xffff, "PIO has no part in it");
    start(START_READ);
    wait_us(c, 1000);
    cr_expect_eq(memcmp(memory + 0x10000, c->disk + 9 * 512, 512), 0);
    cr_expect_eq(c->edges, 1);
}

Test(ide_piix3, write_dma_takes_the_regions)
{
    CABLE(c) = with_master();
    for (unsigned i = 0; i < 200 * 512; i++) memory[0x30000 + i] = (u8)(i * 7);
    descriptor(0, 0x30000, 0, false);                    /* 0 is 64 KiB */
    descriptor(1, 0x40000, 200 * 512 - 0x10000, true);
    command(c, DISK_LBA, 0, 200, 3, 0, 0, WRITE_DMA);
    start(START_WRITE);
    for (unsigned i = 0; i < 100 && !c->edges; i++) wait_us(c, 100);
    cr_expect_eq(in(c, R_STATUS), DRDY | DSC);
    cr_expect_eq(ide_piix3_read(&ide, 2), INTERRUPT);
    descriptor(0, 0x80000, 0, false);
    descriptor(1, 0x90000, 200 * 512 - 0x10000, true);
    c->edges = 0;
    command(c, DISK_LBA, 0, 200, 3, 0, 0, READ_DMA);
    start(START_READ);
    for (unsigned i = 0; i < 100 && !c->edges; i++) wait_us(c, 100);
    cr_expect_eq(memcmp(memory + 0x80000, memory + 0x30000, 200 * 512), 0);
}

Test(ide_piix3, a_table_longer_than_the_transfer_leaves_the_master_active)   /* "Interrupt 1, active 1" */
{
    CABLE(c) = with_master();
    descriptor(0, 0x10000, 4096, true);
    command(c, DISK_LBA, 0, 1, 0, 0, 0, READ_DMA);
    start(START_READ);
    wait_us(c, 1000);
    cr_expect_eq(ide_piix3_read(&ide, 2), INTERRUPT | ACTIVE);
    master_write(0, 8);
    cr_expect_eq(ide_piix3_read(&ide, 2), INTERRUPT);
}

Test(ide_piix3, a_table_shorter_than_the_transfer_ends_without_an_interrupt) /* "Interrupt 0, active 0" */
{
    CABLE(c) = with_master();
    descriptor(0, 0x10000, 512, true);
    command(c, DISK_LBA, 0, 2, 0, 0, 0, READ_DMA);
    start(START_READ);
    wait_us(c, 1000);
    cr_expect_eq(ide_piix3_read(&ide, 2), 0);
    cr_expect_eq(alt(c) & DRQ, DRQ);
    cr_expect_eq(c->edges, 0);
}

Test(ide_piix3, the_wrong_direction_and_a_master_that_is_not_enabled_move_nothing)
{
    CABLE(c) = with_master();
    descriptor(0, 0x10000, 512, true);
    command(c, DISK_LBA, 0, 1, 5, 0, 0, READ_DMA);
    start(START_WRITE);
    wait_us(c, 1000);
    cr_expect_eq(memory[0x10000], 0);
    cr_expect_eq(alt(c) & DRQ, DRQ);
    master_write(0, 0);
    ide_piix3_config_write(&ide, 4, 1);
    start(START_READ);
    wait_us(c, 1000);
    cr_expect_eq(alt(c) & DRQ, DRQ);
}

Test(ide_piix3, dma_ext_reaches_by_48_bits)
{
    CABLE(c) = with_master();
    descriptor(0, 0x10000, 1024, true);
    out(c, R_DEVICE, DISK_LBA);
    for (unsigned reg = R_COUNT; reg <= R_HIGH; reg++) out(c, reg, 0);
    out(c, R_COUNT, 2), out(c, R_LOW, 11), out(c, R_MID, 0), out(c, R_HIGH, 0);
    out(c, R_COMMAND, READ_DMA_EXT);
    start(START_READ);
    wait_us(c, 1000);
    cr_expect_eq(memcmp(memory + 0x10000, c->disk + 11 * 512, 1024), 0);
}

Test(ide_piix3, sectors_past_the_end_are_not_found)
{
    CABLE(c) = with_master();
    descriptor(0, 0x10000, 4096, true);
    command(c, DISK_LBA, 0, 2, (u8)(DISK_SECTORS - 1), (DISK_SECTORS - 1) >> 8, 0, READ_DMA);
    start(START_READ);
    wait_us(c, 1000);
    cr_expect_eq(in(c, R_STATUS) & ERR, ERR);
    cr_expect_eq(in(c, R_ERROR), 0x10);
}

Test(ide_piix3, a_packet_moves_its_data_by_dma)
{
    static const u8 read_10[12] = { 0x28, 0, 0, 0, 0, 5, 0, 0, 40 };         /* 40 blocks: more than the buffer holds */
    static const u8 sense[12] = { 0x03, 0, 0, 0, 18 };
    CABLE(c) = with_master();

    descriptor(0, 0x20000, 18, true);
    command(c, CD, 1, 0, 0, 0, 0, PACKET);
    ready(c);
    write_words(c, sense, 12);
    start(START_READ);
    wait_us(c, 1000);
    cr_expect_eq(memory[0x20000] & 0x7f, 0x70);
    descriptor(0, 0x20000, 0, false);
    descriptor(1, 0x30000, 40 * 2048 - 0x10000, true);
    c->edges = 0;
    command(c, CD, 1, 0, 0, 0, 0, PACKET);
    ready(c);
    write_words(c, read_10, 12);
    start(START_READ);
    for (unsigned i = 0; i < 100 && !c->edges; i++) wait_us(c, 100);
    cr_expect_eq(in(c, R_COUNT), 3);
    cr_expect_eq(in(c, R_STATUS) & ERR, 0);
    cr_expect_eq(memcmp(memory + 0x20000, c->disc + 5 * 2048, 40 * 2048), 0);
}

Test(ide_piix3, identify_and_set_features_know_dma_modes)
{
    CABLE(c) = with_master();
    u8 words[512];

    command(c, DISK, 3, 0x22, 0, 0, 0, 0xef);
    cr_expect_eq(ready(c) & ERR, 0);
    command(c, DISK, 0, 0, 0, 0, 0, 0xec);
    ready(c);
    read_words(c, words, 512);
    cr_expect_eq(get16(words + 98), 0x0b00);
    cr_expect_eq(get16(words + 126), 0x0407);
    cr_expect_eq(get16(words + 176), 0x0007);
    command(c, DISK, 3, 0x42, 0, 0, 0, 0xef);
    cr_expect_eq(ready(c) & ERR, 0);
    command(c, DISK, 0, 0, 0, 0, 0, 0xec);
    ready(c);
    read_words(c, words, 512);
    cr_expect_eq(get16(words + 126), 0x0007, "one mode at a time");
    cr_expect_eq(get16(words + 176), 0x0407);
    command(c, DISK, 3, 0x43, 0, 0, 0, 0xef);
    cr_expect_eq(ready(c) & ERR, ERR);
}

Test(ide_piix3, without_a_master_dma_is_aborted_and_not_offered)
{
    CABLE(c) = cable_full();
    u8 words[512];

    command(c, DISK_LBA, 0, 1, 0, 0, 0, READ_DMA);
    cr_expect_eq(ready(c) & ERR, ERR);
    cr_expect_eq(in(c, R_ERROR), 4);
    command(c, DISK, 0, 0, 0, 0, 0, 0xec);
    ready(c);
    read_words(c, words, 512);
    cr_expect_eq(get16(words + 98), 0x0a00);
    cr_expect_eq(get16(words + 126), 0);
    command(c, CD, 1, 0, 0, 0, 0, PACKET);
    cr_expect_eq(ready(c) & ERR, ERR);
}

Test(ide_piix3, channels_and_master_are_decoded_as_configuration_says)
{
    const struct ide_piix3_wires wires = { NULL, on_decode, memory_read, memory_write, on_started };
    u16 base;

    ide_piix3_init(&ide, &wires);
    cr_expect_not(ide_piix3_decodes(&ide, 0) || ide_piix3_decodes(&ide, 1) || ide_piix3_master_base(&ide, &base));
    ide_piix3_config_write(&ide, 4, 1);
    ide_piix3_config_write(&ide, 0x43, 0x80);
    cr_expect(!ide_piix3_decodes(&ide, 0) && ide_piix3_decodes(&ide, 1));
    ide_piix3_config_write(&ide, 0x20, 0xff);
    ide_piix3_config_write(&ide, 0x21, 0xc0);
    cr_expect(ide_piix3_master_base(&ide, &base) && base == 0xc0f0);
    cr_expect_eq(ide_piix3_config_read(&ide, 0x20), 0xf1);
    ide_piix3_reset(&ide);
    cr_expect_not(ide_piix3_master_base(&ide, &base));
    cr_expect_eq(decode_changes, 5);
}

Test(ide_piix3, power_management_has_its_ports_where_PMBASE_says)            /* Intel 290562-001, "PMBASE", "PMREGMISC" */
{
    struct pm_piix4_function pm;
    u16 base;

    pm_piix4_function_init(&pm, NULL, on_decode);
    pm_piix4_function_write(&pm, 0x41, 0x06);
    cr_expect_not(pm_piix4_function_base(&pm, &base));
    pm_piix4_function_write(&pm, 0x80, 1);
    cr_expect(pm_piix4_function_base(&pm, &base) && base == 0x600);
    cr_expect_null(pm_piix4_function_invariant(&pm));
    pm_piix4_function_reset(&pm);
    cr_expect_not(pm_piix4_function_base(&pm, &base));
}
