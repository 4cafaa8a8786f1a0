/* Commands that Bochs's debugger has, and what stands for them in this machine.               doc: automation */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

/* --- what has no meaning here says so --- */

#define REFUSES(name, words) \
    bool name(struct session *s, const char *at, struct error *err) \
    { \
        (void)s, (void)at; \
        return fail(err, words); \
    }
REFUSES(debug_wider_registers, "no CPU model here has AVX-512 or AMX, so there are no ZMM, mask and tile registers; ymm shows the widest ones")
REFUSES(debug_doit, "doit is a trial of Bochs's own source; there is nothing that it could do here")
REFUSES(debug_load_parameters, "state that Bochs has saved is not read; save FILE and restore FILE have the whole machine in one file")
REFUSES(debug_vm_exit_break, "no CPU model here has VMX or SVM: there is no VM exit to stop at")

/* --- take, query --- */

static u64 field_of(struct session *s, const char *part, const char *name)
{
    const void *instance;
    const struct state_layout *layout = machine_device_state(s->machine, part, &instance);

    for (u32 f = 0; layout && f < layout->count; f++)
        if (!strcmp(layout->fields[f].name, name)) return state_get(&layout->fields[f], instance, 0);
    return 0;
}

/* An NMI comes as a message where there is an APIC: its LINT1 may be masked. */
static void give(struct session *s, bool nmi)
{
    enum { DELIVER_NMI = 4 };
    struct cpu *cpu = machine_cpu(s->machine);
    enum cpu_line line = nmi ? CPU_LINE_NMI : CPU_LINE_SMI;

    if (nmi && cpu_take_message(cpu, &(struct cpu_message){ .mode = DELIVER_NMI })) return;
    cpu_set_line(cpu, line, true);
    cpu_set_line(cpu, line, false);
}

/* nmi and smi are given to the processor, at its next instruction boundary; others come by themselves. */
bool debug_take(struct session *s, const char *at, struct error *err)
{
    char what[16] = "";
    char part[16];

    snprintf(part, sizeof part, "cpu%u", cpu_number(machine_cpu(s->machine)));
    next_argument(&at, what, sizeof what);
    if (!strcmp(what, "irq")) return fail(err, "take irq: the processor takes a request as soon as it may; why not N says what keeps one away");
    if (!strcmp(what, "dma")) return fail(err, "take dma: a transfer takes place at its own tick, whoever looks on; info device dma shows what is asked for");
    if (strcmp(what, "nmi") && strcmp(what, "smi")) return fail(err, "take %s: nmi or smi", what);
    bool nmi = *what == 'n';
    give(s, nmi);
    if (!field_of(s, part, nmi ? "nmi_pending" : "smi_pending"))
        return fail(err, nmi ? "take nmi: %s has not accepted it" : "take smi: the CPU model of %s has no system management mode", part);
    printf("Delivering %s to %s\n", nmi ? "NMI" : "SMI", part);
    return true;
}

bool debug_nmi(struct session *s, const char *at, struct error *err)
{
    (void)at;
    return debug_take(s, "nmi", err);
}

/* What waits for each processor, and at the 8259As. */
bool debug_query_pending(struct session *s, const char *at, struct error *err)
{
    static const struct { const char *field, *name; } waiting[] = { { "intr", "INTR" }, { "nmi_pending", "NMI" }, { "smi_pending", "SMI" }, { "init_pending", "INIT" }, { "debug_pending", "#DB" } };
    char part[16];

    (void)at, (void)err;
    for (unsigned n = 0; n < machine_processors(s->machine); n++) {
        bool any = false;
        snprintf(part, sizeof part, "cpu%u", n);
        printf("%s: pending", part);
        for (unsigned i = 0; i < ARRAY_COUNT(waiting); i++)
            if (field_of(s, part, waiting[i].field)) any = true, printf(" %s", waiting[i].name);
        puts(any ? "" : " none");
    }
    for (unsigned n = 1; n <= 2; n++) {
        snprintf(part, sizeof part, "pic%u", n);
        printf("%s: requests %02llx, masked %02llx, in service %02llx\n", part, (llu)field_of(s, part, "irr"), (llu)field_of(s, part, "imr"), (llu)field_of(s, part, "isr"));
    }
    return true;
}

bool debug_query(struct session *s, const char *at, struct error *err)
{
    char what[16] = "";

    next_argument(&at, what, sizeof what);
    return strcmp(what, "pending") ? fail(err, "query %s: query pending", what) : debug_query_pending(s, at, err);
}

/* --- instrument: what Bochs builds in, profile does --- */

bool debug_instrument(struct session *s, const char *at, struct error *err)
{
    char what[64] = "";
    const char *rest = at;

    next_argument(&rest, what, sizeof what);
    if (!*what || !strcmp(what, "start") || !strcmp(what, "on")) return debug_profile(s, "on", err);
    if (!strcmp(what, "stop") || !strcmp(what, "off")) return debug_profile(s, "off", err);
    if (!strcmp(what, "print") || !strcmp(what, "show")) return debug_profile(s, rest, err);
    if (!strcmp(what, "reset")) return (!s->profile_on || debug_profile(s, "off", err)) && debug_profile(s, "on", err);
    return fail(err, "instrument %s: start, stop, reset, print; it counts as profile does, and coverage and trace on FILE write files", what);
}

/* --- layouts --- */

bool debug_add_layout(struct session *s, const char *at, struct error *err)
{
    char path[sizeof s->layout];

    if (!next_argument(&at, path, sizeof path)) return fail(err, "which file? addlyt FILE runs its commands at each stop");
    FILE *f = fopen(path, "re");
    if (!f) return fail(err, "addlyt %s: the file cannot be read", path);
    fclose(f);
    strcpy(s->layout, path);
    return true;
}

bool debug_remove_layout(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    s->layout[0] = 0;
    return true;
}

bool debug_layout(struct session *s, const char *at, struct error *err)
{
    (void)at;
    return *s->layout ? session_source(s, s->layout, err) : fail(err, "there is no layout; addlyt FILE says which commands are run at each stop");
}

/* --- if --- */

/* if EXPRESSION: its value, as in Bochs; if EXPRESSION COMMAND: the command when it is true. */
bool debug_if(struct session *s, const char *at, struct error *err)
{
    u64 value;

    at += strspn(at, " \t");
    if (!*at) return fail(err, "if EXPRESSION [COMMAND], e.g. if eax == 5 quit 1");
    if (!expression_prefix(s, &at, &value, err)) return false;
    if (!*at) printf("0x%llx %lld\n", (llu)value, (long long)value);
    return !*at || !value || session_command(s, at, err);
}

/* --- info linux --- */

static void put_banner(struct session *s)
{
    u64 la;
    u8 c;

    if (!symbols_find(s->symbols, "linux_banner", &la)) {
        puts("the kernel has no name: there is no symbol linux_banner; ldsym System.map reads the names of one");
        return;
    }
    for (unsigned i = 0; i < 256 && machine_peek_linear(s->machine, la + i, &c, 1) && c >= 32 && c < 127; i++) putchar(c);
    putchar('\n');
}

bool debug_info_linux(struct session *s, const char *at, struct error *err)
{
    struct cpu *cpu = machine_cpu(s->machine);
    struct cpu_view v;

    (void)at, (void)err;
    cpu_view(cpu, &v);
    printf("Processor mode: %s, CPL %u", cpu_mode_name(cpu_mode(cpu)), v.cpl);
    if (cpu_mode(cpu) == CPU_MODE_REAL) return puts(": maybe during boot sequence"), true;
    printf(": %s; page directory at %llx\n", v.cpl == 0 ? "kernel" : v.cpl == 3 ? "user" : "neither kernel nor user of Linux", (llu)(v.cr3 & ~0xfffull));
    put_banner(s);
    return true;
}
