#ifndef ORRERY_TESTS_ATOMIC_H
#define ORRERY_TESTS_ATOMIC_H
/* Every form of every row, each of its memory accesses made to fault.                      doc: oracle */
#include "cpu/decode/decode.h"
#include "tests/unit/cpu/fixture.h"

/* --- forms.c --- */

/* Far transfers also change the level: a call gate to CPL 0 with two parameters, a return to CPL 3. */
enum scene { SCENE_PLAIN, SCENE_GATE, SCENE_OUTER };

/* One instance of a form: its bytes, with places that machine.c fills when addresses are known. */
struct form {
    const struct opcode_row *row;
    const char *name;            /* of the body: "ADD_M_R_32" */
    unsigned code_bits, size;    /* size: operand size in bytes, 0 where the name has none */
    u8 code[24];
    unsigned length;
    bool vsib;
    enum scene scene;
    unsigned address_at, address_bytes;  /* a 16-, 32- or 64-bit offset in code[]; 0 bytes: none */
    unsigned pointer_at;                 /* a far pointer in code[]; 0: none */
};

/* All forms that exist in code of mode, at most `room`; how many there are. */
unsigned forms_list(const struct decode_tables *tables, struct decode_mode mode, struct form *out, unsigned room);

/* names: rows' names with blanks between */
bool row_is_one_of(const struct opcode_row *row, const char *names);

/* --- machine.c: a processor with few pages, each of which can be made to fault --- */

/* What an instance points with.  The boundary of two pages lies where an operand is. */
enum role { ROLE_OPERAND, ROLE_SOURCE, ROLE_DESTINATION, ROLE_STACK, ROLE_FRAME, ROLES };
struct role_place {
    u8 reg, segment;
    u32 segment_base;            /* in 16-bit code */
    u32 boundary;                /* linear; the pages before and behind it are mapped */
};
extern const struct role_place role_places[ROLES];

enum { PAGES_MAX = 24, STATE_BYTES = offsetof(struct cpu, fault) };

/* The processor's state before `fault`, and the memory. */
struct snapshot {
    u8 cpu[STATE_BYTES] __attribute__((aligned(16)));
    u8 memory[PAGES_MAX][PAGE_BYTES];
};

struct bench {
    struct pc *pc;
    unsigned code_bits, cpl;
    bool v86;                    /* 16-bit code at CPL 3 */
    bool exact;                  /* runs in the exact instance, not the fast one */
    u64 start_rip;
    u64 at[ROLES];               /* linear addresses of this round */
    struct snapshot *fresh, *start, *end;        /* of no instance; before the instance, and after it when nothing faults */
};

struct page {
    u32 la;
    bool system;                 /* a supervisor's page: tables, the inner stack */
};
extern const struct page pages[PAGES_MAX];
extern const unsigned page_count;

struct bench *bench_create(const struct cpu_model *model, unsigned code_bits, unsigned cpl, bool v86);
void bench_free(struct bench *b);
/* Puts the instance and its operands down; round chooses where.  b->start is ready. */
void bench_place(struct bench *b, const struct form *form, unsigned round);
void bench_rewind(struct bench *b);              /* to b->start, all pages as they were, TLB empty */
/* The same; the fast instance gets a TLB in which all that the instance needs is hit: else each access would be the exact one's. */
void bench_rewind_warm(struct bench *b);
void bench_keep(struct bench *b, struct snapshot *to);

/* One instruction with all its iterations; false when a fault was raised (cpu->fault). */
bool bench_run(struct bench *b);

/* --- page table entries --- */
enum { ENTRY_PRESENT = 1, ENTRY_WRITABLE = 2, ENTRY_USER = 4, ENTRY_ACCESSED = 32, ENTRY_DIRTY = 64 };
u64 bench_entry(const struct bench *b, u32 la);
void bench_set_entry(struct bench *b, u32 la, u64 entry);

/* What of the state differs from a snapshot, a name; NULL: nothing.  allowed: ALLOW_* */
enum { ALLOW_MEMORY = 1, ALLOW_COUNTERS = 2 /* RCX RSI RDI */, ALLOW_FLAGS = 4, ALLOW_VECTORS = 8, ALLOW_STACK = 16 /* below the pointer */, ALLOW_PORTS = 32,
       ALLOW_ACCESSED = 64 /* of descriptors */, ALLOW_ACCUMULATOR = 128 };
const char *bench_difference(const struct bench *b, const struct snapshot *from, unsigned allowed);

/* plant.c: contents that let an instance end without a fault: a selector, a target, a legal image. */
void plant_operands(struct bench *b, const struct form *form);

#endif
