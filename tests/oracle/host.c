/* The host's side: maps the code and data, enters by the thunk, learns faults from signals.  doc: oracle */
#include <asm/ldt.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "tests/oracle/host.h"
#include "tests/oracle/thunk.h"

struct thunk_in {
    u64 gpr[16], target, rflags;
    u32 far_offset, far_selector;
    u32 ds, es, ss;
    u32 extended, bases;
    u64 fs_base, gs_base;
    u64 step;
} oracle_in;
struct thunk_out {
    u64 gpr[16], rflags;
    u32 end;
} oracle_out;

#define AT(member, offset) _Static_assert(offsetof(struct thunk_in, member) == offset, #member)
AT(gpr, IN_GPR); AT(target, IN_TARGET); AT(rflags, IN_FLAGS); AT(far_offset, IN_FAR);
AT(ds, IN_DS); AT(es, IN_ES); AT(ss, IN_SS); AT(extended, IN_EXTENDED); AT(bases, IN_BASES);
AT(fs_base, IN_FS_BASE); AT(gs_base, IN_GS_BASE); AT(step, IN_STEP);
#undef AT
_Static_assert(offsetof(struct thunk_out, rflags) == OUT_FLAGS, "flags");
_Static_assert(offsetof(struct thunk_out, end) == OUT_END, "end");

extern void oracle_enter(void);
extern u8 oracle_go_far[], oracle_go_step[], oracle_exit_0[], oracle_exit_1[], oracle_exit_fault[];

/* LDT: entry 0 is the code, then the data with each limit, then those of a probe. */
enum { PROBE_CODE16 = 1 + DATA_LIMITS, PROBE_DATA16 = 2 + DATA_LIMITS };
/* arithmetic, DF, AC, ID: what POPF changes at CPL 3 */
enum { USER_FLAGS = 0xcd5 | 1 << 18 | 1 << 21 };
enum { STEP_FLAG = 1 << 8 };             /* TF */

static struct registers fault;
static struct extended fault_extended;
static unsigned can;
static u8 *code, *data;
static u64 heap_start;
static volatile bool inside;             /* a case runs */
static bool inside_before;               /* and did at the last alarm, with this number */
static volatile u64 case_number;
static u64 case_number_before;

static void leave(ucontext_t *u)
{
    greg_t *r = u->uc_mcontext.gregs;

    r[REG_RIP] = (greg_t)(uintptr_t)oracle_exit_fault;
    r[REG_EFL] = 0x202;
    u64 selectors = (u64)r[REG_CSGSFS] & 0x0000ffffffff0000;
    r[REG_CSGSFS] = (greg_t)(selectors | USER_CS64 | (u64)USER_DS << 48);       /* CS, SS */
}

/* Runs on its own stack, and with the case's FS base: nothing here may want thread-local storage. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    static const u8 order[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };
    ucontext_t *u = context;
    const greg_t *r = u->uc_mcontext.gregs;

    (void)info;
    /* the kernel leaves AC as the case set it */
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(1ull << 18));
    if (number == SIGALRM) {
        bool stuck = inside && inside_before && case_number == case_number_before;
        inside_before = inside;
        case_number_before = case_number;
        if (!stuck) return;
    }
    if (!inside) {                       /* a fault of this program itself */
        signal(number, SIG_DFL);
        return;
    }
    for (int i = 0; i < 16; i++) fault.gpr[i] = (u64)r[order[i]];
    fault.rip = (u64)r[REG_RIP];
    fault.rflags = (u64)r[REG_EFL];
    fault.vector = number == SIGALRM ? VECTOR_STUCK : (u32)r[REG_TRAPNO];
    fault.error = (u32)r[REG_ERR] & ~(fault.vector == 14 ? 16u : 0);  /* I/D: our tables set no NX */
    fault.cr2 = (u64)r[REG_CR2];
    host_extended_from_frame(&fault_extended, u->uc_mcontext.fpregs);
    leave(u);
}

static bool set_ldt(unsigned entry, u32 base, u32 limit, bool is_code)
{
    struct user_desc d = { .entry_number = entry, .base_addr = base, .limit = limit, .seg_32bit = 0,
                           .contents = is_code ? MODIFY_LDT_CONTENTS_CODE : MODIFY_LDT_CONTENTS_DATA };
    return syscall(SYS_modify_ldt, 1, &d, sizeof d) == 0;
}

static bool set_descriptors(void)
{
    for (unsigned n = 0; n < DATA_LIMITS; n++)
        if (!set_ldt(1 + n, DATA_LA, oracle_limits[n], false)) return false;
    return set_ldt(0, CODE_LA, CODE_BYTES - 1, true) && set_ldt(PROBE_CODE16, CODE_LA, 0xffff, true) &&
           set_ldt(PROBE_DATA16, PROBE_DATA_LA, 0xffff, false);
}

static u8 *map_at(u32 la, size_t bytes, int protection)
{
    void *p = mmap((void *)(uintptr_t)la, bytes, protection,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static void take_signals(void)
{
    static const int taken[] = { SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS, SIGALRM };
    static u8 stack[65536];
    stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_sigaction = on_signal,
                                .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART };
    struct itimerval second = { .it_interval.tv_sec = 1, .it_value.tv_sec = 1 };

    sigaltstack(&alternate, NULL);
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < ARRAY_COUNT(taken); i++) sigaction(taken[i], &action, NULL);
    setitimer(ITIMER_REAL, &second, NULL);
}

static u64 find_heap(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long long start, heap = (uintptr_t)sbrk(0);
    char line[256];

    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "[heap]") && sscanf(line, "%llx", &start) == 1) heap = start;
    if (maps) fclose(maps);
    return heap;
}

bool oracle_host_start(const char **why_not)
{
    code = map_at(CODE_LA, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC);
    data = map_at(DATA_LA, DATA_BYTES, PROT_READ | PROT_WRITE);
    u8 *read_only = map_at(READ_ONLY_LA, DATA_LA - READ_ONLY_LA, PROT_READ | PROT_WRITE);
    if (!code || !data || !read_only) {
        *why_not = "the host gives no executable memory at the addresses the cases use";
        return false;
    }
    oracle_fill_read_only(read_only);
    mprotect(read_only, DATA_LA - READ_ONLY_LA, PROT_READ);
    heap_start = find_heap();
    take_signals();
    bool ldt = set_descriptors();
    bool bases = getauxval(AT_HWCAP2) & 2;                       /* HWCAP2_FSGSBASE */
    can = CAN_32BIT | CAN_64BIT | (ldt ? CAN_16BIT : 0) | (bases ? CAN_BASES : 0) | host_extended_can() | (__builtin_cpu_is("amd") ? CAN_UNDEFINED : 0);
    return true;
}

unsigned oracle_host_can(void)
{
    return can;
}

/* Below the code lies the program, towards the top of the lower half libraries and stack; the system puts the heap
 * anywhere in the gibibyte behind the program. */
bool oracle_host_spares(u64 la)
{
    if (la + 64 >= heap_start && la < (uintptr_t)sbrk(0) + 64) return false;
    if (la < 0x10000 - 64) return true;                          /* never mapped */
    return la >= CODE_LA && (la < 1ull << 40 || la >> 47 != 0);
}

/* A jump back that changes no state: far into 64-bit code, or near through a pointer. */
static void put_exit(u8 *page, unsigned offset, unsigned code_bits, unsigned number)
{
    u32 where = (u32)(uintptr_t)(number ? oracle_exit_1 : oracle_exit_0);
    u32 pointer = EXIT_POINTERS + 8 * number;
    u8 *at = page + offset;

    if (code_bits == 64) {
        *at++ = 0xff;
        *at++ = 0x25;                                            /* JMP [RIP + disp32] */
        put32(at, pointer - (offset + 6));
        put64(page + pointer, where);
        return;
    }
    if (code_bits == 16) *at++ = 0x66;
    *at++ = 0xea;
    put32(at, where);
    put16(at + 4, USER_CS64);
}

static void prepare_registers(const struct oracle_case *c)
{
    memcpy(oracle_in.gpr, c->in.gpr, sizeof oracle_in.gpr);
    oracle_in.rflags = (c->in.rflags & USER_FLAGS) | 0x202;
    oracle_in.ds = oracle_in.es = oracle_data_selector(c);
    oracle_in.ss = c->code_bits == 64 ? SELECTOR_DATA : oracle_in.ds;
    oracle_in.far_offset = CODE_START + (c->code_bits == 16 ? 0 : CODE_LA);
    oracle_in.far_selector = c->code_bits == 16 ? SELECTOR_CODE16 : SELECTOR_CODE32;
    oracle_in.target = c->code_bits == 64 ? CODE_LA + CODE_START : (uintptr_t)oracle_go_far;
    oracle_in.extended = !c->extended ? EXTENDED_LEFT : can & CAN_AVX ? EXTENDED_XSAVE : EXTENDED_FXSAVE;
    if (c->extended) host_extended_load(&c->extended_in);
    oracle_in.bases = c->code_bits == 64 && can & CAN_BASES;
    oracle_in.fs_base = c->fs_base;
    oracle_in.gs_base = c->gs_base;
}

void oracle_put_code(u8 *page, const struct oracle_case *c)
{
    memset(page, 0xcc, CODE_BYTES);
    memcpy(page + CODE_START, c->code, c->length);
    put_exit(page, CODE_START + c->length, c->code_bits, 0);
    put_exit(page, EXIT_1_OFFSET, c->code_bits, 1);
}

/* The way back must not be written over. */
static void prepare_memory(const struct oracle_case *c)
{
    mprotect(code, CODE_BYTES, PROT_READ | PROT_WRITE);
    oracle_put_code(code, c);
    mprotect(code, CODE_BYTES, PROT_READ | PROT_EXEC);
    oracle_fill(data, c);
}

static u64 image_components(void)
{
    return can & CAN_AVX ? oracle_image_out.xstate_bv : XSTATE_X87 | XSTATE_SSE;
}

static void take_outcome(const struct oracle_case *c, struct outcome *out)
{
    u32 page = c->code_bits == 16 ? 0 : CODE_LA;
    struct registers *regs = &out->regs;

    if (oracle_out.end == END_FAULT) {
        *regs = fault;
        regs->end = END_FAULT;
        if (c->extended) out->extended = fault_extended;
        if (fault.vector == 3) {                                 /* a branch into the filling: INT3 */
            regs->end = END_TAKEN;
            regs->rip = fault.rip - 1 - page;
        }
    } else {
        *regs = (struct registers){ .end = oracle_out.end, .rflags = oracle_out.rflags };
        memcpy(regs->gpr, oracle_out.gpr, sizeof regs->gpr);
        regs->rip = regs->end == END_TAKEN ? EXIT_1_OFFSET : CODE_START + c->length;
        if (c->extended) host_extended_take(&out->extended, &oracle_image_out, image_components());
    }
    if (c->code_bits == 64) return;
    for (unsigned i = 0; i < 16; i++) regs->gpr[i] = i < 8 ? (u32)regs->gpr[i] : 0;
}

void oracle_host_run(const struct oracle_case *c, struct outcome *out)
{
    *out = (struct outcome){ .data = data };
    prepare_memory(c);
    prepare_registers(c);
    case_number++;
    inside = true;
    oracle_enter();
    inside = false;
    take_outcome(c, out);
}

/* The frame lies in the data: IRET into a 16-bit stack segment leaves bits 31:16 of ESP as they were, and no address of this
 * program's own signal stack may come of that. */
static void prepare_step(const struct oracle_case *c, u64 rip)
{
    u64 *frame = (u64 *)(data + DATA_BYTES - 64);

    frame[0] = rip;
    frame[1] = c->code_bits == 16 ? PROBE_CODE16 << 3 | 7 : c->code_bits == 32 ? SELECTOR_CODE32 : SELECTOR_CODE64;
    frame[2] = oracle_in.rflags | STEP_FLAG;
    frame[3] = c->in.gpr[4];
    frame[4] = oracle_in.ss;
    oracle_in.step = (uintptr_t)frame;
    oracle_in.target = (uintptr_t)oracle_go_step;
}

void oracle_host_probe(const struct oracle_case *c, unsigned n, struct registers *out)
{
    bool code16 = c->code_bits == 16;
    u32 offset = CODE_BYTES - n;

    memset(code + CODE_BYTES - sizeof c->code, 0xcc, sizeof c->code);
    memcpy(code + offset, c->code, n);
    prepare_registers(c);
    if (code16) oracle_in.ds = oracle_in.es = oracle_in.ss = (PROBE_DATA16 << 3 | 7);
    prepare_step(c, code16 ? offset : CODE_LA + offset);
    case_number++;
    inside = true;
    oracle_enter();
    inside = false;
    *out = fault;
    out->end = END_FAULT;
    out->rip -= code16 ? 0 : CODE_LA;
}
