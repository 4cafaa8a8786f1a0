/* Keyboard: POST, scan codes (INT 09h), services (INT 16h).                                doc: bios
 * Source: IBM PS/2 and PC BIOS Interface Technical Reference, "Interrupt 09h", "Interrupt 16h", keyboard tables. */
#include "kbc.h"

enum { RIGHT_SHIFT = 1, LEFT_SHIFT = 2, SHIFT = 3, CTRL = 4, ALT = 8,
       SCROLL = 16, NUM = 32, CAPS = 64, INSERT = 128 };                              /* 40:17 */
enum { LEFT_CTRL = 1, LEFT_ALT = 2, SYSREQ_DOWN = 4, PAUSED = 8 };                    /* 40:18; then lock keys held down */
enum { LAST_E1 = 1, LAST_E0 = 2, RIGHT_CTRL = 4, RIGHT_ALT = 8, ENHANCED = 16 };      /* 40:96 */
enum { LIGHTS = 7, ACK_SEEN = 16, RESEND_SEEN = 32, LIGHTS_WAIT = 64 };               /* 40:97 */
enum { BUFFER_START = 0x1e, BUFFER_END = 0x3e, BREAK = 0x80, WARM = 0x1234 };

struct key { u16 plain, shifted, ctrl, alt; };

#define LETTER(scan, c) { (scan) << 8 | (c), (scan) << 8 | ((c) - 32), (scan) << 8 | ((c) - 96), (scan) << 8 }
#define FUNCTION(n) { (0x3a + (n)) << 8, (0x53 + (n)) << 8, (0x5d + (n)) << 8, (0x67 + (n)) << 8 }

/* By make code of set 1; 0: nothing goes into the buffer. */
static const struct key keys[] ROM_DATA = {
    { 0, 0, 0, 0 },
    { 0x011b, 0x011b, 0x011b, 0x0100 }, { 0x0231, 0x0221, 0, 0x7800 }, { 0x0332, 0x0340, 0x0300, 0x7900 }, { 0x0433, 0x0423, 0, 0x7a00 },
    { 0x0534, 0x0524, 0, 0x7b00 }, { 0x0635, 0x0625, 0, 0x7c00 }, { 0x0736, 0x075e, 0x071e, 0x7d00 }, { 0x0837, 0x0826, 0, 0x7e00 },
    { 0x0938, 0x092a, 0, 0x7f00 }, { 0x0a39, 0x0a28, 0, 0x8000 }, { 0x0b30, 0x0b29, 0, 0x8100 }, { 0x0c2d, 0x0c5f, 0x0c1f, 0x8200 },
    { 0x0d3d, 0x0d2b, 0, 0x8300 }, { 0x0e08, 0x0e08, 0x0e7f, 0x0e00 }, { 0x0f09, 0x0f00, 0x9400, 0xa500 },
    LETTER(0x10, 'q'), LETTER(0x11, 'w'), LETTER(0x12, 'e'), LETTER(0x13, 'r'), LETTER(0x14, 't'), LETTER(0x15, 'y'), LETTER(0x16, 'u'),
    LETTER(0x17, 'i'), LETTER(0x18, 'o'), LETTER(0x19, 'p'),
    { 0x1a5b, 0x1a7b, 0x1a1b, 0x1a00 }, { 0x1b5d, 0x1b7d, 0x1b1d, 0x1b00 }, { 0x1c0d, 0x1c0d, 0x1c0a, 0x1c00 }, { 0, 0, 0, 0 },
    LETTER(0x1e, 'a'), LETTER(0x1f, 's'), LETTER(0x20, 'd'), LETTER(0x21, 'f'), LETTER(0x22, 'g'), LETTER(0x23, 'h'), LETTER(0x24, 'j'),
    LETTER(0x25, 'k'), LETTER(0x26, 'l'),
    { 0x273b, 0x273a, 0, 0x2700 }, { 0x2827, 0x2822, 0, 0x2800 }, { 0x2960, 0x297e, 0, 0x2900 }, { 0, 0, 0, 0 }, { 0x2b5c, 0x2b7c, 0x2b1c, 0x2b00 },
    LETTER(0x2c, 'z'), LETTER(0x2d, 'x'), LETTER(0x2e, 'c'), LETTER(0x2f, 'v'), LETTER(0x30, 'b'), LETTER(0x31, 'n'), LETTER(0x32, 'm'),
    { 0x332c, 0x333c, 0, 0x3300 }, { 0x342e, 0x343e, 0, 0x3400 }, { 0x352f, 0x353f, 0, 0x3500 }, { 0, 0, 0, 0 },
    { 0x372a, 0x372a, 0x9600, 0x3700 }, { 0, 0, 0, 0 }, { 0x3920, 0x3920, 0x3920, 0x3920 }, { 0, 0, 0, 0 },
    FUNCTION(1), FUNCTION(2), FUNCTION(3), FUNCTION(4), FUNCTION(5), FUNCTION(6), FUNCTION(7), FUNCTION(8), FUNCTION(9), FUNCTION(10),
    { 0, 0, 0, 0 }, { 0, 0, 0, 0 },
    { 0x4700, 0x4737, 0x7700, 0 }, { 0x4800, 0x4838, 0x8d00, 0 }, { 0x4900, 0x4939, 0x8400, 0 }, { 0x4a2d, 0x4a2d, 0x8e00, 0x4a00 },
    { 0x4b00, 0x4b34, 0x7300, 0 }, { 0x4c00, 0x4c35, 0x8f00, 0 }, { 0x4d00, 0x4d36, 0x7400, 0 }, { 0x4e2b, 0x4e2b, 0x9000, 0x4e00 },
    { 0x4f00, 0x4f31, 0x7500, 0 }, { 0x5000, 0x5032, 0x9100, 0 }, { 0x5100, 0x5133, 0x7600, 0 }, { 0x5200, 0x5230, 0x9200, 0 },
    { 0x5300, 0x532e, 0x9300, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0x565c, 0x567c, 0, 0 },
    { 0x8500, 0x8700, 0x8900, 0x8b00 }, { 0x8600, 0x8800, 0x8a00, 0x8c00 },
};

/* Keys that the 101-key keyboard sends with E0 before them. */
static const struct { u8 scan; struct key key; } grey_keys[] ROM_DATA = {
    { 0x1c, { 0xe00d, 0xe00d, 0xe00a, 0xa600 } }, { 0x35, { 0xe02f, 0xe02f, 0x9500, 0xa400 } },
    { 0x47, { 0x47e0, 0x47e0, 0x77e0, 0x9700 } }, { 0x48, { 0x48e0, 0x48e0, 0x8de0, 0x9800 } }, { 0x49, { 0x49e0, 0x49e0, 0x84e0, 0x9900 } },
    { 0x4b, { 0x4be0, 0x4be0, 0x73e0, 0x9b00 } }, { 0x4d, { 0x4de0, 0x4de0, 0x74e0, 0x9d00 } }, { 0x4f, { 0x4fe0, 0x4fe0, 0x75e0, 0x9f00 } },
    { 0x50, { 0x50e0, 0x50e0, 0x91e0, 0xa000 } }, { 0x51, { 0x51e0, 0x51e0, 0x76e0, 0xa100 } }, { 0x52, { 0x52e0, 0x52e0, 0x92e0, 0xa200 } },
    { 0x53, { 0x53e0, 0x53e0, 0x93e0, 0xa300 } },
};

/* What each keypad key from 47h adds to a character typed as Alt and digits; 10: none. */
static const u8 keypad_digit[] ROM_DATA = { 7, 8, 9, 10, 4, 5, 6, 10, 1, 2, 3, 0 };

/* --- buffer --- */

static u16 next_place(u16 at)
{
    at = (u16)(at + 2);
    return at >= BDA->key_buffer_end ? BDA->key_buffer_start : at;
}

static bool store(u16 key)
{
    u16 tail = BDA->key_tail, next = next_place(tail);

    if (next == BDA->key_head) return false;
    *(volatile u16 __seg_fs *)(u32)tail = key;
    BDA->key_tail = next;
    return true;
}

static void beep(void)
{
    u8 port_b = inb(0x61);

    outb(0x43, 0xb6);
    outb(0x42, 0x33);
    outb(0x42, 0x05);
    outb(0x61, port_b | 3);
    for (unsigned i = 0; i < 4000; i++) wait_refresh();
    outb(0x61, port_b);
}

/* --- INT 09h --- */

static void show_lights(void)
{
    u8 wanted = BDA->shift_flags >> 4 & LIGHTS;

    if ((BDA->leds & LIGHTS) == wanted || BDA->leds & LIGHTS_WAIT) return;
    BDA->leds = (u8)((BDA->leds & ~LIGHTS) | wanted | LIGHTS_WAIT);
    kbc_write(0xed);
}

/* The answer to EDh is when the lights' byte goes out. */
static bool answer_of_keyboard(u8 scan)
{
    if (scan != 0xfa && scan != 0xfe) return false;
    bool sends = scan == 0xfa && BDA->leds & LIGHTS_WAIT;
    BDA->leds = (u8)((BDA->leds & ~LIGHTS_WAIT) | (scan == 0xfa ? ACK_SEEN : RESEND_SEEN));
    if (sends) kbc_write(BDA->leds & LIGHTS);
    return true;
}

static void set_bit(volatile u8 __seg_fs *flags, u8 bit, bool on)
{
    *flags = (u8)(on ? *flags | bit : *flags & ~bit);
}

static void ctrl_key(bool down, bool grey)
{
    if (grey) set_bit(&BDA->keyboard_flags, RIGHT_CTRL, down);
    else set_bit(&BDA->shift_flags2, LEFT_CTRL, down);
    set_bit(&BDA->shift_flags, CTRL, BDA->keyboard_flags & RIGHT_CTRL || BDA->shift_flags2 & LEFT_CTRL);
}

/* Alt released: the digits typed meanwhile are a character. */
static void alt_key(bool down, bool grey)
{
    if (grey) set_bit(&BDA->keyboard_flags, RIGHT_ALT, down);
    else set_bit(&BDA->shift_flags2, LEFT_ALT, down);
    set_bit(&BDA->shift_flags, ALT, BDA->keyboard_flags & RIGHT_ALT || BDA->shift_flags2 & LEFT_ALT);
    if (down || !BDA->alt_keypad) return;
    u8 character = BDA->alt_keypad;
    BDA->alt_keypad = 0;
    store(character);
}

static void lock_key(u8 lock, bool down)
{
    bool held = BDA->shift_flags2 & lock;

    set_bit(&BDA->shift_flags2, lock, down);
    if (down && !held) BDA->shift_flags ^= lock;
}

/* True when the key was one that only changes flags. */
static bool shift_key(u8 scan, bool down, bool grey)
{
    switch (scan) {
    case 0x2a: if (!grey) set_bit(&BDA->shift_flags, LEFT_SHIFT, down); return true;
    case 0x36: if (!grey) set_bit(&BDA->shift_flags, RIGHT_SHIFT, down); return true;
    case 0x1d: ctrl_key(down, grey); return true;
    case 0x38: alt_key(down, grey); return true;
    case 0x3a: lock_key(CAPS, down); return true;
    case 0x45: lock_key(NUM, down); return true;
    case 0x46: lock_key(SCROLL, down); return true;
    default: return false;
    }
}

static u16 grey_key(u8 scan, u8 flags)
{
    for (unsigned i = 0; i < ARRAY_COUNT(grey_keys); i++) {
        if (rom8(&grey_keys[i].scan) != scan) continue;
        const struct key *k = &grey_keys[i].key;
        return rom16(flags & ALT ? &k->alt : flags & CTRL ? &k->ctrl : flags & SHIFT ? &k->shifted : &k->plain);
    }
    return 0;
}

static bool is_letter(u8 scan)
{
    return (scan >= 0x10 && scan <= 0x19) || (scan >= 0x1e && scan <= 0x26) || (scan >= 0x2c && scan <= 0x32);
}

static u16 plain_key(u8 scan, u8 flags)
{
    if (scan >= ARRAY_COUNT(keys)) return 0;
    const struct key *k = &keys[scan];
    if (flags & ALT) return rom16(&k->alt);
    if (flags & CTRL) return rom16(&k->ctrl);
    bool shifted = flags & SHIFT, keypad = scan >= 0x47 && scan <= 0x53 && scan != 0x4a && scan != 0x4e;
    if ((is_letter(scan) && flags & CAPS) || (keypad && flags & NUM)) shifted = !shifted;
    return rom16(shifted ? &k->shifted : &k->plain);
}

static void break_key(void)
{
    BDA->break_flag |= 0x80;
    BDA->key_head = BDA->key_tail = BDA->key_buffer_start;
    call_int(0x1b, 0, 0);
    cli();
    store(0);
}

static void pause_key(void)
{
    BDA->shift_flags2 |= PAUSED;
    eoi();
    while (BDA->shift_flags2 & PAUSED) {
        cli();
        wait_interrupt();
    }
    cli();
}

/* True: the key is done with, and so is the interrupt controller where *ended says so. */
static bool special_key(u8 scan, bool grey, bool *ended)
{
    u8 flags = BDA->shift_flags;

    if (scan == 0x53 && (flags & (CTRL | ALT)) == (CTRL | ALT)) {
        BDA->reset_flag = WARM;
        warm_reset();
    }
    if (scan == 0x46 && flags & CTRL && (grey || !(BDA->keyboard_flags & ENHANCED))) {
        break_key();
        return true;
    }
    if (scan == 0x37 && (grey || flags & SHIFT)) {
        if (flags & CTRL) {
            store(0x7200);
            return true;
        }
        *ended = true;
        eoi();
        call_int(0x05, 0, 0);
        return true;
    }
    if (scan == 0x45 && flags & CTRL && !grey) {
        *ended = true;
        pause_key();
        return true;
    }
    return false;
}

static void key_down(u8 scan, bool grey, bool *ended)
{
    u8 flags = BDA->shift_flags;

    if (special_key(scan, grey, ended) || shift_key(scan, true, grey)) return;
    if (BDA->shift_flags2 & PAUSED) {
        BDA->shift_flags2 &= (u8)~PAUSED;
        return;
    }
    if (scan == 0x54) {
        BDA->shift_flags2 |= SYSREQ_DOWN;
        call_int(0x15, 0x8500, 0);
        return;
    }
    if (scan >= 0x47 && scan <= 0x52 && flags & ALT && !grey) {
        u8 digit = rom8(&keypad_digit[scan - 0x47]);
        if (digit < 10) BDA->alt_keypad = (u8)(BDA->alt_keypad * 10 + digit);
        if (digit < 10) return;
    }
    if (scan == 0x52 && !(flags & (ALT | CTRL | SHIFT)) && (grey || !(flags & NUM))) lock_key(INSERT, true);
    u16 key = grey ? grey_key(scan, flags) : plain_key(scan, flags);
    if (!key) return;
    if (!store(key)) beep();
    else call_int(0x15, 0x9102, 0);
}

static void key_up(u8 scan, bool grey)
{
    if (shift_key(scan, false, grey)) return;
    if (scan == 0x52) BDA->shift_flags2 &= (u8)~INSERT;
    if (scan == 0x54 && BDA->shift_flags2 & SYSREQ_DOWN) {
        BDA->shift_flags2 &= (u8)~SYSREQ_DOWN;
        call_int(0x15, 0x8501, 0);
    }
}

/* E1 1D 45 E1 9D C5 is Pause, which has no release. */
static bool part_of_pause(u8 scan, bool *ended)
{
    if (!(BDA->keyboard_flags & LAST_E1)) return false;
    if ((scan & 0x7f) == 0x1d) return true;
    BDA->keyboard_flags &= (u8)~LAST_E1;
    if (scan != 0x45) return true;
    if (!(BDA->shift_flags2 & PAUSED)) {
        *ended = true;
        pause_key();
    }
    return true;
}

static void scan_code(u8 scan, bool *ended)
{
    if (answer_of_keyboard(scan)) return;
    if (scan == 0xe0) BDA->keyboard_flags |= LAST_E0;
    else if (scan == 0xe1) BDA->keyboard_flags |= LAST_E1;
    else if (!part_of_pause(scan, ended)) {
        bool grey = BDA->keyboard_flags & LAST_E0;
        BDA->keyboard_flags &= (u8)~LAST_E0;
        if (scan & BREAK) key_up(scan & 0x7f, grey);
        else key_down(scan, grey, ended);
        show_lights();
    }
}

void keyboard_interrupt(struct frame *f)
{
    (void)f;
    bool ended = false;
    u32 result = call_int(0x15, 0x4f00 | inb(KBC_DATA), 0);

    cli();
    if (result & CALLED_CF) scan_code((u8)result, &ended);
    cli();
    if (!ended) eoi();
}

/* --- INT 16h --- */

/* Services 00h and 01h know nothing of the 101-key keyboard's codes: these change, or false: they are dropped. */
static bool old_key(u16 *key)
{
    u8 scan = (u8)(*key >> 8), character = (u8)*key;

    if (scan == 0xe0) *key = (u16)((character == '/' ? 0x3500 : 0x1c00) | character);
    else if (scan > 0x84) return false;
    else if (character == 0xe0 && scan) *key &= 0xff00;
    return true;
}

static bool peek(u16 *key, bool enhanced)
{
    for (;;) {
        u16 head = BDA->key_head;
        if (head == BDA->key_tail) return false;
        *key = *(volatile u16 __seg_fs *)(u32)head;
        if (enhanced || old_key(key)) return true;
        BDA->key_head = next_place(head);
    }
}

static u16 take(bool enhanced)
{
    u16 key;

    cli();
    if (!peek(&key, enhanced)) call_int(0x15, 0x9002, 0);
    for (;;) {
        cli();
        if (peek(&key, enhanced)) break;
        wait_interrupt();
    }
    BDA->key_head = next_place(BDA->key_head);
    sti();
    return key;
}

/* Not a byte arrives but the keyboard's answer while it is asked: the interrupt is off. */
static void set_typematic(u8 value)
{
    u8 mode = kbc_get_mode();

    kbc_set_mode((u8)((mode & ~KBC_INT) | KBC_DISABLE_AUX));
    kbc_write(0xf3);
    if (kbc_read(false, 20) == 0xfa) {
        kbc_write(value & 0x7f);
        (void)kbc_read(false, 20);
    }
    kbc_set_mode(mode);
}

void keyboard_service(struct frame *f)
{
    u16 key;

    switch (f->ah) {
    case 0x00: case 0x10: f->ax = take(f->ah == 0x10); break;
    case 0x01: case 0x11:
        cli();
        if (peek(&key, f->ah == 0x11)) {
            f->ax = key;
            f->flags &= (u16)~FLAG_ZF;
        } else f->flags |= FLAG_ZF;
        break;
    case 0x02: f->al = BDA->shift_flags; break;
    case 0x03:
        if (f->al == 5) {
            cli();
            set_typematic((u8)((f->bh & 3) << 5 | (f->bl & 0x1f)));
        }
        break;
    case 0x05:
        cli();
        f->al = store(f->cx) ? 0 : 1;
        break;
    case 0x09: f->al = 0x34; break;               /* 10h-12h, 0Ah, 0305h */
    case 0x0a: f->bx = 0x41ab; break;
    case 0x12: {
        u8 held = BDA->shift_flags2, grey = BDA->keyboard_flags;
        f->al = BDA->shift_flags;
        f->ah = (u8)((held & 0x73) | (held & SYSREQ_DOWN ? 0x80 : 0) | (grey & (RIGHT_CTRL | RIGHT_ALT)));
        break;
    }
    default: break;
    }
}

/* --- POST --- */

void keyboard_post(void)
{
    BDA->key_buffer_start = BDA->key_head = BDA->key_tail = BUFFER_START;
    BDA->key_buffer_end = BUFFER_END;
    BDA->shift_flags = BDA->shift_flags2 = BDA->alt_keypad = BDA->leds = 0;
    kbc_command(0xad);
    kbc_command(0xa7);
    kbc_drain();
    kbc_command(0xaa);
    bool tested = kbc_read(false, 50) == 0x55;
    kbc_set_mode(KBC_TRANSLATE | KBC_SYSTEM | KBC_DISABLE_AUX);
    kbc_write(0xff);
    bool there = kbc_read(false, 50) == 0xfa && kbc_read(false, 1000) == 0xaa;
    if (!tested) say(T("Keyboard controller error\n"));
    else if (!there) say(T("There is no keyboard\n"));
    BDA->keyboard_flags = ENHANCED;
    kbc_set_mode(KBC_TRANSLATE | KBC_SYSTEM | KBC_DISABLE_AUX | KBC_INT);
}
