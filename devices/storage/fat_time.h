#ifndef ORRERY_STORAGE_FAT_TIME_H
#define ORRERY_STORAGE_FAT_TIME_H
/* Dates as FAT has them: bits 31..25 year - 1980, 24..21 month, 20..16 day, 15..11 hour, 10..5 minute, 4..0 two seconds.
 * Source: Microsoft, "FAT: General Overview of On-Disk Format", "Date and Time Formats". */
#include <time.h>

#include "cpu/base/types.h"

static inline u32 fat_time(const struct tm *t)
{
    if (t->tm_year < 80) return 1u << 21 | 1u << 16;
    if (t->tm_year > 207) return 127u << 25 | 12u << 21 | 31u << 16;
    return (u32)(t->tm_year - 80) << 25 | (u32)(t->tm_mon + 1) << 21 | (u32)t->tm_mday << 16 | (u32)t->tm_hour << 11 | (u32)t->tm_min << 5 |
           (u32)(t->tm_sec > 59 ? 59 : t->tm_sec) / 2;
}

#endif
