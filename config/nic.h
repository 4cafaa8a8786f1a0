#ifndef ORRERY_CONFIG_NIC_H
#define ORRERY_CONFIG_NIC_H
/* Parameters of network cards: a directive a model, a line a card.                        doc: network */
#include <stdio.h>

#include "config/table.h"

extern const struct parameter nic_ne2k[], nic_e1000[];
void nic_write(const struct machine_config *c, FILE *to);

#endif
