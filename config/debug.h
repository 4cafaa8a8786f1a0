#ifndef ORRERY_CONFIG_DEBUG_H
#define ORRERY_CONFIG_DEBUG_H
#include "config/table.h"

extern const struct parameter debug_symbols[];
extern const struct parameter debug_gdbstub[], debug_time_travel_row[];
extern const struct parameter debug_window[];
/* display_library: options="gui_debug, ..." */
bool debug_display_options(const struct given *g, struct machine_config *c, void *base);
/* symbols: PATH, without file= */
bool debug_symbol_path(const struct given *g, struct machine_config *c, void *base);

#endif
