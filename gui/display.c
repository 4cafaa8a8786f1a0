#include "gui/display.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct display *display_find(const char *name)
{
    static const struct display *const all[] = { &display_window, &display_terminal, &display_headless };

    for (unsigned i = 0; i < ARRAY_COUNT(all); i++)
        if (!strcmp(all[i]->name, name)) return all[i];
    return NULL;
}

static bool set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0];
}

const struct display *display_default(void)
{
    if (set("DISPLAY") || set("WAYLAND_DISPLAY")) return &display_window;
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? &display_terminal : &display_headless;
}
