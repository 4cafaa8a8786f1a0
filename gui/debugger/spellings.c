/* What gdb and QEMU's monitor have and Bochs has not, in their spelling.                      doc: automation */
#include <errno.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

/* --- QEMU's monitor --- */

/* memsave ADDRESS BYTES FILE; pmemsave the same of physical memory. */
static bool save_memory(struct session *s, const char *at, bool linear, struct error *err)
{
    char path[1024];
    u64 address, size = 0, done = 0;
    u8 bytes[4096];

    at += strspn(at, " \t");
    if (!*at) return fail(err, "%s ADDRESS BYTES FILE", linear ? "memsave" : "pmemsave");
    if (!expression_prefix(s, &at, &address, err)) return false;
    if (*at && !expression_prefix(s, &at, &size, err)) return false;
    if (!next_argument(&at, path, sizeof path)) return fail(err, "%s ADDRESS BYTES FILE", linear ? "memsave" : "pmemsave");
    if (size > 1ull << 30) return fail(err, "%llu bytes: at most 1 GiB", (llu)size);
    FILE *f = fopen(path, "wbxe");
    if (!f) return fail(err, "%s: %s", path, strerror(errno));
    for (u64 n = 1; done < size && n; done += n) {
        n = size - done < sizeof bytes ? size - done : sizeof bytes;
        if (linear) n = machine_peek_linear(s->machine, address + done, bytes, n);
        else machine_peek(s->machine, address + done, bytes, n);
        fwrite(bytes, 1, n, f);
    }
    bool whole = !ferror(f);
    whole &= fclose(f) == 0;
    if (done < size) return fail(err, "nothing is mapped at linear 0x%llx; %s has %llu bytes", (llu)(address + done), path, (llu)done);
    return whole || fail(err, "%s: %s", path, strerror(errno));
}

bool debug_save_linear(struct session *s, const char *at, struct error *err) { return save_memory(s, at, true, err); }
bool debug_save_physical(struct session *s, const char *at, struct error *err) { return save_memory(s, at, false, err); }

bool debug_translate(struct session *s, const char *at, struct error *err)
{
    u64 la, pa;

    if (!expression_value(s, at + strspn(at, " \t"), &la, err)) return false;
    if (!cpu_translate(machine_cpu(s->machine), la, &pa)) return fail(err, "nothing is mapped at linear 0x%llx; walk says why", (llu)la);
    printf("gpa: 0x%llx\n", (llu)pa);
    return true;
}

/* The machine stands whenever a command is read. */
bool debug_stop(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    session_show_place(s);
    return true;
}

/* --- gdb --- */

bool debug_echo(struct session *s, const char *at, struct error *err)
{
    char text[2048] = "";

    (void)s, (void)err;
    at += strspn(at, " \t");
    if (*at == '"') next_argument(&at, text, sizeof text);
    else snprintf(text, sizeof text, "%s", at);
    puts(text);
    return true;
}

/* Processors, as gdb's threads and QEMU's CPUs are listed. */
bool debug_info_processors(struct session *s, const char *at, struct error *err)
{
    unsigned shown = cpu_number(machine_cpu(s->machine));

    (void)at, (void)err;
    for (unsigned n = 0; n < machine_processors(s->machine); n++) {
        struct cpu *cpu = machine_processor(s->machine, n);
        struct cpu_view v;
        cpu_view(cpu, &v);
        printf("%c cpu%u  %04x:%016llx  %s, CPL %u%s%s\n", n == shown ? '*' : ' ', n, v.seg[CPU_SEG_CS].selector, (llu)v.rip, cpu_mode_name(cpu_mode(cpu)), v.cpl,
               v.shutdown ? ", shut down" : v.halted ? ", halted" : v.waiting ? ", waits by MWAIT" : "", cpu_stands_still(cpu) && !v.shutdown && !v.halted && !v.waiting ? ", stands still" : "");
    }
    return true;
}

bool debug_info_status(struct session *s, const char *at, struct error *err)
{
    (void)at, (void)err;
    printf("VM status: %s\ntick %llu\n", *s->stop ? s->stop : "paused: it runs while c, s and others let it", (llu)machine_tick(s->machine));
    return true;
}
