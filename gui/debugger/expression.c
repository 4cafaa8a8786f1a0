#include "gui/debugger/expression.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu/base/bits.h"
#include "gui/automation/script.h"
#include "gui/debugger/symbols.h"

enum { DEEPEST = 64, NAME_ROOM = 256 };

struct reader {
    struct machine *machine;
    const struct symbols *symbols;
    const char *start, *at;
    struct error *err;
    unsigned depth;
    bool far;                    /* SELECTOR:OFFSET stays two numbers */
    bool symbolic;               /* a symbol was met */
};

static bool wrong(struct reader *r, const char *what)
{
    return fail(r->err, "column %u of \"%s\": %s", (unsigned)(r->at - r->start) + 1, r->start, what);
}

static void blanks(struct reader *r) { while (*r->at == ' ' || *r->at == '\t') r->at++; }

/* --- operands --- */

/* r8 .. r15, with d, w or b behind for their lower bits. */
static bool numbered_register(const struct cpu_view *v, const char *name, u64 *value)
{
    char *end;

    if (name[0] != 'r' || !isdigit((unsigned char)name[1])) return false;
    unsigned long n = strtoul(name + 1, &end, 10);
    if (n < 8 || n > 15 || (*end && (end[1] || !strchr("dwb", *end)))) return false;
    *value = *end == 'd' ? (u32)v->gpr[n] : *end == 'w' ? (u16)v->gpr[n] : *end == 'b' ? (u8)v->gpr[n] : v->gpr[n];
    return true;
}

static bool general_register(const struct cpu_view *v, const char *name, u64 *value)
{
    static const char *const wide[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" }, *const low[] = { "al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil" },
        *const high[] = { "ah", "ch", "dh", "bh" }, *const segments[] = { "es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr" };
    bool prefixed = name[0] == 'e' || name[0] == 'r';

    for (unsigned i = 0; i < 8; i++) {
        if (prefixed && !strcmp(name + 1, wide[i])) return *value = name[0] == 'r' ? v->gpr[i] : (u32)v->gpr[i], true;
        if (!strcmp(name, wide[i])) return *value = (u16)v->gpr[i], true;
        if (!strcmp(name, low[i])) return *value = (u8)v->gpr[i], true;
        if (i < 4 && !strcmp(name, high[i])) return *value = (u8)(v->gpr[i] >> 8), true;
        if (!strcmp(name, segments[i])) return *value = v->seg[i].selector, true;
    }
    return numbered_register(v, name, value);
}

static bool register_value(const struct cpu_view *v, const char *name, u64 *value)
{
    const struct {
        const char *name;
        u64 value;
    } other[] = {
        { "rip", v->rip }, { "eip", (u32)v->rip }, { "ip", (u16)v->rip }, { "rflags", v->rflags }, { "eflags", v->rflags }, { "flags", (u16)v->rflags },
        { "cr0", v->cr0 }, { "cr2", v->cr2 }, { "cr3", v->cr3 }, { "cr4", v->cr4 }, { "efer", v->efer }, { "cpl", v->cpl },
        { "dr0", v->dr[0] }, { "dr1", v->dr[1] }, { "dr2", v->dr[2] }, { "dr3", v->dr[3] }, { "dr6", v->dr[6] }, { "dr7", v->dr[7] },
        { "gdtr_base", v->gdtr_base }, { "gdtr_limit", v->gdtr_limit }, { "idtr_base", v->idtr_base }, { "idtr_limit", v->idtr_limit },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(other); i++)
        if (!strcmp(name, other[i].name)) return *value = other[i].value, true;
    return general_register(v, name, value);
}

static bool memory(struct reader *r, bool linear, u64 address, unsigned size, u64 *value)
{
    u8 bytes[8] = { 0 };

    if (!linear) machine_peek(r->machine, address, bytes, size);
    else if (machine_peek_linear(r->machine, address, bytes, size) < size) return wrong(r, "nothing is mapped at that linear address");
    *value = get64(bytes);
    return true;
}

static bool binary(struct reader *r, unsigned level, u64 *value);
static bool operand(struct reader *r, u64 *value);

static bool closed(struct reader *r, char with)
{
    blanks(r);
    if (*r->at != with) return wrong(r, with == ')' ? "a ) is missing" : "a ] is missing");
    r->at++;
    return true;
}

/* [ADDRESS] */
static bool sized_memory(struct reader *r, unsigned size, u64 *value)
{
    r->at++;
    return binary(r, 0, value) && closed(r, ']') && memory(r, true, *value, size, value);
}

static unsigned size_named(const char *name)
{
    return !strcmp(name, "byte") ? 1 : !strcmp(name, "word") ? 2 : !strcmp(name, "dword") ? 4 : !strcmp(name, "qword") ? 8 : 0;
}

static bool in_name(char c) { return isalnum((unsigned char)c) || c == '_' || c == '.'; }

/* FILE:LINE; r->at stands on the colon. */
static bool source_line(struct reader *r, const char *file, u64 *value)
{
    char *end;
    unsigned long line = strtoul(r->at + 1, &end, 10);
    unsigned found;

    if (line > UINT32_MAX || !symbols_line_address(r->symbols, file, (unsigned)line, value, &found)) return wrong(r, "of this source line, and behind it in its file, no code is known");
    r->at = end;
    return r->symbolic = true;
}

/* A file has an extension: "ds:10" is an address. */
static bool is_source_line(const struct reader *r, const char *file) { return *r->at == ':' && isdigit((unsigned char)r->at[1]) && strchr(file, '.'); }

/* `exact` as it is written, `name` in lower case. */
static bool word(struct reader *r, u64 *value)
{
    char name[NAME_ROOM], exact[NAME_ROOM];
    size_t n = 0;
    struct cpu_view v;
    const char *begin = r->at;

    for (; in_name(*r->at); r->at++) {
        if (n + 1 == sizeof name) return wrong(r, "is a name of more than 255 characters");
        exact[n] = *r->at;
        name[n++] = (char)tolower((unsigned char)*r->at);
    }
    name[n] = exact[n] = 0;
    cpu_view(machine_cpu(r->machine), &v);
    if (register_value(&v, name, value)) return true;
    if (!strcmp(name, "tick")) return *value = machine_tick(r->machine), true;
    if (!strcmp(name, "cpu")) return *value = cpu_number(machine_cpu(r->machine)), true;
    if (!strcmp(name, "clone")) return *value = machine_clone_number(r->machine), true;
    unsigned size = size_named(name);
    if (size && r->at[strspn(r->at, " \t")] == '[') return blanks(r), sized_memory(r, size, value);
    if (is_source_line(r, exact)) return source_line(r, exact, value);
    if (symbols_find(r->symbols, exact, value)) return r->symbolic = true;
    r->at = begin;
    return wrong(r, symbols_count(r->symbols) ? "is no register, no number and no symbol; slist lists these" : "is no register and no number");
}

/* "name": a symbol, whatever it looks like; "path/file.c":LINE. */
static bool quoted(struct reader *r, u64 *value)
{
    char name[NAME_ROOM];
    size_t n = strcspn(r->at + 1, "\"");

    if (r->at[1 + n] != '"' || n >= sizeof name) return wrong(r, "a name in quotes is not ended, or has more than 255 characters");
    memcpy(name, r->at + 1, n);
    name[n] = 0;
    const char *begin = r->at;
    r->at += n + 2;
    if (is_source_line(r, name)) return source_line(r, name, value);
    if (symbols_find(r->symbols, name, value)) return r->symbolic = true;
    r->at = begin;
    return wrong(r, "is no symbol; slist lists them, ldsym FILE reads them");
}

/* The base of SELECTOR in SELECTOR:OFFSET: a paragraph of real and virtual-8086 mode, otherwise that of a descriptor. */
static bool segment_base(struct reader *r, u64 selector, u64 *base)
{
    enum { PE = 1, VM = 1 << 17 };
    struct cpu_view v;
    u8 d[8];

    cpu_view(machine_cpu(r->machine), &v);
    if (!(v.cr0 & PE) || v.rflags & VM) return *base = (selector & 0xffff) << 4, true;
    for (unsigned i = 0; i < 6; i++)
        if (v.seg[i].selector == selector) return *base = v.code_bits == 64 && i < CPU_SEG_FS ? 0 : v.seg[i].base, true;
    bool local = selector & 4;
    u64 limit = local ? v.seg[CPU_SEG_LDTR].limit : v.gdtr_limit, table = local ? v.seg[CPU_SEG_LDTR].base : v.gdtr_base;
    if (selector > 0xffff || (selector | 7) > limit || machine_peek_linear(r->machine, table + (selector & ~7ull), d, 8) < 8) return wrong(r, "the selector before : names no descriptor");
    *base = v.code_bits == 64 ? 0 : get16(d + 2) | (u64)d[4] << 16 | (u64)d[7] << 24;
    return true;
}

/* ADDRESS $ DEPTH, as Bochs has it: what lies there, what lies where that points to, and so on; pointers of 64-bit code have 8 bytes. */
static bool dereferenced(struct reader *r, u64 *value)
{
    enum { MOST = 64 };
    struct cpu_view v;
    u64 depth;

    r->at++;
    if (!operand(r, &depth)) return false;
    if (depth > MOST) return wrong(r, "a depth of more than 64");
    cpu_view(machine_cpu(r->machine), &v);
    while (depth--)
        if (!memory(r, true, *value, v.code_bits == 64 ? 8 : 4, value)) return false;
    return true;
}

static bool operand(struct reader *r, u64 *value)
{
    char *end;

    if (++r->depth > DEEPEST) return wrong(r, "is nested too deeply");
    blanks(r);
    char c = *r->at;
    bool ok;
    if (c == '-' || c == '~' || c == '!' || c == '*' || c == '@') {
        r->at++;
        ok = operand(r, value);
        if (ok && (c == '*' || c == '@')) ok = memory(r, c == '*', *value, 4, value);
        else if (ok) *value = c == '-' ? 0 - *value : c == '~' ? ~*value : !*value;
    } else if (c == '[') {
        ok = sized_memory(r, 4, value);
    } else if (c == '(') {
        r->at++;
        ok = binary(r, 0, value) && closed(r, ')');
    } else if (c == '"') {
        ok = quoted(r, value);
    } else if (isdigit((unsigned char)c)) {
        *value = strtoull(r->at, &end, 0);
        bool tail = isalnum((unsigned char)*end);
        r->at = tail ? r->at : end;
        ok = !tail || wrong(r, "is no number; hexadecimal ones begin with 0x");
    } else {
        r->at += c == '$';
        ok = isalpha((unsigned char)*r->at) || (*r->at && strchr("_.", *r->at)) ? word(r, value) : wrong(r, "a number or a register is missing");
    }
    blanks(r);
    if (ok && *r->at == '$' && !isalpha((unsigned char)r->at[1])) ok = dereferenced(r, value);           /* $esp begins what stands behind */
    if (ok && *r->at == ':' && !r->far) {
        u64 base, offset;
        r->at++;
        ok = operand(r, &offset) && segment_base(r, *value, &base);
        if (ok) *value = base + offset;
    }
    r->depth--;
    return ok;
}

/* --- operators, loosest first --- */

enum { LEVELS = 10, OPERATORS = 4 };
static const char *const operators[LEVELS][OPERATORS] = {
    { "||" }, { "&&" }, { "|" }, { "^" }, { "&" }, { "==", "!=" }, { "<=", ">=", "<", ">" }, { "<<", ">>" }, { "+", "-" }, { "*", "/", "%" },
};

/* The operator of this level that stands here; longer ones that begin alike belong to other levels. */
static const char *operator_here(struct reader *r, unsigned level)
{
    static const char *const longer[] = { "||", "&&", "<<", ">>", "<=", ">=", "==", "!=" };

    blanks(r);
    for (unsigned i = 0; i < OPERATORS && operators[level][i]; i++) {
        const char *op = operators[level][i];
        size_t n = strlen(op);
        if (strncmp(r->at, op, n)) continue;
        for (unsigned k = 0; n == 1 && k < ARRAY_COUNT(longer); k++)
            if (!strncmp(r->at, longer[k], 2)) return NULL;
        return op;
    }
    return NULL;
}

static bool apply(struct reader *r, const char *op, u64 a, u64 b, u64 *value)
{
    switch (op[0]) {
    case '+': *value = a + b; return true;
    case '-': *value = a - b; return true;
    case '*': *value = a * b; return true;
    case '/': case '%':
        if (!b) return wrong(r, "divides by 0");
        *value = op[0] == '/' ? a / b : a % b;
        return true;
    case '^': *value = a ^ b; return true;
    case '=': *value = a == b; return true;
    case '!': *value = a != b; return true;
    case '&': *value = op[1] ? a && b : a & b; return true;
    case '|': *value = op[1] ? a || b : a | b; return true;
    case '<': *value = op[1] == '<' ? (b < 64 ? a << b : 0) : op[1] ? a <= b : a < b; return true;
    default: *value = op[1] == '>' ? (b < 64 ? a >> b : 0) : op[1] ? a >= b : a > b; return true;
    }
}

static bool binary(struct reader *r, unsigned level, u64 *value)
{
    const char *op;

    if (level == LEVELS) return operand(r, value);
    if (!binary(r, level + 1, value)) return false;
    while ((op = operator_here(r, level))) {
        u64 right;
        r->at += strlen(op);
        if (!binary(r, level + 1, &right) || !apply(r, op, *value, right, value)) return false;
    }
    return true;
}

bool expression_prefix(const struct session *session, const char **text, u64 *value, struct error *err)
{
    struct reader r = { .machine = session->machine, .symbols = session->symbols, .start = *text, .at = *text, .err = err };

    if (!binary(&r, 0, value)) return false;
    blanks(&r);
    *text = r.at;
    return true;
}

bool expression_names_symbol(const struct session *session, const char *text)
{
    struct error unread = { 0 };
    struct reader r = { .machine = session->machine, .symbols = session->symbols, .start = text, .at = text, .err = &unread };
    u64 value;

    return binary(&r, 0, &value) && r.symbolic;
}

bool expression_far(const struct session *session, const char *text, u64 *selector, u64 *offset, struct error *err)
{
    struct reader r = { .machine = session->machine, .symbols = session->symbols, .start = text, .at = text, .err = err, .far = true };

    if (!binary(&r, 0, selector)) return false;
    blanks(&r);
    if (*r.at != ':') return wrong(&r, "SELECTOR:OFFSET is wanted");
    r.at++;
    if (!binary(&r, 0, offset)) return false;
    blanks(&r);
    return !*r.at || wrong(&r, "stands behind the address");
}

bool expression_value(const struct session *session, const char *text, u64 *value, struct error *err)
{
    const char *at = text;

    if (!expression_prefix(session, &at, value, err)) return false;
    return !*at || fail(err, "column %u of \"%s\": an operator is missing", (unsigned)(at - text) + 1, text);
}
