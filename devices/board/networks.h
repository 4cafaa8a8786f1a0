#ifndef ORRERY_BOARD_NETWORKS_H
#define ORRERY_BOARD_NETWORKS_H
/* Network cards in their slots, and the cables from them.                                  doc: network */
#include "devices/chip/e1000_82540em.h"
#include "devices/chip/ne2000_dp8390.h"
#include "devices/network/network.h"

struct ne2k_card {
    struct ne2000_dp8390 chip;
    struct network network;
    struct line irq;             /* of an ISA card */
};

struct e1000_card {
    struct e1000_82540em chip;
    struct network network;
};

struct machine;

void networks_init(struct machine *m);                   /* the chips */
bool networks_build(struct machine *m, struct error *err);       /* ports, slots, and what the cables lead to */
void networks_reset(struct machine *m);
void networks_close(struct machine *m);
void networks_readdress(struct machine *m, unsigned clone);      /* cards of clone 1 .. have addresses of their own */
void networks_leave_host(struct machine *m);             /* cables that led to the host lead nowhere, and frames are written down no more */
/* An ISA card asks for request n. */
bool networks_request(const struct machine *m, unsigned n);
/* Every part with state: its name is to be copied. */
void networks_each_part(struct machine *m, void (*part)(struct machine *m, const char *name, const struct state_layout *layout, void *instance));
/* The folder that card i of all may serve, with its directive and number as in "ne2k0"; NULL: none, or no such card.  i up to NETWORK_CARDS - 1. */
enum { NETWORK_CARDS = 2 * CONFIG_NICS };
struct folder *networks_folder(struct machine *m, unsigned i, const char **name, const char **path);

#endif
