/* Lines "ADDRESS NAME" as Bochs's ldsym takes them; "ADDRESS TYPE NAME" of nm, System.map and /proc/kallsyms, with a size before the type too
 * (nm -S).  Addresses are hexadecimal.                                                      doc: symbols */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/debugger/symbol_files.h"

enum { MOST_WORDS = 4 };

static bool is_number(const char *word, u64 *value)
{
    char *end;

    errno = 0;
    *value = strtoull(word, &end, 16);
    return isxdigit((unsigned char)*word) && !*end && !errno;
}

static bool is_type(const char *word) { return isalpha((unsigned char)word[0]) && !word[1]; }

/* nm(1): a lower case letter is a local name. */
static unsigned rank_of(char type)
{
    unsigned rank = strchr("TWI", toupper((unsigned char)type)) ? SYMBOL_FUNCTION : strchr("DBRVGSC", toupper((unsigned char)type)) ? SYMBOL_OBJECT : SYMBOL_PLAIN;
    return rank + (islower((unsigned char)type) && !strchr("wvi", type) ? SYMBOL_LOCAL : 0);
}

/* nm(1): "A" is a number and no place, "N" is for debuggers; "U", and "w" without an address, stand for what other files have. */
static bool take_words(struct symbol_batch *b, char *const *word, unsigned count)
{
    struct symbol s = { .rank = SYMBOL_PLAIN, .is_place = true };
    const char *name = word[count - 1];

    if (count == 2 && is_type(word[0]) && strchr("Uwv", *word[0])) return true;
    if (count < 2 || !is_number(word[0], &s.address)) return false;
    if (count >= 3) {
        const char *type = word[count - 2];
        if (!is_type(type) || (count == 4 && !is_number(word[1], &s.size_bytes))) return false;
        if (strchr("NnU", *type)) return true;
        s.rank = rank_of(*type);
        s.is_place = toupper((unsigned char)*type) != 'A';
    }
    symbol_batch_add(b, &s, name);
    return true;
}

/* The [module] behind a name of /proc/kallsyms is not part of it. */
static bool take_line(struct symbol_batch *b, char *line)
{
    char *word[MOST_WORDS], *at;
    unsigned count = 0;

    line[strcspn(line, "#[")] = 0;
    while ((at = strsep(&line, " \t\r\n"))) {
        if (!*at) continue;
        if (count == MOST_WORDS) return false;
        word[count++] = at;
    }
    return !count || take_words(b, word, count);
}

bool symbol_file_text(struct symbol_batch *b, const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    bool ok = true;

    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    for (unsigned number = 1; ok && getline(&line, &room, f) >= 0; number++)
        ok = take_line(b, line) || fail(err, "%s:%u: neither \"ADDRESS NAME\" nor \"ADDRESS TYPE NAME\", and the file is no ELF program", path, number);
    if (ferror(f)) ok = fail(err, "%s: %s", path, strerror(errno));
    free(line);
    fclose(f);
    return ok;
}
