#ifndef ORRERY_RUN_PROCESSOR_H
#define ORRERY_RUN_PROCESSOR_H
/* The processor's inside: every register, the TLB, the fault that is being raised.         doc: processor
 * For the rooms of cpu/ only; a board sees cpu/cpu.h. */
#include "cpu/base/bits.h"
#include "cpu/cpu.h"
#include "cpu/float/x87.h"
#include "cpu/vector/vector.h"
#include "cpu/run/mode.h"
#include "cpu/system/fault.h"
#include "cpu/system/local_apic.h"
#include "cpu/system/performance.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

/* SDM vol. 1, "EFLAGS Register". */
enum {
    EFLAGS_CF = 1 << 0, EFLAGS_1 = 1 << 1, EFLAGS_PF = 1 << 2, EFLAGS_AF = 1 << 4, EFLAGS_ZF = 1 << 6,
    EFLAGS_SF = 1 << 7, EFLAGS_TF = 1 << 8, EFLAGS_IF = 1 << 9, EFLAGS_DF = 1 << 10, EFLAGS_OF = 1 << 11,
    EFLAGS_IOPL = 3 << 12, EFLAGS_NT = 1 << 14, EFLAGS_RF = 1 << 16, EFLAGS_VM = 1 << 17, EFLAGS_AC = 1 << 18,
    EFLAGS_VIF = 1 << 19, EFLAGS_VIP = 1 << 20, EFLAGS_ID = 1 << 21,
    EFLAGS_ARITHMETIC = EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_OF,
};

#define CR0_PE (1u << 0)
#define CR0_MP (1u << 1)
#define CR0_EM (1u << 2)
#define CR0_TS (1u << 3)
#define CR0_ET (1u << 4)
#define CR0_NE (1u << 5)
#define CR0_WP (1u << 16)
#define CR0_AM (1u << 18)
#define CR0_NW (1u << 29)
#define CR0_CD (1u << 30)
#define CR0_PG (1u << 31)
#define CR4_VME (1u << 0)
#define CR4_PVI (1u << 1)
#define CR4_TSD (1u << 2)
#define CR4_DE (1u << 3)
#define CR4_PSE (1u << 4)
#define CR4_PAE (1u << 5)
#define CR4_MCE (1u << 6)
#define CR4_PGE (1u << 7)
#define CR4_PCE (1u << 8)
#define CR4_OSFXSR (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define CR4_UMIP (1u << 11)
#define CR4_FSGSBASE (1u << 16)
#define CR4_PCIDE (1u << 17)
#define CR4_OSXSAVE (1u << 18)
#define CR4_SMEP (1u << 20)
#define CR4_SMAP (1u << 21)
#define EFER_SCE (1u << 0)
#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10)
#define EFER_NXE (1u << 11)
#define EFER_FFXSR (1u << 14)
#define XCR0_X87 1u
#define XCR0_SSE 2u
#define XCR0_AVX 4u

/* Segment rights: descriptor bits 8-15 in [7:0] (type, S, DPL, P) and 20-23 in [15:12] (AVL, L, D/B, G). */
enum {
    RIGHTS_ACCESSED = 1 << 0, RIGHTS_WRITABLE = 1 << 1 /* data */, RIGHTS_READABLE = 1 << 1 /* code */,
    RIGHTS_EXPAND_DOWN = 1 << 2 /* data */, RIGHTS_CONFORMING = 1 << 2 /* code */, RIGHTS_CODE = 1 << 3,
    RIGHTS_S = 1 << 4, RIGHTS_P = 1 << 7, RIGHTS_AVL = 1 << 12, RIGHTS_L = 1 << 13, RIGHTS_DB = 1 << 14,
    RIGHTS_G = 1 << 15,
};
static inline unsigned rights_dpl(unsigned rights) { return rights >> 5 & 3; }
static inline unsigned rights_type(unsigned rights) { return rights & 15; }

#define SEGMENT_STATE(ONE, MANY) \
    /*   type  name      unit      min           max  meaning                                              */ \
    ONE (u64,  base,     "bytes",    0,   UINT64_MAX, "linear address of offset 0")                          \
    ONE (u32,  limit,    "bytes",    0,   UINT32_MAX, "last offset (expand-down: last forbidden), G applied") \
    ONE (u16,  selector, "",         0,       0xffff, "the visible part")                                    \
    ONE (u16,  rights,   "bits",     0,       0xffff, "type S DPL P in [7:0], AVL L D/B G in [15:12]")       \
    ONE (bool, usable,   "",         0,            1, "false after a null selector was loaded")

struct segment {
    STATE_MEMBERS(SEGMENT_STATE)
    /* derived by segment_derive: an access [ea, ea + size - 1] is legal iff ea >= first and its end <= last */
    u64 read_first, read_last, write_first, write_last;
    u64 effective_base;           /* base, or 0 where 64-bit mode ignores it */
};

/* Lazy flags.  flag_result and flag_first are zero-extended; size_bits is in flag_kind's upper byte.  doc: flags */
enum flag_kind {
    FLAG_LOGIC,          /* CF OF AF = 0 */
    FLAG_ADD, FLAG_SUB,  /* result = first +/- second; second is recovered */
    FLAG_ADC1, FLAG_SBB1,/* ADC, SBB with CF = 1 */
    FLAG_SHL, FLAG_SHR,  /* CF is bit 0 of first; SHR: SAR too */
    FLAG_INC, FLAG_DEC,  /* from here on CF is bit 0 of flag_kept */
    FLAG_RAW,            /* ZF SF PF of the result; CF OF AF as EFLAGS bits in flag_kept, whose bit PF turns the result's PF over */
    FLAG_FULL,           /* all six as EFLAGS bits in flag_kept: ZF with SF, which no result has, as POPF may load */
};
enum { FLAG_SHIFT_AF = 1 << 20 };        /* beside the kept flags: AF after a shift */

enum { ACTIVITY_RUNNING, ACTIVITY_HALTED, ACTIVITY_SHUTDOWN, ACTIVITY_WAITING, ACTIVITY_WAITING_START };

#define CPU_STATE(ONE, MANY) \
    /*    type  name             count  unit     min         max  meaning                                       */ \
    MANY(u64, gpr, 16,                    "",      0, UINT64_MAX, "RAX RCX RDX RBX RSP RBP RSI RDI R8..R15")      \
    ONE (u64, zero,                       "",      0,          0, "always 0: the base or index that an address lacks") \
    ONE (u64, trace_rip,                  "",      0, UINT64_MAX, "rip between instructions: what RIP-relative addresses count from") \
    ONE (u64, page,                       "",      0,       4096, "always 4096: an index that a far RIP-relative address needs") \
    ONE (u64, rip,                        "",      0, UINT64_MAX, "of the instruction that runs or runs next")    \
    ONE (u64, flag_result,                "",      0, UINT64_MAX, "last result, zero-extended")                   \
    ONE (u64, flag_first,                 "",      0, UINT64_MAX, "its first operand; of shifts: CF")              \
    ONE (u32, flag_kept,              "bits",      0, UINT32_MAX, "flags that the result does not say")           \
    ONE (u32, flag_kind,                  "",      0,     0x400a, "enum flag_kind, size in bits << 8")            \
    ONE (u32, rflags,                 "bits",      0, UINT32_MAX, "EFLAGS without CF PF AF ZF SF OF")             \
    ONE (u8,  cpl,                        "",      0,          3, "current privilege level")                      \
    ONE (u8,  activity,                   "",      0,          4, "0 running, 1 halted, 2 shutdown, 3 waiting by MWAIT, 4 for a start-up message") \
    ONE (u64, paused_at,              "tick",      0, UINT64_MAX, "when its turn was over; all ones: it has the turn") \
    ONE (bool, wait_ends_masked,          "",      0,          1, "MWAIT with ECX[0]: an interrupt ends it even with IF = 0") \
    ONE (u64, monitor_line,               "",      0, UINT64_MAX, "physical address of the line that MONITOR armed, bit 0 set; 0: none") \
    ONE (bool, nmi_blocked,               "",      0,          1, "until the next IRET")                          \
    ONE (bool, nmi_pending,               "",      0,          1, "NMI edge seen, not yet taken")                 \
    ONE (bool, init_pending,              "",      0,          1, "INIT edge seen, not yet taken")                \
    ONE (bool, interrupt_taken,           "",      0,          1, "one was delivered and no instruction has run since") \
    ONE (bool, smi_pending,               "",      0,          1, "SMI edge seen, not yet taken")                 \
    ONE (bool, smm,                       "",      0,          1, "in system management mode")                    \
    ONE (u32,  smbase,                    "",      0, UINT32_MAX, "SMBASE: where SMRAM is")                       \
    ONE (u64,  io_tick,               "tick",      0, UINT64_MAX, "boundary behind the last OUT that an SMI came of") \
    ONE (u64,  io_rip,                    "",      0, UINT64_MAX, "that OUT, for an I/O instruction restart ..")  \
    ONE (u64,  io_rcx,                    "",      0, UINT64_MAX, ".. RCX before it ..")                          \
    ONE (u64,  io_rsi,                    "",      0, UINT64_MAX, ".. RSI ..")                                    \
    ONE (u32,  io_state,              "bits",      0, UINT32_MAX, ".. and what the state save map says of it")    \
    ONE (bool, intr,                      "",      0,          1, "level of INTR")                                \
    ONE (bool, nmi_level,                 "",      0,          1, "level of NMI")                                 \
    ONE (bool, ignne,                     "",      0,          1, "level of IGNNE#: x87 errors without CR0.NE are ignored") \
    ONE (bool, ferr,                      "",      0,          1, "level of FERR#")                               \
    ONE (bool, a20,                       "",      0,          1, "A20M# released: address bit 20 passes")        \
    ONE (u64, shadow_tick,            "tick",      0, UINT64_MAX, "no interrupt at this boundary: STI, MOV SS, POP SS") \
    ONE (u64, debug_shadow_tick,      "tick",      0, UINT64_MAX, "no #DB trap at this boundary: MOV SS, POP SS") \
    ONE (u64, cr0,                    "bits",      0, UINT64_MAX, "CR0")                                          \
    ONE (u64, cr2,                        "",      0, UINT64_MAX, "CR2: linear address of the last page fault")   \
    ONE (u64, cr3,                        "",      0, UINT64_MAX, "CR3")                                          \
    ONE (u64, cr4,                    "bits",      0, UINT64_MAX, "CR4")                                          \
    ONE (u64, efer,                   "bits",      0, UINT64_MAX, "EFER")                                         \
    MANY(u64, dr, 8,                      "",      0, UINT64_MAX, "DR0..DR7 (DR4, DR5 unused)")                   \
    MANY(u64, tr, 8,                      "",      0, UINT64_MAX, "TR3..TR7: 386/486 test registers as last written") \
    ONE (u64, gdtr_base,                  "",      0, UINT64_MAX, "GDTR base")                                    \
    ONE (u64, idtr_base,                  "",      0, UINT64_MAX, "IDTR base")                                    \
    ONE (u16, gdtr_limit,            "bytes",      0,     0xffff, "GDTR limit")                                   \
    ONE (u16, idtr_limit,            "bytes",      0,     0xffff, "IDTR limit")                                   \
    ONE (u32, debug_pending,          "bits",      0, UINT32_MAX, "DR6 bits of traps due after this instruction") \
    ONE (u64, sysenter_cs,                "",      0, UINT64_MAX, "MSR 174h")                                     \
    ONE (u64, sysenter_esp,               "",      0, UINT64_MAX, "MSR 175h")                                     \
    ONE (u64, sysenter_eip,               "",      0, UINT64_MAX, "MSR 176h")                                     \
    ONE (s64, tsc_offset,             "tick", INT64_MIN, INT64_MAX, "TSC minus ticks: WRMSR 10h")                 \
    ONE (u64, tsc_adjust,             "tick",      0, UINT64_MAX, "MSR 3Bh: the sum of what was added to the TSC")  \
    ONE (u64, apic_base,                  "",      0, UINT64_MAX, "MSR 1Bh as written")                           \
    ONE (u64, kernel_gs_base,             "",      0, UINT64_MAX, "MSR C000_0102h")                               \
    ONE (u64, star,                       "",      0, UINT64_MAX, "MSR C000_0081h")                               \
    ONE (u64, lstar,                      "",      0, UINT64_MAX, "MSR C000_0082h")                               \
    ONE (u64, cstar,                      "",      0, UINT64_MAX, "MSR C000_0083h")                               \
    ONE (u64, sfmask,                 "bits",      0, UINT64_MAX, "MSR C000_0084h")                               \
    ONE (u64, tsc_aux,                    "",      0, UINT32_MAX, "MSR C000_0103h")                               \
    ONE (u64, pat,                        "",      0, UINT64_MAX, "MSR 277h")                                     \
    MANY(u64, pdpte, 4,                   "",      0, UINT64_MAX, "page-directory-pointer entries, loaded with CR3 in PAE paging") \
    ONE (u64, mtrr_default,               "",      0, UINT64_MAX, "MSR 2FFh")                                     \
    MANY(u64, mtrr_variable, 16,          "",      0, UINT64_MAX, "MSRs 200h..20Fh")                              \
    MANY(u64, mtrr_fixed, 11,             "",      0, UINT64_MAX, "MSRs 250h 258h 259h 268h..26Fh")               \
    MANY(u64, machine_check, 32,          "",      0, UINT64_MAX, "MSRs 179h..17Bh and 400h.. as written")        \
    ONE (u64, debugctl,               "bits",      0, UINT64_MAX, "MSR 1D9h")                                     \
    ONE (u64, misc_enable,            "bits",      0, UINT64_MAX, "MSR 1A0h")                                     \
    ONE (u64, hardware_config,        "bits",      0, UINT64_MAX, "MSR C001_0015h as written")                     \
    ONE (u64, northbridge_config,     "bits",      0, UINT64_MAX, "MSR C001_001Fh as written")                     \
    ONE (u64, sleep_control,              "",      0, UINT64_MAX, "MSR E2h as written")                           \
    ONE (u64, power_control,              "",      0, UINT64_MAX, "MSR 1FCh as written")                          \
    ONE (u64, random_seed,                "",      0, UINT64_MAX, "where RDRAND and RDSEED begin")                 \
    ONE (u64, random_count,               "",      0, UINT64_MAX, "numbers drawn by RDRAND and RDSEED")           \
    ONE (u64, xcr0,                   "bits",      0, UINT64_MAX, "XCR0")                                         \
    ONE (u64, xss,                    "bits",      0, UINT64_MAX, "MSR DA0h")                                     \
    ONE (u32, mxcsr,                  "bits",      0,    0x2ffff, "MXCSR")                                        \
    MANY(u64, ymm, 64,                    "",      0, UINT64_MAX, "YMM0..YMM15, four words a register, lowest first")

/* The kind of paging that CR4, EFER and the model make, from the root: shift of each level's index, the bit by which an entry maps a page,
 * the bits that must be 0 in one that leads on and in one that maps.  cpu/memory/paging.c. */
enum { PAGING_LEVELS = 4 };
struct paging {
    u64 key;                      /* what it was worked out for; 0: nothing yet */
    u8 levels, entry_bytes, shift[PAGING_LEVELS];
    u16 index_mask;
    u64 frame;                    /* the address in an entry */
    u64 maps[PAGING_LEVELS], reserved[PAGING_LEVELS][2];
};

/* SUPERVISOR_AC: CR4.SMAP and EFLAGS.AC are set, user pages may be touched.  NEVER stays empty: #AC is on, every access is checked. */
enum { TLB_SUPERVISOR, TLB_USER, TLB_SUPERVISOR_AC, TLB_NEVER, TLB_SETS };
#ifdef HARD
enum { TLB_ENTRIES = 1 };
#else
enum { TLB_ENTRIES = 4096 };
#endif
#define TLB_INVALID 1ull      /* no page-aligned address equals it */
#define TLB_NO_FETCH 1ull     /* in tlb_entry.pa */
#define TLB_NOT_FETCHED 2ull  /* there too: nothing has been fetched through the entry yet */
#define TLB_WATCHED 2ull      /* in a tag that is valid but for a debugger's watchpoint: its accesses are looked at */
#define TLB_DRAWN 4ull        /* in a write tag that is valid, of a shown page that has been drawn: the next store says so */
#define TLB_DEVICE 8ull       /* in a tag that is valid but for there being no memory: pa is what the bus is asked for */

/* Hit: tag == page of the access's first and last byte.  tag_write stays invalid for clean pages (PTE_D), pages
 * without a write pointer (ROM; those of devices have TLB_DEVICE), pages holding decoded code, pages under a data breakpoint. */
struct tlb_entry {
    u64 tag_read, tag_write;
    u64 addend;                   /* host address = addend + la */
    u64 pa;                       /* physical page, valid with tag_read, with TLB_NO_FETCH and TLB_NOT_FETCHED */
};

/* Which entries of a set are in use, of global pages, pieces of larger pages: bit n of word n / 64.  What is done to a set costs as
 * much as it has entries in use: some_x tells which words of x may have a bit, huge whether a page of 1 GiB is among the larger ones. */
enum { TLB_MARK_WORDS = (TLB_ENTRIES + 63) / 64 };
struct tlb_marks {
    u64 filled[TLB_MARK_WORDS], global[TLB_MARK_WORDS], big[TLB_MARK_WORDS];
    u64 some_filled, some_big;
    bool huge;
};
_Static_assert(TLB_MARK_WORDS <= 64, "some_filled has a bit for each word");

/* Where near transfers go: the trace at an address, whatever CS:RIP says of it.  The key is the address with the mode and a count of
 * the times when translations were forgotten in its upper bits, so one comparison knows that nothing of that has changed. */
struct target {
    u64 key;
    struct record *first;
};
#ifdef HARD
enum { TARGETS = 1 };
#else
enum { TARGETS = 1 << 14 };
#endif
/* By which address a page of code is fetched from.  Holds as long as the TLB's entry may stand: until all, or those of local pages,
 * have been flushed once more. */
struct fetched_page {
    u64 pa, la;
    u64 flushes;                  /* of all entries, or of local pages', when this was noted */
    bool global, many;            /* by one that is global; by several addresses */
};
#ifdef HARD
enum { FETCHED_PAGES = 1 };
#else
enum { FETCHED_PAGES = 1 << 12 };
#endif

/* What is known of the targets of one privilege. */
enum { TARGET_PAGES = 4096, TARGET_REGIONS = 1024 };
struct known_targets {
    u8 epoch;                     /* of targets, part of their keys: changed when they are forgotten */
    u16 link_epoch;               /* the same of links to other pages, from 1 on */
    bool local;                   /* some lie in pages that are not global */
    struct fetched_page fetched[FETCHED_PAGES];
    u64 page[TARGET_PAGES / 64], region[TARGET_REGIONS / 64];     /* pages and pieces of 4 MiB of linear memory, hashed, with a target: bit n of word n / 64 */
};
#define TARGET_SALT_NEVER (0xffffull << 48)      /* of a mode in which addresses say too little: no key has it */

struct record;                    /* cpu/decode/record.h */
struct trace_cache;               /* cpu/decode/trace.h */
struct decode_tables;             /* cpu/decode/tables.h */

/* Where the fast instance is, when its handlers return instead of jumping. */
struct fast_state {
    const void *handler;
    struct record *rec;
    s64 budget;
    u64 flag_result, flag_first;
    u32 flag_kind;
};

struct cpu {
    STATE_MEMBERS(CPU_STATE)
    struct x87 x87;
    struct segment seg[CPU_SEGS];
    struct local_apic apic;

    /* --- derived --- */
    u64 next_rip;                 /* of the instruction that runs: what follows it; a transfer stores its target here */
    u32 mode;                     /* mode key, cpu/run/mode.h */
    struct tlb_entry *tlb;        /* the set that data accesses of the current privilege use */
    struct tlb_entry *stack_entry;        /* the one of them where the stack's page was looked for last */
    s64 budget;                   /* ticks until cpu_run must look up */
    struct record *resume;        /* where the exact instance stopped within a trace */
    struct fast_state fast;
    u8 units;                     /* host units that are open: cpu/run/fast_units.h */
    u8 x87_filled;                /* while the x87 unit is open: bit i, ST(i) is not empty */
    const struct record *x87_last, *x87_last_memory;      /* while the x87 unit is open: the last x87 instructions, with trace_rip of the former */
    u64 x87_last_rip;
    u64 miss_la, miss_last;       /* an access that a TLB tag did not allow: its address, the page of its last byte */
    const struct record *missed;  /* the last record whose miss was filled, and the budget then */
    s64 missed_budget;
    bool fast_failed;             /* the fast instance ended with a fault */
    struct cpu_listener {
        u32 kinds;
        void (*hear)(void *context, const struct cpu_heard *heard);
        void *context;
    } listener;
    u32 steady_port, steady_value;        /* what IN of STEADY | size << 16 | port answers until another access is made; 0: nothing */
    bool exact_only;              /* the fast instance is not used */
    u64 slice_end;                /* tick at which budget is 0: now = slice_end - budget */
    bool stop_requested;
    bool code_written;            /* the current instruction changed decoded code */
    bool in_instruction;          /* cpu_run is executing a record: time.now is set by call-outs */
    bool software_interrupt;      /* the instruction was INT n: no single-step trap follows it */
    bool external_event;          /* an event that is no INT n is being delivered: error codes carry EXT */
    bool interrupt_request;       /* INTR as the core sees it: the local APIC's request, the pin where there is none */
    bool never_written_fetch;     /* the last fetch found RAM that nothing ever stored to, or no memory at all */
    bool segments_64bit;          /* the segments' derived members are those of 64-bit mode */
    struct physical_page *monitored;      /* the page of monitor_line: stores to it are looked at */
    u64 stack_mask;               /* SS.B: 0xffff or 0xffffffff; all ones in 64-bit mode */
    u64 address_mask[2];          /* of an offset, by RECORD_NARROW */
    u64 linear_mask;              /* 32 bits outside 64-bit mode */
    u64 target_salt;              /* what makes a key of a target's address */
    u16 link_tag;                 /* of links to other pages that may be followed; 0: none */
    u64 target_bias, target_last; /* a near transfer to t is legal iff t + target_bias <= target_last */

    /* --- fixed after cpu_create --- */
    const struct cpu_model *model;
    bool amd;                     /* the model is of AMD */
    u32 shift_af;                 /* FLAG_SHIFT_AF where the model's shifts set AF */
    struct cpu_time *time;
    struct cpu_bus bus;
    struct physical_map *memory;
    struct trace_cache *traces;
    struct decode_tables *tables;
    struct breaks *breaks;        /* cpu/run/breaks.h; NULL: none */
    u64 *undefined;               /* what is undefined is drawn from this stream: cpu/run/undefined.c; NULL: it is the model's */
    struct recorder *recorder;    /* cpu/run/recorder.h; NULL: none */
    unsigned number;              /* among the machine's processors; its APIC ID after a reset */
    struct cpu *next;             /* ring of the machine's processors; itself when it is alone */
    char part_name[16][20];       /* names of its parts with state */
    bool virtual_wire;            /* the local APIC comes out of a reset with LINT0 ExtINT, LINT1 NMI */

    struct performance performance;      /* state, here because nothing hot is near */
    struct fault fault;           /* the one being raised */
    u8 procedure;                 /* enum procedure: whose checks are made, where a reason could be that of several */
    struct fault_log fault_log;   /* the last ones, for `why` */
    struct paging paging;
    struct tlb_marks tlb_marks[TLB_SETS];
    struct known_targets known[2];        /* of supervisor and user code */
    u64 flushes, local_flushes;           /* of the TLB: all of it; all of it or all but global pages */
    struct target targets[TARGETS];
    struct tlb_entry tlb_set[TLB_SETS][TLB_ENTRIES];
};

extern const struct state_layout cpu_layout, segment_layout;

/* --- flags: cpu/run/flags.h computes them; here for everybody --- */
u32 cpu_eflags(const struct cpu *cpu);                    /* all of EFLAGS, bit 1 set */
void cpu_set_arithmetic_flags(struct cpu *cpu, u32 eflags);
/* Stores EFLAGS whole (no privilege rule is applied here) and derives mode, TLB set, attention. */
void cpu_set_eflags(struct cpu *cpu, u32 eflags);
/* The same for flags that go and are not the arithmetic ones. */
void cpu_clear_system_flags(struct cpu *cpu, u32 flags);

/* --- run: cpu/run/mode.c, cpu/run/loop.c --- */
/* After any change of CR0, EFLAGS.VM/AC, CS, SS, CPL: mode key, TLB set, stack mask. */
void mode_derive(struct cpu *cpu);
void mode_derive_flat(struct cpu *cpu);                   /* after a change of ES, SS or DS */
/* Time to the outside: sets time->now for a call-out; after it, budget follows a lowered deadline. */
void cpu_sync_time(struct cpu *cpu);
void cpu_leave_after_instruction(struct cpu *cpu);        /* budget becomes that of the current instruction */
/* Behind a call of the board, which may have set a nearer deadline: the run ends there, not where an instruction happens to look. */
static inline void cpu_see_deadline(struct cpu *cpu)
{
    if (unlikely(cpu->time->deadline < cpu->slice_end)) cpu_deadline_lowered(cpu);
}
static inline u64 cpu_now(const struct cpu *cpu) { return cpu->slice_end - (u64)cpu->budget; }

static inline bool has(const struct cpu *cpu, enum cpu_feature feature) { return cpu_model_has(cpu->model, feature); }
static inline bool is_amd(const struct cpu *cpu) { return cpu->amd; }
static inline bool real_mode(const struct cpu *cpu) { return !(cpu->cr0 & CR0_PE); }
static inline bool v86_mode(const struct cpu *cpu) { return cpu->rflags & EFLAGS_VM; }
static inline bool protected_mode(const struct cpu *cpu) { return (cpu->cr0 & CR0_PE) && !(cpu->rflags & EFLAGS_VM); }
static inline bool long_mode(const struct cpu *cpu) { return cpu->efer & EFER_LMA; }
static inline bool code_64bit(const struct cpu *cpu) { return cpu->mode & MODE_LONG64; }
/* 48 bits of linear address: bits 63:47 are equal. */
static inline bool canonical(u64 la) { return la + 0x800000000000 <= 0xffffffffffff; }
static inline unsigned iopl(const struct cpu *cpu) { return cpu->rflags >> 12 & 3; }

#endif
