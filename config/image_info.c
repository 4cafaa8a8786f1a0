#include "config/image_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/storage/cd_disc.h"
#include "devices/storage/cd_sector.h"
#include "devices/storage/disk_geometry.h"
#include "devices/storage/floppy_format.h"
#include "devices/storage/overlay.h"
#include "devices/storage/partition_table.h"

enum { PIECE_SECTORS = 256 };

/* --- info --- */

static void print_bytes(u64 bytes)
{
    static const char *const unit[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
    unsigned n = 0;
    double value = (double)bytes;

    while (value >= 1024 && n + 1 < ARRAY_COUNT(unit)) value /= 1024, n++;
    if (n) printf("%.*f %s (%llu bytes)", value == (double)(u64)value ? 0 : 1, value, unit[n], (unsigned long long)bytes);
    else printf("%llu bytes", (unsigned long long)bytes);
}

/* An overlay is looked at alone: what it names is said, and not read. */
static void print_base(struct image_layer *layer)
{
    const struct image_kind *kind = NULL;
    char *base = strcmp(layer->format->name, "overlay") || layer->below ? NULL : overlay_base(layer, &kind);

    if (base) printf("  on %s: %s (not looked at)\n", base, kind->name);
    free(base);
}

static void print_layers(const char *path, struct image_layer *layer)
{
    printf("%s: %s, ", path, layer->format->name);
    print_bytes(layer->sectors * SECTOR_BYTES);
    printf(", %llu sectors; takes ", (unsigned long long)layer->sectors);
    print_bytes(image_layer_stored_bytes(layer));
    putchar('\n');
    print_base(layer);
    if (layer->notice) printf("note: %s\n", layer->notice);
    for (layer = layer->below; layer; layer = layer->below) {
        printf("  on %s: %s, ", layer->file ? layer->file->path : "what follows", layer->format->name);
        print_bytes(layer->sectors * SECTOR_BYTES);
        printf("; takes ");
        print_bytes(image_layer_stored_bytes(layer));
        putchar('\n');
    }
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

static void print_partition(void *context, const struct partition *p)
{
    (void)context;
    printf("partition %u: %s, sectors %llu to %llu, ", p->number, p->type, (unsigned long long)p->first, (unsigned long long)p->last);
    print_bytes((p->last - p->first + 1) * SECTOR_BYTES);
    printf("%s%s\n", p->active ? ", active" : "", p->outside ? ", ENDS OUTSIDE THE DISK" : "");
}

/* --- of a CD with tracks --- */

static void print_address(const char *what, u32 lba)
{
    struct cd_msf at = cd_msf_of(lba);
    printf("%s %u (%02u:%02u:%02u)", what, lba, at.minute, at.second, at.frame);
}

static void print_disc(const struct cd_disc *disc)
{
    static const char *const modes[] = { [CD_AUDIO] = "audio", [CD_MODE_1] = "data, mode 1", [CD_MODE_2] = "data, mode 2 (XA)" };

    for (unsigned n = 0; n < disc->tracks; n++) {
        const struct cd_track *t = &disc->track[n];
        printf("session %u, track %u: %s, ", t->session, t->number, modes[t->mode]);
        print_address("blocks", t->start);
        print_address(" to", t->end - 1);
        if (t->pregap < t->start) printf(", pregap of %u blocks before it", t->start - t->pregap);
        printf("%s%s\n", t->isrc[0] ? ", ISRC " : "", t->isrc);
    }
    for (unsigned n = 0; n < disc->sessions; n++) {
        printf("session %u: ", n + 1);
        print_address("lead-out at block", disc->session[n].lead_out);
        putchar('\n');
    }
    if (disc->catalogue[0]) printf("catalogue number %s\n", disc->catalogue);
}

void image_info_print(const char *path, struct image_layer *layer)
{
    if (layer->disc) {
        printf("%s: %s of a compact disc of %u tracks, %u sessions; takes ", path, layer->format->name, layer->disc->tracks, layer->disc->sessions);
        print_bytes(image_layer_stored_bytes(layer));
        putchar('\n');
        print_disc(layer->disc);
        return;
    }
    u64 bytes = layer->sectors * SECTOR_BYTES;
    const struct floppy_format *floppy = floppy_format_of_size(bytes);
    struct disk_image *image = disk_image_around(layer, path, "image");

    print_layers(path, layer);
    if (floppy) printf("as a floppy: %s, %u cylinders, %u heads, %u sectors\n", floppy->name, floppy->cylinders, floppy->heads, floppy->sectors);
    if (image) print_disk(image);
    if (image) partition_table_each(image, print_partition, NULL);
    if (bytes % CD_SECTOR_BYTES == 0) printf("as a CD: %llu blocks\n", (unsigned long long)(bytes / CD_SECTOR_BYTES));
    disk_image_release(image);
}

/* --- check --- */

static void say(void *context, const char *sentence)
{
    fprintf(stderr, "%s: %s\n", (const char *)context, sentence);
}

static bool read_all(const char *path, struct image_layer *layer, const struct image_progress *progress)
{
    static u8 piece[PIECE_SECTORS * SECTOR_BYTES];
    u64 lba = 0;

    while (lba < layer->sectors) {
        u32 count = layer->sectors - lba < PIECE_SECTORS ? (u32)(layer->sectors - lba) : PIECE_SECTORS;
        struct error err = { 0 };
        if (!image_layer_read(layer, lba, count, piece, &err)) {
            fputs(err.text, stderr);
            fprintf(stderr, "%s: sectors %llu to %llu cannot be read\n", path, (unsigned long long)lba, (unsigned long long)(lba + count - 1));
            return false;
        }
        lba += count;
        if (progress->at) progress->at(progress->context, lba, layer->sectors);
    }
    return true;
}

bool image_info_check(const char *path, struct image_layer *layer, const struct image_progress *progress)
{
    struct image_findings findings = { .say = say, .context = (void *)path };

    for (struct image_layer *l = layer; l; l = l->below)
        if (l->format->check) l->format->check(l, &findings);
    if (findings.leaks) printf("%s: %u leaks: room that nothing refers to; convert makes a copy without it\n", path, findings.leaks);
    if (findings.errors) printf("%s: %u errors\n", path, findings.errors);
    if (findings.errors || !read_all(path, layer, progress)) return false;
    printf("%s: the %s image is sound, all %llu sectors can be read\n", path, layer->format->name, (unsigned long long)layer->sectors);
    return true;
}
