#include "devices/storage/disk_geometry.h"

/* Geometry of hard disks: what was asked for, what the partition table was made with, what BIOSes agree on.
 * Sources: T13 ATA-6 "CHS addressing"; Phoenix, "BIOS Enhanced Disk Drive Specification"; IBM PC DOS partition table. */
#include "cpu/base/bits.h"

enum { HEADS_MAX = 16, SECTORS_MAX = 63, CYLINDERS_MAX = 65535, CYLINDERS_AUTO_MAX = 16383 };
enum { INT13_CYLINDERS = 1024, INT13_HEADS = 255 };

/* --- hints of the partition table --- */

struct chs {
    u32 cylinder, head, sector;
};

static struct chs chs_at(const u8 *p)
{
    return (struct chs){ .head = p[0], .sector = p[1] & 63, .cylinder = (u32)(p[1] & 0xc0) << 2 | p[2] };
}

/* CHS of an entry fits its LBA, or says that it could not be expressed (cylinder 1023). */
static bool agrees(struct chs at, u64 lba, struct disk_geometry g)
{
    if (at.cylinder >= INT13_CYLINDERS - 1) return true;
    return at.sector && ((u64)at.cylinder * g.heads + at.head) * g.sectors + at.sector - 1 == lba;
}

/* The logical geometry of an entry: partitions end at the end of a cylinder. */
static bool entry_geometry(const u8 *entry, struct disk_geometry *g)
{
    struct chs first = chs_at(entry + 1), last = chs_at(entry + 5);
    u64 lba = get32(entry + 8), count = get32(entry + 12);

    if (!entry[4] || !count || (entry[0] & 0x7f)) return false;
    *g = (struct disk_geometry){ .heads = last.head + 1, .sectors = last.sector };
    return g->sectors && g->heads <= INT13_HEADS && agrees(first, lba, *g) && agrees(last, lba + count - 1, *g);
}

/* What INT 13h showed when the disk was partitioned; false when nothing is there or entries disagree. */
static bool partition_hint(struct disk_image *image, struct disk_geometry *hint)
{
    u8 mbr[SECTOR_BYTES];
    bool found = false;

    if (!disk_image_read(image, 0, 1, mbr) || get16(mbr + 510) != 0xaa55) return false;
    for (unsigned i = 0; i < 4; i++) {
        struct disk_geometry g;
        if (!entry_geometry(mbr + 446 + 16 * i, &g)) continue;
        if (found && (g.heads != hint->heads || g.sectors != hint->sectors)) return false;
        *hint = g;
        found = true;
    }
    return found;
}

/* --- physical geometry --- */

static bool refuse(const char *what, struct disk_geometry g, struct error *err, const char *why)
{
    return fail(err, "%s: cylinders=%u, heads=%u, spt=%u: %s", what, g.cylinders, g.heads, g.sectors, why);
}

static bool asked_is_sound(u64 sectors, const char *what, struct disk_geometry g, struct error *err)
{
    u64 product = (u64)g.cylinders * g.heads * g.sectors;

    if (!g.heads || !g.sectors)
        return refuse(what, g, err, "give cylinders, heads and spt, or none of them to have them found out");
    if (g.heads > HEADS_MAX) return refuse(what, g, err, "an ATA disk has at most 16 heads");
    if (g.sectors > SECTORS_MAX) return refuse(what, g, err, "a track has at most 63 sectors");
    if (g.cylinders > CYLINDERS_MAX) return refuse(what, g, err, "a disk has at most 65535 cylinders");
    if (product <= sectors) return true;
    return fail(err, "%s: cylinders=%u, heads=%u, spt=%u: that is %llu sectors, the image has %llu; use cylinders=%llu, "
                "or leave all three out", what, g.cylinders, g.heads, g.sectors, (unsigned long long)product,
                (unsigned long long)sectors, (unsigned long long)(sectors / (g.heads * g.sectors)));
}

/* An image smaller than one cylinder of 16 x 63 still is a disk. */
static struct disk_geometry default_tracks(u64 sectors)
{
    if (sectors >= HEADS_MAX * SECTORS_MAX) return (struct disk_geometry){ .heads = HEADS_MAX, .sectors = SECTORS_MAX };
    return (struct disk_geometry){ .heads = 1, .sectors = sectors < SECTORS_MAX ? (u32)sectors : SECTORS_MAX };
}

bool disk_geometry_find(struct disk_image *image, const char *what, struct disk_geometry asked,
                        struct disk_geometry *found, struct error *err)
{
    u64 sectors = disk_image_sectors(image);
    struct disk_geometry g = asked;

    if (asked.cylinders || asked.heads || asked.sectors) {
        if (!asked_is_sound(sectors, what, asked, err)) return false;
    } else if (!partition_hint(image, &g) || g.heads > HEADS_MAX || (u64)g.heads * g.sectors > sectors) {
        g = default_tracks(sectors);
    }
    if (!asked.cylinders) {
        u64 cylinders = sectors / (g.heads * g.sectors);
        g.cylinders = cylinders < CYLINDERS_AUTO_MAX ? (u32)cylinders : CYLINDERS_AUTO_MAX;
    }
    if (!g.cylinders) return refuse(what, g, err, "one cylinder of that is larger than the image");
    *found = g;
    return true;
}

/* --- translations: how a BIOS squeezes a disk into the fields of INT 13h --- */

static u32 at_most(u64 value, u32 limit)
{
    return value < limit ? (u32)value : limit;
}

/* "LARGE": halve the cylinders, double the heads. */
static struct disk_geometry bit_shifted(struct disk_geometry g)
{
    while (g.cylinders > INT13_CYLINDERS && g.heads * 2 <= INT13_HEADS) {
        g.cylinders /= 2;
        g.heads *= 2;
    }
    return g;
}

/* LBA-assisted: 63 sectors and as many heads as the capacity needs. */
static struct disk_geometry lba_assisted(u64 sectors)
{
    static const u32 steps[] = { 16, 32, 64, 128, INT13_HEADS };
    unsigned i = 0;

    while (i < ARRAY_COUNT(steps) - 1 && sectors > (u64)steps[i] * SECTORS_MAX * INT13_CYLINDERS) i++;
    u64 cylinders = sectors / (steps[i] * SECTORS_MAX);
    return (struct disk_geometry){ .cylinders = at_most(cylinders ? cylinders : 1, INT13_CYLINDERS), .heads = steps[i], .sectors = SECTORS_MAX };
}

struct disk_geometry disk_geometry_translated(struct disk_geometry physical, u64 sectors, enum disk_translation translation)
{
    struct disk_geometry g = physical;

    switch (translation) {
    case TRANSLATION_LBA: return lba_assisted(sectors);
    case TRANSLATION_RECHS:                          /* 15 heads first, so that 256 heads never come out */
        if (g.heads == 16 && g.cylinders > 8192) {
            g.heads = 15;
            g.cylinders = (u32)((u64)g.cylinders * 16 / 15);
        }
        g = bit_shifted(g);
        break;
    case TRANSLATION_LARGE: g = bit_shifted(g); break;
    default: break;
    }
    g.cylinders = at_most(g.cylinders, INT13_CYLINDERS);
    return g;
}

enum disk_translation disk_translation_find(struct disk_image *image, struct disk_geometry physical,
                                            enum disk_translation asked)
{
    static const enum disk_translation order[] = { TRANSLATION_NONE, TRANSLATION_LBA, TRANSLATION_LARGE, TRANSLATION_RECHS };
    struct disk_geometry hint;

    if (asked != TRANSLATION_AUTO) return asked;
    for (unsigned i = 0; i < ARRAY_COUNT(order) && partition_hint(image, &hint); i++) {
        struct disk_geometry g = disk_geometry_translated(physical, disk_image_sectors(image), order[i]);
        if (g.heads == hint.heads && g.sectors == hint.sectors) return order[i];
    }
    return physical.cylinders <= INT13_CYLINDERS ? TRANSLATION_NONE : TRANSLATION_LBA;
}
