/* orrery image: images made, looked at, copied and joined.                                doc: disk-images */
#include "config/front.h"
#include "config/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/image_info.h"
#include "devices/storage/cue_sheet.h"
#include "cpu/base/bits.h"
#include "devices/storage/image_tool.h"

enum { STATUS_USAGE = 2, STATUS_IMAGE = 4, WORDS_MOST = 4 };

/* What stands on the command line. */
struct request {
    const char *word[WORDS_MOST];
    unsigned words;
    const struct image_kind *kind;       /* --format */
    const char *base;
    bool force;
};

static int usage(void)
{
    fputs("orrery image create [--format=FORMAT] [--force] FILE SIZE    (SIZE in bytes, or with K, M, G, T: 512M, 10G)\n"
          "orrery image create --base=FILE [--force] OVERLAY [SIZE]     an overlay, as large as its base\n"
          "orrery image info FILE                                       what it is and what a guest would find\n"
          "orrery image check FILE                                      is its form sound, can all of it be read\n"
          "orrery image convert [--format=FORMAT] [--force] FROM TO\n"
          "orrery image commit [--force] FILE [REDOLOG]                 the redolog goes into the image (--force: also when that was written since)\n"
          "orrery image commit overlay:FILE                             the overlay goes into its base\n"
          "orrery image resize [--force] FILE SIZE                      --force: also smaller\n\n"
          "Files are known by their first bytes; FORMAT:FILE says what one is.  Nothing is replaced without --force, and a file\n"
          "is there whole or not at all.  Formats:\n", stderr);
    for (unsigned i = 0; image_kind_at(i); i++) {
        const struct image_kind *k = image_kind_at(i);
        fprintf(stderr, "  %-9s %s%s\n", k->name, k->meaning, k->create ? "" : " (not written by create and convert)");
    }
    return STATUS_USAGE;
}

static int failed(const struct error *err)
{
    fputs(err->text, stderr);
    return STATUS_IMAGE;
}

/* --- words --- */

static bool take_size(const char *text, u64 *sectors)
{
    static const struct { const char *suffix; unsigned shift; } units[] = {
        { "", 0 }, { "K", 10 }, { "M", 20 }, { "G", 30 }, { "T", 40 }, { "k", 10 }, { "m", 20 }, { "g", 30 }, { "t", 40 },
    };
    char *end;
    u64 value = strtoull(text, &end, 0);

    for (unsigned i = 0; i < ARRAY_COUNT(units); i++) {
        if (end == text || text[0] == '-' || strcmp(end, units[i].suffix)) continue;
        u64 bytes = value << units[i].shift;
        if (bytes >> units[i].shift != value || !bytes || bytes % SECTOR_BYTES) break;
        *sectors = bytes / SECTOR_BYTES;
        return true;
    }
    fprintf(stderr, "orrery: image: \"%s\" is no size of an image: whole sectors of 512 bytes; write 512M\n", text);
    return false;
}

static bool take_format(const char *name, struct request *r)
{
    r->kind = image_kind_named(name);
    if (r->kind) return true;
    fprintf(stderr, "orrery: image: --format=%s: there is no such format; there are", name);
    for (unsigned i = 0; image_kind_at(i); i++) fprintf(stderr, " %s", image_kind_at(i)->name);
    fputc('\n', stderr);
    return false;
}

static bool take_words(int argc, char **argv, struct request *r)
{
    for (int i = 3; i < argc; i++) {
        const char *word = argv[i];
        if (!strcmp(word, "--force")) r->force = true;
        else if (!strncmp(word, "--base=", 7)) r->base = word + 7;
        else if (!strncmp(word, "--format=", 9)) {
            if (!take_format(word + 9, r)) return false;
        } else if (word[0] == '-' || r->words == WORDS_MOST) {
            fprintf(stderr, "orrery: image: %s: is not understood; see: orrery image\n", word);
            return false;
        } else r->word[r->words++] = word;
    }
    return true;
}

/* --- progress: a line on a terminal, nothing in a file --- */

static void show_progress(void *context, u64 done, u64 sectors)
{
    unsigned *shown = context, percent = (unsigned)(done * 100 / sectors);

    if (percent == *shown) return;
    *shown = percent;
    fprintf(stderr, "\r%3u %%", percent);
    if (done == sectors) fputs("\r     \r", stderr);
    fflush(stderr);
}

static struct image_progress progress(unsigned *shown)
{
    *shown = 0;
    return (struct image_progress){ isatty(STDERR_FILENO) ? show_progress : NULL, shown };
}

/* --- commands --- */

static struct image_layer *open_to_read(const char *path, bool without_base, struct error *err)
{
    struct image_source source = { .path = path, .what = "image", .access = IMAGE_READ_ONLY, .without_base = without_base };
    return image_open_any(&source, err);
}

/* To look at, a CUE sheet is the disc that it describes. */
static struct image_layer *open_to_look(const char *path, bool without_base, struct error *err)
{
    struct image_source disc = { .path = path, .what = "image", .access = IMAGE_READ_ONLY, .unit_bytes = CD_SECTOR_BYTES };
    return cue_sheet_is_named(path) ? image_open_any(&disc, err) : open_to_read(path, without_base, err);
}

static int create(const struct request *r)
{
    struct error err = { 0 };
    struct image_wish wish = { .kind = r->kind ? r->kind : image_kind_of(r->base ? DISK_OVERLAY : DISK_FLAT), .path = r->word[0], .base = r->base, .force = r->force };

    if (r->base && wish.kind->mode != DISK_OVERLAY) return usage();
    if (r->words == 1 && !r->base) return usage();
    if (r->words == 2 && !take_size(r->word[1], &wish.sectors)) return STATUS_USAGE;
    return image_create(&wish, &err) ? 0 : failed(&err);
}

static int info(const struct request *r)
{
    struct error err = { 0 };
    struct image_layer *layer = open_to_look(r->word[0], true, &err);

    if (!layer) return failed(&err);
    image_info_print(r->word[0], layer);
    image_layer_close(layer);
    return 0;
}

static int check(const struct request *r)
{
    struct error err = { 0 };
    unsigned shown;
    struct image_progress p = progress(&shown);
    struct image_layer *layer = open_to_look(r->word[0], true, &err);

    if (!layer) return failed(&err);
    bool sound = image_info_check(r->word[0], layer, &p);
    image_layer_close(layer);
    return sound ? 0 : STATUS_IMAGE;
}

static int convert(const struct request *r)
{
    struct error err = { 0 };
    unsigned shown;
    struct image_progress p = progress(&shown);
    struct image_wish wish = { .kind = r->kind ? r->kind : image_kind_of(DISK_FLAT), .path = r->word[1], .force = r->force };
    struct image_layer *from = open_to_read(r->word[0], false, &err);
    bool ok = from && image_convert(from, &wish, &p, &err);

    image_layer_close(from);
    return ok ? 0 : failed(&err);
}

static int commit(const struct request *r)
{
    struct error err = { 0 };
    unsigned shown;
    struct image_progress p = progress(&shown);

    return image_commit(r->word[0], r->words > 1 ? r->word[1] : NULL, r->force, &p, &err) ? 0 : failed(&err);
}

static int resize(const struct request *r)
{
    struct error err = { 0 };
    unsigned shown;
    struct image_progress p = progress(&shown);
    u64 sectors;

    if (!take_size(r->word[1], &sectors)) return STATUS_USAGE;
    return image_resize(r->word[0], sectors, r->force, &p, &err) ? 0 : failed(&err);
}

static const struct command {
    const char *name;
    unsigned words_least, words_most;
    int (*run)(const struct request *r);
} commands[] = {
    { "create", 1, 2, create }, { "info", 1, 1, info }, { "check", 1, 1, check }, { "convert", 2, 2, convert }, { "commit", 1, 2, commit }, { "resize", 2, 2, resize },
};

int image_command(int argc, char **argv)
{
    struct request r = { .words = 0 };
    int status;

    if (!front_apart(argc - 1, argv + 1, &status)) return status;
    for (unsigned i = 0; argc > 2 && i < ARRAY_COUNT(commands); i++) {
        const struct command *c = &commands[i];
        if (strcmp(argv[2], c->name)) continue;
        if (!take_words(argc, argv, &r)) return STATUS_USAGE;
        return r.words < c->words_least || r.words > c->words_most ? usage() : c->run(&r);
    }
    return usage();
}
