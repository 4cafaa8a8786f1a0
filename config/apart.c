#include "config/apart.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/host/sandbox.h"

enum { TEXT_MOST = 1 << 20 };

/* --- the process without rights --- */

static void write_directive(void *file, const char *directive) { fprintf(file, "%s%c", directive, 0); }

/* Directives, each ended by NUL; when it went wrong an empty one and the message. */
static int read_there(directives_reader *read, const char *path, int to)
{
    struct error err = { 0 };
    FILE *f = fdopen(to, "w");

    if (!f) return 1;
    if (!read(path, write_directive, f, &err)) fprintf(f, "%c%s%c", 0, err.text, 0);
    return fclose(f) ? 1 : 0;
}

/* --- here --- */

static size_t read_all(int from, char *text)
{
    size_t used = 0;

    for (ssize_t n; used < TEXT_MOST && (n = read(from, text + used, TEXT_MOST - used)) > 0;) used += (size_t)n;
    text[used] = 0;
    close(from);
    return used;
}

static bool take_all(const char *text, size_t size, void (*take)(void *context, const char *directive), void *context, struct error *err)
{
    for (const char *at = text; at < text + size; at += strlen(at) + 1) {
        if (!*at) return fail(err, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
        take(context, at);
    }
    return true;
}

bool apart_read(directives_reader *reader, const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err)
{
    const struct sandbox_needs needs = { .level = SANDBOX_STANDARD };
    struct named *named = named_create();
    struct sandbox sandbox;
    struct error why = { 0 };
    int ends[2];

    if (!named || !sandbox_possible(&why) || pipe2(ends, O_CLOEXEC)) {
        named_free(named);
        return reader(path, take, context, err);
    }
    named_add(named, path, false);
    bool split = sandbox_split(&sandbox, &needs, named, err);
    if (sandbox.side == SANDBOX_MACHINE) _exit(split ? read_there(reader, path, ends[1]) : 1);
    close(ends[1]);
    char *text = malloc(TEXT_MOST + 1);
    size_t size = split && text ? read_all(ends[0], text) : 0;
    bool ok = split && sandbox_wait(&sandbox) == 0 && text;
    if (split && !ok) fail(err, "%s: cannot be read", path);
    ok = ok && take_all(text, size, take, context, err);
    free(text);
    named_free(named);
    return ok;
}
