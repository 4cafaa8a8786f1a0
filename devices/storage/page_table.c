#include "devices/storage/page_table.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"

enum { PIECE_ENTRIES = 16384 };

static bool write_entries(struct page_table *t, u32 first, u32 count, struct image_file *file, struct error *err)
{
    u8 *bytes = malloc((size_t)count * 4);

    if (!bytes) return image_file_fail(file, err, "out of memory");
    for (u32 i = 0; i < count; i++) put32(bytes + 4 * (size_t)i, t->place[first + i]);
    bool ok = image_file_write(file, t->at + 4 * (u64)first, (size_t)count * 4, bytes, err);
    free(bytes);
    return ok;
}

static bool write_all(struct page_table *t, struct image_file *file, struct error *err)
{
    bool ok = true;

    for (u32 first = 0; ok && first < t->entries; first += PIECE_ENTRIES)
        ok = write_entries(t, first, t->entries - first < PIECE_ENTRIES ? t->entries - first : PIECE_ENTRIES, file, err);
    return ok;
}

static bool allocate(struct page_table *t, const struct image_file *file, u64 at, u32 entries, struct error *err)
{
    *t = (struct page_table){ .at = at, .entries = entries, .place = malloc((size_t)entries * 4) };
    if (!t->place) return image_file_fail(file, err, "out of memory");
    memset(t->place, 0xff, (size_t)entries * 4);
    return true;
}

bool page_table_create(struct image_file *file, u64 at, u32 entries, struct error *err)
{
    struct page_table t;
    bool ok = allocate(&t, file, at, entries, err) && write_all(&t, file, err);

    page_table_free(&t);
    return ok;
}

void page_table_free(struct page_table *t)
{
    free(t->place);
    t->place = NULL;
}

/* --- reading --- */

static int by_place(const void *a, const void *b)
{
    u32 x = *(const u32 *)a, y = *(const u32 *)b;
    return x < y ? -1 : x > y;
}

/* Two entries of one place: a write to one page would change another. */
static bool places_differ(const struct page_table *t, const struct image_file *file, struct error *err)
{
    u32 *sorted = malloc((size_t)t->entries * 4);
    bool ok = sorted || image_file_fail(file, err, "out of memory");

    if (sorted) {
        memcpy(sorted, t->place, (size_t)t->entries * 4);
        qsort(sorted, t->entries, 4, by_place);
    }
    for (u32 i = 1; ok && i < t->entries && sorted[i] != PAGE_ABSENT; i++)
        if (sorted[i] == sorted[i - 1]) ok = image_file_fail(file, err, "is damaged: place %u of the file is used twice", sorted[i]);
    free(sorted);
    return ok;
}

static bool read_entries(struct page_table *t, struct image_file *file, u64 places, struct error *err)
{
    u8 bytes[4 * 256];

    for (u32 first = 0; first < t->entries; first += 256) {
        u32 count = t->entries - first < 256 ? t->entries - first : 256;
        if (!image_file_read(file, t->at + 4 * (u64)first, (size_t)count * 4, bytes, err)) return false;
        for (u32 i = 0; i < count; i++) {
            u32 place = get32(bytes + 4 * i);
            t->place[first + i] = place;
            if (place == PAGE_ABSENT) continue;
            if (place >= places) return image_file_fail(file, err, "is damaged: page %u is said to be at place %u, the file has %llu", first + i, place, (unsigned long long)places);
            if (place >= t->next) t->next = place + 1;
        }
    }
    return true;
}

bool page_table_load(struct page_table *t, struct image_file *file, u64 at, u32 entries, u64 places, struct error *err)
{
    if (at > file->size_bytes || 4 * (u64)entries > file->size_bytes - at) return image_file_fail(file, err, "is damaged: it ends within its table of pages");
    return allocate(t, file, at, entries, err) && read_entries(t, file, places, err) && places_differ(t, file, err);
}

/* --- changing --- */

u32 page_table_add(struct page_table *t, u32 entry)
{
    t->place[entry] = t->next++;
    t->pending[t->pending_count++] = entry;
    return t->place[entry];
}

bool page_table_full(const struct page_table *t) { return t->pending_count == PAGES_PENDING_MOST; }

bool page_table_write(struct page_table *t, struct image_file *file, struct error *err)
{
    for (u32 i = 0; i < t->pending_count; i++)
        if (!write_entries(t, t->pending[i], 1, file, err)) return false;
    t->pending_count = 0;
    return true;
}

bool page_table_clear(struct page_table *t, struct image_file *file, struct error *err)
{
    memset(t->place, 0xff, (size_t)t->entries * 4);
    t->pending_count = 0;
    t->next = 0;
    return write_all(t, file, err);
}
