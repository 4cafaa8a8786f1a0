#ifndef ORRERY_TESTS_ROOM_H
#define ORRERY_TESTS_ROOM_H
/* A folder of a run of tests, for whatever it leaves. It is locked for as long as the run lives; who makes one takes away those of runs that were killed. */
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int room_remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

static inline void room_remove(const char *path) { nftw(path, room_remove_one, 16, FTW_DEPTH | FTW_PHYS); }

static inline int room_lock(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB)) return fd;
    close(fd);
    return -1;
}

/* Rooms of runs that live no more.  One that is being made is not locked yet: it is empty, and whoever makes it sees that it has gone. */
static inline void rooms_sweep(const char *place, const char *name)
{
    char pattern[128];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/%s-??????", place, name);
    if (!glob(pattern, 0, NULL, &found)) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            int fd = room_lock(found.gl_pathv[i]);
            if (fd >= 0) room_remove(found.gl_pathv[i]), close(fd);
        }
    }
    globfree(&found);
}

/* PLACE/NAME-XXXXXX, to `path`; gives the descriptor that holds the lock, or -1. */
static inline int room_make(char *path, size_t size, const char *place, const char *name)
{
    struct stat status;
    int fd = -1;

    rooms_sweep(place, name);
    for (unsigned tries = 0; fd < 0 && tries < 8; tries++) {
        snprintf(path, size, "%s/%s-XXXXXX", place, name);
        if (!mkdtemp(path)) return -1;
        if ((fd = room_lock(path)) >= 0 && stat(path, &status)) close(fd), fd = -1;
    }
    return fd;
}

#endif
