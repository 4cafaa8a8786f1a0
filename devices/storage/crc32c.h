#ifndef ORRERY_STORAGE_CRC32C_H
#define ORRERY_STORAGE_CRC32C_H
/* CRC-32C (Castagnoli): polynomial 1EDC6F41h, reflected; "123456789" gives E3069283h.  RFC 3720, appendix B.4. */
#include <stddef.h>

#include "cpu/base/types.h"

/* Of bytes that follow those whose CRC is `crc`; 0 to begin with. */
static inline u32 crc32c(u32 crc, const void *bytes, size_t size)
{
    crc = ~crc;
    for (const u8 *at = bytes; size--; at++) {
        crc ^= *at;
        for (unsigned i = 0; i < 8; i++) crc = crc >> 1 ^ (0x82f63b78u & -(crc & 1));
    }
    return ~crc;
}

#endif
