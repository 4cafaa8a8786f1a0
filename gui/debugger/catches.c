/* What a run is caught at: catch, modebp.                                           doc: automation */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/stops.h"

typedef unsigned long long llu;

/* "#PF" and "pf" are 14; -1: no exception is called so. */
static int exception_named(const char *name)
{
    static const char *const names[] = {
        "de", "db", "nmi", "bp", "of", "br", "ud", "nm", "df", "", "ts", "np", "ss", "gp", "pf", "", "mf", "ac", "mc", "xm",
    };

    name += *name == '#';
    for (int i = 0; i < (int)ARRAY_COUNT(names); i++)
        if (*names[i] && !strcasecmp(name, names[i])) return i;
    return -1;
}

/* What may stand behind `catch`; a number is optional, and a count of numbers behind it where they are many. */
static const struct caught {
    const char *name;
    enum cpu_break_kind kind, other;         /* two stops where they differ */
    u64 last;                                /* the largest number; 0: none is taken */
    bool needed, counted;                    /* the number; a count may follow */
} caught[] = {
    { "fault",  CPU_CATCH_FAULT,     CPU_CATCH_FAULT,     0,          false, false },
    { "int",    CPU_CATCH_INTERRUPT, CPU_CATCH_INTERRUPT, 0xff,       false, false },
    { "in",     CPU_CATCH_IN,        CPU_CATCH_IN,        0xffff,     true,  true },
    { "out",    CPU_CATCH_OUT,       CPU_CATCH_OUT,       0xffff,     true,  true },
    { "port",   CPU_CATCH_IN,        CPU_CATCH_OUT,       0xffff,     true,  true },
    { "rdmsr",  CPU_CATCH_MSR_READ,  CPU_CATCH_MSR_READ,  0xffffffff, false, false },
    { "wrmsr",  CPU_CATCH_MSR_WRITE, CPU_CATCH_MSR_WRITE, 0xffffffff, false, false },
    { "msr",    CPU_CATCH_MSR_READ,  CPU_CATCH_MSR_WRITE, 0xffffffff, false, false },
    { "mode",   CPU_CATCH_MODE,      CPU_CATCH_MODE,      0,          false, false },
    { "task",   CPU_CATCH_TASK,      CPU_CATCH_TASK,      0xffff,     false, false },
    { "cr3",    CPU_CATCH_ADDRESS_SPACE, CPU_CATCH_ADDRESS_SPACE, UINT64_MAX - 1, false, false },
    { "cpl",    CPU_CATCH_CPL,       CPU_CATCH_CPL,       3,          false, false },
    { "triple", CPU_CATCH_SHUTDOWN,  CPU_CATCH_SHUTDOWN,  0,          false, false },
    { "irq",    CPU_CATCH_LINE,      CPU_CATCH_LINE,      15,         false, false },
};
static const char usage[] = "fault, #XX, int [VECTOR], in|out|port PORT [COUNT], rdmsr|wrmsr|msr [NUMBER], mode, task [TSS], cr3 [VALUE], cpl [CPL], triple, irq [LINE]";

static const struct caught *caught_named(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(caught); i++)
        if (!strcmp(caught[i].name, name)) return &caught[i];
    return NULL;
}

static bool take_numbers(struct session *s, const struct caught *what, const char *at, struct cpu_break *b, struct error *err)
{
    *b = (struct cpu_break){ .kind = what->kind, .size_bytes = CPU_CATCH_ANY };
    at += strspn(at, " \t");
    if (!*at && !what->needed) return true;
    if (!*at) return fail(err, "catch %s: which one? e.g. catch %s 0x60", what->name, what->name);
    if (!what->last) return fail(err, "\"%s\" stands behind catch %s", at, what->name);
    b->size_bytes = 1;
    if (!expression_prefix(s, &at, &b->address, err)) return false;
    at += strspn(at, " \t");
    if (b->address > what->last) return fail(err, "catch %s 0x%llx: 0 to 0x%llx", what->name, (llu)b->address, (llu)what->last);
    if (!*at) return true;
    if (!what->counted) return fail(err, "\"%s\" stands behind catch %s 0x%llx", at, what->name, (llu)b->address);
    if (!expression_value(s, at, &b->size_bytes, err)) return false;
    return (b->size_bytes && b->size_bytes <= what->last - b->address + 1) || fail(err, "catch %s: %llu from 0x%llx on are not all there", what->name, (llu)b->size_bytes, (llu)b->address);
}

bool debug_catch(struct session *s, const char *at, struct error *err)
{
    struct breakpoint stop = { 0 };
    char text[512], name[32];
    const char *rest = text;

    snprintf(text, sizeof text, "%s ", at);
    if (!stop_take_condition(s, text, &stop, err)) return false;
    if (!next_argument(&rest, name, sizeof name)) return fail(err, "what? %s", usage);
    int vector = exception_named(name);
    const struct caught *what = caught_named(vector >= 0 ? "fault" : name);
    if (!what) return fail(err, "catch %s: %s", name, usage);
    if (!take_numbers(s, what, rest, &stop.at, err)) return false;
    if (vector >= 0) stop.at.address = (u64)vector, stop.at.size_bytes = 1;
    breakpoint_add(&s->breakpoints, &stop);
    stop.at.kind = what->other;
    if (what->other != what->kind) breakpoint_add(&s->breakpoints, &stop);
    return true;
}

/* On and off, as in Bochs. */
bool debug_mode_break(struct session *s, const char *at, struct error *err)
{
    unsigned number = 0;

    (void)at;
    for (unsigned i = 0; i < s->breakpoints.room; i++)
        if (s->breakpoints.entry[i].used && s->breakpoints.entry[i].at.kind == CPU_CATCH_MODE) number = i + 1;
    printf("mode switch break %s\n", number ? "disabled" : "enabled");
    return number ? breakpoint_delete(&s->breakpoints, number) : debug_catch(s, "mode", err);
}

/* --- magic breakpoints --- */

static const char *const magic_names[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" };

/* Registers by name, with anything between; BX when there are none.  AX with itself is NOP. */
static u16 magic_registers(const char *at)
{
    u16 registers = 0;

    for (; *at; at++)
        for (unsigned n = 1; n < ARRAY_COUNT(magic_names); n++)
            if (!strncmp(at, magic_names[n], 2)) registers |= (u16)(1u << n);
    return registers ? registers : 1u << 3;
}

static unsigned find_magic(const struct session *s)
{
    for (unsigned i = 0; i < s->breakpoints.room; i++)
        if (s->breakpoints.entry[i].used && s->breakpoints.entry[i].at.kind == CPU_BREAK_MAGIC) return i + 1;
    return 0;
}

void stop_at_magic(struct session *s, u16 registers)
{
    struct breakpoint stop = { .at = { .kind = CPU_BREAK_MAGIC, .selector = registers } };
    unsigned number = find_magic(s);

    if (number) stop.at.selector |= s->breakpoints.entry[number - 1].at.selector;
    if (number) breakpoint_delete(&s->breakpoints, number);
    breakpoint_add(&s->breakpoints, &stop);
}

/* `magic_break: enabled=1 cx di` of a configuration. */
void stop_at_configured_magic(struct session *s)
{
    const char *words = machine_configuration(s->machine)->magic_break;
    if (*words == '1' || !strncmp(words, "true", 4)) stop_at_magic(s, magic_registers(words));
}

bool debug_set_magic(struct session *s, const char *at, struct error *err)
{
    (void)err;
    stop_at_magic(s, magic_registers(at));
    return true;
}

bool debug_clear_magic(struct session *s, const char *at, struct error *err)
{
    unsigned number = find_magic(s);
    u16 gone = at[strspn(at, " \t\"")] ? magic_registers(at) : 0xffff;

    if (!number) return fail(err, "there are no magic breakpoints; setmagicbps \"bx\" sets them");
    u16 left = s->breakpoints.entry[number - 1].at.selector & (u16)~gone;
    breakpoint_delete(&s->breakpoints, number);
    if (left) stop_at_magic(s, left);
    return true;
}
