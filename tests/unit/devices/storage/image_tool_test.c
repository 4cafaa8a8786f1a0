/* Images made, copied and resized: whole or not at all, and never over another one unasked. */
#include <dirent.h>
#include <fcntl.h>

#include "fixture.h"

static unsigned files_in(struct folder_of_test *f)
{
    unsigned n = 0;
    DIR *dir = opendir(f->path);
    for (struct dirent *e; (e = readdir(dir));) n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    closedir(dir);
    return n;
}

Test(image_tool, create_makes_a_file_that_takes_no_room_and_never_touches_one_that_is_there)
{
    FOLDER(f);
    struct stat st;
    cr_expect(made(f, DISK_FLAT, in(f, "a.img"), 1 << 20), "%s", f->err.text);
    cr_assert_eq(stat(in(f, "a.img"), &st), 0);
    cr_expect_eq(st.st_size, 512 << 20);
    cr_expect_lt(st.st_blocks, 1000);
    cr_expect_not(made(f, DISK_FLAT, in(f, "a.img"), 1));
    cr_expect(strstr(f->err.text, "exists already"), "%s", f->err.text);
    cr_expect_eq(size_of(in(f, "a.img")), 512 << 20);
    cr_expect_not(made(f, DISK_FLAT, "/nonexistent/a.img", 1));
    cr_expect_not(made(f, DISK_FLAT, in(f, "b.img"), 0));
    cr_expect_not(made(f, DISK_FLAT, in(f, "b.img"), 1ull << 42));
    cr_expect_not(made(f, DISK_CONCAT, in(f, "b.img"), 100));
    cr_expect_eq(files_in(f), 1, "nothing is left of what failed");
}

Test(image_tool, force_replaces_a_file_unless_somebody_writes_it)
{
    FOLDER(f);
    struct image_wish wish = { .kind = image_kind_of(DISK_FLAT), .path = in(f, "a.img"), .sectors = 4, .force = true };
    put_bytes(wish.path, "old", 3, 1024);
    struct image_layer *writer = layer_of(f, DISK_FLAT, wish.path, IMAGE_WRITABLE);
    cr_assert(writer, "%s", f->err.text);
    cr_expect_not(image_create(&wish, &f->err));
    cr_expect(strstr(f->err.text, "is in use"), "%s", f->err.text);
    image_layer_close(writer);
    cr_expect_eq(size_of(wish.path), 1024);
    memset(&f->err, 0, sizeof f->err);
    cr_expect(image_create(&wish, &f->err), "%s", f->err.text);
    cr_expect_eq(size_of(wish.path), 2048);
    cr_expect_eq(files_in(f), 1);
}

Test(image_tool, convert_copies_what_is_not_zero)
{
    u8 bytes[SECTOR_BYTES];
    struct stat st;
    FOLDER(f);
    struct image_wish wish = { .kind = image_kind_of(DISK_FLAT), .path = in(f, "b.img") };
    cr_assert(made(f, DISK_FLAT, in(f, "a.img"), 200001));
    struct image_layer *from = layer_of(f, DISK_FLAT, in(f, "a.img"), IMAGE_WRITABLE);
    static const u64 written[] = { 0, 7, 8, 5000, 100000, 199999, 200000 };
    for (unsigned i = 0; i < ARRAY_COUNT(written); i++) put_sector(from, written[i], i);
    cr_assert(image_convert(from, &wish, NULL, &f->err), "%s", f->err.text);
    image_layer_close(from);
    struct image_layer *to = layer_of(f, DISK_FLAT, wish.path, IMAGE_READ_ONLY);
    cr_assert(to, "%s", f->err.text);
    cr_expect_eq(to->sectors, 200001);
    for (unsigned i = 0; i < ARRAY_COUNT(written); i++) cr_expect(sector_is(got_sector(to, written[i], bytes), written[i], i), "%u", i);
    cr_expect(sector_is_zero(got_sector(to, 1, bytes)));
    cr_assert_eq(stat(wish.path, &st), 0);
    cr_expect_lt(st.st_blocks, 1000, "zeros take no room");
    image_layer_close(to);
    cr_expect_eq(files_in(f), 2);
}

static void count_calls(void *context, u64 done, u64 sectors)
{
    unsigned *calls = context;
    cr_expect_leq(done, sectors);
    ++*calls;
}

Test(image_tool, a_source_that_cannot_be_read_leaves_nothing)
{
    FOLDER(f);
    unsigned calls = 0;
    struct image_progress progress = { count_calls, &calls };
    struct image_wish wish = { .kind = image_kind_of(DISK_FLAT), .path = in(f, "b.img") };
    put_bytes(in(f, "a.img"), "x", 1, 8 << 20);
    int fd = open(in(f, "a.img"), O_WRONLY);
    cr_assert_eq(pwrite(fd, "y", 1, (8 << 20) - 1), 1);
    struct image_layer *from = layer_of(f, DISK_FLAT, in(f, "a.img"), IMAGE_READ_ONLY);
    cr_assert_eq(ftruncate(fd, 512), 0);
    cr_assert_eq(pwrite(fd, "y", 1, 600), 1);
    close(fd);
    cr_expect_not(image_convert(from, &wish, &progress, &f->err));
    cr_expect(strstr(f->err.text, "has become shorter"), "%s", f->err.text);
    image_layer_close(from);
    cr_expect_eq(files_in(f), 1);
}

Test(image_tool, resize_keeps_what_is_there_and_loses_only_when_told_to)
{
    u8 bytes[SECTOR_BYTES];
    FOLDER(f);
    const char *path = in(f, "a.img");
    cr_assert(made(f, DISK_FLAT, path, 100));
    struct image_layer *layer = layer_of(f, DISK_FLAT, path, IMAGE_WRITABLE);
    put_sector(layer, 99, 1);
    image_layer_close(layer);
    cr_expect(image_resize(path, 300, false, NULL, &f->err), "%s", f->err.text);
    layer = layer_of(f, DISK_FLAT, path, IMAGE_READ_ONLY);
    cr_expect_eq(layer->sectors, 300);
    cr_expect(sector_is(got_sector(layer, 99, bytes), 99, 1));
    cr_expect(sector_is_zero(got_sector(layer, 299, bytes)));
    image_layer_close(layer);
    cr_expect_not(image_resize(path, 50, false, NULL, &f->err));
    cr_expect(strstr(f->err.text, "--force"), "%s", f->err.text);
    cr_expect_eq(size_of(path), 300 * 512);
    cr_expect(image_resize(path, 50, true, NULL, &f->err));
    cr_expect_eq(size_of(path), 50 * 512);
}

/* --- concat: Bochs user manual, "concat" --- */

Test(concat, the_disk_goes_on_in_the_next_file)
{
    u8 bytes[20 * SECTOR_BYTES];
    FOLDER(f);
    for (unsigned i = 0; i < 3; i++) {
        char name[8] = "disk-1";
        name[5] = (char)(name[5] + (char)i);
        put_bytes(in(f, name), "", 0, (off_t)(4 + i) * 512);
    }
    put_bytes(in(f, "disk-5"), "", 0, 512);
    struct image_layer *layer = layer_of(f, DISK_CONCAT, in(f, "disk-1"), IMAGE_WRITABLE);
    cr_assert(layer, "%s", f->err.text);
    cr_expect_eq(layer->sectors, 4 + 5 + 6, "disk-5 does not follow");
    for (unsigned lba = 0; lba < 15; lba++) fill_sector(bytes + lba * SECTOR_BYTES, lba, 3);
    cr_assert(image_layer_write(layer, 1, 14, bytes + SECTOR_BYTES, &f->err));
    cr_expect(image_layer_flush(layer, &f->err));
    memset(bytes, 0, sizeof bytes);
    cr_assert(image_layer_read(layer, 2, 12, bytes, &f->err));
    for (unsigned i = 0; i < 12; i++) cr_expect(sector_is(bytes + i * SECTOR_BYTES, 2 + i, 3), "%u", i);
    image_layer_close(layer);
    layer = layer_of(f, DISK_FLAT, in(f, "disk-3"), IMAGE_READ_ONLY);
    cr_expect(sector_is(got_sector(layer, 5, bytes), 14, 3));
    image_layer_close(layer);
    cr_expect_eq(size_of(in(f, "disk-2")), 5 * 512);
}

Test(concat, parts_are_locked_and_have_whole_sectors)
{
    FOLDER(f);
    put_bytes(in(f, "d1"), "", 0, 512);
    put_bytes(in(f, "d2"), "", 0, 512);
    struct image_layer *layer = layer_of(f, DISK_CONCAT, in(f, "d1"), IMAGE_WRITABLE);
    cr_expect_null(layer_of(f, DISK_FLAT, in(f, "d2"), IMAGE_READ_ONLY));
    cr_expect(strstr(f->err.text, "is in use"), "%s", f->err.text);
    image_layer_close(layer);
    put_bytes(in(f, "d2"), "", 0, 1000);
    cr_expect_null(layer_of(f, DISK_CONCAT, in(f, "d1"), IMAGE_READ_ONLY));
    cr_expect(strstr(f->err.text, "1000 bytes"), "%s", f->err.text);
    cr_expect_null(layer_of(f, DISK_CONCAT, in(f, "x1"), IMAGE_READ_ONLY));
    cr_expect_null(layer_of(f, DISK_CONCAT, "", IMAGE_READ_ONLY));
}
