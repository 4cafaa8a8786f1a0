#ifndef ORRERY_BOARD_PASSAGE_H
#define ORRERY_BOARD_PASSAGE_H
/* A machine on its way to another process of this host: sections as a snapshot has them, over a Unix socket.    doc: migration
 *
 *   the one that goes                                        the one that waits
 *   head, config, journey, media, files, schema        ->
 *                                                      <-   ready, or refused: why
 *   pages .. round                     (it runs on)    ->    puts them where they belong
 *                                                      <-   round, and so on until few are left
 *   pages, state, texts, end           (it stands)     ->    looks at all of it, becomes it
 *                                                      <-   holds, or refused
 *   go, and it ends                                    ->    runs on
 *
 * journey: a line each: "migrate" or "mirror"; "volatile" when no disk is written through; "checks NANOSECONDS" of a mirror
 * files:   a line a descriptor that comes along: WHAT PATH */
#include "devices/board/snapshot.h"
#include "devices/storage/image_heritage.h"

enum { PEER_FILES = HERITAGE_MOST, PEER_WAIT_S = 30 };

/* One end of the socket. */
struct peer {
    int fd;
    bool gone;                   /* the other end is closed */
    struct image_file *file;     /* what is sent and received, as a file that is never at its end */
    int outgoing[PEER_FILES];    /* descriptors that go with the next bytes; they stay their owner's */
    unsigned outgoing_count;
    int incoming[PEER_FILES];    /* that have come */
    unsigned incoming_count;
    struct snapshot_reader in;
    struct snapshot_writer out;
    struct error out_error;      /* of what is written when nobody asks */
};

/* "unix:PATH"; false: err says what an address looks like. */
bool peer_address(const char *address, const char **path, struct error *err);
bool peer_connect(struct peer *p, const char *address, struct machine *m, struct error *err);
/* Waits for somebody to come: for ever. */
bool peer_accept(struct peer *p, const char *address, struct error *err);
void peer_close(struct peer *p);
/* From now on neither side is given up because it is silent. */
void peer_be_patient(struct peer *p);

/* Writes a section, or reads the next one; false: err says why not.  At the end of the other's stream: false, and `gone`. */
bool peer_tell(struct peer *p, const char *kind, const char *text, struct error *err);
bool peer_hear(struct peer *p, struct error *err);
bool peer_has_news(struct peer *p);                      /* peer_hear would not wait long */
/* The section that was heard last. */
bool peer_heard(const struct peer *p, const char *kind);
void peer_words(const struct peer *p, char *words, size_t size);         /* its text, as far as it can be shown */
/* Waits for this word; a "refused" has its text in err. */
bool peer_await(struct peer *p, const char *kind, struct error *err);

#endif
