#ifndef ORRERY_CONFIG_APART_H
#define ORRERY_CONFIG_APART_H
/* Directives in a file of a stranger's, which a process without rights reads.                  doc: sandbox */
#include "cpu/base/error.h"

/* As machine_snapshot_config and machine_journal_config. */
typedef bool directives_reader(const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err);

/* The same through another process, where there can be one.  At most 1 MiB of directives. */
bool apart_read(directives_reader *read, const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err);

#endif
