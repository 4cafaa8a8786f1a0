/* Bytes of a terminal in raw mode as keys of a US keyboard.                                 doc: display
 * Source: ECMA-48 control sequences as xterm and the Linux console send them. */
#include "gui/terminal/terminal.h"

#include "devices/us_keyboard.h"

enum { ESC = 0x1b, USAGE_ENTER = 0x28, USAGE_ESC = 0x29, USAGE_BACKSPACE = 0x2a, USAGE_TAB = 0x2b, USAGE_SPACE = 0x2c };

static struct terminal_key key_of_byte(u8 byte)
{
    struct terminal_key k = { 0 };

    if (byte == '\r' || byte == '\n') k.usage = USAGE_ENTER;
    else if (byte == '\t') k.usage = USAGE_TAB;
    else if (byte == 0x7f || byte == '\b') k.usage = USAGE_BACKSPACE;
    else if (byte == ESC) k.usage = USAGE_ESC;
    else if (byte == 0) k = (struct terminal_key){ .usage = USAGE_SPACE, .control = true };
    else if (byte < 0x20) {
        k.usage = us_keyboard_usage((char)(byte <= 26 ? 'a' + byte - 1 : byte | 0x40), &k.shift);
        k.control = true;
    } else if (byte < 0x80) k.usage = us_keyboard_usage((char)byte, &k.shift);
    return k;
}

/* --- ESC [ number ; modifier final, and ESC O final --- */

static u8 usage_of_number(unsigned n)
{
    static const u8 by_number[35] = {
        [1] = 0x4a, [2] = 0x49, [3] = 0x4c, [4] = 0x4d, [5] = 0x4b, [6] = 0x4e, [7] = 0x4a, [8] = 0x4d,
        [11] = 0x3a, [12] = 0x3b, [13] = 0x3c, [14] = 0x3d, [15] = 0x3e, [17] = 0x3f, [18] = 0x40, [19] = 0x41,
        [20] = 0x42, [21] = 0x43, [23] = 0x44, [24] = 0x45,
    };
    return n < ARRAY_COUNT(by_number) ? by_number[n] : 0;
}

static u8 usage_of_final(u8 final)
{
    switch (final) {
    case 'A': return 0x52;
    case 'B': return 0x51;
    case 'C': return 0x4f;
    case 'D': return 0x50;
    case 'H': return 0x4a;
    case 'F': return 0x4d;
    case 'Z': return USAGE_TAB;
    case 'P': return 0x3a;
    case 'Q': return 0x3b;
    case 'R': return 0x3c;
    case 'S': return 0x3d;
    default: return 0;
    }
}

/* The Linux console's F1 to F5: ESC [ [ A. */
static size_t console_key(const u8 *b, size_t size, struct terminal_key *k)
{
    if (size < 4) return 0;
    k->usage = b[3] >= 'A' && b[3] <= 'E' ? (u8)(0x3a + b[3] - 'A') : 0;
    return 4;
}

static size_t sequence(const u8 *b, size_t size, struct terminal_key *k)
{
    unsigned number[2] = { 0, 0 }, which = 0;
    size_t i = 2;

    if (size > 2 && b[1] == '[' && b[2] == '[') return console_key(b, size, k);
    for (; i < size && b[i] >= 0x20 && b[i] < 0x40; i++) {
        if (b[i] == ';') which = 1;
        else if (b[i] >= '0' && b[i] <= '9' && number[which] < 1000) number[which] = number[which] * 10 + (b[i] - '0');
    }
    if (i == size) return size < 32 ? 0 : size;      /* not whole; but no key is that long */
    unsigned modifiers = number[1] ? number[1] - 1 : 0;
    k->usage = b[i] == '~' ? usage_of_number(number[0]) : usage_of_final(b[i]);
    k->shift = modifiers & 1 || b[i] == 'Z';
    k->alt = modifiers & 2;
    k->control = modifiers & 4;
    return i + 1;
}

size_t terminal_key(const u8 *b, size_t size, struct terminal_key *k)
{
    *k = (struct terminal_key){ 0 };
    if (!size) return 0;
    if (b[0] == ESC && size > 1 && (b[1] == '[' || b[1] == 'O')) return size > 2 ? sequence(b, size, k) : 0;
    if (b[0] == ESC && size > 1 && b[1] != ESC) {
        *k = key_of_byte(b[1]);
        k->alt = true;
        return 2;
    }
    *k = key_of_byte(b[0]);
    return 1;
}
