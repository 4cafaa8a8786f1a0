#ifndef ORRERY_TESTS_UNIT_ROOM_H
#define ORRERY_TESTS_UNIT_ROOM_H
/* A new folder for a test, inside that of the run, which goes with the run however the test ends. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEST_ROOM = 48 };

static inline const char *test_place(void) { return getenv("ORRERY_TEST_ROOM") ? getenv("ORRERY_TEST_ROOM") : "/tmp"; }

static inline void test_room(char path[static TEST_ROOM])
{
    snprintf(path, TEST_ROOM, "%s/XXXXXX", test_place());
    cr_assert(mkdtemp(path), "%s", path);
}

/* A new file there, open. */
static inline int test_file(char path[static TEST_ROOM])
{
    snprintf(path, TEST_ROOM, "%s/XXXXXX", test_place());
    int fd = mkstemp(path);
    cr_assert(fd >= 0, "%s", path);
    return fd;
}

#endif
