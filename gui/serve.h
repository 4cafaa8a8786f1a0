#ifndef ORRERY_GUI_SERVE_H
#define ORRERY_GUI_SERVE_H
/* A machine behind a mailbox: runs it, obeys the mail, shows pictures, keeps pace with the wall.   doc: display */
#include "devices/machine.h"
#include "gui/display.h"

struct serve;

/* Runs `ticks` ticks like machine_run, in slices: between two of them mail is obeyed and a picture shown.  What the guest
 * does depends on the mail and the tick at which it is taken, never on slices or pace.  MACHINE_REQUEST after MAIL_QUIT. */
struct machine_stop serve_run(struct serve *serve, u64 ticks);

/* The same for a person who looks on: a machine that is frozen stays on show until MAIL_RESET or MAIL_QUIT; power-off and
 * debug exit end it, and so do serve_interrupt and the host's time when CLOCK_MONOTONIC comes to wall_end_ns (0: never). */
struct machine_stop serve_until_closed(struct serve *serve, u64 ticks, u64 wall_end_ns);

/* The machine stands still: obeys the mail and shows the picture once.  False after MAIL_QUIT. */
bool serve_wait(struct serve *serve);

/* Who looks on besides, in the machine's thread and between its runs: gets all mail, behind those whom it is for, and gives the characters that are to be
 * shown, or NULL while they are what they were.  Called also while the machine runs, between two slices. */
struct serve_watcher {
    void *context;
    void (*mail)(void *context, const struct mail *mail);
    const struct cells *(*cells)(void *context, bool runs);
};
void serve_watch(struct serve *serve, const struct serve_watcher *watcher);      /* NULL: nobody does */
/* Ends the run that goes on: MACHINE_REQUEST.  Whether that was asked for since the run began. */
void serve_interrupt(struct serve *serve);
bool serve_was_interrupted(struct serve *serve);

/* A displayed run: `body` in a thread of the machine's, the display in this one; returns when both have ended.
 * paced: virtual time never runs ahead of the wall.  False: the display cannot start; body was told to quit. */
bool serve_display(const struct display *display, struct machine *machine, bool paced,
                   void (*body)(struct serve *serve, void *context), void *context, struct error *err);

/* The machine's side alone: `body` in this thread, the display in another process that sees the box. */
bool serve_box(struct mailbox *box, struct machine *machine, bool paced, void (*body)(struct serve *serve, void *context), void *context);
/* Ends the machine's side from the display's: MAIL_QUIT, until the box is closed. */
void serve_quit(struct mailbox *box);

#endif
