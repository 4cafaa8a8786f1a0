/* The monitor's Extended Display Identification Data.                                       doc: vga-dispi
 *   00 header  08 maker, product, serial number, date  12 version  14 basic parameters  19 colours
 *   23 established timings  26 standard timings  36 four descriptors of 18 bytes  7E extensions  7F checksum
 * Source: VESA Enhanced EDID Standard 1.4; the preferred mode's timing by VESA CVT 1.1, "Reduced Blanking". */
#include "devices/chip/edid.h"

#include <string.h>

static void put16(u8 *at, unsigned v)
{
    at[0] = (u8)v;
    at[1] = (u8)(v >> 8);
}

/* --- a timing --- */

enum { RB_H_BLANK = 160, RB_H_FRONT = 48, RB_H_SYNC = 32, RB_V_FRONT = 3, RB_V_BACK_LEAST = 6, RB_V_BLANK_NS = 460000, REFRESH = 60 };

/* CVT names a ratio of sides by the height of the vertical sync pulse. */
static unsigned v_sync_lines(unsigned width, unsigned height)
{
    static const struct { u8 x, y, lines; } ratio[] = { { 4, 3, 4 }, { 16, 9, 5 }, { 16, 10, 6 }, { 5, 4, 7 }, { 15, 9, 7 } };

    for (unsigned i = 0; i < ARRAY_COUNT(ratio); i++)
        if (width * ratio[i].y == height * ratio[i].x) return ratio[i].lines;
    return 10;
}

static unsigned v_blank_lines(unsigned height, unsigned sync)
{
    u64 frame_ns = 1000000000 / REFRESH, line_ns = (frame_ns - RB_V_BLANK_NS) / height;
    unsigned lines = (unsigned)(RB_V_BLANK_NS / (line_ns ? line_ns : 1)) + 1, least = RB_V_FRONT + sync + RB_V_BACK_LEAST;
    return lines > least ? lines : least;
}

/* "Detailed Timing Descriptor"; CVT rounds the dot clock down to 250 kHz. */
static void put_detailed_timing(u8 *d, unsigned width, unsigned height, unsigned mm_x, unsigned mm_y)
{
    unsigned sync = v_sync_lines(width, height), blank = v_blank_lines(height, sync);
    u64 clock_10khz = (u64)REFRESH * (width + RB_H_BLANK) * (height + blank) / 250000 * 25;

    put16(d, clock_10khz < 0xffff ? (unsigned)clock_10khz : 0xffff);
    d[2] = (u8)width;
    d[3] = RB_H_BLANK;
    d[4] = (u8)(width >> 8 << 4);
    d[5] = (u8)height;
    d[6] = (u8)blank;
    d[7] = (u8)(height >> 8 << 4 | (blank >> 8 & 15));
    d[8] = RB_H_FRONT;
    d[9] = RB_H_SYNC;
    d[10] = (u8)(RB_V_FRONT << 4 | (sync & 15));
    d[12] = (u8)mm_x;
    d[13] = (u8)mm_y;
    d[14] = (u8)(mm_x >> 8 << 4 | mm_y >> 8);
    d[17] = 0x1a;                                        /* digital separate sync; horizontal positive, vertical negative */
}

/* "Standard Timings": width / 8 - 31, ratio of sides, refresh - 60. */
static void put_standard_timings(u8 *at)
{
    enum { R16_10 = 0x00, R4_3 = 0x40, R5_4 = 0x80, R16_9 = 0xc0 };
    static const struct { u16 width; u8 ratio; } row[8] = {
        { 1280, R5_4 }, { 1280, R16_9 }, { 1440, R16_10 }, { 1600, R4_3 }, { 1680, R16_10 }, { 1920, R16_9 }, { 1920, R16_10 }, { 1152, R4_3 },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        at[2 * i] = (u8)(row[i].width / 8 - 31);
        at[2 * i + 1] = row[i].ratio;
    }
}

static void put_text(u8 *d, u8 tag, const char *text)
{
    d[3] = tag;
    memset(d + 5, ' ', 13);
    memcpy(d + 5, text, strlen(text));
    d[5 + strlen(text)] = '\n';
}

/* "Display Range Limits Descriptor": 50 to 125 Hz, 30 to 160 kHz, up to 600 MHz, no more said. */
static void put_range_limits(u8 *d)
{
    static const u8 limits[] = { 0, 0, 0, 0xfd, 0, 50, 125, 30, 160, 60, 1, '\n', ' ', ' ', ' ', ' ', ' ', ' ' };
    memcpy(d, limits, sizeof limits);
}

/* sRGB: "Color Characteristics". */
static const u8 srgb[10] = { 0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54 };

void edid_make(u8 e[EDID_BYTES], unsigned width, unsigned height)
{
    enum { DPI = 96, MAKER = ('O' - '@') << 10 | ('R' - '@') << 5 | ('Y' - '@'), DIGITAL_8_BITS = 0xa0, GAMMA_2_2 = 120, SRGB_NATIVE_CONTINUOUS = 0x07 };
    unsigned mm_x = width * 254 / (DPI * 10), mm_y = height * 254 / (DPI * 10);
    u8 sum = 0;

    memset(e, 0, EDID_BYTES);
    memset(e + 1, 0xff, 6);
    e[8] = MAKER >> 8;
    e[9] = MAKER & 0xff;
    put16(e + 10, 1);
    e[16] = 1;                                           /* week */
    e[17] = 2026 - 1990;
    e[18] = 1;
    e[19] = 4;
    e[20] = DIGITAL_8_BITS;
    e[21] = (u8)((mm_x + 5) / 10);
    e[22] = (u8)((mm_y + 5) / 10);
    e[23] = GAMMA_2_2;
    e[24] = SRGB_NATIVE_CONTINUOUS;
    memcpy(e + 25, srgb, sizeof srgb);
    e[35] = 0x21;                                        /* 640x480 and 800x600 at 60 Hz */
    e[36] = 0x08;                                        /* 1024x768 at 60 Hz */
    put_standard_timings(e + 38);
    put_detailed_timing(e + 54, width, height, mm_x, mm_y);
    put_range_limits(e + 72);
    put_text(e + 90, 0xfc, "Orrery");
    put_text(e + 108, 0xff, "1");
    for (unsigned i = 0; i < EDID_BYTES - 1; i++) sum = (u8)(sum + e[i]);
    e[127] = (u8)-sum;
}
