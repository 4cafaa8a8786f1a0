#include "gui/debugger/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cpu/base/bits.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/listing.h"
#include "gui/debugger/pages.h"
#include "gui/debugger/show.h"

typedef unsigned long long llu;

enum { STATUS_EXPECT = 3 };

#define SHOWS(name, show) \
    bool name(struct session *s, const char *at, struct error *err) \
    { \
        (void)at, (void)err; \
        show(s->machine); \
        return true; \
    }
SHOWS(debug_registers, show_registers)
SHOWS(debug_segments, show_segments)
SHOWS(debug_control, show_control)
SHOWS(debug_debug_registers, show_debug_registers)

/* --- memory --- */

/* /NUF ADDRESS, or ADDRESS BYTES as a dump. */
static bool examine(struct session *s, const char *at, bool linear, struct error *err)
{
    char nuf[32] = "4m", word[64];
    u64 address, count = 16;

    at += strspn(at, " \t");
    bool formed = *at == '/';
    if (formed && next_argument(&at, word, sizeof word)) snprintf(nuf, sizeof nuf, "%.30s", word + 1);
    at += strspn(at, " \t");
    if (!*at) return fail(err, "which address? e.g. xp /16bx 0x7c00, or xp 0x7c00 64");
    if (!expression_prefix(s, &at, &address, err)) return false;
    if (!formed) {
        if (*at && !expression_value(s, at, &count, err)) return false;
        snprintf(nuf, sizeof nuf, "%llum", (llu)count);
    } else if (*at) {
        return fail(err, "\"%s\" stands behind the address", at);
    }
    u64 lines = strspn(nuf, "0123456789") ? strtoull(nuf, NULL, 10) : 1;
    if (lines > 65536) return fail(err, "a count of %llu: 1 to 65536", (llu)lines);
    if (strchr(nuf, 'i')) return list_instructions(s, linear, address, lines, err);
    if (strchr(nuf, 's')) return list_strings(s, linear, address, lines, err);
    return show_memory(s->machine, s->symbols, linear, nuf, address, err);
}

bool debug_examine_linear(struct session *s, const char *at, struct error *err) { return examine(s, at, true, err); }
bool debug_examine_physical(struct session *s, const char *at, struct error *err) { return examine(s, at, false, err); }

bool debug_set_memory(struct session *s, const char *at, struct error *err)
{
    char word[3][64];
    u64 v[3];
    u8 bytes[8];

    for (unsigned i = 0; i < 3; i++) {
        if (!next_argument(&at, word[i], sizeof word[i])) return fail(err, "setpmem ADDRESS SIZE VALUE");
        if (!expression_value(s, word[i], &v[i], err)) return false;
    }
    if (v[1] != 1 && v[1] != 2 && v[1] != 4 && v[1] != 8) return fail(err, "a size of %llu: 1, 2, 4 or 8 bytes", (llu)v[1]);
    for (unsigned i = 0; i < 8; i++) bytes[i] = (u8)(v[2] >> 8 * i);
    machine_poke(s->machine, v[0], bytes, v[1]);
    return true;
}

bool debug_write_memory(struct session *s, const char *at, struct error *err)
{
    char path[1024], word[2][64];
    u64 v[2];

    if (!next_argument(&at, path, sizeof path)) return fail(err, "writemem FILE ADDRESS BYTES");
    for (unsigned i = 0; i < 2; i++) {
        if (!next_argument(&at, word[i], sizeof word[i])) return fail(err, "writemem FILE ADDRESS BYTES");
        if (!expression_value(s, word[i], &v[i], err)) return false;
    }
    if (v[1] > 1ull << 30) return fail(err, "%llu bytes: at most 1 GiB", (llu)v[1]);
    FILE *f = fopen(path, "wbxe");
    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    u8 byte;
    u64 done = 0;
    while (done < v[1] && machine_peek_linear(s->machine, v[0] + done, &byte, 1) == 1) fputc(byte, f), done++;
    bool whole = fclose(f) == 0;
    if (done < v[1]) return fail(err, "nothing is mapped at linear 0x%llx; %s has %llu bytes", (llu)(v[0] + done), path, (llu)done);
    return whole || fail(err, "%s: %s", path, strerror(errno));
}

/* Physical memory behind each linear page is changed as by setpmem. */
bool debug_load_memory(struct session *s, const char *at, struct error *err)
{
    char path[1024], word[64];
    u64 la, pa;
    int byte;

    if (!next_argument(&at, path, sizeof path) || !next_argument(&at, word, sizeof word)) return fail(err, "loadmem FILE ADDRESS");
    if (!expression_value(s, word, &la, err)) return false;
    FILE *f = fopen(path, "rbe");
    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    u64 done = 0;
    while ((byte = fgetc(f)) != EOF && cpu_translate(machine_cpu(s->machine), la + done, &pa)) {
        u8 b = (u8)byte;
        machine_poke(s->machine, pa, &b, 1);
        done++;
    }
    bool whole = byte == EOF && !ferror(f);
    fclose(f);
    printf("%llu bytes of %s at linear 0x%llx\n", (llu)done, path, (llu)la);
    return whole || fail(err, "%s: %s", path, byte == EOF ? "cannot be read to its end" : "nothing is mapped behind that");
}

bool debug_print_string(struct session *s, const char *at, struct error *err)
{
    enum { MOST = 4096 };
    u64 la;
    u8 c = 0;

    if (!expression_value(s, at + strspn(at, " \t"), &la, err)) return false;
    for (unsigned i = 0; i < MOST && machine_peek_linear(s->machine, la + i, &c, 1) && c; i++) printf(c >= 32 && c < 127 ? "%c" : "\\x%02x", c);
    putchar('\n');
    return true;
}

/* ADDRESS DEPTH: what lies there, what lies where that points to, and so on. */
bool debug_deref(struct session *s, const char *at, struct error *err)
{
    enum { DEEPEST = 64 };
    struct cpu_view v;
    u64 la, depth = 1;
    u8 bytes[8] = { 0 };

    at += strspn(at, " \t");
    if (!*at) return fail(err, "from which address? e.g. deref esp 2");
    if (!expression_prefix(s, &at, &la, err) || (*at && !expression_value(s, at, &depth, err))) return false;
    if (!depth || depth > DEEPEST) return fail(err, "a depth of %llu: 1 to %d", (llu)depth, DEEPEST);
    cpu_view(machine_cpu(s->machine), &v);
    unsigned size = v.code_bits == 64 ? 8 : 4;
    for (; depth; depth--) {
        if (machine_peek_linear(s->machine, la, bytes, size) < size) return fail(err, "nothing is mapped at linear 0x%llx", (llu)la);
        printf("0x%0*llx -> ", (int)size * 2, (llu)la);
        la = size == 8 ? get64(bytes) : get32(bytes);
        printf("0x%0*llx\n", (int)size * 2, (llu)la);
    }
    return true;
}

/* FIRST LAST: of ISO 3309, as zlib has it; of physical memory, as in Bochs. */
bool debug_crc(struct session *s, const char *at, struct error *err)
{
    u64 first, last;
    u8 bytes[4096];
    unsigned long crc = crc32(0, NULL, 0);

    at += strspn(at, " \t");
    if (!*at || !expression_prefix(s, &at, &first, err) || !expression_value(s, at + strspn(at, " \t"), &last, err)) return err->text[0] ? false : fail(err, "crc FIRST LAST");
    if (last < first || last - first >= 1ull << 30) return fail(err, "0x%llx to 0x%llx: 1 byte to 1 GiB", (llu)first, (llu)last);
    for (u64 pa = first, n; pa <= last; pa += n) {
        n = last - pa + 1 < sizeof bytes ? last - pa + 1 : sizeof bytes;
        machine_peek(s->machine, pa, bytes, n);
        crc = crc32(crc, bytes, (unsigned)n);
    }
    printf("0x%08lx\n", crc);
    return true;
}

bool debug_tlb(struct session *s, const char *at, struct error *err)
{
    struct cpu_walk w;
    struct cpu_view v;
    u64 la;

    if (!expression_value(s, at + strspn(at, " \t"), &la, err)) return false;
    cpu_view(machine_cpu(s->machine), &v);
    bool mapped = cpu_walk(machine_cpu(s->machine), la, v.cr3, &w);
    if (!w.cached) printf("no entry for linear 0x%llx at this privilege\n", (llu)la);
    else printf("linear 0x%llx -> physical 0x%llx, for %s%s\n", (llu)la, (llu)w.cached_pa, w.cached_writable ? "reads and writes" : "reads",
                mapped && w.pa == w.cached_pa ? "" : "; the page tables in memory say something else: INVLPG is missing");
    return true;
}

bool debug_page(struct session *s, const char *at, struct error *err)
{
    u64 la;
    if (!expression_value(s, at + strspn(at, " \t"), &la, err)) return false;
    show_page(machine_cpu(s->machine), la);
    return true;
}

bool debug_stack(struct session *s, const char *at, struct error *err)
{
    u64 count = 16;
    at += strspn(at, " \t");
    if (*at && !expression_value(s, at, &count, err)) return false;
    show_stack(s->machine, s->symbols, count > 1024 ? 1024 : (unsigned)count);
    return true;
}

/* --- registers and numbers --- */

/* u|disasm|disassemble on|off: whether a stop shows the instruction that runs next. */
static bool set_listing(struct session *s, const char *at)
{
    char word[16] = "", which[8] = "";

    next_argument(&at, word, sizeof word);
    next_argument(&at, which, sizeof which);
    if ((strcmp(word, "u") && strcmp(word, "disasm") && strcmp(word, "disassemble")) || (strcmp(which, "on") && strcmp(which, "off"))) return false;
    s->places_unlisted = which[1] == 'f';
    return true;
}

bool debug_set(struct session *s, const char *at, struct error *err)
{
    char name[32] = "";
    u64 value;
    const char *equals = strchr(at, '=');

    at += strspn(at, " \t$");
    if (set_listing(s, at)) return true;
    if (!strncmp(at, "reg ", 4)) at += 4 + strspn(at + 4, " \t$");
    if (!equals || equals < at) return fail(err, "set REGISTER = EXPRESSION, e.g. set eax = 0x10");
    snprintf(name, sizeof name, "%.*s", (int)(equals - at), at);
    name[strcspn(name, " \t")] = 0;
    if (!strcmp(name, "cpu")) return debug_processor(s, equals + 1, err);
    if (!expression_value(s, equals + 1 + strspn(equals + 1, " \t"), &value, err)) return false;
    if (strcmp(name, "auto_disassemble")) return machine_set_register(s->machine, cpu_number(machine_cpu(s->machine)), name, value, err);
    s->places_unlisted = !value;
    return true;
}

/* [/F] EXPRESSION: with gdb's F one number in that form. */
bool debug_calculate(struct session *s, const char *at, struct error *err)
{
    char form = 0;
    u64 value;

    at += strspn(at, " \t");
    if (*at == '/' && at[1]) {
        form = at[1];
        if (!strchr("xdutoc", form) || (at[2] && at[2] != ' ')) return fail(err, "/%.8s: x, d, u, t, o or c", at + 1);
        at += 2 + strspn(at + 2, " \t");
    }
    if (!expression_value(s, at, &value, err)) return false;
    if (form) show_value(value, form);
    else printf("0x%llx %lld\n", (llu)value, (long long)value);
    return true;
}

bool debug_time(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    printf("ptime: %llu\n", (llu)machine_tick(s->machine));
    return true;
}

/* Without a number: the one whose turn it is. */
bool debug_processor(struct session *s, const char *at, struct error *err)
{
    unsigned n = CPU_NONE, count = machine_processors(s->machine);
    char rest;

    at += strspn(at, " \t");
    if (*at && (sscanf(at, "%u %c", &n, &rest) != 1 || n >= count)) return fail(err, "processor %s: there are %u, numbered from 0", at, count);
    machine_choose_processor(s->machine, n);
    printf("processor %u of %u%s\n", cpu_number(machine_cpu(s->machine)), count, n == CPU_NONE ? ", whose turn it is" : "");
    return true;
}

bool debug_expect(struct session *s, const char *at, struct error *err)
{
    u64 value;

    at += strspn(at, " \t");
    if (!expression_value(s, at, &value, err)) return false;
    if (value) return true;
    printf("orrery: at tick %llu it is not true that %s\n", (llu)machine_tick(s->machine), at);
    s->over = true;
    s->status = STATUS_EXPECT;
    return true;
}
