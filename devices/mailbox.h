#ifndef ORRERY_MAILBOX_H
#define ORRERY_MAILBOX_H
/* Where machine and display meet: plain data in a box with a lock, in memory that two processes may share.         doc: display
 * The machine's side shows pictures and takes mail between two runs; the display's side posts mail and sees the
 * newest picture.  Neither waits for the other but while one of them copies a picture, and mail reaches the guest through machine_key and its like alone,
 * which stamp it with a tick. */
#include <stdatomic.h>

#include "devices/cells.h"
#include "devices/chip/vga_picture.h"

enum mail_kind {
    MAIL_KEY,            /* usage, down */
    MAIL_MOUSE,          /* dx, dy, dz, buttons as machine_mouse */
    MAIL_POINT,          /* dx, dy as x, y of machine_point; dz, buttons */
    MAIL_PASTE,          /* text: to be typed */
    MAIL_RESET,          /* the reset button */
    MAIL_DEBUGGER,       /* opens the panes and stops the machine; stops it; closes them */
    MAIL_PANE_KEY,       /* usage; buttons: 1 Shift, 2 Ctrl, 4 Alt */
    MAIL_PANE_TEXT,      /* text: characters that were typed */
    MAIL_PANE_CLICK,     /* dx, dy: column and row */
    MAIL_PANE_WHEEL,     /* the same, and dz */
    MAIL_PANE_SIZE,      /* dx columns, dy rows are wanted */
    MAIL_QUIT            /* the person closed the display */
};

enum { MAIL_TEXT = 4096, MAIL_ROOM = 256, SOUND_WAITING_MOST = 24000 };

struct mail {
    enum mail_kind kind;
    u8 usage;                    /* USB HID keyboard page: the key's place */
    bool down;
    int dx, dy, dz;
    unsigned buttons;
    char text[MAIL_TEXT];        /* UTF-8, ended by NUL */
};

/* What a title or a status line says. */
struct mailbox_status {
    u64 tick, ips;               /* ips: ticks a virtual second */
    bool stopped;                /* frozen or at the prompt */
    bool points;                 /* the guest has a tablet and uses it */
    char text[512];              /* "" or one line: why it stopped, what runs */
};

struct mailbox;

struct mailbox *mailbox_create(void);
void mailbox_destroy(struct mailbox *box);
/* On this side: who is told of what was posted. */
void mailbox_on_post(struct mailbox *box, void (*posted)(void *context, const struct mail *mail), void *context);

/* --- the display's side --- */
bool mailbox_post(struct mailbox *box, const struct mail *mail);      /* false: full, nothing posted */
/* Copies the newest picture when it is another than number *seen, and sets *seen; status is always copied. */
bool mailbox_see(struct mailbox *box, u64 *seen, struct vga_picture *picture, struct mailbox_status *status);
/* The debugger's panes, likewise. */
bool mailbox_see_cells(struct mailbox *box, u64 *seen, struct cells *cells);
bool mailbox_closed(struct mailbox *box);                             /* the machine has ended: leave the display */

/* Sound that has come, at most `room` frames of it; how many. */
unsigned mailbox_take_sound(struct mailbox *box, s16 *frames, unsigned room);
unsigned mailbox_sound_waiting(struct mailbox *box);                  /* frames */

/* --- the machine's side --- */
/* Frames of two samples, left and right, 48000 a second; those that find no room are lost: a display that is late hears less. */
void mailbox_put_sound(void *box, const s16 *frames, unsigned count);
bool mailbox_take(struct mailbox *box, struct mail *mail);            /* false: empty */
/* True when the display has looked again and again, for 80 ms, and nobody has asked for mail meanwhile: for machine_hurry_by. */
const atomic_bool *mailbox_impatient(const struct mailbox *box);
bool mailbox_wants_picture(struct mailbox *box);                      /* the last one has been seen */
/* The picture that the display sees next, to be brought up to date; until mailbox_show says whether it is another one now, the display
 * has to wait. */
struct vga_picture *mailbox_open(struct mailbox *box);
void mailbox_show(struct mailbox *box, bool changed, const struct mailbox_status *status);
void mailbox_show_cells(struct mailbox *box, const struct cells *cells);
void mailbox_close(struct mailbox *box);

#endif
