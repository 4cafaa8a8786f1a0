/* A folder that a guest may read: links lead where they stay in it, and nowhere else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/network/folder.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

static char room[TEST_ROOM];
static struct folder folder;
static struct error err;

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    cr_assert(f && fputs(text, f) >= 0);
    fclose(f);
}

static void setup(void)
{
    test_room(room);
    cr_assert(!chdir(room));
    cr_assert(!mkdir("www", 0700) && !mkdir("www/inner", 0700));
    put("secret", "secret"), put("www/inner/file", "inside");
}

static void teardown(void)
{
    char command[128];
    folder_close(&folder);
    snprintf(command, sizeof command, "rm -r %s", room);
    cr_expect(!system(command));
}
TestSuite(folder, .init = setup, .fini = teardown);

static const char *content(const char *name)
{
    static char text[16];
    unsigned file = folder_find(&folder, name);

    if (file >= FOLDER_INDEX) return NULL;
    memset(text, 0, sizeof text);
    return folder_read(&folder, file, 0, (u8 *)text, (unsigned)folder_size(&folder, file)) ? text : "?";
}

Test(folder, links_are_followed_as_long_as_they_stay_in_it)
{
    cr_assert(!symlink("inner/file", "www/short") && !symlink("inner", "www/other") && !symlink("../short", "www/inner/back"));
    cr_assert(!symlink("../secret", "www/up") && !symlink("/etc/passwd", "www/away") && !symlink("inner/../../secret", "www/round") && !symlink("nothing", "www/broken"));
    cr_assert(folder_open(&folder, "www", "test", &err), "%s", err.text);
    cr_expect_str_eq(content("short"), "inside");
    cr_expect_str_eq(content("other/file"), "inside");
    cr_expect_str_eq(content("inner/back"), "inside");
    cr_expect(!content("up") && !content("away") && !content("round") && !content("broken"));
}

Test(folder, a_link_to_a_folder_around_it_is_left_out)
{
    cr_assert(!symlink("..", "www/inner/outer") && !symlink(".", "www/self"));
    cr_assert(folder_open(&folder, "www", "test", &err), "%s", err.text);
    cr_expect_eq(folder.count, 1);
}

Test(folder, a_link_that_has_come_meanwhile_leads_nowhere)
{
    cr_assert(folder_open(&folder, "www", "test", &err), "%s", err.text);
    cr_assert(!unlink("www/inner/file") && !symlink("../../secret", "www/inner/file"));
    cr_expect_str_eq(content("inner/file"), "?");
}
