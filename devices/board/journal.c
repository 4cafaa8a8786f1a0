/* The journal: a text file, a line an input.                                                doc: journal
 *   orrery journal 1
 *   config DIRECTIVE                      until `start`: what the machine was built from
 *   image NAME XXH3 PATH                  and what its disks, and folders that cards serve, held
 *   clone NUMBER                          which of several that began with the snapshot
 *   snapshot XXH3 PATH                    where it begins, when that is not power-on
 *   start
 *   TICK key USAGE DOWN | mouse DX DY DZ BUTTONS | stick N X Y BUTTONS | type 0 HEX | serial N HEX | line N HEX | frame N HEX | poke PA HEX | reset
 *        | set PROCESSOR VALUE REGISTER | float PROCESSOR HEX (as FXSAVE)
 *        | floppy DRIVE PROTECTED PATH | floppy-out DRIVE | cd CHANNEL UNIT PATH | cd-out CHANNEL UNIT
 *   TICK end HASH, or TICK reached of one that was cut
 * An entry with tick T acted between instruction T - 1 and T, after the events of T; `line` and `frame` within the event at T that looked for them. */
#include "devices/board/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "cpu/base/allocated.h"
#include "devices/board/board.h"
#include "devices/board/mirror.h"
#include "devices/network/folder.h"

#ifdef HARD
enum { BUFFER_BYTES = 16 };
#else
enum { BUFFER_BYTES = 65536 };
#endif
enum { BYTES_MOST = JOURNAL_BYTES_MOST };


static u64 now(const struct machine *m) { return m->clock.time.now; }

/* --- recording --- */

static u64 bytes_of(const struct journal_entry *e) { return sizeof *e + strlen(e->text) + 1; }

/* The text belongs to the journal from then on. */
bool journal_add(struct journal *j, u64 tick, char *text, u64 file_at)
{
    if (j->entries == j->room) {
        size_t room = j->room ? j->room * 2 : 64;
        struct journal_entry *more = realloc(j->entry, room * sizeof *more);
        if (!more) return false;
        j->entry = more;
        j->room = room;
    }
    j->entry[j->entries] = (struct journal_entry){ tick, text, file_at };
    j->bytes += bytes_of(&j->entry[j->entries++]);
    return true;
}

/* An input that is to act now: to the file, to memory, or to nobody.  Whoever has no memory for it has no past any more. */
static void note(struct machine *m, char *text)
{
    struct journal *j = &m->journal;
    u64 file_at = j->file ? (u64)ftello(j->file) : 0;

    if (j->mode == JOURNAL_RECORDS) fprintf(j->file, "%" PRIu64 " %s\n", now(m), text);
    if (mirror_listens(m)) mirror_note(m, text);
    if (j->keeps && journal_add(j, now(m), text, file_at)) {
        j->at = j->dropped + j->entries;
        return;
    }
    free(text);
}

static bool somebody_notes(const struct machine *m) { return m->journal.mode == JOURNAL_RECORDS || m->journal.keeps || mirror_listens(m); }

bool journal_admits(struct machine *m, const char *format, ...)
{
    struct journal *j = &m->journal;
    va_list args;
    char *text = NULL;

    if (j->mode == JOURNAL_REPLAYS || !somebody_notes(m)) return j->mode != JOURNAL_REPLAYS;
    va_start(args, format);
    if (vasprintf(&text, format, args) >= 0) note(m, text);
    va_end(args);
    return true;
}

/* Long input becomes several entries of one tick. */
bool journal_admits_bytes(struct machine *m, const char *verb, u64 where, const u8 *bytes, size_t size)
{
    struct journal *j = &m->journal;

    if (j->mode == JOURNAL_REPLAYS || !somebody_notes(m)) return j->mode != JOURNAL_REPLAYS;
    for (size_t done = 0; done < size; done += BYTES_MOST) {
        size_t piece = size - done < BYTES_MOST ? size - done : BYTES_MOST;
        char *text = malloc(2 * piece + 64);
        if (!text) return true;
        int n = sprintf(text, "%s %" PRIu64 " ", verb, strcmp(verb, "poke") ? where : where + done);
        for (size_t i = 0; i < piece; i++) n += sprintf(text + n, "%02x", bytes[done + i]);
        note(m, text);
    }
    return true;
}

/* --- time travel --- */

void journal_keep(struct machine *m, bool keep)
{
    struct journal *j = &m->journal;

    if (j->mode == JOURNAL_REPLAYS) return;              /* all entries are there */
    j->keeps = keep;
    if (!keep) journal_drop_before(m, j->at);
}

void journal_drop_before(struct machine *m, size_t at)
{
    struct journal *j = &m->journal;
    size_t go = at > j->dropped ? at - j->dropped : 0;

    if ((j->mode == JOURNAL_REPLAYS && !j->follows) || !go || go > j->entries) return;
    for (size_t i = 0; i < go; i++) {
        j->bytes -= bytes_of(&j->entry[i]);
        free(j->entry[i].text);
    }
    memmove(j->entry, j->entry + go, (j->entries - go) * sizeof *j->entry);
    j->entries -= go;
    j->dropped += go;
}

bool journal_cut(struct machine *m)
{
    struct journal *j = &m->journal;
    size_t left = j->at - j->dropped;

    if (j->file && left < j->entries) {
        u64 end = j->entry[left].file_at;
        if (fflush(j->file) || ftruncate(fileno(j->file), (off_t)end) || fseeko(j->file, (off_t)end, SEEK_SET)) return false;
    }
    while (j->entries > left) {
        struct journal_entry *e = &j->entry[--j->entries];
        j->bytes -= bytes_of(e);
        free(e->text);
    }
    return true;
}

void journal_forget_applied(struct machine *m) { journal_drop_before(m, m->journal.at); }

u64 journal_last_tick(const struct machine *m) { return m->journal.entries ? m->journal.entry[m->journal.entries - 1].tick : 0; }

/* Of a kernel without a disk, what is loaded of it and its RAM disk or modules, and where to. */
u64 journal_kernel_hash(const struct kernel_image *k)
{
    return XXH3_64bits_withSeed(k->bytes, k->size_bytes, XXH3_64bits(k->plan, k->plan_bytes));
}

/* A replay finds images as they were at the start: what is written meanwhile must not reach them. */
static bool all_volatile(struct machine *m, struct error *err)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image && !disk_image_is_volatile(image) && !disk_image_read_only(image))
            return fail(err, "%s: path=\"%s\": is written through, and a replay would not find it as it was; begin with --record, or mode=volatile", name, disk_image_path(image));
    return true;
}

/* Lines of the head: what images and folders hold, and where the journal begins.  NULL: err says why not. */
static char *head_lines(struct machine *m, const char *snapshot, struct error *err)
{
    const char *name;
    struct disk_image *image;
    char *text = NULL;
    size_t size;
    u64 hash = 0;

    if (snapshot && !journal_file_hash(snapshot, &hash)) return fail(err, "%s: cannot be read", snapshot), NULL;
    FILE *f = open_memstream(&text, &size);
    if (!f) return fail(err, "journal: the host has no memory for it"), NULL;
    for (unsigned i = 0; board_image_at(m, i, &name, &image); i++)
        if (image) fprintf(f, "image %s %016" PRIx64 " %s\n", name, disk_image_hash(image, true, UINT64_MAX), disk_image_path(image));
    if (m->kernel.plan) fprintf(f, "image kernel %016" PRIx64 " %s\n", journal_kernel_hash(&m->kernel), m->config.kernel.path);
    for (unsigned i = 0; i < NETWORK_CARDS; i++) {
        const char *folder_path;
        struct folder *folder = networks_folder(m, i, &name, &folder_path);
        if (folder) fprintf(f, "image %s %016" PRIx64 " %s\n", name, folder_hash(folder), folder_path);
    }
    if (snapshot) fprintf(f, "snapshot %016" PRIx64 " %s\n", hash, snapshot);
    fclose(f);
    return text;
}

bool journal_prepare(struct machine *m, const char *snapshot, struct error *err)
{
    free(m->journal.prepared);
    m->journal.prepared = head_lines(m, snapshot, err);
    return m->journal.prepared;
}

void journal_leave(struct machine *m) { m->journal = (struct journal){ .prepared = m->journal.prepared }; }

bool machine_record(struct machine *m, const char *path, const char *config, const char *snapshot, struct error *err)
{
    struct journal *j = &m->journal;

    if (j->mode != JOURNAL_OFF || m->past) return fail(err, "%s: the machine is recorded already, replays, or is in the past", path);
    if (now(m) && !snapshot) return fail(err, "%s: recording begins with a machine that has not run, or with a snapshot", path);
    if (!all_volatile(m, err)) return false;
    j->file = fopen(path, "wxe");
    if (!j->file && errno == EEXIST) return fail(err, "%s: exists already and is left as it is; choose another name", path);
    if (!j->file) return fail(err, "%s: cannot be created: %s", path, strerror(errno));
    setvbuf(j->file, NULL, _IOFBF, BUFFER_BYTES);
    j->path = allocated(strdup(path));
    j->mode = JOURNAL_RECORDS;
    fputs(JOURNAL_FIRST_LINE "\n", j->file);
    while (*config) {
        size_t n = strcspn(config, "\n");
        fprintf(j->file, "config %.*s\n", (int)n, config);
        config += n + (config[n] == '\n');
    }
    if (!j->prepared && !journal_prepare(m, snapshot, err)) return false;
    if (m->clone) fprintf(j->file, "clone %u\n", m->clone);
    fputs(j->prepared, j->file);
    free(j->prepared);
    j->prepared = NULL;
    fputs("start\n", j->file);
    return fflush(j->file) == 0 || fail(err, "%s: cannot be written: %s", path, strerror(errno));
}

void journal_close(struct machine *m)
{
    struct journal *j = &m->journal;

    if (j->mode == JOURNAL_RECORDS && j->file) {
        fprintf(j->file, "%" PRIu64 " end %016" PRIx64 "\n", now(m), machine_hash(m));
        bool lost = ferror(j->file);
        if (fclose(j->file) || lost) fprintf(stderr, "orrery: %s: the journal is not whole: %s\n", j->path, strerror(errno));
    }
    for (size_t i = 0; i < j->entries; i++) free(j->entry[i].text);
    free(j->entry);
    free(j->path);
    free(j->prepared);
    *j = (struct journal){ 0 };
}

/* --- replaying --- */

static const struct journal_entry *next(const struct machine *m)
{
    const struct journal *j = &m->journal;
    size_t at = j->at - j->dropped;
    return j->mode == JOURNAL_REPLAYS && at < j->entries ? &j->entry[at] : NULL;
}

u64 journal_next_tick(const struct machine *m)
{
    const struct journal_entry *e = next(m);
    return e ? e->tick : NEVER;
}

static unsigned hex_bytes(const char *text, u8 *bytes, unsigned room)
{
    unsigned n = 0;
    for (unsigned byte; n < room && sscanf(text + 2 * n, "%2x", &byte) == 1; n++) bytes[n] = (u8)byte;
    return n;
}

static bool is(const char *text, const char *verb, const char **arguments)
{
    size_t n = strlen(verb);
    *arguments = text + n;
    return strncmp(text, verb, n) == 0 && (!text[n] || text[n] == ' ');
}

static void apply_bytes(struct machine *m, const char *verb, const char *arguments)
{
    u8 bytes[BYTES_MOST + 1];
    char *hex;
    u64 where = strtoull(arguments, &hex, 10);
    unsigned size = hex_bytes(hex + 1, bytes, BYTES_MOST);

    bytes[size] = 0;
    if (!strcmp(verb, "type")) typing_add(m, (const char *)bytes);
    else if (!strcmp(verb, "poke")) input_poke(m, where, bytes, size);
    else if (!strcmp(verb, "float")) {
        if (where < m->processors && size == CPU_FLOAT_BYTES) cpu_load_float(m->processor[where].cpu, bytes);
    }
    else if (where < MACHINE_COMS) com_input_take(m, (unsigned)where, bytes, size);
}

static void apply_medium(struct machine *m, bool floppy, const char *arguments)
{
    struct error err = { 0 };
    unsigned a = 0, b = 0;
    int at = 0;

    (void)sscanf(arguments, "%u %u %n", &a, &b, &at);            /* both are there: well_formed */
    bool ok = floppy ? disks_floppy_insert(m, a, arguments + at, b, &err) : disks_cd_insert(m, a, b, arguments + at, &err);
    if (!ok) board_stop(m, MACHINE_PANIC, 0, "replay: %.400s", err.text);
}

static void apply_register(struct machine *m, const char *arguments)
{
    struct error err = { 0 };
    unsigned processor = 0;
    long long value = 0;
    char name[32] = "";

    if (sscanf(arguments, "%u %lld %31s", &processor, &value, name) != 3 || processor >= m->processors) return;
    if (!cpu_set_register(m->processor[processor].cpu, name, (u64)value, &err)) board_stop(m, MACHINE_PANIC, 0, "replay: %.400s", err.text);
}

static void apply(struct machine *m, const char *text)
{
    const char *a;
    int x = 0, y = 0, z = 0;
    unsigned b = 0;

    if (is(text, "key", &a)) sscanf(a, "%d %u", &x, &b), input_key(m, (u8)x, b);
    else if (is(text, "mouse", &a)) sscanf(a, "%d %d %d %u", &x, &y, &z, &b), input_mouse(m, x, y, z, b);
    else if (is(text, "stick", &a)) sscanf(a, "%d %d %d %u", &x, &y, &z, &b), input_joystick(m, (unsigned)x, (unsigned)y, (unsigned)z, b);
    else if (is(text, "point", &a)) sscanf(a, "%d %d %d %u", &x, &y, &z, &b), input_point(m, (unsigned)x, (unsigned)y, z, b);
    else if (is(text, "type", &a)) apply_bytes(m, "type", a);
    else if (is(text, "serial", &a)) apply_bytes(m, "serial", a);
    else if (is(text, "poke", &a)) apply_bytes(m, "poke", a);
    else if (is(text, "set", &a)) apply_register(m, a);
    else if (is(text, "float", &a)) apply_bytes(m, "float", a);
    else if (is(text, "reset", &a)) input_reset(m);
    else if (is(text, "floppy", &a)) apply_medium(m, true, a);
    else if (is(text, "cd", &a)) apply_medium(m, false, a);
    else if (is(text, "floppy-out", &a)) sscanf(a, "%u", &b), b < CONFIG_FLOPPIES ? disks_floppy_eject(m, b) : (void)0;
    else if (is(text, "cd-out", &a)) sscanf(a, "%d %u", &x, &b), disks_cd_eject(m, (unsigned)x, b);
}

void journal_apply_due(struct machine *m)
{
    const struct journal_entry *e;

    while ((e = next(m)) && e->tick <= now(m)) {
        m->journal.at++;
        apply(m, e->text);
    }
}

unsigned journal_bytes_now(struct machine *m, const char *verb, unsigned n, u8 *bytes, unsigned room)
{
    const struct journal_entry *e = next(m);
    const char *arguments;
    char *hex;

    if (!e || e->tick != now(m) || !is(e->text, verb, &arguments) || strtoull(arguments, &hex, 10) != n) return 0;
    m->journal.at++;
    return hex_bytes(hex + 1, bytes, room);
}

bool machine_replay_agrees(struct machine *m, u64 *recorded, u64 *got)
{
    const struct journal *j = &m->journal;
    const char *hash;

    if (j->mode != JOURNAL_REPLAYS || !j->entries || !is(j->entry[j->entries - 1].text, "end", &hash)) return false;
    *recorded = strtoull(hash, NULL, 16);
    *got = machine_hash(m);
    return *recorded == *got;
}
