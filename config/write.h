#ifndef ORRERY_CONFIG_WRITE_H
#define ORRERY_CONFIG_WRITE_H
/* A configuration as directives that make the same machine again.                          doc: configuration */
#include <stdio.h>

#include "devices/machine_config.h"

/* A directive a line.  Host ends of serial lines are left out: a journal has what came through them. */
void config_write(const struct machine_config *config, FILE *to);

#endif
