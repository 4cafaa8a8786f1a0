#ifndef ORRERY_TESTS_ROOM_FIXTURE_H
#define ORRERY_TESTS_ROOM_FIXTURE_H
/* A small machine, and a folder with names for what it leaves behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

struct room {
    struct machine_config config;
    struct error err;
    char dir[64], path[96], other[96], disk[96], base[96], address[96];      /* address: a socket's, "unix:" and its path */
};

static struct room *room_create(void)
{
    struct room *r = calloc(1, sizeof *r);

    test_room(r->dir);
    snprintf(r->path, sizeof r->path, "%s/a", r->dir);
    snprintf(r->other, sizeof r->other, "%s/b", r->dir);
    snprintf(r->disk, sizeof r->disk, "%s/disk", r->dir);
    snprintf(r->base, sizeof r->base, "%s/base", r->dir);
    snprintf(r->address, sizeof r->address, "unix:%s/socket", r->dir);
    machine_config_defaults(&r->config);
    r->config.memory_bytes = 4 << 20;
    r->config.vga.memory_mib = 4;
    strcpy(r->config.cpu_model, "pentium");
    strcpy(r->config.floppy[0].path, DEMO_DISK);
    return r;
}

static void room_done(struct room **r)
{
    unlink((*r)->path);
    unlink((*r)->other);
    unlink((*r)->disk);
    unlink((*r)->base);
    unlink((*r)->address + strlen("unix:"));
    rmdir((*r)->dir);
    free(*r);
}
#define ROOM(r) __attribute__((cleanup(room_done))) struct room *r = room_create()

static struct machine *machine_of(struct room *r)
{
    struct machine *m = machine_create(&r->config, &r->err);
    cr_assert(m, "%s", r->err.text);
    return m;
}

#endif
