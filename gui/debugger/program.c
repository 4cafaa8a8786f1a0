/* Source lines by libdw.  DWARF 5, "Line Number Information".                               doc: symbols */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/base/allocated.h"
#include "gui/debugger/program_parts.h"
#include "gui/debugger/symbol_files.h"

bool program_is_wide(const struct program *p) { return p->wide; }

/* --- which unit an address belongs to --- */

static void add_unit(struct program *p, u64 low, u64 high, Dwarf_Off die)
{
    if (low >= high) return;
    if ((p->units & (p->units - 1)) == 0) p->unit = realloc(p->unit, (p->units ? 2 * p->units : 1) * sizeof *p->unit);
    p->unit[p->units++] = (struct program_unit){ .low = low, .high = high, .die = die };
}

/* A unit that does not say its addresses has those of its lines. */
static void add_lines(struct program *p, Dwarf_Die *die)
{
    Dwarf_Lines *lines;
    size_t count;
    Dwarf_Addr low = UINT64_MAX, high = 0, at;

    if (dwarf_getsrclines(die, &lines, &count)) return;
    for (size_t i = 0; i < count; i++) {
        if (dwarf_lineaddr(dwarf_onesrcline(lines, i), &at)) continue;
        if (at < low) low = at;
        if (at > high) high = at;
    }
    add_unit(p, low, high, dwarf_dieoffset(die));
}

static void add_die(struct program *p, Dwarf_Die *die)
{
    Dwarf_Addr base, low, high;
    size_t before = p->units;

    for (ptrdiff_t at = 0; (at = dwarf_ranges(die, at, &base, &low, &high)) > 0;) add_unit(p, low, high, dwarf_dieoffset(die));
    if (p->units == before) add_lines(p, die);
}

static int compare_units(const void *one, const void *other)
{
    const struct program_unit *a = one, *b = other;
    return a->low < b->low ? -1 : a->low > b->low;
}

static void find_units(struct program *p)
{
    Dwarf_Off next;
    size_t header;

    for (Dwarf_Off at = 0; p->dwarf && !dwarf_nextcu(p->dwarf, at, &next, &header, NULL, NULL, NULL); at = next) {
        Dwarf_Die die;
        if (dwarf_offdie(p->dwarf, at + header, &die)) add_die(p, &die);
    }
    if (p->units) qsort(p->unit, p->units, sizeof *p->unit, compare_units);
}

static bool unit_at(const struct program *p, u64 address, Dwarf_Die *die)
{
    size_t low = 0, high = p->units;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->unit[middle].low <= address) low = middle + 1;
        else high = middle;
    }
    return low && address < p->unit[low - 1].high && dwarf_offdie(p->dwarf, p->unit[low - 1].die, die);
}

/* --- lines --- */

/* The last row at or before an address: of several at one address it is the one that counts. */
static Dwarf_Line *row_at(Dwarf_Die *unit, u64 address)
{
    Dwarf_Lines *lines;
    Dwarf_Addr at;
    size_t low = 0, high;
    bool end;

    if (dwarf_getsrclines(unit, &lines, &high)) return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (!dwarf_lineaddr(dwarf_onesrcline(lines, middle), &at) && at <= address) low = middle + 1;
        else high = middle;
    }
    Dwarf_Line *row = low ? dwarf_onesrcline(lines, low - 1) : NULL;
    return row && !dwarf_lineendsequence(row, &end) && !end ? row : NULL;
}

bool program_line(struct program *p, u64 address, struct symbol_line *line)
{
    Dwarf_Die die;
    Dwarf_Line *found;
    int number;

    if (!unit_at(p, address - p->base, &die) || !(found = row_at(&die, address - p->base)) || dwarf_lineno(found, &number)) return false;
    line->file = dwarf_linesrc(found, NULL, NULL);
    line->line = (unsigned)number;
    return line->file && number > 0;
}

/* `file` is the path, or its end from a slash on. */
static bool ends_with(const char *path, const char *file)
{
    size_t length = strlen(path), end = strlen(file);
    return length >= end && !strcmp(path + length - end, file) && (length == end || path[length - end - 1] == '/');
}

/* The last row at the same address is of another line: nothing is made of this one. */
static bool is_empty(Dwarf_Lines *lines, size_t count, size_t i, u64 at, int line)
{
    Dwarf_Addr next;
    int last = line;

    while (++i < count && !dwarf_lineaddr(dwarf_onesrcline(lines, i), &next) && next == at) dwarf_lineno(dwarf_onesrcline(lines, i), &last);
    return last != line;
}

static bool take_unit_lines(Dwarf_Die *die, const char *file, unsigned wanted, u64 *address, unsigned *found)
{
    Dwarf_Lines *lines;
    size_t count;
    bool any = false;

    if (dwarf_getsrclines(die, &lines, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *l = dwarf_onesrcline(lines, i);
        Dwarf_Addr at;
        bool statement, end;
        int number;
        if (dwarf_lineno(l, &number) || number < (int)wanted || (unsigned)number > *found || dwarf_lineaddr(l, &at)) continue;
        if (dwarf_linebeginstatement(l, &statement) || !statement || dwarf_lineendsequence(l, &end) || end) continue;
        if (((unsigned)number == *found && at >= *address) || is_empty(lines, count, i, at, number)) continue;
        const char *path = dwarf_linesrc(l, NULL, NULL);
        if (!path || !ends_with(path, file)) continue;
        *found = (unsigned)number;
        *address = at;
        any = true;
    }
    return any;
}

bool program_line_address(struct program *p, const char *file, unsigned line, u64 *address, unsigned *found)
{
    bool any = false;
    Dwarf_Die die;
    Dwarf_Off last = 0;
    u64 at = UINT64_MAX;

    *found = UINT32_MAX;
    for (size_t i = 0; i < p->units; i++) {
        if (p->unit[i].die == last || !dwarf_offdie(p->dwarf, p->unit[i].die, &die)) continue;
        last = p->unit[i].die;
        any |= take_unit_lines(&die, file, line, &at, found);
    }
    if (any) *address = at + p->base;
    return any;
}

/* --- opening --- */

/* libdw reads a string up to its end, wherever that is. */
static bool strings_end(struct program *p, const char *path, struct error *err)
{
    size_t names;
    GElf_Shdr header;

    if (elf_getshdrstrndx(p->elf, &names)) return true;
    for (Elf_Scn *s = NULL; (s = elf_nextscn(p->elf, s));) {
        const char *name = gelf_getshdr(s, &header) ? elf_strptr(p->elf, names, header.sh_name) : NULL;
        if (!name || (strcmp(name, ".debug_str") && strcmp(name, ".debug_line_str") && strcmp(name, ".zdebug_str"))) continue;
        if (header.sh_flags & SHF_COMPRESSED) elf_compress(s, 0, 0);
        else if (name[1] == 'z') elf_compress_gnu(s, 0, 0);
        const Elf_Data *data = elf_getdata(s, NULL);
        if (data && data->d_buf && data->d_size && ((const char *)data->d_buf)[data->d_size - 1]) return fail(err, "%s: is a damaged ELF file: the last string of section %s has no end", path, name);
    }
    return true;
}

static bool read_program(struct program *p, struct symbol_batch *batch, const char *path, struct error *err)
{
    GElf_Ehdr header;
    size_t sections;

    if (elf_kind(p->elf) != ELF_K_ELF || !gelf_getehdr(p->elf, &header) || elf_getshdrnum(p->elf, &sections)) return fail(err, "%s: is a damaged ELF file: %s", path, elf_errmsg(-1));
    if (header.e_type == ET_REL) return fail(err, "%s: is not linked yet: its symbols have no addresses; name the linked program", path);
    if (!program_symbols(p, batch, path, err) || !strings_end(p, path, err)) return false;
    p->wide = gelf_getclass(p->elf) == ELFCLASS64;
    p->dwarf = dwarf_begin_elf(p->elf, DWARF_C_READ, NULL);
    find_units(p);
    p->frames = p->dwarf ? dwarf_getcfi(p->dwarf) : NULL;
    p->exception_frames = dwarf_getcfi_elf(p->elf);
    return batch->count || p->units || fail(err, "%s: holds no symbols: it was stripped", path);
}

struct program *program_open(const char *path, u64 base, struct symbol_batch *batch, struct error *err)
{
    struct program *p = allocated(calloc(1, sizeof *p));

    p->file = open(path, O_RDONLY | O_CLOEXEC);
    p->base = base;
    elf_version(EV_CURRENT);
    bool ok = p->file >= 0 || fail(err, "%s: %s", path, strerror(errno));
    if (ok) p->elf = elf_begin(p->file, ELF_C_READ, NULL);
    if (ok && read_program(p, batch, path, err)) return p;
    program_close(p);
    return NULL;
}

void program_close(struct program *p)
{
    if (p->exception_frames) dwarf_cfi_end(p->exception_frames);
    if (p->dwarf) dwarf_end(p->dwarf);
    elf_end(p->elf);
    if (p->file >= 0) close(p->file);
    free(p->unit);
    free(p);
}
