#ifndef ORRERY_GDBSTUB_PACKET_H
#define ORRERY_GDBSTUB_PACKET_H
/* Frames of gdb's remote protocol, from bytes and to bytes: $text#checksum.  GDB manual, appendix "GDB Remote Serial Protocol", "Overview".   doc: gdbstub */
#include <stddef.h>

#include "cpu/base/types.h"

enum { PACKET_MOST = 0x4000 };   /* bytes of a packet's text, as PacketSize says */

enum packet_event {
    PACKET_NOTHING,              /* more bytes are needed, or they mean nothing here */
    PACKET_WHOLE,                /* reader->text is a packet */
    PACKET_DAMAGED,              /* its checksum is another one, or it is too long */
    PACKET_ACK, PACKET_NAK,      /* + and - */
    PACKET_INTERRUPT,            /* 03h: Ctrl-C */
};

struct packet_reader {
    enum { PACKET_OUTSIDE, PACKET_TEXT, PACKET_ESCAPED, PACKET_SUM_HIGH, PACKET_SUM_LOW } at;
    u8 sum, said;                /* of the bytes; as the sender has it */
    bool too_long;
    size_t size;
    char text[PACKET_MOST + 1];  /* escapes undone, a NUL behind it */
};

enum packet_event packet_take(struct packet_reader *reader, u8 byte);

/* A frame of a text, escaped; at most 2 * size + 4 bytes.  Returns how many. */
size_t packet_frame(const char *text, size_t size, char *frame);

/* --- what texts are made of --- */

int packet_hex_digit(char c);                            /* 0..15, or -1 */
/* A hexadecimal number; *at stands behind it.  False: none is there, or it has more than 64 bits. */
bool packet_number(const char **at, u64 *value);
void packet_put_bytes(char *hex, const u8 *bytes, size_t count);         /* two digits each, and a NUL */
/* Pairs of digits up to the first that is none; how many, at most `room`. */
size_t packet_take_bytes(const char *hex, u8 *bytes, size_t room);

#endif
