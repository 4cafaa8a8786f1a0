/* The clockwork: planets on their orbits in mode 13h, a step a timer tick.                  doc: demo-disk
 * Fixed point: a turn is 2 to the 32nd, a sine is 65536ths.  A frame is composed in memory - the sky, what is behind
 * the sun, the sun, what is before it - and copied to the screen during the retrace, so that nothing flickers. */
#include "demo.h"

enum { CENTER_X = 160, CENTER_Y = 94, PLANETS = 6, EARTH = 2, SATURN = 5, SUN = 43, SUN_LIGHT = 44, ORBIT = 20, STAR = 20, RING = 0x1c, MOON = 0x1b };
enum { SKY = 0x4000, FRAME = 0x5000, BOTTOM = 191 };

/* 256 * sin of i / 64 of a quarter turn; one more for the interpolation at its end. */
static const u16 quarter[66] = {
    0, 6, 13, 19, 25, 31, 38, 44, 50, 56, 62, 68, 74, 80, 86, 92, 98, 104, 109, 115, 121, 126, 132, 137, 142, 147, 152, 157, 162, 167, 172, 177, 181,
    185, 190, 194, 198, 202, 206, 209, 213, 216, 220, 223, 226, 229, 231, 234, 237, 239, 241, 243, 245, 247, 248, 250, 251, 252, 253, 254, 255, 255, 256, 256, 256, 256,
};

/* 65536 * sin of at / 65536 of a turn. */
static s32 sine(u16 at)
{
    u16 in = at & 0x3fff;

    if (at & 0x4000) in = (u16)(0x4000 - in);
    s32 v = quarter[in >> 8] * 256 + (quarter[(in >> 8) + 1] - quarter[in >> 8]) * (in & 255);
    return at & 0x8000 ? -v : v;
}

/* What an orbit of so many days turns in a tick at speed 1: the earth's year is 504 ticks. */
#define TURN(days) ((u32)(8519680.0 * 365.256 / (days)))

/* Periods as in the sky; radii, in dots, are not. */
static const struct { const char *name; u32 turn; u8 radius, color, size; } planet[PLANETS] = {
    { "Mercury", TURN(87.969), 24, 0x1a, 1 },  { "Venus", TURN(224.701), 38, 0x43, 2 },    { "Earth", TURN(365.256), 56, 0x37, 2 },
    { "Mars", TURN(686.980), 76, 0x28, 2 },    { "Jupiter", TURN(4332.59), 106, 0x2a, 5 }, { "Saturn", TURN(10759.2), 138, 0x5b, 4 },
};

struct clockwork {
    u32 angle[PLANETS], moon;      /* 2 to the 32nd is a turn */
    u32 years;
    u8 speed;                      /* steps a tick, a power of two */
    bool paused, names;
};

static void disc(u16 to, s32 x, s32 y, s32 radius, u8 color)
{
    for (s32 dy = -radius; dy <= radius; dy++)
        for (s32 dx = -radius; dx <= radius; dx++)
            if (dx * dx + dy * dy <= radius * radius + radius / 2) dot(to, x + dx, y + dy, color);
}

/* Orbits are seen from above the plane: their height is two thirds of their width. */
static s32 place_x(s32 radius, u32 angle) { return CENTER_X + radius * sine((u16)((angle >> 16) + 0x4000)) / 65536; }
static s32 place_y(s32 radius, u32 angle) { return CENTER_Y + radius * 2 / 3 * sine((u16)(angle >> 16)) / 65536; }

static void copy(u16 to, u16 from)
{
    u32 di = 0, si = 0, cx = GRAPHICS_WIDTH * GRAPHICS_HEIGHT / 4;
    __asm__ volatile("pushw %%ds\n\tpushw %%es\n\tmovw %w3,%%es\n\tmovw %w4,%%ds\n\tcld\n\trep movsl\n\tpopw %%es\n\tpopw %%ds"
                     : "+D"(di), "+S"(si), "+c"(cx) : "r"(to), "r"(from) : "memory", "cc");
}

static void draw_sky(void)
{
    u32 random = 20001;

    for (u32 i = 0; i < GRAPHICS_WIDTH * GRAPHICS_HEIGHT; i += 4) poke32(SKY, i, 0);
    for (u16 i = 0; i < 150; i++) {
        random = random * 1103515245 + 12345;
        dot(SKY, (s32)((random >> 16) % GRAPHICS_WIDTH), (s32)((random >> 8 & 0xffff) % BOTTOM), (u8)(STAR + (random >> 28) % 11));
    }
    for (u8 p = 0; p < PLANETS; p++)
        for (u32 a = 0; a < 256; a++) dot(SKY, place_x(planet[p].radius, a << 24), place_y(planet[p].radius, a << 24), ORBIT);
}

static void draw_planet(const struct clockwork *c, u8 p)
{
    s32 x = place_x(planet[p].radius, c->angle[p]), y = place_y(planet[p].radius, c->angle[p]);

    disc(FRAME, x, y, planet[p].size, planet[p].color);
    if (p == SATURN)
        for (s32 dx = -8; dx <= 8; dx++) dot(FRAME, x + dx, y + dx / 4, RING);
    if (p == EARTH) dot(FRAME, x + 6 * sine((u16)((c->moon >> 16) + 0x4000)) / 65536, y + 4 * sine((u16)(c->moon >> 16)) / 65536, MOON);
    if (c->names) graphics_text(FRAME, (u16)(x + planet[p].size + 5), (u16)(y - 3), planet[p].color, planet[p].name);
}

static void draw_planets(const struct clockwork *c, bool behind_the_sun)
{
    for (u8 p = 0; p < PLANETS; p++)
        if (behind_the_sun == (c->angle[p] >> 31 != 0)) draw_planet(c, p);
}

static void draw(const struct clockwork *c)
{
    struct line l = { .used = 0 };

    copy(FRAME, SKY);
    draw_planets(c, true);
    disc(FRAME, CENTER_X, CENTER_Y, 8, SUN);
    disc(FRAME, CENTER_X - 1, CENTER_Y - 1, 5, SUN_LIGHT);
    draw_planets(c, false);
    line_text(&l, "Year ");
    line_number(&l, c->years, 1);
    line_text(&l, c->paused ? " paused" : " speed ");
    if (!c->paused) line_number(&l, c->speed, 1);
    graphics_text(FRAME, 0, 0, 15, l.text);
    graphics_text(FRAME, 0, 192, 15, "+ - speed  Space pause  N names  Esc");
    wait_retrace();
    copy(GRAPHICS, FRAME);
}

static void step(struct clockwork *c)
{
    u32 before = c->angle[EARTH];

    for (u8 p = 0; p < PLANETS; p++) c->angle[p] += planet[p].turn * c->speed;
    c->moon += TURN(27.3217) * c->speed;
    if (c->angle[EARTH] < before) c->years++;
}

static void obey(struct clockwork *c, u8 key)
{
    if (key == '+' && c->speed < 64) c->speed *= 2;
    if (key == '-' && c->speed > 1) c->speed /= 2;
    if (key == ' ') c->paused = !c->paused;
    if ((key | 0x20) == 'n') c->names = !c->names;
}

void clockwork_page(void)
{
    struct clockwork c = { .speed = 2, .names = true };
    u16 key = 0;

    video_mode(0x13);
    for (u8 p = 0; p < PLANETS; p++) c.angle[p] = p * 0x2a000000u;
    draw_sky();
    interrupts_hook();
    for (u32 seen = timer_count; key != KEY_ESC;) {
        if (key_ready()) {
            key = key_wait();
            obey(&c, (u8)key);
        }
        if (timer_count == seen) {
            idle();
            continue;
        }
        seen = timer_count;
        if (!c.paused) step(&c);
        draw(&c);
    }
    interrupts_unhook();
}
