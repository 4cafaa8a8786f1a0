/* The ways into and out of the fast instance, and between its traces.                        doc: fast */
#include "cpu/run/fast.h"

#include "cpu/decode/tables.h"
#include "cpu/memory/access.h"
#include "cpu/run/exact.h"
#include "cpu/run/mode.h"

/* --- which handler --- */

static fast_handler go_on, go_on_16, lose_stale;

static enum fast_kind kind_of(const struct record *record, u32 mode)
{
    unsigned seg = record->b & 7;
    bool indexed = record->x >> 3 != SLOT_ZERO;

    if (record->x & RECORD_NARROW || seg > CPU_SEG_DS) return FAST_SEGMENT;
    if (mode & MODE_LONG64) return indexed ? FAST_FLAT64X : FAST_FLAT64;
    unsigned needed = MODE_FLAT | MODE_STACK32 | MODE_LIMIT_4G | MODE_CODE32;
    if ((mode & needed) != needed || seg == CPU_SEG_CS) return FAST_SEGMENT;
    return indexed ? FAST_FLAT32X : FAST_FLAT32;
}

const void *fast_of(const struct record *record, u32 mode)
{
    static const void *const *const table[FAST_KINDS] = { fast_flat32, fast_flat32x, fast_flat64, fast_flat64x, fast_segment };
    const void *handler = fast_plain[record->h];

    if (record->h == OP_CONTINUE) return (const void *)(mode & MODE_LIMIT_4G ? go_on : go_on_16);
    if (record->h == OP_STALE) return (const void *)lose_stale;
    if (!handler) handler = table[kind_of(record, mode)][record->h];
    return handler ? handler : (const void *)fast_slow;
}

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
    cpu->budget = budget;
    cpu->flag_result = flag_result;
    cpu->flag_first = flag_first;
    cpu->flag_kind = (u32)flag_kind;
}

bool fast_run(struct cpu *cpu, struct trace *trace)
{
    cpu->trace_rip = cpu->rip;
    cpu->fast_failed = false;
#ifdef DISPATCH_LOOP
    cpu->fast = (struct fast_state){ trace->first->fast, trace->first, cpu->budget, cpu->flag_result, cpu->flag_first, cpu->flag_kind };
    while (cpu->fast.handler) {
        struct fast_state s = cpu->fast;
        cpu->fast.handler = NULL;
        ((fast_handler *)s.handler)(cpu, s.rec, s.budget, s.flag_result, s.flag_first, s.flag_kind);
    }
#else
    struct record *first = trace->first;
    ((fast_handler *)first->fast)(cpu, first, cpu->budget, cpu->flag_result, cpu->flag_first, cpu->flag_kind);
#endif
    return !cpu->fast_failed;
}

bool fast_or_exact(struct cpu *cpu, struct trace *trace)
{
    bool scratch = trace->pa == UINT64_MAX;

    if (!scratch && !cpu->exact_only && cpu->budget >= TRACE_MAX_INSTRUCTIONS) return fast_run(cpu, trace);
    return exact_run(cpu, trace, trace->first, scratch && !cpu->exact_only) != EXACT_FAULT;
}

void fast_leave(FAST_PARAMETERS) { spill(FAST_ARGUMENTS); }

/* The exact instance does this record and those behind it that have no handler; then on from where it has come to. */
void fast_slow(FAST_PARAMETERS)
{
    spill(FAST_ARGUMENTS);
    cpu->budget -= rec->count - 1;
    enum exact_end end = exact_run(cpu, trace_of(cpu->traces, rec), rec, true);
    cpu->fast_failed = end == EXACT_FAULT;
    if (end == EXACT_FAULT || end == EXACT_LOOK || cpu->budget < TRACE_MAX_INSTRUCTIONS) return;
    budget = cpu->budget;
    flag_result = cpu->flag_result;
    flag_first = cpu->flag_first;
    flag_kind = cpu->flag_kind;
    if (end == EXACT_BRANCHED) TAIL(fast_transfer);
    rec = cpu->resume;
    budget += rec->count - 1;
    GO;
}

/* --- between traces --- */

static inline bool one_page(struct cpu *cpu, u64 rip, u64 other)
{
    return !((linear_of(cpu, CPU_SEG_CS, rip) ^ linear_of(cpu, CPU_SEG_CS, other)) >> 12);
}

void fast_transfer(FAST_PARAMETERS)
{
    struct trace *trace = budget < TRACE_MAX_INSTRUCTIONS ? NULL : trace_known(cpu);

    if (!trace) TAIL(fast_leave);
    cpu->trace_rip = cpu->rip;
    rec = trace->first;
    GO;
}

/* Within one page: there the same distance means the same physical address, whatever paging does. */
void fast_resolve(FAST_PARAMETERS)
{
    struct trace *trace = trace_known(cpu);

    if (!trace) TAIL(fast_leave);
    if (cpu->mode & MODE_LIMIT_4G && one_page(cpu, cpu->rip, cpu->trace_rip)) ((struct link *)(rec + 1))->target = trace->first;
    cpu->trace_rip = cpu->rip;
    rec = trace->first;
    GO;
}

void fast_resolve_16(FAST_PARAMETERS)
{
    struct trace *trace = trace_known(cpu);

    if (!trace) TAIL(fast_leave);
    if (cpu->mode & (MODE_LIMIT_4G | MODE_LIMIT_64K) && one_page(cpu, cpu->rip, cpu->trace_rip)) {
        struct link *link = (struct link *)(rec + 1);
        link->target = trace->first;
        link->target_rip = (u32)cpu->rip;
    }
    cpu->trace_rip = cpu->rip;
    rec = trace->first;
    GO;
}

/* A trace has ended, the program goes on behind it. */
static void go_on(FAST_PARAMETERS)
{
    struct link *link = (struct link *)(rec + 1);
    u64 rip = cpu->trace_rip + (u64)(s64)link->delta;

    budget -= rec->count - 1;
    if (likely(link->target && budget >= TRACE_MAX_INSTRUCTIONS)) {
        cpu->trace_rip = rip;
        rec = link->target;
        GO;
    }
    cpu->rip = rip;
    if (budget < TRACE_MAX_INSTRUCTIONS) TAIL(fast_leave);
    TAIL(fast_resolve);
}

static void go_on_16(FAST_PARAMETERS)
{
    struct link *link = (struct link *)(rec + 1);
    u64 rip = cpu->trace_rip + (u64)(s64)link->delta;

    budget -= rec->count - 1;
    if (likely(link->target && link->target_rip == rip && budget >= TRACE_MAX_INSTRUCTIONS)) {
        cpu->trace_rip = rip;
        rec = link->target;
        GO;
    }
    cpu->rip = rip;
    if (budget < TRACE_MAX_INSTRUCTIONS) TAIL(fast_leave);
    TAIL(fast_resolve_16);
}

/* The trace was overwritten: the loop looks the address up again. */
static void lose_stale(FAST_PARAMETERS)
{
    cpu->rip = cpu->trace_rip;
    TAIL(fast_leave);
}
