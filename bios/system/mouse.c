/* PS/2 mouse: INT 15h AH=C2h and INT 74h.                                                  doc: bios
 * Source: IBM PS/2 and PC BIOS Interface Technical Reference, "Pointing device interface". */
#include "kbc.h"

enum { FINE, BAD_FUNCTION, BAD_INPUT, INTERFACE_ERROR, RESEND, NO_HANDLER };
enum { INDEX = 7, SIZE = 7, INSTALLED = 0x80 };
enum { ACK = 0xfa };

void call_mouse(u32 handler, const u16 *words);

/* --- talking to the mouse, with both interrupts held back --- */

/* A command byte and perhaps its parameter; `answer` gets what follows the acknowledge. */
static u8 talk(const u8 *bytes, unsigned count, u8 *answer, unsigned answers)
{
    u8 status = FINE;

    for (unsigned i = 0; i < count && !status; i++) {
        kbc_command(0xd4);
        kbc_write(bytes[i]);
        int byte = kbc_read(true, 50);
        if (byte == 0xfe) status = RESEND;
        else if (byte != ACK) status = INTERFACE_ERROR;
    }
    for (unsigned i = 0; i < answers && !status; i++) {
        int byte = kbc_read(true, 1000);
        if (byte < 0) status = INTERFACE_ERROR;
        else answer[i] = (u8)byte;
    }
    return status;
}

static u8 command(u8 first, int second, u8 *answer, unsigned answers)
{
    u8 bytes[2] = { first, (u8)second };

    u8 mode = kbc_get_mode();
    kbc_set_mode((u8)((mode & ~(KBC_INT | KBC_INT_AUX | KBC_DISABLE_AUX)) | KBC_DISABLE));
    u8 status = talk(bytes, second < 0 ? 1 : 2, answer, answers);
    kbc_set_mode(mode);
    EBDA->mouse_flags &= (u8)~INDEX;
    sti();
    return status;
}

/* --- services --- */

static u8 enable(u8 on)
{
    if (on > 1) return BAD_INPUT;
    if (on && !(EBDA->mouse_mode & INSTALLED)) return NO_HANDLER;
    u8 mode = kbc_get_mode();
    kbc_set_mode((u8)(on ? (mode & ~KBC_DISABLE_AUX) | KBC_INT_AUX : mode & ~KBC_INT_AUX));
    if (on) outb(0xa1, inb(0xa1) & (u8)~0x10);
    return command(on ? 0xf4 : 0xf5, -1, 0, 0);
}

static u8 reset(struct frame *f)
{
    u8 answer[2] = { 0, 0 };
    u8 status = command(0xff, -1, answer, 2);

    if (!status) f->bx = (u16)(answer[1] << 8 | answer[0]);
    return status;
}

static u8 set_rate(u8 code)
{
    static const u8 rate[] ROM_DATA = { 10, 20, 40, 60, 80, 100, 200 };
    return code < ARRAY_COUNT(rate) ? command(0xf3, rom8(&rate[code]), 0, 0) : BAD_INPUT;
}

static u8 type(struct frame *f)
{
    u8 answer[1];
    u8 status = command(0xf2, -1, answer, 1);

    if (!status) f->bh = answer[0];
    return status;
}

static u8 initialise(struct frame *f)
{
    if (f->bh < 1 || f->bh > 8) return BAD_INPUT;
    EBDA->mouse_mode = (u8)((EBDA->mouse_mode & ~SIZE) | (f->bh - 1));
    return reset(f);
}

static u8 extended(struct frame *f)
{
    u8 answer[3];

    if (f->bh == 1 || f->bh == 2) return command(f->bh == 1 ? 0xe6 : 0xe7, -1, 0, 0);
    if (f->bh) return BAD_INPUT;
    u8 status = command(0xe9, -1, answer, 3);
    if (status) return status;
    f->bl = answer[0];
    f->cl = answer[1];
    f->dl = answer[2];
    return FINE;
}

static u8 set_handler(const struct frame *f)
{
    cli();
    EBDA->mouse_handler.segment = f->es;
    EBDA->mouse_handler.offset = f->bx;
    if (f->es || f->bx) EBDA->mouse_mode |= INSTALLED;
    else EBDA->mouse_mode &= (u8)~INSTALLED;
    sti();
    return FINE;
}

void mouse_service(struct frame *f)
{
    u8 status;

    if (!(BDA->equipment & 4)) status = INTERFACE_ERROR;
    else switch (f->al) {
        case 0: status = enable(f->bh); break;
        case 1: status = reset(f); break;
        case 2: status = set_rate(f->bh); break;
        case 3: status = f->bh > 3 ? BAD_INPUT : command(0xe8, f->bh, 0, 0); break;
        case 4: status = type(f); break;
        case 5: status = initialise(f); break;
        case 6: status = extended(f); break;
        case 7: status = set_handler(f); break;
        default: status = BAD_FUNCTION; break;
    }
    f->ah = status;
    set_carry(f, status);
}

/* --- INT 74h --- */

static void packet_complete(void)
{
    u16 words[4] = { EBDA->mouse_packet[0], EBDA->mouse_packet[1], EBDA->mouse_packet[2], 0 };
    u32 handler = (u32)EBDA->mouse_handler.segment << 16 | EBDA->mouse_handler.offset;

    EBDA->mouse_flags &= (u8)~INDEX;
    if (EBDA->mouse_mode & INSTALLED) call_mouse(handler, words);
}

void mouse_interrupt(struct frame *f)
{
    (void)f;
    if ((inb(KBC_STATUS) & (KBC_FULL | KBC_AUX)) == (KBC_FULL | KBC_AUX)) {
        u8 byte = inb(KBC_DATA), at = EBDA->mouse_flags & INDEX, last = EBDA->mouse_mode & SIZE;
        bool out_of_step = at == 0 && last == 2 && !(byte & 8);        /* bit 3 marks the first of three */
        if (!out_of_step) {
            EBDA->mouse_packet[at] = byte;
            EBDA->mouse_flags = (u8)((EBDA->mouse_flags & ~INDEX) | ((at + 1) & INDEX));
            if (at >= last) packet_complete();
        }
    }
    cli();
    eoi_slave();
}

void mouse_post(void)
{
    u8 answer[2];

    EBDA->mouse_mode = 2;
    if (command(0xff, -1, answer, 2) || answer[0] != 0xaa) return;
    BDA->equipment |= 4;
}
