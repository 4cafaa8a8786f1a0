#ifndef ORRERY_NETWORK_LAN_H
#define ORRERY_NETWORK_LAN_H
/* LANs between machines of one process, on one virtual clock.                               doc: network
 * Who holds the machines gives each a seat (machine_config.seat); cards of theirs with ethmod=lan are plugged into the LAN that ethdev= names.  A frame
 * that is sent at a moment is there `delay` later, whatever the pieces are in which the machines run, as long as none is longer than the delay. */
#include "cpu/base/types.h"

enum { LAN_MACHINES = 16 };

struct lan;
struct lan_seat;

struct lan *lan_create(u64 delay_ns);
void lan_destroy(struct lan *lan);                       /* after its machines */
struct lan_seat *lan_seat(struct lan *lan, unsigned n);  /* n < LAN_MACHINES */

/* All machines have come to the same moment: what they have sent since the last one is on its way to the others. */
void lan_exchange(struct lan *lan);

#endif
