#ifndef ORRERY_BOARD_MMIO_H
#define ORRERY_BOARD_MMIO_H
/* Registers and windows in memory space: ranges that software places, like a PCI function's.    doc: memory-map */
#include "cpu/base/error.h"

/* size_bytes of an access is 1, 2, 4 or 8; it lies in the range as a whole. */
struct mmio_range {
    const char *name;            /* for messages */
    u64 first, size_bytes;
    void *chip;
    u64 (*read)(void *chip, u64 at, unsigned size_bytes);
    void (*write)(void *chip, u64 at, unsigned size_bytes, u64 value);
    bool decoded;
};

enum { MMIO_RANGES = 32 };

struct mmio {
    struct mmio_range range[MMIO_RANGES];
    unsigned count;
};

/* Copies the row.  False when the board has no room. */
bool mmio_add(struct mmio *mmio, const struct mmio_range *range, unsigned *id, struct error *err);
/* RAM, ROM and what the board itself has in memory space answer first, then ranges in the order in which they were added. */
void mmio_place(struct mmio *mmio, unsigned id, u64 first, bool decoded);
/* Nobody there: ones; a write is lost. */
bool mmio_decodes(struct mmio *mmio, u64 pa, unsigned size_bytes);       /* somebody answers */
u64 mmio_read(struct mmio *mmio, u64 pa, unsigned size_bytes);
void mmio_write(struct mmio *mmio, u64 pa, unsigned size_bytes, u64 value);

#endif
