#include "devices/storage/image_file.h"

/* Files of images.                                                                       doc: disk-images
 * They are locked with OFD locks on their own descriptor: the lock goes when the descriptor goes, whatever happens. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the host's calls --- */

static int fd_of(void *context) { return ((struct image_file *)context)->fd; }
static ssize_t host_read(void *context, void *bytes, size_t size, u64 offset) { return pread(fd_of(context), bytes, size, (off_t)offset); }
static ssize_t host_write(void *context, const void *bytes, size_t size, u64 offset) { return pwrite(fd_of(context), bytes, size, (off_t)offset); }
static int host_sync(void *context) { return fdatasync(fd_of(context)); }
static int host_set_size(void *context, u64 size) { return ftruncate(fd_of(context), (off_t)size); }
static void host_close(void *context) { close(fd_of(context)); }

static const struct image_host host_calls = {
    .read = host_read, .write = host_write, .sync = host_sync, .set_size = host_set_size, .close = host_close,
};

static struct image_file *new_file(const char *path, const char *what, struct error *err)
{
    struct image_file *file = calloc(1, sizeof *file);

    if (file) *file = (struct image_file){ .host = &host_calls, .context = file, .fd = -1, .path = strdup(path), .what = strdup(what) };
    if (file && file->path && file->what) return file;
    image_file_close(file);
    fail(err, "%s: path=\"%s\": out of memory", what, path);
    return NULL;
}

struct image_file *image_file_over(const struct image_host *host, void *context, u64 size_bytes)
{
    return image_file_over_named(host, context, size_bytes, "made of calls", "image");
}

struct image_file *image_file_over_named(const struct image_host *host, void *context, u64 size_bytes, const char *path, const char *what)
{
    struct error err = { 0 };
    struct image_file *file = new_file(path, what, &err);

    if (!file) return NULL;
    file->host = host;
    file->context = context;
    file->size_bytes = size_bytes;
    return file;
}

void image_file_close(struct image_file *file)
{
    if (!file) return;
    if (file->temporary) unlink(file->temporary);
    if (file->fd >= 0 || file->host != &host_calls) file->host->close(file->context);
    free(file->temporary);
    free(file->path);
    free(file->what);
    free(file);
}

bool image_file_fail(const struct image_file *file, struct error *err, const char *format, ...)
{
    char sentence[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return fail(err, "%s: path=\"%s\": %s", file->what, file->path, sentence);
}

/* --- opening --- */

static bool open_failed(const struct image_file *file, struct error *err)
{
    switch (errno) {
    case ENOENT: return image_file_fail(file, err, "no such file; create it with: orrery image create %s SIZE", file->path);
    case EISDIR: return image_file_fail(file, err, "is a directory; name an image file in it, or show it to the guest with mode=vvfat");
    case EACCES: return image_file_fail(file, err, "may not be read; change its permissions (chmod u+rw)");
    default: return image_file_fail(file, err, "cannot be opened: %s", strerror(errno));
    }
}

static bool only_not_writable(int error)
{
    return error == EACCES || error == EPERM || error == EROFS || error == ETXTBSY;
}

/* O_NONBLOCK: a FIFO must not hold the program up before it is refused. */
static bool open_descriptor(struct image_file *file, enum disk_image_mode mode, struct error *err)
{
    enum { FLAGS = O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

    if (mode == IMAGE_WRITABLE) {
        file->fd = open(file->path, O_RDWR | FLAGS);
        if (file->fd >= 0) return true;
        if (!only_not_writable(errno)) return open_failed(file, err);
        file->why_read_only = errno;
    }
    file->read_only = true;
    file->fd = open(file->path, O_RDONLY | FLAGS);
    return file->fd >= 0 || open_failed(file, err);
}

bool image_file_find_size(struct image_file *file, struct error *err)
{
    struct stat st;
    off_t size = -1;

    if (file->fd < 0) return true;
    if (fstat(file->fd, &st)) return image_file_fail(file, err, "cannot be looked at: %s", strerror(errno));
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return open_failed(file, err);
    }
    if (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) size = lseek(file->fd, 0, SEEK_END);
    if (size < 0) return image_file_fail(file, err, "is neither a file nor a disk of the host");
    file->size_bytes = (u64)size;
    return true;
}

/* File systems without locks are used without one. */
static bool lock(const struct image_file *file, struct error *err)
{
    struct flock all = { .l_type = file->read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl(file->fd, F_OFD_SETLK, &all) == 0) return true;
    if (errno != EAGAIN && errno != EACCES) return true;
    return image_file_fail(file, err, "is in use by another machine or program; close that one, or copy the image");
}

struct image_file *image_file_open(const char *path, const char *what, enum disk_image_mode mode, struct error *err)
{
    struct image_file *file = new_file(path, what, err);

    if (file && open_descriptor(file, mode, err) && image_file_find_size(file, err) && lock(file, err)) return file;
    image_file_close(file);
    return NULL;
}

struct image_file *image_file_adopt(int fd, const char *path, const char *what, enum disk_image_mode mode, struct error *err)
{
    struct image_file *file = new_file(path, what, err);
    int flags = fcntl(fd, F_GETFL);

    if (!file) {
        close(fd);
        return NULL;
    }
    file->fd = fd;
    file->read_only = mode != IMAGE_WRITABLE || (flags & O_ACCMODE) == O_RDONLY;
    if (mode == IMAGE_WRITABLE && file->read_only) file->why_read_only = EACCES;
    bool ok = flags >= 0 && ((flags & O_ACCMODE) != O_WRONLY || image_file_fail(file, err, "was given without the right to read it"));
    /* the giver's lock stays what it is: one that may write is not made one that reads */
    bool locks = (flags & O_ACCMODE) == O_RDONLY || mode == IMAGE_WRITABLE;
    if (ok && image_file_find_size(file, err) && (!locks || lock(file, err))) return file;
    image_file_close(file);
    return NULL;
}

/* --- new files --- */

static bool exists_already(const struct image_file *file, struct error *err)
{
    return image_file_fail(file, err, "exists already and is left as it is; choose another name, or replace it with --force");
}

/* What stands there may be replaced: a file that nobody writes.  Who reads it keeps what he has. */
static bool may_replace(const struct image_file *file, bool force, struct error *err)
{
    struct stat st;

    if (lstat(file->path, &st)) return true;
    if (!force) return exists_already(file, err);
    if (!S_ISREG(st.st_mode)) return image_file_fail(file, err, "is no plain file: nothing is put in its place");
    struct image_file *there = image_file_open(file->path, file->what, IMAGE_READ_ONLY, err);
    image_file_close(there);
    return there;
}

static const char *name_of(const struct image_file *file)
{
    const char *slash = strrchr(file->path, '/');
    return slash ? slash + 1 : file->path;
}

static char *folder_of(const struct image_file *file)
{
    const char *name = name_of(file);
    return name > file->path ? strndup(file->path, (size_t)(name - file->path)) : strdup(".");
}

/* In its folder, so that giving it its name is one step of the file system.  Free what is returned; NULL: no memory. */
static char *beside(const struct image_file *file, const char *prefix, const char *name, const char *suffix)
{
    char *path = NULL;
    return asprintf(&path, "%.*s%s%s%s", (int)(name_of(file) - file->path), file->path, prefix, name, suffix) < 0 ? NULL : path;
}

#define TEMPORARY_SUFFIX ".XXXXXX"

static bool is_temporary_of(const struct image_file *file, const char *name)
{
    const char *last = name_of(file);
    size_t length = strlen(last);

    return name[0] == '.' && !strncmp(name + 1, last, length) && strlen(name + 1 + length) == strlen(TEMPORARY_SUFFIX) && name[1 + length] == '.' && !strchr(name + 2 + length, '.');
}

/* Whoever makes a file has a lock on it: without one, it is what a program that was killed has left. */
static void remove_left(const char *path)
{
    struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    struct stat st;

    if (fd < 0) return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fcntl(fd, F_OFD_SETLK, &all) == 0) unlink(path);
    close(fd);
}

static void remove_what_was_left(const struct image_file *file)
{
    char *folder = folder_of(file);
    DIR *list = folder ? opendir(folder) : NULL;

    for (const struct dirent *entry; list && (entry = readdir(list));) {
        char *path = is_temporary_of(file, entry->d_name) ? beside(file, "", entry->d_name, "") : NULL;
        if (path) remove_left(path);
        free(path);
    }
    if (list) closedir(list);
    free(folder);
}

/* Who tidies up at this moment may have taken it for one that was left. */
static bool is_still_there(const struct image_file *file)
{
    struct stat st;
    return fstat(file->fd, &st) == 0 && st.st_nlink;
}

static bool open_temporary(struct image_file *file, struct error *err)
{
    enum { TRIES = 10 };

    remove_what_was_left(file);
    for (unsigned n = 0; n < TRIES; n++) {
        struct error taken = { 0 };
        file->temporary = beside(file, ".", name_of(file), TEMPORARY_SUFFIX);
        if (!file->temporary) return image_file_fail(file, err, "out of memory");
        file->fd = mkostemp(file->temporary, O_CLOEXEC);
        if (file->fd < 0) {
            int why = errno;
            free(file->temporary);
            file->temporary = NULL;
            return image_file_fail(file, err, "cannot be created: %s", strerror(why));
        }
        if (lock(file, &taken) && is_still_there(file)) break;
        close(file->fd);
        free(file->temporary);
        file->temporary = NULL;
        file->fd = -1;
    }
    if (file->fd < 0) return image_file_fail(file, err, "cannot be created: another program removes it at once");
    mode_t mask = umask(0);
    umask(mask);
    fchmod(file->fd, 0666 & ~mask);
    return true;
}

struct image_file *image_file_create(const char *path, const char *what, bool force, struct error *err)
{
    struct image_file *file = new_file(path, what, err);

    if (file && may_replace(file, force, err) && open_temporary(file, err)) return file;
    image_file_close(file);
    return NULL;
}

void image_file_forget_name(struct image_file *file)
{
    unlink(file->temporary);
    free(file->temporary);
    file->temporary = NULL;
}

/* The name is safe when the folder is. */
static bool sync_folder(const struct image_file *file, struct error *err)
{
    char *folder = folder_of(file);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);      /* EINVAL: file systems whose folders need no such thing */
    int why = errno;

    if (fd >= 0) close(fd);
    free(folder);
    return ok || image_file_fail(file, err, "its folder cannot be written out: %s", strerror(why));
}

bool image_file_publish(struct image_file *file, bool force, struct error *err)
{
    if (fsync(file->fd)) return image_file_fail(file, err, "writing failed: %s", strerror(errno));
    int failed = renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, force ? 0 : RENAME_NOREPLACE);
    if (failed && errno == EINVAL && !force) {               /* a file system without this kind of rename */
        failed = link(file->temporary, file->path);
        if (!failed) unlink(file->temporary);
    }
    if (failed && errno == EEXIST) return exists_already(file, err);
    if (failed) return image_file_fail(file, err, "cannot be created: %s", strerror(errno));
    free(file->temporary);
    file->temporary = NULL;
    return sync_folder(file, err);
}

/* --- bytes --- */

bool image_file_read(struct image_file *file, u64 offset, size_t size, void *bytes, struct error *err)
{
    u8 *to = bytes;

    while (size) {
        ssize_t got = file->host->read(file->context, to, size, offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return image_file_fail(file, err, "reading failed: %s", strerror(errno));
        if (got == 0) return image_file_fail(file, err, "reading failed: the file has become shorter since it was opened");
        to += got, offset += (u64)got, size -= (size_t)got;
    }
    return true;
}

bool image_file_write(struct image_file *file, u64 offset, size_t size, const void *bytes, struct error *err)
{
    const u8 *from = bytes;

    while (size) {
        ssize_t put = file->host->write(file->context, from, size, offset);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return image_file_fail(file, err, "writing failed: %s", strerror(errno));
        if (put == 0) return image_file_fail(file, err, "writing failed: the host takes no more bytes");
        from += put, offset += (u64)put, size -= (size_t)put;
        if (offset > file->size_bytes) file->size_bytes = offset;
    }
    return true;
}

/* The host says once that it could not write, and then forgets what it could not write. */
bool image_file_sync(struct image_file *file, struct error *err)
{
    if (!file->sync_error && file->host->sync(file->context)) file->sync_error = errno;
    return !file->sync_error || image_file_fail(file, err, "flushing failed: %s; what was written since the last flush may be lost", strerror(file->sync_error));
}

bool image_file_set_size(struct image_file *file, u64 size_bytes, struct error *err)
{
    if (file->host->set_size(file->context, size_bytes))
        return image_file_fail(file, err, "cannot be made %llu bytes long: %s", (unsigned long long)size_bytes, strerror(errno));
    file->size_bytes = size_bytes;
    return true;
}

u64 image_file_stored_bytes(const struct image_file *file)
{
    struct stat st;
    return file->fd >= 0 && fstat(file->fd, &st) == 0 ? (u64)st.st_blocks * 512 : file->size_bytes;
}

/* --- unlocked for a while --- */

void image_file_rest(struct image_file *file)
{
    struct flock none = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
    struct stat st;

    if (file->fd < 0 || fstat(file->fd, &st)) return;
    file->rested_at = st.st_mtim;
    fcntl(file->fd, F_OFD_SETLK, &none);
}

bool image_file_is_as_it_rested(const struct image_file *file)
{
    struct stat open, named;

    if (file->fd < 0) return true;
    if (fstat(file->fd, &open) || stat(file->path, &named)) return false;
    return open.st_ino == named.st_ino && open.st_dev == named.st_dev && (u64)open.st_size == file->size_bytes && open.st_mtim.tv_sec == file->rested_at.tv_sec &&
           open.st_mtim.tv_nsec == file->rested_at.tv_nsec;
}

bool image_file_wake(struct image_file *file)
{
    struct error err = { 0 };
    return image_file_is_as_it_rested(file) && (file->fd < 0 || lock(file, &err));
}
