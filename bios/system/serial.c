/* Serial and parallel ports: detection, INT 14h and INT 17h.                               doc: bios
 * Source: IBM PC AT Technical Reference, "RS-232-C", "Printer"; National NS16550A. */
#include "bios.h"

enum { IER = 1, IIR, LCR, MCR, LSR, MSR };
enum { DATA_READY = 1, EMPTY = 0x20, TIMED_OUT = 0x80, DSR = 0x20, CTS = 0x10 };
extern const u16 baud_divisors[8];

static const u16 com_at[] ROM_DATA = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
static const u16 lpt_at[] ROM_DATA = { 0x3bc, 0x378, 0x278 };

/* An 8250 has three bits of IIR that are never set, and IER keeps what is written. */
static bool uart_at(u16 port)
{
    outb(port + LCR, inb(port + LCR) & 0x7f);                /* a system before may have left the divisor in view */
    outb(port + IER, 0x05);
    bool kept = inb(port + IER) == 0x05 && !(inb(port + IIR) & 0x30);
    outb(port + IER, 0);
    return kept;
}

static bool printer_at(u16 port)
{
    outb(port, 0xaa);
    if (inb(port) != 0xaa) return false;
    outb(port, 0x55);
    return inb(port) == 0x55;
}

void serial_post(void)
{
    unsigned coms = 0, lpts = 0;

    for (unsigned i = 0; i < ARRAY_COUNT(com_at); i++) {
        BDA->com_timeout[i] = 1;
        BDA->lpt_timeout[i] = 0x14;
        if (uart_at(rom16(&com_at[i]))) BDA->com[coms++] = rom16(&com_at[i]);
    }
    for (unsigned i = 0; i < ARRAY_COUNT(lpt_at); i++)
        if (printer_at(rom16(&lpt_at[i]))) BDA->lpt[lpts++] = rom16(&lpt_at[i]);
    BDA->equipment |= (u16)(coms << 9 | lpts << 14);
}

/* A unit of IBM's timeout counts is about a second here, of 15 us periods. */
static bool wait_for(u16 port, u8 mask, u8 units)
{
    for (u32 left = (units ? units : 1) * 0x10000u; left; left--) {
        if ((inb(port) & mask) == mask) return true;
        wait_refresh();
    }
    return false;
}

static void set_line(u16 port, u8 how)
{
    u16 divisor = rom16(&baud_divisors[how >> 5]);

    outb(port + LCR, 0x80);
    outb(port, (u8)divisor);
    outb(port + IER, (u8)(divisor >> 8));
    outb(port + LCR, how & 0x1f);
    outb(port + IER, 0);
}

/* AH=04h: rates to 19200 and line control by fields, IBM PS/2 BIOS Interface Technical Reference. */
static void set_line_extended(u16 port, const struct frame *f)
{
    static const u16 divisors[] ROM_DATA = { 1047, 768, 384, 192, 96, 48, 24, 12, 6 };
    static const u8 parity[] ROM_DATA = { 0x00, 0x08, 0x18, 0x28, 0x38 };
    u16 divisor = rom16(&divisors[f->cl < ARRAY_COUNT(divisors) ? f->cl : 7]);
    u8 kind = rom8(&parity[f->bh < ARRAY_COUNT(parity) ? f->bh : 0]);
    u8 lcr = (u8)(kind | (f->bl & 1) << 2 | (f->ch & 3) | (f->al & 1) << 6);

    outb(port + LCR, 0x80);
    outb(port, (u8)divisor);
    outb(port + IER, (u8)(divisor >> 8));
    outb(port + LCR, lcr);
}

static void serial_send(u16 port, struct frame *f, u8 timeout)
{
    outb(port + MCR, inb(port + MCR) | 3);
    bool ready = wait_for(port + MSR, DSR | CTS, timeout) && wait_for(port + LSR, EMPTY, timeout);
    if (ready) outb(port, f->al);
    f->ah = (u8)((inb(port + LSR) & 0x7f) | (ready ? 0 : TIMED_OUT));
}

static void serial_receive(u16 port, struct frame *f, u8 timeout)
{
    outb(port + MCR, (inb(port + MCR) & (u8)~2) | 1);
    bool ready = wait_for(port + MSR, DSR, timeout) && wait_for(port + LSR, DATA_READY, timeout);
    u8 status = inb(port + LSR);
    if (ready) f->al = inb(port);
    f->ah = (u8)(ready ? status & 0x1e : (status & 0x7f) | TIMED_OUT);
}

void serial_service(struct frame *f)
{
    u16 port = f->dx < 4 ? BDA->com[f->dx] : 0;

    sti();
    if (!port) {
        f->ah = TIMED_OUT;
        return;
    }
    u8 timeout = BDA->com_timeout[f->dx];
    switch (f->ah) {
    case 0: set_line(port, f->al); break;
    case 1: serial_send(port, f, timeout); return;
    case 2: serial_receive(port, f, timeout); return;
    case 3: break;
    case 4: set_line_extended(port, f); break;
    case 5:
        if (f->al == 1) outb(port + MCR, f->bl & 0x1f);
        f->bl = inb(port + MCR);
        break;
    default: return;
    }
    f->al = inb(port + MSR);
    f->ah = inb(port + LSR);
}

/* --- INT 17h --- */

enum { STROBE = 1, INITIALISE = 4, SELECT = 8, NOT_BUSY = 0x80 };

static u8 printer_status(u16 port) { return (u8)((inb(port + 1) & 0xf8) ^ 0x48); }

void printer_service(struct frame *f)
{
    u16 port = f->dx < 3 ? BDA->lpt[f->dx] : 0;

    sti();
    if (!port || f->ah > 2) {
        if (f->ah <= 2) f->ah = 0x29;
        return;
    }
    if (f->ah == 0) {
        outb(port, f->al);
        if (!wait_for(port + 1, NOT_BUSY, BDA->lpt_timeout[f->dx])) {
            f->ah = printer_status(port) | 1;
            return;
        }
        outb(port + 2, INITIALISE | SELECT | STROBE);
        outb(port + 2, INITIALISE | SELECT);
    } else if (f->ah == 1) {
        outb(port + 2, SELECT);
        wait_ms(2);
        outb(port + 2, INITIALISE | SELECT);
    }
    f->ah = printer_status(port);
}
