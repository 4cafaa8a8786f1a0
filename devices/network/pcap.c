/* Source: IETF draft-ietf-opsawg-pcap, "PCAP Capture File Format": a header, then a record a packet; little-endian here. */
#include "devices/network/pcap.h"

#include "cpu/base/bits.h"

enum { HEADER_BYTES = 24, RECORD_BYTES = 16, SNAP_LENGTH = 65535, LINKTYPE_ETHERNET = 1 };
#define MAGIC_NANOSECONDS 0xa1b23c4du

FILE *pcap_create(const char *path)
{
    u8 header[HEADER_BYTES] = { 0 };
    FILE *f = fopen(path, "wbe");

    if (!f) return NULL;
    put32(header, MAGIC_NANOSECONDS);
    put16(header + 4, 2);                                /* version 2.4 */
    put16(header + 6, 4);
    put32(header + 16, SNAP_LENGTH);
    put32(header + 20, LINKTYPE_ETHERNET);
    fwrite(header, 1, sizeof header, f);
    return f;
}

bool pcap_write(FILE *pcap, const struct clock *clock, const u8 *frame, unsigned size)
{
    u8 record[RECORD_BYTES];
    u64 now = clock_now(clock);

    put32(record, (u32)(now / clock->ips));
    put32(record + 4, (u32)((u128)(now % clock->ips) * 1000000000 / clock->ips));
    put32(record + 8, size);
    put32(record + 12, size);
    return fwrite(record, 1, sizeof record, pcap) == sizeof record && fwrite(frame, 1, size, pcap) == size;
}
