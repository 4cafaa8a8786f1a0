#include "devices/storage/disk_image.h"

/* The door: a stack of layers with a name, a memory for volatile writes, and somebody who hears of failures.   doc: disk-images */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "cpu/base/allocated.h"
#include "cpu/base/bits.h"
#include "devices/storage/cd_sector.h"
#include "devices/storage/held_layer.h"
#include "devices/storage/memory_layer.h"
#include "devices/storage/past_layer.h"
#include "devices/storage/redolog.h"
#include "devices/storage/vvfat.h"

#define VOLATILE_LIMIT (1ull << 30)

struct disk_image {
    struct image_layer *top;
    bool is_volatile;                    /* what is written is gone at the end: top is in memory, or in a file without a name */
    bool in_memory;
    bool has_past;                       /* top is a past_layer */
    struct image_layer *held;            /* a held_layer, top or below the past_layer; NULL: nothing is held */
    bool unsafe;                         /* written since the last flush */
    enum disk_mode mode;
    struct image_source source;          /* as it was opened; its words are these: */
    char *path, *what, *journal;
    char *writeback;                     /* folder for what a guest changed of a vvfat disk; NULL: none */
    char notice[IMAGE_NOTICE];
    struct cd_disc blocks;               /* the disc that it is without tracks of its own, when somebody has asked */
    bool (*failed)(void *board, const char *sentence);
    bool try_again;
    void (*kept_back)(void *board);
    void (*grown)(void *board, const char *sentence);
    void *board;
    u64 growth_limit;                    /* bytes; 0: none */
    u64 stored_at_first, written;        /* bytes: what it took then, and what was written since that was looked at */
    struct error trouble;                /* of the operation that runs */
};

/* --- what goes wrong --- */

static struct error *no_trouble(struct disk_image *image)
{
    image->try_again = false;
    image->trouble.count = 0;
    image->trouble.text[0] = 0;
    return &image->trouble;
}

static bool host_failed(struct disk_image *image)
{
    char *text = image->trouble.text;

    text[strcspn(text, "\n")] = 0;
    image->try_again = image->failed && image->failed(image->board, text);
    return false;
}

/* --- opening --- */

static void add_notice(struct disk_image *image, const char *sentence)
{
    size_t used = strlen(image->notice);
    snprintf(image->notice + used, sizeof image->notice - used, "%s%s: path=\"%s\": %s", used ? "\n" : "", image->what, image->path, sentence);
}

/* ISO 9660: the primary volume descriptor says how long the volume is. */
static void notice_short_volume(struct disk_image *image)
{
    u8 pvd[CD_SECTOR_BYTES];
    char sentence[160];
    u64 blocks = image->top->sectors / 4;

    if (blocks <= 16 || !disk_image_read(image, 16 * 4, 4, pvd)) return;
    if (pvd[0] != 1 || memcmp(pvd + 1, "CD001", 5) || get32(pvd + 80) <= blocks) return;
    snprintf(sentence, sizeof sentence, "holds %llu of the %u blocks its volume descriptor names: the file is truncated", (unsigned long long)blocks, get32(pvd + 80));
    add_notice(image, sentence);
}

static void notice_read_only(struct disk_image *image)
{
    char sentence[256];
    const struct image_file *file = image->top->file;

    if (!file || !file->why_read_only) return;
    snprintf(sentence, sizeof sentence, "cannot be written (%s); the guest finds a read-only disk: use mode=volatile, or chmod u+w", strerror(file->why_read_only));
    add_notice(image, sentence);
}

static bool add_memory(struct disk_image *image, struct error *err)
{
    char name[IMAGE_NOTICE];

    snprintf(name, sizeof name, "%s: path=\"%s\"", image->what, image->path);
    struct image_layer *memory = memory_layer_create(image->top, name, VOLATILE_LIMIT);
    if (!memory) return fail(err, "%s: out of memory", name);
    image->top = memory;
    return image->is_volatile = image->in_memory = true;
}

/* Bochs's journal= of mode=volatile: the host's disk has more room than its memory. */
static bool add_file(struct disk_image *image, const struct image_source *source, struct error *err)
{
    struct image_layer *top = redolog_volatile_open(image->top, source, err);

    if (!top) return false;
    image->top = top;
    return image->is_volatile = true;
}

/* Forms whose writes never reach an image. */
static bool always_volatile(enum disk_mode mode)
{
    return mode == DISK_VOLATILE || mode == DISK_VVFAT;
}

static bool open_layers(struct disk_image *image, enum disk_mode mode, const struct image_source *source, struct error *err)
{
    struct image_source below = *source;

    image->path = strdup(source->path);
    image->what = strdup(source->what);
    if (!image->path || !image->what) return fail(err, "%s: out of memory", source->what);
    image->mode = mode;
    image->source = below;
    image->source.path = image->path;
    image->source.what = image->what;
    image->source.journal = source->journal ? (image->journal = strdup(source->journal)) : NULL;
    image->source.writeback = NULL;
    bool in_memory = source->access == IMAGE_VOLATILE || (always_volatile(mode) && source->access == IMAGE_WRITABLE);
    if (in_memory) below.access = IMAGE_READ_ONLY;
    image->top = image_open(mode, &below, err);
    if (!image->top) return false;
    notice_read_only(image);
    for (const struct image_layer *layer = image->top; layer; layer = layer->below)
        if (layer->notice) add_notice(image, layer->notice);
    if (source->unit_bytes == CD_SECTOR_BYTES && !image->top->disc) notice_short_volume(image);
    bool in_file = in_memory && mode == DISK_VOLATILE && source->journal && source->journal[0];
    if (in_memory && !(in_file ? add_file(image, source, err) : add_memory(image, err))) return false;
    bool kept = mode == DISK_VVFAT && source->access == IMAGE_WRITABLE && source->writeback && source->writeback[0];
    if (kept) image->writeback = strdup(source->writeback);
    return !kept || image->writeback || fail(err, "%s: out of memory", source->what);
}

struct disk_image *disk_image_open_as(enum disk_mode mode, const struct image_source *source, struct error *err)
{
    struct disk_image *image = calloc(1, sizeof *image);

    if (image && open_layers(image, mode, source, err)) return image;
    if (!image) fail(err, "%s: out of memory", source->what);
    disk_image_close(image);
    return NULL;
}

struct disk_image *disk_image_open(const char *path, const char *what, enum disk_image_mode mode, unsigned unit_bytes,
                                   struct error *err)
{
    struct image_source source = { .path = path, .what = what, .access = mode, .unit_bytes = unit_bytes };
    return disk_image_open_as(DISK_FLAT, &source, err);
}

struct disk_image *disk_image_open_memory(const u8 *bytes, u64 size)
{
    struct error err = { 0 };
    struct disk_image *image = calloc(1, sizeof *image);

    if (image && (image->top = memory_disk_open(bytes, size)) && (image->path = strdup("builtin")) && (image->what = strdup("built-in disk")) &&
        add_memory(image, &err)) return image;
    disk_image_close(image);
    return NULL;
}

struct disk_image *disk_image_around(struct image_layer *top, const char *path, const char *what)
{
    struct disk_image *image = calloc(1, sizeof *image);

    if (image && (image->path = strdup(path)) && (image->what = strdup(what))) {
        image->top = top;
        return image;
    }
    disk_image_close(image);
    return NULL;
}

void disk_image_release(struct disk_image *image)
{
    if (image) image->top = NULL;
    disk_image_close(image);
}

static void say(void *context, const char *sentence)
{
    struct disk_image *image = context;
    char line[1024];

    snprintf(line, sizeof line, "%s: %s", image->what, sentence);
    if (image->failed) image->failed(image->board, line);
}

static void write_back(struct disk_image *image)
{
    struct error *err = no_trouble(image);

    if (!vvfat_write_back(image->top, image->top->below, image->writeback, say, image, err)) host_failed(image);
}

void disk_image_close(struct disk_image *image)
{
    if (!image) return;
    if (image->unsafe) disk_image_flush(image);
    if (image->writeback && image->in_memory && memory_layer_bytes(image->top)) write_back(image);
    image_layer_close(image->top);
    free(image->writeback);
    free(image->journal);
    free(image->path);
    free(image->what);
    free(image);
}

bool disk_image_try_again(const struct disk_image *image) { return image->try_again; }

void disk_image_on_failure(struct disk_image *image, bool (*failed)(void *board, const char *sentence), void *board)
{
    image->failed = failed;
    image->board = board;
}

static u64 stored_bytes(const struct disk_image *image)
{
    struct image_layer *layer = image->has_past ? image->top->below : image->top;
    return image->in_memory ? memory_layer_bytes(image->top) : image_layer_stored_bytes(layer);
}

void disk_image_limit_growth(struct disk_image *image, u64 bytes, void (*grown)(void *board, const char *sentence))
{
    image->growth_limit = bytes;
    image->grown = grown;
    image->stored_at_first = stored_bytes(image);
    image->written = 0;
}

/* The host's file is looked at now and then: as often as what was written may have reached the limit. */
static bool may_grow(struct disk_image *image, u64 bytes)
{
    char sentence[512];

    if (!image->growth_limit || (image->written += bytes) <= image->growth_limit / 16) return true;
    u64 stored = stored_bytes(image), grown = stored > image->stored_at_first ? stored - image->stored_at_first : 0;
    if (grown + bytes <= image->growth_limit) {
        image->written = 0;
        return true;
    }
    snprintf(sentence, sizeof sentence, "%s: path=\"%s\": has grown by %llu bytes, and may grow no more", image->what, image->path, (unsigned long long)grown);
    image->grown(image->board, sentence);
    return false;
}

void disk_image_on_kept_back(struct disk_image *image, void (*kept_back)(void *board), void *board)
{
    image->kept_back = kept_back;
    image->board = board;
}

void disk_image_lengthen(struct disk_image *image, u64 sectors)
{
    struct image_layer *flat = image->is_volatile ? image->top->below : image->top;
    char sentence[160];
    u64 there = flat->sectors;

    if (!flat_lengthen(flat, sectors)) return;
    image->top->sectors = sectors;
    snprintf(sentence, sizeof sentence, "%llu sectors of %llu are there; the rest reads as zeros until it is written", (unsigned long long)there, (unsigned long long)sectors);
    add_notice(image, sentence);
}

u64 disk_image_sectors(const struct disk_image *image) { return image->top->sectors; }
bool disk_image_read_only(const struct disk_image *image) { return image->top->read_only; }
bool disk_image_is_volatile(const struct disk_image *image) { return image->is_volatile; }
const char *disk_image_path(const struct disk_image *image) { return image->path; }
const char *disk_image_notice(const struct disk_image *image) { return image->notice; }

/* --- sectors --- */

static bool in_range(const struct disk_image *image, u64 lba, u32 count)
{
    return lba <= image->top->sectors && count <= image->top->sectors - lba;
}

bool disk_image_read(struct disk_image *image, u64 lba, u32 count, void *bytes)
{
    struct error *err = no_trouble(image);

    if (!in_range(image, lba, count)) return false;
    return image_layer_read(image->top, lba, count, bytes, err) || host_failed(image);
}

bool disk_image_write(struct disk_image *image, u64 lba, u32 count, const void *bytes)
{
    struct error *err = no_trouble(image);

    if (!in_range(image, lba, count) || image->top->read_only || !may_grow(image, (u64)count * SECTOR_BYTES)) return false;
    if (!image->unsafe && image->kept_back && image->top->format->keeps_back) image->kept_back(image->board);
    image->unsafe = !image->is_volatile;
    return image_layer_write(image->top, lba, count, bytes, err) || host_failed(image);
}

/* --- a CD's --- */

static const struct cd_disc *own_disc(const struct disk_image *image)
{
    for (const struct image_layer *layer = image->top; layer; layer = layer->below)
        if (layer->disc) return layer->disc;
    return NULL;
}

const struct cd_disc *disk_image_disc(struct disk_image *image)
{
    const struct cd_disc *disc = own_disc(image);
    u64 blocks = image->top->sectors / (CD_SECTOR_BYTES / SECTOR_BYTES);

    if (disc) return disc;
    if (!image->blocks.tracks) cd_disc_of_blocks(&image->blocks, blocks < UINT32_MAX ? (u32)blocks : UINT32_MAX);
    return &image->blocks;
}

bool disk_image_read_frame(struct disk_image *image, u32 lba, u8 *frame)
{
    enum { BLOCK = CD_SECTOR_BYTES / SECTOR_BYTES };

    if (own_disc(image)) return disk_image_read(image, (u64)lba * CD_FRAME_SECTORS, CD_FRAME_SECTORS, frame);
    memset(frame + CD_RAW_BYTES, 0, CD_FRAME_BYTES - CD_RAW_BYTES);
    cd_sector_head(frame, lba, CD_MODE_1);
    frame[CD_FRAME_UNCODED] = 1;
    return disk_image_read(image, (u64)lba * BLOCK, BLOCK, frame + CD_SYNC_BYTES + CD_HEADER_BYTES);
}

u64 disk_image_hash(struct disk_image *image, bool with_volatile, u64 most_bytes)
{
    enum { PIECE = 2048 };                               /* sectors: 1 MiB */
    struct image_layer *layer = image->is_volatile && !with_volatile ? image->top->below : image->top;
    u64 bytes = layer->sectors * SECTOR_BYTES, step = bytes > most_bytes ? (bytes - 1) / most_bytes + 1 : 1;
    XXH3_state_t *state = allocated(XXH3_createState());
    u8 *piece = allocated(malloc(PIECE * SECTOR_BYTES));
    struct error err = { 0 };

    XXH3_64bits_reset(state);
    for (u64 lba = 0; lba < layer->sectors; lba += step * PIECE) {
        u32 count = (u32)(layer->sectors - lba < PIECE ? layer->sectors - lba : PIECE);
        if (image_layer_read(layer, lba, count, piece, &err)) XXH3_64bits_update(state, piece, (size_t)count * SECTOR_BYTES);
    }
    u64 hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    free(piece);
    return hash;
}

bool disk_image_flush(struct disk_image *image)
{
    if (image->is_volatile) return true;
    if (!image_layer_flush(image->top, no_trouble(image))) return host_failed(image);
    image->unsafe = false;
    return true;
}

/* --- state --- */

struct byte_walk {
    void (*sink)(void *context, const void *bytes, size_t size);
    void *context;
};

static void each_sector(void *context, u64 lba, const u8 *bytes)
{
    const struct byte_walk *walk = context;
    u8 number[8];

    put64(number, lba);
    walk->sink(walk->context, number, sizeof number);
    walk->sink(walk->context, bytes, SECTOR_BYTES);
}

/* The same of a layer in a file. */
static void each_held(struct image_layer *layer, struct byte_walk *walk)
{
    struct error err = { 0 };
    u8 bytes[SECTOR_BYTES];

    for (u64 lba = 0; lba < layer->sectors;) {
        bool held = false;
        u32 most = layer->sectors - lba < UINT32_MAX ? (u32)(layer->sectors - lba) : UINT32_MAX;
        u32 run = layer->format->held(layer, lba, most, &held, &err);
        for (u32 i = 0; held && i < run; i++)
            if (layer->format->read(layer, lba + i, 1, bytes, &err)) each_sector(walk, lba + i, bytes);
        if (!run) return;
        lba += run;
    }
}

void disk_image_each_byte(const struct disk_image *image,
                          void (*sink)(void *context, const void *bytes, size_t size), void *context)
{
    struct byte_walk walk = { sink, context };
    if (image->in_memory) memory_layer_each(image->top, each_sector, &walk);
    else if (image->is_volatile) each_held(image->top, &walk);
}

u64 disk_image_volatile_bytes(const struct disk_image *image)
{
    return image->in_memory ? memory_layer_bytes(image->top) : 0;
}

void disk_image_limit_volatile(struct disk_image *image, u64 bytes)
{
    if (image->in_memory) memory_layer_limit(image->top, bytes);
}

u64 disk_image_volatile_most(const struct disk_image *image) { return image->in_memory ? memory_layer_most(image->top) : 0; }

/* --- clones --- */

bool disk_image_divides(const struct disk_image *image, bool in_past)
{
    if (image->is_volatile && !image->in_memory) return false;
    return !in_past || image->is_volatile || image->top->read_only;
}

bool disk_image_part(struct disk_image *image, struct error *err)
{
    image->unsafe = false;
    image->writeback = NULL;                             /* the folder is the original's */
    image->has_past = false;                             /* the layer that keeps it stays where it is, and sees reads alone */
    return image->in_memory || image->top->read_only || add_memory(image, err);
}

/* --- moments --- */

bool disk_image_keep_past(struct disk_image *image, struct page_store *store)
{
    if (image->in_memory || image->has_past || image->top->read_only) return true;
    if (image->is_volatile) return false;
    struct image_layer *past = past_layer_create(image->top, store);
    if (!past) return false;
    image->top = past;
    return image->has_past = true;
}

void disk_image_forget_past(struct disk_image *image)
{
    if (!image->has_past) return;
    image->top = past_layer_remove(image->top);
    image->has_past = false;
}

/* One that cannot be written to is the same at all moments. */
static struct page_tree nothing(void)
{
    return (struct page_tree){ .levels = 1 };
}

struct page_tree disk_image_moment(struct disk_image *image)
{
    if (image->in_memory) return page_tree_share(memory_layer_contents(image->top));
    return image->has_past ? page_tree_share(past_layer_moment(image->top)) : nothing();
}

void disk_image_past_begins_at(struct disk_image *image, struct page_tree *const *moment, unsigned count)
{
    if (image->has_past) past_layer_begins_at(image->top, moment, count);
}

u64 disk_image_past_bytes(const struct disk_image *image) { return image->in_memory ? memory_layer_store_bytes(image->top) : 0; }

void disk_image_show(struct disk_image *image, const struct page_tree *moment)
{
    if (image->in_memory) memory_layer_replace(image->top, moment);
    else if (image->has_past) past_layer_show(image->top, moment);
}

void disk_image_return(struct disk_image *image)
{
    if (image->has_past) past_layer_return(image->top);
}

bool disk_image_take_over(struct disk_image *image, struct error *err)
{
    return !image->has_past || past_layer_take_over(image->top, err);
}

/* --- to another process --- */

static struct image_layer *real_top(const struct disk_image *image)
{
    struct image_layer *top = image->has_past ? image->top->below : image->top;
    return top == image->held ? top->below : top;
}

bool disk_image_may_move(const struct disk_image *image, struct error *err)
{
    const struct image_layer *top = real_top(image);

    if (image->is_volatile && !image->in_memory)
        return fail(err, "%s: path=\"%s\": volatile writes in a file cannot be taken along; leave journal= away", image->what, image->path);
    if (image->in_memory || top->read_only || top->file) return true;
    return fail(err, "%s: path=\"%s\": an image of the form \"%s\" that is written cannot be handed to another process; overlay, growing, sparse, undoable and flat ones can",
                image->what, image->path, top->format->name);
}

struct file_walk {
    void (*one)(void *context, const struct image_file *file);
    void *context;
};

static void of_the_host(void *context, struct image_file *file)
{
    const struct file_walk *walk = context;
    if (file->fd >= 0) walk->one(walk->context, file);
}

void disk_image_each_file(const struct disk_image *image, void (*one)(void *context, const struct image_file *file), void *context)
{
    struct file_walk walk = { one, context };
    image_layer_each_file(image->top, of_the_host, &walk);
}

bool disk_image_has_file(const struct disk_image *image)
{
    for (const struct image_layer *layer = image->top; layer; layer = layer->below)
        if (layer->file) return true;
    return false;
}

bool disk_image_may_be_read_meanwhile(const struct disk_image *image)
{
    return image->is_volatile || image->top->read_only || !real_top(image)->format->keeps_back;
}

void disk_image_depart(struct disk_image *image)
{
    image->unsafe = false;
    free(image->writeback);
    image->writeback = NULL;
}

bool disk_image_reopen(struct disk_image *image, struct error *err)
{
    u64 sectors = image->top->sectors;

    if (image->is_volatile || image->top->read_only) return true;
    struct image_layer *top = image_open(image->mode, &image->source, err);
    if (!top) return false;
    if (top->sectors < sectors) flat_lengthen(top, sectors);
    if (top->sectors != sectors) {
        image_layer_close(top);
        return fail(err, "%s: path=\"%s\": has another size than a moment ago", image->what, image->path);
    }
    image_layer_close(image->top);
    image->top = top;
    return true;
}

/* --- mirrored --- */

static struct image_layer **place_below_past(struct disk_image *image) { return image->has_past ? &image->top->below : &image->top; }

bool disk_image_hold(struct disk_image *image, const struct held_wires *wires)
{
    struct image_layer **place = place_below_past(image);

    if (image->held || image->is_volatile || (*place)->read_only) return true;
    struct image_layer *held = held_layer_create(*place, image->what, wires);
    if (!held) return false;
    *place = image->held = held;
    return true;
}

bool disk_image_write_held(struct disk_image *image, u64 tick, struct error *err) { return !image->held || held_layer_write(image->held, tick, err); }

bool disk_image_drop_held(struct disk_image *image, u64 tick, struct error *err) { return !image->held || held_layer_drop(image->held, tick, err); }

void disk_image_hold_no_more(struct disk_image *image)
{
    if (!image->held) return;
    *place_below_past(image) = held_layer_remove(image->held);
    image->held = NULL;
}

/* --- out of its drive, and shown in the past --- */

bool disk_image_may_rest(const struct disk_image *image) { return image->mode != DISK_VVFAT && (!image->is_volatile || image->in_memory) && !image->held; }

static void rest(void *context, struct image_file *file)
{
    (void)context;
    image_file_rest(file);
}

static void look_whether_changed(void *context, struct image_file *file)
{
    bool *same = context;
    *same = *same && image_file_is_as_it_rested(file);
}

static void wake(void *context, struct image_file *file)
{
    bool *awake = context;
    *awake = *awake && image_file_wake(file);
}

bool disk_image_rest(struct disk_image *image)
{
    image_layer_each_file(image->top, rest, NULL);
    return true;
}

bool disk_image_is_as_it_rested(const struct disk_image *image)
{
    bool same = true;

    image_layer_each_file(image->top, look_whether_changed, &same);
    return same;
}

bool disk_image_wake(struct disk_image *image)
{
    bool awake = true;

    image_layer_each_file(image->top, wake, &awake);
    return awake;
}

struct page_tree disk_image_nothing_written(struct disk_image *image)
{
    struct page_tree now = disk_image_moment(image), none = { .store = now.store, .levels = now.levels };

    page_tree_free(&now);
    return none;
}

void disk_image_forget_volatile(struct disk_image *image)
{
    struct page_tree none = disk_image_nothing_written(image);
    if (image->in_memory) memory_layer_replace(image->top, &none);
}
