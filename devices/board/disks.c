/* Floppies, hard disks and CDs: images into drives, and what CMOS tells a BIOS about them.   doc: disk-images */
#include <stdio.h>
#include <string.h>

#include "bios/images.h"
#include "devices/board/board.h"
#include "devices/board/mirror.h"
#include "devices/storage/floppy_format.h"

enum { SETTLE_NS = 1000000000 };

#define FOLDER_PREFIX "vvfat:"           /* of the path of a floppy that is a folder of the host */

/* A person may make room, and go on: the drive tries again then. */
static bool on_disk_failure(void *board, const char *sentence)
{
    board_pause(board, sentence);
    return true;
}

static void on_disk_grown(void *board, const char *sentence)
{
    board_stop(board, MACHINE_LIMIT, 0, "%s (limits: overlay=)", sentence);
}

static void watch_image(struct machine *m, struct disk_image *image)
{
    disk_image_on_failure(image, on_disk_failure, m);
    if (m->config.limits.overlay) disk_image_limit_growth(image, m->config.limits.overlay, on_disk_grown);
}

/* DOS never flushes: what an image keeps back goes to the host a second after it was written, for the day when the program is killed. */
static void settle(void *board)
{
    struct machine *m = board;
    bool ok = true;

    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++)
        if (m->ata_image[i >> 1][i & 1]) ok &= disk_image_flush(m->ata_image[i >> 1][i & 1]);
    if (!ok) clock_at(&m->clock, &m->disks_settle, clock_now(&m->clock));
}

static void on_kept_back(void *board)
{
    struct machine *m = board;
    if (m->disks_settle.at == NEVER) clock_at(&m->clock, &m->disks_settle, clock_now(&m->clock) + clock_ticks_of_ns(&m->clock, SETTLE_NS));
}

void disks_settle_later(struct machine *m) { on_kept_back(m); }

/* --- floppies --- */

/* Images of boot floppies are often cut after their last used sector.  When the drive is known, so is the disk's size. */
static void lengthen_to_format(struct disk_image *image, enum floppy_drive drive)
{
    const struct floppy_format *usual = floppy_format_of_drive(drive);
    u64 sectors = disk_image_sectors(image);

    if (floppy_format_of_size(sectors * SECTOR_BYTES) || !usual) return;
    disk_image_lengthen(image, (u64)usual->cylinders * usual->heads * usual->sectors);
}

/* It stays open where the past is kept, and the past may go on over it. */
static void take_out(struct machine *m, unsigned drive, struct disk_image *image)
{
    if (!image || history_takes_out(m, drive, image)) return;
    mirror_close_medium(m, image);
    history_medium_changed(m);
}

/* A drive whose type the configuration left open is the one made for its first disk. */
static bool put_into_drive(struct machine *m, unsigned drive, struct disk_image *image, bool write_protected, const char *who, struct error *err)
{
    u8 *type = &m->config.floppy[drive].drive_type;
    lengthen_to_format(image, *type);
    u64 size = disk_image_sectors(image) * SECTOR_BYTES;
    const struct floppy_format *format = floppy_format_of_size(size);

    if (!format) return floppy_format_unknown(who, disk_image_path(image), size, err);
    if (!*type) {
        *type = (u8)format->drive;
        fdc_82077_attach(&m->fdc, drive, format->drive);
    }
    if (!floppy_format_fits(format, *type))
        return fail(err, "%s: path=\"%s\": a %s disk does not fit the drive; choose another type=", who, disk_image_path(image), format->name);
    disks_floppy_eject(m, drive);
    watch_image(m, image);
    bool done = fdc_82077_insert(&m->fdc, drive, image, write_protected);
    mirror_medium_in(m);
    return done;
}

/* The demo disk, a folder, or a raw image. */
static struct disk_image *open_floppy(const struct machine *m, const char *path, const char *who, enum disk_image_mode mode, struct error *err)
{
    struct image_source folder = { .path = path + strlen(FOLDER_PREFIX), .what = who, .access = mode, .floppy = true };
    struct image_source raw = { .path = path, .what = who, .access = mode, .unit_bytes = SECTOR_BYTES, .heritage = m->config.heritage };

    if (!strcmp(path, DEMO_DISK)) return disk_image_open_memory(demo_disk_image, demo_disk_image_size);
    if (!strncmp(path, FOLDER_PREFIX, strlen(FOLDER_PREFIX))) return disk_image_open_as(DISK_VVFAT, &folder, err);
    return disk_image_open_as(DISK_FLAT, &raw, err);
}

bool disks_floppy_insert(struct machine *m, unsigned drive, const char *path, bool write_protected, struct error *err)
{
    const char *who = drive ? "floppyb" : "floppya";

    if (drive >= CONFIG_FLOPPIES) return fail(err, "floppy drive %u: there are two", drive);
    enum disk_image_mode mode = write_protected ? IMAGE_READ_ONLY : m->config.volatile_media ? IMAGE_VOLATILE : IMAGE_WRITABLE;
    struct disk_image *known = shelf_find(m, drive, path, mode), *image = known ? known : open_floppy(m, path, who, mode, err);
    if (!image) return false;
    if (put_into_drive(m, drive, image, write_protected, who, err)) {
        if (!history_takes_in(m, drive, image, path, mode)) history_medium_changed(m);
        return true;
    }
    if (known) shelf_takes_out(m, drive, known);
    else disk_image_close(image);
    return false;
}

void disks_floppy_eject(struct machine *m, unsigned drive)
{
    take_out(m, drive, fdc_82077_eject(&m->fdc, drive));
}

static bool insert_floppies(struct machine *m, struct error *err)
{
    bool ok = true;

    for (unsigned n = 0; n < CONFIG_FLOPPIES; n++) {
        struct floppy_config *f = &m->config.floppy[n];
        if (f->drive_type) fdc_82077_attach(&m->fdc, n, f->drive_type);
        if (!f->path[0] || !f->inserted) continue;
        ok &= disks_floppy_insert(m, n, f->path, f->write_protected, err);
    }
    return ok;
}

/* --- ATA --- */

const char *board_ata_name(unsigned channel, unsigned unit)
{
    static const char *const name[CONFIG_ATA_CHANNELS][2] = { { "ata0-master", "ata0-slave" }, { "ata1-master", "ata1-slave" } };
    return name[channel][unit];
}

static bool attach_disk(struct machine *m, unsigned channel, unsigned unit, struct error *err)
{
    const struct ata_device_config *c = &m->config.ata[channel].device[unit];
    const char *who = board_ata_name(channel, unit);
    struct disk_geometry asked = { c->cylinders, c->heads, c->sectors }, found;

    if (!c->path[0]) return fail(err, "%s: a disk needs path=", who);
    struct image_source source = {
        .path = c->path, .what = who, .journal = c->journal, .writeback = c->writeback, .access = m->config.volatile_media ? IMAGE_VOLATILE : IMAGE_WRITABLE,
        .wanted_sectors = (u64)c->cylinders * c->heads * c->sectors, .heritage = m->config.heritage,
    };
    struct disk_image *image = disk_image_open_as(c->mode, &source, err);
    if (!image) return false;
    m->ata_image[channel][unit] = image;
    if (!disk_geometry_find(image, who, asked, &found, err)) return false;
    watch_image(m, image);
    disk_image_on_kept_back(image, on_kept_back, m);
    ata_channel_attach_disk(&m->ata[channel], unit, image, found, c->model[0] ? c->model : "Orrery disk");
    return true;
}

static bool attach_usb_disk(struct machine *m, unsigned port, struct error *err)
{
    const struct usb_port_config *c = &m->config.usb.port[port];

    if (!c->path[0]) return fail(err, "usb_uhci: port%u=disk needs options%u=\"path:FILE\"", port + 1, port + 1);
    struct image_source source = {
        .path = c->path, .what = usb_port_name(port), .access = m->config.volatile_media ? IMAGE_VOLATILE : c->read_only ? IMAGE_READ_ONLY : IMAGE_WRITABLE, .heritage = m->config.heritage,
    };
    struct disk_image *image = disk_image_open_as(c->mode, &source, err);
    if (!image) return false;
    watch_image(m, image);
    usb_attach_disk(m, port, image);
    return true;
}

static bool attach_usb(struct machine *m, struct error *err)
{
    bool ok = true;

    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++)
        if (m->config.usb.enabled && m->config.usb.port[n].kind == CONFIG_USB_DISK) ok &= attach_usb_disk(m, n, err);
    return ok;
}

static struct disk_image *open_cd(const struct machine *m, const char *path, const char *who, struct error *err)
{
    struct image_source disc = { .path = path, .what = who, .access = IMAGE_READ_ONLY, .unit_bytes = CD_SECTOR_BYTES, .heritage = m->config.heritage };
    return disk_image_open_as(DISK_FLAT, &disc, err);
}

static bool attach_cdrom(struct machine *m, unsigned channel, unsigned unit, struct error *err)
{
    const struct ata_device_config *c = &m->config.ata[channel].device[unit];
    struct disk_image *image = NULL;

    if (c->path[0] && c->inserted) {
        image = open_cd(m, c->path, board_ata_name(channel, unit), err);
        if (!image) return false;
        watch_image(m, image);
    }
    m->ata_image[channel][unit] = image;
    ata_channel_attach_cdrom(&m->ata[channel], unit, image, c->model[0] ? c->model : "Orrery CD-ROM");
    return true;
}

static bool attach_ata(struct machine *m, struct error *err)
{
    bool ok = true;

    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++) {
        enum ata_device_type type = m->config.ata[i >> 1].device[i & 1].type;
        if (type == ATA_NONE) continue;
        if (!m->config.ata[i >> 1].enabled) ok = fail(err, "%s: ata%u is not enabled", board_ata_name(i >> 1, i & 1), i >> 1);
        else ok &= type == ATA_DISK ? attach_disk(m, i >> 1, i & 1, err) : attach_cdrom(m, i >> 1, i & 1, err);
    }
    return ok;
}

static bool is_cdrom(const struct machine *m, unsigned channel, unsigned unit)
{
    return channel < CONFIG_ATA_CHANNELS && unit < 2 && m->config.ata[channel].device[unit].type == ATA_CDROM;
}

bool disks_cd_insert(struct machine *m, unsigned channel, unsigned unit, const char *path, struct error *err)
{
    if (!is_cdrom(m, channel, unit)) return fail(err, "ata%u, unit %u: there is no CD-ROM drive", channel, unit);
    unsigned drive = FDC_DRIVES + 2 * channel + unit;
    struct disk_image *image = shelf_find(m, drive, path, IMAGE_READ_ONLY);
    if (!image) image = open_cd(m, path, board_ata_name(channel, unit), err);
    if (!image) return false;
    watch_image(m, image);
    disks_cd_eject(m, channel, unit);
    m->ata_image[channel][unit] = image;
    bool done = ata_channel_cd_insert(&m->ata[channel], unit, image);
    if (!history_takes_in(m, drive, image, path, IMAGE_READ_ONLY)) history_medium_changed(m);
    return done;
}

void disks_cd_eject(struct machine *m, unsigned channel, unsigned unit)
{
    if (!is_cdrom(m, channel, unit)) return;
    ata_channel_cd_eject(&m->ata[channel], unit);
    struct disk_image *image = m->ata_image[channel][unit];
    m->ata_image[channel][unit] = NULL;
    take_out(m, FDC_DRIVES + 2 * channel + unit, image);
}

/* --- CMOS: IBM PC AT Technical Reference, and the translation bits that Bochs's BIOS and SeaBIOS read at 39h --- */

/* A "type 47" entry: cylinders, heads, write precompensation (none), control byte, landing zone, sectors. */
static void put_disk_type(u8 *at, const struct ata_device *d)
{
    at[0] = at[6] = (u8)d->cylinders;
    at[1] = at[7] = (u8)(d->cylinders >> 8);
    at[2] = (u8)d->heads;
    at[3] = at[4] = 0xff;
    at[5] = d->heads > 8 ? 0xc8 : 0xc0;
    at[8] = (u8)d->sectors;
}

static u8 translation_code(struct machine *m, unsigned channel, unsigned unit)
{
    const struct ata_device *d = &m->ata[channel].device[unit];
    struct disk_geometry physical = { d->cylinders, d->heads, d->sectors };

    switch (disk_translation_find(d->image, physical, m->config.ata[channel].device[unit].translation)) {
    case TRANSLATION_LBA: return 1;
    case TRANSLATION_LARGE: return 2;
    case TRANSLATION_RECHS: return 3;
    default: return 0;
    }
}

void board_disks_fill_cmos(struct machine *m)
{
    u8 *ram = m->cmos.ram;
    unsigned floppies = 0;

    for (unsigned n = 0; n < 2; n++) floppies += m->config.floppy[n].drive_type != 0;
    ram[0x10] = (u8)(m->config.floppy[0].drive_type << 4 | m->config.floppy[1].drive_type);
    ram[0x14] = (u8)((floppies ? 1 | (floppies - 1) << 6 : 0) | (cpu_model_has(&m->cpu_model, FEATURE_FPU) ? 2 : 0) | 4);
    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++) {
        const struct ata_device *d = &m->ata[i >> 1].device[i & 1];
        if (d->kind != ATA_KIND_DISK) continue;
        ram[0x39] |= (u8)(translation_code(m, i >> 1, i & 1) << 2 * i);
        if (i > 1) continue;
        ram[0x12] |= i ? 0x0f : 0xf0;
        ram[0x19 + i] = 47;
        put_disk_type(&ram[i ? 0x24 : 0x1b], d);
    }
}

/* --- what a person should know --- */

static void add_notice(const struct disk_image *image, char *text, size_t size)
{
    size_t used = strlen(text);
    const char *notice = image ? disk_image_notice(image) : "";
    if (notice[0]) snprintf(text + used, size - used, "%s\n", notice);
}

void machine_notices(struct machine *m, char *text, size_t size)
{
    const char *name;
    struct disk_image *image;

    text[0] = 0;
    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++) add_notice(image, text, size);
}

/* --- life --- */

bool board_disks_open(struct machine *m, struct error *err)
{
    clock_add(&m->clock, &m->disks_settle, settle, m);
    bool ok = insert_floppies(m, err);

    ok &= attach_ata(m, err);
    ok &= attach_usb(m, err);
    err->about_image |= !ok;
    return ok;
}

/* The machine is gone: whoever ran it hears what its stop can no longer say. */
static bool on_late_failure(void *board, const char *sentence)
{
    (void)board;
    fprintf(stderr, "orrery: %s\n", sentence);
    return false;
}

static void close_at_the_end(struct disk_image *image)
{
    if (image) disk_image_on_failure(image, on_late_failure, NULL);
    disk_image_close(image);
}

void board_disks_close(struct machine *m)
{
    for (unsigned n = 0; n < FDC_DRIVES; n++) close_at_the_end(fdc_82077_eject(&m->fdc, n));
    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++) close_at_the_end(m->ata_image[i >> 1][i & 1]);
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) close_at_the_end(m->pci.usb[n].image);
}

bool board_image_at(struct machine *m, unsigned i, const char **name, struct disk_image **image)
{
    static const char *const floppy[] = { "floppya", "floppyb" };
    enum { ATA = FDC_DRIVES, USB = ATA + 2 * CONFIG_ATA_CHANNELS, ALL = USB + CONFIG_USB_PORTS };

    if (i >= ALL) return false;
    *name = i < ATA ? floppy[i & 1] : i < USB ? board_ata_name((i - ATA) >> 1, (i - ATA) & 1) : usb_port_name(i - USB);
    *image = i < ATA ? m->fdc.image[i] : i < USB ? m->ata_image[(i - ATA) >> 1][(i - ATA) & 1] : m->pci.usb[i - USB].image;
    return true;
}

void board_disks_each_byte(struct machine *m, void (*sink)(void *context, const void *bytes, size_t size), void *context)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) disk_image_each_byte(image, sink, context);
}
