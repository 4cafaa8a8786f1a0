#ifndef ORRERY_MEMORY_UNWRITTEN_H
#define ORRERY_MEMORY_UNWRITTEN_H
/* Bytes of RAM that nothing has ever stored to, for a debugger that wants to hear of their use.       doc: tripwires */
#include "cpu/memory/physical.h"

struct unwritten;

/* From now on: bytes of pages to which something was stored before count as written. */
struct unwritten *unwritten_create(struct physical_map *map);
void unwritten_destroy(struct unwritten *u);
void unwritten_store(struct unwritten *u, u64 pa, u64 size_bytes);
/* The first such byte of [pa, pa + size); false: there is none, or no RAM. */
bool unwritten_find(const struct unwritten *u, u64 pa, u64 size_bytes, u64 *first);

#endif
