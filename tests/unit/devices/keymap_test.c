/* Layouts from files.  Bochs user manual, "How to write your own keymap table". */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "devices/keymap.h"
#include "tests/unit/room.h"

static struct keymap map;
static struct error err;

static bool read_text(const char *text)
{
    char path[64];

    snprintf(path, sizeof path, "%s/keymap-%d", test_place(), (int)getpid());
    FILE *f = fopen(path, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
    err = (struct error){ 0 };
    bool ok = keymap_read(&map, path, &err);
    unlink(path);
    return ok;
}

#define KEY(c, u, m) cr_expect(map.key[(u8)(c)].usage == (u) && map.key[(u8)(c)].modifier[0] == (m), "%c: %02x %02x", c, map.key[(u8)(c)].usage, map.key[(u8)(c)].modifier[0])

Test(keymap, without_a_file_it_is_a_us_keyboard)
{
    keymap_us(&map);
    KEY('a', 0x04, 0);
    KEY('A', 0x04, 0xe1);
    KEY('\n', 0x28, 0);
    KEY('~', 0x35, 0xe1);
    KEY(0xe4, 0, 0);
}

Test(keymap, a_line_has_a_key_perhaps_a_modifier_and_a_character)
{
    cr_assert(read_text("# a comment\n\nBX_KEY_Y  'z'  SDLK_z\nBX_KEY_Y+BX_KEY_SHIFT_L\t'Z'\tSDLK_z\nBX_KEY_7+BX_KEY_ALT_R '{' SDLK_7\nBX_KEY_MINUS backslash X\n"
                        "BX_KEY_SPACE space X\nBX_KEY_F12 none X\nBX_KEY_SINGLE_QUOTE '\xe4' X\nBX_KEY_BACKSLASH '#' X\n"), "%s", err.text);
    KEY('z', 0x1c, 0);
    KEY('Z', 0x1c, 0xe1);
    KEY('{', 0x24, 0xe6);
    KEY('\\', 0x2d, 0);
    KEY(0xe4, 0x34, 0);
    KEY('#', 0x31, 0);
    KEY('\n', 0x28, 0);
    KEY('y', 0, 0);
}

Test(keymap, a_character_may_want_two_modifiers)
{
    cr_assert(read_text("BX_KEY_LEFT_BRACKET+BX_KEY_SHIFT_L+BX_KEY_ALT_R '{' X\n"), "%s", err.text);
    KEY('{', 0x2f, 0xe1);
    cr_expect_eq(map.key['{'].modifier[1], 0xe6);
    cr_expect_not(read_text("BX_KEY_A+BX_KEY_SHIFT_L+BX_KEY_ALT_R+BX_KEY_CTRL_L '{' X\n"));
}

Test(keymap, the_first_key_of_a_character_counts)
{
    cr_assert(read_text("BX_KEY_1 '1' X\nBX_KEY_KP_END '1' X\n"));
    KEY('1', 0x1e, 0);
}

Test(keymap, mistakes_are_told_with_their_line)
{
    cr_expect_not(read_text("\nBX_KEY_QQ 'q' X\n"));
    cr_expect(strstr(err.text, "\":2: there is no key BX_KEY_QQ"), "%s", err.text);
    cr_expect_not(read_text("BX_KEY_A+SHIFT 'A' X\n"));
    cr_expect(strstr(err.text, "no key SHIFT"), "%s", err.text);
    cr_expect_not(read_text("BX_KEY_A word X\n"));
    cr_expect(strstr(err.text, ":1: BX_KEY_A wants a character"), "%s", err.text);
    cr_expect_not(read_text("BX_KEY_A\n"));
    cr_expect_not(keymap_read(&map, "/nowhere", &err));
}

Test(keymap, text_is_utf_8_and_characters_are_latin_1)
{
    const char *text = "a\u00e4\u20acb\r";
    bool all = true;

    cr_expect_eq(keymap_next(&text, &all), 'a');
    cr_expect_eq(keymap_next(&text, &all), 0xe4);
    cr_expect(all);
    cr_expect_eq(keymap_next(&text, &all), 'b');
    cr_expect_not(all, "there is no euro sign");
    cr_expect_eq(keymap_next(&text, &all), '\n');
    cr_expect_eq(keymap_next(&text, &all), 0);
    text = "\xc3";
    cr_expect_eq(keymap_next(&text, &all), 0, "cut off");
}
