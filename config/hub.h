#ifndef ORRERY_CONFIG_HUB_H
#define ORRERY_CONFIG_HUB_H
/* orrery hub PATH: joins the machines whose cards say ethmod=lan, ethdev=PATH.            doc: network */

/* argv[1] is "hub".  Serves until it is told to end; the exit status. */
int hub_command(int argc, char **argv);

#endif
