#define _GNU_SOURCE                      /* F_OFD_SETLK */
#include "devices/storage/disk_image.h"

/* Raw images.                                                                            doc: disk-images
 * Files are locked with OFD locks on their own descriptor: the lock goes when the descriptor goes, whatever happens. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/storage/overlay.h"

#define OVERLAY_LIMIT (1ull << 30)

struct disk_image {
    int fd;                              /* -1: memory */
    const u8 *memory;
    struct overlay *overlay;             /* NULL: writes go to the file */
    u64 sectors;
    u64 held;                            /* sectors that the file had when it was opened; what follows reads as zeros */
    bool read_only;
    char *path, *what;
    char notice[IMAGE_NOTICE];
    void (*failed)(void *board, const char *sentence);
    void *board;
};

/* --- opening --- */

/* Files that hold a disk in another form, by their first bytes. */
static const struct container {
    const char *magic, *name, *convert;
} containers[] = {
    { "QFI\xfb",             "qcow2", "qcow2" },
    { "KDMV",                "VMDK",  "vmdk" },
    { "COWD",                "VMDK",  "vmdk" },
    { "conectix",            "VHD",   "vpc" },
    { "vhdxfile",            "VHDX",  "vhdx" },
    { "<<< Oracle VM Virtu", "VDI",   "vdi" },
    { "<<< Sun VirtualBox",  "VDI",   "vdi" },
};

static bool refuse_container(const struct disk_image *image, struct error *err)
{
    char head[32] = { 0 };

    if (pread(image->fd, head, sizeof head, 0) < 0)
        return fail(err, "%s: path=\"%s\": cannot be read: %s", image->what, image->path, strerror(errno));
    for (unsigned i = 0; i < ARRAY_COUNT(containers); i++) {
        const struct container *c = &containers[i];
        if (!memcmp(head, c->magic, strlen(c->magic)))
            return fail(err, "%s: path=\"%s\": a %s image, not a raw one; convert it with: "
                        "qemu-img convert -f %s -O raw FILE FILE.img", image->what, image->path, c->name, c->convert);
    }
    return true;
}

static bool open_failed(const struct disk_image *image, struct error *err)
{
    switch (errno) {
    case ENOENT:
        return fail(err, "%s: path=\"%s\": no such file; create it with: orrery image create %s SIZE",
                    image->what, image->path, image->path);
    case EISDIR:
        return fail(err, "%s: path=\"%s\": is a directory; name an image file in it", image->what, image->path);
    case EACCES:
        return fail(err, "%s: path=\"%s\": may not be read; change its permissions (chmod u+rw)", image->what, image->path);
    default:
        return fail(err, "%s: path=\"%s\": cannot be opened: %s", image->what, image->path, strerror(errno));
    }
}

static bool only_not_writable(int error)
{
    return error == EACCES || error == EPERM || error == EROFS || error == ETXTBSY;
}

/* O_NONBLOCK: a FIFO must not hold the program up before it is refused. */
static bool open_file(struct disk_image *image, enum disk_image_mode mode, struct error *err)
{
    enum { FLAGS = O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

    if (mode == IMAGE_WRITABLE) {
        image->fd = open(image->path, O_RDWR | FLAGS);
        if (image->fd >= 0) return true;
        if (!only_not_writable(errno)) return open_failed(image, err);
        snprintf(image->notice, sizeof image->notice,
                 "%s: path=\"%s\": cannot be written (%s); the guest finds a read-only disk: use mode=volatile, or chmod u+w",
                 image->what, image->path, strerror(errno));
    }
    image->read_only = mode != IMAGE_VOLATILE;
    image->fd = open(image->path, O_RDONLY | FLAGS);
    return image->fd >= 0 || open_failed(image, err);
}

static bool find_size(struct disk_image *image, unsigned unit_bytes, struct error *err)
{
    struct stat st;
    off_t size = -1;

    if (fstat(image->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return open_failed(image, err);
    }
    if (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) size = lseek(image->fd, 0, SEEK_END);
    if (size < 0)
        return fail(err, "%s: path=\"%s\": is neither a file nor a disk of the host", image->what, image->path);
    if (size == 0)
        return fail(err, "%s: path=\"%s\": is empty; remove it and create an image with: orrery image create %s SIZE",
                    image->what, image->path, image->path);
    if (size % unit_bytes && unit_bytes == CD_SECTOR_BYTES && size % 2352 == 0)
        return fail(err, "%s: path=\"%s\": holds raw CD sectors of 2352 bytes; convert it to an ISO image of 2048-byte "
                    "sectors (bchunk, ccd2iso)", image->what, image->path);
    if (size % unit_bytes)
        return fail(err, "%s: path=\"%s\": %lld bytes are no multiple of %u: the file is truncated, or not a raw image",
                    image->what, image->path, (long long)size, unit_bytes);
    image->held = image->sectors = (u64)size / SECTOR_BYTES;
    if (image->sectors > OVERLAY_SECTORS)
        return fail(err, "%s: path=\"%s\": is larger than 1 PiB", image->what, image->path);
    return true;
}

/* A writer locks everybody out, readers only writers.  File systems without locks are used without one. */
static bool lock_file(const struct disk_image *image, struct error *err)
{
    bool writes = !image->read_only && !image->overlay;
    struct flock lock = { .l_type = writes ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET };

    if (fcntl(image->fd, F_OFD_SETLK, &lock) == 0) return true;
    if (errno != EAGAIN && errno != EACCES) return true;
    return fail(err, "%s: path=\"%s\": is in use by another machine or program; close that one, or copy the image",
                image->what, image->path);
}

/* ISO 9660: the primary volume descriptor says how long the volume is. */
static void notice_short_volume(struct disk_image *image)
{
    u8 pvd[CD_SECTOR_BYTES];
    u64 blocks = image->sectors / 4;

    if (blocks <= 16 || pread(image->fd, pvd, sizeof pvd, 16 * CD_SECTOR_BYTES) != sizeof pvd) return;
    if (pvd[0] != 1 || memcmp(pvd + 1, "CD001", 5) || get32(pvd + 80) <= blocks) return;
    snprintf(image->notice, sizeof image->notice,
             "%s: path=\"%s\": holds %llu of the %u blocks its volume descriptor names: the file is truncated",
             image->what, image->path, (unsigned long long)blocks, get32(pvd + 80));
}

static bool open_all(struct disk_image *image, enum disk_image_mode mode, unsigned unit_bytes, struct error *err)
{
    if (!image->path || !image->what) return fail(err, "out of memory");
    if (!open_file(image, mode, err) || !find_size(image, unit_bytes, err) || !refuse_container(image, err)) return false;
    if (mode == IMAGE_VOLATILE && !(image->overlay = overlay_create(OVERLAY_LIMIT))) return fail(err, "out of memory");
    if (!lock_file(image, err)) return false;
    if (unit_bytes == CD_SECTOR_BYTES) notice_short_volume(image);
    return true;
}

struct disk_image *disk_image_open(const char *path, const char *what, enum disk_image_mode mode, unsigned unit_bytes,
                                   struct error *err)
{
    struct disk_image *image = calloc(1, sizeof *image);

    if (!image) {
        fail(err, "out of memory");
        return NULL;
    }
    image->fd = -1;
    image->path = strdup(path);
    image->what = strdup(what);
    if (open_all(image, mode, unit_bytes, err)) return image;
    disk_image_close(image);
    return NULL;
}

struct disk_image *disk_image_open_memory(const u8 *bytes, u64 size)
{
    struct disk_image *image = size % SECTOR_BYTES || !size ? NULL : calloc(1, sizeof *image);

    if (!image) return NULL;
    image->fd = -1;
    image->memory = bytes;
    image->held = image->sectors = size / SECTOR_BYTES;
    image->path = strdup("builtin");
    image->what = strdup("built-in disk");
    image->overlay = overlay_create(OVERLAY_LIMIT);
    if (image->path && image->what && image->overlay) return image;
    disk_image_close(image);
    return NULL;
}

void disk_image_close(struct disk_image *image)
{
    if (!image) return;
    if (image->fd >= 0) close(image->fd);
    overlay_destroy(image->overlay);
    free(image->path);
    free(image->what);
    free(image);
}

void disk_image_on_failure(struct disk_image *image, void (*failed)(void *board, const char *sentence), void *board)
{
    image->failed = failed;
    image->board = board;
}

void disk_image_lengthen(struct disk_image *image, u64 sectors)
{
    if (image->memory || sectors <= image->sectors) return;
    size_t used = strlen(image->notice);
    snprintf(image->notice + used, sizeof image->notice - used, "%s%s: path=\"%s\": %llu sectors of %llu are there; the rest reads as zeros until it is written",
             used ? "\n" : "", image->what, image->path, (unsigned long long)image->sectors, (unsigned long long)sectors);
    image->sectors = sectors;
}

u64 disk_image_sectors(const struct disk_image *image) { return image->sectors; }
bool disk_image_read_only(const struct disk_image *image) { return image->read_only; }
bool disk_image_is_volatile(const struct disk_image *image) { return image->overlay; }
const char *disk_image_path(const struct disk_image *image) { return image->path; }
const char *disk_image_notice(const struct disk_image *image) { return image->notice; }

/* --- sectors --- */

static bool host_failed(const struct disk_image *image, const char *doing, const char *why)
{
    char sentence[IMAGE_NOTICE + 256];

    snprintf(sentence, sizeof sentence, "%s: path=\"%s\": %s failed: %s", image->what, image->path, doing, why);
    if (image->failed) image->failed(image->board, sentence);
    return false;
}

static bool in_range(const struct disk_image *image, u64 lba, u32 count)
{
    return lba <= image->sectors && count <= image->sectors - lba;
}

static bool read_file(const struct disk_image *image, u64 offset, size_t size, u8 *bytes)
{
    while (size) {
        ssize_t got = pread(image->fd, bytes, size, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return host_failed(image, "reading", strerror(errno));
        if (got == 0 && offset >= image->held * SECTOR_BYTES) {
            memset(bytes, 0, size);
            return true;
        }
        if (got == 0) return host_failed(image, "reading", "the file has become shorter since it was opened");
        bytes += got, offset += (u64)got, size -= (size_t)got;
    }
    return true;
}

static bool write_file(const struct disk_image *image, u64 offset, size_t size, const u8 *bytes)
{
    while (size) {
        ssize_t put = pwrite(image->fd, bytes, size, (off_t)offset);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return host_failed(image, "writing", strerror(errno));
        if (put == 0) return host_failed(image, "writing", "the host takes no more bytes");
        bytes += put, offset += (u64)put, size -= (size_t)put;
    }
    return true;
}

bool disk_image_read(struct disk_image *image, u64 lba, u32 count, void *bytes)
{
    u8 *to = bytes;
    size_t size = (size_t)count * SECTOR_BYTES;

    if (!in_range(image, lba, count)) return false;
    if (image->memory) memcpy(to, image->memory + lba * SECTOR_BYTES, size);
    else if (!read_file(image, lba * SECTOR_BYTES, size, to)) return false;
    if (!image->overlay || !overlay_bytes(image->overlay)) return true;
    for (u32 i = 0; i < count; i++) {
        const u8 *written = overlay_get(image->overlay, lba + i);
        if (written) memcpy(to + (size_t)i * SECTOR_BYTES, written, SECTOR_BYTES);
    }
    return true;
}

bool disk_image_write(struct disk_image *image, u64 lba, u32 count, const void *bytes)
{
    const u8 *from = bytes;

    if (!in_range(image, lba, count) || image->read_only) return false;
    if (!image->overlay) return write_file(image, lba * SECTOR_BYTES, (size_t)count * SECTOR_BYTES, from);
    for (u32 i = 0; i < count; i++)
        if (!overlay_put(image->overlay, lba + i, from + (size_t)i * SECTOR_BYTES))
            return host_failed(image, "writing", "the memory for volatile writes is full; use a copy of the image with mode=flat");
    return true;
}

bool disk_image_flush(struct disk_image *image)
{
    if (image->fd < 0 || image->read_only || image->overlay) return true;
    return fdatasync(image->fd) == 0 || host_failed(image, "flushing", strerror(errno));
}

/* --- state --- */

struct byte_walk {
    void (*sink)(void *context, const void *bytes, size_t size);
    void *context;
};

static void each_sector(void *context, u64 lba, const u8 *bytes)
{
    const struct byte_walk *walk = context;
    u8 number[8];

    put64(number, lba);
    walk->sink(walk->context, number, sizeof number);
    walk->sink(walk->context, bytes, SECTOR_BYTES);
}

void disk_image_each_byte(const struct disk_image *image,
                          void (*sink)(void *context, const void *bytes, size_t size), void *context)
{
    struct byte_walk walk = { sink, context };
    if (image->overlay) overlay_each(image->overlay, each_sector, &walk);
}

u64 disk_image_overlay_bytes(const struct disk_image *image)
{
    return image->overlay ? overlay_bytes(image->overlay) : 0;
}

void disk_image_limit_overlay(struct disk_image *image, u64 bytes)
{
    if (image->overlay) overlay_set_limit(image->overlay, bytes);
}

/* --- creating --- */

bool image_create_raw(const char *path, u64 size_bytes, struct error *err)
{
    if (!size_bytes || size_bytes % SECTOR_BYTES || size_bytes > OVERLAY_SECTORS * SECTOR_BYTES)
        return fail(err, "%s: %llu bytes: an image has a multiple of 512 bytes, at most 1 PiB", path, (unsigned long long)size_bytes);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST)
        return fail(err, "%s: exists already and is left as it is; remove it or choose another name", path);
    if (fd < 0) return fail(err, "%s: cannot be created: %s", path, strerror(errno));
    int failed = ftruncate(fd, (off_t)size_bytes) ? errno : 0;
    if (close(fd) && !failed) failed = errno;
    if (!failed) return true;
    unlink(path);
    return fail(err, "%s: cannot be made %llu bytes long: %s", path, (unsigned long long)size_bytes, strerror(failed));
}
