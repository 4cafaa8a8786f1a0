#ifndef ORRERY_BOARD_PORTS_H
#define ORRERY_BOARD_PORTS_H
/* The I/O address space: 65536 byte ports, each with at most one chip behind it.         doc: ports */
#include "cpu/base/error.h"

/* Accesses of 2 and 4 bytes of a chip that takes them whole when they start in its range (the IDE data register). */
struct port_wide {
    u32 (*read)(void *chip, unsigned reg, unsigned size_bytes);                  /* NULL: bytes */
    void (*write)(void *chip, unsigned reg, unsigned size_bytes, u32 value);
    /* Of a string instruction: moves the first of `count` accesses, as many as nothing but the data depends on - no line, no event, no
     * moment - and says how many.  NULL: none. */
    u32 (*read_block)(void *chip, unsigned reg, unsigned size_bytes, u32 count, u8 *to);
    u32 (*write_block)(void *chip, unsigned reg, unsigned size_bytes, u32 count, const u8 *from);
};

/* One row of a board's I/O map.  reg = port - first.  A chip of the ISA bus has read/write for bytes; wider accesses
 * are split into bytes, low port first, unless the row says otherwise.  Reads without a chip return ones. */
struct port_range {
    u16 first, last;
    const char *name;            /* for messages: "pic1" */
    void *chip;
    u8 (*read)(void *chip, unsigned reg);
    void (*write)(void *chip, unsigned reg, u8 value);
    const struct port_wide *wide;        /* NULL: bytes alone */
};

struct ports;

struct ports *ports_create(void);
void ports_destroy(struct ports *ports);

/* Copies the row. False with "com1: ports 3f8h-3ffh are taken by ne2k" when one of its ports is taken. */
bool ports_add(struct ports *ports, const struct port_range *range, struct error *err);

/* A range that software places, like a PCI function's: nobody's port until then.  Where it meets others, fixed ranges answer, then
 * those that were added before it.  False when the board has no room. */
bool ports_add_movable(struct ports *ports, const struct port_range *range, unsigned *id, struct error *err);
/* The same, but it begins at its place and is refused there as ports_add would. */
bool ports_add_placed(struct ports *ports, const struct port_range *range, unsigned *id, struct error *err);
void ports_place(struct ports *ports, unsigned id, u16 first, bool decoded);

/* size_bytes 1, 2 or 4; port + size - 1 wraps at 64 K as the bus does. */
bool ports_decode(const struct ports *ports, u16 port);                 /* somebody answers */
u32 ports_read(struct ports *ports, u16 port, unsigned size_bytes);
void ports_write(struct ports *ports, u16 port, unsigned size_bytes, u32 value);

/* Of every row there is that reads by `read`: whether reading reg again gives the same and changes nothing until an event or another
 * access.  Of other rows nobody knows. */
void ports_promise(struct ports *ports, u8 (*read)(void *chip, unsigned reg), bool (*steady)(const void *chip, unsigned reg));
bool ports_steady(const struct ports *ports, u16 port, unsigned size_bytes);    /* the same of an access: of single bytes alone */

/* The accesses of a string instruction that may be made at once, 0 to count; the bytes in memory's order. */
u32 ports_read_block(struct ports *ports, u16 port, unsigned size_bytes, u32 count, u8 *to);
u32 ports_write_block(struct ports *ports, u16 port, unsigned size_bytes, u32 count, const u8 *from);

#endif
