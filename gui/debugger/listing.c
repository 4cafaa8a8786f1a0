/* Machine code and strings of memory as lines: u, x /i, x /s.                                 doc: automation */
#include "gui/debugger/listing.h"

#include <stdlib.h>
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

static size_t peek(struct session *s, bool linear, u64 address, u8 *bytes, size_t size)
{
    return linear ? machine_peek_linear(s->machine, address, bytes, size) : machine_peek(s->machine, address, bytes, size);
}

/* The bytes go to `text` too where they are no instruction. */
static bool put_instruction(struct session *s, bool linear, u64 *at, unsigned code_bits, struct error *err)
{
    char text[DISASSEMBLY_TEXT], name[SYMBOL_TEXT] = "";
    u8 bytes[15];
    size_t n = peek(s, linear, *at, bytes, sizeof bytes);

    if (!n) return fail(err, "nothing is mapped at linear 0x%llx", (llu)*at);
    unsigned length = disassemble_named(linear ? s->symbols : NULL, 0, s->syntax, bytes, n, *at, code_bits, text);
    bool named = linear && *symbols_name(s->symbols, *at, name);
    printf("%016llx: %s%s%s%-40s ; ", (llu)*at, named ? "(" : "", name, named ? "): " : "", length ? text : "(bad)");
    for (unsigned b = 0; b < (length ? length : 1); b++) printf("%02x", bytes[b]);
    putchar('\n');
    *at += length ? length : 1;
    return true;
}

static unsigned code_bits_of(const struct session *s)
{
    struct cpu_view v;
    cpu_view(machine_cpu(s->machine), &v);
    return s->code_bits ? s->code_bits : v.code_bits;
}

bool list_instructions(struct session *s, bool linear, u64 address, u64 count, struct error *err)
{
    while (count--)
        if (!put_instruction(s, linear, &address, code_bits_of(s), err)) return false;
    return true;
}

bool list_strings(struct session *s, bool linear, u64 address, u64 count, struct error *err)
{
    enum { MOST = 4096 };
    u8 c = 0;

    while (count--) {
        if (!peek(s, linear, address, &c, 1)) return fail(err, "nothing is mapped at linear 0x%llx", (llu)address);
        printf("0x%016llx:\t\"", (llu)address);
        unsigned n = 0;
        for (; n < MOST && peek(s, linear, address, &c, 1) && c; n++, address++) printf(c >= 32 && c < 127 && c != '"' && c != '\\' ? "%c" : "\\x%02x", c);
        puts(n == MOST ? "\"..." : "\"");
        address++;
    }
    return true;
}

/* switch-mode; hex on|off; size = 16|32|64|0 */
static bool take_setting(struct session *s, const char *at, bool *taken, struct error *err)
{
    *taken = true;
    if (!strncmp(at, "switch-mode", 11)) {
        s->syntax ^= SYNTAX_ATT;
        puts(s->syntax & SYNTAX_ATT ? "AT&T syntax" : "Intel syntax");
        return true;
    }
    if (!strcmp(at, "hex on") || !strcmp(at, "hex off")) {
        s->syntax = (s->syntax & SYNTAX_ATT) | (at[5] == 'f' ? SYNTAX_DECIMAL : 0);
        return true;
    }
    if (!strncmp(at, "size", 4) && strchr(" \t=", at[4]) && at[4]) {
        unsigned bits = (unsigned)strtoul(at + 4 + strspn(at + 4, " \t="), NULL, 10);
        if (bits && bits != 16 && bits != 32 && bits != 64) return fail(err, "code of %u bits: 16, 32, 64, or 0 for what CS says", bits);
        s->code_bits = bits;
        return true;
    }
    *taken = false;
    return true;
}

/* [/N] [FIRST [LAST]]: linear; from the instruction that runs next when no address is given. */
bool debug_unassemble(struct session *s, const char *at, struct error *err)
{
    enum { MOST = 1000 };
    char word[64];
    struct cpu_view v;
    u64 la, last = UINT64_MAX, count = 10;
    bool taken;

    at += strspn(at, " \t");
    if (!take_setting(s, at, &taken, err) || taken) return !*err->text;
    cpu_view(machine_cpu(s->machine), &v);
    la = next_linear(&v);
    while (*(at += strspn(at, " \t")) == '/' && next_argument(&at, word, sizeof word)) count = strtoull(word + 1, NULL, 0);
    if (*at && !expression_prefix(s, &at, &la, err)) return false;
    at += strspn(at, " \t");
    if (*at) {
        if (!expression_value(s, at, &last, err)) return false;
        count = MOST;
    }
    for (u64 n = 0; n < count && n < MOST && la <= last; n++)
        if (!put_instruction(s, true, &la, code_bits_of(s), err)) return false;
    return true;
}
