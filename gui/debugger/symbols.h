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
bool symbols_are_wide(const struct symbols *symbols);     /* a program of 64-bit code is among them */
size_t symbols_count(const struct symbols *symbols);

/* The name that an address belongs to, and how far behind it the address lies; NULL: it belongs to none. */
const char *symbols_at(const struct symbols *symbols, u64 address, u64 *offset);
/* It belongs to a name that is a function's, or whose kind nobody said. */
bool symbols_in_code(const struct symbols *symbols, u64 address);
bool symbols_find(const struct symbols *symbols, const char *name, u64 *address);

/* Where the instruction at an address comes from, as the compiler had it; false: nobody says. */
struct symbol_line {
    const char *file;            /* as long as the table */
    unsigned line;
};
bool symbols_line(const struct symbols *symbols, u64 address, struct symbol_line *line);
/* The first address of a line of a file, or of the next line that has code; `file` may be the end of a path.  *found: which line. */
bool symbols_line_address(const struct symbols *symbols, const char *file, unsigned line, u64 *address, unsigned *found);

/* A call that has not returned: registers as struct cpu_view has them, and those whose value is known. */
struct symbol_frame {
    u64 pc, gpr[16];
    u32 known;                   /* bit n: gpr[n] */
    bool caller;                 /* pc is where a call returns to */
};
struct symbol_stack {
    bool (*read)(void *context, u64 address, unsigned size_bytes, u64 *value);
    void *context;
    unsigned bits;               /* of the code: 32 or 64 */
};
/* The frame of who called, by the program's tables (DWARF, "Call Frame Information"); false: there are none for it. */
bool symbols_unwind(const struct symbols *symbols, struct symbol_frame *frame, const struct symbol_stack *stack);

/* "start_kernel+0x1c" of an address, and with its line "start_kernel+0x1c (main.c:42)"; "" where it has no name. */
enum { SYMBOL_TEXT = 512 };
const char *symbols_name(const struct symbols *symbols, u64 address, char text[SYMBOL_TEXT]);
const char *symbols_text(const struct symbols *symbols, u64 address, char text[SYMBOL_TEXT]);
/* The same of an address that a call returns to: name and line are those of the call. */
const char *symbols_text_of_return(const struct symbols *symbols, u64 address, char text[SYMBOL_TEXT]);

/* Names that begin so, by address. */
void symbols_each(const struct symbols *symbols, const char *prefix, void (*take)(void *context, u64 address, const char *name), void *context);

#endif
