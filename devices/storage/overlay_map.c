#include "devices/storage/overlay_map.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "devices/storage/crc32c.h"

enum { PLACE_AT = 8, EPOCH_AT = 12, TURN_AT = 16, CRC_AT = 28, PAGE_ENTRIES = 64 };

bool overlay_map_init(struct overlay_map *map, struct image_file *file, u64 at, u64 entries, u32 epoch)
{
    *map = (struct overlay_map){ .file = file, .at = at, .entries = entries, .epoch = epoch };
    map->page = calloc((entries + PAGE_ENTRIES - 1) / PAGE_ENTRIES, sizeof *map->page);
    return map->page;
}

void overlay_map_forget(struct overlay_map *map)
{
    for (u64 n = 0; map->page && n < (map->entries + PAGE_ENTRIES - 1) / PAGE_ENTRIES; n++) {
        free(map->page[n]);
        map->page[n] = NULL;
    }
    map->pending_count = 0;
}

void overlay_map_free(struct overlay_map *map)
{
    overlay_map_forget(map);
    free(map->page);
}

/* --- slots --- */

static u32 crc_of(const u8 *slot, u64 n)
{
    u8 number[8];
    put64(number, n);
    return crc32c(crc32c(0, slot, CRC_AT), number, sizeof number);
}

static bool in_force(const struct overlay_map *map, const u8 *slot, u64 n)
{
    return get32(slot + CRC_AT) == crc_of(slot, n) && get32(slot + EPOCH_AT) == map->epoch && get64(slot);
}

static void decode(const struct overlay_map *map, const u8 *bytes, u64 n, struct overlay_entry *entry)
{
    bool good[2] = { in_force(map, bytes, n), in_force(map, bytes + OVERLAY_SLOT_BYTES, n) };
    bool second_is_newer = (s32)(get32(bytes + OVERLAY_SLOT_BYTES + TURN_AT) - get32(bytes + TURN_AT)) > 0;
    unsigned slot = good[1] && (!good[0] || second_is_newer);
    const u8 *from = bytes + slot * OVERLAY_SLOT_BYTES;

    *entry = (struct overlay_entry){ .slot = (u8)slot };
    if (!good[slot]) return;
    entry->held = get64(from);
    entry->place = get32(from + PLACE_AT);
    entry->turn = get32(from + TURN_AT);
}

static void encode(const struct overlay_map *map, u8 *slot, u64 n, const struct overlay_entry *entry)
{
    memset(slot, 0, OVERLAY_SLOT_BYTES);
    put64(slot, entry->held);
    put32(slot + PLACE_AT, entry->place);
    put32(slot + EPOCH_AT, map->epoch);
    put32(slot + TURN_AT, entry->turn + 1);
    put32(slot + CRC_AT, crc_of(slot, n));
}

/* --- entries --- */

static struct overlay_entry *read_page(struct overlay_map *map, u64 page, struct error *err)
{
    u64 first = page * PAGE_ENTRIES, count = map->entries - first < PAGE_ENTRIES ? map->entries - first : PAGE_ENTRIES;
    u8 bytes[PAGE_ENTRIES * OVERLAY_ENTRY_BYTES];

    if (!image_file_read(map->file, map->at + first * OVERLAY_ENTRY_BYTES, count * OVERLAY_ENTRY_BYTES, bytes, err)) return NULL;
    struct overlay_entry *entry = calloc(PAGE_ENTRIES, sizeof *entry);
    if (!entry) image_file_fail(map->file, err, "out of memory");
    for (u64 i = 0; entry && i < count; i++) decode(map, bytes + i * OVERLAY_ENTRY_BYTES, first + i, &entry[i]);
    return entry;
}

struct overlay_entry *overlay_map_at(struct overlay_map *map, u64 n, struct error *err)
{
    struct overlay_entry **page = &map->page[n / PAGE_ENTRIES];

    if (!*page) *page = read_page(map, n / PAGE_ENTRIES, err);
    return *page ? &(*page)[n % PAGE_ENTRIES] : NULL;
}

void overlay_map_changed(struct overlay_map *map, u64 n, struct overlay_entry *entry)
{
    if (!entry->pending) map->pending[map->pending_count++] = n;
    entry->pending = true;
}

bool overlay_map_full(const struct overlay_map *map) { return map->pending_count == OVERLAY_PENDING_MOST; }

static struct overlay_entry *pending(struct overlay_map *map, unsigned i)
{
    return &map->page[map->pending[i] / PAGE_ENTRIES][map->pending[i] % PAGE_ENTRIES];
}

bool overlay_map_write(struct overlay_map *map, struct error *err)
{
    for (unsigned i = 0; i < map->pending_count; i++) {
        const struct overlay_entry *entry = pending(map, i);
        u8 slot[OVERLAY_SLOT_BYTES];
        u64 offset = map->at + map->pending[i] * OVERLAY_ENTRY_BYTES + (entry->slot ? 0 : OVERLAY_SLOT_BYTES);
        encode(map, slot, map->pending[i], entry);
        if (!image_file_write(map->file, offset, sizeof slot, slot, err)) return false;
    }
    return true;
}

void overlay_map_written(struct overlay_map *map)
{
    for (unsigned i = 0; i < map->pending_count; i++) {
        struct overlay_entry *entry = pending(map, i);
        entry->slot ^= 1;
        entry->turn++;
        entry->pending = false;
    }
    map->pending_count = 0;
}

static bool is_zero(const u8 *bytes, size_t size) { return !bytes[0] && !memcmp(bytes, bytes + 1, size - 1); }

bool overlay_map_damaged(struct overlay_map *map, u64 n)
{
    struct error err = { 0 };
    u8 bytes[OVERLAY_ENTRY_BYTES];
    unsigned bad = 0;

    if (!image_file_read(map->file, map->at + n * OVERLAY_ENTRY_BYTES, sizeof bytes, bytes, &err)) return true;
    for (unsigned i = 0; i < 2; i++) {
        const u8 *slot = bytes + i * OVERLAY_SLOT_BYTES;
        bad += !is_zero(slot, OVERLAY_SLOT_BYTES) && get32(slot + CRC_AT) != crc_of(slot, n);
    }
    return bad == 2;
}
