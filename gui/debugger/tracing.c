/* What happens, as it happens: trace on, trace-reg, trace-mem, show.                          doc: automation */
#include "gui/debugger/tracing.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/automation/prompt.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/decoded.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/show.h"

typedef unsigned long long llu;

/* --- hearing --- */

enum { ACCESSES = 256, SOFTWARE = 1 };
struct accesses {
    struct hearer { struct session *session; unsigned processor; } hearer[CPU_MOST];
    unsigned count;              /* of the instruction that runs */
    struct cpu_heard access[ACCESSES];
};

/* What may be shown; calls are no event of the processor's: tracing_run looks for them. */
enum { SHOW_MODE = 1, SHOW_SOFT = 2, SHOW_EXTERNAL = 4, SHOW_IRET = 8, SHOW_CALL = 16, SHOW_TASK = 32, SHOW_FAULT = 64, SHOW_ALL = 127 };
static const struct shown {
    const char *name;
    u32 what;
} shown[] = {
    { "mode", SHOW_MODE }, { "softint", SHOW_SOFT }, { "extint", SHOW_EXTERNAL }, { "iret", SHOW_IRET }, { "call", SHOW_CALL }, { "task", SHOW_TASK }, { "fault", SHOW_FAULT },
    { "int", SHOW_SOFT | SHOW_EXTERNAL | SHOW_IRET },
};
enum { SINGLE_SHOWN = 7 };

static void put_event(const struct session *s, unsigned processor, const struct cpu_heard *h)
{
    bool software = h->value == SOFTWARE;

    if (h->kind == CPU_CATCH_INTERRUPT && !(s->shows & (software ? SHOW_SOFT : SHOW_EXTERNAL))) return;
    if (machine_processors(s->machine) > 1) printf("(%u) ", processor);
    printf("%011llu: %04x:%016llx CPL %u ", (llu)h->tick, h->cs, (llu)h->rip, h->cpl);
    switch (h->kind) {
    case CPU_CATCH_INTERRUPT: printf("%s interrupt %02llxh\n", software ? "software" : "external", (llu)h->number); break;
    case CPU_CATCH_RETURN: printf("iret to CS %04llx\n", (llu)h->number); break;
    case CPU_CATCH_FAULT: printf("%s, error code %llx\n", cpu_vector_name((unsigned)h->number), (llu)h->value); break;
    case CPU_CATCH_MODE: printf("%s\n", cpu_mode_name((enum cpu_mode)h->number)); break;
    default: printf("task %04llx, before: %04llx\n", (llu)h->number, (llu)h->value); break;
    }
}

static void hear(void *context, const struct cpu_heard *heard)
{
    const struct hearer *by = context;
    struct accesses *a = by->session->accesses;

    if (heard->kind != CPU_CATCH_LOAD && heard->kind != CPU_CATCH_STORE) put_event(by->session, by->processor, heard);
    else if (a->count < ACCESSES) a->access[a->count++] = *heard;
}

static u32 kinds_to_hear(const struct session *s)
{
    return (s->trace_memory ? 1u << CPU_CATCH_LOAD | 1u << CPU_CATCH_STORE : 0) | (s->shows & SHOW_MODE ? 1u << CPU_CATCH_MODE : 0) |
           (s->shows & (SHOW_SOFT | SHOW_EXTERNAL) ? 1u << CPU_CATCH_INTERRUPT : 0) | (s->shows & SHOW_IRET ? 1u << CPU_CATCH_RETURN : 0) |
           (s->shows & SHOW_TASK ? 1u << CPU_CATCH_TASK : 0) | (s->shows & SHOW_FAULT ? 1u << CPU_CATCH_FAULT : 0);
}

bool tracing_listens(const struct session *s) { return kinds_to_hear(s); }

static void listen(struct session *s)
{
    u32 kinds = kinds_to_hear(s);

    if (kinds && !s->accesses) s->accesses = calloc(1, sizeof *s->accesses);
    for (unsigned n = 0; n < machine_processors(s->machine); n++) {
        struct hearer *by = kinds ? &s->accesses->hearer[n] : NULL;
        if (by) *by = (struct hearer){ .session = s, .processor = n };
        cpu_set_listener(machine_processor(s->machine, n), kinds, by ? hear : NULL, by);
    }
}

void tracing_free(struct session *s)
{
    free(s->accesses);
    s->accesses = NULL;
}

/* --- told runs --- */

/* A stop that nobody sees: behind the delivery of an interrupt, so that its handler's first instruction is told of too. */
static void follow_interrupts(struct session *s)
{
    breakpoint_hide(&s->breakpoints, HIDDEN_INTERRUPT, s->trace_shown || s->shows & SHOW_CALL);
}

bool tracing_on(const struct session *s) { return s->trace_shown || s->trace_registers || s->trace_memory || s->shows & SHOW_CALL; }

/* What a store has stored stands in memory by now. */
static void put_access(struct session *s, const struct cpu_heard *h)
{
    u8 bytes[8] = { 0 };
    unsigned size = h->count < sizeof bytes ? h->count : sizeof bytes;

    machine_peek(s->machine, h->value, bytes, size);
    printf("[CPU%u %s]: LIN 0x%016llx PHY 0x%012llx (len=%u): 0x", cpu_number(machine_cpu(s->machine)), h->kind == CPU_CATCH_STORE ? "WR" : "RD", (llu)h->number, (llu)h->value, h->count);
    for (unsigned i = size; i--;) printf("%02x", bytes[i]);
    puts(h->count > size ? ".." : "");
}

/* A CALL is about to run. */
static bool calls(struct session *s)
{
    struct decoded_instruction d;
    struct cpu_view v;
    u8 bytes[15];

    cpu_view(machine_cpu(s->machine), &v);
    return decode_instruction(bytes, machine_peek_linear(s->machine, next_linear(&v), bytes, sizeof bytes), v.code_bits, &d) && d.instruction.meta.category == ZYDIS_CATEGORY_CALL;
}

static void put_call(struct session *s, u64 tick)
{
    char name[SYMBOL_TEXT];
    struct cpu_view v;

    cpu_view(machine_cpu(s->machine), &v);
    printf("%011llu: call %04x:%08llx (0x%08llx) %s\n", (llu)tick, v.seg[CPU_SEG_CS].selector, (llu)v.rip, (llu)next_linear(&v),
           *symbols_name(s->symbols, next_linear(&v), name) ? name : "unk. ctxt");
}

static struct machine_stop told_tick(struct session *s)
{
    char before[64];
    u64 tick = machine_tick(s->machine);

    machine_choose_processor(s->machine, CPU_NONE);
    bool stands = cpu_stands_still(machine_cpu(s->machine)), calling = !stands && s->shows & SHOW_CALL && calls(s);
    u64 faults = cpu_faults_raised(machine_cpu(s->machine));
    snprintf(before, sizeof before, "(%u).[%llu]", cpu_number(machine_cpu(s->machine)), (llu)tick);
    if (s->trace_shown && !stands) session_put_instruction(s, before);
    if (s->trace_registers && !stands) show_registers(s->machine);
    if (s->trace_memory) s->accesses->count = 0;
    struct machine_stop stop = session_run_untold(s, 1);
    for (unsigned i = 0; s->trace_memory && i < s->accesses->count; i++) put_access(s, &s->accesses->access[i]);
    if (calling && cpu_faults_raised(machine_cpu(s->machine)) == faults) put_call(s, tick);
    return stop;
}

struct machine_stop tracing_run(struct session *s, u64 ticks)
{
    enum { BETWEEN_LOOKS = 1024 };
    struct machine_stop stop = { .kind = MACHINE_TICKS };
    u64 end = machine_tick(s->machine) + ticks;

    if (end < ticks) end = UINT64_MAX;
    for (unsigned n = 1; machine_tick(s->machine) < end && stop.kind == MACHINE_TICKS; n++) {
        stop = told_tick(s);
        if (n % BETWEEN_LOOKS || stop.kind != MACHINE_TICKS || !prompt_interrupted(s)) continue;
        stop.kind = MACHINE_REQUEST;
        s->stopped_here = true;
    }
    return stop;
}

/* --- commands --- */

static bool on_or_off(const char *at, const char *command, bool *on, struct error *err)
{
    char word[16] = "";

    next_argument(&at, word, sizeof word);
    *on = !strcmp(word, "on");
    return *on || !strcmp(word, "off") || fail(err, "%s on, or %s off", command, command);
}

bool debug_trace_registers(struct session *s, const char *at, struct error *err) { return on_or_off(at, "trace-reg", &s->trace_registers, err); }

bool debug_trace_memory(struct session *s, const char *at, struct error *err)
{
    bool on;

    if (!on_or_off(at, "trace-mem", &on, err)) return false;
    if (on && timeline_listens(s->timeline)) return fail(err, "timeline listens to the processor already; timeline off");
    s->trace_memory = on;
    return listen(s), true;
}

/* on [FILE] | off */
bool debug_trace(struct session *s, const char *at, struct error *err)
{
    char what[16] = "", path[1024];

    next_argument(&at, what, sizeof what);
    if (!strcmp(what, "off")) {
        s->trace_shown = false;
        return follow_interrupts(s), trace_file_end(&s->trace, err);
    }
    if (strcmp(what, "on")) return fail(err, "trace on: each instruction as it runs; trace on FILE: into a file; trace off");
    if (!next_argument(&at, path, sizeof path)) {
        s->trace_shown = true;
        return follow_interrupts(s), true;
    }
    if (s->profile_on) return fail(err, "the profile counts what runs; profile off ends that");
    return trace_file_begin(&s->trace, s->machine, path, err);
}

static void put_shown(const struct session *s)
{
    printf("shown:");
    for (unsigned i = 0; i < SINGLE_SHOWN; i++)
        if (s->shows & shown[i].what) printf(" %s", shown[i].name);
    puts(s->shows ? "" : " nothing");
}

static bool set_shown(struct session *s, u32 what, struct error *err)
{
    if (what && timeline_listens(s->timeline)) return fail(err, "timeline listens to the processor already; timeline off");
    s->shows = what;
    listen(s);
    follow_interrupts(s);
    put_shown(s);
    return true;
}

/* Words switch on and off, as in Bochs; "..." is a part of the machine. */
bool debug_show(struct session *s, const char *at, struct error *err)
{
    char word[16] = "";

    at += strspn(at, " \t");
    if (*at == '"') return debug_show_state(s, at, err);
    if (!next_argument(&at, word, sizeof word)) return put_shown(s), true;
    if (!strcmp(word, "all") || !strcmp(word, "dbg_all")) return set_shown(s, SHOW_ALL, err);
    if (!strcmp(word, "off") || !strcmp(word, "dbg_none")) return set_shown(s, 0, err);
    if (!strcmp(word, "vga")) return s->serve ? (session_show_picture(s), true) : fail(err, "show vga: nobody looks on; screenshot FILE writes the picture");
    for (unsigned i = 0; i < ARRAY_COUNT(shown); i++)
        if (!strcmp(shown[i].name, word)) return set_shown(s, s->shows & shown[i].what ? s->shows & ~shown[i].what : s->shows | shown[i].what, err);
    return fail(err, "show %s: int, softint, extint, iret, call, mode, task, fault, all, off, vga, or \"PART\" in quotes", word);
}
