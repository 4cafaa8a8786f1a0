#include "cpu/memory/unwritten.h"
#include "cpu/base/allocated.h"

#include <stdlib.h>

enum { PAGE_WORDS = PAGE_BYTES / 64 };

/* A bit a byte that was stored to; pages without bits were not stored to at all, or whole. */
struct unwritten {
    struct physical_map *map;
    struct page_bits {
        bool whole;
        u64 *word;
    } *page;
    u64 pages;
};

struct unwritten *unwritten_create(struct physical_map *map)
{
    struct unwritten *u = allocated(calloc(1, sizeof *u));

    u->map = map;
    u->pages = (u64)map->end * PHYSICAL_TABLE_PAGES;
    u->page = allocated(calloc(u->pages + 1, sizeof *u->page));
    for (u64 n = 0; n < u->pages; n++) u->page[n].whole = physical_page_at(map, n * PAGE_BYTES)->written;
    return u;
}

void unwritten_destroy(struct unwritten *u)
{
    if (!u) return;
    for (u64 n = 0; n < u->pages; n++) free(u->page[n].word);
    free(u->page);
    free(u);
}

void unwritten_store(struct unwritten *u, u64 pa, u64 size_bytes)
{
    for (; size_bytes; pa++, size_bytes--) {
        u64 n = pa / PAGE_BYTES, bit = pa % PAGE_BYTES;
        if (n >= u->pages || u->page[n].whole) continue;
        if (!u->page[n].word) u->page[n].word = allocated(calloc(PAGE_WORDS, sizeof(u64)));
        u->page[n].word[bit / 64] |= 1ull << bit % 64;
    }
}

bool unwritten_find(const struct unwritten *u, u64 pa, u64 size_bytes, u64 *first)
{
    for (; size_bytes; pa++, size_bytes--) {
        u64 n = pa / PAGE_BYTES, bit = pa % PAGE_BYTES;
        const struct physical_page *page = physical_page_at(u->map, pa);
        if (n >= u->pages || u->page[n].whole || !page->read || page->read != page->write) continue;
        if (u->page[n].word && u->page[n].word[bit / 64] >> bit % 64 & 1) continue;
        *first = pa;
        return true;
    }
    return false;
}
