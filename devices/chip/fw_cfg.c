/* Firmware configuration: items and files for a BIOS that knows this interface.      doc: fw-cfg
 *   reg 0  write 16 bits  selector: bit 14 write (nothing here can be written), bit 15 architecture's own items
 *       1  read           next byte of the item, 00 past its end
 *   item 0000 signature "QEMU"   0001 interface: bit 0 this one, bit 1 DMA (absent)   0019 directory   0020.. files
 *   directory: count, then a file each: size (32 bits), selector (16), 0 (16), name (56 bytes); numbers big-endian
 * Source: the published specification of QEMU's firmware configuration device.  Not modelled: DMA, items of machine size. */
#include "devices/chip/fw_cfg.h"

#include <string.h>

enum { ITEM_SIGNATURE = 0, ITEM_ID = 1, ITEM_DIRECTORY = 0x19, ITEM_FIRST_FILE = 0x20, SELECTOR_MASK = 0xbfff };
enum { ENTRY_BYTES = 64, ENTRY_NAME = 8 };

#define STATE_OWNER struct fw_cfg
STATE_LAYOUT(fw_cfg_state, "fw_cfg", FW_CFG_STATE);

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

static u8 item_byte(const struct fw_cfg *f, unsigned item, u32 at)
{
    static const u8 signature[4] = { 'Q', 'E', 'M', 'U' }, id[4] = { 1, 0, 0, 0 };

    if (item == ITEM_SIGNATURE) return at < 4 ? signature[at] : 0;
    if (item == ITEM_ID) return at < 4 ? id[at] : 0;
    if (item == ITEM_DIRECTORY) return directory_byte(f, at);
    if (item < ITEM_FIRST_FILE || item >= ITEM_FIRST_FILE + f->files) return 0;
    const struct fw_cfg_file *file = &f->file[item - ITEM_FIRST_FILE];
    return at < file->size ? file->bytes[at] : 0;
}

void fw_cfg_init(struct fw_cfg *f) { *f = (struct fw_cfg){ 0 }; }

void fw_cfg_reset(struct fw_cfg *f)
{
    f->selector = 0;
    f->offset = 0;
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

const char *fw_cfg_invariant(const struct fw_cfg *f)
{
    return f->files > FW_CFG_FILES ? "the directory holds its files" : NULL;
}
