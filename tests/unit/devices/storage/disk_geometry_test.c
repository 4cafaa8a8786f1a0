/* Geometry of hard disks: asked for, found, translated. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/storage/disk_geometry.h"

/* An MBR with one partition from CHS 0/1/1 to the end of cylinder `last`, made with heads x sectors. */
static void put_partition(u8 *disk, u32 heads, u32 sectors, u32 last)
{
    u8 *e = disk + 446;
    u32 count = (last + 1) * heads * sectors - sectors;

    e[0] = 0x80, e[1] = 1, e[2] = 1, e[3] = 0, e[4] = 6;
    e[5] = (u8)(heads - 1), e[6] = (u8)(sectors | (last >> 8 & 3) << 6), e[7] = (u8)last;
    put32(e + 8, sectors);
    put32(e + 12, count);
    put16(disk + 510, 0xaa55);
}

static bool find(const u8 *disk, u64 size, struct disk_geometry asked, struct disk_geometry *g, struct error *err)
{
    struct disk_image *image = disk_image_open_memory(disk, size);
    bool found = disk_geometry_find(image, "ata0-master", asked, g, err);
    disk_image_close(image);
    return found;
}

Test(disk_geometry, is_16_heads_and_63_sectors_unless_something_says_otherwise)
{
    static const struct { u64 sectors; struct disk_geometry g; } rows[] = {
        { 16 * 63 * 20, { 20, 16, 63 } }, { 16 * 63 * 20 + 100, { 20, 16, 63 } }, { 1008, { 1, 16, 63 } },
        { 1, { 1, 1, 1 } }, { 62, { 1, 1, 62 } }, { 130, { 2, 1, 63 } },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        struct disk_geometry g = { 0 };
        struct error err = { 0 };
        u8 *disk = calloc(rows[i].sectors, 512);
        cr_expect(find(disk, rows[i].sectors * 512, (struct disk_geometry){ 0 }, &g, &err), "%s", err.text);
        cr_expect(!memcmp(&g, &rows[i].g, sizeof g), "row %u: %u/%u/%u", i, g.cylinders, g.heads, g.sectors);
        free(disk);
    }
}

Test(disk_geometry, comes_from_the_partition_table_where_that_is_consistent)
{
    struct disk_geometry g = { 0 };
    struct error err = { 0 };
    u64 size = 306 * 4 * 17 * 512;
    u8 *disk = calloc(1, size);
    put_partition(disk, 4, 17, 305);
    cr_expect(find(disk, size, (struct disk_geometry){ 0 }, &g, &err));
    cr_expect(g.cylinders == 306 && g.heads == 4 && g.sectors == 17);
    put32(disk + 446 + 8, 18);                           /* CHS and LBA of the start disagree */
    cr_expect(find(disk, size, (struct disk_geometry){ 0 }, &g, &err));
    cr_expect(g.heads == 16 && g.sectors == 63);
    free(disk);
}

Test(disk_geometry, nonsense_is_said)
{
    static const struct { struct disk_geometry asked; const char *words; } rows[] = {
        { { 10, 0, 0 }, "give cylinders, heads and spt" }, { { 10, 17, 63 }, "at most 16 heads" }, { { 10, 16, 64 }, "at most 63 sectors" },
        { { 70000, 1, 1 }, "at most 65535 cylinders" }, { { 100, 16, 63 }, "that is 100800 sectors, the image has 20160; use cylinders=20" },
        { { 0xffffffff, 0xffffffff, 0xffffffff }, "at most 16 heads" },
    };
    static u8 disk[20160 * 512];
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        struct disk_geometry g;
        struct error err = { 0 };
        cr_expect_not(find(disk, sizeof disk, rows[i].asked, &g, &err));
        cr_expect(strstr(err.text, rows[i].words), "row %u: %s", i, err.text);
    }
}

Test(disk_geometry, what_is_asked_is_taken)
{
    static u8 disk[20160 * 512];
    struct disk_geometry g;
    struct error err = { 0 };
    cr_expect(find(disk, sizeof disk, (struct disk_geometry){ 306, 4, 16 }, &g, &err), "%s", err.text);
    cr_expect(g.cylinders == 306 && g.heads == 4 && g.sectors == 16);
    cr_expect(find(disk, sizeof disk, (struct disk_geometry){ 0, 8, 63 }, &g, &err), "%s", err.text);
    cr_expect(g.cylinders == 40 && g.heads == 8 && g.sectors == 63);
}

/* Phoenix EDD and what BIOSes made of it. */
Test(disk_geometry, translations_fit_int_13h)
{
    static const struct { struct disk_geometry physical; enum disk_translation how; struct disk_geometry logical; } rows[] = {
        { { 1000, 16, 63 },  TRANSLATION_NONE,  { 1000, 16, 63 } },
        { { 4000, 16, 63 },  TRANSLATION_NONE,  { 1024, 16, 63 } },
        { { 4000, 16, 63 },  TRANSLATION_LARGE, { 1000, 64, 63 } },
        { { 4000, 16, 63 },  TRANSLATION_LBA,   { 1000, 64, 63 } },
        { { 16383, 16, 63 }, TRANSLATION_LBA,   { 1024, 255, 63 } },
        { { 16383, 16, 63 }, TRANSLATION_LARGE, { 1024, 128, 63 } },
        { { 16383, 16, 63 }, TRANSLATION_RECHS, { 1024, 240, 63 } },
        { { 3000, 8, 17 },   TRANSLATION_LARGE, { 750, 32, 17 } },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        u64 sectors = (u64)rows[i].physical.cylinders * rows[i].physical.heads * rows[i].physical.sectors;
        struct disk_geometry g = disk_geometry_translated(rows[i].physical, sectors, rows[i].how);
        cr_expect(!memcmp(&g, &rows[i].logical, sizeof g), "row %u: %u/%u/%u", i, g.cylinders, g.heads, g.sectors);
    }
}

Test(disk_geometry, auto_finds_the_translation_a_disk_was_partitioned_with)
{
    u64 sectors = 2000 * 16 * 63;
    u8 *disk = calloc(sectors, 512);
    struct disk_geometry physical = { 2000, 16, 63 };
    struct disk_image *image = disk_image_open_memory(disk, sectors * 512);
    cr_expect_eq(disk_translation_find(image, physical, TRANSLATION_AUTO), TRANSLATION_LBA, "by size");
    cr_expect_eq(disk_translation_find(image, physical, TRANSLATION_NONE), TRANSLATION_NONE, "as asked");
    put_partition(disk, 16, 63, 900);
    cr_expect_eq(disk_translation_find(image, physical, TRANSLATION_AUTO), TRANSLATION_NONE);
    put_partition(disk, 32, 63, 900);
    cr_expect_eq(disk_translation_find(image, physical, TRANSLATION_AUTO), TRANSLATION_LBA);
    disk_image_close(image);
    free(disk);
}
