#ifndef ORRERY_STORAGE_CD_SECTOR_H
#define ORRERY_STORAGE_CD_SECTOR_H
/* A raw CD sector made from its 2048 bytes of user data.                                doc: atapi */
#include "cpu/base/types.h"

enum { CD_RAW_BYTES = 2352, CD_SYNC_BYTES = 12, CD_HEADER_BYTES = 4, CD_USER_BYTES = 2048, CD_EDC_ECC_BYTES = 288 };

/* Minute, second, frame of a block: 75 frames a second, block 0 is 00:02:00. */
struct cd_msf {
    u8 minute, second, frame;
};
struct cd_msf cd_msf_of(u32 lba);
u32 cd_lba_of(struct cd_msf msf);        /* 0 for what lies before block 0 */

/* The sync pattern and the header of a sector of mode 1 or 2 (enum cd_mode), into the first 16 bytes. */
void cd_sector_head(u8 *raw, u32 lba, unsigned mode);

/* Mode 1: sync, header, user data, EDC, zeros, ECC P and Q.  raw has CD_RAW_BYTES with the user data in place, at byte 16. */
void cd_sector_complete(u8 *raw, u32 lba);

#endif
