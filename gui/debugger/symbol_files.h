#ifndef ORRERY_DEBUGGER_SYMBOL_FILES_H
#define ORRERY_DEBUGGER_SYMBOL_FILES_H
/* Where names come from, for symbols.c alone.                                              doc: symbols */
#include "gui/debugger/symbols.h"

/* An address has the name that comes first here: a function's before one that the assembler left without a type. */
enum symbol_rank { SYMBOL_FUNCTION, SYMBOL_OBJECT, SYMBOL_PLAIN, SYMBOL_LOCAL = 4 };

/* Names of a file, before they join the table. */
struct symbol_batch {
    struct symbol *symbol;
    size_t count, room;
};

struct symbol {
    u64 address, size_bytes;     /* size 0: not said */
    u64 most_bytes;              /* of a name without a size: to the end of what it lies in; 0: not said either */
    char *name;
    unsigned rank;               /* enum symbol_rank; SYMBOL_LOCAL is added to those of one source file */
    bool is_place;               /* false: a number of the program (ABS); no address is called by it */
};

/* A copy of `name` is taken. */
void symbol_batch_add(struct symbol_batch *batch, const struct symbol *symbol, const char *name);

bool symbol_file_text(struct symbol_batch *batch, const char *path, struct error *err);

#endif
