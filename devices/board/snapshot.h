#ifndef ORRERY_BOARD_SNAPSHOT_H
#define ORRERY_BOARD_SNAPSHOT_H
/* A machine in a file.                                                                      doc: snapshots
 *
 *   magic[16]  version u32  0 u32  XXH3-64 of the configuration u64
 *   sections:  kind[16] name[24]  raw bytes u64  stored bytes u64  XXH3-64 of what is stored u64, then what is stored: a zstd frame
 *     config     the machine as directives
 *     schema     a line a field of its state: part field type count
 *     media      a line an image: name, volatile or not, sectors, XXH3-64 of its contents, path
 *     state      devices/board/state_image.h
 *     texts      how much each serial line and port E9 has sent, u64 each
 *     pages NAME u32 of their number; page u64, sectors held u8, 1 u8 and another page u64 when it is the same, else 0 and 0; then contents
 *     end        raw and stored 0; the hash is that of all hashes before it
 * A machine that goes to another process is a stream of the same sections (devices/board/passage.h).
 * All little-endian. */
#include "devices/board/checkpoint.h"
#include "devices/storage/image_file.h"

enum { SNAPSHOT_VERSION = 1, SNAPSHOT_HEAD = 32, SNAPSHOT_SECTION = 64, SNAPSHOT_KIND = 16, SNAPSHOT_NAME = 24, SNAPSHOT_PAGES = 2048, SNAPSHOT_RAW_MOST = 64 << 20 };
#define SNAPSHOT_MAGIC "orrery snapshot\n"

/* What a page entry takes before the contents. */
enum { SNAPSHOT_ENTRY = 18 };

struct snapshot_section {
    char kind[SNAPSHOT_KIND + 1], name[SNAPSHOT_NAME + 1];
    u64 stored_bytes, hash;
    u8 *raw;                     /* decompressed; the reader's */
    size_t raw_bytes;
};

/* What its sections call the texts of serial lines and port E9. */
extern const char *const snapshot_text_names[CHECKPOINT_TEXTS];

/* Goes through a file: every section, whole and with the right hash, up to the end.  False: err says what is wrong with it. */
struct snapshot_reader {
    struct image_file *file;
    u64 at;
    u64 hashes;                  /* of all sections so far */
    u64 config_hash;
    bool ended;
    bool stream;                 /* what follows the end is not there yet */
    struct snapshot_section section;
};
bool snapshot_open(struct snapshot_reader *reader, const char *path, struct error *err);
/* The head, of a file that is open already. */
bool snapshot_read_head(struct snapshot_reader *reader, struct error *err);
bool snapshot_is_its_configuration(const struct snapshot_reader *reader);        /* the section that was read last */
bool snapshot_next(struct snapshot_reader *reader, struct error *err);         /* false without an error: that was the end */
void snapshot_close(struct snapshot_reader *reader);

/* The pages of a section, one after the other. */
struct snapshot_page {
    u64 page, same_as;
    bool same;
    u8 held;
    const u8 *bytes;             /* NULL: those of same_as */
};
/* False: the section is no list of pages; err says so. */
bool snapshot_each_page(const struct snapshot_section *section, bool (*one)(void *context, const struct snapshot_page *page, struct error *err), void *context,
                        struct error *err);

/* What a machine's state consists of, a line a field; the caller frees it. */
char *snapshot_schema(const struct machine *m);
/* "ata0-master 0 2048 00112233aabbccdd /path": an image as it is now, without volatile writes.  in_files: contents of files are hashed too, else theirs
 * is 0. */
char *snapshot_media(struct machine *m, bool in_files);

/* --- writing --- */

struct snapshot_writer {
    struct machine *machine;
    struct image_file *file;     /* stays its opener's */
    u64 at, hashes;
    u8 *raw, *stored;
    size_t stored_room;
    u64 pages_done, pages_all;
    const struct snapshot_progress *progress;
    void (*meanwhile)(void *context);        /* between two sections of pages; NULL: nothing */
    void *context;
    struct error *err;
    bool failed;
    /* the tree that is written */
    const struct page_tree *tree;
    const char *name;
    u32 count;
    u8 *contents;                /* where the next page's go */
    u64 *seen;                   /* by hash: a page with such contents + 1; 0: none */
};

bool snapshot_writer_begin(struct snapshot_writer *w, struct machine *m, struct image_file *file, struct error *err);
void snapshot_writer_end(struct snapshot_writer *w);
bool snapshot_write_head(struct snapshot_writer *w, const char *config);
bool snapshot_write_section(struct snapshot_writer *w, const char *kind, const char *name, const void *raw, size_t raw_bytes);
bool snapshot_write_text(struct snapshot_writer *w, const char *kind, char *text);       /* which is freed; NULL: no memory */
/* All pages, or those that are not the same in `since`. */
bool snapshot_write_pages(struct snapshot_writer *w, const struct checkpoint *c, const struct checkpoint *since);
u64 snapshot_pages(struct machine *m, const struct checkpoint *c, const struct checkpoint *since);       /* how many */
bool snapshot_write_state(struct snapshot_writer *w, const struct checkpoint *c);
bool snapshot_write_end(struct snapshot_writer *w);

/* --- what comes in, into a checkpoint beside the machine --- */

struct restoring {
    struct machine *machine;
    struct page_store store;
    struct checkpoint *checkpoint;
    char *media;
    bool has_config, has_schema, has_state, has_texts;
    bool lacks_perturb;          /* nothing varied when it was taken: that begins now */
    /* the tree that a section is of */
    struct page_tree *tree;
    u64 pages;                   /* it has at most */
    u64 *room;                   /* pages that may still come, of a disk; NULL: as many as there are */
    u64 disk_room[CHECKPOINT_DISKS];
    const char *name;            /* the section's */
};

bool restoring_begin(struct restoring *r, struct machine *m, struct error *err);
bool restoring_take(struct restoring *r, const struct snapshot_reader *reader, struct error *err);
bool restoring_media_agree(struct restoring *r, bool in_files, struct error *err);
bool restoring_is_whole(struct restoring *r, const char *path, struct error *err);       /* and possible; nothing has changed */
void restoring_end(struct restoring *r);

#endif
