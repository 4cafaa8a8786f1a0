#include "devices/mailbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct mailbox {
    pthread_mutex_t lock;
    struct mail mail[MAIL_ROOM];
    unsigned head, used;
    struct vga_picture picture;
    struct mailbox_status status;
    u64 number;                  /* of the picture; 0: none was shown yet */
    u64 seen;                    /* newest number that the display has copied */
    bool closed;
};

struct mailbox *mailbox_create(void)
{
    struct mailbox *box = calloc(1, sizeof *box);
    if (box) pthread_mutex_init(&box->lock, NULL);
    return box;
}

void mailbox_destroy(struct mailbox *box)
{
    if (!box) return;
    pthread_mutex_destroy(&box->lock);
    free(box);
}

bool mailbox_post(struct mailbox *box, const struct mail *mail)
{
    pthread_mutex_lock(&box->lock);
    bool room = box->used < MAIL_ROOM;
    if (room) box->mail[(box->head + box->used++) % MAIL_ROOM] = *mail;
    pthread_mutex_unlock(&box->lock);
    return room;
}

bool mailbox_take(struct mailbox *box, struct mail *mail)
{
    pthread_mutex_lock(&box->lock);
    bool any = box->used > 0;
    if (any) {
        *mail = box->mail[box->head];
        box->head = (box->head + 1) % MAIL_ROOM;
        box->used--;
    }
    pthread_mutex_unlock(&box->lock);
    return any;
}

bool mailbox_see(struct mailbox *box, u64 *seen, struct vga_picture *picture, struct mailbox_status *status)
{
    pthread_mutex_lock(&box->lock);
    bool newer = box->number != *seen;
    if (newer) vga_copy_picture(&box->picture, picture);
    *seen = box->seen = box->number;
    *status = box->status;
    pthread_mutex_unlock(&box->lock);
    return newer;
}

bool mailbox_wants_picture(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    bool wanted = box->seen == box->number;
    pthread_mutex_unlock(&box->lock);
    return wanted;
}

struct vga_picture *mailbox_open(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    return &box->picture;
}

void mailbox_show(struct mailbox *box, bool changed, const struct mailbox_status *status)
{
    box->status = *status;
    box->number += changed;
    pthread_mutex_unlock(&box->lock);
}

void mailbox_close(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    box->closed = true;
    pthread_mutex_unlock(&box->lock);
}

bool mailbox_closed(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    bool closed = box->closed;
    pthread_mutex_unlock(&box->lock);
    return closed;
}
