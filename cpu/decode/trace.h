#ifndef ORRERY_DECODE_TRACE_H
#define ORRERY_DECODE_TRACE_H
/* Runs of decoded records, kept by physical address and mode.                              doc: traces */
#include "cpu/decode/record.h"
#include "cpu/run/processor.h"

#ifdef HARD
enum { TRACE_MAX_INSTRUCTIONS = 1, TRACE_ARENA_RECORDS = 64, TRACE_ARENA_TRACES = 16, TRACE_BUCKETS = 4, JUMP_CACHE = 1 };
#else
enum { TRACE_MAX_INSTRUCTIONS = 32, TRACE_ARENA_RECORDS = 1 << 20, TRACE_ARENA_TRACES = 1 << 17, TRACE_BUCKETS = 1 << 14,
       JUMP_CACHE = 4096 };
#endif
enum { TRACE_MAX_SLOTS = 2 * TRACE_MAX_INSTRUCTIONS + 1 };

/* A trace lies in one physical page.  first[-1] is its header record (h == OP_HEADER), whose disp is the trace's number. */
struct trace {
    u64 pa;                              /* of the first byte */
    struct record *first;
    struct trace *next_in_bucket, *next_in_page;
    u32 mode;
    u16 bytes;
    u16 offset[TRACE_MAX_SLOTS + 1];     /* of the instruction at a slot, and of what follows the last */
};

struct jump_entry {
    u64 la;
    struct trace *trace;
};

struct trace_cache {
    struct record *records;
    struct trace *traces;
    u32 records_used, traces_used;
    struct trace *bucket[TRACE_BUCKETS], *page[TRACE_BUCKETS];
    struct jump_entry jump[JUMP_CACHE];
    struct trace scratch;                /* one instruction that is not kept: it crosses a page, or is no memory */
    struct record scratch_records[4];
    u64 decoded_instructions, flushes, invalidations;
};

struct trace_cache *trace_cache_create(void);
void trace_cache_destroy(struct trace_cache *cache);
void trace_cache_flush(struct cpu *cpu);

/* The trace at CS:RIP in the current mode, decoded when it is new; NULL after a fault was raised (fetch, limit). */
struct trace *trace_find(struct cpu *cpu);

/* The trace at cpu->rip if that can be told without a fault or decoding; NULL otherwise. */
struct trace *trace_find_known(struct cpu *cpu);

static inline struct trace *trace_of_first(const struct trace_cache *cache, const struct record *first)
{
    return &cache->traces[first[-1].disp];
}

#endif
