#ifndef ORRERY_BOARD_MIRROR_H
#define ORRERY_BOARD_MIRROR_H
#include "devices/board/arrival.h"
bool second_follow(struct machine *m, struct arrival *a, struct machine_arrival *how, struct error *err);
#endif
