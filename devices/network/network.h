#ifndef ORRERY_NETWORK_NETWORK_H
#define ORRERY_NETWORK_NETWORK_H
/* The cable between a card and what it is plugged into.                                    doc: network
 * A frame is what lies between preamble and FCS: destination, source, type, data. */
#include <stdio.h>

#include "cpu/base/error.h"
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/machine_config.h"

enum { FRAME_HEADER = 14, FRAME_SHORTEST = 60, FRAME_MOST = 1518 };

#define NETWORK_STATE(ONE, MANY) \
    /*    type  name                  unit     min         max  meaning                                                     */ \
    MANY(u8,   frame, FRAME_MOST,     "",        0,       0xff, "the frame on its way to the card")                            \
    ONE (u16,  size,                  "bytes",   0, FRAME_MOST, "its length; 0: none")                                         \
    ONE (event, arrives,              "tick",    0, UINT64_MAX, "it has come, or the far end is looked at again")

/* What a cable leads to.  None of it waits for anything. */
struct network_backend {
    void *self;
    void (*send)(void *self, const u8 *frame, unsigned size);            /* the card's */
    unsigned (*next)(void *self, u8 *frame);                             /* the next frame for the card, at most FRAME_MOST bytes; 0: none */
    void (*reset)(void *self);                                           /* of the machine; NULL: it does not care */
    void (*close)(void *self);
    /* State of a backend inside the machine: part i's name behind the card's ("", "tcp0"), or false.  NULL: none. */
    bool (*part)(void *self, unsigned i, const char **name, const struct state_layout **layout, void **instance);
    bool outside;                /* frames come from the host: through the journal, and somebody must look for them */
};

/* The card's side. */
struct network_card {
    void *chip;
    void (*receive)(void *chip, const u8 *frame, unsigned size);
    bool (*ready)(const void *chip);                                     /* whether it would keep a frame now */
    u64 bit_rate;                                                        /* a virtual second */
};

struct network {
    STATE_MEMBERS(NETWORK_STATE)
    struct clock *clock;
    struct network_card card;
    struct network_backend backend;
    /* Frames from outside: the journal's say.  Returns the size, or that of the frame that a replay puts in its place. */
    unsigned (*admit)(void *board, unsigned n, u8 *frame, unsigned size);
    /* A frame, or its record in the capture file, is about to go to the host: whether it may. */
    bool (*may_go_out)(void *board, enum host_limit where, unsigned size);
    void *board;
    unsigned n;
    FILE *pcap;
    const char *pcap_path;
    const bool *past;            /* the board's, NULL: none: frames have gone out, and come from the journal */
};

extern const struct state_layout network_state;

void network_init(struct network *net, struct clock *clock, const struct network_card *card);
/* Opens what `config` names.  `who` is the directive; `seat` where ethmod=lan leads to, NULL: to a hub.  False: err says what is missing and what to do. */
bool network_open(struct network *net, const struct nic_config *config, struct lan_seat *seat, const char *who, struct error *err);
void network_reset(struct network *net);
void network_close(struct network *net);
/* A frame_sink's function: the card sends. */
void network_send(void *network, const u8 *frame, unsigned size);
/* The backend has something again. */
void network_wake(struct network *net);
const char *network_invariant(const struct network *net);

/* The backends.  Each fills in net->backend. */
bool network_open_vnet(struct network *net, const struct nic_config *config, const char *who, struct error *err);
bool network_open_passt(struct network *net, const struct nic_config *config, const char *who, struct error *err);
bool network_open_lan(struct network *net, const struct nic_config *config, const char *who, struct error *err);
bool network_open_seat(struct network *net, struct lan_seat *seat, const struct nic_config *config, const char *who, struct error *err);
bool network_open_tap(struct network *net, const struct nic_config *config, const char *who, struct error *err);

#endif
