/* The menu.                                                                                 doc: demo-disk */
#include "demo.h"

static const struct { const char *name, *meaning; void (*run)(void); } items[] = {
    { "Real mode",        "segments, the vector table, the BIOS data area", real_mode_page },
    { "Protected mode",   "what CPL 3 must not do, and how it is stopped", protected_mode_page },
    { "Paging",           "a frame at two addresses, A and D bits, a fault", paging_page },
    { "The clockwork",    "an orrery, driven by the timer, in 256 colours", clockwork_page },
    { "Colours",          "the palette of mode 13h and the DAC behind it", colors_page },
    { "Scrolling",        "split screen and smooth panning by the CRTC", scrolling_page },
    { "Interrupts",       "timer, clock and keyboard, as they come in", interrupts_page },
    { "Shut down",        "switch the machine off", shut_down },
    { "Mistakes",         "three of them, to find with the debugger", mistakes_page },
};

static void draw_item(u8 n, bool chosen)
{
    u8 row = (u8)(6 + n * 2), attribute = chosen ? CHOSEN : PLAIN;

    for (u8 x = 4; x < 76; x++) put_char_at(row, x, attribute, ' ');
    put_char_at(row, 6, chosen ? CHOSEN : TITLE, (u8)('1' + n));
    put_at(row, 9, chosen ? CHOSEN : BRIGHT, items[n].name);
    put_at(row, 27, attribute, items[n].meaning);
}

static void draw(u8 chosen)
{
    video_mode(3);
    cursor_hide();
    screen_clear(PLAIN);
    frame_at(0, 0, 24, 79, PLAIN);
    put_at(2, 30, TITLE, "O  R  R  E  R  Y");
    put_at(3, 16, QUIET, "the clockwork PC that you can stop and look inside");
    put_at(5, 4, PLAIN, "\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4\xc4");
    for (u8 n = 0; n < ARRAY_COUNT(items); n++) draw_item(n, n == chosen);
    put_at(23, 4, QUIET, "Up, Down and Enter, or a digit");
}

static u8 choose(u8 chosen)
{
    for (;;) {
        u16 key = key_wait();
        u8 before = chosen, digit = (u8)((u8)key - '1');

        if (digit < ARRAY_COUNT(items)) return digit;
        if (key == KEY_ENTER) return chosen;
        if (key == KEY_DOWN) chosen = (u8)((chosen + 1) % ARRAY_COUNT(items));
        if (key == KEY_UP) chosen = (u8)((chosen + ARRAY_COUNT(items) - 1) % ARRAY_COUNT(items));
        draw_item(before, false);
        draw_item(chosen, true);
    }
}

void demo_main(void)
{
    u8 chosen = 0;

    for (;;) {
        draw(chosen);
        chosen = choose(chosen);
        items[chosen].run();
    }
}

/* Port 8900h takes the word "Shutdown" on this machine and on others of its kind. */
void shut_down(void)
{
    page_begin("Shut down", "b 0x500");
    put_at(3, 4, BRIGHT, "It is now safe to turn off your computer.");
    for (const char *c = "Shutdown"; *c; c++) outb(0x8900, (u8)*c);
    put_at(5, 4, PLAIN, "The machine did not switch itself off when it was asked to at port 8900h.");
    page_wait();
}
