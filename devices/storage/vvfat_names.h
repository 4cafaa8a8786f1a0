#ifndef ORRERY_STORAGE_VVFAT_NAMES_H
#define ORRERY_STORAGE_VVFAT_NAMES_H
/* Names in FAT directories: 11 characters, and long ones in entries before them.        doc: vvfat
 * Source: Microsoft, "FAT: General Overview of On-Disk Format", "Long Directory Entries", "Name Limits and Character Sets". */
#include <stddef.h>

#include "cpu/base/types.h"

enum { FAT_ENTRY_BYTES = 32, LONG_NAME_MOST = 255, LONG_NAME_PIECE = 13 };

/* UTF-8 to UTF-16 as the guest sees it; false: it is no UTF-8, empty, or longer than 255.  `to` has room for 256. */
bool vvfat_name_shown(const char *name, u16 *to);
/* And back, for a file of the host; false: it is no name that a file should have.  `to` has room for 3 * 255 + 1. */
bool vvfat_name_hosted(const u16 *shown, char *to);

/* The short name that follows from a long one; `tail` 0: without a number, 1..: with ~tail.  False: without a number something is lost. */
bool vvfat_short_name(const u16 *shown, u32 tail, u8 to[11]);
/* It is the short name itself, letter for letter: no long one is needed. */
bool vvfat_name_is_short(const u16 *shown, const u8 short_name[11]);

u8 vvfat_short_sum(const u8 short_name[11]);
unsigned vvfat_long_entries(const u16 *shown);           /* how many a long name takes */
/* Entry `order` (from 1, as the standard counts) of a long name. */
void vvfat_put_long_entry(u8 *entry, const u16 *shown, unsigned order, u8 sum);
/* Takes the piece out of one; `shown` has room for 20 * 13 + 1. */
void vvfat_get_long_entry(const u8 *entry, u16 *shown);
void vvfat_shown_of_short(const u8 *entry, u16 *shown);  /* "README  TXT" is README.TXT; with Windows NT's flags of lower case */

int vvfat_compare(const u16 *a, const u16 *b);           /* without regard to the case of letters of ASCII */

#endif
