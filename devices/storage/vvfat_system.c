#include "devices/storage/vvfat_disk.h"

/* Partition table, boot sector, FSInfo, directories.                                      doc: vvfat
 * Source: Microsoft, "FAT: General Overview of On-Disk Format"; IBM PC DOS partition table. */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/storage/crc32c.h"
#include "devices/storage/fat_time.h"
#include "devices/storage/vvfat_names.h"

enum { TRACK = 63, ATTRIBUTE_AT = 11, VOLUME_LABEL = 0x08, FOLDER = 0x10, ARCHIVE = 0x20, BACKUP_BOOT = 6, FSINFO = 1 };
static const char label[] = "ORRERY     ";

/* --- sectors before the FAT --- */

/* Code for a disk that does not boot: says so, and INT 18h tells the BIOS to go on.  It finds its text wherever it was loaded. */
static const u8 no_boot[] = {
    0xfc,                                /*       cld                    */
    0xe8, 0x00, 0x00,                    /*       call here              */
    0x5e,                                /* here: pop si                 */
    0x83, 0xc6, 0x18,                    /*       add si, text - here    */
    0x2e, 0xac,                          /* next: cs lodsb               */
    0x84, 0xc0,                          /*       test al, al            */
    0x74, 0x09,                          /*       jz done                */
    0xb4, 0x0e,                          /*       mov ah, 0eh            */
    0xbb, 0x07, 0x00,                    /*       mov bx, 7              */
    0xcd, 0x10,                          /*       int 10h                */
    0xeb, 0xf1,                          /*       jmp next               */
    0xcd, 0x18,                          /* done: int 18h                */
    0xf4, 0xeb, 0xfd,                    /*       hlt, for ever          */
};
static const char no_boot_text[] = "\r\nThis disk is a folder of the host: it holds no operating system to start.\r\n";

static void put_no_boot(u8 *code)
{
    memcpy(code, no_boot, sizeof no_boot);
    memcpy(code + sizeof no_boot, no_boot_text, sizeof no_boot_text);
}

/* Cylinder, head and sector, or 1023, the last head and 63 when they cannot say it. */
static void put_chs(u8 *at, u64 lba, u32 heads)
{
    u64 cylinder = lba / (heads * TRACK);
    u32 head = (u32)(lba / TRACK % heads), sector = (u32)(lba % TRACK) + 1;

    if (cylinder > 1023) cylinder = 1023, head = heads - 1, sector = TRACK;
    at[0] = (u8)head;
    at[1] = (u8)(sector | (cylinder >> 2 & 0xc0));
    at[2] = (u8)cylinder;
}

void vvfat_partition_table(const struct vvfat_disk *d, u8 *sector)
{
    u8 *entry = sector + 446;

    put_no_boot(sector);
    put32(sector + 440, crc32c(0, d->tree.node[0].entries, d->tree.node[0].entries_bytes));
    entry[0] = 0x80;
    put_chs(entry + 1, d->shape.first, d->heads);
    entry[4] = d->shape.bits == 32 ? 0x0c : 0x06;
    put_chs(entry + 5, d->shape.first + d->shape.sectors - 1, d->heads);
    put32(entry + 8, (u32)d->shape.first);
    put32(entry + 12, (u32)d->shape.sectors);
    put16(sector + 510, 0xaa55);
}

/* "Boot Sector and BPB", with the fields of FAT12/16 or FAT32 from offset 36. */
static void boot_sector(const struct vvfat_disk *d, u8 *b)
{
    const struct fat_shape *s = &d->shape;
    unsigned extended = s->bits == 32 ? 64 : 36;

    b[0] = 0xeb, b[1] = (u8)(extended + 26 - 2), b[2] = 0x90;
    memcpy(b + 3, "ORRERY  ", 8);
    put16(b + 11, SECTOR_BYTES);
    b[13] = (u8)s->cluster_sectors;
    put16(b + 14, (u16)s->reserved);
    b[16] = (u8)s->fats;
    put16(b + 17, (u16)s->root_entries);
    if (s->sectors < 65536 && s->bits != 32) put16(b + 19, (u16)s->sectors);
    else put32(b + 32, (u32)s->sectors);
    b[21] = d->partitioned ? 0xf8 : 0xf0;
    if (s->bits != 32) put16(b + 22, (u16)s->fat_sectors);
    put16(b + 24, d->partitioned ? TRACK : 18);
    put16(b + 26, (u16)d->heads);
    put32(b + 28, (u32)s->first);
    if (s->bits == 32) {
        put32(b + 36, s->fat_sectors);
        put32(b + 44, s->root_cluster);
        put16(b + 48, FSINFO);
        put16(b + 50, BACKUP_BOOT);
    }
    b[extended] = d->partitioned ? 0x80 : 0;
    b[extended + 2] = 0x29;
    put32(b + extended + 3, crc32c(0, d->tree.node[0].entries, d->tree.node[0].entries_bytes));
    memcpy(b + extended + 7, label, 11);
    memcpy(b + extended + 18, s->bits == 32 ? "FAT32   " : s->bits == 16 ? "FAT16   " : "FAT12   ", 8);
    put_no_boot(b + extended + 26);
    put16(b + 510, 0xaa55);
}

static void fsinfo(const struct vvfat_disk *d, u8 *b)
{
    put32(b, 0x41615252);
    put32(b + 484, 0x61417272);
    put32(b + 488, (u32)(d->shape.clusters - d->used_clusters));
    put32(b + 492, (u32)d->used_clusters + 2);
    put32(b + 508, 0xaa550000);
}

void vvfat_reserved_sector(const struct vvfat_disk *d, u32 n, u8 *sector)
{
    bool copy = d->shape.bits == 32 && n >= BACKUP_BOOT;

    if (copy) n -= BACKUP_BOOT;
    if (n == 0) boot_sector(d, sector);
    else if (n == FSINFO && d->shape.bits == 32) fsinfo(d, sector);
}

bool fat_shape_read(struct fat_shape *s, const u8 *b, u64 first, u64 disk_sectors)
{
    u32 small = get16(b + 19), fat16 = get16(b + 22);

    *s = (struct fat_shape){ .cluster_sectors = b[13], .reserved = get16(b + 14), .fats = b[16], .root_entries = get16(b + 17), .first = first };
    s->sectors = small ? small : get32(b + 32);
    s->fat_sectors = fat16 ? fat16 : get32(b + 36);
    if (get16(b + 510) != 0xaa55 || get16(b + 11) != SECTOR_BYTES || !s->cluster_sectors || s->cluster_sectors & (s->cluster_sectors - 1) || !s->reserved || !s->fats ||
        s->fats > 4 || !s->fat_sectors || first > disk_sectors || s->sectors > disk_sectors - first) return false;
    s->fat_at = first + s->reserved;
    s->root_at = s->fat_at + (u64)s->fats * s->fat_sectors;
    s->data_at = s->root_at + (s->root_entries * 32 + SECTOR_BYTES - 1) / SECTOR_BYTES;
    if (s->data_at >= first + s->sectors) return false;
    u64 clusters = (first + s->sectors - s->data_at) / s->cluster_sectors;
    s->bits = clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32;
    s->clusters = (u32)clusters;
    if (s->bits == 32) s->root_cluster = get32(b + 44);
    return clusters <= 1 << 26 && (clusters + 2) * s->bits <= (u64)s->fat_sectors * SECTOR_BYTES * 8;
}

/* --- directories --- */

static u32 entries_of(const struct vvfat_node *n)
{
    return 1 + (vvfat_name_is_short(n->shown, n->short_name) ? 0 : vvfat_long_entries(n->shown));
}

/* The volume's label in the root, "." and ".." elsewhere; a folder's children stand together. */
static u32 first_child(const struct vvfat_tree *t, u32 n)
{
    u32 child = 1;
    while (child < t->nodes && t->node[child].parent != n) child++;
    return child;
}

u32 vvfat_directory_bytes(const struct vvfat_tree *t, u32 n)
{
    u32 entries = n ? 2 : 1;
    for (u32 c = first_child(t, n); c < t->nodes && t->node[c].parent == n; c++) entries += entries_of(&t->node[c]);
    return entries * FAT_ENTRY_BYTES;
}

static void put_entry(u8 *e, const u8 name[11], u8 attributes, const struct vvfat_node *node, u32 cluster)
{
    time_t seconds = (time_t)(node->changed_ns / 1000000000);
    struct tm date = { 0 };
    u32 changed = gmtime_r(&seconds, &date) ? fat_time(&date) : fat_time(&(struct tm){ 0 });

    memset(e, 0, FAT_ENTRY_BYTES);
    memcpy(e, name, 11);
    e[ATTRIBUTE_AT] = attributes;
    put32(e + 14, changed);              /* made, seen, changed */
    put16(e + 18, (u16)(changed >> 16));
    put16(e + 20, (u16)(cluster >> 16));
    put32(e + 22, changed);
    put16(e + 26, (u16)cluster);
    put32(e + 28, node->is_folder ? 0 : (u32)node->size_bytes);
}

static u8 *put_child(u8 *e, const struct vvfat_node *c)
{
    if (!vvfat_name_is_short(c->shown, c->short_name))
        for (unsigned order = vvfat_long_entries(c->shown); order; order--, e += FAT_ENTRY_BYTES)
            vvfat_put_long_entry(e, c->shown, order, vvfat_short_sum(c->short_name));
    put_entry(e, c->short_name, c->is_folder ? FOLDER : ARCHIVE, c, c->first_cluster);
    return e + FAT_ENTRY_BYTES;
}

bool vvfat_directory_make(struct vvfat_tree *t, u32 n)
{
    struct vvfat_node *node = &t->node[n];
    u32 above = node->parent ? t->node[node->parent].first_cluster : 0;          /* ".." of a child of the root is 0 */

    node->entries_bytes = vvfat_directory_bytes(t, n);
    u8 *e = node->entries = malloc(node->entries_bytes);
    if (!e) return false;
    if (n) {
        put_entry(e, (const u8 *)".          ", FOLDER, node, node->first_cluster);
        put_entry(e + FAT_ENTRY_BYTES, (const u8 *)"..         ", FOLDER, node, above);
        e += 2 * FAT_ENTRY_BYTES;
    } else {
        put_entry(e, (const u8 *)label, VOLUME_LABEL, node, 0);
        e += FAT_ENTRY_BYTES;
    }
    for (u32 c = first_child(t, n); c < t->nodes && t->node[c].parent == n; c++) e = put_child(e, &t->node[c]);
    return true;
}
