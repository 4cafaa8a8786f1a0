#include "devices/network/folder.h"
#include "cpu/base/allocated.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xxhash.h>

enum { HASH_CHUNK = 65536 };

/* --- the list --- */

struct scan {
    struct folder *folder;
    const char *who, *path;
    struct error *err;
    struct stat inside[FOLDER_DEPTH];    /* the folders from the outermost to the one that is read */
};

/* A name below the root, to which links may lead as long as they stay there themselves. */
static int open_beneath(int root, const char *name, int flags)
{
    struct open_how how = { .flags = (u64)(flags | O_CLOEXEC), .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
    return (int)syscall(SYS_openat2, root, name, &how, sizeof how);
}

static bool add_file(struct scan *s, const char *name, u64 size)
{
    struct folder *f = s->folder;

    if (f->count == FOLDER_FILES) return fail(s->err, "%s: ethdev=\"%s\": has more than %d files; name a smaller folder", s->who, s->path, FOLDER_FILES);
    f->file[f->count++] = (struct folder_file){ allocated(strdup(name)), size };
    return true;
}

static bool scan_folder(struct scan *s, const char *prefix, unsigned depth);

/* A link that leads to a folder in which it lies would have no end. */
static bool add_entry(struct scan *s, const char *name, unsigned depth)
{
    char inner[FOLDER_NAME + 1];
    struct stat st;
    int fd = open_beneath(s->folder->root, name, O_PATH);
    bool there = fd >= 0 && fstat(fd, &st) == 0;

    if (fd >= 0) close(fd);
    if (!there) return true;
    if (S_ISREG(st.st_mode)) return add_file(s, name, (u64)st.st_size);
    if (!S_ISDIR(st.st_mode) || depth == FOLDER_DEPTH) return true;
    for (unsigned i = 0; i < depth; i++)
        if (s->inside[i].st_dev == st.st_dev && s->inside[i].st_ino == st.st_ino) return true;
    snprintf(inner, sizeof inner, "%s/", name);
    return scan_folder(s, inner, depth + 1);
}

static bool scan_folder(struct scan *s, const char *prefix, unsigned depth)
{
    int fd = open_beneath(s->folder->root, prefix[0] ? prefix : ".", O_RDONLY | O_DIRECTORY);
    DIR *dir = fd < 0 || fstat(fd, &s->inside[depth - 1]) ? NULL : fdopendir(fd);
    bool ok = true;

    if (!dir && fd >= 0) close(fd);
    if (!dir && depth > 1) return true;          /* one that may not be read is as if it were empty */
    if (!dir) return fail(s->err, "%s: ethdev=\"%s\": %s", s->who, s->path, strerror(errno));
    for (struct dirent *e; ok && (e = readdir(dir));) {
        char name[FOLDER_NAME];
        if (e->d_name[0] != '.' && snprintf(name, sizeof name, "%s%s", prefix, e->d_name) < (int)sizeof name) ok = add_entry(s, name, depth);
    }
    closedir(dir);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct folder_file *)a)->name, ((const struct folder_file *)b)->name);
}

/* RFC 1738: what is not plain stands as %XX, in the link and in its text. */
static void put_name(FILE *page, const char *name)
{
    for (; *name; name++) {
        bool plain = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') || strchr("/._-", *name);
        if (plain) fputc(*name, page);
        else fprintf(page, "%%%02X", (u8)*name);
    }
}

static void make_index(struct folder *f)
{
    FILE *page = allocated(open_memstream(&f->index, &f->index_size));

    fputs("<!DOCTYPE html>\n<title>vnet</title>\n", page);
    for (unsigned i = 0; i < f->count; i++) {
        fputs("<a href=\"/", page);
        put_name(page, f->file[i].name);
        fputs("\">", page);
        put_name(page, f->file[i].name);
        fprintf(page, "</a> %llu bytes<br>\n", (unsigned long long)f->file[i].size);
    }
    fclose(page);
}

bool folder_open(struct folder *f, const char *path, const char *who, struct error *err)
{
    struct scan s = { .folder = f, .who = who, .path = path, .err = err };

    *f = (struct folder){ .root = -1, .fd = -1 };
    f->file = allocated(calloc(FOLDER_FILES, sizeof *f->file));
    bool ok = true;
    if (path[0]) {
        f->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (f->root < 0) return fail(err, "%s: ethdev=\"%s\": %s; name a folder that the guest may read", who, path, strerror(errno));
        ok = scan_folder(&s, "", 1);
    }
    qsort(f->file, f->count, sizeof *f->file, by_name);
    make_index(f);
    return ok;
}

void folder_close(struct folder *f)
{
    for (unsigned i = 0; i < f->count; i++) free(f->file[i].name);
    free(f->file);
    free(f->index);
    if (f->fd >= 0) close(f->fd);
    if (f->root >= 0) close(f->root);
    *f = (struct folder){ .root = -1, .fd = -1 };
}

unsigned folder_find(const struct folder *f, const char *name)
{
    unsigned low = 0, high = f->count;

    if (!*name) return FOLDER_INDEX;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(name, f->file[middle].name);
        if (!order) return middle;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return FOLDER_NONE;
}

u64 folder_size(const struct folder *f, unsigned file)
{
    if (file == FOLDER_INDEX) return f->index_size;
    return file < f->count ? f->file[file].size : 0;
}

/* --- contents --- */

static bool select_file(struct folder *f, unsigned file)
{
    struct stat st;

    if (f->fd >= 0 && f->opened == file) return true;
    if (f->fd >= 0) close(f->fd);
    f->fd = open_beneath(f->root, f->file[file].name, O_RDONLY | O_NONBLOCK);
    f->opened = file;
    if (f->fd >= 0 && fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) && (u64)st.st_size == f->file[file].size) return true;
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
    return false;
}

bool folder_read(struct folder *f, unsigned file, u64 offset, u8 *bytes, unsigned size)
{
    u64 all = folder_size(f, file);

    if (offset > all || size > all - offset) return false;
    if (file == FOLDER_INDEX) return memcpy(bytes, f->index + offset, size), true;
    if (file >= f->count || !select_file(f, file)) return false;
    return pread(f->fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

u64 folder_hash(struct folder *f)
{
    XXH3_state_t *state = allocated(XXH3_createState());
    u8 *chunk = allocated(malloc(HASH_CHUNK));

    XXH3_64bits_reset(state);
    for (unsigned i = 0; i < f->count; i++) {
        XXH3_64bits_update(state, f->file[i].name, strlen(f->file[i].name) + 1);
        for (u64 at = 0; at < f->file[i].size; at += HASH_CHUNK) {
            unsigned size = (unsigned)(f->file[i].size - at < HASH_CHUNK ? f->file[i].size - at : HASH_CHUNK);
            if (folder_read(f, i, at, chunk, size)) XXH3_64bits_update(state, chunk, size);
        }
    }
    u64 hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    free(chunk);
    return hash;
}
