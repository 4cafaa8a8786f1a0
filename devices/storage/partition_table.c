#include "devices/storage/partition_table.h"

/* Sources: IBM PC DOS partition table; UEFI Specification, "GUID Partition Table (GPT) Disk Layout". */
#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"

enum { ENTRIES_AT = 446, ENTRY_BYTES = 16, PRIMARIES = 4, LOGICAL_MOST = 64, GPT_ENTRIES_MOST = 128, PROTECTIVE = 0xee };

struct table {
    struct disk_image *image;
    void (*each)(void *context, const struct partition *p);
    void *context;
};

static const struct { u8 code; const char *name; } types[] = {
    { 0x01, "FAT12" }, { 0x04, "FAT16 (small)" }, { 0x05, "extended" }, { 0x06, "FAT16" }, { 0x07, "NTFS or exFAT" }, { 0x0b, "FAT32" }, { 0x0c, "FAT32 (LBA)" },
    { 0x0e, "FAT16 (LBA)" }, { 0x0f, "extended (LBA)" }, { 0x63, "Unix" }, { 0x81, "Minix" }, { 0x82, "Linux swap" }, { 0x83, "Linux" }, { 0x85, "Linux extended" },
    { 0x8e, "Linux LVM" }, { 0xa5, "FreeBSD" }, { 0xa6, "OpenBSD" }, { 0xa9, "NetBSD" }, { 0xee, "GPT" }, { 0xef, "EFI system" }, { 0xfd, "Linux RAID" },
};

static const char *type_name(u8 code, char *room, size_t size)
{
    for (unsigned i = 0; i < ARRAY_COUNT(types); i++)
        if (types[i].code == code) return types[i].name;
    snprintf(room, size, "type %02X", code);
    return room;
}

static bool is_extended(u8 code) { return code == 0x05 || code == 0x0f || code == 0x85; }

static void show(const struct table *t, unsigned number, const char *type, u64 first, u64 last, bool active)
{
    struct partition p = { .number = number, .type = type, .first = first, .last = last, .active = active };
    p.outside = last >= disk_image_sectors(t->image);
    t->each(t->context, &p);
}

static void show_entry(const struct table *t, unsigned number, const u8 *entry, u64 base)
{
    char room[16];
    u64 first = base + get32(entry + 8), count = get32(entry + 12);

    if (entry[4] && count) show(t, number, type_name(entry[4], room, sizeof room), first, first + count - 1, entry[0] & 0x80);
}

/* A chain of tables, each with one partition and the place of the next table, counted from the first. */
static void show_logical(const struct table *t, u64 extended)
{
    u64 at = extended;

    for (unsigned n = 0; n < LOGICAL_MOST; n++) {
        u8 sector[SECTOR_BYTES];
        if (!disk_image_read(t->image, at, 1, sector) || get16(sector + 510) != 0xaa55) return;
        show_entry(t, 5 + n, sector + ENTRIES_AT, at);
        const u8 *next = sector + ENTRIES_AT + ENTRY_BYTES;
        if (!is_extended(next[4]) || !get32(next + 8)) return;
        at = extended + get32(next + 8);
    }
}

static void show_gpt(const struct table *t)
{
    u8 header[SECTOR_BYTES], sector[SECTOR_BYTES];

    if (!disk_image_read(t->image, 1, 1, header) || memcmp(header, "EFI PART", 8)) return;
    u32 count = get32(header + 80), bytes = get32(header + 84);
    if (bytes < 128 || bytes > SECTOR_BYTES || SECTOR_BYTES % bytes) return;
    for (u32 n = 0; n < count && n < GPT_ENTRIES_MOST; n++) {
        static const u8 unused[16];
        u64 lba = get64(header + 72) + (u64)n * bytes / SECTOR_BYTES;
        const u8 *entry = sector + n * bytes % SECTOR_BYTES;
        char name[37] = "";
        if (!disk_image_read(t->image, lba, 1, sector)) return;
        if (!memcmp(entry, unused, 16)) continue;
        for (unsigned i = 0; i < 36 && get16(entry + 56 + 2 * i); i++) {
            u16 c = get16(entry + 56 + 2 * i);
            name[i] = (char)(c >= ' ' && c < 0x7f ? c : '?');
        }
        show(t, n + 1, name[0] ? name : "GPT", get64(entry + 32), get64(entry + 40), false);
    }
}

void partition_table_each(struct disk_image *image, void (*each)(void *context, const struct partition *p), void *context)
{
    struct table t = { image, each, context };
    u8 mbr[SECTOR_BYTES];

    if (!disk_image_read(image, 0, 1, mbr) || get16(mbr + 510) != 0xaa55) return;
    for (unsigned i = 0; i < PRIMARIES; i++)                 /* a boot sector of a floppy looks alike: its bytes here are code */
        if (mbr[ENTRIES_AT + i * ENTRY_BYTES] & 0x7f) return;
    for (unsigned i = 0; i < PRIMARIES; i++) {
        const u8 *entry = mbr + ENTRIES_AT + i * ENTRY_BYTES;
        if (entry[4] == PROTECTIVE) {
            show_gpt(&t);
            return;
        }
        show_entry(&t, i + 1, entry, 0);
        if (is_extended(entry[4])) show_logical(&t, get32(entry + 8));
    }
}
