#include "cpu/memory/physical.h"

#include <stdlib.h>

/* Three levels of 1024, 256 and 1024 entries cover 40 bits: a page is found in three steps, absent
 * parts cost nothing. */
enum { TOP = 256, MIDDLE = 1024, LOW = 1024 };

struct low_table { struct physical_page page[LOW]; };
struct middle_table { struct low_table *low[MIDDLE]; };
struct physical_map {
    struct middle_table *middle[TOP];
    /* what an unmapped page looks like; never given write access */
    struct physical_page nothing;
};

struct physical_map *physical_create(void)
{
    return calloc(1, sizeof(struct physical_map));
}

void physical_destroy(struct physical_map *map)
{
    if (!map) return;
    for (unsigned t = 0; t < TOP; t++) {
        for (unsigned m = 0; map->middle[t] && m < MIDDLE; m++) free(map->middle[t]->low[m]);
        free(map->middle[t]);
    }
    free(map);
}

static struct physical_page *page_made(struct physical_map *map, u64 pa)
{
    struct middle_table **middle = &map->middle[pa >> 32 & (TOP - 1)];
    if (!*middle) *middle = calloc(1, sizeof **middle);
    struct low_table **low = &(*middle)->low[pa >> 22 & (MIDDLE - 1)];
    if (!*low) *low = calloc(1, sizeof **low);
    return &(*low)->page[pa >> 12 & (LOW - 1)];
}

void physical_set(struct physical_map *map, u64 pa, u64 size, u8 *read_host, u8 *write_host)
{
    for (u64 at = 0; at < size; at += PAGE_BYTES) {
        struct physical_page *page = page_made(map, pa + at);
        page->read = read_host ? read_host + at : NULL;
        page->write = write_host ? write_host + at : NULL;
    }
}

struct physical_page *physical_page_at(struct physical_map *map, u64 pa)
{
    struct middle_table *middle = map->middle[pa >> 32 & (TOP - 1)];
    struct low_table *low = middle ? middle->low[pa >> 22 & (MIDDLE - 1)] : NULL;
    return low ? &low->page[pa >> 12 & (LOW - 1)] : &map->nothing;
}
