#ifndef ORRERY_CONFIG_PERTURB_H
#define ORRERY_CONFIG_PERTURB_H
/* perturb: in the configuration.                                                            doc: perturb */
#include <stdio.h>

#include "config/table.h"

extern const struct parameter perturb_parameters[];
void perturb_write(const struct perturb_config *p, FILE *to);
/* For a search that says nothing of what is to vary. */
void perturb_usual(struct perturb_config *p);

#endif
