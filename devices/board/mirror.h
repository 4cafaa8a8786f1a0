#ifndef ORRERY_BOARD_MIRROR_H
#define ORRERY_BOARD_MIRROR_H
/* Two processes with one machine: the first runs it, the second follows and goes on when the first is gone.     doc: migration
 *
 *   the first                                                the second
 *   journal: entries, a line each                      ->    kept
 *   ran: tick u64                                      ->    runs up to it
 *                                                      <-   at: tick u64
 *   held: tick u64                                     ->    what was written last at that tick or before is in the file
 *   check: tick u64, RAM, video, disks u64, state      ->    compares
 *                                                      <-   differs: where, and it ends
 *   files: descriptors of a medium that goes in        ->    kept for the entry that follows
 *   bye: why                                           ->    ends
 *   (nothing: the socket is closed)                    ->    it is the machine now
 *
 * "ran T" says that instruction T - 1 has run, that the events of T have happened, and that all that came in up to then has been told. */
#include "devices/board/arrival.h"
#include "devices/board/departure.h"
#include "devices/storage/held_layer.h"

struct disk_image;

struct mirror;

/* For machine_run: the tick at which the mirror wants to be asked, NEVER without one; and it is asked, behind a run. */
u64 mirror_next_tick(const struct machine *m);
void mirror_ran(struct machine *m, const struct machine_stop *stop, bool returns);
/* Something comes in now. */
bool mirror_listens(const struct machine *m);
void mirror_note(struct machine *m, const char *text);
/* A medium went in; another goes out, and is the mirror's to close. */
void mirror_medium_in(struct machine *m);
void mirror_close_medium(struct machine *m, struct disk_image *image);

bool second_follow(struct machine *m, struct arrival *a, struct machine_arrival *how, struct error *err);
void second_close_medium(struct mirror *mirror, struct disk_image *image, u64 tick);

/* --- what both sides have --- */

enum { MEDIA_OUT_MOST = 64 };

struct mirror {
    struct machine *machine;
    bool is_second, gone;                /* gone: the other side is */
    struct held_wires wires;
    /* of the first */
    struct departure departure;
    struct machine_mirroring how;
    struct error err;                    /* of what nobody asks for */
    char *entries;                       /* that have not been sent */
    size_t entries_size, entries_room;
    u64 look;                            /* the tick at which it wants to be asked */
    u64 marked, acknowledged, let_go;    /* ticks: told as run; that the second is at; whose writes are in the files */
    unsigned waiting;                    /* marks that are not acknowledged */
    u64 marked_ns, checked_ns;
    /* of the second */
    struct medium_out {
        struct disk_image *image;
        u64 tick;
    } out[MEDIA_OUT_MOST];               /* media that were taken out, while what they hold may not be in their files */
    unsigned outs;
};

/* The state that is compared, from its tick on; the caller frees it. */
u8 *mirror_check_bytes(struct machine *m, size_t *size);
/* Where two of them differ, in words. */
void mirror_tell_difference(struct machine *m, const u8 *here, const u8 *there, size_t size, char *text, size_t room);
bool mirror_hold_disks(struct mirror *mirror);
void mirror_hold_no_more(struct machine *m);

#endif
