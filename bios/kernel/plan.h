#ifndef ORRERY_BIOS_KERNEL_PLAN_H
#define ORRERY_BIOS_KERNEL_PLAN_H
/* What the board tells the loader in its option ROM: two items of firmware configuration.   doc: kernel
 *   PLAN_ITEM   doublewords in the order below, then pairs of a physical address and a count of bytes, PLAN_PIECES of them
 *   BYTES_ITEM  what goes there, piece after piece; behind its end come zeros */
#define PLAN_ITEM "orrery/kernel/plan"
#define BYTES_ITEM "orrery/kernel/bytes"

enum plan_word {
    PLAN_KIND,                   /* enum plan_kind */
    PLAN_ENTRY,                  /* Linux: the set-up code's segment; else the physical address of the first instruction */
    PLAN_STACK,                  /* Linux: SP at its entry */
    PLAN_INFO,                   /* Multiboot: address of its information, below 64 KiB */
    PLAN_MAP,                    /* Multiboot: where the loader adds the memory map, below 64 KiB */
    PLAN_PIECES,
    PLAN_WORDS
};
enum plan_kind { PLAN_LINUX, PLAN_MULTIBOOT, PLAN_MULTIBOOT2 };
enum { PLAN_PIECES_MOST = 96 };

/* Memory of the loader while it works: nothing is loaded between these. */
enum { LOADER_FIRST = 0x500, LOADER_INFO = 0x8000, LOADER_MAP_LAST = 0xf000, LOADER_END = 0x10000 };

#endif
