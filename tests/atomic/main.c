/* atomic [REPEATS]: no architectural change on a fault.  Every form of every row runs once with all pages mapped; then each access it made is made to
 * fault, from the same state: registers and memory must be as before, and once the cause is gone the instruction must end as it did
 * without.  REPEATS: places of the operands against a page boundary.  Ends with `atomic: N passed, N failed`.          doc: oracle */
#include <stdio.h>

#include "tests/atomic/atomic.h"

enum { FORMS_MAX = 8192, SHOWN = 40 };

static struct {
    unsigned long passed, failed, accesses, refused;
    unsigned *touched, *faulted;         /* by row: instances that touched memory, accesses that faulted */
} t;

/* The instance that runs. */
static struct {
    struct bench *bench;
    const struct form *form;
    unsigned round;
    u64 touched[PAGES_MAX];              /* page table entries after the run that did not fault */
} now;

static void judge(const char *what, u64 at, const char *problem)
{
    const struct fault *fault = &now.bench->pc->cpu->fault;

    if (!problem) {
        t.passed++;
        return;
    }
    if (t.failed++ >= SHOWN) return;
    static const char *const scenes[] = { "", " by a gate", " to CPL 3" };
    printf("%s%s, %s, %u-bit%s, CPL %u, place %u: %s %llx: %s (vector %u, error code %x, la %llx):", now.form->name, scenes[now.form->scene], now.bench->exact ? "exact" : "fast", now.bench->code_bits,
           now.bench->v86 ? " V86" : "", now.bench->cpl, now.round,
           what, (unsigned long long)at, problem, fault->vector, fault->error_code, (unsigned long long)fault->facts.la);
    for (unsigned i = 0; i < now.form->length; i++) printf(" %02x", now.form->code[i]);
    putchar('\n');
}

/* --- what may change all the same --- */

static const struct excuse {
    const char *rows, *prefix;
    unsigned allowed;
    const char *sentence;
} excused[] = {
#define X(rows, prefix, allowed, sentence) { rows, prefix, allowed, sentence },
#include "tests/atomic/excused.inc"
#undef X
};

static unsigned allowed_now(void)
{
    for (unsigned i = 0; i < ARRAY_COUNT(excused); i++)
        if (row_is_one_of(now.form->row, excused[i].rows) && strncmp(now.form->name, excused[i].prefix, strlen(excused[i].prefix)) == 0) return excused[i].allowed;
    return 0;
}

/* --- a fault --- */

static const char *unchanged_since(const struct snapshot *before)
{
    unsigned allowed = allowed_now();
    const struct pc *pc = now.bench->pc;
    const char *name = bench_difference(now.bench, before, allowed);

    if (!name && !(allowed & ALLOW_PORTS) && (pc->bus.in || pc->bus.out)) return "a port was accessed";
    return name;
}

static void note_fault(void)
{
    t.accesses++;
    t.faulted[now.form->row - opcode_rows]++;
}

/* The page behind `la` with another entry: #PF there, nothing changed, and the same end as ever with the first entry back. */
static void fault_on_page(const char *what, u32 la, u64 entry)
{
    struct bench *b = now.bench;
    struct cpu *cpu = b->pc->cpu;

    bench_rewind_warm(b);
    u64 good = bench_entry(b, la);
    bench_set_entry(b, la, entry);
    tlb_flush_page(cpu, la);
    if (bench_run(b)) return judge(what, la, "no fault");
    if (la != CODE) note_fault();
    const struct fault *fault = &cpu->fault;
    bool to_write = entry & ENTRY_PRESENT && !(entry & ENTRY_WRITABLE);
    if (fault->vector != VECTOR_PF) return judge(what, la, "not #PF");
    if ((cpu->cr2 & ~0xfffull) != la) return judge(what, la, "CR2 is elsewhere");
    if ((fault->error_code & 1) != (entry & ENTRY_PRESENT) || (to_write && !(fault->error_code & 2))) return judge(what, la, "the error code");
    judge(what, la, unchanged_since(b->start));
    bench_set_entry(b, la, good);
    tlb_flush(cpu);
    if (!bench_run(b)) return judge("restarted after", la, "another fault");
    judge("restarted after", la, bench_difference(b, b->end, 0));
}

static void fault_on_each_page(void)
{
    for (unsigned i = 0; i < page_count; i++) {
        u64 used = now.touched[i], plain = used & ~(u64)(ENTRY_ACCESSED | ENTRY_DIRTY);
        if (!(used & ENTRY_ACCESSED)) continue;
        fault_on_page("absent page", pages[i].la, plain & ~(u64)ENTRY_PRESENT);
        if (used & ENTRY_DIRTY) fault_on_page("read-only page", pages[i].la, plain & ~(u64)ENTRY_WRITABLE);
        if (now.bench->cpl == 3 && !pages[i].system) fault_on_page("supervisor's page", pages[i].la, plain & ~(u64)ENTRY_USER);
    }
}

/* --- other causes: the state before is the rewound one with a register or a limit changed --- */

static struct snapshot changed;

/* must_fault: no access can succeed now.  vector: what the cause raises. */
enum { ANY_VECTOR = 256 };               /* what is read instead of the operand may be wrong in other ways */
static void fault_with_state(const char *what, u64 at, bool must_fault, unsigned vector)
{
    struct cpu *cpu = now.bench->pc->cpu;

    mode_derive(cpu);
    bench_keep(now.bench, &changed);
    if (bench_run(now.bench)) {
        if (must_fault) judge(what, at, "no fault");
        return;
    }
    note_fault();
    if (vector != ANY_VECTOR && cpu->fault.vector != vector) return judge(what, at, "another vector");
    judge(what, at, unchanged_since(&changed));
}

static bool window_touched(enum role role)
{
    for (unsigned i = 0; i < page_count; i++)
        if (now.touched[i] & ENTRY_ACCESSED && pages[i].la - (role_places[role].boundary - PAGE_BYTES) < 2 * PAGE_BYTES) return true;
    return false;
}

/* Limits before the operand, and at places within and around it.  SDM vol. 3A, "Limit Checking". */
static void fault_on_limits(enum role role)
{
    struct bench *b = now.bench;
    const struct role_place *place = &role_places[role];
    bool through_ds = strcmp(now.form->row->name, "MASKMOVQ") == 0;      /* DS:RDI */
    unsigned segment = through_ds ? CPU_SEG_DS : place->segment, vector = segment == CPU_SEG_SS ? VECTOR_SS : VECTOR_GP;
    u64 base = b->code_bits == 16 ? place->segment_base : 0;

    for (unsigned i = 0; i < 12; i++) {
        u64 before_all = place->boundary - PAGE_BYTES - base - 1, around = b->at[role] - base + (now.round * 13 + i * 7) % 81 - 40;
        bench_rewind_warm(b);
        b->pc->cpu->seg[segment].limit = (u32)(i ? around : before_all);
        segment_derive(b->pc->cpu, segment);
        fault_with_state("limit", b->pc->cpu->seg[segment].limit, i == 0, vector);
    }
}

/* Addresses behind the lower half, and operands that reach into what is behind it.  SDM vol. 1, "Canonical Addressing". */
static void fault_on_canonicality(enum role role)
{
    static const u8 before[] = { 0, 1, 2, 4, 8, 16 };
    struct bench *b = now.bench;

    for (unsigned i = 0; i < ARRAY_COUNT(before); i++) {
        bench_rewind_warm(b);
        u64 la = 0x800000000000 + (i ? 0 : PAGE_BYTES) - before[i];
        b->pc->cpu->gpr[role_places[role].reg] = la;
        unsigned vector = role_places[role].segment == CPU_SEG_SS ? VECTOR_SS : VECTOR_GP;
        fault_with_state("not canonical", la, i == 0, i ? ANY_VECTOR : vector);
    }
}

/* SDM vol. 3A, "Alignment Check Exception (#AC)". */
static void fault_on_alignment(void)
{
    struct cpu *cpu = now.bench->pc->cpu;

    bench_rewind_warm(now.bench);
    cpu_set_eflags(cpu, cpu_eflags(cpu) | EFLAGS_AC);
    fault_with_state("alignment", now.bench->at[ROLE_OPERAND], false, VECTOR_AC);
}

/* --- an instance --- */

static bool note_touched(void)
{
    bool data = false;

    for (unsigned i = 0; i < page_count; i++) {
        now.touched[i] = bench_entry(now.bench, pages[i].la);
        data |= now.touched[i] & ENTRY_ACCESSED && pages[i].la != CODE;
    }
    return data;
}

static void run_instance(void)
{
    struct bench *b = now.bench;

    bench_place(b, now.form, now.round);
    bench_rewind(b);
    if (!bench_run(b)) {                     /* privilege, or an operand that must be aligned */
        t.refused++;
        return judge("refused at", b->at[ROLE_OPERAND], unchanged_since(b->start));
    }
    bench_keep(b, b->end);
    t.touched[now.form->row - opcode_rows] += note_touched();
    fault_on_each_page();
    for (enum role role = 0; role < ROLES; role++) {
        if (!window_touched(role)) continue;
        if (b->code_bits != 64) fault_on_limits(role);
        else if (!(now.form->address_bytes && role == ROLE_OPERAND)) fault_on_canonicality(role);
    }
    if (b->cpl == 3) fault_on_alignment();
}

/* --- rows --- */

static bool has_memory_operand(const struct opcode_row *row)
{
    for (unsigned i = 0; i < OPERANDS_MAX; i++) {
        enum operand o = row->operand[i];
        if (o <= OPERAND_Ed && o != OPERAND_None) return true;
        if ((o >= OPERAND_M && o <= OPERAND_Oqv) || (o >= OPERAND_Xb && o <= OPERAND_Yv) || o == OPERAND_Qq || o == OPERAND_Wx || o == OPERAND_Sx) return true;
    }
    return false;
}

/* Every row that has a memory operand, or was seen to touch memory, must have had an access faulted. */
static unsigned check_rows(void)
{
    static const char without_access[] = "LEA NOP PREFETCH INVLPG CLFLUSH ESC";
    unsigned rows = 0;

    for (unsigned i = 0; i < opcode_row_count; i++) {
        const struct opcode_row *row = &opcode_rows[i];
        if (!t.touched[i] && !has_memory_operand(row)) continue;
        if (!t.touched[i] && row_is_one_of(row, without_access)) continue;
        rows++;
        if (t.faulted[i]) continue;
        printf("atomic: no access of %s %s was made to fault\n", row->bytes, row->name);
        t.failed++;
    }
    return rows;
}

/* A processor with everything, so that every row has a body to run. */
static bool model_with_everything(struct cpu_model *model)
{
    struct error err = { 0 };
    char flags[4096] = "";

    for (unsigned i = 0; cpu_feature_at(i); i++) {
        strcat(flags, " ");
        strcat(flags, cpu_feature_at(i)->flag);
    }
    if (cpu_model_with(cpu_model_find("ryzen"), flags, "", model, &err)) return true;
    printf("atomic: %s\n", err.text);
    return false;
}

static const struct mode {
    unsigned code_bits, cpl;
    bool v86;
} modes[] = { { 16, 0, false }, { 16, 3, false }, { 16, 3, true }, { 32, 0, false }, { 32, 3, false }, { 64, 0, false }, { 64, 3, false } };

/* Another scene that the form has in this mode. */
static enum scene other_scene(const struct mode *mode, const struct form *form)
{
    if (mode->v86) return SCENE_PLAIN;
    if (mode->cpl == 3 && row_is_one_of(form->row, "CALLF")) return SCENE_GATE;
    return mode->cpl == 0 && row_is_one_of(form->row, "RETF IRET") ? SCENE_OUTER : SCENE_PLAIN;
}

/* In both instances, plain and in its other scene. */
static void run_form(const struct mode *mode, struct form *form)
{
    now.form = form;
    for (unsigned i = 0; i < 2; i++) {
        now.bench->exact = i;
        form->scene = SCENE_PLAIN;
        run_instance();
        form->scene = other_scene(mode, form);
        if (form->scene != SCENE_PLAIN) run_instance();
    }
}

static void run_mode(const struct cpu_model *model, const struct mode *mode, unsigned repeats, struct form *forms)
{
    now.bench = bench_create(model, mode->code_bits, mode->cpl, mode->v86);
    unsigned count = forms_list(now.bench->pc->cpu->tables, (struct decode_mode){ .code_bits = (u8)mode->code_bits, .protected_mode = !mode->v86 }, forms, FORMS_MAX);

    for (unsigned i = 0; i < count; i++)
        for (now.round = 0; now.round < repeats; now.round++) run_form(mode, &forms[i]);
    bench_free(now.bench);
}

int main(int argc, char **argv)
{
    unsigned repeats = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 4;
    struct form *forms = calloc(FORMS_MAX, sizeof *forms);
    struct cpu_model model;

    t.touched = calloc(opcode_row_count, sizeof *t.touched);
    t.faulted = calloc(opcode_row_count, sizeof *t.faulted);
    if (!model_with_everything(&model)) return 1;
    for (unsigned i = 0; i < ARRAY_COUNT(modes); i++) run_mode(&model, &modes[i], repeats, forms);
    unsigned rows = check_rows();
    printf("atomic: %u of %u rows reach memory; %lu faults; %lu instances refused before\n", rows, opcode_row_count, t.accesses, t.refused);
    printf("atomic: %lu passed, %lu failed\n", t.passed, t.failed);
    free(forms);
    free(t.touched);
    free(t.faulted);
    return t.failed != 0;
}
