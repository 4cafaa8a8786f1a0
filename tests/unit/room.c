/* The folder of a run: made before the first test, removed behind the last one by the process that started them. */
#include <criterion/hooks.h>

#include "tests/room.h"
#include "tests/unit/room.h"

static char room[TEST_ROOM];

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
    (void)tests;
    if (room_make(room, sizeof room, "/tmp", "orrery-unit") >= 0) setenv("ORRERY_TEST_ROOM", room, 1);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    (void)stats;
    if (room[0]) room_remove(room);
}
