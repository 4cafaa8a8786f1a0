#include "devices/board/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "devices/board/board.h"

bool drive_is_removable(const struct machine *m, unsigned drive)
{
    unsigned ata = drive - FDC_DRIVES;

    if (drive < FDC_DRIVES) return drive < CONFIG_FLOPPIES;
    return ata < 2 * CONFIG_ATA_CHANNELS && m->config.ata[ata >> 1].device[ata & 1].type == ATA_CDROM;
}

void shelf_put_into_drive(struct machine *m, unsigned drive, struct disk_image *image)
{
    unsigned ata = drive - FDC_DRIVES;

    if (!drive_is_removable(m, drive)) return;
    if (drive < FDC_DRIVES) {
        m->fdc.image[drive] = image;
        return;
    }
    m->ata_image[ata >> 1][ata & 1] = image;
    m->ata[ata >> 1].device[ata & 1].image = image;
}

static bool is_in_a_drive(struct machine *m, const struct disk_image *wanted)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image == wanted) return true;
    return false;
}

static struct shelf_medium *medium_of(struct machine *m, const struct disk_image *image)
{
    for (unsigned n = 0; n < m->shelf.count; n++)
        if (m->shelf.medium[n].image == image) return &m->shelf.medium[n];
    return NULL;
}

/* Nobody will look for it any more. */
static void forget(struct machine *m, struct shelf_medium *medium)
{
    free(medium->path);
    memmove(medium, medium + 1, (size_t)(&m->shelf.medium[m->shelf.count] - medium - 1) * sizeof *medium);
    m->shelf.count--;
}

static bool is_named(const struct shelf_medium *medium, unsigned drive, const char *path, enum disk_image_mode mode)
{
    return medium->drive == drive && medium->mode == mode && !strcmp(medium->path, path);
}

bool shelf_takes_in(struct machine *m, unsigned drive, struct disk_image *image, const char *path, enum disk_image_mode mode)
{
    struct shelf_medium *medium = medium_of(m, image);

    if (m->mirror || !disk_image_may_rest(image)) return false;
    if (medium) {
        medium->out = false;
        return true;
    }
    for (unsigned n = 0; n < m->shelf.count; n++)
        if (is_named(&m->shelf.medium[n], drive, path, mode)) return false;      /* that one is another now */
    if (m->shelf.count == SHELF_MOST) return false;
    medium = &m->shelf.medium[m->shelf.count];
    *medium = (struct shelf_medium){ .image = image, .drive = drive, .mode = mode, .path = strdup(path) };
    m->shelf.count += medium->path != NULL;
    return medium->path;
}

/* One that was in its drive from the start has the name that the configuration gave it. */
static const char *path_of(const struct disk_image *image)
{
    return disk_image_has_file(image) ? disk_image_path(image) : DEMO_DISK;
}

static enum disk_image_mode mode_of(const struct disk_image *image)
{
    return disk_image_read_only(image) ? IMAGE_READ_ONLY : disk_image_is_volatile(image) ? IMAGE_VOLATILE : IMAGE_WRITABLE;
}

bool shelf_takes_out(struct machine *m, unsigned drive, struct disk_image *image)
{
    struct shelf_medium *medium = medium_of(m, image);

    if (!medium && !shelf_takes_in(m, drive, image, path_of(image), mode_of(image))) return false;
    medium = medium_of(m, image);
    medium->out = !m->mirror && disk_image_may_rest(image) && disk_image_flush(image) && disk_image_rest(image);
    if (medium->out) return true;
    forget(m, medium);
    return false;
}

struct disk_image *shelf_find(struct machine *m, unsigned drive, const char *path, enum disk_image_mode mode)
{
    for (unsigned n = 0; n < m->shelf.count; n++) {
        const struct shelf_medium *medium = &m->shelf.medium[n];
        if (!is_named(medium, drive, path, mode)) continue;
        if (!m->past && (!medium->out || !disk_image_wake(medium->image))) return NULL;
        disk_image_forget_volatile(medium->image);               /* as when it is opened */
        return medium->image;
    }
    return NULL;
}

bool shelf_is_sound(const struct machine *m, struct error *err)
{
    for (unsigned n = 0; n < m->shelf.count; n++) {
        const struct shelf_medium *medium = &m->shelf.medium[n];
        if (!medium->out || disk_image_is_as_it_rested(medium->image)) continue;
        return fail(err, "%s was changed after it had been taken out of its drive, and what it was cannot be shown: time-travel on begins another past", medium->path);
    }
    return true;
}

bool shelf_lock(struct machine *m, struct error *err)
{
    for (unsigned n = 0; n < m->shelf.count; n++) {
        struct shelf_medium *medium = &m->shelf.medium[n];
        if (!medium->out || !is_in_a_drive(m, medium->image)) continue;
        if (!disk_image_wake(medium->image)) return fail(err, "%s is in use by another machine or program, or was changed", medium->path);
        medium->out = false;
    }
    return true;
}

void shelf_unlock(struct machine *m)
{
    for (unsigned n = 0; n < m->shelf.count; n++) {
        struct shelf_medium *medium = &m->shelf.medium[n];
        if (!medium->out && !is_in_a_drive(m, medium->image)) medium->out = disk_image_rest(medium->image);
    }
}

void shelf_clear(struct machine *m)
{
    for (unsigned n = 0; n < m->shelf.count; n++) {
        struct shelf_medium *medium = &m->shelf.medium[n];
        if (!is_in_a_drive(m, medium->image)) disk_image_close(medium->image);
        free(medium->path);
    }
    m->shelf.count = 0;
}
