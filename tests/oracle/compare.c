/* What differs between two outcomes, field by field.                                        doc: oracle */
#include <string.h>

#include "cpu/run/processor.h"
#include "tests/oracle/oracle.h"

static const char *const gpr_names[16] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                           "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };
static const char *const end_names[] = { "goes on", "branches", "faults" };

/* One comparison: where lines go (NULL: nowhere), and how many fields differed. */
struct comparison {
    FILE *to;
    unsigned differ;
};

static void compare_value(struct comparison *k, const char *name, u64 host, u64 our)
{
    if (host == our) return;
    k->differ++;
    if (k->to) fprintf(k->to, "  %-8s host %016llx ours %016llx\n", name, (unsigned long long)host,
                       (unsigned long long)our);
}

static void print_bytes(FILE *to, const char *who, const u8 *bytes, unsigned size)
{
    fprintf(to, " %s ", who);
    for (unsigned i = size; i-- > 0;) fprintf(to, "%02x%s", bytes[i], i && i % 8 == 0 ? "_" : "");
}

/* Highest byte first, as a number. */
static void compare_bytes(struct comparison *k, const char *name, const u8 *host, const u8 *our, unsigned size)
{
    if (memcmp(host, our, size) == 0) return;
    k->differ++;
    if (!k->to) return;
    fprintf(k->to, "  %-8s", name);
    print_bytes(k->to, "host", host, size);
    print_bytes(k->to, "ours", our, size);
    fputc('\n', k->to);
}

static void compare_registers(struct comparison *k, const struct oracle_case *c,
                              const struct registers *host, const struct registers *our)
{
    u32 undefined = oracle_host_can() & CAN_UNDEFINED ? 0 : c->undefined;
    u32 flags = (EFLAGS_ARITHMETIC | EFLAGS_DF | EFLAGS_AC) & ~undefined;

    if (host->end != our->end) {
        k->differ++;
        if (k->to) fprintf(k->to, "  end      host %s, ours %s\n", end_names[host->end], end_names[our->end]);
    }
    for (unsigned i = 0; i < 16; i++) compare_value(k, gpr_names[i], host->gpr[i], our->gpr[i]);
    compare_value(k, "rip", host->rip, our->rip);
    compare_value(k, "rflags", host->rflags & flags, our->rflags & flags);
    u32 host_vector = host->end == END_FAULT ? host->vector : 0, our_vector = our->end == END_FAULT ? our->vector : 0;
    compare_value(k, "vector", host_vector, our_vector);
    if (host->end != END_FAULT || our->end != END_FAULT) return;
    compare_value(k, "error", host->error, our->error);
    if (host_vector == VECTOR_PF) compare_value(k, "cr2", host->cr2, our->cr2);
}

/* FXSAVE of AMD's processors tells the pointers only while an exception is pending. */
static bool pointers_known(const struct oracle_case *c, const struct extended *host)
{
    return !c->undefined_pointers && (oracle_host_can() & CAN_POINTERS || host->fsw & 0x80);
}

static void compare_extended(struct comparison *k, const struct oracle_case *c,
                             const struct extended *host, const struct extended *our)
{
    u16 fsw = oracle_host_can() & CAN_UNDEFINED ? 0xffff : (u16)~c->undefined_fsw;
    char name[8];

    compare_value(k, "fcw", host->fcw, our->fcw);
    compare_value(k, "fsw", host->fsw & fsw, our->fsw & fsw);
    compare_value(k, "ftw", host->ftw, our->ftw);
    if (pointers_known(c, host)) {
        compare_value(k, "fop", host->fop, our->fop);
        compare_value(k, "fip", host->fip, our->fip);
        compare_value(k, "fdp", host->fdp, our->fdp);
    }
    compare_value(k, "mxcsr", host->mxcsr, our->mxcsr);
    for (unsigned i = 0; i < 8; i++) {
        snprintf(name, sizeof name, "st%u", i);
        compare_bytes(k, name, host->st[i], our->st[i], 10);
    }
    for (unsigned i = 0; i < 16; i++) {
        snprintf(name, sizeof name, "ymm%u", i);
        compare_bytes(k, name, host->ymm[i], our->ymm[i], 32);
    }
}

/* Memory is one field: the first eight bytes from where it differs, and how many differ. */
static void compare_memory(struct comparison *k, const u8 *host, const u8 *our)
{
    unsigned first = 0, bytes = 0;

    if (memcmp(host, our, DATA_BYTES) == 0) return;
    k->differ++;
    if (!k->to) return;
    while (host[first] == our[first]) first++;
    for (unsigned i = first; i < DATA_BYTES; i++) bytes += host[i] != our[i];
    unsigned shown = DATA_BYTES - first < 8 ? DATA_BYTES - first : 8;
    fprintf(k->to, "  memory   %u bytes, the first at %x:", bytes, DATA_LA + first);
    print_bytes(k->to, "host", host + first, shown);
    print_bytes(k->to, "ours", our + first, shown);
    fputc('\n', k->to);
}

unsigned oracle_compare(const struct oracle_case *c, const struct outcome *host, const struct outcome *our,
                        FILE *to)
{
    struct comparison k = { .to = to };

    compare_registers(&k, c, &host->regs, &our->regs);
    if (c->extended) compare_extended(&k, c, &host->extended, &our->extended);
    compare_memory(&k, host->data, our->data);
    return k.differ;
}

/* --- a case, to be found again by its reader --- */

static void print_extended(const struct extended *x, FILE *to)
{
    fprintf(to, "  in fcw %04x fsw %04x ftw %02x mxcsr %04x\n", x->fcw, x->fsw, x->ftw, x->mxcsr);
    for (unsigned i = 0; i < 8; i++) {
        fprintf(to, "  st%u", i);
        print_bytes(to, "", x->st[i], 10);
        fputc(i & 1 ? '\n' : ' ', to);
    }
    for (unsigned i = 0; i < 16; i++) {
        fprintf(to, "  ymm%-2u", i);
        print_bytes(to, "", x->ymm[i], 32);
        fputc('\n', to);
    }
}

void oracle_print_case(const struct oracle_case *c, FILE *to)
{
    unsigned registers = c->code_bits == 64 ? 16 : 8;

    fprintf(to, "%s, %u-bit:", c->name, c->code_bits);
    for (unsigned i = 0; i < c->length; i++) fprintf(to, " %02x", c->code[i]);
    fprintf(to, "   rflags %08llx", (unsigned long long)c->in.rflags);
    if (c->code_bits == 16) fprintf(to, " limit %x", c->data_limit);
    for (unsigned i = 0; i < registers; i++)
        fprintf(to, "%s%s %0*llx", i % 4 ? " " : "\n  ", gpr_names[i], c->code_bits == 64 ? 16 : 8,
                (unsigned long long)c->in.gpr[i]);
    fputc('\n', to);
    for (const struct plant *p = c->plants; p < c->plants + PLANTS && p->size; p++) {
        fprintf(to, "  memory at %x", DATA_LA + p->offset);
        print_bytes(to, "", p->bytes, p->size);
        fputc('\n', to);
    }
    if (c->extended) print_extended(&c->extended_in, to);
}
