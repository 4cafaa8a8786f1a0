#include "devices/storage/vvfat_disk.h"

/* What a guest made of its FAT partition, back to files of the host.                     doc: vvfat
 * The volume is a stranger's: chains have at most as many clusters as there are, a cluster is walked once, names that are none are
 * replaced, folders are as deep as they may be, and nothing is written but below the folder that was named. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/storage/vvfat_names.h"

enum { ATTRIBUTE_AT = 11, VOLUME_LABEL = 0x08, FOLDER = 0x10, LONG_NAME = 0x0f, DELETED = 0xe5, ENTRIES_MOST = 65536, FILES_MOST = 100000, PIECE_CLUSTERS = 16 };

struct back {
    struct image_layer *disk, *base;     /* as the guest left it; as it was */
    struct vvfat_disk *vvfat;
    struct fat_shape shape;
    u8 *fat, *walked;                    /* the first FAT; a bit a cluster */
    bool *seen;                          /* nodes that the guest still has */
    bool same_shape;                     /* clusters mean what they meant */
    u32 files, written;
    void (*say)(void *context, const char *sentence);
    void *context;
    struct error *err;
};

/* A file or folder of the guest. */
struct found {
    u16 shown[21 * LONG_NAME_PIECE];
    u8 short_name[11];
    u8 attributes;
    u32 cluster, size_bytes, changed;
    u32 node;                            /* what it was, or 0: it is new */
};

/* --- clusters --- */

static bool is_cluster(const struct back *b, u32 cluster) { return cluster >= 2 && cluster - 2 < b->shape.clusters; }

/* 0, which is none, after what is none. */
static u32 next_cluster(const struct back *b, u32 cluster)
{
    u64 at = (u64)cluster * b->shape.bits / 8;

    if (!is_cluster(b, cluster)) return 0;
    if (b->shape.bits == 32) return get32(b->fat + at) & 0x0fffffff;
    if (b->shape.bits == 16) return get16(b->fat + at);
    return cluster & 1 ? get16(b->fat + at) >> 4 : get16(b->fat + at) & 0xfff;
}

/* The first time that anybody comes here. */
static bool walk(struct back *b, u32 cluster)
{
    u8 *byte = &b->walked[cluster / 8], bit = (u8)(1 << cluster % 8);
    bool first = !(*byte & bit);

    *byte |= bit;
    return first;
}

static u64 sector_of(const struct back *b, u32 cluster) { return b->shape.data_at + (u64)(cluster - 2) * b->shape.cluster_sectors; }

static bool read_cluster(struct back *b, u32 cluster, u8 *bytes)
{
    return image_layer_read(b->disk, sector_of(b, cluster), b->shape.cluster_sectors, bytes, b->err);
}

/* --- directories --- */

/* All of one in memory; its size, or 0.  cluster 0: the root directory of FAT12 and FAT16. */
static u32 read_directory(struct back *b, u32 cluster, u8 **bytes)
{
    u32 cluster_bytes = b->shape.cluster_sectors * SECTOR_BYTES, used = 0, sectors = (u32)(b->shape.data_at - b->shape.root_at);

    *bytes = malloc((size_t)ENTRIES_MOST * FAT_ENTRY_BYTES + cluster_bytes);
    if (!*bytes) return 0;
    if (!cluster) {
        bool fits = sectors * SECTOR_BYTES <= ENTRIES_MOST * FAT_ENTRY_BYTES;
        return fits && image_layer_read(b->disk, b->shape.root_at, sectors, *bytes, b->err) ? sectors * SECTOR_BYTES : 0;
    }
    for (; is_cluster(b, cluster) && used < ENTRIES_MOST * FAT_ENTRY_BYTES && walk(b, cluster); cluster = next_cluster(b, cluster)) {
        if (!read_cluster(b, cluster, *bytes + used)) return 0;
        used += cluster_bytes;
    }
    return used;
}

/* The next file or folder from *at on; false: there is none.  A long name counts when its checksum is that of the short one. */
static bool next_found(const u8 *bytes, u32 size, u32 *at, struct found *f)
{
    int sum = -1;

    memset(f, 0, sizeof *f);
    for (; *at + FAT_ENTRY_BYTES <= size && bytes[*at]; *at += FAT_ENTRY_BYTES) {
        const u8 *e = bytes + *at;
        if (e[0] == DELETED) sum = -1;
        else if ((e[ATTRIBUTE_AT] & 0x3f) == LONG_NAME) {
            vvfat_get_long_entry(e, f->shown);
            sum = e[13];
        } else if (e[ATTRIBUTE_AT] & VOLUME_LABEL || e[0] == '.') sum = -1;
        else {
            memcpy(f->short_name, e, 11);
            if (sum != vvfat_short_sum(e) || !f->shown[0]) vvfat_shown_of_short(e, f->shown);
            f->attributes = e[ATTRIBUTE_AT];
            f->cluster = get16(e + 26) | (u32)get16(e + 20) << 16;
            f->size_bytes = get32(e + 28);
            f->changed = get32(e + 22);
            *at += FAT_ENTRY_BYTES;
            return true;
        }
    }
    return false;
}

/* --- what has changed --- */

/* Sectors that the guest wrote, of those of the file. */
static bool is_touched(struct back *b, u64 lba, u32 count)
{
    for (u32 run; count; lba += run, count -= run) {
        bool held = false;
        run = b->disk->format->held(b->disk, lba, count, &held, b->err);
        if (!run || held) return true;
    }
    return false;
}

/* Its clusters are where they were, and nobody wrote there. */
static bool is_unchanged(struct back *b, const struct found *f)
{
    const struct vvfat_node *node = &b->vvfat->tree.node[f->node];
    u32 cluster = f->cluster;

    if (!b->same_shape || !f->node || node->is_folder || node->size_bytes != f->size_bytes || (node->clusters && node->first_cluster != f->cluster)) return false;
    for (u32 i = 0; i < node->clusters; i++, cluster = next_cluster(b, cluster))
        if (cluster != node->first_cluster + i || is_touched(b, sector_of(b, cluster), b->shape.cluster_sectors)) return false;
    return true;
}

static u32 node_of(const struct back *b, u32 parent, const struct found *f)
{
    u32 n;

    if (parent == NO_NODE) return 0;
    n = vvfat_tree_child(&b->vvfat->tree, parent, f->shown);
    return n ? n : vvfat_tree_child_short(&b->vvfat->tree, parent, f->short_name);
}

/* --- files of the host --- */

static bool write_all(int fd, const u8 *bytes, size_t size)
{
    while (size) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        bytes += put, size -= (size_t)put;
    }
    return true;
}

static bool copy_chain(struct back *b, const struct found *f, int fd, const char *name)
{
    u32 cluster_bytes = b->shape.cluster_sectors * SECTOR_BYTES, left = f->size_bytes, cluster = f->cluster;
    u8 *bytes = malloc(cluster_bytes);
    bool ok = bytes || fail(b->err, "vvfat: out of memory");

    for (; ok && left; cluster = next_cluster(b, cluster)) {
        u32 piece = left < cluster_bytes ? left : cluster_bytes;
        if (!is_cluster(b, cluster) || !walk(b, cluster)) ok = fail(b->err, "vvfat: %s: its chain of clusters is damaged; it is not written back", name);
        else if (!read_cluster(b, cluster, bytes)) ok = false;
        else if (!write_all(fd, bytes, piece)) ok = fail(b->err, "vvfat: %s cannot be written: %s", name, strerror(errno));
        left -= ok ? piece : 0;
    }
    free(bytes);
    return ok;
}

/* FAT's date as that of the file, in UTC as it was shown. */
static void set_date(int fd, u32 changed)
{
    struct tm t = { .tm_year = 80 + (int)(changed >> 25), .tm_mon = (int)(changed >> 21 & 15) - 1, .tm_mday = (int)(changed >> 16 & 31), .tm_hour = (int)(changed >> 11 & 31),
                    .tm_min = (int)(changed >> 5 & 63), .tm_sec = (int)(changed & 31) * 2 };
    struct timespec both[2] = { { .tv_sec = timegm(&t) }, { .tv_sec = timegm(&t) } };

    if (changed >> 16) futimens(fd, both);
}

/* Under another name first: a file of that name is the old one or the new one. */
static bool write_file(struct back *b, const struct found *f, int folder, const char *name)
{
    int fd = openat(folder, VVFAT_TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);

    if (fd < 0) return fail(b->err, "vvfat: %s cannot be written: %s", name, strerror(errno));
    bool ok = copy_chain(b, f, fd, name);
    if (ok) set_date(fd, f->changed);
    if (ok && (fsync(fd) || renameat(folder, VVFAT_TEMPORARY, folder, name))) ok = fail(b->err, "vvfat: %s cannot be written: %s", name, strerror(errno));
    close(fd);
    if (!ok) unlinkat(folder, VVFAT_TEMPORARY, 0);
    b->written += ok;
    return ok;
}

static int open_or_make(int folder, const char *name)
{
    if (mkdirat(folder, name, 0777) && errno != EEXIST) return -1;
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) unlinkat(fd, VVFAT_TEMPORARY, 0);       /* of one that was killed */
    return fd;
}

/* --- the walk --- */

/* Where we are: the folder of the host is opened when the first file goes into it. */
struct level {
    struct level *above;
    const char *name;
    int fd;
};

static int descriptor_of(struct level *l)
{
    if (l->fd < 0 && l->above) {
        int above = descriptor_of(l->above);
        if (above >= 0) l->fd = open_or_make(above, l->name);
    }
    return l->fd;
}

static bool write_folder(struct back *b, u32 cluster, u32 node, struct level *here, unsigned depth);

static bool write_found(struct back *b, struct found *f, u32 parent, struct level *here, unsigned depth)
{
    char name[3 * LONG_NAME_MOST + 1];

    f->node = node_of(b, parent, f);
    if (f->node) b->seen[f->node] = true;
    if (f->node && !b->vvfat->tree.node[f->node].is_folder != !(f->attributes & FOLDER)) f->node = 0;
    if (!f->node) {
        if (!vvfat_name_hosted(f->shown, name)) return fail(b->err, "vvfat: the guest made a file whose name a file here cannot have; it is not written back");
    } else snprintf(name, sizeof name, "%s", b->vvfat->tree.node[f->node].name);
    if (b->files++ == FILES_MOST) return fail(b->err, "vvfat: the guest made more than %d files; the others are not written back", FILES_MOST);
    if (f->attributes & FOLDER) {
        struct level below = { here, name, -1 };
        bool ok = write_folder(b, f->cluster, f->node ? f->node : NO_NODE, &below, depth + 1);
        if (below.fd >= 0) close(below.fd);
        return ok;
    }
    if (is_unchanged(b, f)) return true;
    int folder = descriptor_of(here);
    return folder < 0 ? fail(b->err, "vvfat: the folder for %s cannot be made: %s", name, strerror(errno)) : write_file(b, f, folder, name);
}

static bool write_folder(struct back *b, u32 cluster, u32 node, struct level *here, unsigned depth)
{
    struct found f;
    u8 *bytes = NULL;
    u32 size, at = 0;
    bool ok = true;

    if (depth > VVFAT_DEPTH_MOST) return fail(b->err, "vvfat: folders of the guest lie deeper than %d; what is there is not written back", VVFAT_DEPTH_MOST);
    size = depth && !is_cluster(b, cluster) ? 0 : read_directory(b, cluster, &bytes);
    if (!size) ok = fail(b->err, "vvfat: a folder of the guest cannot be read; what is in it is not written back");
    while (size && b->files <= FILES_MOST && next_found(bytes, size, &at, &f)) ok &= write_found(b, &f, node, here, depth);
    free(bytes);
    return ok;
}

static void say_summary(struct back *b, const char *folder)
{
    char sentence[1024], first[512] = "";
    u32 gone = 0;

    for (u32 n = 1; n < b->vvfat->tree.nodes; n++) {
        if (b->seen[n] || (b->vvfat->tree.node[n].parent && !b->seen[b->vvfat->tree.node[n].parent])) continue;
        if (!gone++) vvfat_tree_path(&b->vvfat->tree, n, first, sizeof first);
    }
    snprintf(sentence, sizeof sentence, "%u file%s of the guest written to %s", b->written, b->written == 1 ? "" : "s", folder);
    b->say(b->context, sentence);
    if (!gone) return;
    snprintf(sentence, sizeof sentence, "the guest deleted or renamed %s%s: nothing is deleted on the host", first, gone > 1 ? " and others" : "");
    b->say(b->context, sentence);
}

/* Boot sector and FAT as the guest left them. */
static bool read_volume(struct back *b)
{
    u8 boot[SECTOR_BYTES];
    const struct fat_shape *was = &b->vvfat->shape, *is = &b->shape;

    if (!image_layer_read(b->disk, was->first, 1, boot, b->err)) return false;
    if (!fat_shape_read(&b->shape, boot, was->first, b->disk->sectors)) return fail(b->err, "vvfat: the guest left no FAT where it was; nothing is written back");
    b->same_shape = is->bits == was->bits && is->cluster_sectors == was->cluster_sectors && is->data_at == was->data_at;
    b->fat = malloc((size_t)is->fat_sectors * SECTOR_BYTES + 4);
    b->walked = calloc(1, is->clusters / 8 + 2);
    b->seen = calloc(b->vvfat->tree.nodes, sizeof *b->seen);
    if (!b->fat || !b->walked || !b->seen) return fail(b->err, "vvfat: out of memory");
    return image_layer_read(b->disk, is->fat_at, is->fat_sectors, b->fat, b->err);
}

bool vvfat_write_back(struct image_layer *written, struct image_layer *vvfat, const char *folder,
                      void (*say)(void *context, const char *sentence), void *context, struct error *err)
{
    struct back b = { .disk = written, .base = vvfat, .vvfat = (struct vvfat_disk *)vvfat, .say = say, .context = context, .err = err };
    struct level top = { NULL, NULL, open_or_make(AT_FDCWD, folder) };
    bool ok = top.fd >= 0 || fail(err, "vvfat: the folder %s cannot be made or opened: %s", folder, strerror(errno));

    ok = ok && read_volume(&b);
    if (ok) {
        ok = write_folder(&b, b.shape.root_cluster, 0, &top, 0);
        say_summary(&b, folder);
    }
    if (top.fd >= 0) close(top.fd);
    free(b.fat);
    free(b.walked);
    free(b.seen);
    return ok;
}
