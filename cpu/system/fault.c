/* Raising and logging faults.                                                       doc: faults */
#include "cpu/system/fault.h"

#include <string.h>

#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/run/processor.h"
#include "cpu/system/transfer.h"

const struct reason_row fault_reasons[REASON_COUNT] = {
#define X(name, vector, sentence, manual) { #name, sentence, manual, VECTOR_##vector },
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
    unsigned vector = fault_reasons[reason].vector;
    bool by_selector = vector >= VECTOR_TS && vector <= VECTOR_GP;

    facts.cpl = cpu->cpl;
    cpu->fault = (struct fault){
        .reason = reason, .vector = (u8)vector, .has_error_code = pushes_error_code(vector),
        .error_code = by_selector ? selector_error(cpu, &facts) : facts.error, .facts = facts, .procedure = cpu->procedure,
    };
    return false;
}

bool procedure_done(struct cpu *cpu)
{
    cpu->procedure = PROCEDURE_NONE;
    return true;
}

/* The page tables are asked only where the TLB does not know. */
static void note_bytes(struct cpu *cpu, struct fault *fault)
{
    u64 la = linear_of(cpu, CPU_SEG_CS, cpu->rip);
    const struct tlb_entry *t = tlb_entry_of(cpu, la);
    bool known = t->tag_read == page_of_last(la, FAULT_BYTES);

    fault->rip_la = la;
    fault->byte_count = FAULT_BYTES;
    if (known) memcpy(fault->bytes, (const u8 *)(uintptr_t)(t->addend + la), FAULT_BYTES);
    else fault->byte_count = (u8)cpu_peek_linear(cpu, la, fault->bytes, FAULT_BYTES);
}

void fault_log_add(struct cpu *cpu, struct fault *fault, unsigned nesting)
{
    fault->tick = cpu->in_instruction ? cpu_now(cpu) + 1 : cpu->time->now;           /* behind the instruction */
    fault->rip = cpu->rip;
    fault->cs = cpu->seg[CPU_SEG_CS].selector;
    fault->mode = cpu->mode;
    fault->nesting = (u8)nesting;
    fault->cr3 = cpu->cr3;
    fault->rflags = cpu_eflags(cpu);
    const struct segment *s = &cpu->seg[fault->facts.segment & 7];
    fault->segment.base = s->base, fault->segment.limit = s->limit, fault->segment.selector = s->selector, fault->segment.rights = s->rights, fault->segment.usable = s->usable;
    note_bytes(cpu, fault);
    breaks_catch(cpu, CPU_CATCH_FAULT, fault->vector, 1, fault->error_code);
    cpu->fault_log.entry[cpu->fault_log.count++ % FAULT_LOG_ENTRIES] = *fault;
}
