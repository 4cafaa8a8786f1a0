/* A folder as a disk: names, what is shown, what a guest changed comes back, and hostile volumes. */
#include <signal.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <utime.h>

#include "crash.h"
#include "devices/storage/disk_image.h"
#include "devices/storage/vvfat.h"
#include "devices/storage/vvfat_names.h"
#include "tests/room.h"
#include "tests/unit/room.h"

static void widen(const char *text, u16 *to)
{
    do *to++ = (u8)*text; while (*text++);
}

/* --- names: FAT, "Name Limits and Character Sets", "Short Directory Entries" --- */

Test(vvfat_names, a_short_name_follows_from_a_long_one)
{
    static const struct { const char *name; u32 tail; const char *is; bool whole, same; } rows[] = {
        { "README.TXT", 0, "README  TXT", true, true },       { "readme.txt", 0, "README  TXT", true, false },  { "a", 0, "A          ", true, false },
        { "The quick brown.fox", 1, "THEQUI~1FOX", true, false }, { "archive.tar.gz", 3, "ARCHIV~3GZ ", true, false }, { "longextension.html", 12, "LONGE~12HTM", true, false },
        { "a+b.c", 0, "A_B     C  ", false, false },          { ".profile", 0, "PROFILE    ", false, false },   { "12345678.123", 0, "12345678123", true, true },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        u16 shown[256];
        u8 name[12] = { 0 };
        widen(rows[i].name, shown);
        cr_expect_eq(vvfat_short_name(shown, rows[i].tail, name), rows[i].whole, "%s", rows[i].name);
        cr_expect_str_eq((char *)name, rows[i].is);
        cr_expect_eq(vvfat_name_is_short(shown, name), rows[i].same, "%s", rows[i].name);
    }
}

Test(vvfat_names, a_long_name_comes_back_from_its_entries)
{
    static const char *const names[] = { "a", "thirteen.char", "fourteen.chars", "A name that goes on and on, over several entries of a directory.text" };
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
        u16 shown[300], back[300] = { 0 };
        u8 entry[32];
        widen(names[i], shown);
        unsigned count = vvfat_long_entries(shown);
        cr_expect_eq(count, (strlen(names[i]) + 12) / 13);
        for (unsigned order = count; order; order--) {
            vvfat_put_long_entry(entry, shown, order, 0x5a);
            cr_expect_eq(entry[0], order | (order == count ? 0x40 : 0));
            cr_expect_eq(entry[11], 0x0f);
            cr_expect_eq(entry[13], 0x5a);
            vvfat_get_long_entry(entry, back);
        }
        cr_expect_eq(vvfat_compare(shown, back), 0, "%s", names[i]);
    }
}

Test(vvfat_names, names_go_to_the_guest_and_back)
{
    static const struct { const char *host, *back; } rows[] = {
        { "plain.txt", "plain.txt" }, { "\xc3\xbcml\xc3\xa4ut", "\xc3\xbcml\xc3\xa4ut" }, { "\xe6\xbc\xa2\xf0\x9f\x98\x80", "\xe6\xbc\xa2\xf0\x9f\x98\x80" },
        { "a:b?c*", "a_b_c_" }, { "dots..", "dots__" }, { "blank ", "blank_" },
    };
    u16 shown[256];
    char back[3 * 255 + 1], longest[300];

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        cr_assert(vvfat_name_shown(rows[i].host, shown), "%s", rows[i].host);
        cr_expect(vvfat_name_hosted(shown, back));
        cr_expect_str_eq(back, rows[i].back);
    }
    cr_expect_not(vvfat_name_shown("", shown));
    cr_expect_not(vvfat_name_shown("\xff", shown));
    cr_expect_not(vvfat_name_shown("\xc0\xaf", shown), "an overlong form of /");
    memset(longest, 'x', sizeof longest);
    longest[256] = 0;
    cr_expect_not(vvfat_name_shown(longest, shown));
    widen("..", shown);
    cr_expect_not(vvfat_name_hosted(shown, back));
    widen("../x", shown);
    cr_expect(vvfat_name_hosted(shown, back));
    cr_expect_str_eq(back, ".._x");
}

/* --- the disk --- */

struct shown {
    struct folder_of_test *f;
    struct disk_image *image;
    char said[4096];
};

static bool hear(void *context, const char *sentence)
{
    struct shown *s = context;
    size_t used = strlen(s->said);
    snprintf(s->said + used, sizeof s->said - used, "%s\n", sentence);
    return false;
}

static bool show(struct shown *s, const char *folder, const char *writeback, u64 sectors)
{
    struct image_source source = { .path = folder, .what = "ata0-slave", .access = IMAGE_WRITABLE, .writeback = writeback, .wanted_sectors = sectors };
    memset(&s->f->err, 0, sizeof s->f->err);
    s->image = disk_image_open_as(DISK_VVFAT, &source, &s->f->err);
    if (s->image) disk_image_on_failure(s->image, hear, s);
    return s->image;
}

/* The sector of the disk that begins with this text; 0: there is none. */
static u64 sector_with(struct disk_image *image, const char *text)
{
    u8 bytes[SECTOR_BYTES];
    for (u64 lba = 63; lba < 4000; lba++)
        if (disk_image_read(image, lba, 1, bytes) && !memcmp(bytes, text, strlen(text))) return lba;
    return 0;
}

static const char *a_folder(struct folder_of_test *f)
{
    const char *folder = in(f, "src");
    mkdir(folder, 0700);
    mkdir(in(f, "src/Sub folder"), 0700);
    put_bytes(in(f, "src/one.txt"), "first file", 10, 10);
    put_bytes(in(f, "src/Sub folder/two.txt"), "second file", 11, 9000);
    put_bytes(in(f, "src/EMPTY"), "", 0, 0);
    return folder;
}

Test(vvfat, links_and_other_things_are_not_shown_and_that_is_said)
{
    FOLDER(f);
    struct shown s = { .f = f };
    const char *folder = a_folder(f);
    cr_assert_eq(symlink("/etc/passwd", in(f, "src/link")), 0);
    cr_assert_eq(symlink("/etc", in(f, "src/folder-link")), 0);
    mkfifo(in(f, "src/pipe"), 0600);
    put_bytes(in(f, "src/ONE.TXT"), "other", 5, 5);
    cr_assert(show(&s, folder, NULL, 0), "%s", f->err.text);
    cr_expect(strstr(disk_image_notice(s.image), "4 of what is in the folder are not shown"), "%s", disk_image_notice(s.image));
    cr_expect(sector_with(s.image, "second file"));
    cr_expect_not(sector_with(s.image, "root:"));
    disk_image_close(s.image);
    cr_expect_not(show(&s, in(f, "nothing"), NULL, 0));
    cr_expect_not(show(&s, in(f, "src/one.txt"), NULL, 0));
    cr_expect_not(show(&s, folder, NULL, 100));
    cr_expect(strstr(f->err.text, "4 MiB to 128 GiB"), "%s", f->err.text);
}

static u64 sum_of_disk(struct disk_image *image)
{
    u64 sum = 14695981039346656037u;
    u8 bytes[SECTOR_BYTES];
    for (u64 lba = 0; lba < 3000 && disk_image_read(image, lba, 1, bytes); lba++)
        for (unsigned i = 0; i < SECTOR_BYTES; i++) sum = (sum ^ bytes[i]) * 1099511628211u;
    return sum;
}

Test(vvfat, the_disk_follows_from_names_contents_and_dates_alone)
{
    static const char *const names[] = { "b.txt", "a long name.text", "c", "a longer name.text", "A.TXT" };
    u64 sum[2];

    for (unsigned turn = 0; turn < 2; turn++) {
        FOLDER(f);
        struct shown s = { .f = f };
        struct utimbuf date = { 1700000000, 1700000000 };
        setenv("TZ", turn ? "Asia/Tokyo" : "America/Lima", 1);
        for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
            const char *path = in(f, names[turn ? ARRAY_COUNT(names) - 1 - i : i]);
            put_bytes(path, strrchr(path, '/'), 2, 5);
            utime(path, &date);
        }
        cr_assert(show(&s, f->path, NULL, 0), "%s", f->err.text);
        sum[turn] = sum_of_disk(s.image);
        disk_image_close(s.image);
    }
    cr_expect_eq(sum[0], sum[1]);
}

Test(vvfat, a_file_that_changes_meanwhile_is_said)
{
    u8 bytes[SECTOR_BYTES];
    FOLDER(f);
    struct shown s = { .f = f };
    cr_assert(show(&s, a_folder(f), NULL, 0), "%s", f->err.text);
    u64 lba = sector_with(s.image, "first file");
    disk_image_close(s.image);
    cr_assert(show(&s, in(f, "src"), NULL, 0));
    put_bytes(in(f, "src/one.txt"), "changed by the host", 19, 19);
    cr_expect_not(disk_image_read(s.image, lba, 1, bytes));
    cr_expect(strstr(s.said, "one.txt was changed after"), "%s", s.said);
    disk_image_close(s.image);
}

Test(vvfat, what_the_guest_changed_goes_to_the_named_folder_and_nothing_else_does)
{
    u8 bytes[SECTOR_BYTES];
    char text[64] = "";
    struct stat st;
    FOLDER(f);
    struct shown s = { .f = f };
    const char *folder = a_folder(f), *out = in(f, "out");
    cr_assert(show(&s, folder, out, 0), "%s", f->err.text);
    u64 lba = sector_with(s.image, "second file");
    cr_assert(disk_image_read(s.image, lba, 1, bytes));
    memcpy(bytes, "by a guest ", 11);
    cr_assert(disk_image_write(s.image, lba, 1, bytes));
    disk_image_close(s.image);
    cr_expect(strstr(s.said, "1 file of the guest written"), "%s", s.said);
    cr_expect_eq(stat(in(f, "out/one.txt"), &st), -1);
    cr_expect_eq(size_of(in(f, "out/Sub folder/two.txt")), 9000);
    FILE *file = fopen(in(f, "out/Sub folder/two.txt"), "rb");
    cr_assert(file && fread(text, 1, 11, file) == 11);
    fclose(file);
    cr_expect_str_eq(text, "by a guest ");
    file = fopen(in(f, "src/Sub folder/two.txt"), "rb");
    cr_assert(file && fread(text, 1, 11, file) == 11);
    fclose(file);
    cr_expect_str_eq(text, "second file");
    s.said[0] = 0;
    cr_assert(show(&s, folder, in(f, "out2"), 0));
    disk_image_close(s.image);
    cr_expect_str_eq(s.said, "");
    cr_expect_eq(stat(in(f, "out2"), &st), -1, "nothing was written, nothing is made");
}

Test(vvfat, what_a_write_back_that_was_killed_has_left_is_not_shown_and_goes_with_the_next)
{
    u8 bytes[SECTOR_BYTES];
    FOLDER(f);
    struct shown s = { .f = f };
    const char *folder = a_folder(f), *left = in(f, "src/.orrery-writeback");
    put_bytes(left, "half a file", 11, 11);
    cr_assert(show(&s, folder, folder, 0), "%s", f->err.text);
    cr_expect_not(sector_with(s.image, "half a file"));
    u64 lba = sector_with(s.image, "first file");
    cr_assert(lba && disk_image_read(s.image, lba, 1, bytes));
    bytes[0] = 'F';
    cr_assert(disk_image_write(s.image, lba, 1, bytes));
    disk_image_close(s.image);
    cr_expect_eq(size_of(left), -1);
    cr_expect(strstr(s.said, "1 file of the guest written"), "%s", s.said);
}

Test(vvfat, a_host_without_room_keeps_the_old_file_and_says_so)
{
    u8 bytes[SECTOR_BYTES];
    struct rlimit limit, small;
    FOLDER(f);
    struct shown s = { .f = f };
    const char *folder = a_folder(f);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(show(&s, folder, folder, 0), "%s", f->err.text);
    u64 lba = sector_with(s.image, "second file");
    cr_assert(lba && disk_image_read(s.image, lba, 1, bytes));
    bytes[0] = 'S';
    cr_assert(disk_image_write(s.image, lba, 1, bytes));
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 4096;
    setrlimit(RLIMIT_FSIZE, &small);
    disk_image_close(s.image);
    setrlimit(RLIMIT_FSIZE, &limit);
    cr_expect(strstr(s.said, "two.txt cannot be written: File too large"), "%s", s.said);
    char text[16] = "";
    FILE *file = fopen(in(f, "src/Sub folder/two.txt"), "rb");
    cr_assert(file && fread(text, 1, 11, file) == 11);
    fclose(file);
    cr_expect_str_eq(text, "second file");
    cr_expect_eq(size_of(in(f, "src/Sub folder/.orrery-writeback")), -1);
}

Test(vvfat, a_disk_grows_with_its_folder_and_becomes_fat32)
{
    struct fat_shape shape;
    u8 boot[SECTOR_BYTES];
    FOLDER(f);
    struct shown s = { .f = f };
    static const struct { u64 file_bytes; unsigned bits; } rows[] = { { 100 << 20, 16 }, { 700 << 20, 16 }, { 3ull << 30, 32 } };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        put_bytes(in(f, "big"), "", 0, (off_t)rows[i].file_bytes);
        cr_assert(show(&s, f->path, NULL, 0), "%s", f->err.text);
        cr_expect_gt(disk_image_sectors(s.image) * 512, rows[i].file_bytes);
        cr_assert(disk_image_read(s.image, 63, 1, boot));
        cr_assert(fat_shape_read(&shape, boot, 63, disk_image_sectors(s.image)));
        cr_expect_eq(shape.bits, rows[i].bits);
        disk_image_close(s.image);
    }
    cr_expect_not(show(&s, f->path, NULL, 1032192), "3 GiB do not fit on 504 MiB");
    for (unsigned i = 0; i < 600; i++) {
        char name[60];
        snprintf(name, sizeof name, "a file with a long name, number %u", i);
        put_bytes(in(f, name), "", 0, 0);
        if (f->names == 256) while (f->names) free(f->name[--f->names]);
    }
    put_bytes(in(f, "big"), "", 0, 0);
    cr_assert(show(&s, f->path, NULL, 0), "the root directory of FAT16 has no room for 2000 entries: %s", f->err.text);
    cr_assert(disk_image_read(s.image, 63, 1, boot) && fat_shape_read(&shape, boot, 63, disk_image_sectors(s.image)));
    cr_expect_eq(shape.bits, 32);
    disk_image_close(s.image);
}

/* --- hostile volumes --- */

static void spoil(struct disk_image *image, u64 from, u64 to, u32 *seed)
{
    u8 bytes[SECTOR_BYTES];
    u64 lba = from + crash_random(seed) % (to - from);

    cr_assert(disk_image_read(image, lba, 1, bytes));
    for (unsigned n = 1 + crash_random(seed) % 8; n; n--) {
        u32 at = crash_random(seed) % SECTOR_BYTES;
        static const u8 values[] = { 0, 1, 2, 0xff, 0xfe, 0x80, 0x10, 0x0f, '.', '/', 0xe5, 0x20 };
        if (crash_random(seed) & 1) bytes[at] = values[crash_random(seed) % sizeof values];
        else bytes[at] ^= (u8)(1 << crash_random(seed) % 8);
    }
    cr_assert(disk_image_write(image, lba, 1, bytes));
}

Test(vvfat, hostile_volumes_are_written_back_without_harm)
{
    char place[TEST_ROOM], out[64];
    struct fat_shape shape;
    u8 boot[SECTOR_BYTES];
    u32 seed = 99;
    FOLDER(f);
    struct shown s = { .f = f };
    const char *folder = a_folder(f);

    int lock = room_make(place, sizeof place, "/dev/shm", "orrery-vvfat");

    if (lock < 0) cr_skip("there is no /dev/shm");
    snprintf(out, sizeof out, "%s/out", place);
    for (unsigned i = 0; i < 5000; i++) {
        s.said[0] = 0;
        cr_assert(show(&s, folder, out, i % 8 ? 8192 : 0), "%s", f->err.text);
        cr_assert(disk_image_read(s.image, 63, 1, boot) && fat_shape_read(&shape, boot, 63, disk_image_sectors(s.image)));
        u64 used = shape.data_at + 8 * shape.cluster_sectors;
        if (i % 5 == 0) spoil(s.image, 63, 64, &seed);
        spoil(s.image, shape.fat_at, shape.fat_at + 1, &seed);
        for (unsigned k = 0; k < 3; k++) spoil(s.image, shape.root_at, crash_random(&seed) & 1 ? used : shape.root_at + 1, &seed);
        disk_image_close(s.image);
        cr_assert(strstr(s.said, "vvfat: ") || strstr(s.said, "written to"), "turn %u: nothing was said", i);
    }
    cr_expect_eq(unlink(in(f, "src/EMPTY")) + unlink(in(f, "src/one.txt")) + unlink(in(f, "src/Sub folder/two.txt")), 0, "the source is as it was");
    cr_expect_eq(rmdir(in(f, "src/Sub folder")) + rmdir(folder), 0, "and has nothing more");
    nftw(out, folder_remove, 16, FTW_DEPTH | FTW_PHYS);
    close(lock);
    cr_expect_eq(rmdir(place), 0, "nothing was made beside the folder that was named");
}
