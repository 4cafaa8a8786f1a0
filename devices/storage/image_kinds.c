/* The table of forms, and how an image is opened in one of them.                          doc: disk-images */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/storage/cue_sheet.h"
#include "devices/storage/image_formats.h"
#include "devices/storage/nbd.h"
#include "devices/storage/overlay.h"
#include "devices/storage/redolog.h"
#include "devices/storage/vvfat.h"

static struct image_layer *base_open(const struct image_source *source, struct error *err);
static struct image_layer *undoable_open(const struct image_source *source, struct error *err);

static const struct image_kind kinds[] = {
    { DISK_FLAT, "flat", NULL, NULL, flat_open, flat_create, "a raw image: all sectors one after the other" },
    { DISK_CONCAT, "concat", NULL, concat_open, NULL, NULL, "raw images that follow one another: path= is the first, the last character counts up" },
    { DISK_SPARSE, "sparse", "\xce\x8a\x46\x02", sparse_open, sparse_open_file, sparse_create, "Bochs's sparse image, up to ten on one another: path= is the topmost, its last digit counts down" },
    { DISK_GROWING, "growing", "Bochs Virtual HD Image", NULL, redolog_growing_open, redolog_growing_create, "Bochs's growing image: takes what was written to it" },
    { DISK_UNDOABLE, "undoable", NULL, undoable_open, NULL, NULL, "an image that stays as it is, and a redolog of what was written: journal=, or path= with .redolog" },
    { DISK_OVERLAY, "overlay", "Orrery overlay\n", overlay_open, overlay_open_file, overlay_create, "what was written over a base that stays as it is; no cut loses what was flushed" },
    { DISK_VOLATILE, "volatile", NULL, base_open, NULL, NULL, "an image that stays as it is: writes are forgotten at the end" },
    { DISK_VVFAT, "vvfat", NULL, vvfat_open, NULL, NULL, "a folder of the host as a disk with FAT; what is written is forgotten, or goes to the folder that writeback= names" },
    { DISK_QCOW2, "qcow2", NULL, nbd_open_qcow2, NULL, NULL, "QEMU's, by qemu-nbd, as those that follow" },
    { DISK_VMWARE3, "vmware3", NULL, nbd_open_vmware3, NULL, NULL, "VMware's of old, is only read" },
    { DISK_VMWARE4, "vmware4", NULL, nbd_open_vmware4, NULL, NULL, "VMware's (VMDK)" },
    { DISK_VBOX, "vbox", NULL, nbd_open_vbox, NULL, NULL, "VirtualBox's (VDI)" },
    { DISK_VPC, "vpc", NULL, nbd_open_vpc, NULL, NULL, "VirtualPC's (VHD)" },
    { DISK_VHDX, "vhdx", NULL, nbd_open_vhdx, NULL, NULL, "Hyper-V's" },
    { DISK_NBD, "nbd", NULL, nbd_open, NULL, NULL, "a server of network block devices: path= is its address" },
};

const struct image_kind *image_kind_at(unsigned index) { return index < ARRAY_COUNT(kinds) ? &kinds[index] : NULL; }

const struct image_kind *image_kind_of(enum disk_mode mode)
{
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++)
        if (kinds[i].mode == mode) return &kinds[i];
    return &kinds[0];
}

const struct image_kind *image_kind_named(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++)
        if (!strcmp(kinds[i].name, name)) return &kinds[i];
    return NULL;
}

const struct image_kind *image_kind_with_prefix(const char **path)
{
    const char *colon = strchr(*path, ':');

    for (unsigned i = 0; colon && i < ARRAY_COUNT(kinds); i++) {
        size_t n = strlen(kinds[i].name);
        if (n != (size_t)(colon - *path) || strncmp(*path, kinds[i].name, n)) continue;
        *path = colon + 1;
        return &kinds[i];
    }
    return NULL;
}

/* --- files that hold a disk in another form, by their first bytes --- */

static const struct container {
    const char *magic, *name, *mode;
    unsigned at;
} containers[] = {
    { "QFI\xfb",             "qcow2", "qcow2", 0 },
    { "KDMV",                "VMDK",  "vmware4", 0 },
    { "COWD",                "VMDK",  "vmware3", 0 },
    { "conectix",            "VHD",   "vpc", 0 },
    { "vhdxfile",            "VHDX",  "vhdx", 0 },
    { "\x7f\x10\xda\xbe",    "VDI",   "vbox", 64 },
    { "<<< Oracle VM Virtu", "VDI",   "vbox", 0 },
};

enum { HEAD_BYTES = 72 };

static bool read_head(struct image_file *file, u8 *head, struct error *err)
{
    memset(head, 0, HEAD_BYTES);
    return image_file_read(file, 0, file->size_bytes < HEAD_BYTES ? (size_t)file->size_bytes : HEAD_BYTES, head, err);
}

static const struct image_kind *kind_of_head(const u8 *head)
{
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++)
        if (kinds[i].magic && !memcmp(head, kinds[i].magic, strlen(kinds[i].magic))) return &kinds[i];
    return &kinds[0];
}

const struct image_kind *image_kind_of_file(struct image_file *file)
{
    struct error err = { 0 };
    u8 head[HEAD_BYTES];

    return read_head(file, head, &err) ? kind_of_head(head) : &kinds[0];
}

/* A flat image never begins as another form does: what a guest wrote must not choose how its image is read. */
static bool is_flat(struct image_file *file, struct error *err)
{
    u8 head[HEAD_BYTES];

    if (!read_head(file, head, err)) return false;
    for (unsigned i = 0; i < ARRAY_COUNT(containers); i++) {
        const struct container *c = &containers[i];
        if (!memcmp(head + c->at, c->magic, strlen(c->magic)))
            return image_file_fail(file, err, "a %s image, not a raw one; say mode=%s (for orrery image and for bases: %s:%s)", c->name, c->mode, c->mode, file->path);
    }
    const struct image_kind *kind = kind_of_head(head);
    return kind->mode == DISK_FLAT || image_file_fail(file, err, "begins as an image of another form does; use mode=%s, or convert it with: orrery image convert", kind->name);
}

/* --- opening --- */

/* A CD's image is an ISO image or a CUE sheet. */
static bool is_sheet(const struct image_kind *kind, const struct image_source *source)
{
    return kind->mode == DISK_FLAT && source->unit_bytes == CD_SECTOR_BYTES && cue_sheet_is_named(source->path);
}

static struct image_layer *open_in_file(const struct image_kind *kind, struct image_file *file, const struct image_source *source, struct error *err)
{
    if (file && is_sheet(kind, source)) {
        struct image_layer *disc = cue_open(file, source, err);
        if (!disc) image_file_close(file);
        return disc;
    }
    bool sound = file && (kind->mode != DISK_FLAT || !file->size_bytes || source->surely_flat || is_flat(file, err));
    struct image_layer *layer = sound ? kind->open_file(file, source, err) : NULL;

    if (!layer) image_file_close(file);
    return layer;
}

struct image_layer *image_open(enum disk_mode mode, const struct image_source *source, struct error *err)
{
    const struct image_kind *kind = image_kind_of(mode);

    if (kind->open) return kind->open(source, err);
    return open_in_file(kind, image_source_file(source, source->path, source->access, err), source, err);
}

struct image_layer *image_open_any(const struct image_source *source, struct error *err)
{
    struct image_source named = *source;
    const struct image_kind *kind = image_kind_with_prefix(&named.path);

    named.surely_flat = kind && kind->mode == DISK_FLAT;
    if (kind) return image_open(kind->mode, &named, err);
    struct image_file *file = image_source_file(source, source->path, source->access, err);
    kind = file ? image_kind_of_file(file) : NULL;
    if (kind && kind->mode == DISK_OVERLAY && !source->without_base) {
        image_file_fail(file, err, "looks like an overlay, which names another image to read: say overlay:%s if that is meant", source->path);
        image_file_close(file);
        return NULL;
    }
    if (!kind || !kind->open || source->without_base) return open_in_file(kind, file, source, err);
    image_file_close(file);
    return kind->open(source, err);
}

/* What other layers stand on: never written. */
static struct image_layer *base_open(const struct image_source *source, struct error *err)
{
    struct image_source base = *source;

    base.access = IMAGE_READ_ONLY;
    return image_open_any(&base, err);
}

static struct image_layer *undoable_open(const struct image_source *source, struct error *err)
{
    struct image_source plain = *source;
    image_kind_with_prefix(&plain.path);
    struct image_layer *base = base_open(source, err), *layer = base ? redolog_undoable_open(base, &plain, err) : NULL;

    if (!layer) image_layer_close(base);
    return layer;
}
