#ifndef ORRERY_GUI_SERVE_H
#define ORRERY_GUI_SERVE_H
/* A machine behind a mailbox: runs it, obeys the mail, shows pictures, keeps pace with the wall.   doc: display */
#include "devices/machine.h"
#include "gui/display.h"

/* Runs at most `ticks` ticks in the calling thread; virtual time never runs ahead of the wall.  A machine that is frozen
 * stays on show until MAIL_RESET or MAIL_QUIT; power-off and debug exit end it.  Returns the last stop (MACHINE_REQUEST
 * after MAIL_QUIT).  What the guest does depends on the mail and the tick at which it is taken, never on the pace. */
struct machine_stop serve_machine(struct machine *machine, struct mailbox *box, u64 ticks);

/* The whole of a displayed run: the machine in a thread of its own, the display in this one.  False: the display cannot
 * start, nothing ran. */
bool serve_display(const struct display *display, struct machine *machine, u64 ticks, struct machine_stop *stop,
                   struct error *err);

#endif
