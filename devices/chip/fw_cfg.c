/* Firmware configuration: items and files for a BIOS that knows this interface.      doc: fw-cfg
 *   reg 0  write 16 bits  selector: bit 14 write (nothing here can be written), bit 15 architecture's own items
 *       1  read           next byte of the item, 00 past its end
 *   item 0000 signature "QEMU"   0001 interface: bit 0 this one, bit 1 DMA   0019 directory   0020.. files
 *   directory: count, then a file each: size (32 bits), selector (16), 0 (16), name (56 bytes); numbers big-endian
 *   DMA reg 0..7  read "QEMU CFG"; the lower half written starts what the structure at that address says:
 *       control (31..16 selector  4 write  3 select  2 skip  1 read  0 out: error), length, address (64 bits), big-endian;
 *       control is 0 when it is done
 * Source: the published specification of QEMU's firmware configuration device.  Not modelled: items of machine size. */
#include "devices/chip/fw_cfg.h"

#include <string.h>

enum { ITEM_SIGNATURE = 0, ITEM_ID = 1, ITEM_DIRECTORY = 0x19, ITEM_FIRST_FILE = 0x20, SELECTOR_MASK = 0xbfff };
enum { ENTRY_BYTES = 64, ENTRY_NAME = 8, ID_PORTS = 1, ID_DMA = 2 };
enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DMA_WRITE = 16 };
enum { STRUCTURE_BYTES = 16, PIECE = 4096 };

#define STATE_OWNER struct fw_cfg
STATE_LAYOUT_OF(fw_cfg_state, "fw_cfg", FW_CFG_STATE, fw_cfg_invariant);

/* Byte n of a big-endian number of 4 bytes. */
static u8 big_endian(u32 value, unsigned n) { return (u8)(value >> 8 * (3 - n)); }

static u8 directory_byte(const struct fw_cfg *f, u32 at)
{
    if (at < 4) return big_endian(f->files, at);
    unsigned n = (at - 4) / ENTRY_BYTES, in = (at - 4) % ENTRY_BYTES;

    if (n >= f->files) return 0;
    if (in < 4) return big_endian(f->file[n].size, in);
    if (in < ENTRY_NAME) return big_endian((ITEM_FIRST_FILE + n) << 16, in - 4);
    return (u8)f->file[n].name[in - ENTRY_NAME];
}

static const struct fw_cfg_file *file_of(const struct fw_cfg *f, unsigned item)
{
    return item >= ITEM_FIRST_FILE && item - ITEM_FIRST_FILE < f->files ? &f->file[item - ITEM_FIRST_FILE] : NULL;
}

static u32 item_size(const struct fw_cfg *f, unsigned item)
{
    const struct fw_cfg_file *file = file_of(f, item);

    if (item == ITEM_SIGNATURE || item == ITEM_ID) return 4;
    if (item == ITEM_DIRECTORY) return 4 + f->files * ENTRY_BYTES;
    return file ? file->size : 0;
}

static u8 item_byte(const struct fw_cfg *f, unsigned item, u32 at)
{
    static const u8 signature[4] = { 'Q', 'E', 'M', 'U' };

    if (at >= item_size(f, item)) return 0;
    if (item == ITEM_SIGNATURE) return signature[at];
    if (item == ITEM_ID) return at ? 0 : f->memory.read ? ID_PORTS | ID_DMA : ID_PORTS;
    return item == ITEM_DIRECTORY ? directory_byte(f, at) : file_of(f, item)->bytes[at];
}

void fw_cfg_init(struct fw_cfg *f, const struct fw_cfg_memory *memory)
{
    *f = (struct fw_cfg){ 0 };
    if (memory) f->memory = *memory;
}

void fw_cfg_reset(struct fw_cfg *f)
{
    f->selector = 0;
    f->offset = 0;
    f->dma_high = 0;
}

bool fw_cfg_add(struct fw_cfg *f, const char *name, const u8 *bytes, u32 size)
{
    if (f->files == FW_CFG_FILES || strlen(name) >= FW_CFG_NAME) return false;
    struct fw_cfg_file *file = &f->file[f->files++];
    strcpy(file->name, name);
    file->bytes = bytes;
    file->size = size;
    return true;
}

u8 fw_cfg_read(void *chip, unsigned reg)
{
    struct fw_cfg *f = chip;

    if (!reg) return (u8)f->selector;
    u8 byte = item_byte(f, f->selector & SELECTOR_MASK, f->offset);
    if (f->offset < UINT32_MAX) f->offset++;
    return byte;
}

static void select_item(struct fw_cfg *f, u16 selector)
{
    f->selector = selector;
    f->offset = 0;
}

void fw_cfg_write(void *chip, unsigned reg, u8 value)
{
    if (!reg) select_item(chip, value);
}

void fw_cfg_write_wide(void *chip, unsigned reg, unsigned size, u32 value)
{
    (void)size;
    if (!reg) select_item(chip, (u16)value);
}

/* --- DMA --- */

static u32 take_big_endian(const u8 *bytes)
{
    return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

static void skip(struct fw_cfg *f, u32 bytes)
{
    f->offset = bytes < UINT32_MAX - f->offset ? f->offset + bytes : UINT32_MAX;
}

/* Of the item, from here on. */
static u32 bytes_left(const struct fw_cfg *f)
{
    u32 whole = item_size(f, f->selector & SELECTOR_MASK);
    return f->offset < whole ? whole - f->offset : 0;
}

/* The next `size` bytes of the item, and zeros behind its end. */
static void fill(struct fw_cfg *f, u8 *to, u32 size)
{
    unsigned item = f->selector & SELECTOR_MASK;
    const struct fw_cfg_file *file = file_of(f, item);
    u32 left = bytes_left(f), n = size < left ? size : left;

    if (file && n) memcpy(to, file->bytes + f->offset, n);
    else for (u32 i = 0; i < n; i++) to[i] = item_byte(f, item, f->offset + i);
    memset(to + n, 0, size - n);
    skip(f, size);
}

/* An item may be as large as what the user named, and firmware asks for a whole one; behind its end no request goes far.
 * False: it does not lie in memory, or would keep the host for long: nothing has moved. */
static bool item_to_memory(struct fw_cfg *f, u64 pa, u32 length)
{
    enum { BEYOND_MOST = 64 << 20 };
    u8 piece[PIECE];

    if (length > (u64)bytes_left(f) + BEYOND_MOST || pa > f->memory.end || length > f->memory.end - pa) return false;
    for (u32 n; length; pa += n, length -= n) {
        n = length < PIECE ? length : PIECE;
        fill(f, piece, n);
        f->memory.write(f->memory.board, pa, piece, n);
    }
    return true;
}

/* "DMA interface": select comes first, then the one of read, write and skip that is named first.  No item here can be written. */
static void perform(struct fw_cfg *f, u64 structure)
{
    u8 bytes[STRUCTURE_BYTES];
    bool ok = true;

    if (structure > f->memory.end || f->memory.end - structure < STRUCTURE_BYTES) return;
    f->memory.read(f->memory.board, structure, bytes, sizeof bytes);
    u32 control = take_big_endian(bytes), length = take_big_endian(bytes + 4);
    u64 address = (u64)take_big_endian(bytes + 8) << 32 | take_big_endian(bytes + 12);

    if (control & DMA_SELECT) select_item(f, (u16)(control >> 16));
    if (control & DMA_READ) ok = item_to_memory(f, address, length);
    else if (control & DMA_WRITE) ok = false;
    else if (control & DMA_SKIP) skip(f, length);
    memset(bytes, 0, 3);
    bytes[3] = ok ? 0 : DMA_ERROR;
    f->memory.write(f->memory.board, structure, bytes, 4);
}

u8 fw_cfg_dma_read(void *chip, unsigned reg)
{
    static const u8 signature[8] = { 'Q', 'E', 'M', 'U', ' ', 'C', 'F', 'G' };
    (void)chip;
    return signature[reg & 7];
}

/* The address is written in doublewords; what comes narrower is not an address. */
void fw_cfg_dma_write(void *chip, unsigned reg, u8 value) { (void)chip, (void)reg, (void)value; }

void fw_cfg_dma_write_wide(void *chip, unsigned reg, unsigned size, u32 value)
{
    struct fw_cfg *f = chip;
    u32 half = __builtin_bswap32(value);

    if (size != 4 || reg & 3) return;
    if (!reg) {
        f->dma_high = half;
        return;
    }
    u64 structure = (u64)f->dma_high << 32 | half;
    f->dma_high = 0;
    if (f->memory.read) perform(f, structure);
}

const char *fw_cfg_invariant(const struct fw_cfg *f)
{
    return f->files > FW_CFG_FILES ? "the directory holds its files" : NULL;
}
