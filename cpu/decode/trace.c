#include "cpu/decode/trace.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "cpu/decode/decode.h"
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/run/fast.h"
#include "cpu/run/fast_sequences.h"
#include "cpu/run/mode.h"
#include "cpu/run/recorder.h"
#include "cpu/run/undefined.h"

struct trace_cache *trace_cache_create(void)
{
    struct trace_cache *cache = allocated(calloc(1, sizeof *cache));
    cache->records = allocated(malloc(TRACE_ARENA_RECORDS * sizeof *cache->records));
    cache->offsets = allocated(malloc(TRACE_ARENA_RECORDS * sizeof *cache->offsets));
    cache->traces = malloc(TRACE_ARENA_TRACES * sizeof *cache->traces);
    cache->sequences = sequence_index_create();
    return cache;
}

void trace_cache_destroy(struct trace_cache *cache)
{
    if (!cache) return;
    sequence_index_destroy(cache->sequences);
    free(cache->records);
    free(cache->offsets);
    free(cache->traces);
    free(cache);
}

static unsigned bucket_of(u64 pa, u32 mode)
{
    return (unsigned)((pa ^ pa >> 14 ^ (u64)mode << 7) & (TRACE_BUCKETS - 1));
}

static unsigned page_bucket_of(u64 pa)
{
    return (unsigned)((pa >> 12) & (TRACE_BUCKETS - 1));
}

/* Forgets every trace.  Only between instructions: no record may be in use. */
void trace_cache_flush(struct cpu *cpu)
{
    struct trace_cache *cache = cpu->traces;

    /* other processors may have decoded the same pages: their marks stay, and a store that finds nothing behind them takes them away */
    for (u32 i = 0; i < cache->traces_used && cpu->next == cpu; i++)
        physical_page_at(cpu->memory, cache->traces[i].pa)->code_chunks = 0;
    cache->records_used = cache->traces_used = 0;
    memset(cache->bucket, 0, sizeof cache->bucket);
    memset(cache->page, 0, sizeof cache->page);
    trace_forget_lookups(cpu);
    cache->flushes++;
}

void trace_forget_lookups(struct cpu *cpu)
{
    memset(cpu->traces->jump, 0, sizeof cpu->traces->jump);
    memset(cpu->targets, 0, sizeof cpu->targets);
}

static u32 chunks_of(u64 pa, unsigned bytes)
{
    unsigned first = (unsigned)(pa & (PAGE_BYTES - 1)) / CODE_CHUNK_BYTES;
    unsigned last = (unsigned)((pa & (PAGE_BYTES - 1)) + bytes - 1) / CODE_CHUNK_BYTES;
    return (u32)((2ull << last) - (1ull << first));
}

/* The record that every way into an invalidated trace meets: the loop looks the address up again. */
static void make_stale(struct trace *trace)
{
    trace->first->h = OP_STALE;
    trace->first->fast = fast_of(trace->first, trace->mode);
}

static void remove_from_bucket(struct trace_cache *cache, struct trace *trace)
{
    struct trace **at = &cache->bucket[bucket_of(trace->pa, trace->mode)];
    while (*at && *at != trace) at = &(*at)->next_in_bucket;
    if (*at) *at = trace->next_in_bucket;
}

/* One processor's traces; which chunks of the page it still has decoded. */
static u32 forget_written(struct cpu *cpu, u64 pa, unsigned size_bytes)
{
    struct trace_cache *cache = cpu->traces;
    struct trace **at = &cache->page[page_bucket_of(pa)];
    u32 chunks = 0;
    bool hit = false;

    while (*at) {
        struct trace *trace = *at;
        bool same_page = trace->pa >> 12 == pa >> 12;
        if (same_page && pa < trace->pa + trace->bytes && trace->pa < pa + size_bytes) {
            make_stale(trace);
            remove_from_bucket(cache, trace);
            *at = trace->next_in_page;
            cache->invalidations++;
            hit = true;
            continue;
        }
        if (same_page) chunks |= chunks_of(trace->pa, trace->bytes);
        at = &trace->next_in_page;
    }
    if (hit && cpu->in_instruction) cpu_leave_after_instruction(cpu);
    if (hit) breaks_catch(cpu, CPU_CATCH_CODE, pa, size_bytes, 0);
    return chunks;
}

void trace_code_written(struct cpu *cpu, u64 pa, unsigned size_bytes)
{
    struct physical_page *page = physical_page_at(cpu->memory, pa);
    struct cpu *c = cpu;
    u32 chunks = 0;

    if (!(page->code_chunks & chunks_of(pa, size_bytes))) return;
    do {
        chunks |= forget_written(c, pa, size_bytes);
        c = c->next;
    } while (c != cpu);
    page->code_chunks = chunks;
}

/* --- building --- */

struct builder {
    struct trace *trace;
    struct record *record;       /* next slot */
    unsigned slots, instructions;
    struct flag_use use[TRACE_MAX_SLOTS];
};

static void append_link(struct builder *b, s32 distance)
{
    struct record *record = b->record++;
    struct link link = { .fast = fast_of_link(record - 1, b->trace->mode), .h = OP_LINK, .delta = (s32)b->trace->bytes + distance, .target = record };

    b->trace->offset[b->slots++] = b->trace->bytes;
    memcpy(record, &link, sizeof link);
}

/* Whether a direct branch, the trace's last record, has its target in another page. */
static bool leads_away(const struct trace *trace, const struct record *branch)
{
    return (trace->pa & (PAGE_BYTES - 1)) + trace->bytes + (u64)(s64)branch->disp >= PAGE_BYTES;
}

static void append(struct builder *b, const struct decoded *d)
{
    struct record *record = b->record++;

    b->trace->offset[b->slots++] = b->trace->bytes;
    b->trace->bytes += d->length;
    *record = d->record;
    record->count = (u8)++b->instructions;
    if (fast_is_near_call(record)) record->imm = b->trace->bytes;
    if (fast_is_in(record)) record->disp = b->trace->bytes - d->length;
    record->fast = fast_of(record, b->trace->mode);
    b->use[b->slots - 1] = fast_flag_use(record, d->row);
    b->trace->offset[b->slots] = b->trace->bytes;
    if (!d->branch) return;
    if (leads_away(b->trace, record)) {
        const void *handler = fast_of_far(record, b->trace->mode);
        if (handler) record->fast = handler;
    }
    append_link(b, record->disp);
}

/* What a trace that simply stops ends with: the loop goes on at the next address. */
static void append_stop(struct builder *b)
{
    *b->record = (struct record){ .h = OP_CONTINUE, .count = (u8)(b->instructions + 1) };
    b->record->fast = fast_of(b->record, b->trace->mode);
    b->record++;
    b->trace->offset[b->slots++] = b->trace->bytes;
    append_link(b, 0);
}

static struct decode_mode mode_of(const struct cpu *cpu, u32 trace_offset)
{
    return (struct decode_mode){
        .code_bits = cpu->mode & MODE_LONG64 ? 64 : cpu->mode & MODE_CODE32 ? 32 : 16,
        .protected_mode = cpu->mode & MODE_PROTECTED, .trace_offset = trace_offset,
    };
}

/* How many bytes from here the segment limit allows; the processor fetches no byte behind it. */
static u64 bytes_to_limit(const struct cpu *cpu)
{
    u64 limit = cpu->seg[CPU_SEG_CS].limit;
    if (code_64bit(cpu)) return UINT64_MAX;
    return cpu->rip > limit ? 0 : limit - cpu->rip + 1;
}

/* A byte of code that stands in memory of the bus (ROM of a device, nothing at all), or in the next page. */
static bool fetch_byte(struct cpu *cpu, u64 la, u8 *byte)
{
    u64 pa;
    if (!canonical(la)) return FAULT(cpu, BRANCH_NOT_CANONICAL, .la = la);
    if (!access_fetch(cpu, la, &pa)) return false;
    struct physical_page *page = page_at(cpu, pa);
    const u8 *code = physical_code(cpu->memory, page, pa);
    *byte = code ? code[pa & (PAGE_BYTES - 1)] : (u8)bus_load(cpu, pa, 1);
    return true;
}

static struct trace *lone_trace(struct cpu *cpu, struct lone_instruction *lone, const struct decoded *d)
{
    struct trace *trace = &lone->trace;
    struct builder b = { .trace = trace, .record = lone->records + 1 };

    *trace = (struct trace){ .pa = UINT64_MAX, .mode = cpu->mode, .first = b.record, .offset = lone->offsets };
    append(&b, d);
    append_stop(&b);
    trace->instructions = 1;
    trace->undefined = undefined_of(d);
    if (cpu->recorder) recorder_define(cpu, trace, TRACE_ARENA_TRACES, lone->bytes);
    return trace;
}

/* One instruction fetched byte by byte. */
static struct trace *scratch_trace(struct cpu *cpu)
{
    struct trace_cache *cache = cpu->traces;
    struct lone_instruction *lone = &cache->scratch;
    struct decoded d;
    unsigned count = 0;

    do {
        if (count == INSTRUCTION_MAX_BYTES) break;
        if (count >= bytes_to_limit(cpu)) {
            FAULT(cpu, FETCH_PAST_LIMIT, .segment = CPU_SEG_CS, .ea = cpu->rip + count, .size = 1,
                  .limit = cpu->seg[CPU_SEG_CS].limit);
            return NULL;
        }
        if (!fetch_byte(cpu, linear_of(cpu, CPU_SEG_CS, cpu->rip + count), &lone->bytes[count])) return NULL;
        count++;
    } while (decode(cpu->tables, lone->bytes, count, mode_of(cpu, 0), &d) == DECODE_NEEDS_MORE);
    lone->length = (u8)count;
    return lone_trace(cpu, lone, &d);
}

static struct lone_instruction *crossing_at(struct trace_cache *cache, u64 pa)
{
    return &cache->crossing[(pa >> 12 ^ pa >> 20) % CROSSINGS];
}

static unsigned bytes_to_page_end(u64 pa) { return (unsigned)(PAGE_BYTES - (pa & (PAGE_BYTES - 1))); }

/* Whether the bytes up to the page's end, the mode and the limit are those of the kept instruction that begins at pa. */
static bool crossing_begins(struct cpu *cpu, u64 pa, const u8 *host)
{
    const struct lone_instruction *lone = crossing_at(cpu->traces, pa);

    return lone->length && lone->pa == pa && lone->mode == cpu->mode && lone->length <= bytes_to_limit(cpu) &&
           !memcmp(lone->bytes, host, bytes_to_page_end(pa)) && !cpu->recorder;
}

/* An instruction that does not end in its page; the last ones are kept.  The second page is fetched from when the bytes of the first ask for it. */
static struct trace *crossing_trace(struct cpu *cpu, u64 la, u64 pa, const u8 *host)
{
    struct lone_instruction *lone = crossing_at(cpu->traces, pa);
    const struct lone_instruction *fetched = &cpu->traces->scratch;
    unsigned here = bytes_to_page_end(pa);
    u64 next;

    if (crossing_begins(cpu, pa, host) && canonical(la + here)) {
        if (!access_fetch(cpu, la + here, &next)) return NULL;
        const u8 *rest = page_at(cpu, next)->read;
        if (rest && !memcmp(lone->bytes + here, rest, lone->length - here)) return &lone->trace;
    }
    struct trace *trace = scratch_trace(cpu);
    if (!trace || fetched->length <= here) return trace;
    *lone = *fetched;
    lone->pa = pa;
    lone->mode = cpu->mode;
    lone->trace.first = lone->records + 1;
    lone->trace.offset = lone->offsets;
    return &lone->trace;
}

/* A breakpoint's trace leads to the loop; while everything is recorded each trace says when it begins. */
static void hook(struct cpu *cpu, struct trace *trace, const u8 *host)
{
    u32 number = (u32)trace->first[-1].disp;

    trace->stops = breaks_begin_at(cpu, trace->pa);
    trace->hooked = trace->stops || cpu->recorder;
    if (cpu->recorder) recorder_define(cpu, trace, number, host);
    if (!trace->hooked) return;
    trace->begin = trace->first->fast;
    trace->first->fast = fast_of_hook(trace->stops);
}

static void keep(struct cpu *cpu, struct builder *b)
{
    struct trace_cache *cache = cpu->traces;
    struct trace *trace = b->trace;
    struct trace **bucket = &cache->bucket[bucket_of(trace->pa, trace->mode)];
    struct trace **page = &cache->page[page_bucket_of(trace->pa)];
    struct physical_page *memory = physical_page_at(cpu->memory, trace->pa);

    trace->next_in_bucket = *bucket;
    *bucket = trace;
    trace->next_in_page = *page;
    *page = trace;
    cache->traces_used++;
    cache->records_used = (u32)(b->record - cache->records);
    cache->decoded_instructions += b->instructions;
    if (!memory->code_chunks) tlb_protect_page(cpu, trace->pa);
    memory->code_chunks |= chunks_of(trace->pa, trace->bytes);
}

/* Where what is undefined is drawn by lot a trace takes as many ticks as it has instructions, or is not run to its end. */
static bool ends_for_lots(const struct decoded *d, u32 undefined)
{
    return undefined || d->branch || (d->row && d->row->notes & (REP | REPCC));
}

/* Perhaps too full for another trace. */
static bool arena_full(const struct trace_cache *cache)
{
    return cache->traces_used == TRACE_ARENA_TRACES || cache->records_used + TRACE_MAX_SLOTS + 1 > TRACE_ARENA_RECORDS;
}

/* Decodes from pa, whose page is memory, until something ends the trace.  NULL when not even one instruction fits. */
static struct trace *build(struct cpu *cpu, u64 pa, const u8 *host)
{
    struct trace_cache *cache = cpu->traces;
    if (arena_full(cache)) trace_cache_flush(cpu);

    struct trace *trace = &cache->traces[cache->traces_used];
    struct record *header = &cache->records[cache->records_used];
    u64 room = PAGE_BYTES - (pa & (PAGE_BYTES - 1)), limit = bytes_to_limit(cpu);
    unsigned available = (unsigned)(room < limit ? room : limit);
    *header = (struct record){ .h = OP_HEADER, .disp = (s32)cache->traces_used };
    *trace = (struct trace){ .pa = pa, .mode = cpu->mode, .first = header + 1, .offset = cache->offsets + cache->records_used };
    struct builder b;
    struct decoded d = { 0 };

    b.trace = trace;
    b.record = trace->first;
    b.slots = b.instructions = 0;

    while (b.instructions < TRACE_MAX_INSTRUCTIONS && !d.ends) {
        if (unlikely(cpu->breaks)) breaks_see_code(cpu, pa + trace->bytes, host + trace->bytes, available - trace->bytes, !(trace->mode & (MODE_CODE32 | MODE_LONG64)));
        if (b.instructions && breaks_begin_at(cpu, pa + trace->bytes)) break;
        if (decode(cpu->tables, host + trace->bytes, available - trace->bytes, mode_of(cpu, trace->bytes), &d) != DECODED) break;
        u32 undefined = unlikely(cpu->undefined) ? undefined_of(&d) : 0;
        if (undefined && b.instructions) break;          /* it is the next trace's */
        append(&b, &d);
        trace->undefined = undefined;
        if (unlikely(cpu->undefined) && ends_for_lots(&d, undefined)) break;
        if (cpu->recorder && recorder_is_repeated(host + trace->bytes - d.length, d.length, trace->mode & MODE_LONG64)) break;
    }
    if (!b.instructions) return NULL;
    trace->instructions = (u8)b.instructions;
    fast_drop_flags(trace->first, b.record, b.use, trace->mode);
    fast_know_flags(trace->first, b.record, b.use, trace->mode);
    fast_join(cache->sequences, trace->first, b.record, trace->mode);
    append_stop(&b);
    hook(cpu, trace, host);
    keep(cpu, &b);
    return trace;
}

/* --- finding --- */

struct trace *trace_find_known(struct cpu *cpu)
{
    struct record *first = trace_known(cpu);
    return first ? trace_begun_by(cpu->traces, first) : NULL;
}

/* The trace at pa, decoded when it is new; NULL when the first instruction does not end in the page. */
static struct trace *arena_trace(struct cpu *cpu, u64 la, u64 pa, const u8 *host)
{
    struct trace_cache *cache = cpu->traces;
    struct trace *trace = cache->bucket[bucket_of(pa, cpu->mode)];

    while (trace && !(trace->pa == pa && trace->mode == cpu->mode && trace_within_limit(cpu, trace))) trace = trace->next_in_bucket;
    if (!trace && !crossing_begins(cpu, pa, host)) trace = build(cpu, pa, host);
    if (trace) *jump_entry_of(cache, la) = (struct jump_entry){ .la = la, .pa = pa, .first = trace->first, .mode = trace->mode };
    return trace;
}

struct record *trace_find_quietly(struct cpu *cpu)
{
    struct record *first = trace_known(cpu);
    u64 la = linear_of(cpu, CPU_SEG_CS, cpu->rip);
    struct tlb_entry *t = tlb_entry_of(cpu, la);

    if (first) return first;
    /* a breakpoint in the page may end the slice, and how far it has come is known to the handler alone */
    if (!(cpu->mode & MODE_LIMIT_4G) || cpu->breaks || cpu->undefined || cpu->recorder || arena_full(cpu->traces)) return NULL;
    if (t->tag_read != (la & ~0xfffull) && !access_refill(cpu, la, ACCESS_FETCH)) return NULL;
    if (t->pa & TLB_NO_FETCH) return NULL;
    if (t->pa & TLB_NOT_FETCHED) target_page_fetched(cpu, la, t);
    u64 pa = (t->pa & ~0xfffull) | (la & 0xfff);
    struct physical_page *page = page_at(cpu, pa);
    const u8 *code = physical_code(cpu->memory, page, pa);
    if (!code) return NULL;
    struct trace *trace = arena_trace(cpu, la, pa, code + (pa & (PAGE_BYTES - 1)));
    if (!trace) return NULL;
    cpu->never_written_fetch = code == page->write && !page->written;
    return trace->first;
}

struct trace *trace_find(struct cpu *cpu)
{
    struct trace *trace = trace_find_known(cpu);
    u64 la = linear_of(cpu, CPU_SEG_CS, cpu->rip), pa;

    cpu->never_written_fetch = false;
    if (trace) return trace;
    if (bytes_to_limit(cpu) == 0) {
        FAULT(cpu, FETCH_PAST_LIMIT, .segment = CPU_SEG_CS, .ea = cpu->rip, .size = 1, .limit = cpu->seg[CPU_SEG_CS].limit);
        return NULL;
    }
    if (!canonical(la)) {                    /* execution ran off the lower half */
        FAULT(cpu, BRANCH_NOT_CANONICAL, .la = la);
        return NULL;
    }
    if (!access_fetch(cpu, la, &pa)) return NULL;
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    if (t->tag_read == (la & ~0xfffull) && t->pa & TLB_NOT_FETCHED) target_page_fetched(cpu, la, t);
    if (unlikely(cpu->breaks)) breaks_enter_page(cpu, la, pa);
    struct physical_page *page = page_at(cpu, pa);
    const u8 *code = physical_code(cpu->memory, page, pa);
    cpu->never_written_fetch = !code || (code == page->write && !page->written);
    if (!code) return scratch_trace(cpu);
    const u8 *host = code + (pa & (PAGE_BYTES - 1));
    trace = arena_trace(cpu, la, pa, host);
    return trace ? trace : crossing_trace(cpu, la, pa, host);
}
