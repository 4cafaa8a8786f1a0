/* MC146818A real-time clock and CMOS RAM.                                       doc: cmos
 *   reg 0  write: index (bit 7 masks NMI on a PC)      reg 1  data
 *   00 seconds 01 alarm 02 minutes 03 alarm 04 hours 05 alarm 06 weekday 07 day 08 month 09 year
 *   0A  UIP DV2..0 RS3..0   0B  SET PIE AIE UIE SQWE DM 24/12 DSE   0C  IRQF PF AF UF (read clears)   0D  VRT
 * Source: Motorola MC146818A.  Time advances on the tick clock alone.  Not modelled: daylight saving (DSE), SQW pin. */
#include "devices/chip/cmos_mc146818.h"

enum { SECONDS, SECONDS_ALARM, MINUTES, MINUTES_ALARM, HOURS, HOURS_ALARM, WEEKDAY, DAY, MONTH, YEAR, REG_A, REG_B, REG_C, REG_D,
       CENTURY = 0x32 };
enum { A_UIP = 0x80, B_SET = 0x80, B_PIE = 0x40, B_AIE = 0x20, B_UIE = 0x10, B_BINARY = 4, B_24H = 2, C_IRQF = 0x80,
       C_PF = 0x40, C_AF = 0x20, C_UF = 0x10 };
enum { UIP_BEFORE_NS = 244000 + 1984000 };           /* UIP rises this long before the new time can be read */

#define STATE_OWNER struct cmos_mc146818
STATE_LAYOUT_OF(cmos_mc146818_state, "cmos_mc146818", CMOS_MC146818_STATE, cmos_mc146818_invariant);

static void update_irq(struct cmos_mc146818 *c)
{
    bool high = c->ram[REG_C] & c->ram[REG_B] & (C_PF | C_AF | C_UF);
    c->ram[REG_C] = (u8)((c->ram[REG_C] & ~C_IRQF) | (high ? C_IRQF : 0));
    line_set(c->irq, high);
}

/* --- the calendar, in the format that register B asks for --- */

static unsigned decode(const struct cmos_mc146818 *c, u8 v)
{
    return c->ram[REG_B] & B_BINARY ? v : (v >> 4) * 10u + (v & 15);
}

static u8 encode(const struct cmos_mc146818 *c, unsigned v)
{
    return (u8)(c->ram[REG_B] & B_BINARY ? v : v / 10 << 4 | v % 10);
}

static unsigned hour_of(const struct cmos_mc146818 *c)
{
    u8 v = c->ram[HOURS];
    if (c->ram[REG_B] & B_24H) return decode(c, v);
    return decode(c, v & 0x7f) % 12 + (v & 0x80 ? 12 : 0);
}

static void set_hour(struct cmos_mc146818 *c, unsigned hour)
{
    if (c->ram[REG_B] & B_24H) c->ram[HOURS] = encode(c, hour);
    else c->ram[HOURS] = (u8)(encode(c, hour % 12 ? hour % 12 : 12) | (hour >= 12 ? 0x80 : 0));
}

static unsigned days_in(unsigned month, unsigned year)
{
    static const u8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (month < 1 || month > 12) return 31;
    return days[month - 1] + (month == 2 && year % 4 == 0);       /* the chip knows two digits: every fourth year leaps */
}

static void next_day(struct cmos_mc146818 *c)
{
    unsigned day = decode(c, c->ram[DAY]) + 1, month = decode(c, c->ram[MONTH]), year = decode(c, c->ram[YEAR]);

    c->ram[WEEKDAY] = encode(c, decode(c, c->ram[WEEKDAY]) % 7 + 1);
    if (day > days_in(month, year)) {
        day = 1;
        month++;
    }
    if (month > 12) {
        month = 1;
        year++;
    }
    if (year > 99) {
        year = 0;
        c->ram[CENTURY] = (u8)((c->ram[CENTURY] & 15) == 9 ? (c->ram[CENTURY] & 0xf0) + 0x10 : c->ram[CENTURY] + 1);
    }
    c->ram[DAY] = encode(c, day);
    c->ram[MONTH] = encode(c, month);
    c->ram[YEAR] = encode(c, year);
}

static void next_second(struct cmos_mc146818 *c)
{
    unsigned second = decode(c, c->ram[SECONDS]) + 1, minute = decode(c, c->ram[MINUTES]), hour = hour_of(c);

    if (second > 59) {
        second = 0;
        minute++;
    }
    if (minute > 59) {
        minute = 0;
        hour++;
    }
    if (hour > 23) {
        hour = 0;
        next_day(c);
    }
    c->ram[SECONDS] = encode(c, second);
    c->ram[MINUTES] = encode(c, minute);
    set_hour(c, hour);
}

/* An alarm byte of C0h and above matches anything. */
static bool alarm_matches(const struct cmos_mc146818 *c)
{
    for (unsigned i = SECONDS; i <= HOURS; i += 2)
        if (c->ram[i + 1] < 0xc0 && c->ram[i + 1] != c->ram[i]) return false;
    return true;
}

static bool divider_runs(const struct cmos_mc146818 *c)
{
    return (c->ram[REG_A] & 0x70) == 0x20;           /* 32.768 kHz time base; 11x holds the divider in reset */
}

/* --- events --- */

static void schedule_update(struct cmos_mc146818 *c, u64 cycles)
{
    if (!divider_runs(c)) clock_cancel(c->clock, &c->update);
    else clock_at(c->clock, &c->update, clock_tick_of_cycle(c->clock, RATE_RTC, clock_cycles(c->clock, RATE_RTC) + cycles));
}

static void on_update(void *owner)
{
    struct cmos_mc146818 *c = owner;

    schedule_update(c, 32768);
    if (c->ram[REG_B] & B_SET) return;
    next_second(c);
    c->ram[REG_C] |= C_UF | (alarm_matches(c) ? C_AF : 0);
    update_irq(c);
}

/* DS "Periodic Interrupt Rate": rates 1 and 2 are those of 8 and 9 with this time base. */
static unsigned periodic_cycles(const struct cmos_mc146818 *c)
{
    unsigned rate = c->ram[REG_A] & 15;
    if (!rate) return 0;
    return 1u << (rate <= 2 ? rate + 6 : rate - 1);
}

static void schedule_periodic(struct cmos_mc146818 *c)
{
    u64 cycles = periodic_cycles(c), now = clock_cycles(c->clock, RATE_RTC);

    if (!cycles || !divider_runs(c)) clock_cancel(c->clock, &c->periodic);
    else clock_at(c->clock, &c->periodic, clock_tick_of_cycle(c->clock, RATE_RTC, (now / cycles + 1) * cycles));
}

static void on_periodic(void *owner)
{
    struct cmos_mc146818 *c = owner;

    c->ram[REG_C] |= C_PF;
    update_irq(c);
    schedule_periodic(c);
}

/* --- registers --- */

void cmos_mc146818_init(struct cmos_mc146818 *c, struct clock *clock, struct line *irq)
{
    *c = (struct cmos_mc146818){ .clock = clock, .irq = irq };
    clock_add(clock, &c->update, on_update, c);
    clock_add(clock, &c->periodic, on_periodic, c);
    c->ram[REG_A] = 0x26;
    c->ram[REG_B] = B_24H;
    c->ram[REG_D] = 0x80;
    schedule_update(c, 32768);
}

/* RESET clears the interrupt enables and flags; time goes on. */
void cmos_mc146818_reset(struct cmos_mc146818 *c)
{
    c->ram[REG_B] &= (u8)~(B_PIE | B_AIE | B_UIE | 8);
    c->ram[REG_C] = 0;
    update_irq(c);
}

void cmos_mc146818_set_time(struct cmos_mc146818 *c, s64 seconds)
{
    s64 days = seconds / 86400 - (seconds % 86400 < 0), rest = seconds - days * 86400;
    unsigned year = 1970, month = 1;

    c->ram[WEEKDAY] = encode(c, (unsigned)(((days + 4) % 7 + 7) % 7) + 1);
    while (days < 0 || days >= 365 + (year % 4 == 0 && (year % 100 || year % 400 == 0))) {
        if (days < 0) days += 365 + ((year - 1) % 4 == 0 && ((year - 1) % 100 || (year - 1) % 400 == 0)), year--;
        else days -= 365 + (year % 4 == 0 && (year % 100 || year % 400 == 0)), year++;
    }
    while (days >= days_in(month, year)) days -= days_in(month++, year);
    c->ram[SECONDS] = encode(c, (unsigned)(rest % 60));
    c->ram[MINUTES] = encode(c, (unsigned)(rest / 60 % 60));
    set_hour(c, (unsigned)(rest / 3600));
    c->ram[DAY] = encode(c, (unsigned)days + 1);
    c->ram[MONTH] = encode(c, month);
    c->ram[YEAR] = encode(c, year % 100);
    c->ram[CENTURY] = (u8)(year / 1000 << 4 | year / 100 % 10);
}

static bool update_in_progress(const struct cmos_mc146818 *c)
{
    u64 now = clock_now(c->clock);
    return !(c->ram[REG_B] & B_SET) && c->update.at != NEVER && c->update.at - now <= clock_ticks_of_ns(c->clock, UIP_BEFORE_NS);
}

u8 cmos_mc146818_read(void *chip, unsigned reg)
{
    struct cmos_mc146818 *c = chip;
    u8 v = c->ram[c->index];

    if (!(reg & 1)) return 0xff;
    if (c->index == REG_A) return (u8)((v & ~A_UIP) | (update_in_progress(c) ? A_UIP : 0));
    if (c->index == REG_C) {
        c->ram[REG_C] = 0;
        update_irq(c);
    }
    return v;
}

void cmos_mc146818_write(void *chip, unsigned reg, u8 value)
{
    struct cmos_mc146818 *c = chip;

    if (!(reg & 1)) {
        c->index = value & 0x7f;
        c->nmi_masked = value & 0x80;
        return;
    }
    if (c->index == REG_C || c->index == REG_D) return;          /* read-only */
    bool ran = divider_runs(c);
    c->ram[c->index] = c->index == REG_A ? value & 0x7f : value;
    if (c->index == REG_A) {
        if (ran != divider_runs(c)) schedule_update(c, 16384);   /* the first update follows half a second after the start */
        schedule_periodic(c);
    }
    if (c->index == REG_B) update_irq(c);
}

const char *cmos_mc146818_invariant(const struct cmos_mc146818 *c)
{
    if (c->index > 0x7f) return "the index has seven bits";
    if (c->irq && c->irq->level != !!(c->ram[REG_C] & C_IRQF)) return "IRQ is high exactly while IRQF is set";
    return 0;
}
