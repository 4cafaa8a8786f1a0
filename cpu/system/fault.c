/* Raising, logging and telling faults.                                               doc: faults */
#include "cpu/system/fault.h"

#include <stdio.h>
#include <string.h>

#include "cpu/run/processor.h"
#include "cpu/system/transfer.h"

static const struct {
    const char *sentence, *manual;
    u8 vector;
} reasons[REASON_COUNT] = {
#define X(name, vector, sentence, manual) { sentence, manual, VECTOR_##vector },
#include "cpu/system/reasons.inc"
#undef X
};

static bool pushes_error_code(unsigned vector)
{
    return vector == VECTOR_DF || (vector >= VECTOR_TS && vector <= VECTOR_PF) ||
           vector == VECTOR_AC;
}

/* SDM vol. 3A, "Error Code": selector index and TI in [15:2], IDT, EXT. */
static u32 selector_error(const struct cpu *cpu, const struct fault_facts *facts)
{
    return (facts->selector & 0xfffcu) | (facts->idt ? 2 : 0) | (cpu->external_event ? 1 : 0);
}

bool fault_raise(struct cpu *cpu, enum reason reason, struct fault_facts facts)
{
    unsigned vector = reasons[reason].vector;
    bool by_selector = vector >= VECTOR_TS && vector <= VECTOR_GP;

    facts.cpl = cpu->cpl;
    cpu->fault = (struct fault){
        .reason = reason, .vector = (u8)vector, .has_error_code = pushes_error_code(vector),
        .error_code = by_selector ? selector_error(cpu, &facts) : facts.error, .facts = facts,
    };
    return false;
}

void fault_log_add(struct cpu *cpu, struct fault *fault, unsigned nesting)
{
    fault->tick = cpu->time->now;
    fault->rip = cpu->rip;
    fault->cs = cpu->seg[CPU_SEG_CS].selector;
    fault->mode = cpu->mode;
    fault->nesting = (u8)nesting;
    cpu->fault_log.entry[cpu->fault_log.count++ % FAULT_LOG_ENTRIES] = *fault;
}

unsigned cpu_fault_count(const struct cpu *cpu)
{
    u64 ever = cpu->fault_log.count;
    return ever < FAULT_LOG_ENTRIES ? (unsigned)ever : FAULT_LOG_ENTRIES;
}

u64 cpu_faults_raised(const struct cpu *cpu)
{
    return cpu->fault_log.count;
}

/* --- telling --- */

static void put_fact(char *text, size_t size, const char *name, const struct fault_facts *f)
{
    static const char *const segment[] = { "ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR" };
    const struct {
        const char *name, *format;
        u64 value;
    } fact[] = {
        { "selector", "%04llxh", f->selector }, { "error", "%04llxh", f->error },
        { "ea", "%08llxh", f->ea },             { "la", "%08llxh", f->la },
        { "pa", "%08llxh", f->pa },             { "limit", "%llxh", f->limit },
        { "size", "%llu", f->size },            { "cpl", "%llu", f->cpl },
        { "dpl", "%llu", f->dpl },              { "rpl", "%llu", f->rpl },
        { "type", "%llxh", f->type },           { "vector", "%02llxh", f->vector },
        { "entry", "%08llxh", f->entry },       { "entry_pa", "%08llxh", f->entry_pa },
        { "value", "%llx", f->value },
    };

    if (strcmp(name, "segment") == 0) snprintf(text, size, "%s", segment[f->segment & 7]);
    for (unsigned i = 0; i < ARRAY_COUNT(fact); i++)
        if (strcmp(name, fact[i].name) == 0)
            snprintf(text, size, fact[i].format, (unsigned long long)fact[i].value);
}

/* The reason's sentence with its {placeholders} filled. */
static void fill_sentence(char *text, size_t size, const char *sentence,
                          const struct fault_facts *facts)
{
    size_t used = 0;

    while (*sentence && used + 1 < size) {
        const char *end = *sentence == '{' ? strchr(sentence, '}') : NULL;
        char name[16] = { 0 }, fact[24] = "?";
        if (!end || (size_t)(end - sentence) > sizeof name) {
            text[used++] = *sentence++;
            continue;
        }
        memcpy(name, sentence + 1, (size_t)(end - sentence - 1));
        put_fact(fact, sizeof fact, name, facts);
        used += (size_t)snprintf(text + used, size - used, "%s", fact);
        if (used >= size) used = size - 1;
        sentence = end + 1;
    }
    text[used] = 0;
}

void cpu_describe_fault(const struct cpu *cpu, unsigned newest_is_0, char *text, size_t size)
{
    static const char *const vector_name[] = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS",
        "#GP", "#PF", "15", "#MF", "#AC", "#MC", "#XM",
    };
    char sentence[320], error[16] = "";

    if (size) text[0] = 0;
    if (newest_is_0 >= cpu_fault_count(cpu)) return;
    const struct fault *f =
        &cpu->fault_log.entry[(cpu->fault_log.count - 1 - newest_is_0) % FAULT_LOG_ENTRIES];
    fill_sentence(sentence, sizeof sentence, reasons[f->reason].sentence, &f->facts);
    if (f->has_error_code) snprintf(error, sizeof error, "(%04xh)", f->error_code);
    snprintf(text, size, "%s%s at %04x:%08llx, tick %llu: %s (SDM, \"%s\")",
             f->vector < ARRAY_COUNT(vector_name) ? vector_name[f->vector] : "?", error, f->cs,
             (unsigned long long)f->rip, (unsigned long long)f->tick, sentence,
             reasons[f->reason].manual);
}
