/* Dots and letters in mode 13h.                                                             doc: demo-disk */
#include "demo.h"

enum { STATUS = 0x3da, RETRACE = 8, GLYPH = 8 };

void dot(u16 segment, s32 x, s32 y, u8 color)
{
    if (x >= 0 && x < GRAPHICS_WIDTH && y >= 0 && y < GRAPHICS_HEIGHT) poke8(segment, (u16)(y * GRAPHICS_WIDTH + x), color);
}

/* INT 10h, AX = 1130h, BH = 3: ES:BP is the ROM's font of 8 by 8 dots, characters 0 to 127. */
static u32 font(void)
{
    u32 ax = 0x1130, bx = 0x0300, segment, offset;

    __asm__ volatile("pushl %%ebp\n\tpushw %%es\n\tint $0x10\n\tmovw %%es,%%dx\n\tmovw %%bp,%%cx\n\tpopw %%es\n\tpopl %%ebp"
                     : "+a"(ax), "+b"(bx), "=d"(segment), "=c"(offset) : : "esi", "edi", "memory", "cc");
    return segment << 16 | (offset & 0xffff);
}

/* Our own letters at any dot, and not INT 10h's: a BIOS in wide use spoils the first row of this mode. */
void graphics_text(u16 segment, u16 x, u16 y, u8 color, const char *text)
{
    u32 at = font();

    for (; *text; text++, x = (u16)(x + GLYPH))
        for (u8 row = 0; row < GLYPH; row++) {
            u8 bits = peek8((u16)(at >> 16), (u16)(at + (*text & 127) * GLYPH + row));
            for (u8 column = 0; column < GLYPH; column++)
                if (bits & 0x80 >> column) dot(segment, (s16)x + column, (s16)y + row, color);
        }
}

void wait_retrace(void)
{
    while (inb(STATUS) & RETRACE) continue;
    while (!(inb(STATUS) & RETRACE)) continue;
}
