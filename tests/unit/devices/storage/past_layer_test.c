/* A disk that is written through and can be seen as it was: at every moment that is left, whatever was forgotten before it. */
#include "devices/storage/past_layer.h"
#include "crash.h"

enum { PAST_SECTORS = 8 * 400 - 3, MOMENTS = 12 };

struct past {
    struct crash_disk *disk;             /* the host's */
    struct image_layer *layer;
    struct page_store store;
    u32 seed;
    u8 *now;                             /* what a disk has that is only written */
    struct page_tree moment[MOMENTS];
    u8 *then[MOMENTS];
    unsigned moments;
};

static struct past *past_of(u32 seed)
{
    struct past *p = calloc(1, sizeof *p);
    struct image_source source = { .path = "disk", .what = "disk", .access = IMAGE_WRITABLE, .unit_bytes = SECTOR_BYTES };
    struct error err = { 0 };

    p->seed = seed;
    p->disk = calloc(1, sizeof *p->disk);
    crash_grow(p->disk, PAST_SECTORS * SECTOR_BYTES);
    p->now = calloc(PAST_SECTORS, SECTOR_BYTES);
    for (u64 lba = 0; lba < PAST_SECTORS; lba++) fill_sector(p->now + lba * SECTOR_BYTES, lba, 0);
    memcpy(p->disk->bytes, p->now, PAST_SECTORS * SECTOR_BYTES);
    struct image_layer *flat = image_kind_of(DISK_FLAT)->open_file(image_file_over(&crash_host, p->disk, p->disk->size), &source, &err);
    cr_assert(flat, "%s", err.text);
    p->layer = past_layer_create(flat, &p->store);
    return p;
}

static void drop_moment(struct past *p, unsigned n)
{
    page_tree_free(&p->moment[n]);
    free(p->then[n]);
    memmove(&p->moment[n], &p->moment[n + 1], (p->moments - n - 1) * sizeof *p->moment);
    memmove(&p->then[n], &p->then[n + 1], (p->moments - n - 1) * sizeof *p->then);
    p->moments--;
}

static void take_moment(struct past *p)
{
    p->moment[p->moments] = page_tree_share(past_layer_moment(p->layer));
    p->then[p->moments++] = memcpy(malloc(PAST_SECTORS * SECTOR_BYTES), p->now, PAST_SECTORS * SECTOR_BYTES);
}

static void begin_at_first(struct past *p)
{
    struct page_tree *moment[MOMENTS];

    for (unsigned n = 0; n < p->moments; n++) moment[n] = &p->moment[n];
    past_layer_begins_at(p->layer, moment, p->moments);
}

static void write_some(struct past *p, u8 *model, u32 first, u32 most)
{
    struct error err = { 0 };
    u8 bytes[20 * SECTOR_BYTES];
    u64 lba = first + crash_random(&p->seed) % (PAST_SECTORS - first);
    u32 count = 1 + crash_random(&p->seed) % most, turn = crash_random(&p->seed);

    if (count > PAST_SECTORS - lba) count = (u32)(PAST_SECTORS - lba);
    for (u32 i = 0; i < count; i++) fill_sector(bytes + i * SECTOR_BYTES, lba + i, turn);
    memcpy(model + lba * SECTOR_BYTES, bytes, count * SECTOR_BYTES);
    cr_assert(image_layer_write(p->layer, lba, count, bytes, &err), "%s", err.text);
}

static void expect_disk(struct past *p, const u8 *model, const char *when, unsigned n)
{
    struct error err = { 0 };
    static u8 bytes[PAST_SECTORS * SECTOR_BYTES];

    cr_assert(image_layer_read(p->layer, 0, PAST_SECTORS, bytes, &err), "%s", err.text);
    cr_assert(!memcmp(bytes, model, sizeof bytes), "%s %u is another disk", when, n);
}

/* In each a guest writes on, as it does when a machine goes forward from a moment. */
static void expect_moments(struct past *p)
{
    u8 *copy = malloc(PAST_SECTORS * SECTOR_BYTES);

    for (unsigned n = 0; n < p->moments; n++) {
        past_layer_show(p->layer, &p->moment[n]);
        expect_disk(p, p->then[n], "moment", n);
        memcpy(copy, p->then[n], PAST_SECTORS * SECTOR_BYTES);
        for (unsigned i = 0; i < 5; i++) write_some(p, copy, 0, 20);
        expect_disk(p, copy, "what follows moment", n);
    }
    past_layer_return(p->layer);
    expect_disk(p, p->now, "the present after moment", p->moments);
    cr_assert(!memcmp(p->disk->bytes, p->now, PAST_SECTORS * SECTOR_BYTES));
    free(copy);
}

static void take_over(struct past *p, unsigned n)
{
    struct error err = { 0 };

    past_layer_show(p->layer, &p->moment[n]);
    memcpy(p->now, p->then[n], PAST_SECTORS * SECTOR_BYTES);
    for (unsigned i = 0; i < 5; i++) write_some(p, p->now, 0, 20);
    cr_assert(past_layer_take_over(p->layer, &err), "%s", err.text);
    while (p->moments > n + 1) drop_moment(p, p->moments - 1);
}

static void end_past(struct past *p)
{
    while (p->moments) drop_moment(p, 0);
    struct image_layer *flat = past_layer_remove(p->layer);
    cr_assert_eq(p->store.bytes, 0, "memory that nobody gives back");
    image_layer_close(flat);
    crash_free(p->disk);
    free(p->now);
    free(p);
}

Test(past_layer, every_moment_that_is_left_is_what_it_was)
{
    for (u32 seed = 1; seed <= 40; seed++) {
        struct past *p = past_of(seed);
        for (unsigned round = 0; round < 60; round++) {
            u32 first = round * 40 % (PAST_SECTORS - 400);   /* it goes over the disk, and comes back here and there */
            for (unsigned i = 0; i < 12; i++) write_some(p, p->now, crash_random(&p->seed) % 4 ? first : 0, 20);
            take_moment(p);
            if (p->moments == MOMENTS) {
                bool oldest = crash_random(&p->seed) % 2;
                drop_moment(p, oldest ? 0 : 1 + crash_random(&p->seed) % (MOMENTS - 2));
                if (oldest) begin_at_first(p);
            }
            if (crash_random(&p->seed) % 8 == 0) expect_moments(p);
            if (crash_random(&p->seed) % 16 == 0) take_over(p, crash_random(&p->seed) % p->moments);
        }
        expect_moments(p);
        end_past(p);
    }
}

Test(past_layer, a_guest_that_writes_for_ever_takes_no_more_memory)
{
    struct past *p = past_of(1);
    u64 most = 0, at_half = 0;

    for (unsigned round = 0; round < 400; round++) {
        struct error err = { 0 };
        u8 bytes[SECTOR_BYTES];
        u64 lba = round * 16 % (PAST_SECTORS - 16);
        for (u64 i = lba; i < lba + 16; i++) {
            fill_sector(bytes, i, round);
            cr_assert(image_layer_write(p->layer, i, 1, bytes, &err), "%s", err.text);
        }
        take_moment(p);
        if (p->moments == 4) {
            drop_moment(p, 0);
            begin_at_first(p);
        }
        if (p->store.bytes > most) most = p->store.bytes;
        if (round == 20) at_half = most;
    }
    cr_expect(most < 100 * TREE_PAGE_BYTES * 2 && most > at_half / 2, "%llu bytes", (unsigned long long)most);
    end_past(p);
}
