#ifndef ORRERY_DEBUGGER_PROGRAM_PARTS_H
#define ORRERY_DEBUGGER_PROGRAM_PARTS_H
/* A program as libelf and libdw hold it: of the files program*.c and symbols_elf.c.        doc: symbols */
#include <elfutils/libdw.h>

#include "gui/debugger/program.h"

/* Addresses of a compilation unit. */
struct program_unit {
    u64 low, high;
    Dwarf_Off die;
};

struct program {
    int file;
    Elf *elf;
    Dwarf *dwarf;                /* NULL: there is none */
    Dwarf_CFI *frames, *exception_frames;        /* .debug_frame and .eh_frame; NULL: there is none */
    bool wide;                   /* 64-bit registers */
    u64 base;                    /* of the guest, added to the file's addresses */
    struct program_unit *unit;   /* by address; some may be there several times */
    size_t units;
};

bool program_symbols(struct program *program, struct symbol_batch *batch, const char *path, struct error *err);

#endif
