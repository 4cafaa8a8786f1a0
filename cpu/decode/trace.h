#ifndef ORRERY_DECODE_TRACE_H
#define ORRERY_DECODE_TRACE_H
/* Runs of decoded records, kept by physical address and mode.                              doc: traces */
#include "cpu/decode/decode.h"
#include "cpu/decode/record.h"
#include "cpu/decode/tables.h"
#include "cpu/decode/targets.h"
#include "cpu/memory/access.h"
#include "cpu/run/mode.h"

#ifdef HARD
enum { TRACE_MAX_INSTRUCTIONS = 1, TRACE_ARENA_RECORDS = 64, TRACE_ARENA_TRACES = 16, TRACE_BUCKETS = 4, JUMP_CACHE = 1, CROSSINGS = 1 };
#else
enum { TRACE_MAX_INSTRUCTIONS = 32, TRACE_ARENA_RECORDS = 1 << 19, TRACE_ARENA_TRACES = 1 << 17, TRACE_BUCKETS = 1 << 16,
       JUMP_CACHE = 1 << 14, CROSSINGS = 256 };
#endif
enum { TRACE_MAX_SLOTS = 2 * TRACE_MAX_INSTRUCTIONS + 2 };      /* instructions, their links, the end and its link */

/* A trace lies in one physical page.  first[-1] is its header record (h == OP_HEADER), whose disp is the trace's number. */
struct trace {
    u64 pa;                              /* of the first byte */
    struct record *first;
    struct trace *next_in_bucket, *next_in_page;
    u32 mode;
    u16 bytes;
    u8 instructions;
    bool hooked, stops;                  /* first->fast is a hook; ... that leads to the loop: a breakpoint */
    const void *begin;                   /* hooked: what first->fast would be */
    u64 recorded_rip;                    /* cpu/run/recorder.h */
    u32 undefined;                       /* cpu/run/undefined.c: of its only instruction */
    u16 *offset;                         /* of the instruction at each slot, and of what follows the last */
};

/* A trace of the arena where it was found last: all that tells whether it is the one again, in one place. */
struct jump_entry {
    u64 la, pa;
    struct record *first;                /* NULL: nothing yet */
    u32 mode;
};

/* An instruction outside the arena: it crosses a page, runs into the limit, or lies outside RAM and ROM. */
struct lone_instruction {
    u64 pa;
    u32 mode;
    u8 length, bytes[INSTRUCTION_MAX_BYTES];     /* asked before it is used again; a length of 0: nothing here */
    struct trace trace;
    struct record records[8];
    u16 offsets[8];
};

struct sequence_index;
struct trace_cache {
    struct record *records;
    u16 *offsets;                        /* a place for each record, which its trace's offset points into */
    struct trace *traces;
    u32 records_used, traces_used;
    struct trace *bucket[TRACE_BUCKETS], *page[TRACE_BUCKETS];
    struct jump_entry jump[JUMP_CACHE];
    struct lone_instruction scratch;     /* not kept: it is no memory, or runs into the limit */
    struct lone_instruction crossing[CROSSINGS];
    struct sequence_index *sequences;
    u64 decoded_instructions, flushes, invalidations;
};

struct trace_cache *trace_cache_create(void);
void trace_cache_destroy(struct trace_cache *cache);
void trace_cache_flush(struct cpu *cpu);
/* Traces must be found by trace_find again before they are entered from another page. */
void trace_forget_lookups(struct cpu *cpu);

/* The trace at CS:RIP in the current mode, decoded when it is new; NULL after a fault was raised (fetch, limit). */
struct trace *trace_find(struct cpu *cpu);

static inline struct trace *trace_begun_by(const struct trace_cache *cache, const struct record *first) { return &cache->traces[first[-1].disp]; }

static inline bool trace_within_limit(const struct cpu *cpu, const struct trace *trace)
{
    return (cpu->mode & MODE_LIMIT_4G) || cpu->rip + trace->bytes - 1 <= cpu->seg[CPU_SEG_CS].limit;
}

static inline struct jump_entry *jump_entry_of(const struct trace_cache *cache, u64 la) { return &((struct trace_cache *)cache)->jump[(la ^ la >> 12) & (JUMP_CACHE - 1)]; }

/* The first record of the trace at cpu->rip if that can be told without a page walk or a search; NULL otherwise. */
static inline struct record *trace_known(struct cpu *cpu)
{
    u64 la = linear_of(cpu, CPU_SEG_CS, cpu->rip);
    const struct jump_entry *jump = jump_entry_of(cpu->traces, la);
    const struct tlb_entry *t = tlb_entry_of(cpu, la);

    if (jump->la != la || jump->mode != cpu->mode || !jump->first || jump->first->h == OP_STALE) return NULL;
    if (t->tag_read != (la & ~0xfffull) || t->pa + (la & 0xfff) != jump->pa) return NULL;
    return trace_within_limit(cpu, trace_begun_by(cpu->traces, jump->first)) ? jump->first : NULL;
}
struct trace *trace_find_known(struct cpu *cpu);
/* The same, found or decoded where nothing can fault and nobody watches; NULL: trace_find does it, and nothing has changed that it
 * would not change itself.  Every trace stays where it is. */
struct record *trace_find_quietly(struct cpu *cpu);

/* The trace that a record of the arena belongs to. */
static inline struct trace *trace_of(const struct trace_cache *cache, const struct record *record)
{
    while (record->h) record--;
    return &cache->traces[record->disp];
}

#endif
