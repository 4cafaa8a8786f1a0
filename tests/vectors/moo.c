#include "tests/vectors/moo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cpu/base/bits.h"

enum { FILE_MOST = 64 << 20 };

struct chunk {
    const u8 *at;
    u32 size;
};

/* The next chunk of `in`, which moves on; false at its end or when it is cut off. */
static bool next_chunk(struct chunk *in, char id[5], struct chunk *out)
{
    if (in->size < 8) return false;
    u32 size = get32(in->at + 4);
    if (size > in->size - 8) return false;
    memcpy(id, in->at, 4);
    id[4] = 0;
    *out = (struct chunk){ in->at + 8, size };
    in->at += 8 + size;
    in->size -= 8 + size;
    return true;
}

static void read_registers(struct chunk c, struct moo_state *s)
{
    if (c.size < 2) return;
    s->present = get16(c.at) & ((1 << MOO_REGS) - 1);
    u32 at = 2;
    for (unsigned n = 0; n < MOO_REGS; n++) {
        if (!(s->present >> n & 1) || at + 2 > c.size) continue;
        s->reg[n] = get16(c.at + at);
        at += 2;
    }
}

static void read_ram(struct chunk c, struct moo_state *s)
{
    if (c.size < 4) return;
    u32 count = get32(c.at);
    for (u32 i = 0; i < count && i < MOO_RAM && 4 + 5 * (i + 1) <= c.size; i++)
        s->ram[s->rams++] = (struct moo_ram){ get32(c.at + 4 + 5 * i), c.at[4 + 5 * i + 4] };
}

static void read_state(struct chunk c, struct moo_state *s)
{
    struct chunk part;
    char id[5];

    while (next_chunk(&c, id, &part)) {
        if (!strcmp(id, "REGS")) read_registers(part, s);
        if (!strcmp(id, "RAM ")) read_ram(part, s);
    }
}

static void read_text(struct chunk c, void *to, u32 room, u32 *length)
{
    u32 count = c.size < 4 ? 0 : get32(c.at);
    if (count > c.size - 4) count = c.size - 4;
    if (count > room) count = room;
    if (count) memcpy(to, c.at + 4, count);
    *length = count;
}

static void read_test(struct chunk c, struct moo_test *t)
{
    struct chunk part;
    char id[5];
    u32 length;

    *t = (struct moo_test){ .index = c.size < 4 ? 0 : get32(c.at) };
    if (c.size < 4) return;
    c.at += 4, c.size -= 4;
    while (next_chunk(&c, id, &part)) {
        if (!strcmp(id, "NAME")) read_text(part, t->name, sizeof t->name - 1, &length);
        if (!strcmp(id, "BYTS")) read_text(part, t->bytes, sizeof t->bytes, &t->length);
        if (!strcmp(id, "INIT")) read_state(part, &t->before);
        if (!strcmp(id, "FINA")) read_state(part, &t->after);
        if (!strcmp(id, "EXCP") && part.size >= 5) t->raises = true, t->vector = part.at[0], t->pushed_flags = get32(part.at + 1);
        for (unsigned i = 0; !strcmp(id, "HASH") && i < part.size && i < 20; i++) snprintf(t->hash + 2 * i, 3, "%02x", part.at[i]);
    }
}

static bool read_whole(const char *path, u8 **bytes, u32 *size, struct error *err)
{
    gzFile f = gzopen(path, "rb");
    int got = 0;

    *bytes = malloc(FILE_MOST);
    if (f && *bytes) got = gzread(f, *bytes, FILE_MOST);
    if (f) gzclose(f);
    *size = got > 0 ? (u32)got : 0;
    return got > 0 || fail(err, "%s: cannot be read", path);
}

bool moo_read(const char *path, void (*each)(void *context, const struct moo_test *test), void *context, struct error *err)
{
    static struct moo_test test;
    struct chunk file = { 0 }, part;
    char id[5];
    u8 *bytes;
    bool ok = read_whole(path, &bytes, &file.size, err);

    file.at = bytes;
    if (ok && (file.size < 4 || memcmp(bytes, "MOO ", 4))) ok = fail(err, "%s: is no MOO file", path);
    while (ok && next_chunk(&file, id, &part)) {
        if (strcmp(id, "TEST")) continue;
        read_test(part, &test);
        each(context, &test);
    }
    free(bytes);
    return ok;
}
