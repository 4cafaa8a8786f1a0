#ifndef ORRERY_BOARD_DEPARTURE_H
#define ORRERY_BOARD_DEPARTURE_H
/* The sending side of devices/board/passage.h, for a machine that goes and for one that is mirrored.            doc: migration */
#include "devices/board/passage.h"
#include "devices/machine.h"

struct departure {
    struct machine *machine;
    struct peer peer;
    struct memory_tracker own, *tracker;
    struct machine_passage *passage;
    u64 sent_ns, ran_ns;         /* when the last section had been sent; when the machine ran last */
    bool waits;                  /* the other side is reading images that must not change meanwhile */
    bool stands, called_off;     /* it cannot run on; a person does not want it any more */
};

/* Up to the other's "ready"; then all of the machine up to "holds".  departure_end after either, also when it was false. */
bool departure_begin(struct departure *d, struct machine *m, const char *address, const char *config, const char *journey, struct machine_passage *passage, struct error *err);
bool departure_send(struct departure *d, struct error *err);
void departure_end(struct departure *d);
bool departure_send_files(struct departure *d, struct error *err);       /* descriptors of all images */

#endif
