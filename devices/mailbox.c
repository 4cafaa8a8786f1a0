#include "devices/mailbox.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKS_IN_VAIN = 3 };

struct mailbox {
    pthread_mutex_t lock;
    atomic_bool impatient;
    unsigned looks;              /* of the display, since mail was taken last */
    struct mail mail[MAIL_ROOM];
    unsigned head, used;
    struct vga_picture picture;
    struct mailbox_status status;
    u64 number;                  /* of the picture; 0: none was shown yet */
    u64 seen;                    /* newest number that the display has copied */
    struct cells cells;
    u64 cells_number;            /* 0: none were shown yet */
    bool closed;
    pthread_mutex_t sound_lock;  /* of its own: nobody who plays waits for a picture */
    s16 sound[SOUND_WAITING_MOST][2];
    unsigned sound_at, sound_waiting;
};

struct mailbox *mailbox_create(void)
{
    struct mailbox *box = calloc(1, sizeof *box);
    if (!box) return NULL;
    pthread_mutex_init(&box->lock, NULL);
    pthread_mutex_init(&box->sound_lock, NULL);
    return box;
}

void mailbox_destroy(struct mailbox *box)
{
    if (!box) return;
    pthread_mutex_destroy(&box->lock);
    pthread_mutex_destroy(&box->sound_lock);
    free(box);
}

bool mailbox_post(struct mailbox *box, const struct mail *mail)
{
    pthread_mutex_lock(&box->lock);
    bool room = box->used < MAIL_ROOM;
    if (room) box->mail[(box->head + box->used++) % MAIL_ROOM] = *mail;
    atomic_store_explicit(&box->impatient, true, memory_order_relaxed);
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
    } else {
        box->looks = 0;
        atomic_store_explicit(&box->impatient, false, memory_order_relaxed);
    }
    pthread_mutex_unlock(&box->lock);
    return any;
}

const atomic_bool *mailbox_impatient(const struct mailbox *box) { return &box->impatient; }

bool mailbox_see(struct mailbox *box, u64 *seen, struct vga_picture *picture, struct mailbox_status *status)
{
    pthread_mutex_lock(&box->lock);
    bool newer = box->number != *seen;
    if (newer) vga_copy_picture(&box->picture, picture);
    *seen = box->seen = box->number;
    *status = box->status;
    if (++box->looks >= LOOKS_IN_VAIN) atomic_store_explicit(&box->impatient, true, memory_order_relaxed);
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

static void copy_cells(struct cells *to, const struct cells *from)
{
    memcpy(to, from, offsetof(struct cells, at) + (size_t)from->columns * from->rows * sizeof from->at[0]);
}

void mailbox_show_cells(struct mailbox *box, const struct cells *cells)
{
    pthread_mutex_lock(&box->lock);
    copy_cells(&box->cells, cells);
    box->cells_number++;
    pthread_mutex_unlock(&box->lock);
}

bool mailbox_see_cells(struct mailbox *box, u64 *seen, struct cells *cells)
{
    pthread_mutex_lock(&box->lock);
    bool newer = box->cells_number != *seen;
    if (newer) copy_cells(cells, &box->cells);
    *seen = box->cells_number;
    pthread_mutex_unlock(&box->lock);
    return newer;
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

void mailbox_put_sound(void *mailbox, const s16 *frames, unsigned count)
{
    struct mailbox *box = mailbox;

    pthread_mutex_lock(&box->sound_lock);
    for (unsigned i = 0; i < count && box->sound_waiting < SOUND_WAITING_MOST; i++)
        memcpy(box->sound[(box->sound_at + box->sound_waiting++) % SOUND_WAITING_MOST], frames + 2 * i, sizeof box->sound[0]);
    pthread_mutex_unlock(&box->sound_lock);
}

unsigned mailbox_take_sound(struct mailbox *box, s16 *frames, unsigned room)
{
    unsigned n = 0;

    pthread_mutex_lock(&box->sound_lock);
    for (; n < room && box->sound_waiting; n++, box->sound_waiting--) {
        memcpy(frames + 2 * n, box->sound[box->sound_at], sizeof box->sound[0]);
        box->sound_at = (box->sound_at + 1) % SOUND_WAITING_MOST;
    }
    pthread_mutex_unlock(&box->sound_lock);
    return n;
}

unsigned mailbox_sound_waiting(struct mailbox *box)
{
    pthread_mutex_lock(&box->sound_lock);
    unsigned waiting = box->sound_waiting;
    pthread_mutex_unlock(&box->sound_lock);
    return waiting;
}
