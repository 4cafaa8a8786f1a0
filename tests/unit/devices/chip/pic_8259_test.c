/* 8259A: initialisation, priority, EOI, masks, poll.  Intel 231468-003. */
#include "devices/chip/pic_8259.h"
#include "tests/unit/devices/bench.h"

enum { EOI = 0x20, SPECIFIC_EOI = 0x60, ROTATE_ON_EOI = 0xa0, SET_PRIORITY = 0xc0, READ_IRR = 0x0a, READ_ISR = 0x0b, POLL = 0x0c };

static struct line intr;
static struct pic_8259 pic;

static void as_a_bios_sets_it(u8 icw4)
{
    intr = (struct line){ 0 };
    pic_8259_init(&pic, &intr, true);
    pic_8259_write(&pic, 0, 0x11);
    pic_8259_write(&pic, 1, 0x08);
    pic_8259_write(&pic, 1, 0x04);
    pic_8259_write(&pic, 1, icw4);
    pic_8259_write(&pic, 1, 0x00);
}

static int acknowledge(void)
{
    int served;
    return pic_8259_acknowledge(&pic, &served);
}

static u8 read_register(u8 ocw3)
{
    pic_8259_write(&pic, 0, ocw3);
    return pic_8259_read(&pic, 0);
}

Test(pic_8259, the_vector_is_icw2_with_the_line_in_its_low_bits)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 3, true);
    cr_assert(intr.level);
    cr_expect_eq(acknowledge(), 0x0b);
    cr_expect_eq(read_register(READ_ISR), 0x08);
    cr_expect_eq(read_register(READ_IRR), 0x00);
    cr_expect_null(pic_8259_invariant(&pic));
}

Test(pic_8259, a_request_in_service_holds_back_its_own_and_lower_priorities)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 3, true);
    acknowledge();
    pic_8259_set_ir(&pic, 5, true);
    cr_expect(!intr.level);
    pic_8259_set_ir(&pic, 1, true);
    cr_expect(intr.level);
    cr_expect_eq(acknowledge(), 0x09);
}

Test(pic_8259, a_nonspecific_eoi_ends_the_highest_in_service)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 4, true);
    acknowledge();
    pic_8259_set_ir(&pic, 2, true);
    acknowledge();
    pic_8259_write(&pic, 0, EOI);
    cr_expect_eq(read_register(READ_ISR), 0x10);
    pic_8259_write(&pic, 0, SPECIFIC_EOI | 4);
    cr_expect_eq(read_register(READ_ISR), 0x00);
}

Test(pic_8259, rotate_on_eoi_makes_the_served_line_last)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 3, true);
    acknowledge();
    pic_8259_write(&pic, 0, ROTATE_ON_EOI);
    cr_expect_eq(pic.lowest, 3);
    pic_8259_set_ir(&pic, 3, false);
    pic_8259_set_ir(&pic, 3, true);
    pic_8259_set_ir(&pic, 4, true);
    cr_expect_eq(acknowledge(), 0x0c);
}

Test(pic_8259, set_priority_names_the_lowest_line)
{
    as_a_bios_sets_it(1);
    pic_8259_write(&pic, 0, SET_PRIORITY | 5);
    pic_8259_set_ir(&pic, 0, true);
    pic_8259_set_ir(&pic, 6, true);
    cr_expect_eq(acknowledge(), 0x0e);
}

Test(pic_8259, a_masked_request_waits_in_irr)
{
    as_a_bios_sets_it(1);
    pic_8259_write(&pic, 1, 0x02);
    pic_8259_set_ir(&pic, 1, true);
    cr_expect(!intr.level);
    cr_expect_eq(read_register(READ_IRR), 0x02);
    pic_8259_write(&pic, 1, 0x00);
    cr_expect(intr.level);
}

Test(pic_8259, a_request_that_goes_away_before_inta_is_served_as_ir7_without_isr)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 3, true);
    pic_8259_set_ir(&pic, 3, false);
    cr_expect_eq(acknowledge(), 0x0f);
    cr_expect_eq(read_register(READ_ISR), 0x00);
}

Test(pic_8259, an_edge_is_taken_once_and_a_level_again_and_again)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 3, true);
    acknowledge();
    pic_8259_write(&pic, 0, EOI);
    cr_expect(!intr.level);
    pic_8259_elcr_write(&pic, 0, 0xff);
    cr_expect_eq(pic_8259_elcr_read(&pic, 0), 0xf8, "IR0..IR2 of the first controller cannot be level triggered");
    pic_8259_set_ir(&pic, 5, true);
    acknowledge();
    pic_8259_write(&pic, 0, EOI);
    cr_expect(intr.level);
}

Test(pic_8259, automatic_eoi_leaves_nothing_in_service)
{
    as_a_bios_sets_it(3);
    pic_8259_set_ir(&pic, 6, true);
    acknowledge();
    cr_expect_eq(read_register(READ_ISR), 0x00);
}

Test(pic_8259, special_mask_mode_lets_lower_priorities_through_a_masked_service)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 2, true);
    acknowledge();
    pic_8259_set_ir(&pic, 6, true);
    cr_expect(!intr.level);
    pic_8259_write(&pic, 1, 0x04);
    pic_8259_write(&pic, 0, 0x68);
    cr_expect(intr.level);
}

Test(pic_8259, a_poll_reads_the_request_and_serves_it)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 4, true);
    pic_8259_write(&pic, 0, POLL);
    cr_expect_eq(pic_8259_read(&pic, 0), 0x84);
    cr_expect_eq(read_register(READ_ISR), 0x10);
    pic_8259_write(&pic, 0, POLL);
    cr_expect_eq(pic_8259_read(&pic, 0) & 0x80, 0);
}

Test(pic_8259, icw1_clears_the_mask_and_the_edge_sense)
{
    as_a_bios_sets_it(1);
    pic_8259_set_ir(&pic, 3, true);
    pic_8259_write(&pic, 1, 0xff);
    pic_8259_write(&pic, 0, 0x13);
    cr_expect_eq(pic.imr, 0);
    cr_expect_eq(pic.irr, 0);
}

Test(pic_8259, int_falls_at_inta_so_that_a_waiting_request_makes_a_new_edge)
{
    unsigned edges = 0;
    as_a_bios_sets_it(3);
    intr = (struct line){ .changed = bench_count, .listener = &edges };
    pic_8259_set_ir(&pic, 3, true);
    pic_8259_set_ir(&pic, 4, true);
    cr_expect_eq(edges, 1);
    acknowledge();
    cr_expect_eq(edges, 2);
}
