/* The VGA: 256 colours and their DAC, and the CRTC's ways to scroll.                        doc: demo-disk */
#include "demo.h"

enum { DAC_READ = 0x3c7, DAC_WRITE = 0x3c8, DAC_DATA = 0x3c9, CRTC = 0x3d4 };

/* --- 256 colours --- */

static void squares(void)
{
    for (u16 y = 0; y < 176; y++)
        for (u16 x = 0; x < GRAPHICS_WIDTH; x++) dot(GRAPHICS, x, y + 10, (u8)((y / 11 << 4) + x / 20));
    graphics_text(GRAPHICS, 0, 0, 15, "256 colours; the DAC turns 216 of them");
    graphics_text(GRAPHICS, 0, 191, 15, "prompt: info device vga      Esc: menu");
}

/* Entries 32 to 247 are nine rings of 24 hues: each turns by one. */
static void turn_hues(void)
{
    static u8 rgb[216][3];

    outb(DAC_READ, 32);
    for (u16 i = 0; i < 216; i++)
        for (u8 c = 0; c < 3; c++) rgb[i][c] = inb(DAC_DATA);
    wait_retrace();
    outb(DAC_WRITE, 32);
    for (u16 i = 0; i < 216; i++) {
        u16 from = (u16)(i / 24 * 24 + (i + 1) % 24);
        for (u8 c = 0; c < 3; c++) outb(DAC_DATA, rgb[from][c]);
    }
}

void colors_page(void)
{
    u16 key = 0;

    video_mode(0x13);
    squares();
    interrupts_hook();
    for (u32 seen = timer_count; key != KEY_ESC;) {
        if (key_ready()) key = key_wait();
        if (timer_count - seen >= 2) {
            seen = timer_count;
            turn_hues();
        } else {
            idle();
        }
    }
    interrupts_unhook();
}

/* --- split screen and smooth scrolling in text --- */

static void crtc(u8 index, u8 v) { outb(CRTC, index); outb(CRTC + 1, v); }
static u8 crtc_now(u8 index) { outb(CRTC, index); return inb(CRTC + 1); }

/* Line compare: the scan line from which on memory is shown from its beginning.  Bits 8 and 9 are in other registers. */
static void split_at(u16 line)
{
    crtc(0x18, (u8)line);
    crtc(0x07, (u8)((crtc_now(0x07) & ~0x10) | (line >> 4 & 0x10)));
    crtc(0x09, (u8)((crtc_now(0x09) & ~0x40) | (line >> 3 & 0x40)));
}

/* Text in the upper part begins at row 25 of memory; the lower part is the first rows. */
static void draw(void)
{
    enum { FIRST = 25, COUNT = 75 };
    struct line l = { .used = 0 };

    screen_clear(0x70);
    put_at(0, 2, 0x70, "Below the split: memory from 0, which never moves (line compare, CRTC 18h)");
    put_at(2, 2, 0x70, "Above it: start address (0Ch, 0Dh) by rows, preset row scan (08h) by lines");
    put_at(4, 2, 0x70, "Look inside, at Orrery's prompt: info device vga, xp 0xb8000 160");
    put_at(6, 2, 0x70, "Esc: back to the menu");
    for (u8 row = 0; row < COUNT; row++) {
        u8 attribute = (u8)(0x10 + (row / 5 & 1 ? 0x0f : 0x0e));
        line_text(&l, "row ");
        line_number(&l, row, 2);
        l.text[l.used] = 0;
        for (u8 x = 0; x < 80; x++) {
            u8 c = x % 16 < l.used ? (u8)l.text[x % 16] : 0xfa;
            poke16(0xb800, (u16)(((FIRST + row) * 80 + x) * 2), (u16)(attribute << 8 | c));
        }
        l.used = 0;
    }
}

void scrolling_page(void)
{
    enum { SPLIT = 16 * 17, LINES = 16 * 50 };
    u16 key = 0;
    s16 at = 0, step = 1;

    video_mode(3);
    cursor_hide();
    draw();
    split_at(SPLIT - 1);
    while (key != KEY_ESC) {
        u16 start = (u16)((25 + at / 16) * 80);
        wait_retrace();
        crtc(0x0c, (u8)(start >> 8));
        crtc(0x0d, (u8)start);
        crtc(0x08, (u8)(at % 16));
        at = (s16)(at + step);
        if (at >= LINES || at <= 0) step = (s16)-step;
        if (key_ready()) key = key_wait();
    }
    crtc(0x08, 0);
}
