#ifndef ORRERY_RUN_RECORDER_H
#define ORRERY_RUN_RECORDER_H
/* Everything that runs, noted a trace at a time; cpu/cpu.h says what the words are.          doc: recorder */
#include "cpu/decode/trace.h"

#ifdef HARD
enum { RECORDER_WORDS = 64 };
#else
enum { RECORDER_WORDS = 1 << 18 };
#endif
enum { RECORDER_TICK_WORDS = 3, RECORDER_SLICE_WORDS = 3 };      /* at most: of a tick; of a slice's beginning and end */

struct recorder {
    void (*put)(void *context, const u64 *words, size_t count);
    void *context;
    unsigned used;
    u64 word[RECORDER_WORDS];
};

static inline u64 recorder_word(u32 kind, u64 argument) { return kind | argument << 32; }

/* A trace begins, at cpu->trace_rip. */
static inline void recorder_trace(struct cpu *cpu, struct trace *trace, u32 number, u64 tick)
{
    struct recorder *r = cpu->recorder;
    u64 *word = &r->word[r->used];

    if (unlikely(trace->recorded_rip != cpu->trace_rip)) {
        trace->recorded_rip = cpu->trace_rip;
        *word++ = recorder_word(CPU_RECORD_RIP, cpu->seg[CPU_SEG_CS].selector);
        *word++ = cpu->trace_rip;
    }
    *word++ = recorder_word(number, tick);
    r->used = (unsigned)(word - r->word);
}

/* Its instructions, before it begins for the first time. */
void recorder_define(struct cpu *cpu, struct trace *trace, u32 number, const u8 *bytes);

/* A slice begins; a slice may have so many ticks. */
u64 recorder_begin_slice(struct cpu *cpu);
void recorder_end_slice(struct cpu *cpu);

/* The instruction takes as many ticks as it likes: it must be the last of its trace. */
bool recorder_is_repeated(const u8 *bytes, unsigned size_bytes, bool code64);

#endif
