#ifndef ORRERY_MEMORY_PHYSICAL_H
#define ORRERY_MEMORY_PHYSICAL_H
/* Physical memory as the processor sees it: pages of host memory, and everything else on the bus. doc: physical-memory */
#include "cpu/base/types.h"

enum { PAGE_BYTES = 4096, CODE_CHUNK_BYTES = 128 };

/* One 4 KiB page.  A NULL host pointer sends that kind of access to the bus (MMIO, writes to ROM, nothing there). */
struct physical_page {
    u8 *read, *write;
    u32 code_chunks;     /* bit n: bytes [128n, 128n+128) have been decoded into traces */
    bool written;        /* RAM: something has been stored here since power-on */
    bool shown;          /* video memory: the board asks what has changed (cpu_pages_drawn) */
    bool changed;        /* of a shown page: something may have been stored here since it asked */
    bool fetch_apart;    /* code comes from elsewhere than data: physical_code */
    u8 tag_holders;      /* TLB entries that may let stores pass here: enum tag_holders */
    u16 tag_at;          /* the one of TAG_HOLDER_ONE */
};

/* 40 bits of address space in tables of 4 MiB; absent ones cost nothing. */
enum { PHYSICAL_TABLE_PAGES = 1024, PHYSICAL_TABLES = 1 << 18 };
struct physical_table {
    struct physical_page page[PHYSICAL_TABLE_PAGES];
};
struct physical_map {
    struct physical_table *table[PHYSICAL_TABLES];
    unsigned end;                    /* no table from here on */
    u64 apart_pa;                    /* of the pages with fetch_apart: the first one ... */
    const u8 *apart;                 /* ... and its code */
    struct unwritten *unwritten;     /* NULL: nobody asks which bytes were never stored to */
    struct physical_page nothing;    /* what an unmapped page looks like; never given write access */
};

struct physical_map *physical_create(void);
void physical_destroy(struct physical_map *map);

/* Maps [pa, pa + size), both multiples of 4096, to host memory: read_host for reads and fetches, write_host for
 * writes; either may be NULL.  Whoever changes a mapping while a processor runs calls cpu_memory_changed. */
void physical_set(struct physical_map *map, u64 pa, u64 size, u8 *read_host, u8 *write_host);

/* Fetches from [pa, pa + size) go to `host`, until NULL says that they go where reads go; one such range at a time. */
void physical_fetch_apart(struct physical_map *map, u64 pa, u64 size, const u8 *host);

/* The page that holds pa; never NULL: an unmapped one has no host pointers. */
static inline struct physical_page *physical_page_at(struct physical_map *map, u64 pa)
{
    struct physical_table *table = map->table[pa >> 22 & (PHYSICAL_TABLES - 1)];
    return table ? &table->page[pa >> 12 & (PHYSICAL_TABLE_PAGES - 1)] : &map->nothing;
}

/* The bytes of code in a page, which holds pa, or NULL: what is fetched comes over the bus. */
static inline const u8 *physical_code(const struct physical_map *map, const struct physical_page *page, u64 pa)
{
    return page->fetch_apart ? map->apart + ((pa & ~(u64)(PAGE_BYTES - 1)) - map->apart_pa) : page->read;
}

#endif
