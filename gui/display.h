#ifndef ORRERY_GUI_DISPLAY_H
#define ORRERY_GUI_DISPLAY_H
/* The displays a person can choose.  Each sees the mailbox alone.                            doc: display */
#include "cpu/base/error.h"
#include "devices/mailbox.h"

struct display {
    const char *name, *meaning;
    /* Shows pictures and posts mail until the person leaves (MAIL_QUIT has been posted) or the box is closed.  Called in
     * the main thread.  False and a line in err when it cannot start. */
    bool (*run)(struct mailbox *box, struct error *err);
};

extern const struct display display_window, display_terminal, display_headless;

/* By name ("window", "terminal", "headless"); NULL when there is none of that name. */
const struct display *display_find(const char *name);
/* The one that fits where we are: a window when there is a screen, else the terminal, else nothing is shown. */
const struct display *display_default(void);

#endif
