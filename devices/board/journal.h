#ifndef ORRERY_BOARD_JOURNAL_H
#define ORRERY_BOARD_JOURNAL_H
/* Everything that comes from outside, with the tick at which it comes.                     doc: journal */
#include <stdio.h>

#include "cpu/base/error.h"

struct machine;

enum journal_mode { JOURNAL_OFF, JOURNAL_RECORDS, JOURNAL_REPLAYS };

struct journal_entry {
    u64 tick;
    char *text;                  /* verb and arguments */
    u64 file_at;                 /* recording: where its line begins */
};

struct journal {
    enum journal_mode mode;
    FILE *file;                  /* recording */
    char *path;
    struct journal_entry *entry; /* those that are known, ascending; replaying: all */
    size_t entries, room;
    size_t at;                   /* the next one that acts, when entries are counted from the session's start .. */
    size_t dropped;              /* .. of which so many are known no more */
    bool follows;                /* replaying: more entries will come, from a process that runs */
    bool keeps;                  /* what comes in stays in memory: time travel wants it again */
    u64 bytes;                   /* that the entries take */
    char *prepared;              /* lines of the head: images, and the snapshot; NULL: to be worked out */
};

#define JOURNAL_FIRST_LINE "orrery journal 1"
enum { JOURNAL_BYTES_MOST = 4096 };          /* of an entry; longer input becomes several */

/* The text belongs to the journal from then on.  False: no memory. */
bool journal_add(struct journal *j, u64 tick, char *text, u64 file_at);
struct kernel_image;
u64 journal_kernel_hash(const struct kernel_image *kernel);
bool journal_file_hash(const char *path, u64 *hash);     /* false: it cannot be read */

/* Input wants in. Recording writes it down; false while a replay decides what comes in. */
bool journal_admits(struct machine *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool journal_admits_bytes(struct machine *m, const char *verb, u64 where, const u8 *bytes, size_t size);

/* Replaying: the tick of the next entry that machine_run applies; NEVER without one. */
u64 journal_next_tick(const struct machine *m);
void journal_apply_due(struct machine *m);
/* Replaying: the bytes that the host's end of serial line n ("line") or of network card n ("frame") gave at this tick; 0: none. */
unsigned journal_bytes_now(struct machine *m, const char *verb, unsigned n, u8 *bytes, unsigned room);

void journal_close(struct machine *m);

/* For journals of many clones of this moment, which begin with a snapshot or at power-on: what they say of images. */
bool journal_prepare(struct machine *m, const char *snapshot, struct error *err);
void journal_leave(struct machine *m);                   /* in a clone: it is another process's */
/* Following: an entry as a file has it; those that have acted are forgotten; the tick of the last one, 0 without. */
bool journal_take_line(struct journal *j, const char *path, unsigned number, const char *line, struct error *err);
void journal_forget_applied(struct machine *m);
u64 journal_last_tick(const struct machine *m);

/* --- time travel --- */

/* What comes in is kept from now on, or no longer. */
void journal_keep(struct machine *m, bool keep);
void journal_drop_before(struct machine *m, size_t at);  /* nobody will go back behind entry `at` */
/* The past goes on otherwise: entries from the present place on have not come in. False: the recorded file cannot be shortened. */
bool journal_cut(struct machine *m);

#endif
