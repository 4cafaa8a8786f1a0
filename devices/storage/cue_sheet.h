#ifndef ORRERY_STORAGE_CUE_SHEET_H
#define ORRERY_STORAGE_CUE_SHEET_H
/* A CUE sheet as it is written: which files hold which tracks of a disc.                     doc: disk-images */
#include "cpu/base/error.h"
#include "devices/storage/cd_disc.h"

enum { CUE_BYTES_MOST = 65536, CUE_FILES_MOST = CD_TRACKS_MOST, CUE_NAME_MOST = 255, CUE_INDEXES_MOST = CD_INDEXES_MOST };
enum cue_file_type { CUE_BINARY, CUE_MOTOROLA /* audio samples have their high byte first */, CUE_WAVE };

/* Where a word of the sheet stands, both from 1. */
struct cue_place {
    u32 line, column;
};

struct cue_file {
    char name[CUE_NAME_MOST + 1];        /* in the sheet's folder: without a slash */
    enum cue_file_type type;
    struct cue_place place;
};

struct cue_index {
    u8 number, file;             /* file: which of the sheet's */
    u32 frames;                  /* from that file's beginning */
    struct cue_place place;
};

struct cue_track {
    u8 number, session, control, mode;
    u16 sector_bytes;            /* of the files: 2048, 2336 or 2352 */
    u32 pregap, postgap;         /* frames of silence that no file holds */
    unsigned first_index, indexes;
    char isrc[CD_ISRC_CHARACTERS + 1];
    struct cue_place place;
};

struct cue_sheet {
    unsigned files, tracks, indexes;
    struct cue_file file[CUE_FILES_MOST];
    struct cue_track track[CD_TRACKS_MOST];
    struct cue_index index[CUE_INDEXES_MOST];    /* those of a track follow one another */
    char catalogue[CD_CATALOGUE_DIGITS + 1];
};

/* Reads a sheet of `size` bytes, with a 0 after them; `path` is its name in messages.  False: err has a line for each thing that is wrong. */
bool cue_sheet_parse(struct cue_sheet *sheet, const char *path, const char *text, size_t size, struct error *err);

bool cue_sheet_is_named(const char *path);               /* NAME.cue, in any case */

#endif
