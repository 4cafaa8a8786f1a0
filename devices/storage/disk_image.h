#ifndef ORRERY_STORAGE_DISK_IMAGE_H
#define ORRERY_STORAGE_DISK_IMAGE_H
/* A disk, floppy or CD as sectors of 512 bytes, whatever form its image has.            doc: disk-images */
#include "cpu/base/page_tree.h"
#include "devices/storage/cd_disc.h"
#include "devices/storage/held_layer.h"
#include "devices/storage/image_formats.h"

enum { IMAGE_NOTICE = 1280 };

struct disk_image;

/* Opens a raw image.  `what` names the setting in messages ("ata0-master"); unit_bytes is SECTOR_BYTES, or
 * CD_SECTOR_BYTES for a CD: the size must be a multiple of it.  NULL: err says what is wrong and what to do.  */
struct disk_image *disk_image_open(const char *path, const char *what, enum disk_image_mode mode, unsigned unit_bytes,
                                   struct error *err);

/* The same in any form. */
struct disk_image *disk_image_open_as(enum disk_mode mode, const struct image_source *source, struct error *err);

/* A disk made of `size` bytes, a multiple of 512, that must outlive it and are never written: writes are volatile. */
struct disk_image *disk_image_open_memory(const u8 *bytes, u64 size);

/* Layers that were opened already, and stay whose they are: disk_image_release gives them back.  NULL: no memory. */
struct disk_image *disk_image_around(struct image_layer *top, const char *path, const char *what);
void disk_image_release(struct disk_image *image);       /* NULL is allowed */

/* What was written since the last flush is flushed before; what a guest changed of a vvfat disk goes to its writeback folder, and whoever
 * hears of failures hears of that too. */
void disk_image_close(struct disk_image *image);         /* NULL is allowed */

/* Who is told when the host cannot read or write: one sentence.  He answers whether the same will be asked again later; else the guest
 * has to see an error. */
void disk_image_on_failure(struct disk_image *image, bool (*failed)(void *board, const char *sentence), void *board);
/* Who hears that there is something now that a program that is killed would lose: once until the next flush. */
void disk_image_on_kept_back(struct disk_image *image, void (*kept_back)(void *board), void *board);
/* Who hears that a write would make the image grow by more than so many bytes of the host's disk or memory; it is not done.  With `board` of the former. */
void disk_image_limit_growth(struct disk_image *image, u64 bytes, void (*grown)(void *board, const char *sentence));
bool disk_image_try_again(const struct disk_image *image);       /* after an operation that was false: what he answered */

/* The medium is larger than its file: what is missing reads as zeros, and writing there lengthens the file.  Leaves a
 * notice.  Nothing happens to other forms of images and to those that are as long. */
void disk_image_lengthen(struct disk_image *image, u64 sectors);

u64 disk_image_sectors(const struct disk_image *image);  /* of 512 bytes */
bool disk_image_read_only(const struct disk_image *image);
bool disk_image_is_volatile(const struct disk_image *image);
const char *disk_image_path(const struct disk_image *image);
const char *disk_image_notice(const struct disk_image *image);   /* for the person at start; "" = nothing to say */

/* False when the range leaves the disk, the disk is read-only, or the host failed (then `failed` was called). */
bool disk_image_read(struct disk_image *image, u64 lba, u32 count, void *bytes);
bool disk_image_write(struct disk_image *image, u64 lba, u32 count, const void *bytes);
bool disk_image_flush(struct disk_image *image);         /* true only when all that was written is safe on the host's disk */

/* --- of a CD: an ISO image is a disc of one track --- */

const struct cd_disc *disk_image_disc(struct disk_image *image);
/* One block: the CD_FRAME_BYTES that cd_disc.h tells of.  As disk_image_read. */
bool disk_image_read_frame(struct disk_image *image, u32 lba, u8 *frame);

/* XXH3-64 of its contents, with what was written and is volatile or without; of one that is longer than most_bytes, of pieces at equal distances. */
u64 disk_image_hash(struct disk_image *image, bool with_volatile, u64 most_bytes);

/* The volatile part of the machine's state: every written sector, ascending, as 8 bytes of LBA and 512 of data. */
void disk_image_each_byte(const struct disk_image *image,
                          void (*sink)(void *context, const void *bytes, size_t size), void *context);
u64 disk_image_volatile_bytes(const struct disk_image *image);
void disk_image_limit_volatile(struct disk_image *image, u64 bytes);     /* 1 GiB unless told */
u64 disk_image_volatile_most(const struct disk_image *image);

/* --- clones: processes that share it                                                       doc: clones --- */

/* Each can have its own writes on top of it.  in_past: another moment than its file's is shown. */
bool disk_image_divides(const struct disk_image *image, bool in_past);
/* In one of them: what is written from now on stays in its memory, and nothing reaches the host.  False: the host has no memory. */
bool disk_image_part(struct disk_image *image, struct error *err);

/* --- moments: what was written to it up to then                                            doc: time-travel --- */

/* From now on it can be shown as it was; what that takes is counted in `store`.  False: the host has no memory, or its form cannot (volatile writes in a file). */
bool disk_image_keep_past(struct disk_image *image, struct page_store *store);
void disk_image_forget_past(struct disk_image *image);   /* at present */
/* This moment; page_tree_free gives it back. */
struct page_tree disk_image_moment(struct disk_image *image);
/* These are all moments of it that are left, ascending: memory that no other one took is given back. */
void disk_image_past_begins_at(struct disk_image *image, struct page_tree *const *moment, unsigned count);
u64 disk_image_past_bytes(const struct disk_image *image);       /* memory that moments of a volatile disk take; of others, `store` says it */
/* Another one is shown: the host's file is left alone until it is the present again. */
void disk_image_show(struct disk_image *image, const struct page_tree *moment);
/* The present is shown again: what was shown last must be it. */
void disk_image_return(struct disk_image *image);
/* What is shown is the present from now on: the host's file becomes it.  False: err says what failed, and nothing is another than before. */
bool disk_image_take_over(struct disk_image *image, struct error *err);

/* --- out of its drive, and shown in the past --- */

bool disk_image_may_rest(const struct disk_image *image);
bool disk_image_rest(struct disk_image *image);          /* open, and unlocked */
bool disk_image_is_as_it_rested(const struct disk_image *image);         /* nobody has changed its files */
bool disk_image_wake(struct disk_image *image);          /* locked again; false: somebody has it, or has changed it */
struct page_tree disk_image_nothing_written(struct disk_image *image);   /* its moment before the first write */
void disk_image_forget_volatile(struct disk_image *image);               /* as when it was opened */

/* --- to another process                                                                    doc: migration --- */

/* False: err says why what this image holds cannot be another process's. */
bool disk_image_may_move(const struct disk_image *image, struct error *err);
/* The host's files that it is made of, the topmost first. */
void disk_image_each_file(const struct disk_image *image, void (*one)(void *context, const struct image_file *file), void *context);
bool disk_image_has_file(const struct disk_image *image);        /* else it is the program's, or a folder */
/* Another process may open it while it is written here: nothing but sectors is in its files. */
bool disk_image_may_be_read_meanwhile(const struct disk_image *image);
void disk_image_depart(struct disk_image *image);        /* it is another process's now: closing it writes nothing */
/* Of a mirrored machine: writes wait in memory from now on.  Then those of a tick or before reach the file, or have reached it by somebody else's hand; the end
 * of it: what is still held is lost. */
bool disk_image_hold(struct disk_image *image, const struct held_wires *wires);
bool disk_image_write_held(struct disk_image *image, u64 tick, struct error *err);
bool disk_image_drop_held(struct disk_image *image, u64 tick, struct error *err);
void disk_image_hold_no_more(struct disk_image *image);
/* Another process has written to its files up to now: what they hold is read anew.  False: err says what is wrong with them. */
bool disk_image_reopen(struct disk_image *image, struct error *err);

#endif
