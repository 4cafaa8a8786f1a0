#ifndef ORRERY_STORAGE_CD_DISC_H
#define ORRERY_STORAGE_CD_DISC_H
/* What is where on a compact disc: sessions of tracks, and the frames in them.               doc: atapi
 * Addresses are blocks as a drive counts them: block 0 is at 00:02:00, 75 are a second. */
#include "cpu/base/types.h"

enum { CD_TRACKS_MOST = 99, CD_SESSIONS_MOST = 99, CD_INDEXES_MOST = 512, CD_ISRC_CHARACTERS = 12, CD_CATALOGUE_DIGITS = 13 };
enum { CD_FRAMES_A_SECOND = 75, CD_GAP = 150, CD_LEAD_IN = 4500, CD_FIRST_LEAD_OUT = 6750, CD_NEXT_LEAD_OUT = 2250, CD_BLOCKS_MOST = 449850 /* 99:59:74 */ };

enum cd_mode { CD_AUDIO, CD_MODE_1, CD_MODE_2 /* CD-ROM XA: a subheader says which form */ };
enum { CD_CONTROL_PRE_EMPHASIS = 1, CD_CONTROL_COPY = 2, CD_CONTROL_DATA = 4, CD_CONTROL_FOUR_CHANNELS = 8 };

struct cd_track {
    u8 number, session, control, mode;
    u32 pregap;                  /* its first block, index 0; without a pregap the same as start */
    u32 start, end;              /* index 1, and after its last block */
    char isrc[CD_ISRC_CHARACTERS + 1];           /* "": none */
};

struct cd_session {
    u8 first, last;              /* track numbers */
    u32 lead_out;
};

/* Where a track's index begins that is neither 0 nor 1. */
struct cd_index {
    u8 track, number;
    u32 lba;
};

struct cd_disc {
    unsigned tracks, sessions, indexes;
    struct cd_track track[CD_TRACKS_MOST];       /* ascending, their numbers without a hole */
    struct cd_session session[CD_SESSIONS_MOST];
    struct cd_index index[CD_INDEXES_MOST];
    char catalogue[CD_CATALOGUE_DIGITS + 1];     /* "": none */
};

/* One session of one track in mode 1, as an ISO image is. */
void cd_disc_of_blocks(struct cd_disc *disc, u32 blocks);

u32 cd_disc_blocks(const struct cd_disc *disc);          /* up to the last lead-out */
const struct cd_track *cd_disc_track(const struct cd_disc *disc, unsigned number);       /* NULL: there is none */
const struct cd_track *cd_disc_track_at(const struct cd_disc *disc, u32 lba);            /* with its pregap; NULL: between sessions, or after the last */
u8 cd_disc_index_at(const struct cd_disc *disc, const struct cd_track *track, u32 lba);

/* --- the Q channel --- */

enum { CD_Q_BYTES = 12 };
/* Mode 1 of it, "position", with its CRC, all in BCD as it is on the disc.  ECMA-130, "Q-channel". */
void cd_disc_q(const struct cd_disc *disc, u32 lba, u8 *q);

/* --- frames in an image ---
 * An image of a disc with tracks gives a block as CD_FRAME_SECTORS sectors: the 2352 bytes of the main channel, CD_UNCODED when EDC and ECC of a sector
 * in mode 1 are still to be made, then where it is: session, track, control, index, ISRC and catalogue number.  So equal images have equal discs. */
enum { CD_FRAME_SECTORS = 5, CD_FRAME_BYTES = 2560, CD_FRAME_UNCODED = 2352, CD_FRAME_PLACE = 2353 };

#endif
