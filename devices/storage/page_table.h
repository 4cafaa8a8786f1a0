#ifndef ORRERY_STORAGE_PAGE_TABLE_H
#define ORRERY_STORAGE_PAGE_TABLE_H
/* Where each page of a growing image is in its file: 32 bits each, little-endian.        doc: disk-images
 * New entries reach the file after what they point to is safe there. */
#include "devices/storage/image_file.h"

#define PAGE_ABSENT 0xffffffffu

#ifdef HARD
enum { PAGES_PENDING_MOST = 2 };
#else
enum { PAGES_PENDING_MOST = 64 };        /* new pages before the image flushes of its own accord */
#endif

struct page_table {
    u64 at;                              /* offset in the file */
    u32 entries, next;                   /* next: the first place that no entry has */
    u32 *place;                          /* PAGE_ABSENT: nothing was written there */
    u32 pending[PAGES_PENDING_MOST], pending_count;      /* entries that the file does not have yet */
};

/* An empty one, written to a new file. */
bool page_table_create(struct image_file *file, u64 at, u32 entries, struct error *err);

/* Reads it.  The file has `places` places for pages: an entry beyond them or two entries that share one are refused. */
bool page_table_load(struct page_table *t, struct image_file *file, u64 at, u32 entries, u64 places, struct error *err);
void page_table_free(struct page_table *t);

u32 page_table_add(struct page_table *t, u32 entry);     /* the place it gets; there is room as long as page_table_full says no */
bool page_table_full(const struct page_table *t);        /* as many are pending as may be: write them first */
bool page_table_write(struct page_table *t, struct image_file *file, struct error *err);         /* the pending ones */
bool page_table_clear(struct page_table *t, struct image_file *file, struct error *err);         /* all are absent */

#endif
