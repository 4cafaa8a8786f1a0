/* Enhanced (MF2) keyboard.                                                      doc: keyboard
 * Bytes from the host: ED lights, EE echo, F0 scan code set, F2 identify, F3 typematic, F4 enable, F5 disable, F6 defaults, FE
 * resend, FF reset; each is answered by FA.  Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboards".
 * Not modelled: set 3 (asking for it is refused by FE), typematic repeat (a host's window system repeats keys). */
#include "devices/chip/keyboard_mf2.h"

enum { ACK = 0xfa, RESEND = 0xfe, EXTENDED = 0x100, PAUSE = 0x200, PRINT = 0x300 };

#define STATE_OWNER struct keyboard_mf2
STATE_LAYOUT(keyboard_mf2_state, "keyboard_mf2", KEYBOARD_MF2_STATE);

/* Set 2 make codes by USB HID usage (HID Usage Tables, page 07h), EXTENDED for those behind E0. */
static const u16 set2[] = {
    [0x04] = 0x1c, 0x32, 0x21, 0x23, 0x24, 0x2b, 0x34, 0x33, 0x43, 0x3b, 0x42, 0x4b, 0x3a, 0x31, 0x44, 0x4d, 0x15, 0x2d, 0x1b, 0x2c,
    0x3c, 0x2a, 0x1d, 0x22, 0x35, 0x1a,                                                         /* A .. Z */
    [0x1e] = 0x16, 0x1e, 0x26, 0x25, 0x2e, 0x36, 0x3d, 0x3e, 0x46, 0x45,                        /* 1 .. 0 */
    [0x28] = 0x5a, 0x76, 0x66, 0x0d, 0x29, 0x4e, 0x55, 0x54, 0x5b, 0x5d, 0x5d, 0x4c, 0x52, 0x0e, 0x41, 0x49, 0x4a, 0x58,
    [0x3a] = 0x05, 0x06, 0x04, 0x0c, 0x03, 0x0b, 0x83, 0x0a, 0x01, 0x09, 0x78, 0x07,            /* F1 .. F12 */
    [0x46] = PRINT, 0x7e, PAUSE,
    [0x49] = EXTENDED | 0x70, EXTENDED | 0x6c, EXTENDED | 0x7d, EXTENDED | 0x71, EXTENDED | 0x69, EXTENDED | 0x7a,
    [0x4f] = EXTENDED | 0x74, EXTENDED | 0x6b, EXTENDED | 0x72, EXTENDED | 0x75,                /* right left down up */
    [0x53] = 0x77, EXTENDED | 0x4a, 0x7c, 0x7b, 0x79, EXTENDED | 0x5a, 0x69, 0x72, 0x7a, 0x6b, 0x73, 0x74, 0x6c, 0x75, 0x7d, 0x70,
    0x71, 0x61, EXTENDED | 0x2f,                                                                /* keypad, 102nd key, menu */
    [0xe0] = 0x14, 0x12, 0x11, EXTENDED | 0x1f, EXTENDED | 0x14, 0x59, EXTENDED | 0x11, EXTENDED | 0x27,
};

void keyboard_mf2_init(struct keyboard_mf2 *k, void *controller, void (*ready)(void *controller))
{
    *k = (struct keyboard_mf2){ .controller = controller, .ready = ready };
    keyboard_mf2_reset(k);
}

static struct ring ring_of(struct keyboard_mf2 *k)
{
    return (struct ring){ k->buffer, KEYBOARD_BUFFER, &k->head, &k->used };
}

static void defaults(struct keyboard_mf2 *k)
{
    k->head = k->used = 0;
    k->set = 2;
    k->typematic = 0x2b;
    k->scanning = true;
}

void keyboard_mf2_reset(struct keyboard_mf2 *k)
{
    defaults(k);
    k->leds = k->command = k->last_sent = 0;
}

static void answer(struct keyboard_mf2 *k, u8 byte)
{
    ring_put(ring_of(k), byte);
    k->ready(k->controller);
}

/* A whole key or nothing: a code must not be cut when the buffer is full. */
static void send_codes(struct keyboard_mf2 *k, const u8 *codes, unsigned count)
{
    if (k->used + count > KEYBOARD_BUFFER) return;
    for (unsigned i = 0; i < count; i++) ring_put(ring_of(k), codes[i]);
    k->ready(k->controller);
}

void keyboard_mf2_key(struct keyboard_mf2 *k, u8 usage, bool down)
{
    static const u8 pause[] = { 0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77 };
    static const u8 print_make[] = { 0xe0, 0x12, 0xe0, 0x7c }, print_break[] = { 0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12 };
    unsigned code = usage < sizeof set2 / sizeof set2[0] ? set2[usage] : 0;
    u8 bytes[3];
    unsigned n = 0;

    if (!code || !k->scanning) return;
    if (code == PAUSE) {
        if (down) send_codes(k, pause, sizeof pause);
        return;
    }
    if (code == PRINT) {
        send_codes(k, down ? print_make : print_break, down ? sizeof print_make : sizeof print_break);
        return;
    }
    if (code & EXTENDED) bytes[n++] = 0xe0;
    if (!down) bytes[n++] = 0xf0;
    bytes[n++] = (u8)code;
    send_codes(k, bytes, n);
}

/* The parameter of ED, F0, F3. */
static void parameter(struct keyboard_mf2 *k, u8 byte)
{
    u8 command = k->command;

    k->command = 0;
    if (command == 0xf0 && byte > 2) {
        answer(k, RESEND);
        return;
    }
    answer(k, ACK);
    if (command == 0xed) k->leds = byte & 7;
    if (command == 0xf3) k->typematic = byte & 0x7f;
    if (command == 0xf0 && byte == 0) answer(k, k->set);
    if (command == 0xf0 && byte) k->set = byte;
}

void keyboard_mf2_receive(struct keyboard_mf2 *k, u8 byte)
{
    if (k->command && byte < 0xed) {
        parameter(k, byte);
        return;
    }
    k->command = 0;
    switch (byte) {
    case 0xed: case 0xf0: case 0xf3:
        k->command = byte;
        answer(k, ACK);
        break;
    case 0xee: answer(k, 0xee); break;
    case 0xf2:
        answer(k, ACK);
        answer(k, 0xab);
        answer(k, 0x83);
        break;
    case 0xf4: case 0xf5: case 0xf6:
        defaults(k);
        k->scanning = byte != 0xf5;
        answer(k, ACK);
        break;
    case 0xfe: answer(k, k->last_sent); break;
    case 0xff:
        keyboard_mf2_reset(k);
        answer(k, ACK);
        answer(k, 0xaa);                             /* self-test passed */
        break;
    default: answer(k, RESEND);
    }
}

bool keyboard_mf2_send(struct keyboard_mf2 *k, u8 *byte)
{
    if (!ring_get(ring_of(k), byte)) return false;
    if (*byte != RESEND) k->last_sent = *byte;
    return true;
}

bool keyboard_mf2_waiting(const struct keyboard_mf2 *k)
{
    return k->used;
}

const char *keyboard_mf2_invariant(const struct keyboard_mf2 *k)
{
    if (k->head >= KEYBOARD_BUFFER || k->used > KEYBOARD_BUFFER) return "the buffer's indices stay within it";
    if (k->set != 1 && k->set != 2) return "scan code sets 1 and 2 exist";
    return 0;
}
