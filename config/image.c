#include "config/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/storage/disk_geometry.h"
#include "devices/storage/floppy_format.h"

enum { STATUS_USAGE = 2, STATUS_IMAGE = 4, PIECE = 256 };

static int usage(void)
{
    fputs("orrery image create FILE SIZE   (SIZE in bytes, or with K, M, G of 1024)\n"
          "orrery image info FILE          what a guest would find\n"
          "orrery image check FILE         can all of it be read\n"
          "convert and commit are not there yet: qemu-img convert -O raw makes raw images\n", stderr);
    return STATUS_USAGE;
}

static int failed(const struct error *err)
{
    fputs(err->text, stderr);
    return STATUS_IMAGE;
}

static int create(const char *path, const char *size_text)
{
    struct error err = { 0 };
    char *end = "";
    u64 size = strtoull(size_text, &end, 0), unit = *end == 'K' ? 1 << 10 : *end == 'M' ? 1 << 20 : *end == 'G' ? 1 << 30 : 1;

    if (end == size_text || end[unit > 1] || size > UINT64_MAX / unit) {
        fprintf(stderr, "orrery: image create: \"%s\" is no size; write 512M\n", size_text);
        return STATUS_USAGE;
    }
    return image_create_raw(path, size * unit, &err) ? 0 : failed(&err);
}

static void print_disk(struct disk_image *image)
{
    static const char *const translation[] = { "auto", "none", "lba", "large", "rechs" };
    struct error err = { 0 };
    struct disk_geometry none = { 0, 0, 0 }, found;

    if (!disk_geometry_find(image, "image", none, &found, &err)) return;
    enum disk_translation t = disk_translation_find(image, found, TRANSLATION_AUTO);
    struct disk_geometry shown = disk_geometry_translated(found, disk_image_sectors(image), t);
    printf("as a hard disk: cylinders=%u, heads=%u, spt=%u; INT 13h shows %u/%u/%u (translation=%s)\n", found.cylinders, found.heads, found.sectors, shown.cylinders,
           shown.heads, shown.sectors, translation[t]);
}

static int info(struct disk_image *image)
{
    u64 bytes = disk_image_sectors(image) * SECTOR_BYTES;
    const struct floppy_format *floppy = floppy_format_of_size(bytes);

    printf("%s: raw, %llu bytes, %llu sectors\n", disk_image_path(image), (unsigned long long)bytes, (unsigned long long)(bytes / SECTOR_BYTES));
    if (floppy) printf("as a floppy: %s, %u cylinders, %u heads, %u sectors\n", floppy->name, floppy->cylinders, floppy->heads, floppy->sectors);
    print_disk(image);
    if (bytes % CD_SECTOR_BYTES == 0) printf("as a CD: %llu blocks\n", (unsigned long long)(bytes / CD_SECTOR_BYTES));
    return 0;
}

/* Every sector is read; progress for large images. */
static int check(struct disk_image *image)
{
    static u8 piece[PIECE * SECTOR_BYTES];
    u64 sectors = disk_image_sectors(image), done = 0;

    while (done < sectors) {
        u32 count = sectors - done < PIECE ? (u32)(sectors - done) : PIECE;
        if (!disk_image_read(image, done, count, piece)) {
            fprintf(stderr, "%s: sectors %llu to %llu cannot be read\n", disk_image_path(image), (unsigned long long)done, (unsigned long long)(done + count - 1));
            return STATUS_IMAGE;
        }
        done += count;
        if (done % (PIECE * 8192) == 0) fprintf(stderr, "%llu of %llu sectors\n", (unsigned long long)done, (unsigned long long)sectors);
    }
    printf("%s: all %llu sectors can be read\n", disk_image_path(image), (unsigned long long)sectors);
    return 0;
}

int image_command(int argc, char **argv)
{
    struct error err = { 0 };

    if (argc == 5 && !strcmp(argv[2], "create")) return create(argv[3], argv[4]);
    if (argc != 4 || (strcmp(argv[2], "info") && strcmp(argv[2], "check"))) return usage();
    struct disk_image *image = disk_image_open(argv[3], "image", IMAGE_READ_ONLY, SECTOR_BYTES, &err);
    if (!image) return failed(&err);
    int status = argv[2][0] == 'i' ? info(image) : check(image);
    disk_image_close(image);
    return status;
}
