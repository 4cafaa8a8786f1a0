#ifndef ORRERY_TESTS_STORAGE_FIXTURE_H
#define ORRERY_TESTS_STORAGE_FIXTURE_H
/* A folder for a test's images, gone at its end; sectors that say what they are. */
#include <criterion/criterion.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/storage/image_tool.h"
#include "tests/unit/room.h"

struct folder_of_test {
    char path[64], *name[256];
    unsigned names;
    struct error err;
};

static inline int folder_remove(const char *path, const struct stat *st, int flag, struct FTW *at)
{
    (void)st, (void)flag, (void)at;
    return remove(path);
}

static inline struct folder_of_test *folder_create(void)
{
    struct folder_of_test *f = calloc(1, sizeof *f);
    test_room(f->path);
    return f;
}

static inline void folder_done(struct folder_of_test **f)
{
    nftw((*f)->path, folder_remove, 16, FTW_DEPTH | FTW_PHYS);
    for (unsigned i = 0; i < (*f)->names; i++) free((*f)->name[i]);
    free(*f);
}
#define FOLDER(f) __attribute__((cleanup(folder_done))) struct folder_of_test *f = folder_create()

/* The path of a file in it. */
static inline const char *in(struct folder_of_test *f, const char *name)
{
    cr_assert(f->names < ARRAY_COUNT(f->name) && asprintf(&f->name[f->names], "%s/%s", f->path, name) > 0);
    return f->name[f->names++];
}

static inline void put_bytes(const char *path, const void *bytes, size_t size, off_t length)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f, "%s", path);
    fwrite(bytes, 1, size, f);
    fflush(f);
    cr_assert_eq(ftruncate(fileno(f), length), 0);
    fclose(f);
}

static inline off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? -1 : st.st_size;
}

/* A sector whose bytes follow from its number and a turn, never all zeros. */
static inline void fill_sector(u8 *bytes, u64 lba, u32 turn)
{
    for (unsigned i = 0; i < SECTOR_BYTES; i += 16) {
        put64(bytes + i, lba);
        put32(bytes + i + 8, turn);
        put32(bytes + i + 12, i | 0x80000000u);
    }
}

static inline bool sector_is(const u8 *bytes, u64 lba, u32 turn)
{
    u8 wanted[SECTOR_BYTES];
    fill_sector(wanted, lba, turn);
    return !memcmp(bytes, wanted, SECTOR_BYTES);
}

static inline bool sector_is_zero(const u8 *bytes) { return !bytes[0] && !memcmp(bytes, bytes + 1, SECTOR_BYTES - 1); }

static inline void put_sector(struct image_layer *layer, u64 lba, u32 turn)
{
    struct error err = { 0 };
    u8 bytes[SECTOR_BYTES];
    fill_sector(bytes, lba, turn);
    cr_assert(image_layer_write(layer, lba, 1, bytes, &err), "%s", err.text);
}

static inline const u8 *got_sector(struct image_layer *layer, u64 lba, u8 *bytes)
{
    struct error err = { 0 };
    cr_assert(image_layer_read(layer, lba, 1, bytes, &err), "%s", err.text);
    return bytes;
}

static inline struct image_layer *layer_of(struct folder_of_test *f, enum disk_mode mode, const char *path, enum disk_image_mode access)
{
    struct image_source source = { .path = path, .what = "ata0-master", .access = access };
    memset(&f->err, 0, sizeof f->err);
    return image_open(mode, &source, &f->err);
}

static inline bool made(struct folder_of_test *f, enum disk_mode mode, const char *path, u64 sectors)
{
    struct image_wish wish = { .kind = image_kind_of(mode), .path = path, .sectors = sectors };
    memset(&f->err, 0, sizeof f->err);
    return image_create(&wish, &f->err);
}

#endif
