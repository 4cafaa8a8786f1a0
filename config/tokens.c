#include "config/tokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return !value && strcmp(name, "BXSHARE") == 0 ? "/usr/share/bochs" : value;
}

/* $NAME at *in goes to *out. */
static bool put_variable(const char **in, char **out, const char *end, unsigned column, const struct place *p)
{
    char name[64];
    size_t n = 0;

    for (++*in; (isalpha((unsigned char)**in) || **in == '_') && n + 1 < sizeof name; ++*in) name[n++] = **in;
    name[n] = 0;
    const char *value = variable(name);
    if (!value) return fail(p->err, "%s:%u: $%s is not in the environment", p->where, column, name);
    while (*value && *out < end) *(*out)++ = *value++;
    return true;
}

static bool begin_word(struct tokens *t, char *out, unsigned column, const struct place *p)
{
    if (t->count == TOKENS_MOST) return fail(p->err, "%s:%u: more than %d parameters", p->where, column, TOKENS_MOST - 1);
    t->word[t->count] = out;
    t->column[t->count++] = column;
    return true;
}

static bool check_lengths(const struct tokens *t, const struct place *p)
{
    for (unsigned i = 0; i < t->count; i++)
        if (strlen(t->word[i]) >= TOKEN_BYTES) return fail(p->err, "%s:%u: a parameter has more than %d bytes", p->where, t->column[i], TOKEN_BYTES - 1);
    return true;
}

/* A kernel's command line is a text of words: Bochs has no such directive, and its rule for blanks would join them. */
static bool keeps_blanks(const struct tokens *t) { return t->count > 1 && !strcmp(t->word[0], "cmdline"); }

bool tokenize(const char *line, struct tokens *t, const struct place *p)
{
    const char *in = line;
    char *out = t->text, *end = t->text + LINE_BYTES;
    bool quoted = false, fresh = true;
    unsigned quote_column = 0;

    t->count = 0;
    if (strlen(line) >= LINE_BYTES) return fail(p->err, "%s: the line has more than %d bytes", p->where, LINE_BYTES - 1);
    for (; *in && (quoted || *in != '#') && out < end;) {
        unsigned column = (unsigned)(in - line) + 1;
        bool blank = isspace((unsigned char)*in);
        if (fresh && !(blank && !quoted) && !begin_word(t, out, column, p)) return false;
        if (!blank || quoted) fresh = false;
        if (*in == '"') {
            quoted = !quoted;
            quote_column = column;
        } else if (!quoted && *in == (t->count == 1 ? ':' : ',')) {
            *out++ = 0;
            fresh = true;
        } else if (*in == '$') {
            if (!put_variable(&in, &out, end, column, p)) return false;
            continue;
        } else if (quoted || !blank || (!fresh && keeps_blanks(t))) {
            *out++ = *in;
        }
        in++;
    }
    *out = 0;
    if (quoted) return fail(p->err, "%s:%u: this quote is not closed", p->where, quote_column);
    return check_lengths(t, p);
}

/* --- the nearest word --- */

static unsigned distance(const char *a, const char *b)
{
    unsigned row[64], n = (unsigned)strlen(b);

    if (n >= 63) return 99;
    for (unsigned j = 0; j <= n; j++) row[j] = j;
    for (unsigned i = 0; a[i]; i++) {
        unsigned diagonal = row[0]++;
        for (unsigned j = 1; j <= n; j++) {
            unsigned best = diagonal + (a[i] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

const char *nearest(const char *word, const char *best, const char *candidate)
{
    unsigned d = distance(word, candidate), limit = (unsigned)strlen(word) / 2 + 1;

    if (d > limit) return best;
    return !best || d < distance(word, best) ? candidate : best;
}
