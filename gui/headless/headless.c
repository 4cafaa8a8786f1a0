/* Nothing is shown: waits until the machine has ended.                                      doc: display */
#include "gui/display.h"

#include <time.h>

static bool headless_run(struct mailbox *box, struct error *err)
{
    struct timespec pause = { 0, 10000000 };

    (void)err;
    while (!mailbox_closed(box)) nanosleep(&pause, NULL);
    return true;
}

const struct display display_headless = { "headless", "nothing is shown", headless_run };
