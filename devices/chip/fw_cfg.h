#ifndef ORRERY_CHIP_FW_CFG_H
#define ORRERY_CHIP_FW_CFG_H
#include "cpu/base/state.h"

enum { FW_CFG_FILES = 8, FW_CFG_NAME = 56 };

#define FW_CFG_STATE(ONE, MANY) \
    /*   type  name      unit    min         max  meaning                                    */ \
    ONE (u16,  selector, "",       0,     0xffff, "item that the data register gives")          \
    ONE (u32,  offset,   "bytes",  0, 0xffffffff, "next byte of that item")                     \
    ONE (u32,  dma_high, "",       0, 0xffffffff, "upper half of a DMA structure's address, until its lower half comes")

/* What a file holds; the bytes stay the board's. */
struct fw_cfg_file {
    char name[FW_CFG_NAME];      /* ended by NUL */
    const u8 *bytes;
    u32 size;
};

/* Wire to memory below `end`; without it there is no DMA. */
struct fw_cfg_memory {
    void *board;
    u64 end;
    void (*read)(void *board, u64 pa, u8 *bytes, unsigned size);
    void (*write)(void *board, u64 pa, const u8 *bytes, unsigned size);
};

struct fw_cfg {
    STATE_MEMBERS(FW_CFG_STATE)
    struct fw_cfg_memory memory;
    struct fw_cfg_file file[FW_CFG_FILES];
    unsigned files;
};

extern const struct state_layout fw_cfg_state;

void fw_cfg_init(struct fw_cfg *f, const struct fw_cfg_memory *memory);              /* memory: NULL for none */
void fw_cfg_reset(struct fw_cfg *f);
bool fw_cfg_add(struct fw_cfg *f, const char *name, const u8 *bytes, u32 size);      /* false: no room, or the name is too long */
u8 fw_cfg_read(void *chip, unsigned reg);
void fw_cfg_write(void *chip, unsigned reg, u8 value);
void fw_cfg_write_wide(void *chip, unsigned reg, unsigned size_bytes, u32 value);
u8 fw_cfg_dma_read(void *chip, unsigned reg);
void fw_cfg_dma_write(void *chip, unsigned reg, u8 value);
void fw_cfg_dma_write_wide(void *chip, unsigned reg, unsigned size_bytes, u32 value);
const char *fw_cfg_invariant(const struct fw_cfg *f);

#endif
