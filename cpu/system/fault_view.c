/* Telling faults: the last ones, each with its sentence, and with the checks of which one failed.      doc: faults */
#include <stdio.h>
#include <string.h>

#include "cpu/memory/access.h"
#include "cpu/system/transfer.h"

unsigned cpu_fault_count(const struct cpu *cpu)
{
    u64 ever = cpu->fault_log.count;
    return ever < FAULT_LOG_ENTRIES ? (unsigned)ever : FAULT_LOG_ENTRIES;
}

u64 cpu_faults_raised(const struct cpu *cpu)
{
    return cpu->fault_log.before + cpu->fault_log.count - cpu->fault_log.intended;
}

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

#define SIXTEEN(d) d "0h", d "1h", d "2h", d "3h", d "4h", d "5h", d "6h", d "7h", d "8h", d "9h", d "ah", d "bh", d "ch", d "dh", d "eh", d "fh"

const char *cpu_vector_name(unsigned vector)
{
    static const char *const names[256] = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "09h", "#TS", "#NP", "#SS", "#GP", "#PF", "0fh",
        "#MF", "#AC", "#MC", "#XM", "14h", "15h", "16h", "17h", "18h", "19h", "1ah", "1bh", "1ch", "1dh", "1eh", "1fh",
        SIXTEEN("2"), SIXTEEN("3"), SIXTEEN("4"), SIXTEEN("5"), SIXTEEN("6"), SIXTEEN("7"), SIXTEEN("8"), SIXTEEN("9"), SIXTEEN("a"), SIXTEEN("b"), SIXTEEN("c"), SIXTEEN("d"), SIXTEEN("e"), SIXTEEN("f"),
    };
    return names[vector & 255];
}

static const struct fault *fault_at(const struct cpu *cpu, unsigned newest_is_0)
{
    return &cpu->fault_log.entry[(cpu->fault_log.count - 1 - newest_is_0) % FAULT_LOG_ENTRIES];
}

void cpu_describe_fault(const struct cpu *cpu, unsigned newest_is_0, char *text, size_t size)
{
    char sentence[320], error[16] = "";

    if (size) text[0] = 0;
    if (newest_is_0 >= cpu_fault_count(cpu)) return;
    const struct fault *f = fault_at(cpu, newest_is_0);
    fill_sentence(sentence, sizeof sentence, fault_reasons[f->reason].sentence, &f->facts);
    if (f->has_error_code) snprintf(error, sizeof error, "(%04xh)", f->error_code);
    snprintf(text, size, "%s%s at %04x:%08llx, tick %llu: %s (SDM, \"%s\")", cpu_vector_name(f->vector), error, f->cs,
             (unsigned long long)f->rip, (unsigned long long)f->tick, sentence, fault_reasons[f->reason].manual);
}

unsigned cpu_first_cause(const struct cpu *cpu, unsigned newest_is_0)
{
    unsigned n = newest_is_0, kept = cpu_fault_count(cpu);

    while (n + 1 < kept && fault_at(cpu, n)->nesting) n++;
    return n;
}

/* --- checks --- */

/* The procedures' rows have no reason. */
static const struct check_row {
    u16 reason, other;
    u8 procedure, looks_at;
    const char *text;
} rows[] = {
#define PROCEDURE(name, looks_at, title) { REASON_NONE, REASON_NONE, PROCEDURE_##name, CPU_FAULT_OF_##looks_at, title },
#define CHECK(reason, rule) { REASON_##reason, REASON_##reason, 0, 0, rule },
#define CHECK_2(reason, other, rule) { REASON_##reason, REASON_##other, 0, 0, rule },
#include "cpu/system/checks.inc"
#undef PROCEDURE
#undef CHECK
#undef CHECK_2
};

static bool is_about(const struct check_row *row, unsigned reason) { return row->reason == reason || row->other == reason; }

/* The row of a procedure in which the reason stands: of the wanted one, or of the first that has it; NULL where none has. */
static const struct check_row *procedure_of(unsigned reason, unsigned wanted)
{
    const struct check_row *procedure = rows, *first = NULL;      /* the table begins with one */

    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        if (rows[i].reason == REASON_NONE) procedure = &rows[i];
        if (!is_about(&rows[i], reason) || reason == REASON_NONE) continue;
        if (procedure->procedure == wanted) return procedure;
        if (!first) first = procedure;
    }
    return first;
}

static const char *title_of(unsigned procedure)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (rows[i].reason == REASON_NONE && rows[i].procedure == procedure) return rows[i].text;
    return NULL;
}

static void view_checks(const struct fault *f, struct cpu_fault_view *view)
{
    const struct check_row *procedure = procedure_of(f->reason, f->procedure), *end = rows + ARRAY_COUNT(rows);

    if (f->procedure && f->reason != REASON_DOUBLE_FAULT && (!procedure || procedure->procedure != f->procedure)) view->during = title_of(f->procedure);
    if (!procedure) return;
    view->of = procedure->looks_at;
    view->checking = procedure->text;
    for (const struct check_row *row = procedure + 1; row < end && row->reason != REASON_NONE && view->check_count < CPU_FAULT_CHECKS; row++) {
        if (is_about(row, f->reason)) view->failed = view->check_count;
        view->check[view->check_count++] = row->text;
    }
}

static const char *mode_name(const struct fault *f)
{
    if (f->mode & MODE_LONG64) return "64-bit mode";
    if (f->rflags & EFLAGS_VM) return "virtual-8086 mode";
    if (!(f->mode & MODE_PROTECTED)) return "real-address mode";
    return f->mode & MODE_CODE32 ? "protected mode, 32-bit code" : "protected mode, 16-bit code";
}

bool cpu_view_fault(const struct cpu *cpu, unsigned newest_is_0, struct cpu_fault_view *view)
{
    if (newest_is_0 >= cpu_fault_count(cpu)) return false;
    const struct fault *f = fault_at(cpu, newest_is_0);
    *view = (struct cpu_fault_view){
        .name = fault_reasons[f->reason].name, .vector_name = cpu_vector_name(f->vector), .manual = fault_reasons[f->reason].manual, .mode = mode_name(f),
        .tick = f->tick, .rip = f->rip, .rip_la = f->rip_la, .cr3 = f->cr3, .cs = f->cs, .vector = f->vector, .nesting = f->nesting, .cpl = f->facts.cpl,
        .code_bits = f->mode & MODE_LONG64 ? 64 : f->mode & MODE_CODE32 ? 32 : 16, .has_error_code = f->has_error_code, .error_code = f->error_code,
        .rflags = f->rflags, .byte_count = f->byte_count, .la = f->facts.la, .entry = f->facts.entry, .entry_pa = f->facts.entry_pa, .selector = f->facts.selector,
        .gate = f->facts.vector, .segment = f->facts.segment & 7,
        .segment_was = { .selector = f->segment.selector, .rights = f->segment.rights, .base = f->segment.base, .limit = f->segment.limit, .usable = f->segment.usable },
    };
    memcpy(view->bytes, f->bytes, sizeof view->bytes);
    fill_sentence(view->sentence, sizeof view->sentence, fault_reasons[f->reason].sentence, &f->facts);
    view_checks(f, view);
    return true;
}
