#ifndef ORRERY_CONFIG_LAN_H
#define ORRERY_CONFIG_LAN_H
/* orrery lan [--delay MICROSECONDS] OPTIONS -- OPTIONS ...: machines in this process on one virtual clock.  doc: network */
#include "gui/together.h"

/* `run` is what a command line does by itself: its exit status.  Returns the first that is not 0. */
int lan_command(int argc, char **argv, int (*run)(int argc, char **argv, struct partner *partner));

#endif
