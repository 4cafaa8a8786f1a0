#include "gui/gdbstub/packet.h"

#include <string.h>

enum { ESCAPE = '}', ESCAPE_BIT = 0x20, CTRL_C = 3 };

static void add(struct packet_reader *r, char c)
{
    if (r->size == PACKET_MOST) r->too_long = true;
    else r->text[r->size++] = c;
}

/* Between packets. */
static enum packet_event outside(struct packet_reader *r, u8 byte)
{
    switch (byte) {
    case '+': return PACKET_ACK;
    case '-': return PACKET_NAK;
    case CTRL_C: return PACKET_INTERRUPT;
    case '$':
        r->at = PACKET_TEXT;
        r->size = 0;
        r->sum = 0;
        r->too_long = false;
        return PACKET_NOTHING;
    default: return PACKET_NOTHING;
    }
}

static enum packet_event end(struct packet_reader *r, u8 byte)
{
    int digit = packet_hex_digit((char)byte);

    if (digit < 0) r->too_long = true;
    r->said = (u8)(r->said << 4 | (digit & 15));
    if (r->at == PACKET_SUM_HIGH) {
        r->at = PACKET_SUM_LOW;
        return PACKET_NOTHING;
    }
    r->at = PACKET_OUTSIDE;
    r->text[r->size] = 0;
    return r->too_long || r->said != r->sum ? PACKET_DAMAGED : PACKET_WHOLE;
}

enum packet_event packet_take(struct packet_reader *r, u8 byte)
{
    switch (r->at) {
    case PACKET_OUTSIDE: return outside(r, byte);
    case PACKET_TEXT:
        if (byte == '#') {
            r->at = PACKET_SUM_HIGH;
            r->said = 0;
            return PACKET_NOTHING;
        }
        if (byte == '$') return outside(r, byte);        /* the one before it was cut off */
        r->sum += byte;
        if (byte == ESCAPE) r->at = PACKET_ESCAPED;
        else add(r, (char)byte);
        return PACKET_NOTHING;
    case PACKET_ESCAPED:
        r->sum += byte;
        add(r, (char)(byte ^ ESCAPE_BIT));
        r->at = PACKET_TEXT;
        return PACKET_NOTHING;
    default: return end(r, byte);
    }
}

size_t packet_frame(const char *text, size_t size, char *frame)
{
    static const char digit[] = "0123456789abcdef";
    size_t n = 0;
    u8 sum = 0;

    frame[n++] = '$';
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '#' || c == '$' || c == ESCAPE || c == '*') {
            frame[n++] = ESCAPE;
            sum += (u8)ESCAPE;
            c ^= ESCAPE_BIT;
        }
        frame[n++] = c;
        sum += (u8)c;
    }
    frame[n++] = '#';
    frame[n++] = digit[sum >> 4];
    frame[n++] = digit[sum & 15];
    return n;
}

int packet_hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool packet_number(const char **at, u64 *value)
{
    const char *begin = *at;

    *value = 0;
    for (int digit; (digit = packet_hex_digit(**at)) >= 0; ++*at) {
        if (*value >> 60) return false;
        *value = *value << 4 | (u64)digit;
    }
    return *at > begin;
}

void packet_put_bytes(char *hex, const u8 *bytes, size_t count)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        *hex++ = digit[bytes[i] >> 4];
        *hex++ = digit[bytes[i] & 15];
    }
    *hex = 0;
}

size_t packet_take_bytes(const char *hex, u8 *bytes, size_t room)
{
    size_t n = 0;

    while (n < room) {
        int high = packet_hex_digit(hex[2 * n]), low = high < 0 ? -1 : packet_hex_digit(hex[2 * n + 1]);
        if (low < 0) break;
        bytes[n++] = (u8)(high << 4 | low);
    }
    return n;
}
