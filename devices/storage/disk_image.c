#define _GNU_SOURCE
#include "devices/storage/disk_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct disk_image {
    int fd;              /* -1: memory */
    u8 *memory;
    u64 size;
    bool read_only;
};

static bool lock(const char *who, const char *path, int fd, bool read_only, struct error *err)
{
    struct flock all = { .l_type = read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_OFD_SETLK, &all) == 0) return true;
    return fail(err, "%s: path=\"%s\": another program has the image open; close it, or use a copy", who, path);
}

static bool usable(const char *who, const char *path, int fd, unsigned sector_bytes, u64 *size, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st)) return fail(err, "%s: path=\"%s\": %s", who, path, strerror(errno));
    if (S_ISDIR(st.st_mode)) return fail(err, "%s: path=\"%s\" is a directory; name an image file", who, path);
    if (!S_ISREG(st.st_mode)) return fail(err, "%s: path=\"%s\" is no regular file; name an image file", who, path);
    if (st.st_size == 0) return fail(err, "%s: path=\"%s\" is empty; create it with: orrery image create", who, path);
    if (st.st_size % sector_bytes)
        return fail(err, "%s: path=\"%s\": %llu bytes are not a multiple of %u; the image is cut short", who, path, (unsigned long long)st.st_size, sector_bytes);
    *size = (u64)st.st_size;
    return true;
}

struct disk_image *disk_image_open(const char *who, const char *path, bool read_only, bool read_only_ok, unsigned sector_bytes, struct error *err)
{
    int fd = read_only ? -1 : open(path, O_RDWR | O_CLOEXEC);
    u64 size = 0;

    if (fd < 0 && (read_only || (read_only_ok && (errno == EACCES || errno == EROFS)))) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        read_only = true;
    }
    if (fd < 0) {
        fail(err, "%s: path=\"%s\": %s%s", who, path, strerror(errno), errno == ENOENT ? "; create it with: orrery image create FILE SIZE" : "");
        return NULL;
    }
    if (!usable(who, path, fd, sector_bytes, &size, err) || !lock(who, path, fd, read_only, err)) {
        close(fd);
        return NULL;
    }
    struct disk_image *image = malloc(sizeof *image);
    *image = (struct disk_image){ .fd = fd, .size = size, .read_only = read_only };
    return image;
}

struct disk_image *disk_image_open_memory(const u8 *bytes, u64 size)
{
    struct disk_image *image = malloc(sizeof *image);
    *image = (struct disk_image){ .fd = -1, .memory = malloc(size), .size = size };
    memcpy(image->memory, bytes, size);
    return image;
}

void disk_image_close(struct disk_image *image)
{
    if (!image) return;
    if (image->fd >= 0) close(image->fd);
    free(image->memory);
    free(image);
}

u64 disk_image_bytes(const struct disk_image *image) { return image->size; }
bool disk_image_read_only(const struct disk_image *image) { return image->read_only; }

static bool inside(const struct disk_image *image, u64 offset, u64 size)
{
    return offset <= image->size && size <= image->size - offset;
}

bool disk_image_read(struct disk_image *image, u64 offset, void *bytes, u64 size)
{
    if (!inside(image, offset, size)) return false;
    if (image->fd < 0) {
        memcpy(bytes, image->memory + offset, size);
        return true;
    }
    return pread(image->fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

bool disk_image_write(struct disk_image *image, u64 offset, const void *bytes, u64 size)
{
    if (image->read_only || !inside(image, offset, size)) return false;
    if (image->fd < 0) {
        memcpy(image->memory + offset, bytes, size);
        return true;
    }
    return pwrite(image->fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

bool disk_image_flush(struct disk_image *image)
{
    return image->fd < 0 || image->read_only || fdatasync(image->fd) == 0;
}

bool image_create_raw(const char *path, u64 size_bytes, struct error *err)
{
    if (size_bytes == 0 || size_bytes % SECTOR_BYTES)
        return fail(err, "%s: %llu bytes are not a whole number of %d-byte sectors", path, (unsigned long long)size_bytes, SECTOR_BYTES);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return fail(err, "%s: %s", path, errno == EEXIST ? "exists already; nothing was changed" : strerror(errno));
    bool done = ftruncate(fd, (off_t)size_bytes) == 0 && fsync(fd) == 0;
    int why = errno;
    close(fd);
    if (done) return true;
    unlink(path);
    return fail(err, "%s: %s", path, strerror(why));
}
