#ifndef ORRERY_DEBUGGER_TRACE_FILE_H
#define ORRERY_DEBUGGER_TRACE_FILE_H
/* Everything that was executed, in a file: a line of text, then the words that cpu/cpu.h describes.          doc: recorder */
#include <stdio.h>

#include "devices/machine.h"
#include "gui/debugger/symbols.h"

struct trace_file {
    FILE *file;                  /* NULL: nothing is recorded */
    struct cpu *cpu;             /* whose turn it was, or which was chosen, when it began */
    char path[1024];
    bool failed;
};

bool trace_file_begin(struct trace_file *t, struct machine *machine, const char *path, struct error *err);
/* False when something could not be written. */
bool trace_file_end(struct trace_file *t, struct error *err);

/* As text: `count` instructions from a tick on. */
/* Addresses by name where `symbols` has some. */
bool trace_file_show(const char *path, const struct symbols *symbols, u64 from_tick, u64 count, struct error *err);
/* orrery trace show FILE [FROM-TICK [COUNT]] [--symbols FILE]...: exit status. */
int trace_file_command(int argc, char **argv);

#endif
