/* Partitions for people: MBR, logical ones, GPT; and tables that are none. */
#include "crash.h"
#include "devices/storage/partition_table.h"

enum { SECTORS = 4096 };

struct list {
    unsigned count;
    struct partition p[300];
    char type[300][40];
};

static void add(void *context, const struct partition *p)
{
    struct list *l = context;
    cr_assert_lt(l->count, 300);
    snprintf(l->type[l->count], sizeof l->type[0], "%s", p->type);
    l->p[l->count++] = *p;
}

static struct list *partitions_of(const u8 *disk)
{
    struct list *l = calloc(1, sizeof *l);
    struct disk_image *image = disk_image_open_memory(disk, SECTORS * SECTOR_BYTES);
    partition_table_each(image, add, l);
    disk_image_close(image);
    return l;
}

static void put_entry(u8 *sector, unsigned n, u8 active, u8 type, u32 first, u32 count)
{
    u8 *e = sector + 446 + 16 * n;
    e[0] = active, e[4] = type;
    put32(e + 8, first), put32(e + 12, count);
    put16(sector + 510, 0xaa55);
}

static void a_disk_with_logical_ones(u8 *disk)
{
    put_entry(disk, 0, 0x80, 0x06, 63, 937);
    put_entry(disk, 1, 0, 0x05, 1000, 3000);
    put_entry(disk, 2, 0, 0x83, 4000, 200);
    put_entry(disk + 1000 * 512, 0, 0, 0x0b, 63, 900);
    put_entry(disk + 1000 * 512, 1, 0, 0x05, 1000, 1000);
    put_entry(disk + 2000 * 512, 0, 0, 0x82, 63, 100);
}

Test(partition_table, primary_and_logical_partitions)
{
    static const struct { unsigned number; const char *type; u64 first, last; bool active, outside; } rows[] = {
        { 1, "FAT16", 63, 999, true, false }, { 2, "extended", 1000, 3999, false, false }, { 5, "FAT32", 1063, 1962, false, false },
        { 6, "Linux swap", 2063, 2162, false, false }, { 3, "Linux", 4000, 4199, false, true },
    };
    u8 *disk = calloc(SECTORS, SECTOR_BYTES);
    a_disk_with_logical_ones(disk);
    struct list *l = partitions_of(disk);
    cr_assert_eq(l->count, ARRAY_COUNT(rows));
    for (unsigned i = 0; i < l->count; i++) {
        cr_expect_eq(l->p[i].number, rows[i].number, "%u", i);
        cr_expect_str_eq(l->type[i], rows[i].type);
        cr_expect(l->p[i].first == rows[i].first && l->p[i].last == rows[i].last, "%u", i);
        cr_expect(l->p[i].active == rows[i].active && l->p[i].outside == rows[i].outside, "%u", i);
    }
    free(l);
    free(disk);
}

static void a_gpt(u8 *disk)
{
    static const char name[] = "system";
    put_entry(disk, 0, 0, 0xee, 1, SECTORS - 1);
    memcpy(disk + 512, "EFI PART", 8);
    put64(disk + 512 + 72, 2);
    put32(disk + 512 + 80, 128);
    put32(disk + 512 + 84, 128);
    for (unsigned n = 0; n < 2; n++) {
        u8 *e = disk + 1024 + 128 * (4 * n + n);
        e[0] = 1;
        put64(e + 32, 100 + n * 1000);
        put64(e + 40, 999 + n * 1000);
        for (unsigned i = 0; name[i]; i++) e[56 + 2 * i] = (u8)name[i];
    }
}

Test(partition_table, entries_of_a_gpt)
{
    u8 *disk = calloc(SECTORS, SECTOR_BYTES);
    a_gpt(disk);
    struct list *l = partitions_of(disk);
    cr_assert_eq(l->count, 2);
    cr_expect(l->p[0].number == 1 && l->p[1].number == 6);
    cr_expect_str_eq(l->type[1], "system");
    cr_expect(l->p[1].first == 1100 && l->p[1].last == 1999);
    free(l);
    free(disk);
}

Test(partition_table, a_chain_that_bites_its_tail_ends)
{
    u8 *disk = calloc(SECTORS, SECTOR_BYTES);
    a_disk_with_logical_ones(disk);
    put_entry(disk + 2000 * 512, 1, 0, 0x05, 1000, 1000);
    struct list *l = partitions_of(disk);
    cr_expect_leq(l->count, 3 + 64);
    free(l);
    free(disk);
}

Test(partition_table, hostile_tables)
{
    u8 *disk = malloc(SECTORS * SECTOR_BYTES);
    u32 seed = 5;

    for (unsigned i = 0; i < 5000; i++) {
        static const u32 tables[] = { 0, 512, 1024, 1000 * 512, 2000 * 512 };
        memset(disk, 0, SECTORS * SECTOR_BYTES);
        if (i & 1) a_gpt(disk);
        else a_disk_with_logical_ones(disk);
        for (unsigned n = 1 + crash_random(&seed) % 6; n; n--) {
            u32 at = tables[crash_random(&seed) % ARRAY_COUNT(tables)] + (crash_random(&seed) & 1 ? 446 + crash_random(&seed) % 66 : crash_random(&seed) % 512);
            disk[at] = crash_random(&seed) & 1 ? (u8)crash_random(&seed) : disk[at] ^ (u8)(1 << crash_random(&seed) % 8);
        }
        struct list *l = partitions_of(disk);
        cr_expect_leq(l->count, 4 + 4 * 64);
        free(l);
    }
    free(disk);
}
