/* Growing, sparse, undoable and overlay images: what they hold, what they are refused for, and what becomes of hostile ones. */
#include <utime.h>

#include "crash.h"
#include "devices/storage/crc32c.h"

static const enum disk_mode forms[] = { DISK_GROWING, DISK_SPARSE, DISK_OVERLAY };

static struct image_layer *reopened(struct folder_of_test *f, enum disk_mode mode, const char *path, struct image_layer *layer)
{
    image_layer_close(layer);
    layer = layer_of(f, mode, path, IMAGE_WRITABLE);
    cr_assert(layer, "%s", f->err.text);
    return layer;
}

Test(image_forms, what_was_written_is_there_again_and_the_rest_is_zeros)
{
    static const u64 sizes[] = { 1, 63, 20160, 4 << 20, 5000001, 40 << 20 };
    u8 bytes[SECTOR_BYTES];

    for (unsigned m = 0; m < ARRAY_COUNT(forms); m++)
        for (unsigned s = 0; s < ARRAY_COUNT(sizes); s++) {
            FOLDER(f);
            const char *path = in(f, "a");
            const u64 lbas[] = { 0, sizes[s] / 3, sizes[s] / 2, sizes[s] - 1 };
            cr_assert(made(f, forms[m], path, sizes[s]), "%s", f->err.text);
            struct image_layer *layer = reopened(f, forms[m], path, NULL);
            cr_expect_eq(layer->sectors, sizes[s]);
            for (unsigned i = 0; i < 4; i++) put_sector(layer, lbas[i], lbas[i] & 0xffff);
            cr_expect(image_layer_flush(layer, &f->err));
            layer = reopened(f, forms[m], path, layer);
            for (unsigned i = 0; i < 4; i++) cr_expect(sector_is(got_sector(layer, lbas[i], bytes), lbas[i], lbas[i] & 0xffff), "%s %u", layer->format->name, i);
            if (sizes[s] > 10) cr_expect(sector_is_zero(got_sector(layer, sizes[s] - 2, bytes)));
            struct image_findings findings = { 0 };
            layer->format->check(layer, &findings);
            cr_expect(!findings.errors && !findings.leaks);
            image_layer_close(layer);
        }
}

/* Bochs Developers Guide, "Parameters": disks of these sizes have catalogues and bitmaps of these. */
Test(image_forms, a_redolog_has_the_parameters_of_the_table)
{
    static const struct { u64 bytes; u32 entries, bitmap; } rows[] = {
        { 2 << 20, 512, 1 }, { 4 << 20, 512, 2 }, { 8 << 20, 1024, 2 }, { (8 << 20) + 512, 1024, 4 }, { 512 << 20, 8192, 16 }, { 1ull << 30, 8192, 32 },
        { 32ull << 30, 65536, 128 }, { 1ull << 40, 262144, 1024 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        FOLDER(f);
        u8 h[512];
        cr_assert(made(f, DISK_GROWING, in(f, "a"), rows[i].bytes / 512));
        FILE *file = fopen(in(f, "a"), "rb");
        cr_assert_eq(fread(h, 1, 512, file), 512);
        fclose(file);
        cr_expect_str_eq((char *)h, "Bochs Virtual HD Image");
        cr_expect_str_eq((char *)h + 32, "Redolog");
        cr_expect_str_eq((char *)h + 48, "Growing");
        cr_expect_eq(get32(h + 64), 0x20000);
        cr_expect_eq(get32(h + 72), rows[i].entries);
        cr_expect_eq(get32(h + 76), rows[i].bitmap);
        cr_expect_eq(get32(h + 80), rows[i].bitmap * 4096);
        cr_expect_eq(get64(h + 88), rows[i].bytes);
        cr_expect_eq(size_of(in(f, "a")), 512 + 4 * rows[i].entries);
    }
}

Test(image_forms, a_flat_image_that_begins_as_another_form_is_refused)
{
    FOLDER(f);
    cr_assert(made(f, DISK_GROWING, in(f, "g"), 8192));
    cr_expect_null(layer_of(f, DISK_FLAT, in(f, "g"), IMAGE_WRITABLE));
    cr_expect(strstr(f->err.text, "use mode=growing"), "%s", f->err.text);
    char named[200];
    snprintf(named, sizeof named, "flat:%s", in(f, "q"));
    put_bytes(in(f, "q"), "QFI\xfb", 4, 1 << 20);
    struct image_source source = { .path = in(f, "q"), .what = "image", .access = IMAGE_READ_ONLY }, surely = { .path = named, .what = "image", .access = IMAGE_READ_ONLY };
    cr_expect_null(image_open_any(&source, &f->err));
    struct image_layer *layer = image_open_any(&surely, &f->err);
    cr_expect(layer, "it was said that it is flat: a guest may write what it likes");
    image_layer_close(layer);
    put_bytes(in(f, "r"), "", 0, 1 << 20);
    cr_expect_null(layer_of(f, DISK_GROWING, in(f, "r"), IMAGE_WRITABLE));
    cr_expect(strstr(f->err.text, "is no redolog"), "%s", f->err.text);
    cr_expect_null(layer_of(f, DISK_SPARSE, in(f, "r"), IMAGE_WRITABLE));
    cr_expect_null(layer_of(f, DISK_OVERLAY, in(f, "r"), IMAGE_WRITABLE));
    cr_expect_null(layer_of(f, DISK_UNDOABLE, in(f, "nothing"), IMAGE_WRITABLE));
}

/* --- sparse: Bochs user manual, "sparse" --- */

Test(image_forms, sparse_files_lie_on_one_another_by_their_last_digit)
{
    u8 bytes[SECTOR_BYTES];
    FOLDER(f);
    for (unsigned n = 0; n < 3; n++) {
        char name[] = "c.img.0";
        name[6] = (char)('0' + n);
        cr_assert(made(f, DISK_SPARSE, in(f, name), 1000));
        struct image_layer *layer = layer_of(f, DISK_SPARSE, in(f, name), IMAGE_WRITABLE);
        cr_assert(layer, "%s", f->err.text);
        put_sector(layer, 5 + n, n);
        put_sector(layer, 900, n);
        image_layer_flush(layer, &f->err);
        image_layer_close(layer);
    }
    struct image_layer *top = layer_of(f, DISK_SPARSE, in(f, "c.img.2"), IMAGE_READ_ONLY);
    cr_assert(top && top->below && top->below->below && !top->below->below->below);
    for (unsigned n = 0; n < 3; n++) cr_expect(sector_is(got_sector(top, 5 + n, bytes), 5 + n, n), "%u", n);
    cr_expect(sector_is(got_sector(top, 900, bytes), 900, 2));
    image_layer_close(top);
    top = layer_of(f, DISK_SPARSE, in(f, "c.img.1"), IMAGE_READ_ONLY);
    cr_expect(sector_is(got_sector(top, 900, bytes), 900, 1));
    cr_expect(sector_is_zero(got_sector(top, 7, bytes)), "what lies above is not seen");
    image_layer_close(top);
}

/* --- undoable: Bochs user manual, "undoable" --- */

static struct image_layer *undoable(struct folder_of_test *f, const char *base, const char *journal, enum disk_image_mode access)
{
    struct image_source source = { .path = base, .what = "ata0-master", .journal = journal, .access = access };
    memset(&f->err, 0, sizeof f->err);
    return image_open(DISK_UNDOABLE, &source, &f->err);
}

Test(image_forms, an_undoable_disk_leaves_its_base_alone_until_it_is_committed)
{
    u8 bytes[SECTOR_BYTES];
    FOLDER(f);
    const char *base = in(f, "base.img");
    put_bytes(base, "base", 4, 5000 * 512);
    struct image_layer *layer = undoable(f, base, NULL, IMAGE_WRITABLE);
    cr_assert(layer, "%s", f->err.text);
    put_sector(layer, 1, 1);
    put_sector(layer, 4999, 2);
    cr_expect(image_layer_flush(layer, &f->err));
    image_layer_close(layer);
    cr_expect_gt(size_of(in(f, "base.img.redolog")), 0);
    layer = layer_of(f, DISK_FLAT, base, IMAGE_READ_ONLY);
    cr_expect(sector_is_zero(got_sector(layer, 1, bytes)));
    image_layer_close(layer);
    layer = undoable(f, base, NULL, IMAGE_READ_ONLY);
    cr_expect(sector_is(got_sector(layer, 1, bytes), 1, 1) && layer->read_only);
    cr_expect_str_eq((const char *)got_sector(layer, 0, bytes), "base");
    image_layer_close(layer);
    cr_expect(image_commit(base, NULL, false, NULL, &f->err), "%s", f->err.text);
    layer = layer_of(f, DISK_FLAT, base, IMAGE_READ_ONLY);
    cr_expect(sector_is(got_sector(layer, 1, bytes), 1, 1));
    cr_expect(sector_is(got_sector(layer, 4999, bytes), 4999, 2));
    image_layer_close(layer);
    layer = undoable(f, base, NULL, IMAGE_WRITABLE);
    cr_assert(layer, "the emptied redolog takes the new date: %s", f->err.text);
    cr_expect_leq(image_layer_stored_bytes(layer), 8192);
    cr_expect(sector_is(got_sector(layer, 4999, bytes), 4999, 2));
    image_layer_close(layer);
}

Test(image_forms, a_redolog_does_not_go_with_a_base_that_was_written_since)
{
    FOLDER(f);
    const char *base = in(f, "base.img"), *log = in(f, "x.log");
    struct utimbuf later = { 1700000000, 1700000000 };
    put_bytes(base, "base", 4, 5000 * 512);
    struct image_layer *layer = undoable(f, base, log, IMAGE_WRITABLE);
    put_sector(layer, 3, 3);
    image_layer_flush(layer, &f->err);
    image_layer_close(layer);
    cr_expect_eq(size_of(in(f, "base.img.redolog")), -1);
    utime(base, &later);
    cr_expect_null(undoable(f, base, log, IMAGE_WRITABLE));
    cr_expect(strstr(f->err.text, "was written since, at 2023-11-14"), "%s", f->err.text);
    cr_expect_not(image_commit(base, log, false, NULL, &f->err));
    cr_expect(image_commit(base, log, true, NULL, &f->err));
    put_bytes(base, "base", 4, 6000 * 512);
    cr_expect_null(undoable(f, base, log, IMAGE_WRITABLE));
    cr_expect(strstr(f->err.text, "was made for a disk of 5000 sectors"), "%s", f->err.text);
}

/* --- overlay --- */

static bool made_over(struct folder_of_test *f, const char *base, const char *path, u64 sectors)
{
    struct image_wish wish = { .kind = image_kind_of(DISK_OVERLAY), .path = path, .base = base, .sectors = sectors };
    memset(&f->err, 0, sizeof f->err);
    return image_create(&wish, &f->err);
}

Test(image_forms, an_overlay_shows_its_base_where_nothing_was_written)
{
    u8 bytes[100 * SECTOR_BYTES];
    FOLDER(f);
    struct image_layer *layer;
    put_bytes(in(f, "base.img"), "base", 4, 1000 * 512);
    cr_assert(made_over(f, in(f, "base.img"), in(f, "o"), 2000), "%s", f->err.text);
    layer = layer_of(f, DISK_OVERLAY, in(f, "o"), IMAGE_WRITABLE);
    cr_assert(layer && !layer->notice, "%s", f->err.text);
    put_sector(layer, 70, 1);
    put_sector(layer, 1999, 2);
    cr_assert(image_layer_read(layer, 0, 100, bytes, &f->err));
    cr_expect_str_eq((char *)bytes, "base");
    cr_expect(sector_is(bytes + 70 * 512, 70, 1));
    cr_expect(sector_is_zero(bytes + 71 * 512));
    cr_expect(sector_is(got_sector(layer, 1999, bytes), 1999, 2));
    image_layer_close(layer);
    cr_expect_eq(size_of(in(f, "base.img")), 1000 * 512);
    char moved[80];
    snprintf(moved, sizeof moved, "%s-moved", f->path);
    cr_assert_eq(rename(f->path, moved), 0);
    strcpy(f->path, moved);
    layer = layer_of(f, DISK_OVERLAY, in(f, "o"), IMAGE_READ_ONLY);
    cr_expect(layer, "both in another folder: %s", f->err.text);
    image_layer_close(layer);
}

Test(image_forms, an_overlay_is_committed_and_empty_then)
{
    u8 bytes[SECTOR_BYTES];
    FOLDER(f);
    char named[200];
    cr_assert(made(f, DISK_GROWING, in(f, "base"), 3000));
    cr_assert(made_over(f, in(f, "base"), in(f, "o"), 0), "%s", f->err.text);
    struct image_layer *layer = layer_of(f, DISK_OVERLAY, in(f, "o"), IMAGE_WRITABLE);
    cr_expect_eq(layer->sectors, 3000);
    for (u64 lba = 0; lba < 3000; lba += 7) put_sector(layer, lba, 5);
    cr_expect(image_layer_flush(layer, &f->err));
    image_layer_close(layer);
    snprintf(named, sizeof named, "overlay:%s", in(f, "o"));
    cr_expect_not(image_commit(in(f, "o"), NULL, false, NULL, &f->err), "it must be said that it is an overlay");
    memset(&f->err, 0, sizeof f->err);
    for (unsigned again = 0; again < 2; again++) cr_expect(image_commit(named, NULL, false, NULL, &f->err), "%s", f->err.text);
    cr_expect_eq(size_of(in(f, "o")), 8192 + 4096);
    layer = layer_of(f, DISK_GROWING, in(f, "base"), IMAGE_READ_ONLY);
    for (u64 lba = 0; lba < 3000; lba++) {
        got_sector(layer, lba, bytes);
        cr_assert(lba % 7 ? sector_is_zero(bytes) : sector_is(bytes, lba, 5), "%llu", (unsigned long long)lba);
    }
    image_layer_close(layer);
    layer = layer_of(f, DISK_OVERLAY, in(f, "o"), IMAGE_WRITABLE);
    cr_expect(sector_is(got_sector(layer, 7, bytes), 7, 5));
    cr_expect_not_null(layer->notice, "its base has another date");
    put_sector(layer, 8, 6);
    cr_expect(image_layer_flush(layer, &f->err));
    layer = reopened(f, DISK_OVERLAY, in(f, "o"), layer);
    cr_expect(sector_is(got_sector(layer, 8, bytes), 8, 6));
    image_layer_close(layer);
}

/* What a guest wrote to a raw disk must not make anybody read other files. */
Test(image_forms, a_file_that_names_another_is_opened_only_by_name)
{
    FOLDER(f);
    put_bytes(in(f, "base"), "secret", 6, 1000 * 512);
    cr_assert(made_over(f, in(f, "base"), in(f, "o"), 0));
    struct image_source source = { .path = in(f, "o"), .what = "image", .access = IMAGE_READ_ONLY };
    cr_expect_null(image_open_any(&source, &f->err));
    cr_expect(strstr(f->err.text, "say overlay:"), "%s", f->err.text);
    cr_expect_null(layer_of(f, DISK_VOLATILE, in(f, "o"), IMAGE_READ_ONLY));
    cr_expect_null(layer_of(f, DISK_FLAT, in(f, "o"), IMAGE_READ_ONLY));
    source.without_base = true;
    struct image_layer *layer = image_open_any(&source, &f->err);
    cr_assert(layer && !layer->below);
    image_layer_close(layer);
}

Test(image_forms, convert_and_resize_between_all_forms)
{
    static const enum disk_mode all[] = { DISK_FLAT, DISK_GROWING, DISK_SPARSE, DISK_OVERLAY };
    u8 bytes[SECTOR_BYTES];

    for (unsigned a = 0; a < ARRAY_COUNT(all); a++)
        for (unsigned b = 0; b < ARRAY_COUNT(all); b++) {
            FOLDER(f);
            struct image_wish wish = { .kind = image_kind_of(all[b]), .path = in(f, "b") };
            cr_assert(made(f, all[a], in(f, "a"), 9001));
            struct image_layer *layer = layer_of(f, all[a], in(f, "a"), IMAGE_WRITABLE);
            for (u64 lba = 0; lba <= 9000; lba += 500) put_sector(layer, lba, a);
            cr_assert(image_convert(layer, &wish, NULL, &f->err), "%s", f->err.text);
            image_layer_close(layer);
            u64 sectors = all[b] == DISK_OVERLAY ? 9001 : 20000;
            cr_expect(all[b] == DISK_OVERLAY || image_resize(wish.path, sectors, false, NULL, &f->err), "%s", f->err.text);
            layer = layer_of(f, all[b], wish.path, IMAGE_READ_ONLY);
            cr_assert(layer, "%s", f->err.text);
            cr_expect_eq(layer->sectors, sectors);
            for (u64 lba = 0; lba <= 9000; lba += 250) {
                got_sector(layer, lba, bytes);
                cr_expect(lba % 500 ? sector_is_zero(bytes) : sector_is(bytes, lba, a), "%u to %u, %llu", a, b, (unsigned long long)lba);
            }
            image_layer_close(layer);
        }
}

/* --- hostile images --- */

/* Fields get values that matter: near the ends of types, of the file, of one another. */
static void mutate(struct crash_disk *d, u64 metadata_bytes, u32 *seed)
{
    static const u32 values[] = { 0, 1, 0x7fffffff, 0x80000000u, 0xffffffffu, 0xfffffffeu, 511, 512, 4096, 65536, 1 << 20, 1 << 22, 1 << 24 };

    for (unsigned n = 1 + crash_random(seed) % 4; n; n--) {
        u64 near = crash_random(seed) % 3 ? 128 : metadata_bytes;
        u64 at = crash_random(seed) % (near < d->size ? near : d->size);
        switch (crash_random(seed) % 4) {
        case 0: d->bytes[at] ^= (u8)(1 << crash_random(seed) % 8); break;
        case 1: d->bytes[at] = (u8)crash_random(seed); break;
        case 2: if (at / 4 * 4 + 4 <= d->size) put32(d->bytes + at / 4 * 4, values[crash_random(seed) % ARRAY_COUNT(values)]); break;
        default: if (crash_random(seed) % 8 == 0) crash_grow(d, crash_random(seed) % (d->size + 1)); break;
        }
        if (!d->size) return;
    }
}

/* As our own program would have signed it: what lies behind the checksums is reached too. */
static void sign(enum disk_mode mode, struct crash_disk *d)
{
    static const u8 zero[4];
    if (mode != DISK_OVERLAY || d->size < 8192) return;
    for (unsigned h = 0; h < 2; h++) {
        u8 *head = d->bytes + h * 4096;
        u32 crc = crc32c(crc32c(crc32c(0, head, 100), zero, 4), head + 104, 4096 - 104);
        put32(head + 100, crc);
    }
    for (u64 at = 8192; at + 64 <= d->size && at < 8192 + 64 * 94; at += 32) {
        u8 n[8];
        put64(n, (at - 8192) / 64);
        if (get64(d->bytes + at)) put32(d->bytes + at + 28, crc32c(crc32c(0, d->bytes + at, 28), n, 8));
    }
}

static void use(struct image_layer *layer, u32 *seed)
{
    static u8 bytes[64 * SECTOR_BYTES];
    struct image_findings findings = { 0 };

    for (unsigned i = 0; i < 6; i++) {
        struct error err = { 0 };
        u64 lba = i ? ((u64)crash_random(seed) << 20 | crash_random(seed)) % layer->sectors : 0;
        u32 count = layer->sectors - lba < 64 ? (u32)(layer->sectors - lba) : 64;
        image_layer_read(layer, lba, count, bytes, &err);
        if (i > 3 && lba < 100000) image_layer_write(layer, lba, count, bytes, &err);
        if (i == 5) image_layer_flush(layer, &err);
    }
    if (layer->sectors < 100000) layer->format->check(layer, &findings);
}

static void mutate_many(enum disk_mode mode, u64 metadata_bytes, unsigned inputs)
{
    const struct image_kind *kind = image_kind_of(mode);
    struct crash_disk *good = calloc(1, sizeof *good), *bad = calloc(1, sizeof *bad);
    struct error err = { 0 };
    unsigned opened = 0;
    u32 seed = 12345;

    struct image_file *file = image_file_over(&crash_host, good, 0);
    cr_assert(kind->create(file, 6000, NULL, &err), "%s", err.text);
    struct image_layer *layer = kind->open_file(file, NULL, &err);
    for (u64 lba = 0; lba < 6000; lba += 333) put_sector(layer, lba, 1);
    cr_assert(image_layer_flush(layer, &err));
    image_layer_close(layer);
    for (unsigned i = 0; i < inputs; i++) {
        crash_grow(bad, good->size);
        memcpy(bad->bytes, good->bytes, good->size);
        mutate(bad, metadata_bytes, &seed);
        if (i % 4) sign(mode, bad);
        memset(&err, 0, sizeof err);
        file = image_file_over(&crash_host, bad, bad->size);
        layer = kind->open_file(file, NULL, &err);
        cr_assert(layer || err.count == 1, "input %u: refused with %u sentences", i, err.count);
        if (layer) use(layer, &seed), opened++, image_layer_close(layer);
        else image_file_close(file);
    }
    cr_expect(opened > inputs / 20 && opened < inputs, "%u of %u were opened", opened, inputs);
    crash_free(good);
    crash_free(bad);
}

Test(image_forms, hostile_growing_images) { mutate_many(DISK_GROWING, 512 + 4 * 512, 6000); }
Test(image_forms, hostile_sparse_images) { mutate_many(DISK_SPARSE, 256 + 4 * 94, 6000); }
Test(image_forms, hostile_overlays) { mutate_many(DISK_OVERLAY, 8192 + 64 * 94, 6000); }
