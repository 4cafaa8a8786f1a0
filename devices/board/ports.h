#ifndef ORRERY_BOARD_PORTS_H
#define ORRERY_BOARD_PORTS_H
/* The I/O address space: 65536 byte ports, each with at most one chip behind it.         doc: ports */
#include "cpu/base/error.h"

/* One row of a board's I/O map.  reg = port - first.  A chip of the ISA bus has read/write for bytes; wider accesses
 * are split into bytes, low port first.  A chip with read_wide/write_wide takes accesses of 2 and 4 bytes whole when
 * they start in its range (the IDE data register). Reads without a chip return ones. */
struct port_range {
    u16 first, last;
    const char *name;            /* for messages: "pic1" */
    void *chip;
    u8 (*read)(void *chip, unsigned reg);
    void (*write)(void *chip, unsigned reg, u8 value);
    u32 (*read_wide)(void *chip, unsigned reg, unsigned size_bytes);
    void (*write_wide)(void *chip, unsigned reg, unsigned size_bytes, u32 value);
};

struct ports;

struct ports *ports_create(void);
void ports_destroy(struct ports *ports);

/* Copies the row. False with "com1: ports 3f8h-3ffh are taken by ne2k" when one of its ports is taken. */
bool ports_add(struct ports *ports, const struct port_range *range, struct error *err);

/* size_bytes 1, 2 or 4; port + size - 1 wraps at 64 K as the bus does. */
u32 ports_read(struct ports *ports, u16 port, unsigned size_bytes);
void ports_write(struct ports *ports, u16 port, unsigned size_bytes, u32 value);

#endif
