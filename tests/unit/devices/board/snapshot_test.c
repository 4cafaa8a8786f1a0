/* A machine in a file: what comes back, and what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/board/board.h"
#include "devices/board/snapshot.h"
#include "tests/unit/devices/board/room_fixture.h"

static struct machine *saved(struct room *r)
{
    struct machine *m = machine_of(r);

    machine_run(m, 12345678);
    cr_assert(machine_save(m, r->path, "cpu: model=pentium\n", false, NULL, &r->err), "%s", r->err.text);
    return m;
}

Test(snapshot, another_machine_of_the_configuration_goes_on_where_it_was)
{
    ROOM(r);
    struct machine *m = saved(r), *other = machine_of(r);

    cr_assert(machine_restore(other, r->path, &r->err), "%s", r->err.text);
    cr_expect_eq(machine_hash(other), machine_hash(m));
    machine_run(m, 9000000);
    machine_run(other, 9000000);
    cr_expect_eq(machine_hash(other), machine_hash(m));
    machine_destroy(m);
    machine_destroy(other);
}

Test(snapshot, a_sound_card_that_asks_for_an_interrupt_does_so_again)
{
    enum { MIXER_INDEX = 0x224, INTERRUPT_SETUP = 0x80, IRQ_5 = 2, DSP_COMMAND = 0x22c, ASK_FOR_INTERRUPT = 0xf2 };
    ROOM(r);
    r->config.sb16.enabled = true;
    struct machine *m = machine_of(r), *other = machine_of(r);

    ports_write(m->ports, MIXER_INDEX, 1, INTERRUPT_SETUP), ports_write(m->ports, MIXER_INDEX + 1, 1, IRQ_5);
    ports_write(m->ports, DSP_COMMAND, 1, ASK_FOR_INTERRUPT);
    cr_assert(sb16_card_request(m, 5));
    cr_assert(machine_save(m, r->path, "cpu: model=pentium\n", false, NULL, &r->err), "%s", r->err.text);
    cr_assert(machine_restore(other, r->path, &r->err), "%s", r->err.text);
    cr_expect(sb16_card_request(other, 5) && other->pic[0].lines >> 5 & 1);
    sb16_ct1741_reset(&other->sounds.sb16.dsp);
    cr_expect_not(other->pic[0].lines >> 5 & 1);
    machine_destroy(m);
    machine_destroy(other);
}

static size_t size_of(const char *path, u8 **bytes)
{
    FILE *f = fopen(path, "rb");

    cr_assert(f);
    fseek(f, 0, SEEK_END);
    size_t size = (size_t)ftell(f);
    rewind(f);
    *bytes = malloc(size);
    cr_assert_eq(fread(*bytes, 1, size, f), size);
    fclose(f);
    return size;
}

Test(snapshot, one_that_was_restored_is_saved_as_the_same_bytes)
{
    ROOM(r);
    struct machine *m = saved(r), *other = machine_of(r);
    u8 *a, *b;

    cr_assert(machine_restore(other, r->path, &r->err), "%s", r->err.text);
    cr_assert(machine_save(other, r->other, "cpu: model=pentium\n", false, NULL, &r->err), "%s", r->err.text);
    size_t size = size_of(r->path, &a);
    cr_assert_eq(size_of(r->other, &b), size);
    cr_expect_eq(memcmp(a, b, size), 0);
    free(a);
    free(b);
    machine_destroy(m);
    machine_destroy(other);
}

static void refused(struct machine *m, struct room *r, const char *path, const char *why)
{
    struct error err = { 0 };
    u64 before = machine_hash(m);

    cr_expect_not(machine_restore(m, path, &err), "%s", why);
    cr_expect(err.count, "%s: nothing is said", why);
    cr_expect_eq(machine_hash(m), before, "%s: the machine has changed", why);
    (void)r;
}

Test(snapshot, a_machine_of_another_configuration_refuses_it_and_names_the_field)
{
    ROOM(r);
    struct machine *m = saved(r);

    r->config.sb16.enabled = true;
    struct machine *other = machine_of(r);
    cr_expect_not(machine_restore(other, r->path, &r->err));
    cr_expect(strstr(r->err.text, "sb16"), "%s", r->err.text);
    machine_destroy(m);
    machine_destroy(other);
}

Test(snapshot, a_file_that_is_there_stays_without_force)
{
    ROOM(r);
    struct machine *m = saved(r);

    cr_expect_not(machine_save(m, r->path, "", false, NULL, &r->err));
    cr_expect(strstr(r->err.text, "exists"), "%s", r->err.text);
    r->err = (struct error){ 0 };
    cr_expect(machine_save(m, r->path, "", true, NULL, &r->err), "%s", r->err.text);
    machine_destroy(m);
}

static void write_file(const char *path, const u8 *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, size, f) == size && fclose(f) == 0);
}

Test(snapshot, every_byte_of_the_first_kilobyte_counts)
{
    ROOM(r);
    struct machine *m = saved(r);
    u8 *bytes;
    size_t size = size_of(r->path, &bytes);

    for (size_t at = 0; at < 1024 && at < size; at++) {
        char why[32];
        bytes[at] ^= 0x41;
        write_file(r->other, bytes, size);
        snprintf(why, sizeof why, "byte %zu", at);
        refused(m, r, r->other, why);
        bytes[at] ^= 0x41;
    }
    free(bytes);
    machine_destroy(m);
}

/* The same numbers in every run. */
static u32 next_random(u32 *seed) { return *seed = *seed * 1664525 + 1013904223; }

Test(snapshot, flips_and_cuts_are_refused, .timeout = 200)
{
    ROOM(r);
    struct machine *m = saved(r);
    u32 seed = 8;
    u8 *bytes;
    size_t size = size_of(r->path, &bytes);

    for (unsigned i = 0; i < 600; i++) {
        size_t at = next_random(&seed) % size, length = i % 3 ? size : next_random(&seed) % size;
        u8 flip = (u8)(1 << (next_random(&seed) >> 13 & 7));
        char why[64];
        bytes[at] ^= flip;
        write_file(r->other, bytes, length);
        snprintf(why, sizeof why, "bit of byte %zu, %zu of %zu bytes", at, length, size);
        refused(m, r, r->other, why);
        bytes[at] ^= flip;
    }
    free(bytes);
    machine_destroy(m);
}

/* At 20 random instants of a machine with much in it: what was saved goes on as what was not. */
Test(snapshot, saved_at_any_instant_it_goes_on_as_if_it_had_not_been, .timeout = 200)
{
    ROOM(r);
    u32 seed = 3;

    r->config.sb16.enabled = r->config.usb.enabled = true;
    r->config.cpu_count = 2;
    strcpy(r->config.cpu_model, "corei7_haswell");
    struct machine *m = machine_of(r), *other = machine_of(r);
    for (unsigned i = 0; i < 20; i++) {
        machine_run(m, next_random(&seed) >> 8 & 0xfffff);
        machine_key(m, (u8)(4 + i), i & 1);
        cr_assert(machine_save(m, r->path, "", true, NULL, &r->err), "%s", r->err.text);
        cr_assert(machine_restore(other, r->path, &r->err), "%s", r->err.text);
        u64 more = next_random(&seed) >> 10 & 0xfffff;
        machine_run(m, more);
        machine_run(other, more);
        cr_expect_eq(machine_hash(other), machine_hash(m), "instant %u, tick %llu", i, (unsigned long long)machine_tick(m));
    }
    machine_destroy(m);
    machine_destroy(other);
}

/* Sums may be right and the state impossible: whoever makes snapshots by hand is told what. */
Test(snapshot, a_value_that_no_machine_has_is_named)
{
    ROOM(r);
    struct machine *m = saved(r);
    struct state_image image = { 0 };
    const struct state_layout *layout;
    const char *name;
    size_t at;

    cr_assert(state_image_take(m, &image));
    for (unsigned n = 0; (layout = state_image_part(m, n, &name, &at)); n++)
        if (!strcmp(name, "pic1")) break;
    cr_assert(layout);
    for (u32 f = 0; f < layout->count && strcmp(layout->fields[f].name, "lowest"); f++) at += layout->fields[f].count;
    image.bytes[at] = 8;
    cr_expect_not(state_image_possible(m, &image, &r->err));
    cr_expect(strstr(r->err.text, "pic1") && strstr(r->err.text, "lowest"), "%s", r->err.text);
    state_image_free(&image);
    machine_destroy(m);
}

/* Such a machine would neither run nor return. */
Test(snapshot, a_machine_that_stands_for_no_reason_is_none)
{
    enum { NOW_BYTES = 8 };                              /* the condition's first field; `frozen` is the next */
    ROOM(r);
    struct machine *m = saved(r);
    struct state_image image = { 0 };

    cr_assert(state_image_take(m, &image));
    cr_assert_eq(image.bytes[NOW_BYTES], 0);
    image.bytes[NOW_BYTES] = 1;
    cr_expect_not(state_image_possible(m, &image, &r->err));
    cr_expect(strstr(r->err.text, "machine") && strstr(r->err.text, "reason"), "%s", r->err.text);
    state_image_free(&image);
    machine_destroy(m);
}

Test(snapshot, volatile_writes_come_back_and_a_changed_image_is_refused)
{
    ROOM(r);
    u8 sector[512] = { 1, 2, 3 }, got[512], *bytes = calloc(1, 1 << 20);
    struct ata_device_config *d = &r->config.ata[0].device[0];

    write_file(r->disk, bytes, 1 << 20);
    d->type = ATA_DISK;
    d->mode = DISK_VOLATILE;
    strcpy(d->path, r->disk);
    struct machine *m = machine_of(r), *other = NULL;
    cr_assert(disk_image_write(m->ata_image[0][0], 100, 1, sector));
    cr_assert(machine_save(m, r->path, "", false, NULL, &r->err), "%s", r->err.text);
    other = machine_of(r);
    cr_assert(machine_restore(other, r->path, &r->err), "%s", r->err.text);
    cr_assert(disk_image_read(other->ata_image[0][0], 100, 1, got));
    cr_expect_eq(memcmp(got, sector, 512), 0);
    cr_expect_eq(machine_hash(other), machine_hash(m));
    machine_destroy(other);
    machine_destroy(m);
    bytes[5000] = 1;
    write_file(r->disk, bytes, 1 << 20);
    m = machine_of(r);
    cr_expect_not(machine_restore(m, r->path, &r->err));
    cr_expect(strstr(r->err.text, "ata0-master"), "%s", r->err.text);
    machine_destroy(m);
    free(bytes);
}

/* Made by hand it could hold far more than any machine has written. */
Test(snapshot, one_with_more_than_can_have_been_stored_is_refused)
{
    enum { DISK_BYTES = 8 << 20, WRITTEN_BYTES = 4 << 20, PIECE = 4096 };
    ROOM(r);
    u8 piece[PIECE] = { 0 }, *bytes = calloc(1, DISK_BYTES);
    struct ata_device_config *d = &r->config.ata[0].device[0];

    write_file(r->disk, bytes, DISK_BYTES);
    free(bytes);
    d->type = ATA_DISK;
    d->mode = DISK_VOLATILE;
    strcpy(d->path, r->disk);
    struct machine *m = machine_of(r), *other = NULL;
    for (u32 at = 0; at < WRITTEN_BYTES; at += PIECE) {
        memcpy(piece, &at, sizeof at);
        cr_assert(disk_image_write(m->ata_image[0][0], at / 512, PIECE / 512, piece));
    }
    cr_assert(machine_save(m, r->path, "", false, NULL, &r->err), "%s", r->err.text);
    machine_destroy(m);
    other = machine_of(r);
    disk_image_limit_volatile(other->ata_image[0][0], 1 << 20);
    refused(other, r, r->path, "too much");
    cr_expect_not(machine_restore(other, r->path, &r->err));
    cr_expect(strstr(r->err.text, "more than such a machine can have stored"), "%s", r->err.text);
    machine_destroy(other);
}

/* --- a disk that is written through --- */

Test(history, the_file_is_that_of_the_present_and_the_guest_sees_that_of_then)
{
    ROOM(r);
    u8 one[512] = { 1 }, two[512] = { 2 }, got[512], *bytes = calloc(1, 1 << 20);
    struct ata_device_config *d = &r->config.ata[0].device[0];

    write_file(r->disk, bytes, 1 << 20);
    free(bytes);
    d->type = ATA_DISK;
    strcpy(d->path, r->disk);
    struct machine *m = machine_of(r);
    struct disk_image *image = m->ata_image[0][0];
    cr_assert(machine_keep_history(m, 64 << 20, &r->err), "%s", r->err.text);
    machine_run(m, 1000);
    cr_assert(disk_image_write(image, 7, 1, one));
    cr_assert(machine_keep_history(m, 64 << 20, &r->err));           /* the past begins behind this write */
    machine_run(m, 1000);
    cr_assert(disk_image_write(image, 7, 1, two));
    machine_run(m, 1000);
    cr_assert(machine_go_to(m, 1000, &r->err), "%s", r->err.text);
    cr_assert(disk_image_read(image, 7, 1, got));
    cr_expect_eq(got[0], 1);
    cr_assert(disk_image_write(image, 9, 1, two));                   /* as the guest may, there */
    size_t size = size_of(r->disk, &bytes);
    cr_assert_eq(size, 1 << 20);
    cr_expect_eq(bytes[7 * 512], 2);
    cr_expect_eq(bytes[9 * 512], 0);
    free(bytes);
    cr_assert(machine_go_to(m, 3000, &r->err), "%s", r->err.text);
    cr_assert(disk_image_read(image, 7, 1, got));
    cr_expect_eq(got[0], 2);
    cr_assert(disk_image_read(image, 9, 1, got));
    cr_expect_eq(got[0], 0);
    cr_assert(machine_go_to(m, 1000, &r->err), "%s", r->err.text);
    cr_assert(machine_take_over(m, &r->err), "%s", r->err.text);
    size_of(r->disk, &bytes);
    cr_expect_eq(bytes[7 * 512], 1);
    free(bytes);
    machine_destroy(m);
}

/* --- media that are changed on the way --- */

enum { FLOPPY_BYTES = 1474560 };

static void make_floppy(const char *path, u8 fill)
{
    u8 *bytes = malloc(FLOPPY_BYTES);

    memset(bytes, fill, FLOPPY_BYTES);
    write_file(path, bytes, FLOPPY_BYTES);
    free(bytes);
}

static u8 byte_of(struct machine *m, u64 lba)
{
    u8 sector[512] = { 0 };

    cr_assert(m->fdc.image[0]);
    cr_assert(disk_image_read(m->fdc.image[0], lba, 1, sector));
    return sector[0];
}

static void write_sector(struct machine *m, u64 lba, u8 value)
{
    u8 sector[512] = { value };
    cr_assert(disk_image_write(m->fdc.image[0], lba, 1, sector));
}

static u64 hash_at(struct machine *m, struct room *r, u64 tick)
{
    cr_assert(machine_go_to(m, tick, &r->err), "%s", r->err.text);
    return machine_hash(m);
}

/* Floppy a, then b, then a again; each is written to while it is in the drive. */
static struct machine *after_three_changes(struct room *r)
{
    make_floppy(r->path, 0xaa);
    make_floppy(r->other, 0xbb);
    r->config.floppy[0].drive_type = 4;                  /* 1.44 MB */
    strcpy(r->config.floppy[0].path, r->path);
    struct machine *m = machine_of(r);
    cr_assert(machine_keep_history(m, 64 << 20, &r->err), "%s", r->err.text);
    machine_run(m, 1000000);
    write_sector(m, 3, 1);
    machine_run(m, 1000000);
    machine_floppy_eject(m, 0);
    machine_run(m, 1000000);
    cr_assert(machine_floppy_insert(m, 0, r->other, false, &r->err), "%s", r->err.text);
    machine_run(m, 1000000);
    write_sector(m, 3, 2);
    machine_run(m, 1000000);
    cr_assert(machine_floppy_insert(m, 0, r->path, false, &r->err), "%s", r->err.text);
    write_sector(m, 3, 3);
    machine_run(m, 1000000);
    return m;
}

Test(history, the_way_back_leads_over_changes_of_media)
{
    ROOM(r);
    struct machine *m = after_three_changes(r);
    struct machine_history h;
    u64 hash[6];

    cr_assert(machine_history(m, &h));
    cr_expect_eq(h.first, 0, "the past did not begin anew");
    for (unsigned i = 6; i--;) hash[i] = hash_at(m, r, 500000 + i * 1000000);
    cr_expect_eq(hash_at(m, r, 500000), hash[0]);
    cr_expect_eq(byte_of(m, 3), 0xaa);
    hash_at(m, r, 2500000);
    cr_expect_null(m->fdc.image[0], "nothing was in the drive");
    hash_at(m, r, 3500000);
    cr_expect_eq(byte_of(m, 4), 0xbb);
    cr_expect_eq(byte_of(m, 3), 0xbb, "nothing had been written to it");
    for (unsigned i = 0; i < 6; i++) cr_expect_eq(hash_at(m, r, 500000 + i * 1000000), hash[i], "tick %u", 500000 + i * 1000000);
    hash_at(m, r, 6000000);
    cr_expect_eq(byte_of(m, 3), 3);
    cr_expect_eq(byte_of(m, 4), 0xaa);
    machine_destroy(m);
}

Test(history, another_life_gives_the_media_back_what_was_on_them)
{
    ROOM(r);
    struct machine *m = after_three_changes(r);
    u8 *bytes;

    hash_at(m, r, 3500000);
    cr_assert(machine_take_over(m, &r->err), "%s", r->err.text);
    size_of(r->other, &bytes);
    cr_expect_eq(bytes[3 * 512], 0xbb, "its write has not been");
    free(bytes);
    machine_run(m, 1000000);
    write_sector(m, 3, 9);
    size_of(r->other, &bytes);
    cr_expect_eq(bytes[3 * 512], 9);
    free(bytes);
    /* the other one is on the shelf, and everybody's */
    struct error err = { 0 };
    struct image_file *file = image_file_open(r->path, "somebody", IMAGE_WRITABLE, &err);
    cr_expect(file, "%s", err.text);
    image_file_close(file);
    machine_destroy(m);
}

Test(history, a_medium_that_somebody_changed_outside_is_not_shown_as_it_was)
{
    ROOM(r);
    struct machine *m = after_three_changes(r);

    make_floppy(r->other, 0xcc);
    cr_expect_not(machine_go_to(m, 3500000, &r->err));
    cr_expect(strstr(r->err.text, r->other), "%s", r->err.text);
    r->err = (struct error){ 0 };
    cr_assert(machine_floppy_insert(m, 0, r->other, false, &r->err), "%s", r->err.text);
    cr_expect_eq(byte_of(m, 3), 0xcc, "what is in the drive is what is in the file");
    struct machine_history h;
    cr_assert(machine_history(m, &h));
    cr_expect_eq(h.first, machine_tick(m), "the past begins anew");
    machine_destroy(m);
}
