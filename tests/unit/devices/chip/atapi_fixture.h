#ifndef ORRERY_TESTS_ATAPI_FIXTURE_H
#define ORRERY_TESTS_ATAPI_FIXTURE_H
/* Packets to the CD-ROM drive of the cable, and what comes back. */
#include "tests/unit/devices/chip/ata_fixture.h"

static inline u32 be32(const u8 *p) { return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3]; }
static inline u32 be16(const u8 *p) { return (u32)p[0] << 8 | p[1]; }

/* Sends a packet; the data that comes back, at most `room`, in blocks of at most `limit`.  Bytes that came, or -1 - sense key. */
static inline int packet_limit(struct cable *c, const u8 *packet, u8 *data, u32 room, u32 limit)
{
    u32 got = 0;

    command(c, CD, 0, 0, 0, (u8)limit, (u8)(limit >> 8), 0xa0);
    cr_assert_eq(ready(c) & (DRQ | ERR), DRQ, "the drive takes a packet");
    cr_assert_eq(in(c, R_COUNT) & 3, 1);
    write_words(c, packet, 12);
    while (ready(c) & DRQ) {
        u32 n = in(c, R_MID) | (u32)in(c, R_HIGH) << 8;
        cr_assert_eq(in(c, R_COUNT) & 3, 2);
        cr_assert(n && n <= limit && got + n <= room, "block of %u after %u", n, got);
        read_words(c, data + got, n);
        got += n;
    }
    cr_expect_eq(in(c, R_COUNT) & 3, 3);
    cr_expect(c->irq.level, "the end interrupts");
    bool bad = in(c, R_STATUS) & ERR;
    return bad ? -1 - (in(c, R_ERROR) >> 4) : (int)got;
}

#define PACKET(c, data, ...) packet_limit(c, (const u8[12]){ __VA_ARGS__ }, data, sizeof data, 0xfffe)

static inline u32 sense(struct cable *c)
{
    u8 b[18];
    cr_assert_eq(PACKET(c, b, 0x03, 0, 0, 0, 18), 18);
    return (u32)b[2] << 16 | (u32)b[12] << 8 | b[13];
}

/* With the attention of power-on taken. */
static inline struct cable *cable_cd(void)
{
    struct cable *c = cable_full();
    cr_assert_eq(sense(c), 0x062900);
    return c;
}

#endif
