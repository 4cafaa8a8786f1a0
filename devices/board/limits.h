#ifndef ORRERY_BOARD_LIMITS_H
#define ORRERY_BOARD_LIMITS_H
/* What a guest may put on the host: bytes in all, and bytes a virtual second.                doc: limits
 * What is counted is what this process hands out, whatever life the machine leads, so nothing of it is state. */
#include "cpu/base/types.h"
#include "devices/machine_config.h"

struct machine;

struct allowance {
    u64 used;                    /* bytes that were handed out */
    u128 room;                   /* in the bucket: bytes times ticks a virtual second; a second's worth at most */
    u64 filled_at;               /* tick */
    bool begun, told;            /* something has come; that something was lost */
};

/* So many bytes are about to go to the host.  False: they do not.  What comes too fast is lost; when all are used the machine stops. */
bool limits_allow(struct machine *m, enum host_limit which, u64 bytes);

/* The guest resets the machine.  False: it has done so again and again, and the machine has stopped. */
bool limits_allow_reset(struct machine *m);

#endif
