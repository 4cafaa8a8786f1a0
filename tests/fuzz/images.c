/* Disk images in every form that is read here, folders as disks, and what file systems and partition tables say.  doc: fuzz */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/image_info.h"
#include "cpu/base/bits.h"
#include "devices/storage/disk_geometry.h"
#include "devices/storage/floppy_format.h"
#include "devices/storage/partition_table.h"
#include "tests/fuzz/hostile.h"
#include "tests/fuzz/targets.h"

enum { SECTORS = 64, CHECKED_SECTORS = 1 << 20 };

/* What the first byte of an input says that the rest of it is. */
static const enum disk_mode forms[] = { DISK_FLAT, DISK_CONCAT, DISK_SPARSE, DISK_GROWING, DISK_UNDOABLE, DISK_OVERLAY, DISK_VOLATILE };

static void see_partition(void *context, const struct partition *p)
{
    u64 *sum = context;

    *sum += p->number + p->first + p->last + strlen(p->type);
}

/* As a controller, the BIOS's tables and `image info` look at a disk. */
static void look_at(struct disk_image *image, unsigned kind)
{
    struct disk_geometry found;
    struct error err = { 0 };
    u64 sum = 0, sectors = disk_image_sectors(image);
    u8 sector[SECTOR_BYTES];

    partition_table_each(image, see_partition, &sum);
    if (disk_geometry_find(image, "ata0-master", (struct disk_geometry){ 0 }, &found, &err)) disk_geometry_translated(found, sectors, disk_translation_find(image, found, TRANSLATION_AUTO));
    floppy_format_of_size(sectors * SECTOR_BYTES);
    for (unsigned i = 0; i < 24; i++) {
        u64 lba = i < 8 ? i : i < 16 ? sectors - (i - 7) : (sectors / 9) * (i - 15) + kind;
        memset(sector, (int)i, sizeof sector);
        if (i % 3 == 2) disk_image_write(image, lba, 1, sector);
        else disk_image_read(image, lba, 1, sector);
    }
    disk_image_flush(image);
    disk_image_hash(image, true, 1 << 16);
}

/* What commands of `orrery image` make of the file, those that only look at it. */
static void inspect(const struct image_source *source)
{
    struct error err = { 0 };
    struct image_layer *layer = image_open_any(source, &err);

    if (!layer) return;
    image_info_print(source->path, layer);
    if (layer->sectors < CHECKED_SECTORS) image_info_check(source->path, layer, &(struct image_progress){ 0 });
    image_layer_close(layer);
}

void image_take(const u8 *bytes, size_t size)
{
    u8 kind = size ? *bytes : 0;
    enum disk_mode form = forms[kind % ARRAY_COUNT(forms)];
    struct error err = { 0 };

    if (size) bytes++, size--;
    room_put("base", "base", 4, SECTORS * SECTOR_BYTES);
    room_put(form == DISK_UNDOABLE ? "redolog" : "image1", bytes, size, 0);
    if (form == DISK_UNDOABLE) room_put("image1", "base", 4, SECTORS * SECTOR_BYTES);
    if (form == DISK_CONCAT || form == DISK_SPARSE) room_put("image2", bytes, size / 2, 0);
    char path[256], journal[256];
    snprintf(path, sizeof path, "%s", in_room("image1"));
    snprintf(journal, sizeof journal, "%s", in_room("redolog"));
    struct image_source source = { .path = path, .what = "ata0-master", .journal = form == DISK_UNDOABLE ? journal : "", .access = kind & 64 ? IMAGE_READ_ONLY : IMAGE_WRITABLE, .surely_flat = kind & 128 };
    inspect(&source);
    for (unsigned twice = 0; twice < 2; twice++) {       /* what was written is read by the next who opens it */
        struct disk_image *image = disk_image_open_as(form, &source, &err);
        if (!image && !err.count) fprintf(stderr, "fuzz: image: refused, and nothing is said\n"), abort();
        if (image) look_at(image, kind);
        disk_image_close(image);
    }
    inspect(&source);
    unlink(in_room("image2"));
}

/* --- seeds --- */

struct gift {
    target_seed give;
    void *context;
};

static void give_file(const struct gift *g, u8 kind, const char *name)
{
    FILE *f = fopen(in_room(name), "rb");
    u8 *bytes = calloc(1, 1 << 20);

    bytes[0] = kind;
    if (f) g->give(g->context, bytes, 1 + fread(bytes + 1, 1, (1 << 20) - 1, f));
    if (f) fclose(f);
    free(bytes);
}

/* A new image with something in it. */
static void give_form(const struct gift *g, u8 kind, const char *base)
{
    struct image_wish wish = { .kind = image_kind_of(forms[kind]), .path = in_room("seed"), .sectors = base ? 0 : SECTORS, .base = base ? in_room(base) : NULL, .force = true };
    struct image_source source = { .path = in_room("seed"), .what = "seed", .access = IMAGE_WRITABLE };
    struct error err = { 0 };
    u8 sector[SECTOR_BYTES] = "something";

    if (!image_create(&wish, &err)) fputs(err.text, stderr), exit(2);
    struct disk_image *image = disk_image_open_as(forms[kind], &source, &err);
    if (!image) fputs(err.text, stderr), exit(2);
    for (unsigned i = 0; i < 3; i++) disk_image_write(image, i * 20, 1, sector);
    disk_image_close(image);
    give_file(g, kind, "seed");
}

static void give_redolog(const struct gift *g)
{
    struct image_source source = { .path = in_room("base"), .journal = in_room("seed"), .what = "seed", .access = IMAGE_WRITABLE };
    struct error err = { 0 };
    u8 sector[SECTOR_BYTES] = "something";

    unlink(in_room("seed"));
    struct disk_image *image = disk_image_open_as(DISK_UNDOABLE, &source, &err);
    if (!image) fputs(err.text, stderr), exit(2);
    disk_image_write(image, 7, 1, sector);
    disk_image_close(image);
    give_file(g, 4, "seed");
}

static void put_partition(u8 *entry, u8 type, u32 first, u32 count)
{
    static const u8 chs[] = { 0, 1, 1, 0, 0, 15, 63, 2 };

    memcpy(entry, chs, sizeof chs);
    entry[0] = 0x80, entry[4] = type;
    put32(entry + 8, first), put32(entry + 12, count);
}

/* MBR with a logical partition, and GPT. */
static void give_partitions(const struct gift *g)
{
    static u8 disk[1 + SECTORS * SECTOR_BYTES];
    u8 *mbr = disk + 1, *ebr = mbr + 32 * SECTOR_BYTES;

    put_partition(mbr + 0x1be, 0x06, 1, 20), put_partition(mbr + 0x1ce, 0x05, 32, 32), put16(mbr + 0x1fe, 0xaa55);
    put_partition(ebr + 0x1be, 0x83, 1, 4), put_partition(ebr + 0x1ce, 0x05, 8, 8), put16(ebr + 0x1fe, 0xaa55);
    g->give(g->context, disk, sizeof disk);
    memset(disk, 0, sizeof disk);
    put_partition(mbr + 0x1be, 0xee, 1, SECTORS - 1), put16(mbr + 0x1fe, 0xaa55);
    u8 *gpt = mbr + SECTOR_BYTES, *entry = gpt + SECTOR_BYTES;
    memcpy(gpt, "EFI PART\0\0\1\0\134\0\0\0", 16);
    put64(gpt + 24, 1), put64(gpt + 32, SECTORS - 1), put64(gpt + 40, 34), put64(gpt + 48, SECTORS - 2), put64(gpt + 72, 2), put32(gpt + 80, 128), put32(gpt + 84, 128);
    memset(entry, 0x5a, 32), put64(entry + 32, 34), put64(entry + 40, 50);
    g->give(g->context, disk, sizeof disk);
}

void image_seeds(target_seed give, void *context)
{
    struct gift g = { give, context };

    room_put("base", "base", 4, SECTORS * SECTOR_BYTES);
    give_form(&g, 2, NULL), give_form(&g, 3, NULL), give_form(&g, 5, NULL), give_form(&g, 5, "base");
    give_redolog(&g);
    give_partitions(&g);
    for (u8 kind = 0; kind < 7; kind++) give_file(&g, kind, "base");
}

const char *const image_words[] = { "\x55\xaa", "EFI PART", "\x05", "\x0f", "\xee", "\xff\xff\xff\xff", "/dev/shm", "..", "base", NULL };

/* --- folders --- */

/* A folder of files whose names and sizes the numbers choose. */
static void put_folder(void)
{
    static const char *const names[] = { "A.TXT", "a long name of a file.text", "x", ".hidden", "NAME.TOOLONG", "two..dots", "+,;=[]", "\xc3\xa4\xc3\xb6.txt", "AUX", "sub/B.TXT", "sub/deeper/C.TXT", "sub/a longer name than others have.c" };
    char path[128];
    u8 bytes[4096];

    room_folder("folder"), room_folder("folder/sub"), room_folder("folder/sub/deeper"), room_folder("back");
    for (unsigned n = pick(10); n; n--) {
        snprintf(path, sizeof path, "folder/%s", ONE_OF(names));
        pick_bytes(bytes, sizeof bytes);
        room_put(path, bytes, pick(sizeof bytes), pick(4) ? 0 : pick(100000));
    }
}

/* Entries of a directory, a FAT's, a boot sector, as a guest might have left them, nearly. */
static void guest_sector(u8 *sector)
{
    pick_bytes(sector, SECTOR_BYTES);
    for (unsigned at = 0; pick(3) && at < SECTOR_BYTES; at += 32) {
        memcpy(sector + at, pick(2) ? "GUEST   BIN" : pick(2) ? "..         " : "A       TXT", 11);
        if (pick(2)) sector[at + pick(11)] = (u8)pick(256);
        sector[at + 11] = (u8)(pick(3) == 0 ? 0x0f : pick(3) ? 0x20 : 0x10);
        if (sector[at + 11] == 0x0f) sector[at] = (u8)(pick(4) << 5 | pick(24));
        put16(sector + at + 20, 0), put16(sector + at + 26, (u16)(pick(8) ? pick(40) : pick(0x10000))), put32(sector + at + 28, pick(8) ? pick(20000) : pick_value());
    }
}

static u64 a_sector(struct disk_image *image)
{
    u64 sectors = disk_image_sectors(image);
    return pick(8) ? pick(sectors < 4096 ? (u32)sectors : 4096) : pick_wide() % sectors;
}

unsigned long vvfat_play(const struct fuzz_target *t, unsigned long most)
{
    struct error err = { 0 };
    u8 sector[SECTOR_BYTES];
    static const u64 sizes[] = { 0, 0, 2880, 20000, 70000, 1100000 };

    (void)t;
    put_folder();
    char path[256], back[256];
    snprintf(path, sizeof path, "%s", in_room("folder"));
    snprintf(back, sizeof back, "%s", in_room("back"));
    struct image_source source = { .path = path, .what = "ata0-master", .writeback = pick(4) ? back : "", .floppy = pick(4) == 0, .access = IMAGE_WRITABLE, .wanted_sectors = ONE_OF(sizes) };
    struct disk_image *image = disk_image_open_as(DISK_VVFAT, &source, &err);
    if (!image) return 1;
    for (unsigned n = 0; n < 60 && n < most * 60 && !hostile_over(); n++) {
        u64 lba = a_sector(image), other = a_sector(image);
        if (pick(3) == 0) guest_sector(sector);
        else disk_image_read(image, other, 1, sector);
        for (unsigned changes = pick(4); changes; changes--) sector[pick(SECTOR_BYTES)] = (u8)pick(256);
        disk_image_write(image, pick(4) ? other : lba, 1, sector);
    }
    disk_image_close(image);
    return 1;
}
