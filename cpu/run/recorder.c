#include "cpu/run/recorder.h"
#include "cpu/base/allocated.h"

#include <stdlib.h>
#include <string.h>

static void put_out(struct recorder *r)
{
    r->put(r->context, r->word, r->used);
    r->used = 0;
}

u64 recorder_begin_slice(struct cpu *cpu)
{
    struct recorder *r = cpu->recorder;

    if (r->used > RECORDER_WORDS / 2) put_out(r);
    r->word[r->used++] = recorder_word(CPU_RECORD_TICK, 0);
    r->word[r->used++] = cpu->time->now;
    return (RECORDER_WORDS - r->used - RECORDER_SLICE_WORDS) / RECORDER_TICK_WORDS;
}

void recorder_end_slice(struct cpu *cpu)
{
    struct recorder *r = cpu->recorder;
    r->word[r->used++] = recorder_word(CPU_RECORD_END, cpu->time->now);
}

void recorder_define(struct cpu *cpu, struct trace *trace, u32 number, const u8 *bytes)
{
    u64 word[2 + (PAGE_BYTES + 7) / 8] = { 0 };
    u32 code_bits = trace->mode & MODE_LONG64 ? 64 : trace->mode & MODE_CODE32 ? 32 : 16;
    unsigned count = 2 + (trace->bytes + 7u) / 8;

    trace->recorded_rip = ~cpu->rip;             /* the first entry says where it lies */
    word[0] = recorder_word(CPU_RECORD_CODE, number);
    bool real = cpu->seg[CPU_SEG_CS].base == (u64)cpu->seg[CPU_SEG_CS].selector << 4 && !(trace->mode & MODE_LONG64);
    word[1] = recorder_word(trace->bytes, code_bits | (u64)(real && code_bits == 16) << 8);
    memcpy(word + 2, bytes, trace->bytes);
    put_out(cpu->recorder);
    cpu->recorder->put(cpu->recorder->context, word, count);
}

bool recorder_is_repeated(const u8 *bytes, unsigned size, bool code64)
{
    bool repeated = false;

    for (unsigned i = 0; i < size; i++) {
        u8 byte = bytes[i];
        bool legacy = (byte & 0xe7) == 0x26 || (byte >= 0x64 && byte <= 0x67) || byte == 0xf0;
        if (byte == 0xf2 || byte == 0xf3) repeated = true;
        else if (!legacy && !(code64 && (byte & 0xf0) == 0x40))
            return repeated && ((byte >= 0x6c && byte <= 0x6f) || (byte >= 0xa4 && byte <= 0xa7) || (byte >= 0xaa && byte <= 0xaf));
    }
    return false;
}

void cpu_set_recorder(struct cpu *cpu, void (*put)(void *context, const u64 *words, size_t count), void *context)
{
    if (cpu->recorder) put_out(cpu->recorder);
    free(cpu->recorder);
    cpu->recorder = NULL;
    trace_cache_flush(cpu);                      /* traces are built in another way */
    if (!put) return;
    cpu->recorder = allocated(malloc(sizeof *cpu->recorder));
    cpu->recorder->put = put;
    cpu->recorder->context = context;
    cpu->recorder->used = 0;
}
