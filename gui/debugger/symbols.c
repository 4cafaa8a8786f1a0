/* Two arrays of the same names: by address, and by name; and the programs that some came from.                                   doc: symbols */
#include "gui/debugger/symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "gui/debugger/program.h"
#include "gui/debugger/symbol_files.h"

/* A name without a size reaches to the next one, but not farther: what lies behind the last one of a file belongs to nobody. */
enum { REACH_BYTES = 1 << 20, PROGRAMS = 64 };

struct symbols {
    struct symbol *by_address;
    size_t *by_name;             /* numbers in by_address */
    size_t count;
    struct program *program[PROGRAMS];
    unsigned programs;
};

struct symbols *symbols_open(void) { return calloc(1, sizeof(struct symbols)); }

static void free_names(struct symbol *symbol, size_t count)
{
    for (size_t i = 0; i < count; i++) free(symbol[i].name);
    free(symbol);
}

void symbols_free(struct symbols *s)
{
    if (!s) return;
    for (unsigned i = 0; i < s->programs; i++) program_close(s->program[i]);
    free_names(s->by_address, s->count);
    free(s->by_name);
    free(s);
}

size_t symbols_count(const struct symbols *s) { return s ? s->count : 0; }

/* --- reading --- */

void symbol_batch_add(struct symbol_batch *b, const struct symbol *symbol, const char *name)
{
    if (b->count == b->room) {
        b->room = b->room ? 2 * b->room : 256;
        b->symbol = allocated(realloc(b->symbol, b->room * sizeof *b->symbol));
    }
    b->symbol[b->count] = *symbol;
    b->symbol[b->count++].name = allocated(strdup(name));
}

static int compare_addresses(const void *one, const void *other)
{
    const struct symbol *a = one, *b = other;

    if (a->is_place != b->is_place) return a->is_place ? -1 : 1;
    if (a->address != b->address) return a->address < b->address ? -1 : 1;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return strcmp(a->name, b->name);
}

static int compare_names(const void *one, const void *other, void *context)
{
    const struct symbol *symbol = context;
    size_t a = *(const size_t *)one, b = *(const size_t *)other;
    int order = strcmp(symbol[a].name, symbol[b].name);

    return order ? order : a < b ? -1 : a > b;
}

static void join(struct symbols *s, struct symbol_batch *b, u64 base)
{
    size_t count = s->count + b->count;

    if (!b->count) return;               /* a program of lines alone */
    s->by_address = allocated(realloc(s->by_address, count * sizeof *s->by_address));
    s->by_name = allocated(realloc(s->by_name, count * sizeof *s->by_name));
    for (size_t i = 0; i < b->count; i++) {
        if (b->symbol[i].is_place) b->symbol[i].address += base;
        s->by_address[s->count + i] = b->symbol[i];
    }
    s->count = count;
    qsort(s->by_address, count, sizeof *s->by_address, compare_addresses);
    for (size_t i = 0; i < count; i++) s->by_name[i] = i;
    qsort_r(s->by_name, count, sizeof *s->by_name, compare_names, s->by_address);
}

bool symbols_in_program(const char *path)
{
    char magic[4] = "";
    FILE *f = fopen(path, "rbe");
    bool read = f && fread(magic, sizeof magic, 1, f) == 1;

    if (f) fclose(f);
    return read && !memcmp(magic, "\177ELF", sizeof magic);
}

bool symbols_load(struct symbols *s, const char *path, u64 base, struct error *err)
{
    struct symbol_batch b = { 0 };
    struct program *program = NULL;
    bool elf = symbols_in_program(path);

    if (elf && s->programs == PROGRAMS) return fail(err, "%s: %d programs are read already", path, PROGRAMS);
    if (elf) program = program_open(path, base, &b, err);
    bool ok = elf ? program != NULL : symbol_file_text(&b, path, err);
    if (ok && !elf && !b.count) ok = fail(err, "%s: holds no symbols", path);
    if (!ok) return free_names(b.symbol, b.count), false;
    if (program) s->program[s->programs++] = program;
    join(s, &b, base);
    free(b.symbol);
    return true;
}

/* --- asking --- */

/* How many places lie at or before an address. */
static size_t places_before(const struct symbols *s, u64 address)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct symbol *m = &s->by_address[middle];
        if (m->is_place && m->address <= address) low = middle + 1;
        else high = middle;
    }
    return low;
}

static const struct symbol *symbol_at(const struct symbols *s, u64 address)
{
    size_t behind = s ? places_before(s, address) : 0;

    if (!behind) return NULL;
    const struct symbol *found = &s->by_address[behind - 1];
    while (found > s->by_address && found[-1].address == found->address) found--;
    u64 reach = found->size_bytes ? found->size_bytes : found->most_bytes ? found->most_bytes : REACH_BYTES;
    return address - found->address < reach ? found : NULL;
}

const char *symbols_at(const struct symbols *s, u64 address, u64 *offset)
{
    const struct symbol *found = symbol_at(s, address);

    if (found) *offset = address - found->address;
    return found ? found->name : NULL;
}

bool symbols_in_code(const struct symbols *s, u64 address)
{
    const struct symbol *found = symbol_at(s, address);
    return found && (found->rank & (SYMBOL_LOCAL - 1)) != SYMBOL_OBJECT;
}

bool symbols_find(const struct symbols *s, const char *name, u64 *address)
{
    size_t low = 0, high = symbols_count(s);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(s->by_address[s->by_name[middle]].name, name) < 0) low = middle + 1;
        else high = middle;
    }
    if (low == symbols_count(s) || strcmp(s->by_address[s->by_name[low]].name, name)) return false;
    *address = s->by_address[s->by_name[low]].address;
    return true;
}

/* --- what programs know --- */

bool symbols_line(const struct symbols *s, u64 address, struct symbol_line *line)
{
    for (unsigned i = 0; s && i < s->programs; i++)
        if (program_line(s->program[i], address, line)) return true;
    return false;
}

bool symbols_line_address(const struct symbols *s, const char *file, unsigned line, u64 *address, unsigned *found)
{
    for (unsigned i = 0; s && i < s->programs; i++)
        if (program_line_address(s->program[i], file, line, address, found)) return true;
    return false;
}

bool symbols_unwind(const struct symbols *s, struct symbol_frame *frame, const struct symbol_stack *stack)
{
    for (unsigned i = 0; s && i < s->programs; i++)
        if (program_unwind(s->program[i], frame, stack)) return true;
    return false;
}

bool symbols_are_wide(const struct symbols *s)
{
    for (unsigned i = 0; s && i < s->programs; i++)
        if (program_is_wide(s->program[i])) return true;
    return false;
}

/* --- text --- */

static const char *put_name(const struct symbols *s, u64 address, unsigned behind, char text[SYMBOL_TEXT])
{
    u64 offset;
    const char *name = symbols_at(s, address - behind, &offset);

    text[0] = 0;
    if (name) snprintf(text, SYMBOL_TEXT, "%.256s+0x%llx", name, (unsigned long long)(offset + behind));
    return text;
}

static const char *put_line(const struct symbols *s, u64 address, char text[SYMBOL_TEXT])
{
    struct symbol_line line;

    if (!symbols_line(s, address, &line)) return text;
    const char *slash = strrchr(line.file, '/');
    size_t used = strlen(text);
    snprintf(text + used, SYMBOL_TEXT - used, "%s(%s:%u)", used ? " " : "", slash ? slash + 1 : line.file, line.line);
    return text;
}

const char *symbols_name(const struct symbols *s, u64 address, char text[SYMBOL_TEXT]) { return put_name(s, address, 0, text); }

const char *symbols_text(const struct symbols *s, u64 address, char text[SYMBOL_TEXT])
{
    put_name(s, address, 0, text);
    return put_line(s, address, text);
}

const char *symbols_text_of_return(const struct symbols *s, u64 address, char text[SYMBOL_TEXT])
{
    put_name(s, address, 1, text);
    return put_line(s, address - 1, text);
}

void symbols_each(const struct symbols *s, const char *prefix, void (*take)(void *context, u64 address, const char *name), void *context)
{
    for (size_t i = 0; i < symbols_count(s); i++)
        if (!strncmp(s->by_address[i].name, prefix, strlen(prefix))) take(context, s->by_address[i].address, s->by_address[i].name);
}
