#ifndef ORRERY_BOARD_CHECKPOINT_H
#define ORRERY_BOARD_CHECKPOINT_H
/* The whole machine at a tick, kept in memory beside others.                               doc: time-travel
 * Contents of memory are trees that share what is equal, so a checkpoint takes what has changed since the one before.  Which pages have
 * is known from the processor's TLB, as the display knows which it has to draw. */
#include "cpu/base/page_tree.h"
#include "devices/board/state_image.h"
#include "devices/board/shelf.h"
#include "devices/machine_config.h"

enum { CHECKPOINT_TEXTS = 5, CHECKPOINT_DISKS = 2 + 2 * CONFIG_ATA_CHANNELS + CONFIG_USB_PORTS };

struct checkpoint {
    u64 tick;
    struct state_image state;
    struct page_tree ram, video;
    struct page_tree text[CHECKPOINT_TEXTS];             /* what serial lines and port E9 have sent */
    u64 text_total[CHECKPOINT_TEXTS];
    struct page_tree disk[CHECKPOINT_DISKS];
    struct disk_image *medium[CHECKPOINT_DISKS];         /* what was in the drives .. */
    bool has_media;              /* .. when it is a moment of this machine, and not one that came in */
    struct page_tree shelf[SHELF_MOST];                  /* what was written to media by then, of those that were known */
    unsigned shelved;
    u8 *fault_logs;              /* of all processors; NULL: nobody knows */
    size_t journal_at;           /* entries that had acted */
};

/* What memory holds, as it was last looked at. */
struct memory_tracker {
    struct machine *machine;
    struct page_store store;
    struct page_tree ram, video, text[CHECKPOINT_TEXTS];
    u64 text_total[CHECKPOINT_TEXTS];
    u32 *video_stamp;            /* vga.page_stamp then */
};

/* Begins to follow the machine's memory; between runs.  False: the host has no memory. */
bool tracker_begin(struct memory_tracker *tracker, struct machine *m);
/* The same of a machine that runs on: `meanwhile` lets it run, between two pieces. */
bool tracker_begin_running(struct memory_tracker *tracker, struct machine *m, void (*meanwhile)(void *context), void *context);
void tracker_end(struct memory_tracker *tracker);

/* The machine as it stands, between runs.  NULL: the host has no memory. */
struct checkpoint *checkpoint_take(struct memory_tracker *tracker);
/* The machine is what it was, but for what connects it with the host. */
void checkpoint_put(struct memory_tracker *tracker, const struct checkpoint *checkpoint);
/* Its memory alone, that of disks apart: when all that it is to be comes in pieces. */
void checkpoint_put_memory(struct memory_tracker *tracker, const struct checkpoint *checkpoint);
void checkpoint_free(struct checkpoint *checkpoint);
u64 checkpoint_own_bytes(const struct checkpoint *checkpoint);           /* without its trees */

#endif
