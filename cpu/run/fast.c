/* The ways into and out of the fast instance, and between its traces.                        doc: fast */
#include "cpu/run/fast.h"

#include "cpu/decode/tables.h"
#include "cpu/memory/access.h"
#include "cpu/run/exact.h"
#include "cpu/run/fast_special.h"
#include "cpu/run/fast_units.h"
#include "cpu/run/flags.h"
#include "cpu/run/loop.h"
#include "cpu/run/mode.h"
#include "cpu/run/recorder.h"
#include "cpu/run/vector.h"

/* --- which handler --- */

static fast_handler in, pass, go_on, go_on_16, leave_here, find_anew, follow, note_trace, resolve, resolve_16, resolve_far, resolve_next;

enum fast_kind fast_kind_of(const struct record *record, u32 mode)
{
    unsigned seg = record_segment(record);
    bool indexed = record->x != SLOT_ZERO * 8;

    if (record_narrow(record)) return FAST_SEGMENT;
    if (mode & MODE_LONG64 && seg > CPU_SEG_DS) return FAST_BASED64;
    if (seg > CPU_SEG_DS) return FAST_SEGMENT;
    if (mode & MODE_LONG64) return indexed ? FAST_FLAT64X : FAST_FLAT64;
    if (!fast_flat32_code(mode) || seg == CPU_SEG_CS) return FAST_SEGMENT;
    return indexed ? FAST_FLAT32X : FAST_FLAT32;
}

/* Handlers know XMM and MMX registers and legacy encodings. */
static bool is_plain_sse(const struct record *record)
{
    return vector_bytes(record) == 16 && !vector_by_vex(record) && record->s * 8u < offsetof(struct cpu, x87);
}

static bool is_mmx(const struct record *record) { return vector_bytes(record) == 8 || record->s * 8u >= offsetof(struct cpu, x87); }

static const void *fast_of_mmx(const struct record *record, u32 mode)
{
    static const void *const *const table[FAST_KINDS] = {
        [FAST_FLAT32] = fast_flat32_mmx, [FAST_FLAT32X] = fast_flat32x_mmx, [FAST_FLAT64] = fast_flat64_mmx, [FAST_FLAT64X] = fast_flat64x_mmx,
        [FAST_BASED64] = fast_segment_mmx, [FAST_SEGMENT] = fast_segment_mmx,
    };
    unsigned form = record->h - FAST_VECTOR_FIRST;
    const void *handler = fast_plain_mmx[form];

    return handler ? handler : table[fast_kind_of(record, mode)][form];
}

/* Handlers of shifts by a constant know that it is not 0.  The forms of a width stand in the order of cpu/ops/shift.inc. */
static bool shifts_by_zero(const struct record *record)
{
    static const struct { u16 first, last; u8 mask; } forms[] = {
        { OP_ROL_R_I_8, OP_SAR_M_C_8, 31 }, { OP_ROL_R_I_16, OP_SAR_M_C_16, 31 }, { OP_ROL_R_I_32, OP_SAR_M_C_32, 31 }, { OP_ROL_R_I_64, OP_SAR_M_C_64, 63 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(forms); i++)
        if (record->h >= forms[i].first && record->h <= forms[i].last) return !((record->h - forms[i].first) & 1) && !(record->imm & forms[i].mask);
    return false;
}

/* Memory is always in order here. */
static bool does_nothing(unsigned op) { return op == OP_NOP || op == OP_LFENCE || op == OP_MFENCE || op == OP_SFENCE; }

const void *fast_of(const struct record *record, u32 mode)
{
    static const void *const *const table[FAST_KINDS] = {
        [FAST_FLAT32] = fast_flat32, [FAST_FLAT32X] = fast_flat32x, [FAST_FLAT64] = fast_flat64, [FAST_FLAT64X] = fast_flat64x,
        [FAST_BASED64] = fast_based64, [FAST_SEGMENT] = fast_segment,
    };
    const void *handler = fast_plain[record->h];

    if (does_nothing(record->h)) return (const void *)pass;
    if (fast_is_in(record)) return (const void *)in;
    if (fast_is_vector(record->h) && is_mmx(record)) {
        handler = fast_of_mmx(record, mode);
        return handler ? handler : (const void *)fast_slow;
    }
    if (fast_is_vector(record->h) && !(is_plain_sse(record) && fast_host_has(record->h))) return (const void *)fast_slow;
    if (record->h == OP_CONTINUE) return (const void *)(mode & MODE_LIMIT_4G ? go_on : go_on_16);
    if (record->h == OP_STALE) return (const void *)find_anew;
    if (shifts_by_zero(record)) return (const void *)fast_slow;
    const void *special = fast_special_of(record, fast_kind_of(record, mode), false);
    if (special) return special;
    if (!handler) handler = fast_x87_of(record);
    if (!handler) handler = table[fast_kind_of(record, mode)][record->h];
    return handler ? handler : (const void *)fast_slow;
}

const void *fast_of_without_flags(const struct record *record, u32 mode)
{
    static const void *const *const table[FAST_KINDS] = {
        [FAST_FLAT32] = fast_flat32_nf, [FAST_FLAT32X] = fast_flat32x_nf, [FAST_FLAT64] = fast_flat64_nf, [FAST_FLAT64X] = fast_flat64x_nf,
    };
    enum fast_kind kind = fast_kind_of(record, mode);
    const void *special = fast_special_of(record, kind, true);

    if (special) return special;
    if (fast_plain[record->h]) return fast_plain_nf[record->h];
    return table[kind] ? table[kind][record->h] : NULL;
}

const void *fast_of_far(const struct record *record, u32 mode)
{
    if (mode & MODE_LONG64) return fast_far64[record->h];
    return fast_flat32_code(mode) ? fast_far32[record->h] : NULL;
}

/* Forms are numbered width after width; ADD is the first of each. */
static bool has_16_bits(unsigned op) { return op >= OP_ADD_R_R_16 && op < OP_ADD_R_R_32; }

const void *fast_of_link(const struct record *before, u32 mode)
{
    if (before->h == OP_CONTINUE) return (const void *)(mode & MODE_LIMIT_4G ? resolve_next : resolve_16);
    if (before->fast == fast_of_far(before, mode)) return (const void *)resolve_far;
    return (const void *)(has_16_bits(before->h) ? resolve_16 : resolve);
}

const void *fast_of_hook(bool stops) { return stops ? (const void *)leave_here : (const void *)note_trace; }

bool fast_is_near_call(const struct record *record)
{
    switch (record->h) {
    case OP_CALL_J_16: case OP_CALL_J_32: case OP_CALL_J_64: case OP_CALL_R_16: case OP_CALL_R_32: case OP_CALL_R_64:
    case OP_CALL_M_16: case OP_CALL_M_32: case OP_CALL_M_64: return true;
    default: return false;
    }
}

/* --- in and out --- */

static void spill(FAST_PARAMETERS)
{
    (void)rec;
#ifdef FAST_PINS_TLB
    (void)tlb;
#endif
    if (cpu->units) fast_units_close(cpu);
    cpu->budget = budget + TRACE_MAX_INSTRUCTIONS;
    cpu->flag_result = flag_result;
    cpu->flag_first = flag_first;
    cpu->flag_kind = (u32)flag_kind;
}

#ifdef FAST_ENTER
/* Calls the handler of `rec` with all arguments as they are, and keeps for the caller the registers that handlers do not (cpu/build.mk). */
FAST_HANDLER fast_enter(FAST_PARAMETERS);
_Static_assert(offsetof(struct record, fast) == 0, "fast_enter calls what the second argument points to");
__asm__(".text\n"
        "fast_enter:\n"
        "push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n"       /* five: the stack of a call is aligned by 16 */
        "call *(%rsi)\n"
        "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n"
        "ret\n");
#elif !defined(DISPATCH_LOOP)
static FAST_HANDLER fast_enter(FAST_PARAMETERS) { GO; }
#endif

bool fast_run(struct cpu *cpu, struct trace *trace)
{
    struct record *first = trace->first;
    s64 budget = cpu->budget - TRACE_MAX_INSTRUCTIONS;

    cpu->trace_rip = cpu->rip;
    cpu->fast_failed = false;
#ifdef DISPATCH_LOOP
    cpu->fast = (struct fast_state){ first->fast, first, budget, cpu->flag_result, cpu->flag_first, cpu->flag_kind };
    while (cpu->fast.handler) {
        struct fast_state s = cpu->fast;
        cpu->fast.handler = NULL;
        ((fast_handler *)s.handler)(cpu, s.rec, s.budget, s.flag_result, s.flag_first, s.flag_kind);
    }
#else
    fast_enter(FAST_FIRST_ARGUMENTS(first, budget));
#endif
    return !cpu->fast_failed;
}

static bool flags_are_odd(const struct cpu *cpu) { return (u8)cpu->flag_kind == FLAG_FULL; }

bool fast_or_exact(struct cpu *cpu, struct trace *trace)
{
    bool scratch = trace->pa == UINT64_MAX, short_of_ticks = cpu->exact_only || cpu->budget < TRACE_MAX_INSTRUCTIONS;

    if (!short_of_ticks && !scratch && !trace->stops && !flags_are_odd(cpu)) return fast_run(cpu, trace);
    if (unlikely(cpu->recorder)) recorder_trace(cpu, trace, scratch ? TRACE_ARENA_TRACES : (u32)trace->first[-1].disp, cpu->time->now);
    return exact_run(cpu, trace, trace->first, !short_of_ticks) != EXACT_FAULT;
}

/* Stands in place of a trace's second instruction. */
static FAST_HANDLER stop_before(FAST_PARAMETERS)
{
    const struct trace *trace = trace_of(cpu->traces, rec);

    cpu->rip = cpu->trace_rip + trace->offset[rec - trace->first];
    TAIL(fast_leave);
}

/* The budget is too small for a second trace, so a branch ends it too. */
bool fast_instruction(struct cpu *cpu, u64 now)
{
    cpu->budget = cpu->exact_only ? 1 : TRACE_MAX_INSTRUCTIONS;
    cpu->slice_end = now + (u64)cpu->budget;
    cpu->in_instruction = true;
    struct trace *trace = trace_find(cpu);
    cpu->trace_rip = cpu->rip;
    if (trace) {
        trace->first->fast = fast_of(trace->first, trace->mode);                  /* not that of a pair */
        trace->first[trace->first[1].h == OP_LINK ? 2 : 1].fast = (const void *)stop_before;
    }
    bool done = trace && fast_or_exact(cpu, trace);
    cpu->in_instruction = false;
    return done;
}

FAST_HANDLER fast_leave(FAST_PARAMETERS) { spill(FAST_ARGUMENTS); }

/* The exact instance does this record and those behind it that have no handler; then on from where it has come to. */
FAST_HANDLER fast_slow(FAST_PARAMETERS)
{
    spill(FAST_ARGUMENTS);
    cpu->budget -= rec->count - 1;
    enum exact_end end = exact_run(cpu, trace_of(cpu->traces, rec), rec, true);
    cpu->fast_failed = end == EXACT_FAULT;
    if (cpu->budget < TRACE_MAX_INSTRUCTIONS) return;
    if (end == EXACT_FAULT || end == EXACT_LOOK) {
        if (!loop_goes_on(cpu, cpu->fast_failed)) return;
        cpu->fast_failed = false;
        if (cpu->budget < TRACE_MAX_INSTRUCTIONS) return;
    }
    if (flags_are_odd(cpu)) return;
    budget = cpu->budget - TRACE_MAX_INSTRUCTIONS;
    flag_result = cpu->flag_result;
    flag_first = cpu->flag_first;
    flag_kind = cpu->flag_kind;
#ifdef FAST_PINS_TLB
    tlb = cpu->tlb;
#endif
    if (end != EXACT_AT_RECORD) {
        rec = target_known(cpu, cpu->rip);
        if (!rec) TAIL(fast_transfer);
        cpu->trace_rip = cpu->rip;
        GO;
    }
    rec = cpu->resume;
    budget += rec->count - 1;
    GO;
}

FAST_HANDLER fast_keep_flags(FAST_PARAMETERS)
{
    cpu->flag_kept = lazy_kept((u32)flag_kind, flag_result, flag_first, cpu->flag_kept | cpu->shift_af);
    flag_kind = lazy_kept_kind((u32)flag_kind);
    GO;
}

/* Bytes that IN reads, 0 of anything else; no port is wider than 4. */
static unsigned in_bytes(unsigned op)
{
    switch (op) {
    case OP_IN_R_I_8: case OP_IN_R_D_8: return 1;
    case OP_IN_R_I_16: case OP_IN_R_D_16: return 2;
    case OP_IN_R_I_32: case OP_IN_R_D_32: case OP_IN_R_I_64: case OP_IN_R_D_64: return 4;
    default: return 0;
    }
}

enum { STEADY = 1 << 24 };

bool fast_is_in(const struct record *record) { return in_bytes(record->h) != 0; }

/* IN, with which programs wait.  The trace ends behind it: the link there knows the next address.  A port that is asked again and again
 * mostly has nothing new to say: then the board need not be asked. */
static FAST_HANDLER in(FAST_PARAMETERS)
{
    unsigned size = in_bytes(rec->h);
    bool by_dx = rec->h == OP_IN_R_D_8 || rec->h == OP_IN_R_D_16 || rec->h == OP_IN_R_D_32 || rec->h == OP_IN_R_D_64;
    u16 port = by_dx ? (u16)cpu->gpr[RDX] : (u16)rec->imm;
    u32 steady = STEADY | size << 16 | port;

    if (!io_unchecked(cpu)) TAIL(fast_slow);
    if (cpu->steady_port == steady) {
        if (size == 4) cpu->gpr[RAX] = cpu->steady_value;
        else memcpy(&cpu->gpr[RAX], &cpu->steady_value, size);
        rec++;
        GO;
    }
    spill(FAST_ARGUMENTS);
    cpu->budget -= rec->count - 1;
    cpu->rip = cpu->trace_rip + (u32)rec->disp;
    cpu->time->now = cpu_now(cpu);
    u32 value = cpu->bus.in(cpu->bus.board, port, size);
    cpu->steady_port = cpu->bus.in_is_steady && cpu->bus.in_is_steady(cpu->bus.board, port, size) ? steady : 0;
    cpu->steady_value = value;
    if (size == 4) cpu->gpr[RAX] = value;
    else memcpy(&cpu->gpr[RAX], &value, size);
    budget = cpu->budget + rec->count - 1 - TRACE_MAX_INSTRUCTIONS;
#ifdef FAST_PINS_TLB
    tlb = cpu->tlb;
#endif
    rec++;
    if (unlikely(!loop_goes_on(cpu, false))) {
        budget -= rec->count - 1;
        cpu->rip = cpu->trace_rip + (u64)(s64)((struct link *)(rec + 1))->delta;
        TAIL(fast_leave);
    }
    GO;
}

static FAST_HANDLER pass(FAST_PARAMETERS)
{
    rec++;
    GO;
}

/* --- between traces --- */

static inline bool one_page(struct cpu *cpu, u64 rip, u64 other)
{
    return !((linear_of(cpu, CPU_SEG_CS, rip) ^ linear_of(cpu, CPU_SEG_CS, other)) >> 12);
}

FAST_HANDLER fast_transfer(FAST_PARAMETERS)
{
    struct record *first = trace_find_quietly(cpu);

    if (!first) TAIL(fast_leave);
    target_learn(cpu, cpu->rip, first);
    cpu->trace_rip = cpu->rip;
    rec = first;
    GO;
}

/* A known target is legal, and its address linear: mostly it lies in another page. */
#define GO_TO_KNOWN(link) \
    do { \
        struct record *known_ = target_known(cpu, cpu->trace_rip); \
        if (!known_) break; \
        if (!((cpu->trace_rip ^ (cpu->trace_rip - (u64)(s64)(link)->delta)) >> 12)) (link)->target = known_; \
        rec = known_; \
        GO; \
    } while (0)

/* The links' handlers: cpu->trace_rip is the target already.  Within one page the same distance means the same physical address,
 * whatever paging does. */
static FAST_HANDLER resolve_next(FAST_PARAMETERS)
{
    struct link *link = (struct link *)rec;

    GO_TO_KNOWN(link);
    cpu->rip = cpu->trace_rip;
    struct record *first = trace_find_quietly(cpu);
    if (!first) TAIL(fast_leave);
    target_learn(cpu, cpu->rip, first);
    if (cpu->mode & MODE_LIMIT_4G && one_page(cpu, cpu->rip, cpu->rip - (u64)(s64)link->delta)) link->target = first;
    rec = first;
    GO;
}

static FAST_HANDLER resolve(FAST_PARAMETERS)
{
    GO_TO_KNOWN((struct link *)rec);
    if (unlikely(cpu->trace_rip + cpu->target_bias > cpu->target_last)) {        /* the branch once more, to fault */
        cpu->trace_rip -= (u64)(s64)((struct link *)rec)->delta;
        if (!(cpu->mode & MODE_LONG64)) cpu->trace_rip = (u32)cpu->trace_rip;
        rec--;
        budget += rec->count;
        TAIL(fast_slow);
    }
    TAIL(resolve_next);
}

static FAST_HANDLER resolve_far(FAST_PARAMETERS)
{
    struct link *link = (struct link *)rec;
    struct record *known = target_known(cpu, cpu->trace_rip);

    if (!known) TAIL(resolve);
    if (target_page_has_one_address(cpu, (cpu->trace_rip - (u64)(s64)link->delta) & cpu->linear_mask)) {
        link->target = known;
        link->tag = cpu->link_tag;
    }
    rec = known;
    GO;
}

static FAST_HANDLER resolve_16(FAST_PARAMETERS)
{
    struct link *link = (struct link *)rec;

    cpu->rip = cpu->trace_rip;
    struct record *first = trace_find_quietly(cpu);
    if (!first) TAIL(fast_leave);
    if ((cpu->mode & (MODE_LIMIT_64K | MODE_CODE32 | MODE_LONG64)) == MODE_LIMIT_64K && one_page(cpu, cpu->rip, cpu->rip - (u64)(s64)link->delta)) {
        link->target = first;
        link->target_rip = (u16)cpu->rip;
    }
    rec = first;
    GO;
}

/* A trace has ended, the program goes on behind it. */
static FAST_HANDLER go_on(FAST_PARAMETERS)
{
    struct link *link = (struct link *)(rec + 1);
    s64 left = budget - (rec->count - 1);

    cpu->trace_rip += (u64)(s64)link->delta;
    budget = left;
    if (unlikely(left < 0)) {
        cpu->rip = cpu->trace_rip;
        TAIL(fast_leave);
    }
    rec = link->target;
    GO;
}

static FAST_HANDLER go_on_16(FAST_PARAMETERS)
{
    struct link *link = (struct link *)(rec + 1);

    cpu->trace_rip += (u64)(s64)link->delta;
    budget -= rec->count - 1;
    if (unlikely(budget < 0)) {
        cpu->rip = cpu->trace_rip;
        TAIL(fast_leave);
    }
    rec = link->target_rip == cpu->trace_rip ? link->target : rec + 1;
    GO;
}

/* In place of a trace that was overwritten, to which links and targets still lead: on to the one that stands there now.  Where nothing
 * but its bytes has changed, later comers need not ask. */
static FAST_HANDLER find_anew(FAST_PARAMETERS)
{
    const struct trace *before = &cpu->traces->traces[rec[-1].disp];

    cpu->rip = cpu->trace_rip;
    struct record *first = trace_find_quietly(cpu);
    if (!first) TAIL(fast_leave);
    target_learn(cpu, cpu->rip, first);
    const struct trace *now = trace_begun_by(cpu->traces, first);
    if (cpu->mode & MODE_LIMIT_4G && now->pa == before->pa && now->mode == before->mode) {
        memcpy(&rec->disp, &first, sizeof first);
        rec->fast = (const void *)follow;
    }
    rec = first;
    GO;
}

/* The record to follow stands in disp and imm. */
static FAST_HANDLER follow(FAST_PARAMETERS)
{
    memcpy(&rec, &rec->disp, sizeof rec);
    GO;
}
_Static_assert(offsetof(struct record, imm) == offsetof(struct record, disp) + 4, "an address fits in disp and imm");

/* In place of a trace that has a breakpoint. */
static FAST_HANDLER leave_here(FAST_PARAMETERS)
{
    cpu->rip = cpu->trace_rip;
    TAIL(fast_leave);
}

static FAST_HANDLER note_trace(FAST_PARAMETERS)
{
    struct trace *trace = &cpu->traces->traces[rec[-1].disp];

    recorder_trace(cpu, trace, (u32)rec[-1].disp, cpu->slice_end - (u64)(budget + TRACE_MAX_INSTRUCTIONS));
    TAIL((fast_handler *)trace->begin);
}
