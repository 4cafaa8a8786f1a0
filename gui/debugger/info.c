/* info WHAT: the subjects, in Bochs's, gdb's and QEMU's words.                                  doc: automation */
#include <string.h>

#include "devices/host/sandbox.h"
#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/descriptors.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/pages.h"
#include "gui/debugger/show.h"

/* FIRST [LAST] of a table; without them as much as a person wants to read. */
static bool table(struct session *s, const char *at, bool (*show)(struct cpu *cpu, u64 first, u64 last, struct error *err), struct error *err)
{
    u64 first = 0, last = 63;

    at += strspn(at, " \t");
    if (*at && !expression_prefix(s, &at, &first, err)) return false;
    if (first) last = first;
    if (*at && !expression_value(s, at, &last, err)) return false;
    return show(machine_cpu(s->machine), first, last, err);
}

static bool info_gdt(struct session *s, const char *at, struct error *err) { return table(s, at, show_gdt, err); }
static bool info_ldt(struct session *s, const char *at, struct error *err) { return table(s, at, show_ldt, err); }
static bool info_idt(struct session *s, const char *at, struct error *err) { return table(s, at, show_idt, err); }

static bool info_mapping(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    show_mapping(machine_cpu(s->machine));
    return true;
}

static bool info_eflags(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    show_eflags(s->machine);
    return true;
}

static bool info_cpu(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    show_registers(s->machine);
    show_segments(s->machine);
    show_control(s->machine);
    return true;
}

static bool info_watchpoints(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    watchpoint_list(&s->breakpoints);
    return true;
}

static bool info_version(struct session *s, const char *at, struct error *err)
{
    (void)s, (void)at, (void)err;
    puts("orrery 0.1");
    return true;
}

/* info line WHERE: file and line of code. */
static bool info_line(struct session *s, const char *at, struct error *err)
{
    struct symbol_line line;
    struct cpu_view v;
    u64 la;

    at += strspn(at, " \t*");
    cpu_view(machine_cpu(s->machine), &v);
    la = next_linear(&v);
    if (*at && !expression_value(s, at, &la, err)) return false;
    if (!symbols_line(s->symbols, la, &line)) return fail(err, "of 0x%llx no source line is known", (unsigned long long)la);
    printf("%s:%u is at 0x%llx\n", line.file, line.line, (unsigned long long)la);
    return true;
}

/* info sandbox: what this process may still do with the host. */
static bool info_sandbox(struct session *s, const char *at, struct error *err)
{
    static const char *const levels[] = { [SANDBOX_OFF] = "off", [SANDBOX_STANDARD] = "standard", [SANDBOX_STRICT] = "strict" };
    const struct sandbox_state *state = s->sandbox ? &s->sandbox->state : NULL;

    (void)at, (void)err;
    if (!state && sandbox_is_on()) return puts("sandbox: standard, of all machines of this process together"), true;
    if (!state) return puts("sandbox: off; guest and debugger run with all rights of whoever started them"), true;
    printf("sandbox: %s\n", levels[state->level]);
    printf("  process    of its own; new privileges never, core dumps never, memory closed to other programs\n");
    printf("  seccomp    %u calls of the host; those that name files and addresses go to a broker, which opens what was named; all others end the process\n", state->calls);
    if (state->landlock_abi) printf("  Landlock   version %d: no file and no address can be reached from here\n", state->landlock_abi);
    else puts("  Landlock   not there: the host's kernel has none");
    puts("  code       no page of memory can be made executable");
    return true;
}

static const struct subject {
    const char *names;           /* with blanks between */
    debug_command *act;
} subjects[] = {
    { "device", debug_info_device }, { "gdt", info_gdt }, { "idt ivt", info_idt }, { "ldt", info_ldt }, { "tss", debug_tss }, { "tab mem", info_mapping }, { "eflags flags", info_eflags },
    { "cpu", info_cpu }, { "registers r reg regs", info_cpu }, { "creg", debug_control }, { "sreg", debug_segments }, { "dreg", debug_debug_registers }, { "fpu fp float", debug_fpu }, { "mmx", debug_mmx },
    { "sse xmm", debug_sse }, { "ymm vector", debug_ymm }, { "zmm amx", debug_wider_registers }, { "break b breakpoints", debug_list_breaks }, { "watchpoints", info_watchpoints },
    { "symbols symbol", debug_info_symbols }, { "line", info_line }, { "source", debug_list_source }, { "linux", debug_info_linux }, { "threads cpus", debug_info_processors }, { "status", debug_info_status },
    { "version", info_version }, { "sandbox", info_sandbox }, { "frame stack", debug_backtrace }, { "tlb", debug_map }, { "irq", debug_query_pending },
};

const char *debug_info_subject(unsigned i) { return i < ARRAY_COUNT(subjects) ? subjects[i].names : NULL; }

static bool is_among(const char *names, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = names; at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (!strncmp(at, word, length) && (at[length] == ' ' || !at[length])) return true;
    }
    return false;
}

/* What is no subject may be a part of the machine: info pic. */
bool debug_info(struct session *s, const char *at, struct error *err)
{
    const char *rest = at;
    char what[64];

    if (!next_argument(&rest, what, sizeof what)) return fail(err, "info about what? help info says");
    for (unsigned i = 0; i < ARRAY_COUNT(subjects); i++)
        if (is_among(subjects[i].names, what)) return subjects[i].act(s, rest, err);
    if (info_names_device(s->machine, what)) return debug_info_device(s, at, err);
    char all[1024] = "";
    for (unsigned i = 0; i < ARRAY_COUNT(subjects); i++) snprintf(all + strlen(all), sizeof all - strlen(all), " %s", subjects[i].names);
    return fail(err, "info: \"%s\" is nothing of:%s, and no device", what, all);
}
