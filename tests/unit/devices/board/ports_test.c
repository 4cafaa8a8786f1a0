/* The I/O space. */
#include "devices/board/ports.h"
#include "tests/unit/devices/bench.h"

static u8 cell[16];
static u32 wide;
static u8 read_cell(void *chip, unsigned reg) { return ((u8 *)chip)[reg & 15]; }
static void write_cell(void *chip, unsigned reg, u8 value) { ((u8 *)chip)[reg & 15] = value; }
static u32 read_wide(void *chip, unsigned reg, unsigned size) { (void)chip; return wide + reg + size; }
static void write_wide(void *chip, unsigned reg, unsigned size, u32 value) { (void)chip; wide = value + reg + size; }

Test(ports, wider_accesses_are_bytes_low_port_first)
{
    struct error err = { 0 };
    struct ports *ports = ports_create();
    cr_assert(ports_add(ports, &(struct port_range){ .first = 0x300, .last = 0x303, .name = "cells", .chip = cell, .read = read_cell, .write = write_cell }, &err));
    ports_write(ports, 0x300, 4, 0x44332211);
    cr_expect_eq(cell[0], 0x11);
    cr_expect_eq(cell[3], 0x44);
    cr_expect_eq(ports_read(ports, 0x302, 2), 0x4433);
    cr_expect_eq(ports_read(ports, 0x302, 4), 0xffff4433, "nobody drives the rest");
    ports_destroy(ports);
}

Test(ports, an_unclaimed_port_reads_ones_and_the_space_wraps)
{
    struct ports *ports = ports_create();
    struct error err = { 0 };
    cr_expect_eq(ports_read(ports, 0x1234, 4), 0xffffffff);
    cr_assert(ports_add(ports, &(struct port_range){ .first = 0, .last = 0, .name = "zero", .chip = cell, .read = read_cell, .write = write_cell }, &err));
    ports_write(ports, 0xffff, 2, 0x5a00);
    cr_expect_eq(ports_read(ports, 0xffff, 2), 0x5aff);
    ports_destroy(ports);
}

Test(ports, two_chips_on_one_port_are_refused_by_name)
{
    struct ports *ports = ports_create();
    struct error err = { 0 };
    cr_assert(ports_add(ports, &(struct port_range){ .first = 0x3f8, .last = 0x3ff, .name = "ne2k" }, &err));
    cr_expect(!ports_add(ports, &(struct port_range){ .first = 0x3f0, .last = 0x3f8, .name = "com1" }, &err));
    cr_expect_str_eq(err.text, "com1: ports 3f0h-3f8h are taken by ne2k\n");
    ports_destroy(ports);
}

Test(ports, a_wide_chip_takes_words_whole)
{
    static const struct port_wide words = { .read = read_wide, .write = write_wide };
    struct ports *ports = ports_create();
    struct error err = { 0 };
    cr_assert(ports_add(ports, &(struct port_range){ .first = 0x1f0, .last = 0x1f7, .name = "ata", .chip = cell, .read = read_cell,
                                                     .write = write_cell, .wide = &words }, &err));
    ports_write(ports, 0x1f0, 2, 1000);
    cr_expect_eq(wide, 1002);
    cr_expect_eq(ports_read(ports, 0x1f0, 4), 1006);
    cr_expect_eq(ports_read_block(ports, 0x1f0, 2, 100, cell), 0, "a chip without blocks takes its words one by one");
    ports_destroy(ports);
}

static u32 read_block(void *chip, unsigned reg, unsigned size, u32 count, u8 *to)
{
    (void)chip;
    memset(to, (int)(0x40 + reg), 3 * size);
    return count < 3 ? count : 3;
}
static u32 write_block(void *chip, unsigned reg, unsigned size, u32 count, const u8 *from) { (void)chip; wide = reg + size + from[0]; return count - 1; }

Test(ports, a_string_of_words_goes_to_the_chip_as_a_block)
{
    static const struct port_wide words = { read_wide, write_wide, read_block, write_block };
    struct ports *ports = ports_create();
    struct error err = { 0 };
    u8 bytes[8] = { 9 };
    cr_assert(ports_add(ports, &(struct port_range){ .first = 0x1f0, .last = 0x1f7, .name = "ata", .chip = cell, .read = read_cell,
                                                     .write = write_cell, .wide = &words }, &err));
    cr_expect_eq(ports_write_block(ports, 0x1f0, 4, 7, bytes), 6);
    cr_expect_eq(wide, 13);
    cr_expect_eq(ports_read_block(ports, 0x1f1, 2, 100, bytes), 3);
    cr_expect(!memcmp(bytes, "AAAAAA\0\0", 8));
    cr_expect_eq(ports_read_block(ports, 0x1f1, 1, 100, bytes), 0, "bytes are no words");
    cr_expect_eq(ports_read_block(ports, 0x1f8, 2, 100, bytes), 0, "nobody is there");
    ports_destroy(ports);
}

Test(ports, a_movable_range_answers_where_it_was_placed_and_leaves_fixed_ones_alone)
{
    u8 low[16] = { 0 }, high[16] = { 0 };
    struct error err = { 0 };
    struct ports *ports = ports_create();
    unsigned first, second;

    memset(low, 0x11, sizeof low);
    memset(high, 0x22, sizeof high);
    cr_assert(ports_add(ports, &(struct port_range){ .first = 0x508, .last = 0x50b, .name = "fixed", .chip = low, .read = read_cell }, &err));
    cr_assert(ports_add_movable(ports, &(struct port_range){ .first = 0, .last = 15, .name = "one", .chip = high, .read = read_cell }, &first, &err));
    cr_assert(ports_add_movable(ports, &(struct port_range){ .first = 0, .last = 15, .name = "two", .chip = low, .read = read_cell }, &second, &err));
    cr_expect_eq(ports_read(ports, 0x500, 1), 0xff);
    ports_place(ports, first, 0x500, true);
    ports_place(ports, second, 0x504, true);
    cr_expect_eq(ports_read(ports, 0x500, 1), 0x22);
    cr_expect_eq(ports_read(ports, 0x504, 1), 0x22, "the first of two");
    cr_expect_eq(ports_read(ports, 0x508, 1), 0x11);
    cr_expect_eq(ports_read(ports, 0x513, 1), 0x11);
    ports_place(ports, first, 0x600, true);
    cr_expect_eq(ports_read(ports, 0x504, 1), 0x11, "the second has its ports back");
    cr_expect_eq(ports_read(ports, 0x500, 1), 0xff);
    ports_place(ports, second, 0x504, false);
    cr_expect_eq(ports_read(ports, 0x504, 1), 0xff);
    cr_expect_eq(ports_read(ports, 0x508, 1), 0x11);
    ports_place(ports, first, 0xfff8, true);
    cr_expect_eq(ports_read(ports, 0xffff, 1), 0x22);
    cr_expect_eq(ports_read(ports, 0, 1), 0xff, "no wrap");
    ports_destroy(ports);
}
