#ifndef ORRERY_TESTS_LENGTHS_H
#define ORRERY_TESTS_LENGTHS_H
/* Every opcode as bytes, and what the host has that no model of ours has.                  doc: oracle */
#include "tests/oracle/oracle.h"

enum { LENGTHS_STRING = 20 };            /* bytes of a case: more than an instruction may have */

/* Calls check for every stride-th of all cases of code of 16, 32 or 64 bits, in turn. */
void lengths_each(unsigned code_bits, unsigned long stride, void (*check)(const struct oracle_case *c));

/* Legacy prefixes, and REX in 64-bit code, that the string begins with. */
unsigned lengths_prefixes(const struct oracle_case *c);
/* The row of absent.inc that these bytes belong to on this host, or NULL. */
const char *lengths_absent(const struct oracle_case *c);
/* The host's features, as far as the models know them, in a model of ours. */
const struct cpu_model *lengths_model(void);

#endif
