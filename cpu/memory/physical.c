#include "cpu/memory/physical.h"

#include <stdlib.h>

#include "cpu/memory/unwritten.h"

struct physical_map *physical_create(void)
{
    return calloc(1, sizeof(struct physical_map));
}

void physical_destroy(struct physical_map *map)
{
    if (!map) return;
    unwritten_destroy(map->unwritten);
    for (unsigned i = 0; i < map->end; i++) free(map->table[i]);
    free(map);
}

static struct physical_page *page_made(struct physical_map *map, u64 pa)
{
    unsigned i = pa >> 22 & (PHYSICAL_TABLES - 1);

    if (!map->table[i]) map->table[i] = calloc(1, sizeof(struct physical_table));
    if (map->end <= i) map->end = i + 1;
    return &map->table[i]->page[pa >> 12 & (PHYSICAL_TABLE_PAGES - 1)];
}

void physical_set(struct physical_map *map, u64 pa, u64 size, u8 *read_host, u8 *write_host)
{
    for (u64 at = 0; at < size; at += PAGE_BYTES) {
        struct physical_page *page = page_made(map, pa + at);
        page->read = read_host ? read_host + at : NULL;
        page->write = write_host ? write_host + at : NULL;
    }
}

void physical_fetch_apart(struct physical_map *map, u64 pa, u64 size, const u8 *host)
{
    for (u64 at = 0; at < size; at += PAGE_BYTES) page_made(map, pa + at)->fetch_apart = host != NULL;
    map->apart_pa = pa;
    map->apart = host;
}
