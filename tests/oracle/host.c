/* The host's side: maps the code and data, enters by the thunk, learns faults from signals.  doc: oracle */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "tests/oracle/oracle.h"

/* Shared with thunk.S, by offset. */
struct thunk_in {
    u32 gpr[8], eip, eflags;             /* 0 .. 36 */
    u32 ds, es, ss;                      /* 40 44 48 */
    u32 target_offset;                   /* 52: m16:32 of the far jump */
    u16 target_selector;
} oracle_in;
u64 oracle_in_flags;
struct {
    u32 gpr[8], eip, eflags, end;
} oracle_out;

extern void oracle_enter(void);
extern u8 oracle_exit_0[], oracle_exit_1[], oracle_exit_fault[];

enum { CS_32 = 0x23, CS_64 = 0x33, DS_FLAT = 0x2b, LDT_CODE16 = 0 << 3 | 7, LDT_DATA16 = 1 << 3 | 7 };
enum { USER_FLAGS = 0xcd5 | 1 << 18 | 1 << 21 };     /* arithmetic, DF, AC, ID: what POPF changes at CPL 3 */

static struct registers fault;
static bool has_16bit;
static u8 *code, *data;
static u32 data_limit;

static void on_signal(int number, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    greg_t *r = u->uc_mcontext.gregs;
    static const int order[8] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI };

    (void)number;
    (void)info;
    /* the kernel leaves AC as the case set it */
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(1ull << 18));
    for (int i = 0; i < 8; i++) fault.gpr[i] = (u32)r[order[i]];
    fault.eip = (u32)r[REG_RIP];
    fault.eflags = (u32)r[REG_EFL];
    fault.vector = (u32)r[REG_TRAPNO];
    fault.error = (u32)r[REG_ERR] & ~16u;    /* I/D: our models have no NX */
    fault.cr2 = (u32)r[REG_CR2];
    r[REG_RIP] = (greg_t)(uintptr_t)oracle_exit_fault;
    r[REG_EFL] = 0x202;
    r[REG_CSGSFS] = (r[REG_CSGSFS] & ~(greg_t)0xffff) | CS_64;
    u64 *selectors = (u64 *)&r[REG_CSGSFS];
    *selectors = (*selectors & 0x0000ffffffffffffull) | (u64)DS_FLAT << 48;     /* SS */
}

static bool set_ldt(unsigned entry, u32 base, u32 limit, bool is_code)
{
    struct user_desc d = { .entry_number = entry, .base_addr = base, .limit = limit, .seg_32bit = 0,
                           .contents = is_code ? MODIFY_LDT_CONTENTS_CODE : MODIFY_LDT_CONTENTS_DATA };
    return syscall(SYS_modify_ldt, 1, &d, sizeof d) == 0;
}

static u8 *map_at(u32 la, size_t bytes, int protection)
{
    void *p = mmap((void *)(uintptr_t)la, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

bool oracle_host_start(const char **why_not)
{
    static u8 stack[65536];
    stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

    code = map_at(CODE_LA, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC);
    data = map_at(DATA_LA, DATA_BYTES, PROT_READ | PROT_WRITE);
    if (!code || !data) {
        *why_not = "the host gives no executable memory at the addresses the cases use";
        return false;
    }
    sigaltstack(&alternate, NULL);
    sigemptyset(&action.sa_mask);
    for (int s = 1; s < 32; s++)
        if (s == SIGSEGV || s == SIGFPE || s == SIGILL || s == SIGTRAP || s == SIGBUS) sigaction(s, &action, NULL);
    data_limit = 0xffff;
    has_16bit = set_ldt(0, CODE_LA, CODE_BYTES - 1, true) && set_ldt(1, DATA_LA, 0xffff, false);
    return true;
}

bool oracle_host_has_16bit(void)
{
    return has_16bit;
}

/* A far jump back into 64-bit code. */
static void put_exit(u8 *at, bool code16, const u8 *where)
{
    u32 offset = (u32)(uintptr_t)where;
    if (code16) *at++ = 0x66;
    *at++ = 0xea;
    memcpy(at, &offset, 4);
    at[4] = CS_64;
    at[5] = 0;
}

void oracle_host_run(const struct oracle_case *c, struct registers *out, u8 *data_out)
{
    memset(code, 0xcc, CODE_BYTES);
    memcpy(code + CODE_START, c->code, c->length);
    put_exit(code + CODE_START + c->length, c->code16, oracle_exit_0);
    put_exit(code + EXIT_1_OFFSET, c->code16, oracle_exit_1);
    oracle_fill(data, c->data_seed);
    if (c->code16 && c->data_limit != data_limit) {
        data_limit = c->data_limit;
        set_ldt(1, DATA_LA, data_limit, false);
    }
    memcpy(oracle_in.gpr, c->in.gpr, sizeof oracle_in.gpr);
    oracle_in_flags = (c->in.eflags & USER_FLAGS) | 0x202;
    oracle_in.ds = oracle_in.es = oracle_in.ss = c->code16 ? LDT_DATA16 : DS_FLAT;
    oracle_in.target_offset = CODE_START + (c->code16 ? 0 : CODE_LA);
    oracle_in.target_selector = c->code16 ? LDT_CODE16 : CS_32;
    oracle_enter();
    if (oracle_out.end == END_FAULT && fault.vector == 3) {           /* a branch into the filling: INT3 */
        *out = fault;
        out->end = END_TAKEN;
        out->eip = fault.eip - 1 - (c->code16 ? 0 : CODE_LA);
    } else if (oracle_out.end == END_FAULT) {
        *out = fault;
        out->end = END_FAULT;
    } else {
        *out = (struct registers){ .end = oracle_out.end, .eflags = oracle_out.eflags };
        memcpy(out->gpr, oracle_out.gpr, sizeof out->gpr);
        out->eip = oracle_out.end == END_TAKEN ? EXIT_1_OFFSET : CODE_START + c->length;
    }
    memcpy(data_out, data, DATA_BYTES);
}
