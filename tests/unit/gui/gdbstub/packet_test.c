/* GDB manual, "Overview" of the remote protocol: frames, their checksums and escapes. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "gui/gdbstub/packet.h"

static struct packet_reader reader;

static void setup(void) { reader = (struct packet_reader){ 0 }; }
TestSuite(gdb_packet, .init = setup);

/* What the last byte of a text means; all before it mean nothing. */
static enum packet_event take(const char *bytes)
{
    enum packet_event e = PACKET_NOTHING;

    for (; *bytes; bytes++) {
        cr_expect_eq(e, PACKET_NOTHING, "before \"%s\"", bytes);
        e = packet_take(&reader, (u8)*bytes);
    }
    return e;
}

Test(gdb_packet, a_frame_ends_with_the_sum_of_its_bytes)
{
    static const struct { const char *bytes; enum packet_event event; const char *text; } row[] = {
        { "$#00", PACKET_WHOLE, "" },
        { "$?#3f", PACKET_WHOLE, "?" },
        { "$m0,4#FD", PACKET_WHOLE, "m0,4" },
        { "$g#68", PACKET_DAMAGED, "" },
        { "$g#6x", PACKET_DAMAGED, "" },
        { "$X0,1:}\x03#9f", PACKET_WHOLE, "X0,1:#" },
        { "$cut off$g#67", PACKET_WHOLE, "g" },
        { "noise+", PACKET_ACK, NULL },
        { "-", PACKET_NAK, NULL },
        { "\x03", PACKET_INTERRUPT, NULL },
    };

    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        setup();
        cr_expect_eq(take(row[i].bytes), row[i].event, "row %u", i);
        if (row[i].event == PACKET_WHOLE) cr_expect_str_eq(reader.text, row[i].text, "row %u: %s", i, reader.text);
    }
}

Test(gdb_packet, one_that_is_too_long_is_damaged_and_the_next_one_whole)
{
    packet_take(&reader, '$');
    for (unsigned i = 0; i <= PACKET_MOST; i++) cr_assert_eq(packet_take(&reader, 0), PACKET_NOTHING);
    cr_expect_eq(take("#00"), PACKET_DAMAGED);
    cr_expect_eq(take("$c#63"), PACKET_WHOLE);
}

Test(gdb_packet, what_is_framed_is_read_back)
{
    char text[256], frame[2 * sizeof text + 4];
    enum packet_event e = PACKET_NOTHING;

    for (unsigned i = 0; i < sizeof text; i++) text[i] = (char)i;
    size_t size = packet_frame(text, sizeof text, frame);
    cr_expect_eq(size, 4 + sizeof text + 4, "# $ * and } are escaped");
    for (size_t i = 0; i < size; i++) e = packet_take(&reader, (u8)frame[i]);
    cr_assert_eq(e, PACKET_WHOLE);
    cr_assert_eq(reader.size, sizeof text);
    cr_expect_eq(memcmp(reader.text, text, sizeof text), 0);
}

Test(gdb_packet, numbers_are_hexadecimal_and_have_64_bits)
{
    static const struct { const char *text; bool good; u64 value; size_t used; } row[] = {
        { "0", true, 0, 1 }, { "ffffffffffffffff,4", true, UINT64_MAX, 16 }, { "1F:", true, 0x1f, 2 },
        { "", false, 0, 0 }, { ",4", false, 0, 0 }, { "10000000000000000", false, 0, 0 },
    };
    u64 value;

    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        const char *at = row[i].text;
        cr_expect_eq(packet_number(&at, &value), row[i].good, "row %u", i);
        if (!row[i].good) continue;
        cr_expect_eq(value, row[i].value, "row %u", i);
        cr_expect_eq(at - row[i].text, row[i].used, "row %u", i);
    }
}

Test(gdb_packet, bytes_are_pairs_of_digits)
{
    u8 bytes[4] = { 0 };
    char hex[9];

    cr_expect_eq(packet_take_bytes("01feA", bytes, sizeof bytes), 2);
    cr_expect(bytes[0] == 1 && bytes[1] == 0xfe);
    cr_expect_eq(packet_take_bytes("0102030405", bytes, sizeof bytes), 4);
    packet_put_bytes(hex, bytes, 4);
    cr_expect_str_eq(hex, "01020304");
}
