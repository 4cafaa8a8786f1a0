#ifndef ORRERY_NETWORK_PCAP_H
#define ORRERY_NETWORK_PCAP_H
/* A file of frames as tcpdump and Wireshark read it, stamped with virtual time.           doc: network */
#include <stdio.h>

#include "devices/board/clock.h"

enum { PCAP_RECORD_BYTES = 16 };                         /* before each frame */

FILE *pcap_create(const char *path);                     /* NULL: errno says why */
bool pcap_write(FILE *pcap, const struct clock *clock, const u8 *frame, unsigned size);  /* false: errno says why */

#endif
