/* Time: the tick (INT 08h), the clock services (INT 1Ah), the RTC's interrupt (INT 70h), waiting.      doc: bios
 * Source: IBM PC AT Technical Reference, "Time of day"; Motorola MC146818A; Intel 8254. */
#include "bios.h"
#include "pci.h"

enum { TICKS_A_DAY = 0x1800b0 };
enum { RTC_A = 0x0a, RTC_B = 0x0b, RTC_C = 0x0c, UIP = 0x80, SET = 0x80, PIE = 0x40, AIE = 0x20, HOURS_24 = 2 };

/* --- CMOS --- */

static u32 interrupts_off(void)
{
    u32 flags;
    __asm__ volatile("pushfl\n\tpopl %0\n\tcli" : "=r"(flags) : : "memory");
    return flags;
}

static void interrupts_back(u32 flags)
{
    if (flags & FLAG_IF) sti();
}

/* NMI is off while the index points somewhere; the index rests on a register that reading does not change. */
static void cmos_rest(void)
{
    outb(0x70, 0x0d);
    (void)inb(0x71);
}

u8 cmos_read(u8 at)
{
    u32 flags = interrupts_off();
    outb(0x70, at | 0x80);
    u8 v = inb(0x71);
    cmos_rest();
    interrupts_back(flags);
    return v;
}

void cmos_write(u8 at, u8 v)
{
    u32 flags = interrupts_off();
    outb(0x70, at | 0x80);
    outb(0x71, v);
    cmos_rest();
    interrupts_back(flags);
}

/* --- waiting --- */

void wait_refresh(void)
{
    u8 was = inb(0x61) & 0x10;
    while ((inb(0x61) & 0x10) == was) {}
}

/* HLT is for real mode with the tick coming in: elsewhere nothing may ever wake the processor. */
static bool can_sleep(void)
{
    u16 msw;
    __asm__ volatile("smsw %0" : "=r"(msw));
    return !(msw & 1) && !(inb(0x21) & 1);
}

/* Lets interrupts in for a while; returns how many microseconds went by, roughly and never too few of them. */
u32 pass_time(void)
{
    if (can_sleep()) {
        u32 before = BDA->ticks;
        sti_hlt();
        return BDA->ticks != before ? 54925 : 1000;
    }
    sti_nop();
    wait_refresh();
    return 15;
}

void wait_interrupt(void)
{
    if (can_sleep()) sti_hlt();
    else sti_nop();
}

void wait_ms(u32 ms)
{
    u32 left = ms * 1000, gone = 0;

    for (; ms < 55 && gone < left; gone += 15) wait_refresh();
    while (gone < left) gone += pass_time();
}

bool wait_bda(u16 offset, u8 mask, u32 ms)
{
    const volatile u8 __seg_fs *flag = (const volatile u8 __seg_fs *)(u32)offset;
    u32 limit = ms * 1000, gone = 0;

    for (;;) {
        cli();                                               /* or the interrupt comes between the look and the sleep */
        if (*flag & mask || gone >= limit) break;
        gone += pass_time();
    }
    sti();
    return *flag & mask;
}

/* --- INT 08h --- */

void timer_interrupt(struct frame *f)
{
    (void)f;
    u32 ticks = BDA->ticks + 1;
    if (ticks >= TICKS_A_DAY) {
        ticks = 0;
        BDA->ticks_overflow = 1;
    }
    BDA->ticks = ticks;
    floppy_motor_tick();
    call_int(0x1c, 0, 0);
    cli();
    eoi();
}

/* --- INT 1Ah --- */

static bool rtc_ready(void)
{
    for (unsigned i = 0; i < 0xffff; i++)
        if (!(cmos_read(RTC_A) & UIP)) return true;
    return false;
}

/* A stopped or never set clock is set going with the time zero, as IBM's does. */
static void rtc_start(void)
{
    cmos_write(RTC_A, 0x26);
    cmos_write(RTC_B, (u8)((cmos_read(RTC_B) & ~SET) | HOURS_24));
    (void)cmos_read(RTC_C);
}

static bool rtc_running(struct frame *f)
{
    bool ok = rtc_ready() && !(cmos_read(RTC_B) & SET);
    set_carry(f, !ok);
    return ok;
}

static void set_time(const struct frame *f)
{
    if (!rtc_ready()) rtc_start();
    u8 b = cmos_read(RTC_B);
    cmos_write(RTC_B, (u8)(b | SET));
    cmos_write(0x00, f->dh);
    cmos_write(0x02, f->cl);
    cmos_write(0x04, f->ch);
    cmos_write(RTC_B, (u8)((b & 0x60) | HOURS_24 | (f->dl & 1)));
}

static void set_date(const struct frame *f)
{
    if (!rtc_ready()) rtc_start();
    u8 b = cmos_read(RTC_B);
    cmos_write(RTC_B, (u8)(b | SET));
    cmos_write(0x06, 0);
    cmos_write(0x07, f->dl);
    cmos_write(0x08, f->dh);
    cmos_write(0x09, f->cl);
    cmos_write(0x32, f->ch);
    cmos_write(RTC_B, (u8)(b & ~SET));
}

static void set_alarm(struct frame *f)
{
    u8 b = cmos_read(RTC_B);

    if (b & AIE) {
        set_carry(f, true);
        return;
    }
    if (!rtc_ready()) rtc_start();
    b = cmos_read(RTC_B);
    cmos_write(0x01, f->dh);
    cmos_write(0x03, f->cl);
    cmos_write(0x05, f->ch);
    outb(0xa1, inb(0xa1) & (u8)~1);
    cmos_write(RTC_B, (u8)((b & ~SET) | AIE));
    set_carry(f, false);
}

void time_service(struct frame *f)
{
    switch (f->ah) {
    case 0x00:
        cli();
        f->cx = (u16)(BDA->ticks >> 16);
        f->dx = (u16)BDA->ticks;
        f->al = BDA->ticks_overflow;
        BDA->ticks_overflow = 0;
        break;
    case 0x01:
        cli();
        BDA->ticks = (u32)f->cx << 16 | f->dx;
        BDA->ticks_overflow = 0;
        break;
    case 0x02:
        if (!rtc_running(f)) break;
        f->dh = cmos_read(0x00);
        f->cl = cmos_read(0x02);
        f->ch = cmos_read(0x04);
        f->dl = cmos_read(RTC_B) & 1;
        f->al = f->ch;
        break;
    case 0x03: set_time(f); f->al = 0; set_carry(f, false); break;
    case 0x04:
        if (!rtc_running(f)) break;
        f->dl = cmos_read(0x07);
        f->dh = cmos_read(0x08);
        f->cl = cmos_read(0x09);
        f->ch = cmos_read(0x32);
        f->al = f->ch;
        break;
    case 0x05: set_date(f); f->al = 0; set_carry(f, false); break;
    case 0x06: set_alarm(f); break;
    case 0x07: cmos_write(RTC_B, (u8)(cmos_read(RTC_B) & ~AIE)); set_carry(f, false); break;
    case 0xb1: pci_service(f); break;
    default: set_carry(f, true); break;
    }
}

/* --- INT 70h: alarm, and the periodic interrupt that INT 15h AH=83h and 86h count --- */

static void periodic_interrupt(void)
{
    enum { PERIOD = 976 };                                    /* us at 1024 Hz */

    if (!(BDA->wait_active & 1)) return;
    if (BDA->wait_microseconds > PERIOD) {
        BDA->wait_microseconds -= PERIOD;
        return;
    }
    BDA->wait_microseconds = 0;
    BDA->wait_active = 0;
    cmos_write(RTC_B, (u8)(cmos_read(RTC_B) & ~PIE));
    u16 segment = BDA->wait_flag.segment, offset = BDA->wait_flag.offset;
    far8_put(segment, offset, far8(segment, offset) | 0x80);
}

void clock_interrupt(struct frame *f)
{
    (void)f;
    u8 cause = cmos_read(RTC_C) & cmos_read(RTC_B);

    if (cause & PIE) periodic_interrupt();
    if (cause & AIE) {
        call_int(0x4a, 0, 0);
        cli();
    }
    eoi_slave();
}
