#ifndef ORRERY_TESTS_MOO_H
#define ORRERY_TESTS_MOO_H
/* Single instructions captured on a real processor, in MOO files (gzip).                    doc: vectors */
#include "cpu/base/error.h"
#include "cpu/base/types.h"

enum { MOO_RAM = 1024, MOO_REGS = 14, MOO_BYTES = 16 };
enum { MOO_AX, MOO_BX, MOO_CX, MOO_DX, MOO_CS, MOO_SS, MOO_DS, MOO_ES, MOO_SP, MOO_BP, MOO_SI, MOO_DI, MOO_IP, MOO_FLAGS };

struct moo_ram {
    u32 address;
    u8 value;
};

struct moo_state {
    u16 present;                 /* bit n: reg[n] is given */
    u16 reg[MOO_REGS];
    struct moo_ram ram[MOO_RAM];
    u32 rams;
};

struct moo_test {
    u32 index;
    char name[64];
    u8 bytes[MOO_BYTES];
    u32 length;
    struct moo_state before, after;
    bool raises;
    u8 vector;
    u32 pushed_flags;            /* physical address of the FLAGS that the exception pushed */
    char hash[41];
};

/* Calls each test of a file; false and err when the file is none. */
bool moo_read(const char *path, void (*each)(void *context, const struct moo_test *test), void *context, struct error *err);

#endif
