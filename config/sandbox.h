#ifndef ORRERY_CONFIG_SANDBOX_H
#define ORRERY_CONFIG_SANDBOX_H
#include "config/table.h"

extern const struct parameter sandbox_row[];
/* sandbox: standard */
bool sandbox_level_word(const struct given *g, struct machine_config *c, void *base);

#endif
