/* A fault from the log in words.  SDM vol. 3A, "Exception and Interrupt Reference"; "Double Fault Exception (#DF)".     doc: faults */
#include "gui/debugger/why.h"

#include <stdio.h>
#include <string.h>

#include "gui/debugger/descriptors.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/pages.h"

typedef unsigned long long llu;

/* --- the parts of it --- */

static void put_instruction(const struct cpu_fault_view *f)
{
    char text[128] = "";
    unsigned length = f->byte_count ? disassemble(f->bytes, f->byte_count, f->rip, f->code_bits, text, sizeof text) : 0;

    if (!f->byte_count) {
        puts("  the instruction could not be fetched");
        return;
    }
    printf("  ");
    for (unsigned i = 0; i < (length ? length : f->byte_count); i++) printf("%02x ", f->bytes[i]);
    printf("  %s\n", length ? text : "(these bytes stand there: no instruction)");
}

/* SDM vol. 3A, "Page-Fault Error Code". */
static void put_page_error(u32 e)
{
    printf("    error code %04x: %s, %s at CPL %s%s\n", e, e & 1 ? "a page is mapped (P=1)" : "nothing is mapped (P=0)", e & 16 ? "a fetch (I/D=1)" : e & 2 ? "a write (W/R=1)" : "a read (W/R=0)",
           e & 4 ? "3 (U/S=1)" : "0 to 2 (U/S=0)", e & 8 ? ", a reserved bit is set (RSVD=1)" : "");
}

/* SDM vol. 3A, "Error Code". */
static void put_selector_error(const struct cpu_fault_view *f)
{
    u32 e = f->error_code;

    if (f->vector < 10 || f->vector > 13) return;
    if (!e) puts("    error code 0000: no selector is to blame");
    else if (e & 2) printf("    error code %04x: vector %02x (IDT=1)%s\n", e, e >> 3, e & 1 ? ", while an event from outside the program was delivered (EXT=1)" : "");
    else printf("    error code %04x: %s[%u]%s\n", e, e & 4 ? "LDT (TI=1)" : "GDT (TI=0)", e >> 3, e & 1 ? ", while an event from outside the program was delivered (EXT=1)" : "");
}

/* `all`: those that were not reached too. */
static void put_checks(const struct cpu_fault_view *f, bool all)
{
    if (f->during) printf("  it came up in between: %s\n", f->during);
    if (!f->checking) return;
    printf("  checks of %s, in their order:\n", f->checking);
    for (unsigned i = 0; i < f->check_count && (all || i <= f->failed); i++) printf("    %s %s\n", i < f->failed ? "ok    " : i == f->failed ? "FAILED" : "  -   ", f->check[i]);
}

static void put_subject(struct cpu *cpu, const struct cpu_fault_view *f)
{
    static const char *const segment[] = { "ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR" };
    struct error unread = { 0 };
    bool shown = true;

    switch (f->of) {
    case CPU_FAULT_OF_DESCRIPTOR:
        if (f->entry_pa) show_old_descriptor(cpu, f->selector, f->entry_pa, f->entry, "  ");
        break;
    case CPU_FAULT_OF_IDT_GATE:
        shown = show_gate(cpu, f->gate, "  ", &unread);
        break;
    case CPU_FAULT_OF_TSS:
        shown = show_tss(cpu, false, "  ", &unread);
        if (f->entry_pa) show_old_descriptor(cpu, f->selector, f->entry_pa, f->entry, "  ");
        break;
    case CPU_FAULT_OF_SEGMENT: show_segment_register(segment[f->segment], &f->segment_was, "  "); break;
    case CPU_FAULT_OF_PAGE:
        put_page_error(f->error_code);
        show_walk(cpu, f->la, f->cr3, "  ");
        break;
    case CPU_FAULT_OF_NOTHING: break;
    }
    if (!shown) printf("  %s", unread.text);
}

static void put_fault(struct cpu *cpu, const struct symbols *symbols, const struct cpu_fault_view *f, bool first)
{
    char name[SYMBOL_TEXT];

    printf("%s", f->vector_name);
    if (f->has_error_code) printf("(%04x)", f->error_code);
    bool named = *symbols_text(symbols, f->rip_la, name);
    printf(" at %04x:%0*llx%s%s%s, tick %llu, %s, CPL %u\n", f->cs, f->code_bits == 64 ? 16 : 8, (llu)f->rip, named ? " <" : "", name, named ? ">" : "", (llu)f->tick, f->mode, f->cpl);
    if (first) put_instruction(f);
    printf("  %s\n", f->sentence);
    put_checks(f, first);
    put_selector_error(f);
    put_subject(cpu, f);
    printf("  SDM, \"%s\"; reason %s\n", f->manual, f->name);
}

/* --- chains --- */

static bool view(struct cpu *cpu, unsigned n, struct cpu_fault_view *f) { return cpu_view_fault(cpu, n, f); }

/* The end of the chain that n is part of: the fault behind it that was delivered, or the shutdown. */
static unsigned last_of_chain(struct cpu *cpu, unsigned n)
{
    struct cpu_fault_view f;

    while (n && view(cpu, n - 1, &f) && f.nesting) n--;
    return n;
}

static void put_chain(struct cpu *cpu, const struct symbols *symbols, unsigned first, unsigned last)
{
    struct cpu_fault_view f;

    for (unsigned n = first, step = 1; view(cpu, n, &f); n--, step++) {
        if (first != last) {
            if (step == 1) printf("first cause: ");
            else if (f.vector == 8) printf("which made it a double fault: ");
            else printf("then, while that was being delivered: ");
        }
        put_fault(cpu, symbols, &f, step == 1);
        if (n == last) return;
    }
}

bool why_fault(struct cpu *cpu, const struct symbols *symbols, unsigned newest_is_0, struct error *err)
{
    unsigned count = cpu_fault_count(cpu);

    if (!count) return fail(err, "no fault was raised");
    if (newest_is_0 >= count) return fail(err, "why %u: only %u faults are kept, 0 is the newest", newest_is_0, count);
    put_chain(cpu, symbols, cpu_first_cause(cpu, newest_is_0), last_of_chain(cpu, newest_is_0));
    return true;
}

void why_list(struct cpu *cpu, const struct symbols *symbols, unsigned most)
{
    char text[512], name[SYMBOL_TEXT];
    struct cpu_fault_view f;

    for (unsigned i = 0; i < cpu_fault_count(cpu) && i < most; i++) {
        cpu_describe_fault(cpu, i, text, sizeof text);
        bool named = view(cpu, i, &f) && *symbols_text(symbols, f.rip_la, name);
        printf("%2u  %s%s%s%s\n", i, named ? "<" : "", named ? name : "", named ? "> " : "", text);
    }
}

void why_triple_fault(struct cpu *cpu, const struct symbols *symbols)
{
    printf("triple fault: a fault was raised while #DF was being delivered, so the processor shut down\n");
    put_chain(cpu, symbols, cpu_first_cause(cpu, 0), 0);
}
