/* A frame of the schedule: frame list, queue heads, transfer descriptors.                  doc: usb
 *   pointer  31..4 address  2 Vf  1 a QH  0 T: nothing there
 *   QH       0 the next one beside it    4 the element: what it works on
 *   TD       0 link   4 29 SPD 28..27 C_ERR 26 LS 25 IOS 24 IOC 23 active 22 stalled 20 babble 19 NAK 18 CRC/timeout 10..0 length - 1
 *            8 31..21 length - 1  19 toggle  18..15 endpoint  14..8 address  7..0 PID    12 buffer
 * A frame ends when its bits are used up: each fetch and each transaction takes some.  A lap around a ring of queues in which nothing moved
 * would be the next lap too, as nobody changes memory or devices meanwhile: there the frame's work is over.
 * Source: Intel, "Universal Host Controller Interface (UHCI) Design Guide" 1.1, "Data Structures", "Schedule Traversal". */
#include "devices/chip/uhci_parts.h"

enum { TERMINATE = 1, IS_QH = 2, DEPTH_FIRST = 4, ADDRESS_LOW = 15 };
#define TD_SPD (1u << 29)
#define TD_C_ERR (3u << 27)
#define TD_ONE_ERROR (1u << 27)
#define TD_LS (1u << 26)
#define TD_IOS (1u << 25)
#define TD_IOC (1u << 24)
#define TD_ACTIVE (1u << 23)
#define TD_STALLED (1u << 22)
#define TD_BABBLE (1u << 20)
#define TD_NAK (1u << 19)
#define TD_TIMEOUT (1u << 18)
#define TD_STATUS 0x00ff07ffu
#define TD_ERRORS 0x007e0000u        /* what one transaction says: stalled .. bit stuffing */
enum { NO_BYTES = 0x7ff, LONGEST = 1280, FETCH_BITS = 8, PACKET_OVERHEAD = 13, LOW_SPEED_FACTOR = 8, NAK_BYTES = 5, BEYOND = 64 /* a device may send more than the TD has room for */ };

struct td { u32 at, link, control, token, buffer; };

/* A frame while it is worked through. */
struct frame {
    struct uhci_piix3 *u;
    u32 bits;                    /* what is left of it */
    u32 mark;                    /* a QH that was passed since something moved last; 0: none */
    u32 passed, patience;        /* QHs since then; when the next one is marked */
};

enum outcome { MOVED, STOOD_STILL, SKIPPED, BROKEN };    /* of a TD */

static u32 read_dword(const struct uhci_piix3 *u, u32 pa)
{
    u8 b[4];
    u->wires.memory_read(u->wires.board, pa, b, sizeof b);
    return b[0] | b[1] << 8 | b[2] << 16 | (u32)b[3] << 24;
}

static void write_dword(const struct uhci_piix3 *u, u32 pa, u32 v)
{
    u8 b[4] = { (u8)v, (u8)(v >> 8), (u8)(v >> 16), (u8)(v >> 24) };
    u->wires.memory_write(u->wires.board, pa, b, sizeof b);
}

static bool spend(struct frame *f, u32 bits)
{
    if (f->bits < bits) {
        f->bits = 0;
        return false;
    }
    f->bits -= bits;
    return true;
}

/* --- one transaction --- */

static unsigned length_of(const struct td *td)
{
    unsigned n = td->token >> 21;
    return n == NO_BYTES ? 0 : n + 1;
}

static bool consistent(const struct td *td)
{
    u8 pid = (u8)td->token;
    return (pid == USB_PID_IN || pid == USB_PID_OUT || pid == USB_PID_SETUP) && length_of(td) <= LONGEST;
}

/* "Error counter": 0 never counts.  An isochronous TD has one try. */
static u32 after_error(u32 control, u32 what)
{
    u32 left = control & TD_C_ERR;

    control |= what;
    if (control & TD_IOS) return control & ~TD_ACTIVE;
    if (!left) return control;
    control -= TD_ONE_ERROR;
    return left == TD_ONE_ERROR ? (control | TD_STALLED) & ~TD_ACTIVE : control;
}

static u32 after_answer(u32 control, enum usb_answer answer, unsigned bytes)
{
    switch (answer) {
    case USB_ACK: return (control & ~(TD_ACTIVE | TD_ERRORS | NO_BYTES)) | ((bytes - 1) & NO_BYTES);
    case USB_NAK: return control & TD_IOS ? control & ~TD_ACTIVE : control | TD_NAK;
    case USB_STALL: return (control | TD_STALLED) & ~TD_ACTIVE;
    default: return after_error(control, TD_TIMEOUT);
    }
}

/* The bytes of an IN into memory.  Data of the other toggle came before: acknowledged and dropped. */
static u32 take_in(struct frame *f, const struct td *td, const struct usb_packet *p, enum usb_answer answer)
{
    if (answer != USB_ACK) return after_answer(td->control, answer, 0);
    if (p->size_bytes > length_of(td)) return (td->control | TD_BABBLE | TD_STALLED) & ~TD_ACTIVE;
    if (p->toggle != (td->token >> 19 & 1)) return td->control;
    if (p->size_bytes) f->u->wires.memory_write(f->u->wires.board, td->buffer, p->bytes, p->size_bytes);
    return after_answer(td->control, USB_ACK, p->size_bytes);
}

static u32 transact(struct frame *f, const struct td *td)
{
    u8 bytes[LONGEST + BEYOND];
    struct usb_device *d = uhci_device_at(f->u, td->token >> 8 & 127, td->control & TD_LS);
    struct usb_packet p = { .pid = (u8)td->token, .endpoint = td->token >> 15 & 15, .toggle = td->token >> 19 & 1, .bytes = bytes, .size_bytes = length_of(td) };

    if (!d) return after_error(td->control, TD_TIMEOUT);
    if (p.pid == USB_PID_IN) {
        p.size_bytes += BEYOND;
        enum usb_answer answer = usb_device_transaction(d, &p);
        return take_in(f, td, &p, answer);
    }
    if (p.size_bytes) f->u->wires.memory_read(f->u->wires.board, td->buffer, bytes, p.size_bytes);
    return after_answer(td->control, usb_device_transaction(d, &p), p.size_bytes);
}

/* Bits on the bus: bytes and overhead, stuffed; one that was not ready takes its token and NAK. */
static u32 bits_of(const struct td *td, unsigned bytes)
{
    u32 bits = (bytes + PACKET_OVERHEAD) * 8 * 7 / 6;
    return td->control & TD_LS ? bits * LOW_SPEED_FACTOR : bits;
}

static bool is_short(const struct td *td, u32 control)
{
    return !(control & (TD_ACTIVE | TD_STALLED)) && (u8)td->token == USB_PID_IN && ((control + 1) & NO_BYTES) < length_of(td);
}

/* *done: the queue may go on behind it. */
static enum outcome execute(struct frame *f, struct td *td, bool in_queue, bool *done)
{
    *done = false;
    if (!(td->control & TD_ACTIVE)) return SKIPPED;
    if (!consistent(td)) return BROKEN;
    if (f->bits < bits_of(td, length_of(td))) {
        f->bits = 0;
        return STOOD_STILL;
    }
    u32 control = transact(f, td), before = td->control;
    bool waits = control & TD_ACTIVE;
    spend(f, bits_of(td, waits ? NAK_BYTES : length_of(td)));
    if (control != before) write_dword(f->u, td->at + 4, (before & ~(TD_STATUS | TD_C_ERR)) | (control & (TD_STATUS | TD_C_ERR)));
    if (waits) return control == (before | TD_NAK) ? STOOD_STILL : MOVED;
    if (control & TD_IOC) f->u->due |= CAUSE_IOC;
    if (control & TD_STALLED) f->u->due |= CAUSE_ERROR;
    bool short_packet = in_queue && control & TD_SPD && is_short(td, control);
    if (short_packet) f->u->due |= CAUSE_SHORT;
    *done = !(control & TD_STALLED) && !short_packet;
    return MOVED;
}

/* --- the schedule --- */

static bool fetch_td(struct frame *f, u32 pointer, struct td *td)
{
    u32 at = pointer & ~(u32)ADDRESS_LOW;

    if (!spend(f, FETCH_BITS)) return false;
    *td = (struct td){ .at = at, .link = read_dword(f->u, at), .control = read_dword(f->u, at + 4), .token = read_dword(f->u, at + 8),
                       .buffer = read_dword(f->u, at + 12) };
    return true;
}

static void note_outcome(struct frame *f, enum outcome o)
{
    if (o != MOVED) return;
    f->mark = f->passed = 0;
    f->patience = 1;
}

/* A QH comes by: whether it did so before with nothing moved since.  The mark goes ahead at doubling distances, so it comes to lie on the ring. */
static bool lap_is_over(struct frame *f, u32 at)
{
    if (f->mark && f->mark == at) return true;
    if (f->passed++ == f->patience) {
        f->mark = at;
        f->patience *= 2;
        f->passed = 0;
    }
    return false;
}

/* What a QH has at its element, as deep as the links say.  *next: where to go on. */
static bool work_queue(struct frame *f, u32 qh, u32 *next)
{
    u32 head = read_dword(f->u, qh), element = read_dword(f->u, qh + 4);
    struct td td;
    bool done;

    *next = head;
    for (;;) {
        if (element & TERMINATE) return true;
        if (element & IS_QH) return *next = element, true;
        if (!fetch_td(f, element, &td)) return true;
        enum outcome o = execute(f, &td, true, &done);
        note_outcome(f, o);
        if (o == BROKEN) return false;
        if (!done) return true;
        write_dword(f->u, qh + 4, td.link);
        if (!(td.link & DEPTH_FIRST)) return true;
        element = td.link;
    }
}

bool uhci_frame(struct uhci_piix3 *u, u32 bits)
{
    struct frame f = { .u = u, .bits = bits, .patience = 1 };
    u32 pointer = read_dword(u, (u->frame_list & ~0xfffu) + 4 * (u->frame & 1023u));
    struct td td;
    bool done;

    while (!(pointer & TERMINATE) && f.bits) {
        if (pointer & IS_QH) {
            u32 qh = pointer & ~(u32)ADDRESS_LOW;
            if (lap_is_over(&f, qh) || !spend(&f, FETCH_BITS)) return true;
            if (!work_queue(&f, qh, &pointer)) return false;
            continue;
        }
        if (!fetch_td(&f, pointer, &td)) return true;
        enum outcome o = execute(&f, &td, false, &done);
        note_outcome(&f, o);
        if (o == BROKEN) return false;
        pointer = td.link;
    }
    return true;
}
