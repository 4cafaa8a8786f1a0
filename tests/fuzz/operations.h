#ifndef ORRERY_FUZZ_OPERATIONS_H
#define ORRERY_FUZZ_OPERATIONS_H
/* What fuzzers do to a machine: one row an operation, which is a function here and a line of a script.       doc: fuzz */
#include <stdio.h>

#include "devices/board/board.h"

/* What follows the numbers of a line. */
enum tail { NOTHING, BYTES /* hexadecimal digits */, TEXT /* up to the end of the line */ };

/* Numbers, tail and meaning stand in the order of the line. */
#define OPERATIONS(X) \
    /* name          word           numbers tail    what the line says after the word                      */ \
    X(OUT,           "out",          3, NOTHING, "port size value")                                           \
    X(IN,            "in",           2, NOTHING, "port size")                                                 \
    X(OUT_BLOCK,     "outs",         3, BYTES,   "port size count bytes")                                     \
    X(IN_BLOCK,      "ins",          3, NOTHING, "port size count")                                           \
    X(STORE,         "mmio-write",   3, NOTHING, "address size value")                                        \
    X(LOAD,          "mmio-read",    2, NOTHING, "address size")                                              \
    X(POKE,          "poke",         1, BYTES,   "address bytes: memory, for DMA to find")                    \
    X(TIME,          "time",         1, NOTHING, "ticks")                                                     \
    X(LINE,          "line",         2, NOTHING, "irq level")                                                 \
    X(CHANNEL,       "isa-dma",      4, BYTES,   "controller channel to-memory size bytes: a card's transfer") \
    X(KEY,           "key",          2, NOTHING, "usage down")                                                \
    X(MOUSE,         "mouse",        4, NOTHING, "dx dy dz buttons")                                          \
    X(STICK,         "joystick",     4, NOTHING, "number x y buttons")                                        \
    X(POINT,         "point",        4, NOTHING, "x y dz buttons")                                            \
    X(SERIAL,        "serial",       1, BYTES,   "port bytes")                                                \
    X(TYPE,          "type",         0, TEXT,    "text, and Enter")                                           \
    X(FRAME,         "frame",        1, BYTES,   "card bytes: it receives them (0 to 3 NE2000, 4 to 7 E1000)") \
    X(SEND,          "send",         1, BYTES,   "card bytes: they go out on its cable")                      \
    X(FLOPPY,        "floppy",       2, NOTHING, "drive write-protected: the demo disk goes in")              \
    X(FLOPPY_EJECT,  "floppy-eject", 1, NOTHING, "drive")                                                     \
    X(CD,            "cd",           2, NOTHING, "channel unit: the disc goes in")                            \
    X(CD_EJECT,      "cd-eject",     2, NOTHING, "channel unit")                                              \
    X(APIC_PIN,      "apic-pin",     3, NOTHING, "processor pin level")                                       \
    X(APIC_READ,     "apic-read",    2, NOTHING, "processor address")                                         \
    X(APIC_WRITE,    "apic-write",   3, NOTHING, "processor address value")                                   \
    X(REGISTER,      "register",     2, TEXT,    "processor value name")                                      \
    X(PICTURE,       "picture",      0, NOTHING, "what a person sees is drawn")                               \
    X(RESET,         "reset",        0, NOTHING, "the button")                                                \
    X(SNAPSHOT,      "snapshot",     0, NOTHING, "saved and restored: nothing may be other than before")      \
    X(SAVE,          "save",         0, NOTHING, "saved: what follows, up to `again`, happens twice")         \
    X(AGAIN,         "again",        0, NOTHING, "restored, and all since `save` once more: it must come out the same") \
    X(CHECK,         "check",        0, NOTHING, "every chip's invariant")

enum operation {
#define X(name, word, numbers, tail, meaning) OP_##name,
    OPERATIONS(X)
#undef X
    OPERATION_COUNT
};

enum { NUMBERS_MOST = 4, BYTES_MOST = 4096 };

/* Bytes are changed where an operation reads. */
u64 perform(struct machine *m, enum operation which, const u64 *numbers, u8 *bytes, u32 size);
#define DO(m, which, ...) perform(m, OP_##which, (const u64[NUMBERS_MOST]){ __VA_ARGS__ }, NULL, 0)

static inline void out(struct machine *m, u16 port, unsigned size, u32 value) { DO(m, OUT, port, size, value); }
static inline u32 in(struct machine *m, u16 port, unsigned size) { return (u32)DO(m, IN, port, size); }
static inline void in_block(struct machine *m, u16 port, unsigned size, u32 count) { DO(m, IN_BLOCK, port, size, count); }
static inline void store(struct machine *m, u64 pa, unsigned size, u64 value) { DO(m, STORE, pa, size, value); }
static inline void load(struct machine *m, u64 pa, unsigned size) { DO(m, LOAD, pa, size); }
static inline void picture(struct machine *m) { DO(m, PICTURE, 0); }
static inline void check(struct machine *m) { DO(m, CHECK, 0); }
/* Of a machine that does not rest, mostly a sixteenth of them: its code is what takes long. */
void pass(struct machine *m, u64 ticks);
void out_block(struct machine *m, u16 port, unsigned size, u32 count, const void *bytes);
void poke(struct machine *m, u64 pa, const void *bytes, u32 size);
void set_register(struct machine *m, unsigned processor, const char *name, u64 value);

/* The processor does nothing in the time that passes but acknowledge interrupts. */
void operations_rest(bool rest);
/* Lines of all that is done go there from now on, each before it happens; NULL: nowhere.  Without it, nothing is written. */
void operations_record(FILE *to);
/* A machine's first: nothing is saved.  operations_built says in the script which one it is. */
void operations_begin(void);
void operations_built(const char *name, u32 variant);
/* How many this machine has had: lines of a script, but for those that only look, and without those that `again` has done twice. */
unsigned long operations_performed(void);
/* Does what a line says; false: it says nothing that is known. */
bool operations_line(struct machine *m, const char *line);
void operations_list(FILE *to);

#endif
