#include "gui/debugger/executed.h"
#include "cpu/base/allocated.h"

#include <stdlib.h>
#include <string.h>

void executed_open(struct executed *e) { e->code = allocated(calloc(EXECUTED_NUMBERS, sizeof *e->code)); }

void executed_close(struct executed *e)
{
    for (unsigned i = 0; e->code && i < EXECUTED_NUMBERS; i++) free(e->code[i].bytes);
    free(e->code);
    e->code = NULL;
    e->running = NULL;
}

/* A tick by its lower half: never before the last one. */
static u64 whole_tick(const struct executed *e, u32 low)
{
    u64 tick = (e->tick & ~0xffffffffull) | low;
    return tick < e->tick ? tick + (1ull << 32) : tick;
}

static void end_running(struct executed *e, u64 tick)
{
    if (e->running && tick > e->tick) e->ran(e->context, e->running, e->tick, tick);
    e->running = NULL;
    e->tick = tick;
}

static bool take_entry(struct executed *e, u32 number, u32 low)
{
    u64 tick = whole_tick(e, low);

    if (number >= EXECUTED_NUMBERS || !e->code[number].bytes) return false;
    end_running(e, tick);
    struct executed_code *code = e->running = &e->code[number];
    if (e->rip_follows && (code->rip != e->rip || code->selector != e->selector)) {
        if (e->changes) e->changes(e->context, code);
        code->rip = e->rip;
        code->selector = e->selector;
    }
    e->rip_follows = false;
    return true;
}

/* How many words; 0: more are needed, SIZE_MAX: damaged. */
static size_t take_code(struct executed *e, const u64 *word, size_t left)
{
    u32 number = (u32)(word[0] >> 32);

    if (left < 2) return 0;
    u32 size = (u32)word[1];
    if (number >= EXECUTED_NUMBERS || size > 4096) return SIZE_MAX;
    if (left < 2 + (size + 7) / 8) return 0;
    struct executed_code *code = &e->code[number];
    if (code->bytes && e->changes) e->changes(e->context, code);
    free(code->bytes);
    *code = (struct executed_code){ .bytes = allocated(malloc(size + 1)), .size = size, .bits = (u8)(word[1] >> 32), .real = word[1] >> 40 & 1 };
    memcpy(code->bytes, word + 2, size);
    return 2 + (size + 7) / 8;
}

static size_t take_packet(struct executed *e, const u64 *word, size_t left)
{
    u32 kind = (u32)word[0], argument = (u32)(word[0] >> 32);

    switch (kind) {
    case CPU_RECORD_CODE: return take_code(e, word, left);
    case CPU_RECORD_TICK:
        if (left < 2) return 0;
        e->tick = word[1];
        return 2;
    case CPU_RECORD_RIP:
        if (left < 2) return 0;
        e->rip_follows = true;
        e->selector = (u16)argument;
        e->rip = word[1];
        return 2;
    case CPU_RECORD_END: end_running(e, whole_tick(e, argument)); return 1;
    default: return take_entry(e, kind, argument) ? 1 : SIZE_MAX;
    }
}

size_t executed_take(struct executed *e, const u64 *words, size_t count)
{
    size_t taken = 0;

    while (taken < count) {
        size_t n = take_packet(e, words + taken, count - taken);
        if (n == SIZE_MAX) return n;
        if (!n) break;
        taken += n;
    }
    return taken;
}
