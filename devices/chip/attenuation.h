#ifndef ORRERY_CHIP_ATTENUATION_H
#define ORRERY_CHIP_ATTENUATION_H
/* Volume controls: n steps of -2 dB, ATTENUATION_UNITY is 1. */
#include "cpu/base/types.h"

enum { ATTENUATION_UNITY = 65536, ATTENUATION_STEPS = 64 };

u32 attenuation_2db(unsigned steps);     /* 64 steps and more are nothing */

#endif
