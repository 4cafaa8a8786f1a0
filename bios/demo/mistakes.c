/* Three mistakes that kernels make, to find with a debugger.                               doc: demo-disk
 * docs/debugging.md walks through them. */
#include "demo.h"

/* --- a triple fault: the handlers' gates are wrong, and then something happens --- */

enum { GATE_GP = 13, GATE_DF = 8 };

static void fall(void)
{
    idt[GATE_GP * 8 + 2] = SEL_DATA;                     /* a handler in a data segment */
    idt[GATE_DF * 8 + 5] = 0;                            /* no handler */
    poke8(SEL_SMALL, 0x100, 1);                          /* past the limit */
}

static void triple_fault(void)
{
    put_at(14, 3, ALARM, "The kernel stores past a limit. Its handlers are not what it thinks.");
    protected_run(fall);
}

/* --- an interrupt that never comes: somebody masked it --- */

static void lost_interrupt(void)
{
    u8 mask = inb(0x21);

    put_at(14, 3, PLAIN, "Waiting for five ticks of the timer (IRQ 0). Esc gives up.");
    timer_count = 0;
    interrupts_hook();
    outb(0x21, mask | 1);
    while (timer_count < 5) {
        if (key_ready() && key_wait() == KEY_ESC) break;
        idle();
    }
    outb(0x21, mask);
    interrupts_unhook();
    put_at(15, 3, timer_count < 5 ? ALARM : BRIGHT, timer_count < 5 ? "They have not come." : "They have come.");
    page_wait();
}

/* --- a variable that changes by itself: an index that nobody keeps in its array --- */

enum { ENTRIES = 8, DAYS = 40 };
static volatile struct {
    u16 entry[ENTRIES];
    u16 balance;
} ledger;

static void write_down(u16 day, u16 amount)
{
    ledger.entry[day % (ENTRIES + 1)] = amount;          /* one too many */
}

static void put_ledger(u16 day)
{
    struct line l = { .used = 0 };

    line_text(&l, "day ");
    line_number(&l, day, 2);
    line_text(&l, "   balance ");
    line_number(&l, ledger.balance, 6);
    line_text(&l, "   which lies at linear ");
    line_hex(&l, PROGRAM_BASE + (u32)&ledger.balance, 5);
    put_line(14, 3, ledger.balance == 1000 ? BRIGHT : ALARM, &l);
}

static void corrupted(void)
{
    put_at(15, 3, PLAIN, "Nobody takes anything from the balance of 1000.");
    ledger.balance = 1000;
    timer_count = 0;
    interrupts_hook();
    for (u16 day = 1; day <= DAYS && ledger.balance == 1000; day++) {
        u32 until = timer_count + 9;
        put_ledger(day);
        while (timer_count < until) idle();
        write_down(day, (u16)(day * 3));
        put_ledger(day);
    }
    interrupts_unhook();
    put_at(16, 3, ALARM, "And yet it is something else now.");
    page_wait();
}

/* --- the page --- */

void mistakes_page(void)
{
    page_begin("Mistakes", "why, why not 0, watch v");
    put_at(3, 3, PLAIN, "Three mistakes that kernels make. Find them with the debugger.");
    put_at(6, 5, BRIGHT, "1  My kernel triple-faults");
    put_at(8, 5, BRIGHT, "2  My interrupt never comes");
    put_at(10, 5, BRIGHT, "3  Who corrupted this?");
    for (;;) {
        u16 key = key_wait();
        u8 digit = (u8)key;
        if (key == KEY_ESC) return;
        if (digit < '1' || digit > '3') continue;
        if (digit == '1') triple_fault();
        if (digit == '2') lost_interrupt();
        if (digit == '3') corrupted();
        return;
    }
}
