#ifndef ORRERY_CHIP_DMA_8237_H
#define ORRERY_CHIP_DMA_8237_H
#include "cpu/base/state.h"

#define DMA_8237_STATE(ONE, MANY) \
    /*    type  name               unit        min     max  meaning                                  */ \
    MANY(u16,  base_address, 4,    "transfers",  0, 0xffff, "address as programmed")                     \
    MANY(u16,  base_count, 4,      "transfers",  0, 0xffff, "count as programmed, transfers - 1")        \
    MANY(u16,  address, 4,         "transfers",  0, 0xffff, "current address")                           \
    MANY(u16,  count, 4,           "transfers",  0, 0xffff, "current count; wraps to FFFFh at TC")       \
    MANY(u8,   mode, 4,            "bits",       0,   0xff, "mode register")                             \
    MANY(u8,   page, 8,            "",           0,   0xff, "page registers of the board, by port offset") \
    ONE (u8,   command,            "bits",       0,   0xff, "command register")                          \
    ONE (u8,   status,             "bits",       0,   0xff, "requests in 7..4, terminal counts in 3..0") \
    ONE (u8,   mask,               "bits",       0,   0x0f, "channels that are masked")                  \
    ONE (u8,   request,            "bits",       0,   0x0f, "software requests")                         \
    ONE (bool, high_next,          "",           0,      1, "byte pointer flip-flop")

struct dma_8237 {
    STATE_MEMBERS(DMA_8237_STATE)
    unsigned shift;              /* strapped: 0 = byte transfers, 1 = word transfers (channels 4-7 of an AT) */
    void *board;
    void (*memory_read)(void *board, u64 pa, u8 *bytes, unsigned size);
    void (*memory_write)(void *board, u64 pa, const u8 *bytes, unsigned size);
};

extern const struct state_layout dma_8237_state;

void dma_8237_init(struct dma_8237 *d, unsigned shift, void *board,
                   void (*memory_read)(void *board, u64 pa, u8 *bytes, unsigned size),
                   void (*memory_write)(void *board, u64 pa, const u8 *bytes, unsigned size));
void dma_8237_reset(struct dma_8237 *d);
u8 dma_8237_read(void *chip, unsigned reg);
void dma_8237_write(void *chip, unsigned reg, u8 value);
u8 dma_8237_page_read(void *chip, unsigned reg);
void dma_8237_page_write(void *chip, unsigned reg, u8 value);
unsigned dma_8237_transfer(void *chip, unsigned channel, u8 *bytes, unsigned count, bool to_memory, bool *tc);
const char *dma_8237_invariant(const struct dma_8237 *d);

#endif
