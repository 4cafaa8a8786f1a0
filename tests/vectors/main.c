/* vectors DIRECTORY [FILE...]: instructions captured on a real 80C286 in real mode, run on ours and compared.   doc: vectors */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/decode/trace.h"
#include "cpu/memory/access.h"
#include "cpu/system/system.h"
#include "tests/vectors/moo.h"

enum { RAM_BYTES = 16 << 20, TICKS_FIRST = FAULT_LOG_ENTRIES, TICKS_MOST = 70000, SHOWN = 5 };

#define CF 1u
#define PF 4u
#define AF 16u
#define ZF 64u
#define SF 128u
#define OF 2048u

/* Where the 80286 and its successors differ, or where the manuals leave a flag undefined. */
static const struct difference {
    const char *forms;           /* file names: opcode, or opcode.reg; a * stands for the rest */
    u32 flags;                   /* not compared */
    bool skip;
    const char *reason;
} differences[] = {
    { "08* 09* 0A* 0B* 0C* 0D* 20* 21* 22* 23* 24* 25* 30* 31* 32* 33* 34* 35* 84* 85* A8* A9* 80.1 80.4 80.6 81.1 81.4 81.6 82.1 82.4 82.6 83.1 83.4 83.6 F6.0 F6.1 F7.0 F7.1",
      AF, false, "AF is undefined after logic" },
    { "27* 2F*", OF, false, "OF is undefined after DAA and DAS" },
    { "37* 3F*", OF | SF | ZF | PF, false, "OF SF ZF PF are undefined after AAA and AAS" },
    { "D4*", OF | AF | CF | SF | ZF | PF, false, "OF AF CF are undefined after AAM, all but CF when it divides by 0" },
    { "D5*", OF | AF | CF, false, "OF AF CF are undefined after AAD" },
    { "C0.* C1.* D0.* D1.* D2.* D3.*", OF | AF, false, "AF is undefined after shifts, OF for counts other than 1" },
    { "69* 6B* F6.4 F6.5 F7.4 F7.5", SF | ZF | AF | PF, false, "SF ZF AF PF are undefined after multiplication" },
    { "F6.6 F6.7 F7.6 F7.7", CF | PF | AF | ZF | SF | OF, false, "all flags are undefined after division" },
    { "D8*", 0, true, "without a coprocessor the 80286 waits or traps as its MSW says" },
};

static struct {
    struct cpu *cpu;
    struct cpu_time time;
    struct physical_map *memory;
    u8 *ram;
    u8 first_vector;             /* of the first fault, 0 for none */
    char *revoked;               /* hashes of tests that are known to be wrong */
    const char *form;            /* of the file that runs */
    const struct difference *difference;
    unsigned passed, failed, skipped, failed_here;
    char why[256];
} run;

static u32 port_in(void *board, u16 port, unsigned size) { (void)board; (void)port; (void)size; return ~0u; }
static void port_out(void *board, u16 port, unsigned size, u32 v) { (void)board; (void)port; (void)size; (void)v; }
static u64 nothing_read(void *board, u64 pa, unsigned size) { (void)board; (void)pa; (void)size; return ~0ull; }
static void nothing_write(void *board, u64 pa, unsigned size, u64 v) { (void)board; (void)pa; (void)size; (void)v; }
static u8 no_vector(void *board) { (void)board; return 0; }

static void start(void)
{
    static const struct cpu_bus bus = { .in = port_in, .out = port_out, .mmio_read = nothing_read, .mmio_write = nothing_write,
                                        .interrupt_acknowledge = no_vector };
    run.ram = calloc(1, RAM_BYTES);
    run.memory = physical_create();
    physical_set(run.memory, 0, RAM_BYTES, run.ram, run.ram);
    run.cpu = cpu_create(cpu_model_find("i386"), &run.time, &bus, run.memory);
}

static bool form_is(const char *pattern, size_t n)
{
    if (n && pattern[n - 1] == '*') return strncmp(run.form, pattern, n - 1) == 0;
    return strlen(run.form) == n && strncmp(run.form, pattern, n) == 0;
}

static const struct difference *find_difference(void)
{
    static const struct difference none = { "", 0, false, "" };

    for (unsigned i = 0; i < ARRAY_COUNT(differences); i++)
        for (const char *at = differences[i].forms; *at; at += strspn(at, " ")) {
            size_t n = strcspn(at, " ");
            if (form_is(at, n)) return &differences[i];
            at += n;
        }
    return &none;
}

/* What the 80286 does with it is not what its successors do. */
static const char *excused(const struct moo_test *t)
{
    static const u8 prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf2, 0xf3 }, strings[] = { 0x6c, 0x6d, 0x6e, 0x6f, 0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf };
    unsigned n = 0;

    for (; n < t->length && memchr(prefixes, t->bytes[n], sizeof prefixes); n++)
        if (t->bytes[n] == 0xf0) return "the 80286 takes LOCK with every instruction";
    if (t->length > 11) return "the 80286 takes instructions of at most 10 bytes";       /* a HLT is behind it */
    if (t->raises && n < t->length && memchr(strings, t->bytes[n], sizeof strings)) return "the 80286 does not restart string instructions";
    if (n + 1 < t->length && (t->bytes[n] == 0x8c || t->bytes[n] == 0x8e) && (t->bytes[n + 1] >> 3 & 7) >= 4)
        return "the 80286 has no FS and GS";
    return NULL;
}

static void set_segment(unsigned seg, u16 selector)
{
    struct segment *s = &run.cpu->seg[seg];
    *s = (struct segment){ .base = (u32)selector << 4, .limit = 0xffff, .rights = 0x93, .selector = selector, .usable = true };
    segment_derive(run.cpu, seg);
}

static void put_before(const struct moo_test *t)
{
    static const u8 gpr[] = { RAX, RBX, RCX, RDX }, gpr2[] = { RSP, RBP, RSI, RDI };
    struct cpu *cpu = run.cpu;
    const u16 *reg = t->before.reg;

    cpu_reset(cpu);
    for (unsigned i = 0; i < t->before.rams; i++) run.ram[t->before.ram[i].address % RAM_BYTES] = t->before.ram[i].value;
    for (u64 pa = 0; pa < RAM_BYTES; pa += PAGE_BYTES) physical_page_at(run.memory, pa)->written = false;
    trace_cache_flush(cpu);
    run.cpu->fault_log = (struct fault_log){ 0 };
    for (unsigned i = 0; i < 4; i++) {
        cpu->gpr[gpr[i]] = reg[MOO_AX + i];
        cpu->gpr[gpr2[i]] = reg[MOO_SP + i];
    }
    set_segment(CPU_SEG_CS, reg[MOO_CS]);
    set_segment(CPU_SEG_SS, reg[MOO_SS]);
    set_segment(CPU_SEG_DS, reg[MOO_DS]);
    set_segment(CPU_SEG_ES, reg[MOO_ES]);
    cpu_set_eflags(cpu, (reg[MOO_FLAGS] & 0xfd5) | 2);
    cpu->rip = reg[MOO_IP];
    mode_derive(cpu);
}

static u16 register_now(unsigned n)
{
    static const s8 gpr[MOO_REGS] = { RAX, RBX, RCX, RDX, -1, -1, -1, -1, RSP, RBP, RSI, RDI, -1, -1 };
    static const u8 seg[] = { CPU_SEG_CS, CPU_SEG_SS, CPU_SEG_DS, CPU_SEG_ES };

    if (n >= MOO_CS && n <= MOO_ES) return run.cpu->seg[seg[n - MOO_CS]].selector;
    if (n == MOO_IP) return (u16)run.cpu->rip;
    return n == MOO_FLAGS ? (u16)cpu_eflags(run.cpu) : (u16)run.cpu->gpr[gpr[n]];
}

static bool differs(const char *what, u32 expected, u32 got)
{
    snprintf(run.why, sizeof run.why, "%s is %04x, on silicon %04x", what, got, expected);
    return true;
}

static bool registers_differ(const struct moo_test *t)
{
    static const char *const name[] = { "AX", "BX", "CX", "DX", "CS", "SS", "DS", "ES", "SP", "BP", "SI", "DI", "IP", "FLAGS" };

    for (unsigned n = 0; n < MOO_REGS; n++) {
        u16 wanted = t->after.present >> n & 1 ? t->after.reg[n] : t->before.reg[n], got = register_now(n);
        u16 mask = n == MOO_FLAGS ? (u16)(0xfd5 & ~run.difference->flags) : 0xffff;
        if ((wanted ^ got) & mask) return differs(name[n], wanted & mask, got & mask);
    }
    return false;
}

/* The stack overruns that the 80286 reports as 13 are 12 since the 80386. */
static bool stack_overrun(const struct moo_test *t)
{
    return t->raises && t->vector == 13 && run.first_vector == 12;
}

/* What is compared of a byte in memory: undefined flags may be on the stack, above IP and CS. */
static u8 flags_mask(const struct moo_test *t, u32 address)
{
    u32 ss = t->after.present >> MOO_SS & 1 ? t->after.reg[MOO_SS] : t->before.reg[MOO_SS], sp = t->after.reg[MOO_SP];
    u16 mask = (u16)(0xfd5 & ~run.difference->flags);

    if (!t->raises) return 0xff;
    if (address == (ss << 4) + ((sp + 4) & 0xffff)) return (u8)mask;
    return address == (ss << 4) + ((sp + 5) & 0xffff) ? mask >> 8 : 0xff;
}

/* What memory holds must be what it held, with the captured changes: nothing else was written. */
static bool memory_differs(const struct moo_test *t)
{
    char what[32];

    for (unsigned i = 0; i < t->before.rams; i++) {
        u32 at = t->before.ram[i].address % RAM_BYTES;
        u8 wanted = t->before.ram[i].value, mask = 0xff;
        for (unsigned k = 0; k < t->after.rams; k++) if (t->after.ram[k].address % RAM_BYTES == at) wanted = t->after.ram[k].value;
        mask = flags_mask(t, at);
        snprintf(what, sizeof what, "byte %06x", at);
        if ((run.ram[at] ^ wanted) & mask) return differs(what, wanted, run.ram[at]);
    }
    for (unsigned k = 0; k < t->after.rams; k++) {
        u32 at = t->after.ram[k].address % RAM_BYTES;
        u8 mask = flags_mask(t, at);
        snprintf(what, sizeof what, "byte %06x", at);
        if ((run.ram[at] ^ t->after.ram[k].value) & mask) return differs(what, t->after.ram[k].value, run.ram[at]);
    }
    return false;
}

/* Zeros again wherever the test or we put something; false when we wrote where the test has nothing. */
static bool clean(const struct moo_test *t)
{
    static const u8 zeros[PAGE_BYTES];
    bool stray = false;

    for (unsigned i = 0; i < t->before.rams; i++) run.ram[t->before.ram[i].address % RAM_BYTES] = 0;
    for (unsigned k = 0; k < t->after.rams; k++) run.ram[t->after.ram[k].address % RAM_BYTES] = 0;
    for (u64 pa = 0; pa < RAM_BYTES; pa += PAGE_BYTES) {
        if (!physical_page_at(run.memory, pa)->written || !memcmp(run.ram + pa, zeros, PAGE_BYTES)) continue;
        memset(run.ram + pa, 0, PAGE_BYTES);
        stray = true;
    }
    return !stray;
}

static void each(void *context, const struct moo_test *t)
{
    (void)context;
    if (run.difference->skip || excused(t) || (t->hash[0] && run.revoked && strstr(run.revoked, t->hash))) {
        run.skipped++;
        return;
    }
    put_before(t);
    run.time.deadline = run.time.now + TICKS_FIRST;
    enum cpu_stop stop = cpu_run(run.cpu);
    run.first_vector = run.cpu->fault_log.count ? run.cpu->fault_log.entry[0].vector : 0;
    run.time.deadline = run.time.now + TICKS_MOST;
    if (stop == CPU_STOP_DEADLINE) stop = cpu_run(run.cpu);
    run.why[0] = 0;
    if (stop != CPU_STOP_HALTED) snprintf(run.why, sizeof run.why, "no HLT is reached");
    bool bad = stop != CPU_STOP_HALTED || registers_differ(t) || memory_differs(t);
    if (!clean(t) && !bad) bad = true, snprintf(run.why, sizeof run.why, "something is written where the silicon writes nothing");
    if (bad && stack_overrun(t)) {
        run.skipped++;
        return;
    }
    run.passed += !bad;
    run.failed += bad;
    if (!bad || run.failed_here++ >= SHOWN) return;
    printf("%s #%u %s [", run.form, t->index, t->name);
    for (unsigned i = 0; i < t->length; i++) printf("%02x", t->bytes[i]);
    printf("]%s: %s\n", t->raises ? " (raises)" : "", run.why);
}

static bool run_file(const char *directory, const char *name, struct error *err)
{
    char path[4096], form[64];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(form, sizeof form, "%.*s", (int)strcspn(name, "M"), name);
    form[strlen(form) - (form[0] && form[strlen(form) - 1] == '.')] = 0;
    run.form = form;
    run.difference = find_difference();
    run.failed_here = 0;
    return moo_read(path, each, NULL, err);
}

static char *read_text(const char *directory, const char *name)
{
    char path[4096];
    char *text = NULL;
    size_t room = 0;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "r");
    if (!f) return NULL;
    if (getdelim(&text, &room, 0, f) < 0) text[0] = 0;
    fclose(f);
    return text;
}

static int is_moo(const struct dirent *d) { return strstr(d->d_name, ".MOO.gz") != NULL; }

int main(int argc, char **argv)
{
    struct error err = { 0 };
    struct dirent **names;
    int count = argc > 1 ? scandir(argv[1], &names, is_moo, alphasort) : 0;

    if (count <= 0) return fprintf(stderr, "vectors DIRECTORY [FILE...]: no .MOO.gz files there\n"), 2;
    start();
    run.revoked = read_text(argv[1], "revocation_list.txt");
    for (int i = 0; i < count; i++) {
        bool wanted = argc == 2;
        for (int k = 2; k < argc; k++) wanted |= strcmp(argv[k], names[i]->d_name) == 0;
        if (wanted) run_file(argv[1], names[i]->d_name, &err);
        free(names[i]);
    }
    free(names);
    free(run.revoked);
    cpu_destroy(run.cpu);
    physical_destroy(run.memory);
    free(run.ram);
    fputs(err.text, stderr);
    printf("vectors: %u passed, %u failed, %u skipped\n", run.passed, run.failed, run.skipped);
    return run.failed || err.count ? 1 : 0;
}
