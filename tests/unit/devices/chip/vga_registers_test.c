/* The VGA's ports: indexes, flip-flop, DAC, protection, status.  IBM PS/2 reference, "VGA Function". */
#include <criterion/criterion.h>

#include "tests/unit/devices/chip/vga_fixture.h"

#define BENCH(b, mode) struct vga_bench *b __attribute__((cleanup(bench_done))) = vga_new(mode, 50000000)
static void bench_done(struct vga_bench **b) { vga_free(*b); }

Test(vga_registers, sequencer_graphics_and_crtc_registers_read_back)
{
    BENCH(b, &mode_3);
    cr_expect_eq(index_get(&b->vga, P_SEQ, SEQ_MAP_MASK), 3);
    cr_expect_eq(index_get(&b->vga, P_GC, GC_MISC), 0x0e);
    cr_expect_eq(index_get(&b->vga, P_CRTC, 0x13), 0x28);
    cr_expect_eq(vga_port_read(&b->vga, P_CRTC), 0x13, "the index reads back");
}

Test(vga_registers, the_attribute_port_takes_index_and_data_in_turn_and_reading_status_begins_with_the_index)
{
    BENCH(b, &mode_3);
    vga_port_read(&b->vga, P_STATUS);
    vga_port_write(&b->vga, P_ATTR, 0x02);
    vga_port_write(&b->vga, P_ATTR, 0x15);
    vga_port_write(&b->vga, P_ATTR, 0x03);
    vga_port_read(&b->vga, P_STATUS);
    vga_port_write(&b->vga, P_ATTR, 0x04);
    vga_port_write(&b->vga, P_ATTR, 0x16);
    cr_expect_eq(b->vga.attr[2], 0x15);
    cr_expect_eq(b->vga.attr[3], 3, "the index 03 got no data");
    cr_expect_eq(b->vga.attr[4], 0x16);
    vga_port_read(&b->vga, P_STATUS);
    vga_port_write(&b->vga, P_ATTR, 0x02);
    cr_expect_eq(vga_port_read(&b->vga, P_ATTR + 1), 0x15, "3C1h reads the register");
}

Test(vga_registers, the_palette_cannot_be_written_while_the_display_owns_it)
{
    BENCH(b, &mode_3);
    vga_port_read(&b->vga, P_STATUS);
    vga_port_write(&b->vga, P_ATTR, ATTR_PAS | 5);
    vga_port_write(&b->vga, P_ATTR, 0x2a);
    cr_expect_eq(b->vga.attr[5], 5);
    vga_port_read(&b->vga, P_STATUS);
    vga_port_write(&b->vga, P_ATTR, ATTR_PAS | 0x11);
    vga_port_write(&b->vga, P_ATTR, 0x2a);
    cr_expect_eq(b->vga.attr[0x11], 0x2a, "registers above the palette are always open");
}

Test(vga_registers, crtc_registers_0_to_7_are_protected_by_bit_7_of_11h_but_for_line_compare)
{
    BENCH(b, &mode_3);
    index_set(&b->vga, P_CRTC, 0x11, 0x8e);
    index_set(&b->vga, P_CRTC, 0x00, 0x12);
    index_set(&b->vga, P_CRTC, 0x07, 0xff);
    cr_expect_eq(index_get(&b->vga, P_CRTC, 0x00), 0x5f);
    cr_expect_eq(index_get(&b->vga, P_CRTC, 0x07), (0x1f & ~0x10) | 0x10);
    index_set(&b->vga, P_CRTC, 0x07, 0x00);
    cr_expect_eq(index_get(&b->vga, P_CRTC, 0x07), 0x1f & ~0x10);
    index_set(&b->vga, P_CRTC, 0x09, 0x47);
    cr_expect_eq(index_get(&b->vga, P_CRTC, 0x09), 0x47, "09h is not protected");
}

Test(vga_registers, the_dac_takes_three_components_and_moves_on)
{
    BENCH(b, &mode_3);
    vga_port_write(&b->vga, P_DAC_WRITE, 0x10);
    for (u8 i = 0; i < 6; i++) vga_port_write(&b->vga, P_DAC, (u8)(0xc1 + i));
    cr_expect_eq(b->vga.dac[0x30], 0x01, "six bits are kept");
    cr_expect_eq(b->vga.dac[0x35], 0x06);
    vga_port_write(&b->vga, P_DAC_READ, 0x10);
    for (u8 i = 0; i < 6; i++) cr_expect_eq(vga_port_read(&b->vga, P_DAC), 1 + i);
    cr_expect_eq(vga_port_read(&b->vga, P_DAC_READ) & 3, 3, "the state says: read cycle");
    vga_port_write(&b->vga, P_DAC_WRITE, 0x20);
    cr_expect_eq(vga_port_read(&b->vga, P_DAC_READ) & 3, 0, "the state says: write cycle");
}

Test(vga_registers, the_misc_output_register_chooses_the_crtc_ports)
{
    BENCH(b, &mode_3);
    cr_expect_eq(vga_port_read(&b->vga, 0x1c), 0x67, "3CCh reads it");
    vga_port_write(&b->vga, P_MISC, 0x66);
    index_set(&b->vga, 0x04, 0x0e, 0x5a);                            /* 3B4h */
    cr_expect_eq(b->vga.crtc[0x0e], 0x5a);
    index_set(&b->vga, P_CRTC, 0x0e, 0x11);
    cr_expect_eq(b->vga.crtc[0x0e], 0x5a, "3D4h is deaf in monochrome");
    cr_expect_eq(vga_port_read(&b->vga, P_CRTC), 0xff);
}

/* 640x480: 800 dots of 25.175 MHz a line, 525 lines, retrace from line 490 for 2 lines. */
Test(vga_timing, status_shows_vertical_retrace_as_the_crtc_and_the_dot_clock_say)
{
    BENCH(b, &mode_12);
    u64 ticks_a_line = 50000000ull * 800 / 25175000 + 1, in_retrace = 0, displayed = 0, samples = 525 * 4;

    for (u64 i = 0; i < samples; i++) {
        b->clock.time.now += ticks_a_line / 4 + (i & 1);
        u8 status = vga_port_read(&b->vga, P_STATUS);
        in_retrace += status >> 3 & 1;
        displayed += !(status & 1);
        cr_expect(!(status & 8) || status & 1, "retrace is never displayed");
    }
    cr_expect(in_retrace >= 4 && in_retrace <= 16, "%llu of %llu samples are in retrace", (unsigned long long)in_retrace, (unsigned long long)samples);
    double share = (double)displayed / (double)samples, wanted = 640.0 / 800 * 480 / 525;
    cr_expect(share > wanted - 0.03 && share < wanted + 0.03, "%.3f of the time is displayed, not %.3f", share, wanted);
}

Test(vga_timing, frames_pass_at_59_94_hertz)
{
    BENCH(b, &mode_12);
    u64 before = vga_frames(&b->vga);
    b->clock.time.now += 50000000ull * 100;
    u64 frames = vga_frames(&b->vga) - before;
    cr_expect(frames >= 5993 && frames <= 5995, "%llu frames in 100 s", (unsigned long long)frames);
}

Test(vga_registers, any_byte_to_any_port_keeps_the_invariant)
{
    BENCH(b, &mode_3);
    u32 random = 7;

    for (unsigned i = 0; i < 200000; i++) {
        random = random * 1664525 + 1013904223;
        unsigned port = random >> 24 & 0x2f;
        if (random & 0x100) vga_port_write(&b->vga, port % 0x30, (u8)(random >> 16));
        else vga_port_read(&b->vga, port % 0x30);
        if (i % 1000 == 0) {
            b->clock.time.now += 10000;
            clock_fire_due(&b->clock);
            cr_assert_null(vga_invariant(&b->vga), "%s", vga_invariant(&b->vga));
            vga_see(b);
            cr_assert(b->frame.width <= VGA_MAX_WIDTH && b->frame.height <= VGA_MAX_HEIGHT);
        }
    }
}
