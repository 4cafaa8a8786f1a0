/* Enhanced (MF2) keyboard.                                                      doc: keyboard
 * Bytes from the host: ED lights, EE echo, F0 scan code set, F2 identify, F3 typematic, F4 enable, F5 disable, F6 defaults,
 * F7..FA kind of all keys and FB..FD of one (set 3), FE resend, FF reset; each is answered by FA.
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboards".  A key that the host repeats counts once: repeating
 * is done here.  Not modelled: the shift states that the navigation keys fake around themselves while Num Lock is lit. */
#include "devices/chip/keyboard_mf2.h"

#include <string.h>

enum { ACK = 0xfa, RESEND = 0xfe, EXTENDED = 0x100, SENDS_BREAK = 1, REPEATS = 2, USAGE_PRINT = 0x46, USAGE_PAUSE = 0x48 };

#define STATE_OWNER struct keyboard_mf2
STATE_LAYOUT_OF(keyboard_mf2_state, "keyboard_mf2", KEYBOARD_MF2_STATE, keyboard_mf2_invariant);

/* Make codes by place.  Usage: HID Usage Tables, page 07h; E0 before a code of sets 1 and 2 is EXTENDED. */
#define E EXTENDED |
static const struct { u16 set1, set2; u8 set3; } codes[] = {
    [0x04] = { 0x1e, 0x1c, 0x1c }, { 0x30, 0x32, 0x32 }, { 0x2e, 0x21, 0x21 }, { 0x20, 0x23, 0x23 }, { 0x12, 0x24, 0x24 },   /* A-E */
    { 0x21, 0x2b, 0x2b }, { 0x22, 0x34, 0x34 }, { 0x23, 0x33, 0x33 }, { 0x17, 0x43, 0x43 }, { 0x24, 0x3b, 0x3b },            /* F-J */
    { 0x25, 0x42, 0x42 }, { 0x26, 0x4b, 0x4b }, { 0x32, 0x3a, 0x3a }, { 0x31, 0x31, 0x31 }, { 0x18, 0x44, 0x44 },            /* K-O */
    { 0x19, 0x4d, 0x4d }, { 0x10, 0x15, 0x15 }, { 0x13, 0x2d, 0x2d }, { 0x1f, 0x1b, 0x1b }, { 0x14, 0x2c, 0x2c },            /* P-T */
    { 0x16, 0x3c, 0x3c }, { 0x2f, 0x2a, 0x2a }, { 0x11, 0x1d, 0x1d }, { 0x2d, 0x22, 0x22 }, { 0x15, 0x35, 0x35 },            /* U-Y */
    { 0x2c, 0x1a, 0x1a },                                                                                                    /* Z */
    [0x1e] = { 0x02, 0x16, 0x16 }, { 0x03, 0x1e, 0x1e }, { 0x04, 0x26, 0x26 }, { 0x05, 0x25, 0x25 }, { 0x06, 0x2e, 0x2e },   /* 1-5 */
    { 0x07, 0x36, 0x36 }, { 0x08, 0x3d, 0x3d }, { 0x09, 0x3e, 0x3e }, { 0x0a, 0x46, 0x46 }, { 0x0b, 0x45, 0x45 },            /* 6-0 */
    [0x28] = { 0x1c, 0x5a, 0x5a }, { 0x01, 0x76, 0x08 }, { 0x0e, 0x66, 0x66 }, { 0x0f, 0x0d, 0x0d }, { 0x39, 0x29, 0x29 },   /* Enter Esc BS Tab Space */
    { 0x0c, 0x4e, 0x4e }, { 0x0d, 0x55, 0x55 }, { 0x1a, 0x54, 0x54 }, { 0x1b, 0x5b, 0x5b }, { 0x2b, 0x5d, 0x5c },            /* - = [ ] \ */
    { 0x2b, 0x5d, 0x53 }, { 0x27, 0x4c, 0x4c }, { 0x28, 0x52, 0x52 }, { 0x29, 0x0e, 0x0e }, { 0x33, 0x41, 0x41 },            /* 42 ; ' ` , */
    { 0x34, 0x49, 0x49 }, { 0x35, 0x4a, 0x4a }, { 0x3a, 0x58, 0x14 },                                                        /* . / Caps Lock */
    [0x3a] = { 0x3b, 0x05, 0x07 }, { 0x3c, 0x06, 0x0f }, { 0x3d, 0x04, 0x17 }, { 0x3e, 0x0c, 0x1f }, { 0x3f, 0x03, 0x27 },   /* F1-F5 */
    { 0x40, 0x0b, 0x2f }, { 0x41, 0x83, 0x37 }, { 0x42, 0x0a, 0x3f }, { 0x43, 0x01, 0x47 }, { 0x44, 0x09, 0x4f },            /* F6-F10 */
    { 0x57, 0x78, 0x56 }, { 0x58, 0x07, 0x5e },                                                                              /* F11 F12 */
    [0x46] = { E 0x37, E 0x7c, 0x57 }, { 0x46, 0x7e, 0x5f }, { 0x45, 0x77, 0x62 },                                           /* Print Scroll Pause */
    { E 0x52, E 0x70, 0x67 }, { E 0x47, E 0x6c, 0x6e }, { E 0x49, E 0x7d, 0x6f }, { E 0x53, E 0x71, 0x64 },                  /* Ins Home PgUp Del */
    { E 0x4f, E 0x69, 0x65 }, { E 0x51, E 0x7a, 0x6d },                                                                      /* End PgDn */
    { E 0x4d, E 0x74, 0x6a }, { E 0x4b, E 0x6b, 0x61 }, { E 0x50, E 0x72, 0x60 }, { E 0x48, E 0x75, 0x63 },                  /* right left down up */
    [0x53] = { 0x45, 0x77, 0x76 }, { E 0x35, E 0x4a, 0x77 }, { 0x37, 0x7c, 0x7e }, { 0x4a, 0x7b, 0x84 }, { 0x4e, 0x79, 0x7c }, /* Num / * - + */
    { E 0x1c, E 0x5a, 0x79 }, { 0x4f, 0x69, 0x69 }, { 0x50, 0x72, 0x72 }, { 0x51, 0x7a, 0x7a }, { 0x4b, 0x6b, 0x6b },        /* Enter 1-4 */
    { 0x4c, 0x73, 0x73 }, { 0x4d, 0x74, 0x74 }, { 0x47, 0x6c, 0x6c }, { 0x48, 0x75, 0x75 }, { 0x49, 0x7d, 0x7d },            /* 5-9 */
    { 0x52, 0x70, 0x70 }, { 0x53, 0x71, 0x71 }, { 0x56, 0x61, 0x13 }, { E 0x5d, E 0x2f, 0x8d },                              /* 0 . 102nd Menu */
    [0xe0] = { 0x1d, 0x14, 0x11 }, { 0x2a, 0x12, 0x12 }, { 0x38, 0x11, 0x19 }, { E 0x5b, E 0x1f, 0x8b },                      /* left Ctrl Shift Alt Win */
    { E 0x1d, E 0x14, 0x58 }, { 0x36, 0x59, 0x59 }, { E 0x38, E 0x11, 0x39 }, { E 0x5c, E 0x27, 0x8c },                      /* right */
};
#undef E

static struct ring ring_of(struct keyboard_mf2 *k)
{
    return (struct ring){ k->buffer, KEYBOARD_BUFFER, &k->head, &k->used };
}

/* Set 3 after power-on: a few keys send breaks, the typewriter's keys and the cursor's repeat, the others make only. */
static void default_kinds(struct keyboard_mf2 *k)
{
    static const u8 breaks[] = { 0x11, 0x12, 0x14, 0x19, 0x59 };
    static const u8 makes[] = { 0x07, 0x0f, 0x17, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x47, 0x4f, 0x56, 0x5e, 0x57, 0x5f, 0x62, 0x67, 0x6e, 0x6f,
                                0x65, 0x6d, 0x76, 0x77, 0x7e, 0x84, 0x79, 0x69, 0x72, 0x7a, 0x6b, 0x73, 0x74, 0x6c, 0x75, 0x7d, 0x70, 0x71,
                                0x08, 0x39, 0x58, 0x8b, 0x8c, 0x8d };
    memset(k->kind, REPEATS, sizeof k->kind);
    for (unsigned i = 0; i < sizeof breaks; i++) k->kind[breaks[i]] = SENDS_BREAK;
    for (unsigned i = 0; i < sizeof makes; i++) k->kind[makes[i]] = 0;
}

static void stop_repeating(struct keyboard_mf2 *k)
{
    k->repeated = 0;
    clock_cancel(k->clock, &k->repeat);
}

static void defaults(struct keyboard_mf2 *k)
{
    k->head = k->used = 0;
    k->typematic = 0x2b;
    k->scanning = true;
    default_kinds(k);
    stop_repeating(k);
}

void keyboard_mf2_reset(struct keyboard_mf2 *k)
{
    defaults(k);
    k->set = 2;
    k->leds = k->command = k->last_sent = 0;
}

static void answer(struct keyboard_mf2 *k, u8 byte)
{
    ring_put(ring_of(k), byte);
    k->ready(k->controller);
}

/* A whole key or nothing: a code must not be cut when the buffer is full. */
static void send_codes(struct keyboard_mf2 *k, const u8 *bytes, unsigned count)
{
    if (k->used + count > KEYBOARD_BUFFER) return;
    for (unsigned i = 0; i < count; i++) ring_put(ring_of(k), bytes[i]);
    k->ready(k->controller);
}

static bool held(const struct keyboard_mf2 *k, u8 usage) { return k->down[usage >> 3] >> (usage & 7) & 1; }

/* Pause and Print Screen have sequences of their own in sets 1 and 2, others with Ctrl (Break) and with Alt (SysRq), and
 * Print Screen one without its shift when Shift or Ctrl is held.  IBM AT Technical Reference, "Keyboard scan codes". */
static bool send_special(struct keyboard_mf2 *k, u8 usage, bool down)
{
    enum { ALONE, SHIFT, CTRL, ALT };
    static const struct { u8 usage, set; bool down; u8 with, count, bytes[8]; } rows[] = {
        { USAGE_PAUSE, 1, true,  CTRL,  4, { 0xe0, 0x46, 0xe0, 0xc6 } },
        { USAGE_PAUSE, 2, true,  CTRL,  5, { 0xe0, 0x7e, 0xe0, 0xf0, 0x7e } },
        { USAGE_PAUSE, 1, true,  ALONE, 6, { 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5 } },
        { USAGE_PAUSE, 2, true,  ALONE, 8, { 0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77 } },
        { USAGE_PRINT, 1, true,  ALT,   1, { 0x54 } },
        { USAGE_PRINT, 1, false, ALT,   1, { 0xd4 } },
        { USAGE_PRINT, 2, true,  ALT,   1, { 0x84 } },
        { USAGE_PRINT, 2, false, ALT,   2, { 0xf0, 0x84 } },
        { USAGE_PRINT, 1, true,  SHIFT, 2, { 0xe0, 0x37 } },
        { USAGE_PRINT, 1, false, SHIFT, 2, { 0xe0, 0xb7 } },
        { USAGE_PRINT, 2, true,  SHIFT, 2, { 0xe0, 0x7c } },
        { USAGE_PRINT, 2, false, SHIFT, 3, { 0xe0, 0xf0, 0x7c } },
        { USAGE_PRINT, 1, true,  ALONE, 4, { 0xe0, 0x2a, 0xe0, 0x37 } },
        { USAGE_PRINT, 1, false, ALONE, 4, { 0xe0, 0xb7, 0xe0, 0xaa } },
        { USAGE_PRINT, 2, true,  ALONE, 4, { 0xe0, 0x12, 0xe0, 0x7c } },
        { USAGE_PRINT, 2, false, ALONE, 6, { 0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12 } },
    };
    bool ctrl = held(k, 0xe0) || held(k, 0xe4), shift = held(k, 0xe1) || held(k, 0xe5), alt = held(k, 0xe2) || held(k, 0xe6);

    if (k->set == 3 || (usage != USAGE_PAUSE && usage != USAGE_PRINT)) return false;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        if (rows[i].usage != usage || rows[i].set != k->set || rows[i].down != down) continue;
        if ((rows[i].with == CTRL && !ctrl) || (rows[i].with == ALT && !alt) || (rows[i].with == SHIFT && !shift && !ctrl)) continue;
        send_codes(k, rows[i].bytes, rows[i].count);
        break;
    }
    return true;
}

static void send_key(struct keyboard_mf2 *k, u8 usage, bool down)
{
    unsigned code = k->set == 1 ? codes[usage].set1 : k->set == 2 ? codes[usage].set2 : codes[usage].set3, n = 0;
    u8 bytes[3];

    if (send_special(k, usage, down)) return;
    if (k->set == 3 && !down && !(k->kind[code] & SENDS_BREAK)) return;
    if (code & EXTENDED) bytes[n++] = 0xe0;
    if (!down && k->set != 1) bytes[n++] = 0xf0;
    bytes[n++] = (u8)(code | (!down && k->set == 1 ? 0x80 : 0));
    send_codes(k, bytes, n);
}

/* F3h: bits 6..5 delay of 250 to 1000 ms, bits 4..0 period of (8 + A) * 2^B * 4.17 ms. */
static u64 delay_ns(const struct keyboard_mf2 *k) { return ((k->typematic >> 5) + 1) * 250000000ull; }
static u64 period_ns(const struct keyboard_mf2 *k) { return (8u + (k->typematic & 7)) * (1u << (k->typematic >> 3 & 3)) * 4170000ull; }

static void repeat_after(struct keyboard_mf2 *k, u64 ns)
{
    clock_at(k->clock, &k->repeat, clock_now(k->clock) + clock_ticks_of_ns(k->clock, ns));
}

static void on_repeat(void *owner)
{
    struct keyboard_mf2 *k = owner;

    if (!k->repeated || !k->scanning) return;
    send_key(k, k->repeated, true);
    repeat_after(k, period_ns(k));
}

static bool repeats(const struct keyboard_mf2 *k, u8 usage)
{
    return usage != USAGE_PAUSE && (k->set != 3 || k->kind[codes[usage].set3] & REPEATS);
}

void keyboard_mf2_key(struct keyboard_mf2 *k, u8 usage, bool down)
{
    u8 *state = &k->down[usage >> 3], bit = (u8)(1 << (usage & 7));

    if (usage >= sizeof codes / sizeof codes[0] || !codes[usage].set2 || !!(*state & bit) == down) return;
    *state = down ? *state | bit : *state & (u8)~bit;
    if (!k->scanning) return;
    send_key(k, usage, down);
    if (down && repeats(k, usage)) {
        k->repeated = usage;
        repeat_after(k, delay_ns(k));
    } else if (down || usage == k->repeated) {
        stop_repeating(k);
    }
}

void keyboard_mf2_init(struct keyboard_mf2 *k, struct clock *clock, void *controller, void (*ready)(void *controller))
{
    *k = (struct keyboard_mf2){ .clock = clock, .controller = controller, .ready = ready };
    clock_add(clock, &k->repeat, on_repeat, k);
    keyboard_mf2_reset(k);
}

/* FB, FC, FD: the kind of the keys whose codes follow, until a command comes. */
static void set_kind_of_key(struct keyboard_mf2 *k, u8 code)
{
    static const u8 kind[] = { REPEATS, SENDS_BREAK, 0 };
    if (code < KEYBOARD_SET3_CODES) k->kind[code] = kind[(k->command - 0xfb) % 3];
    answer(k, ACK);
}

/* The parameter of ED, F0, F3, FB..FD. */
static void parameter(struct keyboard_mf2 *k, u8 byte)
{
    u8 command = k->command;

    if (command >= 0xfb) {
        set_kind_of_key(k, byte);
        return;
    }
    k->command = 0;
    if (command == 0xf0 && byte > 3) {
        answer(k, RESEND);
        return;
    }
    answer(k, ACK);
    if (command == 0xed) k->leds = byte & 7;
    if (command == 0xf3) k->typematic = byte & 0x7f;
    if (command == 0xf0 && byte == 0) answer(k, k->set);
    if (command == 0xf0 && byte) k->set = byte;
}

static void identify(struct keyboard_mf2 *k)
{
    answer(k, ACK);
    answer(k, 0xab);
    answer(k, 0x83);
}

void keyboard_mf2_receive(void *keyboard, u8 byte)
{
    static const u8 all_kinds[] = { REPEATS, SENDS_BREAK, 0, REPEATS | SENDS_BREAK };    /* F7..FA */
    struct keyboard_mf2 *k = keyboard;

    if (k->command && byte < 0xed) {
        parameter(k, byte);
        return;
    }
    k->command = 0;
    switch (byte) {
    case 0xed: case 0xf0: case 0xf3: case 0xfb: case 0xfc: case 0xfd:
        k->command = byte;
        answer(k, ACK);
        break;
    case 0xee: answer(k, 0xee); break;
    case 0xf2: identify(k); break;
    case 0xf4: case 0xf5: case 0xf6:
        if (byte != 0xf4) defaults(k);
        k->head = k->used = 0;
        k->scanning = byte != 0xf5;
        answer(k, ACK);
        break;
    case 0xf7: case 0xf8: case 0xf9: case 0xfa:
        memset(k->kind, all_kinds[byte - 0xf7], sizeof k->kind);
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

bool keyboard_mf2_send(void *keyboard, u8 *byte)
{
    struct keyboard_mf2 *k = keyboard;

    if (!ring_get(ring_of(k), byte)) return false;
    if (*byte != RESEND) k->last_sent = *byte;
    return true;
}

bool keyboard_mf2_waiting(const void *keyboard)
{
    return ((const struct keyboard_mf2 *)keyboard)->used;
}

const char *keyboard_mf2_invariant(const struct keyboard_mf2 *k)
{
    if (k->head >= KEYBOARD_BUFFER || k->used > KEYBOARD_BUFFER) return "the buffer's indices stay within it";
    if (k->set < 1 || k->set > 3) return "there are scan code sets 1, 2 and 3";
    return 0;
}
