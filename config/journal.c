/* What is in a journal, and a shorter one.                                                   doc: journal */
#include "config/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/error.h"
#include "devices/board/journal.h"

enum { STATUS_USAGE = 2, STATUS_IMAGE = 4, KINDS = 24, LONGEST_SHOWN = 100 };

typedef unsigned long long llu;

struct reading {
    FILE *file;
    const char *path;
    char *line;
    size_t room;
    unsigned number;
};

static bool open_journal(struct reading *r, const char *path, struct error *err)
{
    *r = (struct reading){ .file = fopen(path, "re"), .path = path };
    if (!r->file) return fail(err, "%s: %s", path, strerror(errno));
    if (getline(&r->line, &r->room, r->file) > 0 && !strcmp(r->line, JOURNAL_FIRST_LINE "\n")) return true;
    return fail(err, "%s:1: is no journal of this program", path);
}

static void close_journal(struct reading *r)
{
    if (r->file) fclose(r->file);
    free(r->line);
}

/* The next line without its end, a whole one. */
static char *next_line(struct reading *r)
{
    ssize_t n = getline(&r->line, &r->room, r->file);

    if (n <= 0 || r->line[n - 1] != '\n') return NULL;
    r->line[n - 1] = 0;
    return r->line;
}

/* TICK VERB ARGUMENTS. */
static bool entry(const char *line, u64 *tick, char verb[16], const char **arguments)
{
    int at = 0;

    if (sscanf(line, "%" SCNu64 " %15s %n", tick, verb, &at) < 2) return false;
    *arguments = line + at;
    return true;
}

struct kind {
    char verb[16];
    u64 count, bytes;
};

static void count(struct kind *kinds, const char *verb, size_t bytes)
{
    for (unsigned i = 0; i < KINDS; i++) {
        if (*kinds[i].verb && strcmp(kinds[i].verb, verb)) continue;
        snprintf(kinds[i].verb, sizeof kinds[i].verb, "%s", verb);
        kinds[i].count++;
        kinds[i].bytes += bytes;
        return;
    }
}

static bool info(struct reading *r, struct error *err)
{
    struct kind kinds[KINDS] = { 0 };
    bool started = false;
    u64 tick = 0;
    char verb[16], *line;
    const char *arguments;

    while ((line = next_line(r))) {
        if (!started) {
            started = !strcmp(line, "start");
            if (!started) puts(line);
            continue;
        }
        if (!entry(line, &tick, verb, &arguments)) return fail(err, "%s: \"%.60s\" is no entry of a journal", r->path, line);
        count(kinds, verb, strlen(line) + 1);
    }
    for (unsigned i = 0; i < KINDS && *kinds[i].verb; i++) printf("%s: %llu, %llu bytes\n", kinds[i].verb, (llu)kinds[i].count, (llu)kinds[i].bytes);
    printf("the last entry is of tick %llu\n", (llu)tick);
    return started || fail(err, "%s: ends before its `start` line", r->path);
}

/* Hexadecimal bytes as text where they are some. */
static void put_bytes(const char *hex)
{
    unsigned byte, shown = 0;

    putchar('"');
    for (; shown < LONGEST_SHOWN && sscanf(hex, "%2x", &byte) == 1; hex += 2, shown++) {
        if (byte == '\n') fputs("\\n", stdout);
        else if (byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\') putchar((int)byte);
        else printf("\\x%02x", byte);
    }
    printf("\"%s", *hex && shown == LONGEST_SHOWN ? " ..." : "");
}

static bool text(struct reading *r, struct error *err)
{
    bool started = false;
    u64 tick;
    char verb[16], *line;
    const char *arguments;

    while ((line = next_line(r))) {
        if (!started) {
            started = !strcmp(line, "start");
            continue;
        }
        if (!entry(line, &tick, verb, &arguments)) return fail(err, "%s: \"%.60s\" is no entry of a journal", r->path, line);
        bool bytes = !strcmp(verb, "type") || !strcmp(verb, "serial") || !strcmp(verb, "line") || !strcmp(verb, "frame");
        size_t where = strcspn(arguments, " ");
        printf("%12llu  %-10s ", (llu)tick, verb);
        if (bytes) printf("%.*s ", (int)where, arguments), put_bytes(arguments + where + (arguments[where] == ' '));
        else fputs(arguments, stdout);
        putchar('\n');
    }
    return started || fail(err, "%s: ends before its `start` line", r->path);
}

/* Up to a tick; the hash of the end is not that of the tick, so it goes. */
static bool cut(struct reading *r, const char *until, const char *path, struct error *err)
{
    char *end, *line, verb[16];
    u64 last = strtoull(until, &end, 0), tick;
    bool started = false;
    const char *arguments;

    if (end == until || *end) return fail(err, "%s: a tick is a number", until);
    FILE *to = fopen(path, "wxe");
    if (!to) return fail(err, "%s: cannot be created: %s", path, strerror(errno));
    fputs(JOURNAL_FIRST_LINE "\n", to);
    while ((line = next_line(r))) {
        if (started && (!entry(line, &tick, verb, &arguments) || tick > last || !strcmp(verb, "end"))) break;
        started |= !strcmp(line, "start");
        fprintf(to, "%s\n", line);
    }
    fprintf(to, "%llu reached\n", (llu)last);
    bool whole = !ferror(to);
    return (fclose(to) == 0 && whole) || fail(err, "%s: writing failed", path);
}

int journal_command(int argc, char **argv)
{
    struct reading r = { 0 };
    struct error err = { 0 };
    bool is_info = argc == 4 && !strcmp(argv[2], "info"), is_text = argc == 4 && !strcmp(argv[2], "text"), is_cut = argc == 6 && !strcmp(argv[2], "cut");

    if (!is_info && !is_text && !is_cut) {
        fputs("orrery journal info FILE | text FILE | cut FILE TICK NEW\n", stderr);
        return STATUS_USAGE;
    }
    bool ok = open_journal(&r, argv[3], &err) && (is_info ? info(&r, &err) : is_text ? text(&r, &err) : cut(&r, argv[4], argv[5], &err));
    close_journal(&r);
    if (!ok) fputs(err.text, stderr);
    return ok ? 0 : STATUS_IMAGE;
}
