#ifndef ORRERY_DEBUGGER_LISTING_H
#define ORRERY_DEBUGGER_LISTING_H
#include "gui/automation/script.h"

/* `count` instructions, strings that end with NUL; at linear or physical addresses.  False: nothing is mapped there. */
bool list_instructions(struct session *s, bool linear, u64 address, u64 count, struct error *err);
bool list_strings(struct session *s, bool linear, u64 address, u64 count, struct error *err);

#endif
