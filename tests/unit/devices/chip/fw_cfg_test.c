/* Firmware configuration: the items, and where they end. */
#include <criterion/criterion.h>

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
    fw_cfg_init(&f);
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
    fw_cfg_init(&f);
    cr_expect(!fw_cfg_add(&f, "a name of fifty-six characters, which is one too many...", (const u8 *)"", 0));
    for (unsigned i = 0; i < FW_CFG_FILES; i++) cr_expect(fw_cfg_add(&f, "x", (const u8 *)"", 0));
    cr_expect(!fw_cfg_add(&f, "x", (const u8 *)"", 0));
    cr_expect_null(fw_cfg_invariant(&f));
}
