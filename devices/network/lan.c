/* LANs inside the process: every port gets what every other one of its name sends, as from a hub.          doc: network
 *
 *   card ── port.sent ──lan_exchange──▶ port.coming, by arrival ──its moment──▶ port.waiting ── card
 *
 * What waits is bounded: a frame that arrives when QUEUE wait is lost.  What is on its way is bounded by what senders can send within the delay. */
#include "devices/network/lan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "cpu/base/allocated.h"
#include "devices/network/network.h"

enum { QUEUE = 256, PORTS = 2 * CONFIG_NICS };

struct parcel {
    TAILQ_ENTRY(parcel) link;
    u64 tick;                    /* sent: of the sender's clock; later: when it arrives, of the receiver's */
    unsigned from;               /* the sender's place among all ports */
    unsigned size;
    u8 frame[FRAME_MOST];
};
TAILQ_HEAD(parcels, parcel);

struct port {
    char name[CONFIG_PATH];
    const struct clock *clock;   /* NULL: the machine is gone, or has no such card */
    u64 ips;
    struct parcels sent, coming, waiting;
    unsigned waits;
};

struct lan_seat {
    struct port port[PORTS];
    unsigned ports;
};

struct lan {
    struct lan_seat seat[LAN_MACHINES];
    u64 delay_ns;
};

struct lan_seat *lan_seat(struct lan *lan, unsigned n) { return &lan->seat[n % LAN_MACHINES]; }

static struct port *port_at(struct lan *lan, unsigned n) { return &lan->seat[n / PORTS].port[n % PORTS]; }

static void discard(struct parcels *list)
{
    struct parcel *p;

    while ((p = TAILQ_FIRST(list))) {
        TAILQ_REMOVE(list, p, link);
        free(p);
    }
}

struct lan *lan_create(u64 delay_ns)
{
    struct lan *lan = allocated(calloc(1, sizeof *lan));

    lan->delay_ns = delay_ns;
    for (unsigned n = 0; n < LAN_MACHINES * PORTS; n++) {
        struct port *p = port_at(lan, n);
        TAILQ_INIT(&p->sent);
        TAILQ_INIT(&p->coming);
        TAILQ_INIT(&p->waiting);
    }
    return lan;
}

void lan_destroy(struct lan *lan)
{
    for (unsigned n = 0; n < LAN_MACHINES * PORTS; n++) {
        struct port *p = port_at(lan, n);
        discard(&p->sent);
        discard(&p->coming);
        discard(&p->waiting);
    }
    free(lan);
}

/* --- between runs --- */

/* The moment at which it was sent, on the receiver's clock, and the delay. */
static u64 arrival(const struct lan *lan, const struct port *from, const struct port *to, u64 tick)
{
    return (u64)(((u128)tick * to->ips + from->ips - 1) / from->ips) + clock_ticks_of_ns(to->clock, lan->delay_ns);
}

/* In the order of arrival; of one tick in the order of senders, and of those in which they sent. */
static void put_on_its_way(struct port *to, struct parcel *new)
{
    struct parcel *at;

    TAILQ_FOREACH_REVERSE(at, &to->coming, parcels, link)
    {
        if (at->tick > new->tick || (at->tick == new->tick && at->from > new->from)) continue;
        TAILQ_INSERT_AFTER(&to->coming, at, new, link);
        return;
    }
    TAILQ_INSERT_HEAD(&to->coming, new, link);
}

static void pass_on(struct lan *lan, const struct port *from, const struct parcel *parcel)
{
    for (unsigned n = 0; n < LAN_MACHINES * PORTS; n++) {
        struct port *to = port_at(lan, n);
        if (to == from || !to->clock || strcmp(to->name, from->name)) continue;
        struct parcel *copy = malloc(sizeof *copy);
        if (!copy) return;
        *copy = *parcel;
        copy->tick = arrival(lan, from, to, parcel->tick);
        put_on_its_way(to, copy);
    }
}

void lan_exchange(struct lan *lan)
{
    struct parcel *p;

    for (unsigned n = 0; n < LAN_MACHINES * PORTS; n++) {
        struct port *from = port_at(lan, n);
        TAILQ_FOREACH(p, &from->sent, link) {
            p->from = n;
            pass_on(lan, from, p);
        }
        discard(&from->sent);
    }
}

/* --- a card's side --- */

static void send_frame(void *self, const u8 *frame, unsigned size)
{
    struct port *port = self;
    struct parcel *p = malloc(sizeof *p);

    if (!p) return;
    p->tick = clock_now(port->clock);
    p->size = size;
    memcpy(p->frame, frame, size);
    TAILQ_INSERT_TAIL(&port->sent, p, link);
}

/* Frames wait from the moment of their arrival on: how many do then is how many did when the card took its last one, and those that came since. */
static void arrive(struct port *port)
{
    struct parcel *p;

    while ((p = TAILQ_FIRST(&port->coming)) && p->tick <= clock_now(port->clock)) {
        TAILQ_REMOVE(&port->coming, p, link);
        if (port->waits == QUEUE) {
            free(p);
            continue;
        }
        TAILQ_INSERT_TAIL(&port->waiting, p, link);
        port->waits++;
    }
}

static unsigned next(void *self, u8 *frame)
{
    struct port *port = self;

    arrive(port);
    struct parcel *p = TAILQ_FIRST(&port->waiting);
    if (!p) return 0;
    unsigned size = p->size;
    memcpy(frame, p->frame, size);
    TAILQ_REMOVE(&port->waiting, p, link);
    port->waits--;
    free(p);
    return size;
}

/* What it has sent goes its way. */
static void unplug(void *self)
{
    struct port *port = self;

    port->clock = NULL;
    discard(&port->coming);
    discard(&port->waiting);
    port->waits = 0;
}

bool network_open_seat(struct network *net, struct lan_seat *seat, const struct nic_config *config, const char *who, struct error *err)
{
    if (seat->ports == PORTS) return fail(err, "%s: the machine has had its seat before", who);
    struct port *port = &seat->port[seat->ports++];

    memcpy(port->name, config->ethdev, sizeof port->name);
    port->clock = net->clock;
    port->ips = net->clock->ips;
    net->backend = (struct network_backend){ .self = port, .send = send_frame, .next = next, .close = unplug, .outside = true };
    return true;
}
