/* Raw images: what is refused and how it is said, locks, overlays, host failures. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/storage/disk_image.h"
#include "devices/storage/floppy_format.h"
#include "tests/unit/room.h"

struct place {
    char dir[64], path[128];
    struct error err;
};

static struct place *place_create(void)
{
    struct place *p = calloc(1, sizeof *p);
    test_room(p->dir);
    snprintf(p->path, sizeof p->path, "%s/a.img", p->dir);
    return p;
}

static void place_done(struct place **p)
{
    chmod((*p)->path, 0600);
    unlink((*p)->path);
    rmdir((*p)->path);
    rmdir((*p)->dir);
    free(*p);
}
#define PLACE(p) __attribute__((cleanup(place_done))) struct place *p = place_create()

static void put_file(const struct place *p, const void *bytes, size_t size, off_t length)
{
    FILE *f = fopen(p->path, "wb");
    cr_assert(f);
    fwrite(bytes, 1, size, f);
    fflush(f);
    cr_assert_eq(ftruncate(fileno(f), length), 0);
    fclose(f);
}

static struct disk_image *open_it(struct place *p, enum disk_image_mode mode, unsigned unit)
{
    return disk_image_open(p->path, "ata0-master", mode, unit, &p->err);
}

#define REFUSED(p, mode, unit, words) \
    do { \
        cr_expect_null(open_it(p, mode, unit)); \
        cr_expect_eq(p->err.count, 1); \
        cr_expect(strstr(p->err.text, words), "\"%s\" is not in: %s", words, p->err.text); \
        cr_expect(strstr(p->err.text, "ata0-master: path=\""), "%s", p->err.text); \
    } while (0)

Test(disk_image, a_file_that_is_not_there_is_said_with_the_command_that_makes_it)
{
    PLACE(p);
    REFUSED(p, IMAGE_WRITABLE, SECTOR_BYTES, "no such file; create it with: orrery image create");
}

Test(disk_image, an_empty_file_is_refused)
{
    PLACE(p);
    put_file(p, "", 0, 0);
    REFUSED(p, IMAGE_VOLATILE, SECTOR_BYTES, "is empty");
}

Test(disk_image, a_file_of_half_sectors_is_refused)
{
    PLACE(p);
    put_file(p, "", 0, 1000);
    REFUSED(p, IMAGE_WRITABLE, SECTOR_BYTES, "1000 bytes are no multiple of 512");
}

Test(disk_image, a_directory_is_refused)
{
    PLACE(p);
    mkdir(p->path, 0700);
    REFUSED(p, IMAGE_READ_ONLY, SECTOR_BYTES, "is a directory");
    memset(&p->err, 0, sizeof p->err);
    REFUSED(p, IMAGE_WRITABLE, SECTOR_BYTES, "is a directory");
}

Test(disk_image, a_fifo_is_refused_and_does_not_hang)
{
    PLACE(p);
    mkfifo(p->path, 0600);
    REFUSED(p, IMAGE_READ_ONLY, SECTOR_BYTES, "neither a file nor a disk");
}

Test(disk_image, images_in_other_forms_are_named)
{
    static const struct { const char *magic, *words; } rows[] = {
        { "QFI\xfb", "qcow2" }, { "KDMV", "VMDK" }, { "conectix", "VHD" }, { "vhdxfile", "VHDX" }, { "<<< Oracle VM VirtualBox", "VDI" },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        PLACE(p);
        put_file(p, rows[i].magic, strlen(rows[i].magic), 4096);
        REFUSED(p, IMAGE_WRITABLE, SECTOR_BYTES, rows[i].words);
    }
}

Test(disk_image, raw_cd_sectors_are_named)
{
    PLACE(p);
    put_file(p, "", 0, 2352 * 3);
    REFUSED(p, IMAGE_READ_ONLY, CD_SECTOR_BYTES, "raw CD sectors of 2352 bytes");
}

Test(disk_image, a_truncated_iso_is_opened_with_a_notice)
{
    u8 head[18 * 2048] = { 0 };
    PLACE(p);
    head[16 * 2048] = 1;
    memcpy(head + 16 * 2048 + 1, "CD001", 5);
    put32(head + 16 * 2048 + 80, 1000);
    put_file(p, head, sizeof head, sizeof head);
    struct disk_image *image = open_it(p, IMAGE_READ_ONLY, CD_SECTOR_BYTES);
    cr_assert(image, "%s", p->err.text);
    cr_expect(strstr(disk_image_notice(image), "18 of the 1000 blocks"), "%s", disk_image_notice(image));
    disk_image_close(image);
}

Test(disk_image, a_file_that_cannot_be_written_is_read_only_with_a_notice)
{
    if (geteuid() == 0) cr_skip("the superuser may write everything");
    PLACE(p);
    put_file(p, "", 0, 1024);
    chmod(p->path, 0400);
    struct disk_image *image = open_it(p, IMAGE_WRITABLE, SECTOR_BYTES);
    cr_assert(image, "%s", p->err.text);
    cr_expect(disk_image_read_only(image));
    cr_expect(strstr(disk_image_notice(image), "cannot be written"));
    disk_image_close(image);
}

Test(disk_image, a_writer_locks_others_out_and_readers_share)
{
    PLACE(p);
    put_file(p, "", 0, 1024);
    struct disk_image *writer = open_it(p, IMAGE_WRITABLE, SECTOR_BYTES);
    cr_assert(writer);
    REFUSED(p, IMAGE_READ_ONLY, SECTOR_BYTES, "is in use by another machine");
    disk_image_close(writer);
    memset(&p->err, 0, sizeof p->err);
    struct disk_image *a = open_it(p, IMAGE_READ_ONLY, SECTOR_BYTES), *b = open_it(p, IMAGE_VOLATILE, SECTOR_BYTES);
    cr_assert(a && b, "%s", p->err.text);
    REFUSED(p, IMAGE_WRITABLE, SECTOR_BYTES, "is in use");
    disk_image_close(a);
    disk_image_close(b);
}

Test(disk_image, writes_reach_the_file_and_stay_inside_it)
{
    u8 sector[1024], back[512];
    PLACE(p);
    put_file(p, "", 0, 4096);
    struct disk_image *image = open_it(p, IMAGE_WRITABLE, SECTOR_BYTES);
    memset(sector, 0x5a, sizeof sector);
    cr_expect(disk_image_write(image, 7, 1, sector));
    cr_expect_not(disk_image_write(image, 7, 2, sector));
    cr_expect_not(disk_image_write(image, 8, 1, sector));
    cr_expect_not(disk_image_read(image, UINT64_MAX, 1, sector));
    cr_expect_not(disk_image_read(image, 0, 9, sector));
    cr_expect(disk_image_read(image, 8, 0, sector));
    cr_expect(disk_image_flush(image));
    disk_image_close(image);
    FILE *f = fopen(p->path, "rb");
    fseek(f, 7 * 512, SEEK_SET);
    cr_expect_eq(fread(back, 1, 512, f), 512);
    cr_expect_eq(fgetc(f), EOF, "the file has not grown");
    fclose(f);
    cr_expect_arr_eq(back, sector, 512);
}

static void sum_bytes(void *context, const void *bytes, size_t size)
{
    u64 *sum = context;
    for (size_t i = 0; i < size; i++) *sum = *sum * 1099511628211u + ((const u8 *)bytes)[i];
}

static u64 sum_of(const struct disk_image *image)
{
    u64 sum = 14695981039346656037u;
    disk_image_each_byte(image, sum_bytes, &sum);
    return sum;
}

Test(disk_image, volatile_writes_leave_the_file_alone_and_hash_the_same_in_any_order)
{
    static const u64 order[2][5] = { { 3, 70000, 4, 1, 99999 }, { 99999, 1, 3, 4, 70000 } };
    u64 sum[2], empty = 14695981039346656037u;
    PLACE(p);
    put_file(p, "file", 4, 100000 * 512);
    for (unsigned k = 0; k < 2; k++) {
        struct disk_image *image = open_it(p, IMAGE_VOLATILE, SECTOR_BYTES);
        u8 sector[512], back[3 * 512];
        cr_assert(image, "%s", p->err.text);
        cr_expect_eq(sum_of(image), empty);
        for (unsigned i = 0; i < 5; i++) {
            memset(sector, (int)order[k][i] + 1, 512);
            cr_expect(disk_image_write(image, order[k][i], 1, sector));
        }
        cr_expect(disk_image_read(image, 2, 3, back));
        cr_expect_eq(back[0], 0);
        cr_expect_eq(back[512], 4);
        cr_expect_eq(back[1024], 5);
        cr_expect(disk_image_read(image, 0, 1, back));
        cr_expect_arr_eq(back, "file", 4);
        cr_expect(disk_image_flush(image));
        sum[k] = sum_of(image);
        disk_image_close(image);
    }
    cr_expect_eq(sum[0], sum[1]);
    cr_expect_neq(sum[0], empty);
    FILE *f = fopen(p->path, "rb");
    fseek(f, 3 * 512, SEEK_SET);
    cr_expect_eq(fgetc(f), 0);
    fclose(f);
}

/* Bochs user manual, "volatile": the journal; the host's disk has more room than its memory. */
Test(disk_image, volatile_writes_in_a_nameless_file_are_the_same_state_as_in_memory)
{
    u64 sum[2];
    PLACE(p);
    put_file(p, "file", 4, 100000 * 512);
    for (unsigned in_file = 0; in_file < 2; in_file++) {
        char journal[160];
        snprintf(journal, sizeof journal, "%s/journal", p->dir);
        struct image_source source = { .path = p->path, .what = "ata0-master", .journal = in_file ? journal : NULL, .access = IMAGE_WRITABLE };
        struct disk_image *image = disk_image_open_as(DISK_VOLATILE, &source, &p->err);
        u8 sector[512], back[2 * 512];
        cr_assert(image, "%s", p->err.text);
        cr_expect(disk_image_is_volatile(image) && !disk_image_read_only(image));
        for (u64 i = 0; i < 300; i++) {
            u64 lba = i * 7919 % 100000;
            memset(sector, (int)(i | 1), 512);
            cr_assert(disk_image_write(image, lba, 1, sector));
        }
        cr_expect(disk_image_flush(image));
        cr_expect(disk_image_read(image, 7919, 2, back) && back[0] == 1 && back[512] == 0);
        cr_expect_eq(disk_image_volatile_bytes(image) > 0, !in_file);
        sum[in_file] = sum_of(image);
        disk_image_close(image);
        cr_expect_eq(access(journal, F_OK), -1);
    }
    cr_expect_eq(sum[0], sum[1]);
    FILE *f = fopen(p->path, "rb");
    fseek(f, 7919 * 512, SEEK_SET);
    cr_expect_eq(fgetc(f), 0, "the image is as it was");
    fclose(f);
    cr_expect_eq(unlink(p->path), 0);
    cr_expect_eq(rmdir(p->dir), 0, "nothing else is in the folder");
}

struct heard {
    unsigned count;
    char text[2048];
};

static bool hear(void *board, const char *sentence)
{
    struct heard *h = board;
    h->count++;
    snprintf(h->text, sizeof h->text, "%s", sentence);
    return false;
}

Test(disk_image, a_full_overlay_is_said_and_loses_nothing)
{
    static u8 disk[64 * 512];
    u8 sector[512] = { 1 };
    struct heard heard = { 0 };
    unsigned written = 0;
    struct disk_image *image = disk_image_open_memory(disk, sizeof disk);
    disk_image_on_failure(image, hear, &heard);
    disk_image_limit_volatile(image, 20000);
    while (written < 64 && disk_image_write(image, written, 1, sector)) written++;
    cr_expect(written >= 8 && written < 64 && heard.count == 1);
    cr_expect(strstr(heard.text, "is full"), "%s", heard.text);
    cr_expect(disk_image_volatile_bytes(image) <= 20000);
    cr_expect(disk_image_read(image, written - 1, 1, sector));
    cr_expect_eq(sector[0], 1);
    disk_image_close(image);
}

Test(disk_image, a_memory_disk_of_no_whole_sectors_is_none)
{
    static const u8 bytes[1024];
    cr_expect_null(disk_image_open_memory(bytes, 0));
    cr_expect_null(disk_image_open_memory(bytes, 1000));
    struct disk_image *image = disk_image_open_memory(bytes, 1024);
    cr_expect_eq(disk_image_sectors(image), 2);
    cr_expect(disk_image_is_volatile(image));
    disk_image_close(image);
}

Test(disk_image, a_file_that_shrank_is_said)
{
    u8 sector[512];
    struct heard heard = { 0 };
    PLACE(p);
    put_file(p, "", 0, 4096);
    struct disk_image *image = open_it(p, IMAGE_WRITABLE, SECTOR_BYTES);
    disk_image_on_failure(image, hear, &heard);
    cr_assert_eq(truncate(p->path, 1024), 0);
    cr_expect_not(disk_image_read(image, 5, 1, sector));
    cr_expect(strstr(heard.text, "has become shorter"), "%s", heard.text);
    disk_image_close(image);
}

Test(disk_image, a_host_that_takes_no_more_is_said)
{
    u8 sector[512] = { 0 };
    struct heard heard = { 0 };
    PLACE(p);
    put_file(p, "", 0, 4096);
    struct disk_image *image = open_it(p, IMAGE_WRITABLE, SECTOR_BYTES);
    disk_image_on_failure(image, hear, &heard);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, none = { 2048, 2048 };
    getrlimit(RLIMIT_FSIZE, &old);
    none.rlim_max = old.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    cr_expect(disk_image_write(image, 1, 1, sector));
    cr_expect_not(disk_image_write(image, 6, 1, sector));
    setrlimit(RLIMIT_FSIZE, &old);
    cr_expect_eq(heard.count, 1);
    cr_expect(strstr(heard.text, "writing failed"), "%s", heard.text);
    disk_image_close(image);
}

Test(floppy_format, sizes_name_formats)
{
    static const struct { u64 size; const char *name; } rows[] = {
        { 163840, "160K" }, { 184320, "180K" }, { 327680, "320K" }, { 368640, "360K" }, { 737280, "720K" }, { 1228800, "1.2M" },
        { 1474560, "1.44M" }, { 1720320, "1.68M" }, { 1763328, "1.72M" }, { 2949120, "2.88M" },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct floppy_format *f = floppy_format_of_size(rows[i].size);
        cr_assert(f, "%s", rows[i].name);
        cr_expect_str_eq(f->name, rows[i].name);
        cr_expect(floppy_format_fits(f, f->drive));
        cr_expect_eq(floppy_format_at(floppy_format_number(f)), f);
    }
    cr_expect_null(floppy_format_of_size(1474560 + 512));
    cr_expect_null(floppy_format_at(0));
    cr_expect_null(floppy_format_at(floppy_format_last() + 1));
}

Test(disk_image, a_lengthened_image_reads_zeros_past_its_file_and_grows_when_it_is_written_there)
{
    u8 sector[SECTOR_BYTES];
    struct stat st;
    PLACE(p);
    put_file(p, "head", 4, 2 * SECTOR_BYTES);
    struct disk_image *image = open_it(p, IMAGE_WRITABLE, SECTOR_BYTES);
    disk_image_lengthen(image, 10);
    cr_expect_eq(disk_image_sectors(image), 10);
    cr_expect(strstr(disk_image_notice(image), "2 sectors of 10 are there"), "%s", disk_image_notice(image));
    memset(sector, 0xaa, sizeof sector);
    cr_expect(disk_image_read(image, 9, 1, sector));
    cr_expect_eq(sector[0] | sector[511], 0);
    sector[0] = 7;
    cr_expect(disk_image_write(image, 5, 1, sector));
    cr_expect(!disk_image_write(image, 10, 1, sector));
    cr_expect(disk_image_read(image, 4, 1, sector));
    cr_expect_eq(sector[0], 0);
    cr_expect(disk_image_read(image, 5, 1, sector));
    cr_expect_eq(sector[0], 7);
    cr_expect_eq(stat(p->path, &st) == 0 ? st.st_size : 0, 6 * SECTOR_BYTES);
    disk_image_close(image);
}

/* --- in a clone --- */

static u8 first_byte_of(struct disk_image *image, u64 lba)
{
    u8 sector[SECTOR_BYTES];
    cr_assert(disk_image_read(image, lba, 1, sector));
    return sector[0];
}

static void put_byte(struct disk_image *image, u64 lba, u8 byte)
{
    u8 sector[SECTOR_BYTES];
    memset(sector, byte, sizeof sector);
    cr_assert(disk_image_write(image, lba, 1, sector));
}

static u8 byte_of_file(const struct place *p, u64 lba)
{
    FILE *f = fopen(p->path, "rb");
    cr_assert(f && fseek(f, (long)(lba * SECTOR_BYTES), SEEK_SET) == 0);
    int byte = fgetc(f);
    fclose(f);
    return (u8)byte;
}

Test(disk_image, one_that_is_parted_keeps_its_writes_to_itself_on_top_of_what_was_written_and_of_its_past)
{
    struct error err = { 0 };

    for (unsigned has_past = 0; has_past < 2; has_past++) {
        struct page_store store = { 0 };
        PLACE(p);
        put_file(p, "a", 1, 16 * SECTOR_BYTES);
        struct disk_image *image = open_it(p, IMAGE_WRITABLE, SECTOR_BYTES);
        cr_assert(image && (!has_past || disk_image_keep_past(image, &store)));
        put_byte(image, 1, 'b');
        cr_expect(disk_image_divides(image, false) && !disk_image_divides(image, true), "its file is that of the present");
        u64 before = disk_image_hash(image, true, UINT64_MAX);
        cr_assert(disk_image_part(image, &err), "%s", err.text);
        cr_expect(disk_image_is_volatile(image) && disk_image_divides(image, true));
        cr_expect_eq(disk_image_hash(image, true, UINT64_MAX), before);
        put_byte(image, 1, 'c');
        put_byte(image, 9, 'd');
        cr_expect(disk_image_flush(image));
        cr_expect(first_byte_of(image, 0) == 'a' && first_byte_of(image, 1) == 'c' && first_byte_of(image, 9) == 'd');
        cr_expect(byte_of_file(p, 1) == 'b' && byte_of_file(p, 9) == 0, "the file is the original's");
        cr_expect_eq(disk_image_hash(image, false, UINT64_MAX), before, "without what is volatile it is what it was");
        disk_image_close(image);
        cr_expect(byte_of_file(p, 1) == 'b' && byte_of_file(p, 9) == 0, "nor does the end write to it");
    }
}

Test(disk_image, one_that_cannot_be_written_has_nothing_to_part)
{
    struct error err = { 0 };
    PLACE(p);
    put_file(p, "a", 1, 16 * SECTOR_BYTES);
    struct disk_image *image = open_it(p, IMAGE_READ_ONLY, SECTOR_BYTES);
    cr_expect(disk_image_divides(image, true) && disk_image_part(image, &err));
    cr_expect(!disk_image_is_volatile(image));
    disk_image_close(image);
}
