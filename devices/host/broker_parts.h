#ifndef ORRERY_HOST_BROKER_PARTS_H
#define ORRERY_HOST_BROKER_PARTS_H
/* What the broker's files share.                                                             doc: sandbox */
#include <poll.h>
#include <pthread.h>

#include "devices/host/calls.h"

enum { BROKER_SEATS = 2048, BROKER_FOLDERS = 32 };

struct broker {
    struct named *named;
    pthread_t thread;
    pid_t machine;
    u8 level;                    /* enum sandbox_level */
    bool sockets;
    volatile bool killed;        /* set once, by the broker's thread; read when that has ended */
    unsigned refused;
    struct pollfd seat[BROKER_SEATS];
    unsigned seats;
    char *folder[BROKER_FOLDERS];        /* named folders that were opened: what lies in them is theirs */
    unsigned folders;
    struct broker_request request;
    pthread_mutex_t lock;        /* of what follows */
    bool ended;
    void (*on_end)(void *context);
    void *context;
};

/* A request taken apart. */
struct asked {
    const struct broker_request *request;
    int fd[BROKER_FDS];          /* -1: none */
    const char *path[2];
    const char *in;
    int new_fd;                  /* goes with the reply, then is closed here */
};

s64 broker_act(struct broker *b, struct asked *a, struct broker_reply *reply);
s64 broker_new_seat(struct broker *b, int *theirs);
s64 broker_refuse(struct broker *b, const char *what, const char *path, bool to_write);
s64 broker_act_start(struct broker *b, struct asked *a, struct broker_reply *reply);
s64 broker_act_tcp(struct broker *b, struct asked *a, struct broker_reply *reply);
s64 broker_act_kill(struct broker *b, struct asked *a, struct broker_reply *reply);
s64 broker_act_socket(struct broker *b, struct asked *a, struct broker_reply *reply);

#endif
