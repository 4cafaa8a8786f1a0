#ifndef ORRERY_TESTS_ORACLE_H
#define ORRERY_TESTS_ORACLE_H
/* One instruction, run on the host's processor and on ours, compared bit by bit.           doc: oracle */
#include "cpu/base/types.h"

enum {
    CODE_LA = 0x30000000, CODE_BYTES = 4096,
    DATA_LA = 0x30100000, DATA_BYTES = 0x10000,       /* the 64 KiB that 16-bit segments see, and memory around 32-bit pointers */
    CODE_START = 0x20,                                /* the instruction's place in its page: 0 is a common jump target */
    EXIT_1_OFFSET = 0x40,                             /* landing place of branches */
};

enum { END_NEXT, END_TAKEN, END_FAULT };

struct registers {
    u32 gpr[8];              /* EAX ECX EDX EBX ESP EBP ESI EDI */
    u32 eip, eflags;
    u32 end;                 /* END_* */
    u32 vector, error, cr2;  /* END_FAULT */
};

/* A case: bytes of code at CODE_LA + CODE_START (offset CODE_START of CS in 16-bit mode), registers, and DATA_BYTES of data. */
struct oracle_case {
    bool code16;
    u8 code[16];
    unsigned length;
    struct registers in;
    u32 data_seed;
    u32 data_limit;          /* 16-bit: limit of DS, ES, SS */
    const char *name;        /* of the row */
    u32 undefined;           /* flags that the manual leaves undefined here */
};

bool oracle_host_start(const char **why_not);                    /* false: the host forbids it */
bool oracle_host_has_16bit(void);
void oracle_host_run(const struct oracle_case *c, struct registers *out, u8 *data);

void oracle_ours_start(void);
void oracle_ours_run(const struct oracle_case *c, struct registers *out, u8 *data);
void oracle_ours_end(void);

void oracle_fill(u8 *data, u32 seed);
/* exhaust.c: every 8-bit operation with every operand.  False when family n has no case of that number. */
unsigned oracle_families(void);
bool oracle_exhaustive_case(struct oracle_case *c, unsigned n, u64 number);

void oracle_generate(struct oracle_case *c, u64 *random);

#endif
