/* The clockwork: planets on their orbits in mode 13h, a step a timer tick.                  doc: demo-disk
 * Fixed point: angles of 65536 a turn, a sine table of a quarter turn with 64 steps. */
#include "demo.h"

enum { WIDTH = 320, HEIGHT = 200, CENTER_X = 160, CENTER_Y = 96, VRAM = 0xa000, BODY = 11, PLANETS = 6, SUN = 43, ORBIT = 20, STAR = 26 };

/* 256 * sin of i / 64 of a quarter turn. */
static const u16 quarter[65] = {
    0, 6, 13, 19, 25, 31, 38, 44, 50, 56, 62, 68, 74, 80, 86, 92, 98, 104, 109, 115, 121, 126, 132, 137, 142, 147, 152, 157, 162, 167, 172, 177, 181,
    185, 190, 194, 198, 202, 206, 209, 213, 216, 220, 223, 226, 229, 231, 234, 237, 239, 241, 243, 245, 247, 248, 250, 251, 252, 253, 254, 255, 255, 256, 256, 256,
};

static s32 sine(u16 angle)
{
    u8 step = (u8)(angle >> 8);
    u8 in = step & 63;
    s32 v = step & 64 ? quarter[64 - in] : quarter[in];
    return step & 128 ? -v : v;
}

/* Radius in dots, colour, size, angle a tick at speed 1 (periods as in the sky, the slow ones hurried). */
static const struct { const char *name; u16 radius, speed; u8 color, size; } planet[PLANETS] = {
    { "Mercury", 26, 540, 0x1a, 1 }, { "Venus", 40, 212, 0x43, 2 }, { "Earth", 56, 130, 0x37, 2 },
    { "Mars", 74, 69, 0x28, 2 },     { "Jupiter", 102, 26, 0x2a, 4 }, { "Saturn", 136, 15, 0x5b, 3 },
};

static u16 angle[PLANETS];
static u8 under[PLANETS][BODY * BODY];
static u16 place_x[PLANETS], place_y[PLANETS];

static void dot(s32 x, s32 y, u8 color)
{
    if (x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT) poke8(VRAM, (u16)(y * WIDTH + x), color);
}

static u8 dot_at(s32 x, s32 y)
{
    return x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT ? peek8(VRAM, (u16)(y * WIDTH + x)) : 0;
}

static void disc(s32 x, s32 y, s32 radius, u8 color)
{
    for (s32 dy = -radius; dy <= radius; dy++)
        for (s32 dx = -radius; dx <= radius; dx++)
            if (dx * dx + dy * dy <= radius * radius + radius / 2) dot(x + dx, y + dy, color);
}

/* Orbits are seen from above the plane: their height is half their width. */
static void position(u16 radius, u16 at, s32 *x, s32 *y)
{
    *x = CENTER_X + radius * sine((u16)(at + 0x4000)) / 256;
    *y = CENTER_Y + radius * sine(at) / 512;
}

static void text(u8 row, u8 column, u8 color, const char *what)
{
    for (; *what; what++, column++) {
        u32 ax = 0x0200, bx = color, dx = (u32)(row << 8 | column);
        __asm__ volatile("pushl %%ebp\n\tint $0x10\n\tpopl %%ebp" : "+a"(ax), "+b"(bx), "+d"(dx) : : "ecx", "esi", "edi", "memory", "cc");
        ax = 0x0e00 | (u8)*what, bx = color;
        __asm__ volatile("pushl %%ebp\n\tint $0x10\n\tpopl %%ebp" : "+a"(ax), "+b"(bx) : : "ecx", "edx", "esi", "edi", "memory", "cc");
    }
}

static void background(void)
{
    u32 random = 20001;
    s32 x, y;

    for (u16 i = 0; i < 150; i++) {
        random = random * 1103515245 + 12345;
        dot((s32)(random >> 16) % WIDTH, (s32)(random >> 8 & 0xffff) % (HEIGHT - 12), (u8)(STAR - 6 + (random >> 28)));
    }
    for (u8 p = 0; p < PLANETS; p++)
        for (u32 a = 0; a < 65536; a += 256) {
            position(planet[p].radius, (u16)a, &x, &y);
            dot(x, y, ORBIT);
        }
    disc(CENTER_X, CENTER_Y, 7, SUN);
    disc(CENTER_X - 1, CENTER_Y - 1, 4, 44);
    for (u8 p = 0; p < PLANETS; p++) text((u8)(p % 3), p < 3 ? 0 : 32, planet[p].color, planet[p].name);
    text(24, 0, 15, "+ and - change speed");
    text(24, 34, 15, "Esc");
}

/* What a planet covers is kept, and put back before it moves on. */
static void cover(u8 p, bool keep)
{
    for (u8 i = 0; i < BODY * BODY; i++) {
        s32 x = place_x[p] + i % BODY - BODY / 2, y = place_y[p] + i / BODY - BODY / 2;
        if (keep) under[p][i] = dot_at(x, y);
        else dot(x, y, under[p][i]);
    }
}

static void draw_planet(u8 p)
{
    s32 x = place_x[p], y = place_y[p];

    disc(x, y, planet[p].size, planet[p].color);
    if (p == PLANETS - 1)                                /* Saturn's rings */
        for (s32 dx = -5; dx <= 5; dx++) dot(x + dx, y + dx / 5, 0x1c);
}

static void move(u16 speed)
{
    s32 x, y;

    for (u8 p = PLANETS; p-- > 0;) cover(p, false);
    for (u8 p = 0; p < PLANETS; p++) {
        angle[p] = (u16)(angle[p] + planet[p].speed * speed);
        position(planet[p].radius, angle[p], &x, &y);
        place_x[p] = (u16)x, place_y[p] = (u16)y;
        cover(p, true);
        draw_planet(p);
    }
}

void clockwork_page(void)
{
    u16 speed = 4;
    u32 seen;
    s32 x, y;

    video_mode(0x13);
    background();
    for (u8 p = 0; p < PLANETS; p++) {
        angle[p] = (u16)(p * 9000);
        position(planet[p].radius, angle[p], &x, &y);
        place_x[p] = (u16)x, place_y[p] = (u16)y;
        cover(p, true);
    }
    interrupts_hook();
    for (seen = timer_count;;) {
        if (key_ready()) {
            u16 key = key_wait();
            if (key == KEY_ESC) break;
            if ((u8)key == '+' && speed < 64) speed *= 2;
            if ((u8)key == '-' && speed > 1) speed /= 2;
        }
        if (timer_count == seen) {
            idle();
            continue;
        }
        seen = timer_count;
        move(speed);
    }
    interrupts_unhook();
}
