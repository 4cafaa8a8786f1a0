/* 8237A with the AT's page registers.  Intel 231466. */
#include <string.h>

#include "devices/chip/dma_8237.h"
#include "tests/unit/devices/bench.h"

static u8 memory[1 << 20];
static struct dma_8237 dma;
static bool tc;

static void memory_read(void *board, u64 pa, u8 *bytes, unsigned size) { (void)board; memcpy(bytes, memory + (pa & 0xfffff), size); }
static void memory_write(void *board, u64 pa, const u8 *bytes, unsigned size) { (void)board; memcpy(memory + (pa & 0xfffff), bytes, size); }

static void program(unsigned channel, u8 mode, u16 address, u16 count)
{
    dma_8237_write(&dma, 12, 0);
    dma_8237_write(&dma, 2 * channel, (u8)address);
    dma_8237_write(&dma, 2 * channel, (u8)(address >> 8));
    dma_8237_write(&dma, 2 * channel + 1, (u8)count);
    dma_8237_write(&dma, 2 * channel + 1, (u8)(count >> 8));
    dma_8237_write(&dma, 11, (u8)(mode | channel));
    dma_8237_write(&dma, 10, (u8)channel);
}

static void setup(void) { dma_8237_init(&dma, 0, NULL, memory_read, memory_write); }
TestSuite(dma_8237, .init = setup);

Test(dma_8237, a_write_transfer_fills_memory_at_page_and_address)
{
    u8 bytes[] = { 1, 2, 3, 4 };
    dma_8237_page_write(&dma, 1, 0x05);
    program(2, 0x44, 0x1234, 3);
    cr_expect_eq(dma_8237_transfer(&dma, 2, bytes, 4, true, &tc), 4);
    cr_expect(tc);
    cr_expect_arr_eq(memory + 0x51234, bytes, 4);
}

Test(dma_8237, terminal_count_masks_the_channel_and_shows_in_the_status_once)
{
    u8 bytes[8] = { 0 };
    program(2, 0x44, 0, 3);
    cr_expect_eq(dma_8237_transfer(&dma, 2, bytes, 8, true, &tc), 4);
    cr_expect_eq(dma.mask & 4, 4);
    cr_expect_eq(dma_8237_transfer(&dma, 2, bytes, 8, true, &tc), 0);
    cr_expect(!tc);
    cr_expect_eq(dma_8237_read(&dma, 8), 0x04);
    cr_expect_eq(dma_8237_read(&dma, 8), 0x00);
}

Test(dma_8237, autoinitialize_starts_over)
{
    u8 bytes[4] = { 9, 9, 9, 9 };
    program(1, 0x54, 0x100, 3);
    dma_8237_transfer(&dma, 1, bytes, 4, true, &tc);
    cr_expect(tc);
    cr_expect_eq(dma.address[1], 0x100);
    cr_expect_eq(dma.count[1], 3);
    cr_expect_eq(dma.mask & 2, 0);
}

Test(dma_8237, an_address_stays_within_its_page)
{
    u8 bytes[2] = { 0xaa, 0xbb };
    dma_8237_page_write(&dma, 1, 0x03);
    program(2, 0x44, 0xffff, 1);
    dma_8237_transfer(&dma, 2, bytes, 2, true, &tc);
    cr_expect_eq(memory[0x3ffff], 0xaa);
    cr_expect_eq(memory[0x30000], 0xbb);
}

Test(dma_8237, decrement_walks_down)
{
    u8 bytes[2] = { 1, 2 };
    program(0, 0x64, 0x2001, 1);
    dma_8237_transfer(&dma, 0, bytes, 2, true, &tc);
    cr_expect_eq(memory[0x2001], 1);
    cr_expect_eq(memory[0x2000], 2);
}

Test(dma_8237, verify_moves_nothing_and_still_counts)
{
    u8 bytes[1] = { 0x77 };
    memory[0x4000] = 0x11;
    program(0, 0x40, 0x4000, 0);
    cr_expect_eq(dma_8237_transfer(&dma, 0, bytes, 1, true, &tc), 1);
    cr_expect(tc);
    cr_expect_eq(memory[0x4000], 0x11);
}

Test(dma_8237, the_flip_flop_gives_low_then_high)
{
    program(3, 0x48, 0xbeef, 0x1234);
    dma_8237_write(&dma, 12, 0);
    cr_expect_eq(dma_8237_read(&dma, 6), 0xef);
    cr_expect_eq(dma_8237_read(&dma, 6), 0xbe);
    cr_expect_eq(dma_8237_read(&dma, 7), 0x34);
}

Test(dma_8237, words_count_in_units_of_two_bytes)
{
    u8 bytes[4] = { 1, 2, 3, 4 };
    dma_8237_init(&dma, 1, NULL, memory_read, memory_write);
    dma_8237_page_write(&dma, 3, 0x05);
    program(1, 0x44, 0x0100, 1);
    cr_expect_eq(dma_8237_transfer(&dma, 1, bytes, 4, true, &tc), 4);
    cr_expect_arr_eq(memory + 0x40200, bytes, 4);
    cr_expect_null(dma_8237_invariant(&dma));
}

Test(dma_8237, master_clear_masks_all_and_a_disabled_controller_moves_nothing)
{
    u8 bytes[1] = { 0 };
    program(2, 0x44, 0, 0);
    dma_8237_write(&dma, 8, 0x04);
    cr_expect_eq(dma_8237_transfer(&dma, 2, bytes, 1, true, &tc), 0);
    dma_8237_write(&dma, 13, 0);
    cr_expect_eq(dma.mask, 15);
}
