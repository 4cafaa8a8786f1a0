#ifndef ORRERY_CONFIG_BOCHSRC_H
#define ORRERY_CONFIG_BOCHSRC_H
/* Configuration in Bochs's syntax.                                                         doc: configuration */
#include "cpu/base/error.h"
#include "devices/machine_config.h"

/* Reads a file; findings of the whole file go to err, notes (legacy spellings, parts that are not there) to notes. */
bool bochsrc_read(const char *path, struct machine_config *config, struct error *err, struct error *notes);

/* One directive, as on the command line: "floppya: 1_44=a.img, status=inserted". where: for messages, "command line:1". */
bool bochsrc_directive(const char *where, const char *text, struct machine_config *config, struct error *err, struct error *notes);

/* The directives with a line each, for --help. */
void bochsrc_help(void);
/* One directive with its parameters; false when there is none of that name. */
bool bochsrc_help_directive(const char *name);
/* The directives that are about a device: what it is, what may be said of it. */
void bochsrc_help_devices(void);
/* bochsrc.sample. */
void bochsrc_sample(void);

/* Whether a directive has a parameter of this name. */
bool bochsrc_takes(const char *directive, const char *parameter);

#endif
