#include "devices/keymap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "devices/us_keyboard.h"

enum { LEFT_SHIFT = 0xe1, FIRST_LETTER = 0x04, DIGIT_1 = 0x1e, DIGIT_0 = 0x27, F1 = 0x3a, LINE_BYTES = 512 };

void keymap_us(struct keymap *map)
{
    bool shift = false;

    memset(map, 0, sizeof *map);
    for (unsigned c = 1; c < 128; c++) {
        map->key[c].usage = us_keyboard_usage((char)c, &shift);
        map->key[c].modifier[0] = map->key[c].usage && shift ? LEFT_SHIFT : 0;
    }
}

/* --- names of keys: Bochs user manual, "How to write your own keymap table" --- */

static const struct { const char *name; u8 usage; } names[] = {
    { "ENTER", 0x28 }, { "ESC", 0x29 }, { "BACKSPACE", 0x2a }, { "TAB", 0x2b }, { "SPACE", 0x2c }, { "MINUS", 0x2d }, { "EQUALS", 0x2e }, { "LEFT_BRACKET", 0x2f },
    { "RIGHT_BRACKET", 0x30 }, { "BACKSLASH", 0x31 }, { "SEMICOLON", 0x33 }, { "SINGLE_QUOTE", 0x34 }, { "GRAVE", 0x35 }, { "COMMA", 0x36 }, { "PERIOD", 0x37 },
    { "SLASH", 0x38 }, { "CAPS_LOCK", 0x39 }, { "PRINT", 0x46 }, { "ALT_SYSREQ", 0x46 }, { "SCRL_LOCK", 0x47 }, { "PAUSE", 0x48 }, { "CTRL_BREAK", 0x48 }, { "INSERT", 0x49 },
    { "HOME", 0x4a }, { "PAGE_UP", 0x4b }, { "DELETE", 0x4c }, { "END", 0x4d }, { "PAGE_DOWN", 0x4e }, { "RIGHT", 0x4f }, { "LEFT", 0x50 }, { "DOWN", 0x51 }, { "UP", 0x52 },
    { "NUM_LOCK", 0x53 }, { "KP_DIVIDE", 0x54 }, { "KP_MULTIPLY", 0x55 }, { "KP_SUBTRACT", 0x56 }, { "KP_ADD", 0x57 }, { "KP_ENTER", 0x58 }, { "KP_END", 0x59 }, { "KP_DOWN", 0x5a },
    { "KP_PAGE_DOWN", 0x5b }, { "KP_LEFT", 0x5c }, { "KP_5", 0x5d }, { "KP_RIGHT", 0x5e }, { "KP_HOME", 0x5f }, { "KP_UP", 0x60 }, { "KP_PAGE_UP", 0x61 }, { "KP_INSERT", 0x62 },
    { "KP_DELETE", 0x63 }, { "LEFT_BACKSLASH", 0x64 }, { "MENU", 0x65 }, { "CTRL_L", 0xe0 }, { "SHIFT_L", 0xe1 }, { "SHIFT", 0xe1 }, { "ALT_L", 0xe2 }, { "WIN_L", 0xe3 }, { "CTRL_R", 0xe4 },
    { "SHIFT_R", 0xe5 }, { "ALT_R", 0xe6 }, { "WIN_R", 0xe7 },
};

/* BX_KEY_A and its like; 0: no such key. */
static u8 usage_of(const char *name)
{
    static const char prefix[] = "BX_KEY_";
    unsigned n;
    char rest;

    if (strncmp(name, prefix, sizeof prefix - 1)) return 0;
    name += sizeof prefix - 1;
    if (name[0] >= 'A' && name[0] <= 'Z' && !name[1]) return (u8)(FIRST_LETTER + name[0] - 'A');
    if (name[0] >= '0' && name[0] <= '9' && !name[1]) return (u8)(name[0] == '0' ? DIGIT_0 : DIGIT_1 + name[0] - '1');
    if (sscanf(name, "F%2u%c", &n, &rest) == 1 && n >= 1 && n <= 12) return (u8)(F1 + n - 1);
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(name, names[i].name) == 0) return names[i].usage;
    return 0;
}

/* --- a line --- */

/* The second word: 'c', or a keyword.  False: neither; *c is 0 for "none". */
static bool character_of(const char *word, u8 *c)
{
    static const struct { const char *word; char c; } keyword[] = {
        { "none", 0 }, { "space", ' ' }, { "return", '\n' }, { "tab", '\t' }, { "backslash", '\\' }, { "apostrophe", '\'' },
    };

    *c = 0;
    if (word[0] == '\'' && word[1] && word[2] == '\'' && !word[3]) return *c = (u8)word[1], true;
    for (unsigned i = 0; i < ARRAY_COUNT(keyword); i++)
        if (strcmp(word, keyword[i].word) == 0) return *c = (u8)keyword[i].c, true;
    return false;
}

/* The first key that a file gives a character is the one. */
static bool take_line(struct keymap *map, bool taken[256], char *line, const char *where, struct error *err)
{
    char *rest = line, *key = NULL, *character = NULL, *name;
    u8 c, usage[3] = { 0 };

    while ((key = strsep(&rest, " \t\r\n")) && !*key) {}
    if (!key || *key == '#') return true;
    while (rest && (character = strsep(&rest, " \t\r\n")) && !*character) {}
    if (!character || !*character || !character_of(character, &c)) return fail(err, "%s: %s wants a character: 'x', space, return, tab, backslash, apostrophe or none", where, key);
    for (unsigned i = 0; (name = strsep(&key, "+")); i++)
        if (i == ARRAY_COUNT(usage) || !(usage[i] = usage_of(name))) return fail(err, "%s: there is no key %s", where, name);
    if (!c || taken[c]) return true;
    taken[c] = true;
    map->key[c].usage = usage[0];
    map->key[c].modifier[0] = usage[1];
    map->key[c].modifier[1] = usage[2];
    return true;
}

/* Enter, Tab and their like stay where no line names them; what the file does not have, the layout has not. */
bool keymap_read(struct keymap *map, const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    char line[LINE_BYTES], where[1200];
    bool taken[256] = { false }, ok = true;

    if (!f) return fail(err, "keyboard: keymap=\"%s\": %s", path, strerror(errno));
    keymap_us(map);
    memset(&map->key['!'], 0, sizeof map->key - '!' * sizeof map->key[0]);
    for (unsigned number = 1; ok && fgets(line, sizeof line, f); number++) {
        snprintf(where, sizeof where, "keyboard: keymap=\"%s\":%u", path, number);
        ok = take_line(map, taken, line, where, err);
    }
    ok = ok && (!ferror(f) || fail(err, "keyboard: keymap=\"%s\": %s", path, strerror(errno)));
    fclose(f);
    return ok;
}

u8 keymap_next(const char **text, bool *all)
{
    const u8 *at = (const u8 *)*text;

    while (*at) {
        u8 first = *at++;
        if (first < 0x80) return *text = (const char *)at, first == '\r' ? '\n' : first;
        bool latin = (first == 0xc2 || first == 0xc3) && (*at & 0xc0) == 0x80;
        if (latin) return *text = (const char *)at + 1, (u8)(first << 6 | (*at & 0x3f));
        while ((*at & 0xc0) == 0x80) at++;
        *all = false;
    }
    *text = (const char *)at;
    return 0;
}
