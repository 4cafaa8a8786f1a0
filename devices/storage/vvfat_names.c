#include "devices/storage/vvfat_names.h"

#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"

enum { ATTRIBUTE_AT = 11, CASE_AT = 12, SUM_AT = 13, LONG_NAME = 0x0f, LAST_LONG = 0x40, LOWER_BASE = 0x08, LOWER_EXTENSION = 0x10 };

/* --- UTF-8 and UTF-16 --- */

/* One character; false: no UTF-8 (overlong forms and surrogates are none). */
static bool next_character(const char **at, u32 *c)
{
    const u8 *p = (const u8 *)*at;
    unsigned more = p[0] < 0x80 ? 0 : p[0] >= 0xc2 && p[0] < 0xe0 ? 1 : p[0] >= 0xe0 && p[0] < 0xf0 ? 2 : p[0] >= 0xf0 && p[0] < 0xf5 ? 3 : 9;
    static const u32 least[] = { 0, 0x80, 0x800, 0x10000 };

    if (more == 9) return false;
    *c = more ? p[0] & (0x3f >> more) : p[0];
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) return false;
        *c = *c << 6 | (p[i] & 0x3f);
    }
    *at += more + 1;
    return *c >= least[more] && *c <= 0x10ffff && (*c < 0xd800 || *c > 0xdfff);
}

static bool is_forbidden(u32 c) { return c < ' ' || c == 0x7f || (c < 0x80 && strchr("\"*/:<>?\\|", (int)c)); }

bool vvfat_name_shown(const char *name, u16 *to)
{
    unsigned n = 0;

    while (*name) {
        u32 c;
        if (!next_character(&name, &c) || n + 2 > LONG_NAME_MOST) return false;
        if (c >= 0x10000) {
            to[n++] = (u16)(0xd800 | (c - 0x10000) >> 10);
            to[n++] = (u16)(0xdc00 | ((c - 0x10000) & 0x3ff));
        } else to[n++] = (u16)(is_forbidden(c) ? '_' : c);
    }
    to[n] = 0;
    for (unsigned i = n; i && (to[i - 1] == '.' || to[i - 1] == ' '); i--) to[i - 1] = '_';      /* the guest would cut them off */
    return n;
}

bool vvfat_name_hosted(const u16 *shown, char *to)
{
    char *begin = to;

    for (unsigned i = 0; shown[i]; i++) {
        u32 c = shown[i];
        if (i >= LONG_NAME_MOST) return false;
        if (c >= 0xd800 && c < 0xdc00 && shown[i + 1] >= 0xdc00 && shown[i + 1] < 0xe000) c = 0x10000 + ((c & 0x3ff) << 10 | (shown[++i] & 0x3ff));
        else if ((c >= 0xd800 && c < 0xe000) || is_forbidden(c)) c = '_';
        if (c < 0x80) *to++ = (char)c;
        else if (c < 0x800) *to++ = (char)(0xc0 | c >> 6), *to++ = (char)(0x80 | (c & 0x3f));
        else {
            if (c < 0x10000) *to++ = (char)(0xe0 | c >> 12);
            else *to++ = (char)(0xf0 | c >> 18), *to++ = (char)(0x80 | (c >> 12 & 0x3f));
            *to++ = (char)(0x80 | (c >> 6 & 0x3f)), *to++ = (char)(0x80 | (c & 0x3f));
        }
    }
    *to = 0;
    return to > begin && strcmp(begin, ".") && strcmp(begin, "..");
}

int vvfat_compare(const u16 *a, const u16 *b)
{
    for (;; a++, b++) {
        u16 x = *a >= 'a' && *a <= 'z' ? *a - 32 : *a, y = *b >= 'a' && *b <= 'z' ? *b - 32 : *b;
        if (x != y || !x) return x < y ? -1 : x > y;
    }
}

/* --- short names --- */

/* A character as a short name may have it; lost: it is another one. */
static u8 short_character(u16 c, bool *lost)
{
    if (c >= 'a' && c <= 'z') return (u8)(c - 32);
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c > ' ' && c < 0x7f && strchr("$%'-_@~`!(){}^#&", c))) return (u8)c;
    *lost = true;
    return '_';
}

/* "The Basis-Name Generation Algorithm" and "The Numeric-Tail Generation Algorithm". */
bool vvfat_short_name(const u16 *shown, u32 tail, u8 to[11])
{
    bool lost = false;
    unsigned length = 0, dot = 0, n = 0;
    char number[12];

    while (shown[length]) length++;
    for (unsigned i = 0; i < length; i++) if (shown[i] == '.' && i) dot = i;
    memset(to, ' ', 11);
    for (unsigned i = 0; i < (dot ? dot : length); i++) {
        if (shown[i] == ' ' || shown[i] == '.') lost = true;
        else if (n < 8) to[n++] = short_character(shown[i], &lost);
        else lost = true;
    }
    for (unsigned i = dot + 1, e = 8; dot && i < length; i++) {
        if (shown[i] == ' ') lost = true;
        else if (e < 11) to[e++] = short_character(shown[i], &lost);
        else lost = true;
    }
    if (!tail) return !lost && n;
    unsigned digits = (unsigned)snprintf(number, sizeof number, "~%u", tail);
    if (n > 8 - digits) n = 8 - digits;
    memcpy(to + n, number, digits);
    return true;
}

bool vvfat_name_is_short(const u16 *shown, const u8 short_name[11])
{
    u8 entry[FAT_ENTRY_BYTES] = { 0 };
    u16 back[16];
    unsigned i = 0;

    memcpy(entry, short_name, 11);
    vvfat_shown_of_short(entry, back);
    while (shown[i] && shown[i] == back[i]) i++;
    return shown[i] == back[i];
}

u8 vvfat_short_sum(const u8 short_name[11])
{
    u8 sum = 0;
    for (unsigned i = 0; i < 11; i++) sum = (u8)((sum >> 1 | sum << 7) + short_name[i]);
    return sum;
}

/* Bytes that are no ASCII are of a code page that nobody knows here. */
void vvfat_shown_of_short(const u8 *entry, u16 *shown)
{
    unsigned base = 8, extension = 3, n = 0;

    while (base && entry[base - 1] == ' ') base--;
    while (extension && entry[7 + extension] == ' ') extension--;
    for (unsigned i = 0; i < base + extension; i++) {
        bool in_base = i < base;
        u8 c = in_base ? entry[i] : entry[8 + i - base];
        if (i == base) shown[n++] = '.';
        if (!i && c == 0x05) c = 0xe5;
        if (c >= 'A' && c <= 'Z' && entry[CASE_AT] & (in_base ? LOWER_BASE : LOWER_EXTENSION)) c += 32;
        shown[n++] = c < 0x80 ? c : '_';
    }
    shown[n] = 0;
}

/* --- long names --- */

static const u8 places[LONG_NAME_PIECE] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };

unsigned vvfat_long_entries(const u16 *shown)
{
    unsigned length = 0;
    while (shown[length]) length++;
    return (length + LONG_NAME_PIECE - 1) / LONG_NAME_PIECE;
}

/* After the name a 0, then FFFFh. */
void vvfat_put_long_entry(u8 *entry, const u16 *shown, unsigned order, u8 sum)
{
    unsigned length = 0, all = vvfat_long_entries(shown);

    while (shown[length]) length++;
    memset(entry, 0, FAT_ENTRY_BYTES);
    entry[0] = (u8)(order | (order == all ? LAST_LONG : 0));
    entry[ATTRIBUTE_AT] = LONG_NAME;
    entry[SUM_AT] = sum;
    for (unsigned i = 0; i < LONG_NAME_PIECE; i++) {
        unsigned at = (order - 1) * LONG_NAME_PIECE + i;
        put16(entry + places[i], at <= length ? shown[at] : 0xffff);
    }
}

void vvfat_get_long_entry(const u8 *entry, u16 *shown)
{
    unsigned order = entry[0] & 0x1f;

    if (!order || order > 20) return;
    for (unsigned i = 0; i < LONG_NAME_PIECE; i++) {
        u16 c = get16(entry + places[i]);
        shown[(order - 1) * LONG_NAME_PIECE + i] = c == 0xffff ? 0 : c;
    }
    if (entry[0] & LAST_LONG) shown[order * LONG_NAME_PIECE] = 0;
}
