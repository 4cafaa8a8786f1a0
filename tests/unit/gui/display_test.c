/* Where a picture lies, what a terminal's bytes mean, and the box between machine and display. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "gui/canvas.h"
#include "gui/terminal/terminal.h"
#include "gui/window/placement.h"

/* --- placement --- */

Test(placement, a_picture_fills_the_largest_4_3_rectangle_in_the_middle)
{
    struct placement p = place_shape(1280, 1024, 4, 3);
    cr_expect(p.x == 0 && p.y == 32 && p.width == 1280 && p.height == 960, "%d,%d %dx%d", p.x, p.y, p.width, p.height);
    p = place_shape(1000, 300, 4, 3);
    cr_expect(p.x == 300 && p.y == 0 && p.width == 400 && p.height == 300, "%d,%d %dx%d", p.x, p.y, p.width, p.height);
}

Test(placement, whole_dots_are_multiplied_and_a_small_window_falls_back)
{
    struct placement p = place_integer(1500, 900, 720, 400, 4, 3);
    cr_expect(p.x == 30 && p.y == 50 && p.width == 1440 && p.height == 800, "%d,%d %dx%d", p.x, p.y, p.width, p.height);
    p = place_integer(600, 400, 720, 400, 4, 3);
    struct placement q = place_shape(600, 400, 4, 3);
    cr_expect_eq(memcmp(&p, &q, sizeof p), 0);
    p = place_integer(0, 0, 720, 400, 4, 3);
    cr_expect(p.width >= 1 && p.height >= 1);
}

/* --- terminal keys --- */

static void means(const char *bytes, size_t size, u8 usage, bool shift, bool control, bool alt)
{
    struct terminal_key k;
    size_t took = terminal_key((const u8 *)bytes, size, &k);
    cr_expect_eq(took, size, "%zu of %zu bytes", took, size);
    cr_expect(k.usage == usage && k.shift == shift && k.control == control && k.alt == alt, "usage %02x, not %02x; %d%d%d", k.usage, usage, k.shift, k.control, k.alt);
}

Test(terminal_keys, characters_and_control_characters)
{
    means("a", 1, 0x04, false, false, false);
    means("A", 1, 0x04, true, false, false);
    means("?", 1, 0x38, true, false, false);
    means("\r", 1, 0x28, false, false, false);
    means("\x7f", 1, 0x2a, false, false, false);
    means("\x03", 1, 0x06, false, true, false);
    means("\x1b" "x", 2, 0x1b, false, false, true);
    means("\x1b", 1, 0x29, false, false, false);
}

Test(terminal_keys, sequences_with_their_modifiers)
{
    means("\x1b[A", 3, 0x52, false, false, false);
    means("\x1bOP", 3, 0x3a, false, false, false);
    means("\x1b[24~", 5, 0x45, false, false, false);
    means("\x1b[1;5C", 6, 0x4f, false, true, false);
    means("\x1b[3;3~", 6, 0x4c, false, false, true);
    means("\x1b[[B", 4, 0x3b, false, false, false);
    means("\x1b[Z", 3, 0x2b, true, false, false);
}

Test(terminal_keys, what_is_not_whole_waits_and_what_never_ends_is_dropped)
{
    struct terminal_key k;
    u8 endless[64];

    cr_expect_eq(terminal_key((const u8 *)"\x1b[", 2, &k), 0);
    cr_expect_eq(terminal_key((const u8 *)"\x1b[1;", 4, &k), 0);
    memset(endless, '1', sizeof endless);
    endless[0] = 0x1b, endless[1] = '[';
    cr_expect_eq(terminal_key(endless, sizeof endless, &k), sizeof endless);
    cr_expect_eq(k.usage, 0);
    for (unsigned i = 0; i < 256; i++) {
        u8 bytes[3] = { 0x1b, '[', (u8)i };
        cr_expect_leq(terminal_key(bytes, 3, &k), 3);
    }
}

/* --- the mailbox --- */

Test(mailbox, mail_comes_out_in_order_and_a_full_box_takes_no_more)
{
    struct mailbox *box = mailbox_create();
    struct mail mail = { .kind = MAIL_KEY };

    cr_expect(!mailbox_take(box, &mail));
    for (unsigned i = 0; i < MAIL_ROOM; i++) {
        mail.usage = (u8)i;
        cr_expect(mailbox_post(box, &mail));
    }
    cr_expect(!mailbox_post(box, &mail));
    for (unsigned i = 0; i < MAIL_ROOM; i++) {
        cr_expect(mailbox_take(box, &mail));
        cr_expect_eq(mail.usage, (u8)i);
    }
    cr_expect(!mailbox_take(box, &mail));
    mailbox_destroy(box);
}

/* The box may lie between two processes. */
Test(mailbox, what_the_other_side_writes_is_not_believed)
{
    struct mailbox *box = mailbox_create();
    struct vga_picture *picture = calloc(1, sizeof *picture);
    struct cells *cells = calloc(1, sizeof *cells);
    const struct mailbox_status status = { .tick = 1 };
    struct mailbox_status seen_status;
    u64 seen = 0, cells_seen = 0;
    const struct vga_view bad[] = {
        { .memory_bytes = 0 }, { .memory_bytes = (1 << 20) + 4096 }, { .memory_bytes = 64 << 20 }, { .memory_bytes = 1 << 20, .first = 1 << 20 },
        { .memory_bytes = 1 << 20, .bpp = 7 }, { .memory_bytes = 1 << 20, .bpp = 8, .width = VGA_MAX_WIDTH + 1, .height = 1 },
        { .memory_bytes = 1 << 20, .bpp = 8, .width = 1, .height = 0 }, { .memory_bytes = 1 << 20, .bpp = 8, .width = 1, .height = 1, .pitch = 1u << 31 },
        { .memory_bytes = 1 << 20, .cursor_dots = 65 },
    };

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        mailbox_open(box)->view = bad[i];
        mailbox_show(box, true, &status);
        mailbox_see(box, &seen, picture, &seen_status);
        cr_expect_eq(picture->view.memory_bytes, 0, "row %u", i);
    }
    cells->columns = cells->rows = 100;
    cells->screen.x = 1 << 30;
    mailbox_show_cells(box, cells);
    mailbox_see_cells(box, &cells_seen, cells);
    cr_expect(cells->screen.x == 0 && cells->columns == 100);
    cells->columns = CELLS_MOST_COLUMNS + 1;
    cells->rows = CELLS_MOST_ROWS;
    mailbox_show_cells(box, cells);
    mailbox_see_cells(box, &cells_seen, cells);
    cr_expect(cells->columns == 0 && cells->rows == 0);
    free(cells);
    free(picture);
    mailbox_destroy(box);
}

Test(mailbox, a_picture_is_wanted_until_it_is_there_and_again_when_it_was_seen)
{
    struct mailbox *box = mailbox_create();
    struct vga_picture *seen_picture = calloc(1, sizeof *seen_picture);
    struct mailbox_status status = { .tick = 5 }, seen_status;
    u64 seen = 0;

    cr_expect(mailbox_wants_picture(box));
    struct vga_view *view = &mailbox_open(box)->view;
    view->misc = 0x67;
    view->memory_bytes = 1 << 20;
    mailbox_show(box, true, &status);
    cr_expect(!mailbox_wants_picture(box));
    cr_expect(mailbox_see(box, &seen, seen_picture, &seen_status));
    cr_expect(seen_picture->view.misc == 0x67 && seen_status.tick == 5);
    cr_expect(!mailbox_see(box, &seen, seen_picture, &seen_status), "it has been seen");
    cr_expect(mailbox_wants_picture(box));
    cr_expect(!mailbox_closed(box));
    mailbox_close(box);
    cr_expect(mailbox_closed(box));
    (void)mailbox_open(box);
    mailbox_show(box, false, &status);
    cr_expect(mailbox_wants_picture(box), "nothing was new");
    free(seen_picture);
    mailbox_destroy(box);
}

Test(mailbox, panes_come_out_as_they_were_shown_last)
{
    struct mailbox *box = mailbox_create();
    struct cells *in = calloc(1, sizeof *in), *out = calloc(1, sizeof *out);
    u64 seen = 0;

    cr_expect(!mailbox_see_cells(box, &seen, out));
    *in = (struct cells){ .shown = true, .columns = 3, .rows = 2, .screen = { 1, 1, 2, 1 } };
    for (unsigned i = 0; i < 6; i++) in->at[i].glyph = (u8)('a' + i);
    mailbox_show_cells(box, in);
    in->at[5].glyph = 'z';
    mailbox_show_cells(box, in);
    cr_expect(mailbox_see_cells(box, &seen, out));
    cr_expect(out->shown && out->columns == 3 && out->rows == 2 && out->screen.width == 2 && out->at[0].glyph == 'a' && out->at[5].glyph == 'z');
    cr_expect(!mailbox_see_cells(box, &seen, out), "they have been seen");
    free(in);
    free(out);
    mailbox_destroy(box);
}

/* --- sound in the box --- */

Test(mailbox, sound_comes_out_as_it_was_put_and_what_has_no_room_is_lost)
{
    struct mailbox *box = mailbox_create();
    static s16 in[SOUND_WAITING_MOST + 100][2], out[SOUND_WAITING_MOST][2];

    for (unsigned i = 0; i < SOUND_WAITING_MOST + 100; i++) in[i][0] = (s16)i, in[i][1] = (s16)-i;
    mailbox_put_sound(box, in[0], 10);
    cr_expect_eq(mailbox_take_sound(box, out[0], 4), 4);
    cr_expect_eq(mailbox_sound_waiting(box), 6);
    mailbox_put_sound(box, in[10], SOUND_WAITING_MOST + 50);
    cr_expect_eq(mailbox_sound_waiting(box), SOUND_WAITING_MOST, "half a second at most");
    cr_expect_eq(mailbox_take_sound(box, out[0], SOUND_WAITING_MOST), SOUND_WAITING_MOST);
    for (unsigned i = 0; i < SOUND_WAITING_MOST; i++) cr_assert(out[i][0] == (s16)(i + 4) && out[i][1] == (s16)-(i + 4));
    cr_expect_eq(mailbox_take_sound(box, out[0], 1), 0);
    mailbox_destroy(box);
}

/* --- pictures that the host draws --- */

Test(canvas, a_picture_is_as_large_as_its_place_and_each_dot_the_mean_of_what_it_covers)
{
    static const u32 four[] = { 0x000000, 0x404040, 0x808080, 0xc0c0c0 };        /* 2 x 2 */
    struct canvas c;

    cr_assert(canvas_open(&c, 8, 8, 0x112233));
    canvas_picture(&c, 1, 1, 4, 4, four, 2, 2);
    cr_expect_eq(c.pixel[0], 0x112233);
    cr_expect(c.pixel[1 * 8 + 1] == 0 && c.pixel[2 * 8 + 2] == 0 && c.pixel[1 * 8 + 3] == 0x404040 && c.pixel[4 * 8 + 4] == 0xc0c0c0);
    cr_expect_eq(c.pixel[5 * 8 + 5], 0x112233);
    canvas_picture(&c, 0, 0, 1, 1, four, 2, 2);
    cr_expect_eq(c.pixel[0], 0x606060);
    canvas_picture(&c, 6, 6, 4, 4, four, 2, 2);                                   /* what lies outside is left out */
    cr_expect_eq(c.pixel[7 * 8 + 7], 0);
    canvas_close(&c);
}
