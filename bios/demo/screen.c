/* Text straight into the VGA's memory.                                                      doc: demo-disk */
#include "demo.h"

enum { VIDEO = 0xb800, COLUMNS = 80, ROWS = 25 };

void put_char_at(u8 row, u8 column, u8 attribute, u8 c)
{
    if (row < ROWS && column < COLUMNS) poke16(VIDEO, (u16)((row * COLUMNS + column) * 2), (u16)(attribute << 8 | c));
}

void put_at(u8 row, u8 column, u8 attribute, const char *text)
{
    while (*text) put_char_at(row, column++, attribute, (u8)*text++);
}

void screen_clear(u8 attribute)
{
    for (u16 i = 0; i < ROWS * COLUMNS; i++) poke16(VIDEO, i * 2, (u16)(attribute << 8 | ' '));
}

void frame_at(u8 top, u8 left, u8 bottom, u8 right, u8 attribute)
{
    for (u8 x = (u8)(left + 1); x < right; x++) put_char_at(top, x, attribute, 0xcd), put_char_at(bottom, x, attribute, 0xcd);
    for (u8 y = (u8)(top + 1); y < bottom; y++) put_char_at(y, left, attribute, 0xba), put_char_at(y, right, attribute, 0xba);
    put_char_at(top, left, attribute, 0xc9);
    put_char_at(top, right, attribute, 0xbb);
    put_char_at(bottom, left, attribute, 0xc8);
    put_char_at(bottom, right, attribute, 0xbc);
}

void video_mode(u8 mode)
{
    u32 ax = mode;
    __asm__ volatile("pushl %%ebp\n\tint $0x10\n\tpopl %%ebp" : "+a"(ax) : : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
}

void cursor_hide(void)
{
    u32 ax = 0x0100, cx = 0x2000;
    __asm__ volatile("pushl %%ebp\n\tint $0x10\n\tpopl %%ebp" : "+a"(ax), "+c"(cx) : : "ebx", "edx", "esi", "edi", "memory", "cc");
}

/* --- lines --- */

void line_text(struct line *l, const char *text)
{
    while (*text && l->used < 80) l->text[l->used++] = *text++;
    l->text[l->used] = 0;
}

void line_hex(struct line *l, u32 value, u8 digits)
{
    char digit[2] = { 0, 0 };

    while (digits--) {
        digit[0] = "0123456789ABCDEF"[value >> 4 * digits & 15];
        line_text(l, digit);
    }
}

void line_number(struct line *l, u32 value, u8 width)
{
    char digits[12];
    u8 n = 11;

    digits[n] = 0;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (11 - n < width) digits[--n] = ' ';
    line_text(l, digits + n);
}

void put_line(u8 row, u8 column, u8 attribute, struct line *l)
{
    l->text[l->used] = 0;
    put_at(row, column, attribute, l->text);
    l->used = 0;
}

/* --- pages --- */

void page_begin(const char *title, const char *look)
{
    video_mode(3);
    cursor_hide();
    screen_clear(PLAIN);
    frame_at(0, 0, 22, 79, PLAIN);
    put_at(0, 3, TITLE, " ");
    put_at(0, 4, TITLE, title);
    put_at(23, 2, QUIET, "Look inside, at Orrery's prompt:");
    put_at(23, 35, BRIGHT, look);
    put_at(24, 2, QUIET, "Esc: back to the menu");
}

void page_wait(void)
{
    while (key_wait() != KEY_ESC) continue;
}

/* --- keyboard --- */

bool key_ready(void)
{
    u32 ax = 0x0100;
    __asm__ volatile("pushl %%ebp\n\tint $0x16\n\tpopl %%ebp\n\tsetnz %%al" : "+a"(ax) : : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
    return (u8)ax;
}

u16 key_wait(void)
{
    u32 ax = 0;

    while (!key_ready()) idle();
    __asm__ volatile("pushl %%ebp\n\tint $0x16\n\tpopl %%ebp" : "+a"(ax) : : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
    return (u16)ax;
}
