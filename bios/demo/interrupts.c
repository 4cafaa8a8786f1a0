/* Interrupts: what comes in, counted by handlers in front of the BIOS's own.                doc: demo-disk */
#include "demo.h"

enum { RTC_B = 0x0b, RTC_C = 0x0c, UPDATE_INTERRUPT = 0x10, NMI_OFF = 0x80 };

static u8 cmos(u8 index) { outb(0x70, index); return inb(0x71); }
static void cmos_put(u8 index, u8 v) { outb(0x70, index); outb(0x71, v); }

/* IRQ 8 comes through the second PIC. */
static void rtc_updates(bool on)
{
    cli();
    u8 b = cmos(RTC_B);
    cmos_put(RTC_B, (u8)(on ? b | UPDATE_INTERRUPT : b & ~UPDATE_INTERRUPT));
    (void)cmos(RTC_C);
    u8 mask = inb(0xa1);
    outb(0xa1, on ? mask & ~1 : mask | 1);
    sti();
}

static void put_time(u8 row)
{
    struct line l = { .used = 0 };

    line_text(&l, "20");
    line_hex(&l, cmos(9), 2);
    line_text(&l, "-");
    line_hex(&l, cmos(8), 2);
    line_text(&l, "-");
    line_hex(&l, cmos(7), 2);
    line_text(&l, "  ");
    line_hex(&l, cmos(4), 2);
    line_text(&l, ":");
    line_hex(&l, cmos(2), 2);
    line_text(&l, ":");
    line_hex(&l, cmos(0), 2);
    put_line(row, 44, BRIGHT, &l);
}

static void put_count(u8 row, u32 count)
{
    struct line l = { .used = 0 };
    line_number(&l, count, 8);
    put_line(row, 30, BRIGHT, &l);
}

static void put_codes(u8 row)
{
    struct line l = { .used = 0 };
    u32 count = key_count;

    for (u8 i = 0; i < 8; i++) {
        if (i + count < 8) line_text(&l, "   ");
        else {
            line_hex(&l, key_codes[(count + i) & 7], 2);
            line_text(&l, " ");
        }
    }
    put_line(row, 44, BRIGHT, &l);
}

void interrupts_page(void)
{
    page_begin("Interrupts", "info device pic1, info device pit");
    put_at(3, 3, TITLE, "Handlers of this page count, then pass each interrupt on to the BIOS");
    put_at(6, 5, PLAIN, "IRQ 0  INT 08h  timer");
    put_at(6, 44, QUIET, "18.2 a second, from the 8254");
    put_at(8, 5, PLAIN, "IRQ 8  INT 70h  clock");
    put_at(10, 5, PLAIN, "IRQ 1  INT 09h  keyboard");
    put_at(12, 44, QUIET, "the last scan codes: press keys;");
    put_at(13, 44, QUIET, "80h is added on release");
    timer_count = key_count = rtc_count = 0;
    interrupts_hook();
    rtc_updates(true);
    for (;;) {
        put_count(6, timer_count);
        put_count(8, rtc_count);
        put_count(10, key_count);
        put_time(8);
        put_codes(10);
        if (key_ready() && key_wait() == KEY_ESC) break;
        idle();
    }
    rtc_updates(false);
    interrupts_unhook();
}
