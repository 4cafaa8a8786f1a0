#ifndef ORRERY_CPU_H
#define ORRERY_CPU_H
/* The processor's door: what a board, and through it a debugger, may ask of it.            doc: cpu */
#include "cpu/base/error.h"
#include "cpu/base/state.h"
#include "cpu/memory/physical.h"

/* Time, shared by the clock (which owns it) and the processor.  now is exact whenever the processor calls out. */
struct cpu_time {
    u64 now;             /* tick of the instruction that runs, or that runs next */
    u64 deadline;        /* cpu_run returns when now reaches it; call-outs may lower it */
};

struct cpu_message;
enum { CPU_MOST = 8, CPU_NONE = 255 };       /* processors of one machine; the number of none */

/* The board as the processor sees it.  size_bytes is 1, 2, 4 (and 8 for memory). */
struct cpu_bus {
    void *board;
    u32 (*in)(void *board, u16 port, unsigned size_bytes);
    void (*out)(void *board, u16 port, unsigned size_bytes, u32 value);
    /* What `in` has just answered it answers again, and nothing changes by that, until cpu_run begins anew or this processor makes another
     * access.  NULL: nobody knows. */
    bool (*in_is_steady)(void *board, u16 port, unsigned size_bytes);
    /* Of INS and OUTS, or NULL: the first of `count` accesses, as many as nothing but the data depends on; how many were made. */
    u32 (*in_block)(void *board, u16 port, unsigned size_bytes, u32 count, u8 *to);
    u32 (*out_block)(void *board, u16 port, unsigned size_bytes, u32 count, const u8 *from);
    u64 (*mmio_read)(void *board, u64 pa, unsigned size_bytes);          /* never crosses a page */
    void (*mmio_write)(void *board, u64 pa, unsigned size_bytes, u64 value);
    u8 (*interrupt_acknowledge)(void *board);                            /* INTA: the vector */
    void (*ferr)(void *board, bool level);                               /* FERR#, or NULL: an x87 error without CR0.NE */
    /* System management mode was entered or left, or NULL: SMRAM is decoded for that processor.  Called before its state is saved, after it was restored. */
    void (*smm_changed)(void *board, unsigned processor, bool smm);
    /* EOI of a level-triggered interrupt, or NULL: I/O APICs wait for it. */
    void (*end_of_interrupt)(void *board, u8 vector);
    /* cpu_timer is to be called at that tick; UINT64_MAX: no more.  NULL: a local APIC's timer never ends. */
    void (*call_at)(void *board, unsigned processor, u64 tick);
    /* A message of one processor, for others and perhaps itself; `except` gets none.  False: nobody accepts it.  NULL: there are no others. */
    bool (*send_message)(void *board, const struct cpu_message *message, unsigned except);
    /* Whether a request for an interrupt, or its being gone, is kept from the processor's core until cpu_look_for_interrupts; NULL: none is. */
    bool (*hold_interrupt)(void *board, unsigned processor, bool request);
    /* Something has come for a processor between its own instructions: it may stand still no more.  NULL: there are no others. */
    void (*woken)(void *board, unsigned processor);
};

/* Registers of CPUID that hold feature bits: leaf, register.  81 is leaf 8000_0001h, 88 8000_0008h, 7 and D their subleaves 0 and 1. */
enum feature_word { WORD_1_EDX, WORD_1_ECX, WORD_7_EBX, WORD_7_ECX, WORD_D_EAX, WORD_81_EDX, WORD_81_ECX, WORD_88_EBX, FEATURE_WORDS };
enum cpu_feature {
#define X(name, word, bit, flag, meaning) FEATURE_##name = WORD_##word * 32 + (bit),
#include "cpu/system/features.inc"
#undef X
};

struct cpuid_leaf {
    u32 leaf, subleaf, eax, ebx, ecx, edx;
};

/* What a processor model is, as data.                                                      doc: cpu-models */
struct cpu_model {
    const char *name, *alias, *meaning;      /* alias: another name of it, or NULL */
    char vendor[13];             /* CPUID: 12 characters and a NUL */
    const char *brand;           /* CPUID 8000_0002h..4: at most 47 characters, or NULL */
    u16 family, model, stepping; /* the displayed ones: extended fields added */
    bool has_cpuid;
    u32 features[FEATURE_WORDS]; /* also what gates instructions, register bits, MSRs */
    u8 pa_bits;                  /* physical address bits: 32, 36, 39, 40, 46, 48 */
    u32 last_leaf, last_extended_leaf;       /* 0: no extended leaves */
    const struct cpuid_leaf *leaves;         /* the rest of CPUID: caches, TLBs; what depends on state is computed */
    unsigned leaf_count;
};

static inline bool cpu_model_has(const struct cpu_model *model, enum cpu_feature feature)
{
    return model->features[feature / 32] >> feature % 32 & 1;
}

/* A message to local APICs: SDM vol. 3A, "Message Format" of the APIC bus; mode as in the ICR, bits 10:8. */
struct cpu_message {
    u32 destination;             /* an APIC ID; with `logical` a set of processors */
    bool logical, everyone;      /* everyone: whatever the destination says */
    bool level_triggered;
    u8 mode, vector;
};

enum cpu_line { CPU_LINE_INTR, CPU_LINE_NMI, CPU_LINE_SMI, CPU_LINE_INIT, CPU_LINE_IGNNE };

/* Why cpu_run came back. */
enum cpu_stop {
    CPU_STOP_DEADLINE,           /* now == deadline */
    CPU_STOP_HALTED,             /* HLT: nothing to run until an interrupt; now is after the HLT.  Or MWAIT, or until a store to its line */
    CPU_STOP_SHUTDOWN,           /* triple fault: the processor is in shutdown until RESET, INIT or NMI */
    CPU_STOP_BREAK,              /* a place of cpu_set_breaks: before the instruction there, or behind the access */
    CPU_STOP_REQUEST,            /* cpu_request_stop was called by a call-out */
};

struct cpu;

/* Models by name and by number; NULL past the end.  The first is the default. */
const struct cpu_model *cpu_model_find(const char *name);
const struct cpu_model *cpu_model_at(unsigned i);
/* Features by flag name ("sse4_2") and by number in the list; NULL past its end. */
struct cpu_feature_row {
    const char *flag, *meaning;
    enum cpu_feature feature;
};
const struct cpu_feature_row *cpu_feature_at(unsigned i);
/* *out is base with the features of one list and without those of the other: flags with commas or blanks between.  False when a flag
 * does not exist, stands in both lists, or needs another that is missing. */
bool cpu_model_with(const struct cpu_model *base, const char *add, const char *exclude, struct cpu_model *out, struct error *err);

struct cpu *cpu_create(const struct cpu_model *model, struct cpu_time *time, const struct cpu_bus *bus,
                       struct physical_map *memory);
void cpu_destroy(struct cpu *cpu);
/* Makes processors of one machine, which share time, memory and board, know of each other: the first is the boot processor, the others wait
 * for INIT and start-up messages after a reset.  They run by turns; all but the first begin paused.                       doc: processors */
void cpu_join(struct cpu *const *processors, unsigned count);
void cpu_pause(struct cpu *cpu);                         /* its turn is over, between runs */
void cpu_resume(struct cpu *cpu);
void cpu_turns_passed(struct cpu *cpu, u64 tick);        /* as if it had been paused and resumed at that tick, which has passed */
unsigned cpu_number(const struct cpu *cpu);
void cpu_reset(struct cpu *cpu);                         /* RESET#: SDM vol. 3A, "Processor State After Reset" */
void cpu_initialize(struct cpu *cpu);                    /* INIT#: what a reset leaves alone is said there */
enum cpu_stop cpu_run(struct cpu *cpu);

/* Lines in.  INTR is a level; NMI, SMI and INIT act on their rising edge.  Models without CPUID have no SMI. */
void cpu_set_line(struct cpu *cpu, enum cpu_line line, bool level);
/* From the next reset on: whether RESET and INIT leave a local APIC handing INTR and NMI on, for firmware that does not
 * know that it must be told so.  The manual says no, and so does cpu_create. */
void cpu_set_virtual_wire(struct cpu *cpu, bool at_reset);
void cpu_reseed(struct cpu *cpu, u64 number);             /* they go on as another sequence for each number */
void cpu_set_random_seed(struct cpu *cpu, u64 seed);     /* of RDRAND and RDSEED; outlives resets.  0 after cpu_create */
/* Flags and results that the manual leaves undefined are drawn from this stream, a count that the board keeps; NULL: they are the model's. */
void cpu_set_undefined(struct cpu *cpu, u64 *stream);
/* Before the first run: the exact instance alone.  What the guest sees is the same. */
void cpu_set_exact(struct cpu *cpu, bool exact_only);
/* Messages: whether one is for this processor, how busy it is (the least busy one takes a message of lowest priority), and its arrival.
 * False: it is not accepted, as the APIC is disabled. */
bool cpu_message_is_for(const struct cpu *cpu, const struct cpu_message *message);
unsigned cpu_arbitration_priority(const struct cpu *cpu);
bool cpu_take_message(struct cpu *cpu, const struct cpu_message *message);
void cpu_set_a20(struct cpu *cpu, bool enabled);         /* false: physical address bit 20 is forced to 0 */
void cpu_look_for_interrupts(struct cpu *cpu);           /* hold_interrupt would say something else */
void cpu_timer(struct cpu *cpu);                         /* the tick that call_at asked for has come */
void cpu_request_stop(struct cpu *cpu);                  /* cpu_run returns after the current instruction */

/* Lowers the deadline while cpu_run is on the stack (the clock calls it when an earlier event appears). */
void cpu_deadline_lowered(struct cpu *cpu);

/* The memory map changed (physical_set), or the board is about to / did change bytes of RAM behind the processor:
 * a device's write must call cpu_memory_written for decoded code to be exact. */
void cpu_memory_changed(struct cpu *cpu);
void cpu_memory_written(struct cpu *cpu, u64 pa, u64 size_bytes);

/* Shown pages (physical_page.shown) of [pa, pa + size) have been drawn: `changed` is false until something is stored there. */
void cpu_pages_drawn(struct cpu *cpu, u64 pa, u64 size_bytes);

/* --- seeing and changing state, for a debugger; none of it changes what the guest sees unless it says so --- */

/* Where a run stops: before an instruction, or behind one that read or wrote bytes of physical memory (REP: behind the iteration; the
 * processor's own accesses to descriptor tables, TSS and stacks count, walks of page tables and DMA do not).     doc: breaks */
enum cpu_break_kind {
    CPU_BREAK_LINEAR, CPU_BREAK_PHYSICAL, CPU_BREAK_VIRTUAL,
    CPU_BREAK_MAGIC,                                     /* XCHG of a 16-bit register with itself; `selector`: bit n is register n */
    CPU_WATCH_READ, CPU_WATCH_WRITE,                     /* physical bytes */
    CPU_WATCH_LINEAR_READ, CPU_WATCH_LINEAR_WRITE,       /* bytes by the linear address that an access uses, wherever it is mapped */
    CPU_CATCH_FAULT, CPU_CATCH_INTERRUPT,                /* behind its delivery: an exception; INT n or a request of a device.  Number: the vector; value of an interrupt: 1 of INT n */
    CPU_CATCH_IN, CPU_CATCH_OUT,                         /* behind the access: a port */
    CPU_CATCH_MSR_READ, CPU_CATCH_MSR_WRITE,             /* behind RDMSR, WRMSR: its number */
    CPU_CATCH_MODE,                                      /* behind what changed it: enum cpu_mode */
    CPU_CATCH_TASK,                                      /* behind a task switch: the selector of the new TSS */
    CPU_CATCH_ADDRESS_SPACE,                             /* behind a load of CR3, by MOV or a task switch: its value */
    CPU_CATCH_CPL,                                       /* behind what changed it: the new one */
    CPU_CATCH_SHUTDOWN,                                  /* a third fault, before a reset can come of it: 0 */
    CPU_CATCH_LINE, CPU_CATCH_NO_PORT, CPU_CATCH_NO_MEMORY,      /* the board says so, by cpu_note: a request line has risen; an access met no device */
    CPU_CATCH_RETURN,                                    /* behind IRET: the selector of CS */
    CPU_CATCH_STACK,                                     /* behind a switch to the stack of an inner level: its linear address */
    CPU_CATCH_SHORT_TSS,                                 /* behind LTR of a TSS without room for all its fields: its selector; value: the limit */
    CPU_CATCH_CODE,                                      /* behind a store to bytes that were decoded: the physical address of the store */
    CPU_CATCH_RESERVED,                                  /* behind MOV to a register that ignores reserved bits: those that were set; value: enum cpu_reserved_in */
    CPU_CATCH_LOAD, CPU_CATCH_STORE,                     /* for listeners: every access to memory by an instruction: the linear address; value: the physical one */
    CPU_CATCH_UNWRITTEN,                                 /* behind a load of RAM to which nothing was ever stored: the physical address */
    CPU_BREAK_KINDS
};
#define CPU_CATCH_ANY UINT64_MAX
struct cpu_break {
    enum cpu_break_kind kind;
    u16 selector;                /* CPU_BREAK_VIRTUAL */
    u64 address;                 /* linear, physical, or offset; of a catch the first number, 0 for any */
    u64 size_bytes;              /* of a watch; of a catch how many numbers, CPU_CATCH_ANY for any */
};
struct cpu_break_hit {
    unsigned place;              /* its number in the list */
    unsigned size_bytes;         /* of a watch or a port: the access, or its part in that page */
    u64 la, pa;                  /* of a watch */
    u64 number, value;           /* of a catch; value: what the port or MSR gave or got; the mode, task, CR3 or CPL before */
};
enum cpu_mode { CPU_MODE_REAL, CPU_MODE_V86, CPU_MODE_PROTECTED, CPU_MODE_COMPATIBILITY, CPU_MODE_64, CPU_MODES };
enum cpu_mode cpu_mode(const struct cpu *cpu);
const char *cpu_mode_name(enum cpu_mode mode);           /* "protected mode" */
enum cpu_reserved_in { CPU_RESERVED_IN_CR0, CPU_RESERVED_IN_CR3, CPU_RESERVED_IN_DR7 };
void cpu_note(struct cpu *cpu, enum cpu_break_kind kind, u64 number, unsigned count, u64 value);
/* Between runs: these places and no others; the list is copied.  The instruction that runs next is passed once. */
void cpu_set_breaks(struct cpu *cpu, const struct cpu_break *places, unsigned count);
/* Between runs: what a debugger hears of without a stop: bit n is CPU_CATCH_* n.  0 ends it.  rip is where the processor stands, behind
 * a switch as ahead of a handler. */
struct cpu_heard {
    enum cpu_break_kind kind;
    u64 tick, rip, number, value;
    u64 la;                      /* of rip */
    unsigned count;              /* of numbers: an access's bytes */
    u16 cs;
    u8 cpl;
};
void cpu_set_listener(struct cpu *cpu, u32 kinds, void (*hear)(void *context, const struct cpu_heard *heard), void *context);
/* After CPU_STOP_BREAK. */
const struct cpu_break_hit *cpu_break_hit(const struct cpu *cpu);

/* Between runs: from now on everything that is executed goes to `put` as words, kind in the lower half, argument in the upper; NULL ends it,
 * after the last words.                                                                     doc: recorder */
enum {
    CPU_RECORD_CODE = 0xfffffffc,        /* argument: a number that these instructions have from here on; then a word, bytes and code bits, bit 40: CS begins at its selector times 16; then the bytes */
    CPU_RECORD_RIP = 0xfffffffd,         /* argument: CS selector; then a word, RIP: of the entry behind it and all later ones of its number */
    CPU_RECORD_TICK = 0xfffffffe,        /* a word, the tick, follows */
    CPU_RECORD_END = 0xffffffff,         /* argument: lower half of the tick at which something else than the last instruction took over */
};                                       /* anything lower: the number of instructions that begin; argument: lower half of the tick */
void cpu_set_recorder(struct cpu *cpu, void (*put)(void *context, const u64 *words, size_t count), void *context);

enum { CPU_SEG_ES, CPU_SEG_CS, CPU_SEG_SS, CPU_SEG_DS, CPU_SEG_FS, CPU_SEG_GS, CPU_SEG_LDTR, CPU_SEG_TR, CPU_SEGS };

struct cpu_segment_view {
    u16 selector, rights;        /* rights: descriptor bits 8-15 in [7:0], bits 20-23 (AVL L D G) in [15:12] */
    u64 base;
    u32 limit;                   /* in bytes, granularity applied */
    bool usable;
};

struct cpu_view {
    u64 gpr[16], rip, rflags;    /* RAX RCX RDX RBX RSP RBP RSI RDI R8.. */
    u64 cr0, cr2, cr3, cr4, efer, dr[8];
    struct cpu_segment_view seg[CPU_SEGS];
    u64 gdtr_base, idtr_base;
    u16 gdtr_limit, idtr_limit;
    u8 cpl;
    u8 code_bits;                /* 16, 32 or 64 */
    bool halted, shutdown, waiting;          /* waiting: halted by MWAIT, which a store may end */
    bool never_written_fetch;    /* the last fetch came from RAM that nothing ever stored to, or from no memory */
};

void cpu_view(const struct cpu *cpu, struct cpu_view *view);
/* The x87 unit, MMX and vector registers; what the model has. */
struct cpu_float_view {
    bool has_x87, has_mmx, has_sse, has_avx;
    struct {
        u64 significand;
        u16 sign_exponent;
    } r[8];                      /* R0..R7, also MM0..MM7; ST(i) is R((TOP + i) mod 8) */
    u16 control, status, fop, fcs, fds;
    u8 in_use;                   /* bit n: Rn is not empty */
    u64 fip, fdp;
    u32 mxcsr;
    u64 ymm[16][4];              /* lowest word first */
};
void cpu_view_float(const struct cpu *cpu, struct cpu_float_view *view);
bool cpu_in_smm(const struct cpu *cpu);                  /* its accesses reach SMRAM */
/* It halts, and no interrupt request will be accepted. */
bool cpu_halted_for_good(const struct cpu *cpu);
/* cpu_run would say CPU_STOP_HALTED at once, until cpu_bus.woken. */
bool cpu_stands_still(const struct cpu *cpu);

/* Sets by name as in `set eax = 1` (al ax eax rax ... eip rip eflags cs.. cr0 ..).  Changes the guest. */
bool cpu_set_register(struct cpu *cpu, const char *name, u64 value, struct error *err);

/* x87, MXCSR and XMM0..15 as FXSAVE lays them out outside 64-bit mode, all sixteen whatever the mode.  Loading masks what the processor lacks. */
enum { CPU_FLOAT_BYTES = 512 };
void cpu_save_float(const struct cpu *cpu, u8 area[CPU_FLOAT_BYTES]);
void cpu_load_float(struct cpu *cpu, const u8 area[CPU_FLOAT_BYTES]);

/* The entries that lead to a linear address, from the root of `cr3` down to the one that maps it or ends the walk.  False when nothing is
 * mapped: then `pa` and what stands behind it mean nothing.  SDM vol. 3A, "Hierarchical Paging Structures". */
enum { CPU_WALK_ENTRIES = 4 };
struct cpu_walk_entry {
    const char *name;            /* "PML4E" "PDPTE" "PDE" "PTE" */
    u64 pa, value;
    u64 reserved;                /* bits that are set and must not be */
    u8 bytes;                    /* 4 or 8 */
    bool in_register;            /* PAE: as it was when CR3 was loaded; memory may say something else by now */
};
struct cpu_walk {
    bool paging, canonical;
    unsigned used;
    struct cpu_walk_entry entry[CPU_WALK_ENTRIES];
    bool cached, cached_writable;            /* the TLB answers for reads, for writes, at the present privilege */
    u64 cached_pa;
    u64 pa, page_bytes;
    bool writable, user, executable;         /* of all entries together */
    bool global, dirty;
};
bool cpu_walk(const struct cpu *cpu, u64 la, u64 cr3, struct cpu_walk *walk);
/* Linear to physical without side effects (no A/D bits, no fault). False when nothing is mapped. */
bool cpu_translate(const struct cpu *cpu, u64 la, u64 *pa);
/* Bytes of linear memory, up to a page that is not mapped: how many.  FFh where neither RAM nor ROM is; outside long mode addresses wrap at 4 GiB. */
size_t cpu_peek_linear(const struct cpu *cpu, u64 la, void *bytes, size_t size_bytes);

/* The last fault raised, as one sentence with its manual reference; "" when none was. */
void cpu_describe_fault(const struct cpu *cpu, unsigned newest_is_0, char *text, size_t size);
const char *cpu_vector_name(unsigned vector);            /* "#PF"; of others the number in hexadecimal, "80h" */
/* The same taken apart.  What a fault was about says which of the members behind `of` mean something. */
enum cpu_fault_of { CPU_FAULT_OF_NOTHING, CPU_FAULT_OF_DESCRIPTOR, CPU_FAULT_OF_IDT_GATE, CPU_FAULT_OF_TSS, CPU_FAULT_OF_SEGMENT, CPU_FAULT_OF_PAGE };
enum { CPU_FAULT_CHECKS = 16 };
struct cpu_fault_view {
    const char *name, *vector_name, *manual, *mode;      /* "SS_DPL_NOT_CPL", "#GP", a section of SDM vol. 3A, "64-bit mode" */
    char sentence[320];
    u64 tick, rip, cr3, rflags;
    u64 rip_la;                  /* linear address of the instruction */
    u32 error_code;
    u16 cs;
    u8 vector, cpl, code_bits;
    u8 nesting;                  /* 0; 1 raised while another one was being delivered, 2 while #DF was */
    bool has_error_code;
    u8 bytes[15], byte_count;    /* of the instruction and what follows */
    const char *during;          /* what it came in between, or NULL */
    const char *checking;        /* whose checks these are, or NULL; check[failed] is not so, those before it are */
    const char *check[CPU_FAULT_CHECKS];
    unsigned check_count, failed;
    enum cpu_fault_of of;
    u16 selector;                /* DESCRIPTOR */
    u64 entry, entry_pa;         /* DESCRIPTOR: it and its linear address, or 0; PAGE: the entry that failed */
    u8 gate;                     /* IDT_GATE: its vector */
    u8 segment;                  /* SEGMENT: CPU_SEG_*, and what it held */
    struct cpu_segment_view segment_was;
    u64 la;                      /* PAGE, SEGMENT */
};
bool cpu_view_fault(const struct cpu *cpu, unsigned newest_is_0, struct cpu_fault_view *view);
/* The fault that this one comes of: itself, or the one whose delivery began the chain. */
unsigned cpu_first_cause(const struct cpu *cpu, unsigned newest_is_0);
unsigned cpu_fault_count(const struct cpu *cpu);         /* kept: at most 64 */
u64 cpu_faults_raised(const struct cpu *cpu);            /* since the processor was made; without those of INT3, INTO and INT1 */

/* State lists for hash and display, `count` of them: layout and instance. */
struct cpu_state_part {
    const char *name;            /* "cpu0", "cpu0.cs" */
    const struct state_layout *layout;
    void *instance;
};
unsigned cpu_state_parts(struct cpu *cpu, struct cpu_state_part *parts, unsigned room);
/* Between runs: gives state that can be said in several ways its one form.  Nothing that the guest can see changes. */
void cpu_settle(struct cpu *cpu);

/* --- all of it at another moment, for snapshots and time travel                                   doc: time-travel --- */

/* Between runs: what the lists do not say and a guest might notice, in words of little-endian bytes: translations that the TLB holds, what the last
 * fetch met, how many faults there were.  The size it has; bytes beyond `room` are not written. */
size_t cpu_save_translations(const struct cpu *cpu, u8 *bytes, size_t room);
bool cpu_translations_sound(const u8 *bytes, size_t size_bytes);         /* they are such words */
/* Between runs: the lists of state, memory and its map have been given other contents; everything that is derived of them, and sound
 * translations.  Breakpoints, listeners and recorders stay. */
void cpu_derive(struct cpu *cpu, const u8 *translations, size_t size_bytes);
/* The faults that are remembered, as a block of this process's memory: cpu_fault_log_bytes of them.  Loading comes behind cpu_derive. */
size_t cpu_fault_log_bytes(void);
void cpu_save_fault_log(const struct cpu *cpu, void *block);
void cpu_load_fault_log(struct cpu *cpu, const void *block);

#endif
