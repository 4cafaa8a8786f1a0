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
};

struct physical_map;     /* 40 bits of address space, sparse */

struct physical_map *physical_create(void);
void physical_destroy(struct physical_map *map);

/* Maps [pa, pa + size), both multiples of 4096, to host memory: read_host for reads and fetches, write_host for
 * writes; either may be NULL.  Whoever changes a mapping while a processor runs calls cpu_memory_changed. */
void physical_set(struct physical_map *map, u64 pa, u64 size, u8 *read_host, u8 *write_host);

/* The page that holds pa; never NULL: an unmapped one has no host pointers. */
struct physical_page *physical_page_at(struct physical_map *map, u64 pa);

#endif
