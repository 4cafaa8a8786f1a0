/* Tripwires: what is no fault, and seldom meant.                                              doc: tripwires */
#include "gui/debugger/tripwires.h"

#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/decoded.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

/* --- handlers that return without an end of interrupt --- */

static u64 field_of(struct session *s, const char *device, const char *name)
{
    const void *instance;
    const struct state_layout *layout = machine_device_state(s->machine, device, &instance);

    for (u32 f = 0; layout && f < layout->count; f++)
        if (!strcmp(layout->fields[f].name, name)) return state_get(&layout->fields[f], instance, 0);
    return 0;
}

static u16 in_service(struct session *s) { return (u16)(field_of(s, "pic1", "isr") | field_of(s, "pic2", "isr") << 8); }

/* Where the handler that has just begun will return to: the top of its stack. */
static u64 return_address(struct session *s)
{
    struct cpu_view v;
    u8 bytes[8] = { 0 };

    cpu_view(machine_cpu(s->machine), &v);
    bool wide = v.seg[CPU_SEG_SS].rights & 0x4000, long64 = v.code_bits == 64, protected = v.cr0 & 1;
    unsigned size = long64 ? 8 : protected && v.code_bits == 32 ? 4 : 2;
    u64 la = long64 ? v.gpr[4] : (u32)(v.seg[CPU_SEG_SS].base + (wide ? (u32)v.gpr[4] : (u16)v.gpr[4]));
    machine_peek_linear(s->machine, la, bytes, size);
    return long64 ? get64(bytes) : size == 4 ? get32(bytes) : get16(bytes);
}

/* The cascade is in service with every request of the second controller. */
enum { CASCADE_BIT = 1 << 2 };

static void note_beginning(struct session *s)
{
    struct eoi_watch *w = &s->breakpoints.eoi;
    u16 known = 0, fresh = in_service(s);

    if (fresh >> 8) fresh &= (u16)~CASCADE_BIT;
    for (unsigned i = 0; i < w->count; i++) known |= w->begun[i].bit;
    for (unsigned n = 0; n < 16; n++) {
        if (!((fresh & ~known) >> n & 1)) continue;
        if (w->count == ARRAY_COUNT(w->begun)) memmove(&w->begun[0], &w->begun[1], --w->count * sizeof w->begun[0]);
        w->begun[w->count].back = return_address(s);
        w->begun[w->count++].bit = (u16)(1u << n);
    }
}

static bool note_return(struct session *s)
{
    struct eoi_watch *w = &s->breakpoints.eoi;
    struct cpu_view v;
    bool missing = false;

    cpu_view(machine_cpu(s->machine), &v);
    for (unsigned i = w->count; i-- && !missing;) {
        if (w->begun[i].back != v.rip) continue;
        missing = in_service(s) & w->begun[i].bit;
        if (missing) printf("(%u) Tripwire: the handler of IRQ %d returns, and its request is still in service: no EOI has come\n", cpu_number(machine_cpu(s->machine)), __builtin_ctz(w->begun[i].bit));
        memmove(&w->begun[i], &w->begun[i + 1], (--w->count - i) * sizeof w->begun[0]);
        break;
    }
    return missing;
}

/* --- stores to code that runs on into what was stored --- */

/* From the next instruction on, without a branch: SDM vol. 3A, "Handling Self- and Cross-Modifying Code", asks for one, or for an
 * instruction that serializes. */
static bool runs_into(struct session *s, u64 pa, u64 size)
{
    enum { INSTRUCTIONS = 16 };
    struct decoded_instruction d;
    struct cpu_view v;
    u8 bytes[15];
    u64 at;

    cpu_view(machine_cpu(s->machine), &v);
    u64 la = next_linear(&v);
    for (unsigned n = 0; n < INSTRUCTIONS && cpu_translate(machine_cpu(s->machine), la, &at); n++) {
        if (!decode_instruction(bytes, machine_peek_linear(s->machine, la, bytes, sizeof bytes), v.code_bits, &d)) return false;
        if (at < pa + size && pa < at + d.instruction.length) return true;
        if (d.instruction.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE || d.instruction.mnemonic == ZYDIS_MNEMONIC_CPUID || d.instruction.mnemonic == ZYDIS_MNEMONIC_IRET ||
            d.instruction.mnemonic == ZYDIS_MNEMONIC_IRETD || d.instruction.mnemonic == ZYDIS_MNEMONIC_IRETQ || d.instruction.mnemonic == ZYDIS_MNEMONIC_WBINVD) return false;
        la += d.instruction.length;
    }
    return false;
}

bool tripwire_is_hit(struct session *s, const struct breakpoint *p, const struct cpu_break_hit *hit)
{
    if (p->at.kind == CPU_CATCH_CODE) {
        bool into = runs_into(s, hit->number, hit->size_bytes);
        if (into) printf("(%u) Tripwire: a store to code at physical 0x%llx that runs on without a branch: a processor may have fetched the old bytes\n", cpu_number(machine_cpu(s->machine)), (llu)hit->number);
        return into;
    }
    if (p->at.kind == CPU_CATCH_INTERRUPT) return note_beginning(s), false;
    return note_return(s);
}

/* --- the command --- */

static const struct wire {
    const char *name, *meaning;
    enum cpu_break_kind kind;
    bool ranged;                 /* ADDRESS BYTES */
} wires[] = {
    { "port",      "an access to a port at which no device answers",                  CPU_CATCH_NO_PORT,      false },
    { "memory",    "an access to physical memory at which nothing answers, a store to ROM", CPU_CATCH_NO_MEMORY, false },
    { "unwritten", "a load of RAM to which nothing was ever stored",                  CPU_CATCH_UNWRITTEN,    false },
    { "tss",       "LTR of a TSS that is too short for its fields",                   CPU_CATCH_SHORT_TSS,    false },
    { "eoi",       "a handler that returns while its request is in service at the 8259A", CPU_CATCH_RETURN,   false },
    { "code",      "a store to code that is run into without a branch",               CPU_CATCH_CODE,         false },
    { "reserved",  "a MOV to CR0, CR3 or DR7 with reserved bits that are ignored",    CPU_CATCH_RESERVED,     false },
    { "stack",     "ADDRESS BYTES: a switch to a stack of an inner level within that linear range", CPU_CATCH_STACK, true },
    { "readonly",  "ADDRESS BYTES: a store to that linear range",                     CPU_WATCH_LINEAR_WRITE, true },
};

static void list_wires(void)
{
    for (unsigned i = 0; i < ARRAY_COUNT(wires); i++) printf("%-10s %s\n", wires[i].name, wires[i].meaning);
    puts("flags      [off]: an instruction that reads a flag which the last that wrote it left undefined; runs some hundred times slower");
}

static bool set_wire(struct session *s, const struct wire *wire, const char *at, struct error *err)
{
    struct breakpoint stop = { .at = { .kind = wire->kind, .size_bytes = CPU_CATCH_ANY } };

    at += strspn(at, " \t");
    if (!wire->ranged && *at) return fail(err, "\"%s\" stands behind tripwire %s", at, wire->name);
    if (wire->ranged) {
        if (!*at) return fail(err, "tripwire %s ADDRESS BYTES", wire->name);
        if (!expression_prefix(s, &at, &stop.at.address, err) || !expression_value(s, at, &stop.at.size_bytes, err)) return false;
        if (!stop.at.size_bytes || stop.at.address + stop.at.size_bytes < stop.at.address)
            return fail(err, "0x%llx and %llu bytes are no range", (llu)stop.at.address, (llu)stop.at.size_bytes);
    }
    if (wire->kind == CPU_CATCH_CODE) stop.trip = TRIPWIRE_CODE;
    if (wire->kind == CPU_CATCH_RETURN) {
        stop.trip = TRIPWIRE_EOI;
        s->breakpoints.eoi.count = 0;
        breakpoint_add(&s->breakpoints, &stop);
        stop.at.kind = CPU_CATCH_INTERRUPT;
    }
    unsigned number = breakpoint_add(&s->breakpoints, &stop);
    printf("%u: stops behind %s; d %u removes it\n", number, wire->meaning + (wire->ranged ? strlen("ADDRESS BYTES: ") : 0), number);
    return true;
}

bool debug_tripwire(struct session *s, const char *at, struct error *err)
{
    char name[32];

    if (!next_argument(&at, name, sizeof name)) return list_wires(), true;
    if (!strcmp(name, "flags")) {
        s->follow_flags = !strstr(at, "off");
        s->undefined_flags = 0;
        return true;
    }
    for (unsigned i = 0; i < ARRAY_COUNT(wires); i++)
        if (!strcmp(wires[i].name, name)) return set_wire(s, &wires[i], at, err);
    return fail(err, "tripwire %s: there is none; tripwire lists them", name);
}
