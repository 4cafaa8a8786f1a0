#include "devices/storage/vvfat.h"

/* The disk that shows a folder: partition table, FATs and directories are made as they are read, files come from the host.      doc: vvfat
 * Source: Microsoft, "FAT: General Overview of On-Disk Format" (fatgen103), with section titles below. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/storage/vvfat_disk.h"

enum { TRACK = 63, SECTORS_USUAL = 1024 * 16 * 63, SECTORS_LEAST = 8192, FLOPPY_SECTORS = 2880, FAT16_MOST = 65500 * 64 };
#define SECTORS_MOST (128ull << 21)      /* 128 GiB */

/* --- the volume's measures --- */

static u32 clusters_with(const struct fat_shape *s, u32 cluster_sectors)
{
    u64 root = (s->root_entries * 32 + SECTOR_BYTES - 1) / SECTOR_BYTES;
    u64 free = s->sectors - s->reserved - root;
    return (u32)(free / cluster_sectors);                    /* a few more than there will be */
}

/* "FAT Type Determination" decides by the count of clusters; sizes of clusters as "FAT Volume Initialization" has them. */
static void measure(struct fat_shape *s)
{
    u32 most = s->bits == 16 ? 65500 : s->bits == 32 ? 1 << 22 : 4080;

    s->cluster_sectors = s->bits == 32 ? 8 : 1;
    while (clusters_with(s, s->cluster_sectors) > most && s->cluster_sectors < 64) s->cluster_sectors *= 2;
    u64 entries = clusters_with(s, s->cluster_sectors) + 2;
    s->fats = 2;
    s->fat_sectors = (u32)((entries * s->bits + 8 * SECTOR_BYTES - 1) / (8 * SECTOR_BYTES));
    s->fat_at = s->first + s->reserved;
    s->root_at = s->fat_at + (u64)s->fats * s->fat_sectors;
    s->data_at = s->root_at + s->root_entries * 32 / SECTOR_BYTES;
    s->clusters = (u32)((s->first + s->sectors - s->data_at) / s->cluster_sectors);
    s->root_cluster = s->bits == 32 ? 2 : 0;
}

static struct fat_shape shape_of_floppy(void)
{
    struct fat_shape s = { .bits = 12, .reserved = 1, .root_entries = 224, .sectors = FLOPPY_SECTORS };
    measure(&s);
    return s;
}

/* Heads of the geometry that INT 13h shows for a disk of this size: the partition ends at one of its cylinders. */
static u32 heads_for(u64 sectors)
{
    static const u32 steps[] = { 16, 32, 64, 128 };
    for (unsigned i = 0; i < ARRAY_COUNT(steps); i++)
        if (sectors <= (u64)steps[i] * TRACK * 1024) return steps[i];
    return 255;
}

static struct fat_shape shape_of_disk(u64 disk_sectors, u32 heads)
{
    u64 cylinder = (u64)heads * TRACK, end = disk_sectors / cylinder * cylinder;
    bool large = disk_sectors > FAT16_MOST;
    struct fat_shape s = { .bits = large ? 32 : 16, .reserved = large ? 32 : 1, .root_entries = large ? 0 : 512, .first = TRACK, .sectors = end - TRACK };
    measure(&s);
    return s;
}

/* --- places --- */

static u32 clusters_for(const struct fat_shape *s, u64 bytes)
{
    u64 cluster_bytes = (u64)s->cluster_sectors * SECTOR_BYTES;
    return (u32)((bytes + cluster_bytes - 1) / cluster_bytes);
}

/* Clusters one after the other, in the order of the nodes; how many that takes. */
static u64 give_clusters(struct vvfat_tree *t, const struct fat_shape *s)
{
    u64 next = 2;

    for (u32 n = 0; n < t->nodes; n++) {
        struct vvfat_node *node = &t->node[n];
        bool in_root_area = !n && s->bits != 32;
        u64 bytes = node->is_folder ? vvfat_directory_bytes(t, n) : node->size_bytes;
        node->clusters = in_root_area ? 0 : clusters_for(s, bytes);
        node->first_cluster = node->clusters && next < UINT32_MAX ? (u32)next : 0;
        next += node->clusters;
    }
    return next - 2;
}

static bool make_directories(struct vvfat_disk *d)
{
    for (u32 n = 0; n < d->tree.nodes; n++)
        if (d->tree.node[n].is_folder && !vvfat_directory_make(&d->tree, n)) return false;
    return true;
}

static bool root_fits(const struct vvfat_disk *d)
{
    return d->shape.bits == 32 || vvfat_directory_bytes(&d->tree, 0) <= d->shape.root_entries * 32;
}

/* --- reading --- */

static struct vvfat_disk *of(struct image_layer *layer) { return (struct vvfat_disk *)layer; }

/* The node whose cluster this is, or NONE; with `next`, the first cluster after it that has a node. */
static u32 node_at(const struct vvfat_disk *d, u32 cluster, u32 *next)
{
    u32 low = 0, high = d->placed;

    while (low < high) {
        u32 middle = (low + high) / 2;
        const struct vvfat_node *node = &d->tree.node[d->by_cluster[middle]];
        if (node->first_cluster + node->clusters <= cluster) low = middle + 1;
        else high = middle;
    }
    *next = low < d->placed ? d->tree.node[d->by_cluster[low]].first_cluster : UINT32_MAX;
    return low < d->placed && *next <= cluster ? d->by_cluster[low] : NO_NODE;
}

static u32 fat_entry(const struct vvfat_disk *d, u32 cluster)
{
    u32 end = d->shape.bits == 12 ? 0xfff : d->shape.bits == 16 ? 0xffff : 0x0fffffff, next;

    if (cluster == 0) return (end & ~0xffu) | (d->partitioned ? 0xf8 : 0xf0);
    if (cluster == 1) return end;
    u32 n = node_at(d, cluster, &next);
    if (n == NO_NODE) return 0;
    return cluster + 1 == d->tree.node[n].first_cluster + d->tree.node[n].clusters ? end : cluster + 1;
}

static void read_fat(const struct vvfat_disk *d, u64 sector, u8 *bytes)
{
    u32 first = (u32)(sector * SECTOR_BYTES * 8 / d->shape.bits);

    if (d->shape.bits == 16) for (u32 i = 0; i < SECTOR_BYTES / 2; i++) put16(bytes + 2 * i, (u16)fat_entry(d, first + i));
    if (d->shape.bits == 32) for (u32 i = 0; i < SECTOR_BYTES / 4; i++) put32(bytes + 4 * i, fat_entry(d, first + i));
    if (d->shape.bits != 12) return;
    for (u32 i = 0; i < SECTOR_BYTES; i++) {                 /* two entries in three bytes */
        u32 at = (u32)sector * SECTOR_BYTES + i, pair = at / 3 * 2;
        u32 both = fat_entry(d, pair) | fat_entry(d, pair + 1) << 12;
        bytes[i] = (u8)(both >> at % 3 * 8);
    }
}

/* Descriptors of the files that were read last. */
static int descriptor_of(struct vvfat_disk *d, u32 n, struct error *err)
{
    struct vvfat_open *slot = &d->open[d->turn % VVFAT_OPEN_MOST];

    for (unsigned i = 0; i < VVFAT_OPEN_MOST; i++)
        if (d->open[i].node == n && d->open[i].fd >= 0) return d->open[i].fd;
    d->turn++;
    if (slot->fd >= 0) close(slot->fd);
    *slot = (struct vvfat_open){ .node = n, .fd = vvfat_tree_open_file(&d->tree, n, err) };
    return slot->fd;
}

static bool read_file(struct vvfat_disk *d, u32 n, u64 offset, size_t size, u8 *bytes, struct error *err)
{
    u64 end = d->tree.node[n].size_bytes;
    size_t there = offset >= end ? 0 : end - offset < size ? (size_t)(end - offset) : size;
    int fd = there ? descriptor_of(d, n, err) : -1;

    memset(bytes + there, 0, size - there);
    if (!there) return true;
    if (fd < 0) return false;
    for (size_t done = 0; done < there;) {
        ssize_t got = pread(fd, bytes + done, there - done, (off_t)(offset + done));
        if (got <= 0) return fail(err, "vvfat: %s cannot be read any more", d->tree.node[n].name);
        done += (size_t)got;
    }
    return true;
}

/* From data sector `at` on, at most count, as far as it is alike: of one node, or of none. */
static u32 read_data(struct vvfat_disk *d, u64 at, u32 count, u8 *bytes, struct error *err)
{
    u32 cluster = (u32)(at / d->shape.cluster_sectors) + 2, next;
    u32 n = node_at(d, cluster, &next);
    u64 end = n != NO_NODE ? next + d->tree.node[n].clusters : next;
    u64 left = (end - 2) * d->shape.cluster_sectors - at;
    u32 run = left < count ? (u32)left : count;

    if (n == NO_NODE) {
        memset(bytes, 0, (size_t)run * SECTOR_BYTES);
        return run;
    }
    const struct vvfat_node *node = &d->tree.node[n];
    u64 offset = (at - (u64)(node->first_cluster - 2) * d->shape.cluster_sectors) * SECTOR_BYTES;
    if (!node->is_folder) return read_file(d, n, offset, (size_t)run * SECTOR_BYTES, bytes, err) ? run : 0;
    memset(bytes, 0, (size_t)run * SECTOR_BYTES);
    if (offset < node->entries_bytes) memcpy(bytes, node->entries + offset, node->entries_bytes - offset < (u64)run * SECTOR_BYTES ? node->entries_bytes - offset : (u64)run * SECTOR_BYTES);
    return run;
}

static void read_root(const struct vvfat_disk *d, u64 sector, u8 *bytes)
{
    const struct vvfat_node *root = &d->tree.node[0];
    u64 offset = sector * SECTOR_BYTES;

    if (offset < root->entries_bytes) memcpy(bytes, root->entries + offset, root->entries_bytes - offset < SECTOR_BYTES ? root->entries_bytes - offset : SECTOR_BYTES);
}

/* One sector before the data. */
static void read_system(const struct vvfat_disk *d, u64 lba, u8 *bytes)
{
    const struct fat_shape *s = &d->shape;

    memset(bytes, 0, SECTOR_BYTES);
    if (lba < s->first) {
        if (!lba) vvfat_partition_table(d, bytes);
    } else if (lba < s->fat_at) vvfat_reserved_sector(d, (u32)(lba - s->first), bytes);
    else if (lba < s->root_at) read_fat(d, (lba - s->fat_at) % s->fat_sectors, bytes);
    else read_root(d, lba - s->root_at, bytes);
}

static bool vvfat_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    struct vvfat_disk *d = of(layer);
    u64 end = d->shape.data_at + (u64)d->shape.clusters * d->shape.cluster_sectors;

    for (u32 run; count; lba += run, count -= run, bytes += (size_t)run * SECTOR_BYTES) {
        run = 1;
        if (lba < d->shape.data_at) read_system(d, lba, bytes);
        else if (lba >= end) memset(bytes, 0, SECTOR_BYTES);
        else run = read_data(d, lba - d->shape.data_at, end - lba < count ? (u32)(end - lba) : count, bytes, err);
        if (!run) return false;
    }
    return true;
}

/* Free clusters are zeros. */
static u64 vvfat_next_data(struct image_layer *layer, u64 lba)
{
    struct vvfat_disk *d = of(layer);
    u64 used = d->shape.data_at + d->used_clusters * d->shape.cluster_sectors;
    return lba >= used ? layer->sectors : lba;
}

static void vvfat_close(struct image_layer *layer)
{
    struct vvfat_disk *d = of(layer);

    for (unsigned i = 0; i < VVFAT_OPEN_MOST; i++)
        if (d->open[i].fd >= 0) close(d->open[i].fd);
    vvfat_tree_close(&d->tree);
    free(d->by_cluster);
    free(d);
}

static const struct image_format vvfat_format = { .name = "vvfat", .read = vvfat_read, .close = vvfat_close, .next_data = vvfat_next_data };

/* --- opening --- */

/* The size that was asked for, or one that has room for all of it and some more. */
static bool choose_shape(struct vvfat_disk *d, const struct image_source *source, struct error *err)
{
    u64 sectors = source->wanted_sectors ? source->wanted_sectors : SECTORS_USUAL;

    d->partitioned = !source->floppy;
    for (;;) {
        if (d->partitioned && (sectors < SECTORS_LEAST || sectors > SECTORS_MOST))
            return fail(err, "%s: path=\"%s\": a disk of 4 MiB to 128 GiB shows a folder, not one of %llu sectors", source->what, source->path, (unsigned long long)sectors);
        d->heads = d->partitioned ? heads_for(sectors) : 2;
        d->shape = d->partitioned ? shape_of_disk(sectors, d->heads) : shape_of_floppy();
        d->layer.sectors = d->partitioned ? sectors : FLOPPY_SECTORS;
        d->used_clusters = give_clusters(&d->tree, &d->shape);
        bool fits = d->used_clusters <= d->shape.clusters && root_fits(d);
        if (fits) return true;
        if (source->wanted_sectors || !d->partitioned)
            return fail(err, "%s: path=\"%s\": what is in the folder does not fit on %s", source->what, source->path, d->partitioned ? "a disk of this geometry; leave cylinders=, heads= and spt= out" : "a floppy of 1.44 MB");
        u64 more = sectors * 2 > FAT16_MOST ? sectors * 2 : FAT16_MOST * 2;          /* FAT32's root directory has no end */
        sectors = root_fits(d) ? sectors * 2 : more;
        sectors = sectors / SECTORS_USUAL * SECTORS_USUAL;
    }
}

static bool sort_by_cluster(struct vvfat_disk *d)
{
    d->by_cluster = malloc((d->tree.nodes + 1) * sizeof *d->by_cluster);
    for (u32 n = 0; d->by_cluster && n < d->tree.nodes; n++)         /* they were given in this order */
        if (d->tree.node[n].clusters) d->by_cluster[d->placed++] = n;
    return d->by_cluster;
}

static void say_what_is_missing(struct vvfat_disk *d)
{
    if (!d->tree.left_out) return;
    snprintf(d->notice, sizeof d->notice, "%u of what is in the folder %s not shown: %s", d->tree.left_out, d->tree.left_out > 1 ? "are" : "is", d->tree.why_left_out);
    d->layer.notice = d->notice;
}

struct image_layer *vvfat_open(const struct image_source *source, struct error *err)
{
    struct vvfat_disk *d = calloc(1, sizeof *d);

    if (!d) {
        fail(err, "%s: out of memory", source->what);
        return NULL;
    }
    d->layer.format = &vvfat_format;
    d->layer.read_only = true;
    for (unsigned i = 0; i < VVFAT_OPEN_MOST; i++) d->open[i].fd = -1;
    bool ok = vvfat_tree_open(&d->tree, source->path, source->what, err) && choose_shape(d, source, err);
    if (ok && !(make_directories(d) && sort_by_cluster(d))) ok = fail(err, "%s: out of memory", source->what);
    if (ok) {
        say_what_is_missing(d);
        return &d->layer;
    }
    vvfat_close(&d->layer);
    return NULL;
}
