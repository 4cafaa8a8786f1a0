/* Journals as files: what they begin with, and their entries.                               doc: journal */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "cpu/base/allocated.h"
#include "devices/board/board.h"
#include "devices/network/folder.h"

enum { LINE_MOST = 2 * JOURNAL_BYTES_MOST + 64 };

/* Lines up to `start` that begin with `word`, without it. */
static bool each_header(const char *path, FILE *f, unsigned *number, const char *word,
                        bool (*take)(void *context, const char *rest, struct error *err), void *context, struct error *err)
{
    char *line = NULL;
    size_t room = 0, n = strlen(word);
    bool ok = true, started = false;

    for (*number = 1; !started && getline(&line, &room, f) >= 0; ++*number) {
        line[strcspn(line, "\n")] = 0;
        if (*number == 1 && strcmp(line, JOURNAL_FIRST_LINE)) ok = fail(err, "%s:1: is no journal of this program (\"%s\" is missing)", path, JOURNAL_FIRST_LINE);
        if (!ok) break;
        started = strcmp(line, "start") == 0;
        if (strncmp(line, word, n) == 0 && line[n] == ' ') ok = take(context, line + n + 1, err);
    }
    free(line);
    return ok && (started || fail(err, "%s: ends before its `start` line", path));
}

struct config_lines {
    void (*take)(void *context, const char *directive);
    void *context;
};

static bool pass_config(void *context, const char *rest, struct error *err)
{
    struct config_lines *lines = context;
    (void)err;
    lines->take(lines->context, rest);
    return true;
}

bool machine_journal_config(const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err)
{
    struct config_lines lines = { take, context };
    unsigned number;
    FILE *f = fopen(path, "re");

    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    bool ok = each_header(path, f, &number, "config", pass_config, &lines, err);
    fclose(f);
    return ok;
}

/* Its name is a card's: the folder that it serves.  False without a word: it is none. */
static bool check_folder(struct machine *m, const char *wanted, u64 hash, bool *same, const char **path)
{
    const char *name;

    for (unsigned i = 0; i < NETWORK_CARDS; i++) {
        struct folder *folder = networks_folder(m, i, &name, path);
        if (!folder || strcmp(name, wanted)) continue;
        *same = folder_hash(folder) == hash;
        return true;
    }
    return false;
}

static bool check_image(void *context, const char *rest, struct error *err)
{
    struct machine *m = context;
    char wanted[32];
    uint64_t hash;
    const char *name;
    struct disk_image *image;

    if (sscanf(rest, "%31s %" SCNx64, wanted, &hash) != 2) return fail(err, "journal: image %s: wants a name and a hash", rest);
    if (!strcmp(wanted, "kernel") && m->kernel.plan) {
        if (journal_kernel_hash(&m->kernel) == hash) return true;
        err->about_image = true;
        return fail(err, "kernel: \"%s\": the kernel, or what is loaded with it, is not what it was when the journal was recorded; bring it back", m->config.kernel.path);
    }
    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++) {
        if (strcmp(name, wanted)) continue;
        if (!image) return fail(err, "%s: the journal has a disk here, this machine has none", name);
        if (disk_image_hash(image, true, UINT64_MAX) == hash) return true;
        err->about_image = true;
        return fail(err, "%s: path=\"%s\": is not what it was when the journal was recorded; bring the old image back", name, disk_image_path(image));
    }
    const char *path;
    bool same;
    if (!check_folder(m, wanted, hash, &same, &path)) return fail(err, "journal: image %s: there is no such drive", wanted);
    return same || fail(err, "%s: ethdev=\"%s\": holds other files than when the journal was recorded", wanted, path);
}

/* Verbs and what their arguments look like. */
static const struct { const char *verb; int numbers; bool hex, path; } verbs[] = {
    { "key", 2, false, false },      { "mouse", 4, false, false },     { "stick", 4, false, false },      { "type", 1, true, false },
    { "serial", 1, true, false },    { "line", 1, true, false },       { "poke", 1, true, false },
    { "reset", 0, false, false },    { "floppy", 2, false, true },     { "floppy-out", 1, false, false },
    { "cd", 2, false, true },        { "cd-out", 2, false, false },    { "end", 0, true, false },        { "reached", 0, false, false },
    { "frame", 1, true, false },     { "point", 4, false, false },     { "set", 2, false, true },        { "float", 1, true, false },
};

/* One argument's end; NULL when it is no number. */
static const char *skip_number(const char *at)
{
    char *end;
    if (*at++ != ' ') return NULL;
    (void)strtoll(at, &end, 10);
    return end == at ? NULL : end;
}

static bool well_formed(const char *text)
{
    for (unsigned i = 0; i < ARRAY_COUNT(verbs); i++) {
        size_t n = strlen(verbs[i].verb);
        if (strncmp(text, verbs[i].verb, n) || (text[n] && text[n] != ' ')) continue;
        const char *at = text + n;
        for (int k = 0; at && k < verbs[i].numbers; k++) at = skip_number(at);
        if (!at) return false;
        if (verbs[i].path) return at[0] == ' ' && at[1];
        if (!verbs[i].hex) return !*at;
        return *at == ' ' && at[1 + strspn(at + 1, "0123456789abcdef")] == 0 && strlen(at + 1) % 2 == 0;
    }
    return false;
}

bool journal_take_line(struct journal *j, const char *path, unsigned number, const char *line, struct error *err)
{
    char *end;
    u64 tick = strtoull(line, &end, 10), before = j->entries ? j->entry[j->entries - 1].tick : 0;

    if (end == line || *end != ' ' || !well_formed(end + 1)) return fail(err, "%s:%u: \"%.60s\" is no entry of a journal", path, number, line);
    if (tick < before) return fail(err, "%s:%u: tick %" PRIu64 " comes after tick %" PRIu64, path, number, tick, before);
    char *text = strdup(end + 1);
    if (!text || !journal_add(j, tick, text, 0)) return fail(err, "%s: the host has no memory for so many entries", path);
    return true;
}

bool journal_file_hash(const char *path, u64 *hash)
{
    enum { PIECE = 65536 };
    XXH3_state_t *state = allocated(XXH3_createState());
    u8 *bytes = allocated(malloc(PIECE));
    FILE *f = fopen(path, "re");
    bool ok = f != NULL;

    XXH3_64bits_reset(state);
    for (size_t got; ok && (got = fread(bytes, 1, PIECE, f));) XXH3_64bits_update(state, bytes, got);
    ok = ok && !ferror(f);
    *hash = XXH3_64bits_digest(state);
    if (f) fclose(f);
    free(bytes);
    XXH3_freeState(state);
    return ok;
}

struct start {
    struct machine *machine;
    const char *journal;
};

/* Where it was, or beside the journal. */
static bool restore_start(void *context, const char *rest, struct error *err)
{
    struct start *start = context;
    char path[CONFIG_PATH], beside[2 * CONFIG_PATH];
    uint64_t wanted;
    u64 hash;
    int at = 0;

    bool right = sscanf(rest, "%" SCNx64 " %n", &wanted, &at) == 1 && at && rest[at] && strlen(rest + at) < sizeof path;
    if (right) strcpy(path, rest + at);
    if (!right) return fail(err, "journal: snapshot %s: wants a hash and a path", rest);
    const char *slash = strrchr(start->journal, '/'), *name = strrchr(path, '/');
    snprintf(beside, sizeof beside, "%.*s%s", slash ? (int)(slash - start->journal) + 1 : 0, start->journal, name ? name + 1 : path);
    const char *found = journal_file_hash(path, &hash) && hash == wanted ? path : journal_file_hash(beside, &hash) && hash == wanted ? beside : NULL;
    if (found) return machine_restore(start->machine, found, err);
    err->about_image = true;
    return fail(err, "%s: the snapshot with which the journal begins is not there, or not what it was; nor is it beside the journal", path);
}

static bool become_clone(void *context, const char *rest, struct error *err)
{
    (void)err;
    machine_become_clone(context, (unsigned)strtoul(rest, NULL, 10));
    return true;
}

bool machine_replay(struct machine *m, const char *path, u64 *end_tick, struct error *err)
{
    struct journal *j = &m->journal;
    char line[LINE_MOST + CONFIG_PATH];
    unsigned number;
    FILE *f = fopen(path, "re");

    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    struct start start = { m, path };
    bool ok = each_header(path, f, &number, "snapshot", restore_start, &start, err);
    rewind(f);
    ok = ok && each_header(path, f, &number, "clone", become_clone, m, err);
    rewind(f);
    ok = ok && each_header(path, f, &number, "image", check_image, m, err);
    for (; ok && fgets(line, sizeof line, f); number++) {
        size_t n = strcspn(line, "\n");
        ok = line[n] == '\n' ? (line[n] = 0, journal_take_line(j, path, number, line, err)) : fail(err, "%s:%u: the line is cut off or too long", path, number);
    }
    fclose(f);
    if (!ok) return false;
    j->mode = JOURNAL_REPLAYS;
    j->path = strdup(path);
    *end_tick = j->entries ? j->entry[j->entries - 1].tick : 0;
    return true;
}
