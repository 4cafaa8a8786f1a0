#ifndef ORRERY_CONFIG_SNAPSHOT_H
#define ORRERY_CONFIG_SNAPSHOT_H

/* orrery snapshot info FILE | diff FILE FILE.  The exit status.                             doc: snapshots */
int snapshot_command(int argc, char **argv);

#endif
