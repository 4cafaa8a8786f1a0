#include "gui/debugger/expression.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEEPEST = 64 };

struct reader {
    struct machine *machine;
    const char *start, *at;
    struct error *err;
    unsigned depth;
};

static bool wrong(struct reader *r, const char *what)
{
    return fail(r->err, "column %u of \"%s\": %s", (unsigned)(r->at - r->start) + 1, r->start, what);
}

static void blanks(struct reader *r) { while (*r->at == ' ' || *r->at == '\t') r->at++; }

/* --- operands --- */

/* A register's bits: which value of the view, from which bit on, how many. */
static bool register_value(const struct cpu_view *v, const char *name, u64 *value)
{
    static const char *const wide[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" }, *const low[] = { "al", "cl", "dl", "bl" }, *const high[] = { "ah", "ch", "dh", "bh" },
        *const segments[] = { "es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr" };
    bool prefixed = name[0] == 'e' || name[0] == 'r';

    for (unsigned i = 0; i < 8; i++) {
        if (prefixed && !strcmp(name + 1, wide[i])) return *value = name[0] == 'r' ? v->gpr[i] : (u32)v->gpr[i], true;
        if (!strcmp(name, wide[i])) return *value = (u16)v->gpr[i], true;
        if (i < 4 && !strcmp(name, low[i])) return *value = (u8)v->gpr[i], true;
        if (i < 4 && !strcmp(name, high[i])) return *value = (u8)(v->gpr[i] >> 8), true;
        if (!strcmp(name, segments[i])) return *value = v->seg[i].selector, true;
    }
    if (!strcmp(name, "eip") || !strcmp(name, "rip")) return *value = v->rip, true;
    if (!strcmp(name, "ip")) return *value = (u16)v->rip, true;
    if (!strcmp(name, "eflags") || !strcmp(name, "rflags")) return *value = v->rflags, true;
    if (!strcmp(name, "cr0")) return *value = v->cr0, true;
    if (!strcmp(name, "cr2")) return *value = v->cr2, true;
    if (!strcmp(name, "cr3")) return *value = v->cr3, true;
    if (!strcmp(name, "cr4")) return *value = v->cr4, true;
    if (!strcmp(name, "cpl")) return *value = v->cpl, true;
    return false;
}

static bool word(struct reader *r, u64 *value)
{
    char name[16];
    size_t n = 0;
    struct cpu_view v;
    const char *begin = r->at;

    while (isalnum((unsigned char)*r->at) || *r->at == '_') {
        if (n + 1 < sizeof name) name[n++] = (char)tolower((unsigned char)*r->at);
        r->at++;
    }
    name[n] = 0;
    cpu_view(machine_cpu(r->machine), &v);
    if (register_value(&v, name, value)) return true;
    r->at = begin;
    return wrong(r, "is no register and no number");
}

static bool memory(struct reader *r, u64 la, u64 *value)
{
    u8 bytes[4];
    if (machine_peek_linear(r->machine, la, bytes, 4) < 4) return wrong(r, "nothing is mapped at that linear address");
    *value = bytes[0] | (u32)bytes[1] << 8 | (u32)bytes[2] << 16 | (u32)bytes[3] << 24;
    return true;
}

static bool binary(struct reader *r, unsigned level, u64 *value);

static bool closed(struct reader *r, char with)
{
    blanks(r);
    if (*r->at != with) return wrong(r, with == ')' ? "a ) is missing" : "a ] is missing");
    r->at++;
    return true;
}

static bool operand(struct reader *r, u64 *value)
{
    char *end;

    if (++r->depth > DEEPEST) return wrong(r, "is nested too deeply");
    blanks(r);
    char c = *r->at;
    bool ok;
    if (c == '-' || c == '~' || c == '!' || c == '@') {
        r->at++;
        ok = operand(r, value);
        if (ok && c == '@') ok = memory(r, *value, value);
        else *value = c == '-' ? 0 - *value : c == '~' ? ~*value : !*value;
    } else if (c == '(' || c == '[') {
        r->at++;
        ok = binary(r, 0, value) && closed(r, c == '(' ? ')' : ']') && (c == '(' || memory(r, *value, value));
    } else if (isdigit((unsigned char)c)) {
        *value = strtoull(r->at, &end, 0);
        bool tail = isalnum((unsigned char)*end);
        r->at = tail ? r->at : end;
        ok = !tail || wrong(r, "is no number; hexadecimal ones begin with 0x");
    } else {
        r->at += c == '$';
        ok = isalpha((unsigned char)*r->at) ? word(r, value) : wrong(r, "a number or a register is missing");
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

bool expression_prefix(struct machine *machine, const char **text, u64 *value, struct error *err)
{
    struct reader r = { machine, *text, *text, err, 0 };

    if (!binary(&r, 0, value)) return false;
    blanks(&r);
    *text = r.at;
    return true;
}

bool expression_value(struct machine *machine, const char *text, u64 *value, struct error *err)
{
    const char *at = text;

    if (!expression_prefix(machine, &at, value, err)) return false;
    return !*at || fail(err, "column %u of \"%s\": an operator is missing", (unsigned)(at - text) + 1, text);
}
