#ifndef ORRERY_NETWORK_HUB_H
#define ORRERY_NETWORK_HUB_H
/* A hub that joins machines of several processes: a socket file; what one sends, all others get.        doc: network */
#include "cpu/base/error.h"

enum { HUB_MACHINES = 16 };

struct hub {
    int listener, machine[HUB_MACHINES];                 /* -1: nobody */
    char path[108];
};

/* Makes the socket file.  False: err says why. */
bool hub_open(struct hub *hub, const char *path, struct error *err);
/* Waits at most that long for machines that come, go or send, and serves them; -1: until one does. */
void hub_serve(struct hub *hub, int milliseconds);
void hub_close(struct hub *hub);
/* A machine's end; -1: errno says why. */
int hub_join(const char *path);

#endif
