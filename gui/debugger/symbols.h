#ifndef ORRERY_DEBUGGER_SYMBOLS_H
#define ORRERY_DEBUGGER_SYMBOLS_H
/* Names of the guest's addresses, from the files of its linker.                            doc: symbols
 * Addresses are linear ones.  NULL stands for a table without names wherever a table is only read. */
#include <stddef.h>

#include "cpu/base/error.h"

struct symbols;

struct symbols *symbols_open(void);
void symbols_free(struct symbols *symbols);

/* Adds the names of a file, `base` on top of each address: an ELF program, or text of lines "ADDRESS NAME" (Bochs's ldsym) or
 * "ADDRESS TYPE NAME" (nm, System.map).  False: err says why, and the table is what it was. */
bool symbols_load(struct symbols *symbols, const char *path, u64 base, struct error *err);
bool symbols_in_program(const char *path);               /* the file is an ELF program */
size_t symbols_count(const struct symbols *symbols);

/* The name that an address belongs to, and how far behind it the address lies; NULL: it belongs to none. */
const char *symbols_at(const struct symbols *symbols, u64 address, u64 *offset);
bool symbols_find(const struct symbols *symbols, const char *name, u64 *address);

/* "start_kernel+0x1c" of an address; "" where it has no name. */
enum { SYMBOL_TEXT = 320 };
const char *symbols_text(const struct symbols *symbols, u64 address, char text[SYMBOL_TEXT]);

/* Names that begin so, by address. */
void symbols_each(const struct symbols *symbols, const char *prefix, void (*take)(void *context, u64 address, const char *name), void *context);

#endif
