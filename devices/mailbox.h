#ifndef ORRERY_MAILBOX_H
#define ORRERY_MAILBOX_H
/* Where window and machine meet: plain data under one lock, nothing else shared.            doc: mailbox
 * The machine's side never waits for the window: it posts a picture when one was asked for, and takes input at its own
 * ticks.  The window's side never sees the machine. */
#include "cpu/base/types.h"

struct mailbox;
struct vga_picture;              /* devices/chip/vga_picture.h: registers, palette, VRAM as they stood at a retrace */

enum mail_kind { MAIL_KEY, MAIL_MOUSE, MAIL_PASTE, MAIL_RESET, MAIL_QUIT, MAIL_FLOPPY_INSERT, MAIL_FLOPPY_EJECT };

struct mail {
    enum mail_kind kind;
    u8 usage;                    /* MAIL_KEY: USB HID usage */
    bool down;
    s16 dx, dy, dwheel;
    u8 buttons;                  /* bit 0 left, 1 right, 2 middle */
    char *text;                  /* MAIL_PASTE text, MAIL_FLOPPY path; allocated, the taker frees */
    u8 drive;
};

struct mailbox *mailbox_create(void);
void mailbox_destroy(struct mailbox *box);

/* Window's side.  post returns false when the box is full (the event is dropped, text freed). */
bool mailbox_post(struct mailbox *box, const struct mail *mail);
void mailbox_ask_picture(struct mailbox *box);
/* Copies the newest picture if it is newer than *generation (updated then). */
bool mailbox_take_picture(struct mailbox *box, struct vga_picture *picture, u64 *generation);

/* Machine's side. */
bool mailbox_take(struct mailbox *box, struct mail *mail);
bool mailbox_picture_wanted(const struct mailbox *box);  /* lock-free */
void mailbox_put_picture(struct mailbox *box, const struct vga_picture *picture);

/* Status for the title bar: written by the machine's side, one line. */
void mailbox_set_status(struct mailbox *box, const char *line);
void mailbox_status(struct mailbox *box, char *line, size_t size);

#endif
