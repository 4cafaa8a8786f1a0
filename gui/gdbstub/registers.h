#ifndef ORRERY_GDBSTUB_REGISTERS_H
#define ORRERY_GDBSTUB_REGISTERS_H
/* The processor's registers as gdb numbers them.                                            doc: gdbstub */
#include "devices/machine.h"

/* What gdb is told the processor to be; fixed while it is connected. */
enum gdb_architecture { GDB_I8086, GDB_I386, GDB_X86_64, GDB_ARCHITECTURES };

enum { GDB_REGISTER_BYTES = 16, GDB_REGISTERS_BYTES = 2048 };

/* The one that fits the code that runs now. */
enum gdb_architecture gdb_architecture_of(const struct cpu *cpu);

/* The description as XML, for qXfer:features; the caller frees it. */
char *gdb_description(enum gdb_architecture architecture);

unsigned gdb_register_count(enum gdb_architecture architecture);
unsigned gdb_register_bytes(enum gdb_architecture architecture, unsigned n);
/* Little endian; how many bytes, 0: there is no register of that number. */
unsigned gdb_register_get(const struct cpu *cpu, enum gdb_architecture architecture, unsigned n, u8 bytes[GDB_REGISTER_BYTES]);
bool gdb_register_set(struct machine *machine, unsigned processor, enum gdb_architecture architecture, unsigned n, const u8 bytes[GDB_REGISTER_BYTES], struct error *err);

#endif
