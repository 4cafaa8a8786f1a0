/* 65536 * 10^(-n/10), rounded: a table, because hosts' powers differ in their last place. */
#include "devices/chip/attenuation.h"

u32 attenuation_2db(unsigned steps)
{
    static const u32 table[ATTENUATION_STEPS] = {
        65536, 52057, 41350, 32846, 26090, 20724, 16462, 13076, 10387, 8250, 6554, 5206, 4135, 3285, 2609, 2072, 1646, 1308, 1039, 825, 655, 521, 414, 328, 261, 207, 165, 131, 104, 83, 66, 52,
        41, 33, 26, 21, 16, 13, 10, 8, 7, 5, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    };
    return steps < ATTENUATION_STEPS ? table[steps] : 0;
}
