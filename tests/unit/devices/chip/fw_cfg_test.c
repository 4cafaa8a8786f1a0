/* Firmware configuration: the items, and where they end. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "devices/chip/fw_cfg.h"

static void select_item(struct fw_cfg *f, u16 item) { fw_cfg_write_wide(f, 0, 2, item); }

static u32 next_number(struct fw_cfg *f, unsigned bytes)
{
    u32 value = 0;
    for (unsigned i = 0; i < bytes; i++) value = value << 8 | fw_cfg_read(f, 1);
    return value;
}

static struct fw_cfg with_two_files(void)
{
    struct fw_cfg f;
    fw_cfg_init(&f, NULL);
    cr_assert(fw_cfg_add(&f, "etc/one", (const u8 *)"abc", 3));
    cr_assert(fw_cfg_add(&f, "vgaroms/two", (const u8 *)"defg", 4));
    return f;
}

Test(fw_cfg, item_0_is_the_signature_and_item_1_names_the_interface)
{
    struct fw_cfg f = with_two_files();
    select_item(&f, 0);
    cr_expect_eq(next_number(&f, 4), 0x51454d55);
    cr_expect_eq(next_number(&f, 2), 0);
    select_item(&f, 1);
    cr_expect_eq(next_number(&f, 4), 0x01000000);
}

Test(fw_cfg, the_directory_lists_size_selector_and_name_big_endian)
{
    struct fw_cfg f = with_two_files();
    char name[FW_CFG_NAME];

    select_item(&f, 0x19);
    cr_expect_eq(next_number(&f, 4), 2);
    for (unsigned n = 0; n < 2; n++) {
        cr_expect_eq(next_number(&f, 4), 3 + n);
        cr_expect_eq(next_number(&f, 2), 0x20 + n);
        cr_expect_eq(next_number(&f, 2), 0);
        for (unsigned i = 0; i < sizeof name; i++) name[i] = (char)fw_cfg_read(&f, 1);
        cr_expect_str_eq(name, n ? "vgaroms/two" : "etc/one");
    }
    cr_expect_eq(next_number(&f, 4), 0);
}

Test(fw_cfg, selecting_an_item_starts_it_anew_and_zeros_follow_its_end)
{
    struct fw_cfg f = with_two_files();
    select_item(&f, 0x21);
    cr_expect_eq(next_number(&f, 2), 0x6465);
    select_item(&f, 0x21);
    cr_expect_eq(next_number(&f, 4), 0x64656667);
    cr_expect_eq(fw_cfg_read(&f, 1), 0);
    select_item(&f, 0x22);
    cr_expect_eq(fw_cfg_read(&f, 1), 0);
    select_item(&f, 0x8000);                             /* the architecture's item 0, not the signature */
    cr_expect_eq(fw_cfg_read(&f, 1), 0);
    select_item(&f, 0xffff);
    cr_expect_eq(fw_cfg_read(&f, 1), 0);
}

Test(fw_cfg, a_directory_takes_eight_files_with_names_of_55_characters)
{
    struct fw_cfg f;
    fw_cfg_init(&f, NULL);
    cr_expect(!fw_cfg_add(&f, "a name of fifty-six characters, which is one too many...", (const u8 *)"", 0));
    for (unsigned i = 0; i < FW_CFG_FILES; i++) cr_expect(fw_cfg_add(&f, "x", (const u8 *)"", 0));
    cr_expect(!fw_cfg_add(&f, "x", (const u8 *)"", 0));
    cr_expect_null(fw_cfg_invariant(&f));
}

/* --- DMA --- */

static void memory_read(void *board, u64 pa, u8 *bytes, unsigned size) { memcpy(bytes, (u8 *)board + pa, size); }
static void memory_write(void *board, u64 pa, const u8 *bytes, unsigned size) { memcpy((u8 *)board + pa, bytes, size); }

enum { MEMORY_BYTES = 0x4000, STRUCTURE = 0x100 };

static struct fw_cfg with_memory(u8 *memory)
{
    const struct fw_cfg_memory wire = { memory, MEMORY_BYTES, memory_read, memory_write };
    struct fw_cfg f;
    fw_cfg_init(&f, &wire);
    cr_assert(fw_cfg_add(&f, "etc/one", (const u8 *)"abcdef", 6));
    return f;
}

static void put(u8 *to, u64 value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) to[i] = (u8)(value >> 8 * (bytes - 1 - i));
}

/* What control has become. */
static u32 dma(struct fw_cfg *f, u8 *memory, u32 control, u32 length, u64 address)
{
    put(memory + STRUCTURE, control, 4);
    put(memory + STRUCTURE + 4, length, 4);
    put(memory + STRUCTURE + 8, address, 8);
    fw_cfg_dma_write_wide(f, 0, 4, 0);
    fw_cfg_dma_write_wide(f, 4, 4, __builtin_bswap32(STRUCTURE));
    const u8 *c = memory + STRUCTURE;
    return (u32)c[0] << 24 | (u32)c[1] << 16 | (u32)c[2] << 8 | c[3];
}

Test(fw_cfg, item_1_and_the_address_register_say_that_there_is_dma)
{
    u8 memory[MEMORY_BYTES] = { 0 };
    struct fw_cfg f = with_memory(memory);
    char name[9] = "";

    select_item(&f, 1);
    cr_expect_eq(next_number(&f, 4), 0x03000000);
    for (unsigned i = 0; i < 8; i++) name[i] = (char)fw_cfg_dma_read(&f, i);
    cr_expect_str_eq(name, "QEMU CFG");
}

Test(fw_cfg, dma_selects_skips_and_reads_and_zeros_follow_the_end)
{
    u8 memory[MEMORY_BYTES];
    struct fw_cfg f = with_memory(memory);

    memset(memory, 0xff, sizeof memory);
    cr_expect_eq(dma(&f, memory, 0x20 << 16 | 8 | 4, 2, 0), 0);
    cr_expect_eq(dma(&f, memory, 2, 3, 0x200), 0);
    cr_expect_arr_eq(memory + 0x200, "cde\xff", 4);
    cr_expect_eq(dma(&f, memory, 2, 0x1003, 0x300), 0);
    cr_expect_arr_eq(memory + 0x300, "f\0\0", 3);
    cr_expect_eq(memory[0x1302], 0);
    cr_expect_eq(memory[0x1303], 0xff);
}

Test(fw_cfg, an_item_comes_whole_however_large_it_is)
{
    enum { LARGE = 70 << 20 };
    u8 *memory = calloc(1, MEMORY_BYTES + LARGE), *large = calloc(1, LARGE);
    struct fw_cfg f = with_memory(memory);

    memset(large, 0xa5, LARGE);
    cr_assert(fw_cfg_add(&f, "initrd", large, LARGE));
    f.memory.end = MEMORY_BYTES + LARGE;
    cr_expect_eq(dma(&f, memory, 0x21 << 16 | 8 | 2, LARGE, MEMORY_BYTES), 0);
    cr_expect_arr_eq(memory + MEMORY_BYTES, large, LARGE);
    free(large);
    free(memory);
}

Test(fw_cfg, dma_that_leaves_memory_or_writes_an_item_is_an_error_and_moves_nothing)
{
    static const struct { u32 control, length; u64 address; } bad[] = {
        { 0x20 << 16 | 8 | 2, 6, MEMORY_BYTES - 5 }, { 0x20 << 16 | 8 | 2, 6, UINT64_MAX - 2 }, { 0x20 << 16 | 8 | 2, UINT32_MAX, 0 },
        { 0x20 << 16 | 8 | 16, 1, 0x200 },
    };
    u8 memory[MEMORY_BYTES], before[MEMORY_BYTES];
    struct fw_cfg f = with_memory(memory);

    memset(memory, 0xee, sizeof memory);
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        memcpy(before, memory, sizeof before);
        cr_expect_eq(dma(&f, memory, bad[i].control, bad[i].length, bad[i].address), 1, "case %u", i);
        cr_expect_arr_eq(memory + 0x200, before + 0x200, MEMORY_BYTES - 0x200, "case %u", i);
    }
    f.memory.end = 1 << 30;
    memcpy(before, memory, sizeof before);
    cr_expect_eq(dma(&f, memory, 0x20 << 16 | 8 | 2, (64 << 20) + 7, 0x200), 1, "more than 64 MiB behind the item's end");
    cr_expect_arr_eq(memory + 0x200, before + 0x200, MEMORY_BYTES - 0x200);
    f.memory.end = MEMORY_BYTES;
    fw_cfg_dma_write_wide(&f, 0, 4, 0);
    fw_cfg_dma_write_wide(&f, 4, 4, __builtin_bswap32(MEMORY_BYTES - 15));       /* a structure that leaves it does nothing */
    cr_expect_null(fw_cfg_invariant(&f));
}
