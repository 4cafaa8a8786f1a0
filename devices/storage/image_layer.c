#include "devices/storage/image_layer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static u32 at_most(u64 value, u32 limit)
{
    return value < limit ? (u32)value : limit;
}

/* Sectors that this layer does not hold. */
static bool read_below(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    struct image_layer *below = layer->below;
    u32 there = below && lba < below->sectors ? at_most(below->sectors - lba, count) : 0;

    memset(bytes + (size_t)there * SECTOR_BYTES, 0, (size_t)(count - there) * SECTOR_BYTES);
    return !there || image_layer_read(below, lba, there, bytes, err);
}

bool image_layer_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    while (count) {
        bool held = true;
        u32 run = layer->format->held ? layer->format->held(layer, lba, count, &held, err) : count;
        if (!run) return false;
        if (!(held ? layer->format->read(layer, lba, run, bytes, err) : read_below(layer, lba, run, bytes, err))) return false;
        lba += run, count -= run, bytes += (size_t)run * SECTOR_BYTES;
    }
    return true;
}

bool image_layer_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    return !count || layer->format->write(layer, lba, count, bytes, err);
}

bool image_layer_flush(struct image_layer *layer, struct error *err)
{
    return layer->read_only || !layer->format->flush || layer->format->flush(layer, err);
}

u64 image_layer_stored_bytes(struct image_layer *layer)
{
    return layer->format->stored_bytes ? layer->format->stored_bytes(layer) : 0;
}

void image_layer_each_file(struct image_layer *layer, void (*one)(void *context, struct image_file *file), void *context)
{
    for (; layer; layer = layer->below) {
        if (layer->file) one(context, layer->file);
        if (layer->format->each_file) layer->format->each_file(layer, one, context);
    }
}

void image_layer_close(struct image_layer *layer)
{
    while (layer) {
        struct image_layer *below = layer->below;
        struct image_file *file = layer->file;
        layer->format->close(layer);
        image_file_close(file);
        layer = below;
    }
}

void image_findings_add(struct image_findings *findings, unsigned *counter, const char *format, ...)
{
    char sentence[512];
    va_list args;

    ++*counter;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (findings->say) findings->say(findings->context, sentence);
}
