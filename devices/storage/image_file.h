#ifndef ORRERY_STORAGE_IMAGE_FILE_H
#define ORRERY_STORAGE_IMAGE_FILE_H
/* A file of the host that holds a disk or a part of one: opened once, locked, read and written whole.   doc: disk-images */
#include <sys/types.h>
#include <time.h>

#include "cpu/base/error.h"
#include "cpu/base/types.h"

/* What becomes of a guest's writes. */
enum disk_image_mode {
    IMAGE_WRITABLE,              /* into the file; read-only, with a notice, when the file cannot be written */
    IMAGE_READ_ONLY,
    IMAGE_VOLATILE               /* into a bounded layer in memory, which is gone at the end */
};

/* The host's calls, each as the system call of that name: a test puts others in their place. */
struct image_host {
    ssize_t (*read)(void *context, void *bytes, size_t size, u64 offset);
    ssize_t (*write)(void *context, const void *bytes, size_t size, u64 offset);
    int (*sync)(void *context);
    int (*set_size)(void *context, u64 size);
    void (*close)(void *context);
};

struct image_file {
    const struct image_host *host;
    void *context;               /* of the host's calls */
    int fd;                      /* -1: not one of the host's */
    u64 size_bytes;
    bool read_only;
    int sync_error;              /* errno of the first sync that failed: what it should have made safe may be lost; 0: none did */
    int why_read_only;           /* errno of the refusal when it was to be written; 0: it was not */
    char *path, *what;           /* its name; the setting that names it in messages */
    char *temporary;             /* not published yet: the name that it has until then */
    struct timespec rested_at;   /* when it was last changed, when it was unlocked */
};

/* Opens and locks.  A writer locks everybody out, readers only writers.  NULL: err says what is wrong and what to do. */
struct image_file *image_file_open(const char *path, const char *what, enum disk_image_mode mode, struct error *err);

/* The same of a descriptor that somebody else has opened: it belongs to the file from now on, or is closed. */
struct image_file *image_file_adopt(int fd, const char *path, const char *what, enum disk_image_mode mode, struct error *err);

/* A new file beside `path`, without a name that anybody looks for until image_file_publish.  With `force`, what is at `path` is
 * replaced then, unless it is in use. */
struct image_file *image_file_create(const char *path, const char *what, bool force, struct error *err);
/* Safe on the host's disk, then `path` is its name: whole or not at all.  Without force nothing is replaced. */
bool image_file_publish(struct image_file *file, bool force, struct error *err);

/* It never gets a name, and is gone when it is closed or the program ends. */
void image_file_forget_name(struct image_file *file);

/* A file made of calls: a test's, or those of a stream; its name in messages. */
struct image_file *image_file_over(const struct image_host *host, void *context, u64 size_bytes);
struct image_file *image_file_over_named(const struct image_host *host, void *context, u64 size_bytes, const char *path, const char *what);

/* Others may have it; whether nobody has changed it since then, and its path is still its own; it is locked again, or somebody has it. */
void image_file_rest(struct image_file *file);
bool image_file_is_as_it_rested(const struct image_file *file);
bool image_file_wake(struct image_file *file);

void image_file_close(struct image_file *file);          /* NULL is allowed; one that was not published is gone */

/* All bytes, or false: err says what failed.  Reading past the end fails, writing there lengthens. */
bool image_file_read(struct image_file *file, u64 offset, size_t size, void *bytes, struct error *err);
bool image_file_write(struct image_file *file, u64 offset, size_t size, const void *bytes, struct error *err);
bool image_file_sync(struct image_file *file, struct error *err);                  /* true only after fdatasync succeeded */
bool image_file_set_size(struct image_file *file, u64 size_bytes, struct error *err);
bool image_file_find_size(struct image_file *file, struct error *err);             /* others may have made it longer */
u64 image_file_stored_bytes(const struct image_file *file);                        /* what it takes of the host's disk */

/* Always false: "WHAT: path="PATH": " and the sentence. */
bool image_file_fail(const struct image_file *file, struct error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
