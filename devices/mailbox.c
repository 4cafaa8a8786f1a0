#include "devices/mailbox.h"

/* It lies in memory that two processes share, and neither believes what the other wrote: indices are cut to size where they are used, sizes
 * looked at after they were copied, and nobody waits for a lock for good.                    Source: futex(2) */
#include <linux/futex.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FREE, TAKEN, AWAITED };           /* of a lock */
enum { LOOKS_IN_VAIN = 8 };
enum { WAIT_NS = 50000000, WAITS_MOST = 20 };

struct shared {
    u32 lock;
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
    u32 sound_lock;              /* of its own: nobody who plays waits for a picture */
    s16 sound[SOUND_WAITING_MOST][2];
    unsigned sound_at, sound_waiting;
};

/* A side's own. */
struct mailbox {
    struct shared *shared;
    void (*posted)(void *context, const struct mail *mail);
    void *context;
};

/* After a second it is taken from whoever holds it: that one stands or means harm, and what is copied is looked at. */
static void take(u32 *lock)
{
    const struct timespec wait = { 0, WAIT_NS };
    u32 was = FREE;

    if (__atomic_compare_exchange_n(lock, &was, TAKEN, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return;
    for (unsigned n = 0; n < WAITS_MOST && __atomic_exchange_n(lock, AWAITED, __ATOMIC_ACQUIRE) != FREE; n++)
        syscall(SYS_futex, lock, FUTEX_WAIT, AWAITED, &wait, NULL, 0);
}

static void give(u32 *lock)
{
    if (__atomic_exchange_n(lock, FREE, __ATOMIC_RELEASE) == AWAITED) syscall(SYS_futex, lock, FUTEX_WAKE, 1, NULL, NULL, 0);
}

struct mailbox *mailbox_create(void)
{
    struct mailbox *mailbox = calloc(1, sizeof *mailbox);
    void *shared = mailbox ? mmap(NULL, sizeof *mailbox->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) : MAP_FAILED;

    if (shared != MAP_FAILED) {
        mailbox->shared = shared;
        return mailbox;
    }
    free(mailbox);
    return NULL;
}

void mailbox_destroy(struct mailbox *mailbox)
{
    if (!mailbox) return;
    munmap(mailbox->shared, sizeof *mailbox->shared);
    free(mailbox);
}

void mailbox_on_post(struct mailbox *mailbox, void (*posted)(void *context, const struct mail *mail), void *context)
{
    mailbox->posted = posted;
    mailbox->context = context;
}

bool mailbox_post(struct mailbox *mailbox, const struct mail *mail)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    bool room = box->used < MAIL_ROOM;
    if (room) box->mail[(box->head + box->used++) % MAIL_ROOM] = *mail;
    if (mail->kind == MAIL_QUIT) atomic_store_explicit(&box->impatient, true, memory_order_relaxed);       /* the display looks no more */
    give(&box->lock);
    if (room && mailbox->posted) mailbox->posted(mailbox->context, mail);
    return room;
}

bool mailbox_take(struct mailbox *mailbox, struct mail *mail)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    bool any = box->used > 0;
    if (any) {
        *mail = box->mail[box->head % MAIL_ROOM];
        mail->text[MAIL_TEXT - 1] = 0;
        box->head = (box->head + 1) % MAIL_ROOM;
        box->used--;
    } else {
        box->looks = 0;
        atomic_store_explicit(&box->impatient, false, memory_order_relaxed);
    }
    give(&box->lock);
    return any;
}

const atomic_bool *mailbox_impatient(const struct mailbox *mailbox) { return &mailbox->shared->impatient; }

bool mailbox_see(struct mailbox *mailbox, u64 *seen, struct vga_picture *picture, struct mailbox_status *status)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    bool newer = box->number != *seen;
    if (newer) vga_copy_picture(&box->picture, picture);
    *seen = box->seen = box->number;
    *status = box->status;
    if (++box->looks >= LOOKS_IN_VAIN) atomic_store_explicit(&box->impatient, true, memory_order_relaxed);
    status->text[sizeof status->text - 1] = 0;
    give(&box->lock);
    return newer;
}

bool mailbox_wants_picture(struct mailbox *mailbox)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    bool wanted = box->seen == box->number;
    give(&box->lock);
    return wanted;
}

struct vga_picture *mailbox_open(struct mailbox *mailbox)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    return &box->picture;
}

void mailbox_show(struct mailbox *mailbox, bool changed, const struct mailbox_status *status)
{
    struct shared *box = mailbox->shared;
    box->status = *status;
    box->number += changed;
    give(&box->lock);
}

static bool fits(int cells) { return cells >= -CELLS_MOST_COLUMNS && cells <= CELLS_MOST_COLUMNS; }

static void copy_cells(struct cells *to, const struct cells *from)
{
    memcpy(to, from, offsetof(struct cells, at));
    if (to->columns > CELLS_MOST_COLUMNS || to->rows > CELLS_MOST_ROWS) to->columns = to->rows = 0;
    if (!fits(to->screen.x) || !fits(to->screen.y) || !fits(to->screen.width) || !fits(to->screen.height)) to->screen = (struct cells_region){ 0, 0, 0, 0 };
    memcpy(to->at, from->at, (size_t)to->columns * to->rows * sizeof to->at[0]);
}

void mailbox_show_cells(struct mailbox *mailbox, const struct cells *cells)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    copy_cells(&box->cells, cells);
    box->cells_number++;
    give(&box->lock);
}

bool mailbox_see_cells(struct mailbox *mailbox, u64 *seen, struct cells *cells)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    bool newer = box->cells_number != *seen;
    if (newer) copy_cells(cells, &box->cells);
    *seen = box->cells_number;
    give(&box->lock);
    return newer;
}

void mailbox_close(struct mailbox *mailbox)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    box->closed = true;
    give(&box->lock);
}

bool mailbox_closed(struct mailbox *mailbox)
{
    struct shared *box = mailbox->shared;
    take(&box->lock);
    bool closed = box->closed;
    give(&box->lock);
    return closed;
}

void mailbox_put_sound(void *mailbox, const s16 *frames, unsigned count)
{
    struct shared *box = ((struct mailbox *)mailbox)->shared;

    take(&box->sound_lock);
    for (unsigned i = 0; i < count && box->sound_waiting < SOUND_WAITING_MOST; i++)
        memcpy(box->sound[(box->sound_at + box->sound_waiting++) % SOUND_WAITING_MOST], frames + 2 * i, sizeof box->sound[0]);
    give(&box->sound_lock);
}

unsigned mailbox_take_sound(struct mailbox *mailbox, s16 *frames, unsigned room)
{
    struct shared *box = mailbox->shared;
    take(&box->sound_lock);
    unsigned at = box->sound_at, waiting = box->sound_waiting, n;
    for (n = 0; n < room && n < waiting && n < SOUND_WAITING_MOST; n++) memcpy(frames + 2 * n, box->sound[(at + n) % SOUND_WAITING_MOST], sizeof box->sound[0]);
    box->sound_at = (at + n) % SOUND_WAITING_MOST;
    box->sound_waiting = waiting - n;
    give(&box->sound_lock);
    return n;
}

unsigned mailbox_sound_waiting(struct mailbox *mailbox)
{
    struct shared *box = mailbox->shared;
    take(&box->sound_lock);
    unsigned waiting = box->sound_waiting;
    give(&box->sound_lock);
    return waiting < SOUND_WAITING_MOST ? waiting : SOUND_WAITING_MOST;
}
