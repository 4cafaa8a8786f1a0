#ifndef ORRERY_NETWORK_FOLDER_H
#define ORRERY_NETWORK_FOLDER_H
/* A folder of the host that a guest may read: what was in it when the machine was built.   doc: network
 * A guest names a file by the list alone: nothing it says is ever a path of the host. */
#include <stddef.h>

#include "cpu/base/error.h"

enum { FOLDER_FILES = 4096, FOLDER_DEPTH = 8, FOLDER_NAME = 512, FOLDER_INDEX = FOLDER_FILES, FOLDER_NONE = FOLDER_FILES + 1 };

struct folder_file {
    char *name;                  /* from the folder on, with slashes */
    u64 size;
};

struct folder {
    int root;                    /* -1: none is named, and there are no files */
    struct folder_file *file;    /* by name */
    unsigned count;
    char *index;                 /* a page of links to all of them: FOLDER_INDEX */
    size_t index_size;
    int fd;                      /* derived: of the file that was read last */
    unsigned opened;
};

bool folder_open(struct folder *f, const char *path, const char *who, struct error *err);
void folder_close(struct folder *f);
unsigned folder_find(const struct folder *f, const char *name);                  /* "" is the index; FOLDER_NONE: no such file */
u64 folder_size(const struct folder *f, unsigned file);
/* False when the file is not what it was, or cannot be read. */
bool folder_read(struct folder *f, unsigned file, u64 offset, u8 *bytes, unsigned size);
/* XXH3-64 of names and contents, for the journal. */
u64 folder_hash(struct folder *f);

#endif
