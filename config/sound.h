#ifndef ORRERY_CONFIG_SOUND_H
#define ORRERY_CONFIG_SOUND_H
/* Parameters of what makes sound, and of where it goes.                                    doc: sound */
#include <stdio.h>

#include "config/table.h"

extern const struct parameter sound_output[], sound_speaker[], sound_adlib[], sound_sb16[], sound_es1370[], sound_gameport[];
void sound_write(const struct machine_config *c, FILE *to);

#endif
