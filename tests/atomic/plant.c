/* Operands that let an instruction end well: a faulting access is to be the only thing that goes wrong.   doc: oracle */
#include "tests/atomic/atomic.h"

enum { LDT_FREE = 0x50, TSS_FREE = 0x60, GATE = 0x70 };       /* with 16 bytes each, as 64-bit mode wants them */
enum { PARAMETERS = 2, IMMEDIATE = 3 /* of RETF */ };

static bool named(const struct form *f, const char *names) { return row_is_one_of(f->row, names); }
static u16 code_selector(const struct bench *b) { return b->v86 ? CODE >> 4 : b->cpl ? USER_CS : KERNEL_CS; }
static u16 data_selector(const struct bench *b) { return b->v86 ? DATA >> 4 : b->cpl ? USER_DS : KERNEL_DS; }
static u32 target(const struct bench *b) { return b->code_bits == 16 ? 0x200 : CODE + 0x200; }

static u8 *memory(struct bench *b, enum role role) { return b->pc->ram + b->at[role]; }

/* values[i], each of size bytes, from where the role points */
static void words(struct bench *b, enum role role, unsigned size, const u64 *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++) memcpy(memory(b, role) + i * size, &values[i], size);
}

static void plant_tables(struct bench *b)
{
    struct pc *pc = b->pc;

    set_gdt(pc, LDT_FREE, descriptor(LDT, 0xff, TYPE_LDT | P));
    set_gdt(pc, LDT_FREE + 8, 0);
    set_gdt(pc, TSS_FREE, descriptor(TSS_2, 0xfff, TYPE_TSS_32 | P));
    set_gdt(pc, TSS_FREE + 8, 0);
    set_gdt(pc, GATE, gate(KERNEL_CS, CODE + 0x200, TYPE_CALL_GATE_32 | DPL_3 | P, b->code_bits == 64 ? 0 : PARAMETERS));
    set_gdt(pc, GATE + 8, 0);
}

enum { XCOMP_BV = 520 };
#define COMPACTED (1ull << 63)

static void plant_image(struct bench *b, u64 xcomp_bv)
{
    u8 *image = memory(b, ROLE_OPERAND);

    memset(image, 0, 1024);
    put16(image, 0x37f);
    put32(image + 24, 0x1f80);                   /* MXCSR */
    put64(image + 512, 3);                       /* XSTATE_BV */
    put64(image + XCOMP_BV, xcomp_bv);
}

static void plant_far(struct bench *b, const struct form *f)
{
    u64 selector = f->scene == SCENE_GATE ? GATE : named(f, "CALLF JMPF") ? code_selector(b) : data_selector(b), offset = target(b);

    memcpy(memory(b, ROLE_OPERAND), &offset, f->size);
    put16(memory(b, ROLE_OPERAND) + f->size, (u16)selector);
}

/* What RETF and IRET find that return from CPL 0 to CPL 3. */
static void plant_outer_stack(struct bench *b, const struct form *f)
{
    u64 frame[] = { target(b), USER_CS, 0x3202 }, stack[] = { b->at[ROLE_STACK], USER_DS };
    bool flags = named(f, "IRET");
    u8 *at = memory(b, ROLE_STACK);
    unsigned below = (flags ? 3 : 2) * f->size + (strstr(f->name, "RETF_I") ? IMMEDIATE : 0);

    words(b, ROLE_STACK, f->size, frame, flags ? 3 : 2);
    for (unsigned i = 0; i < 2; i++) memcpy(at + below + i * f->size, &stack[i], f->size);
}

static void plant_stack(struct bench *b, const struct form *f)
{
    u64 frame[] = { target(b), code_selector(b), 0x3202, b->at[ROLE_STACK], data_selector(b) };

    if (named(f, "RET")) words(b, ROLE_STACK, f->size, frame, 1);
    if (named(f, "IRET")) words(b, ROLE_STACK, f->size, frame, b->code_bits == 64 ? 5 : 3);
    if (named(f, "RETF")) words(b, ROLE_STACK, f->size, frame, 2);
    if (named(f, "POPF")) words(b, ROLE_STACK, f->size, frame + 2, 1);
    if (named(f, "POP") && f->row->operand[0] >= OPERAND_ES && f->row->operand[0] <= OPERAND_GS) words(b, ROLE_STACK, f->size, frame + 4, 1);
}

static void plant_memory(struct bench *b, const struct form *f)
{
    u8 *at = memory(b, ROLE_OPERAND);

    if (named(f, "JMP CALL")) put64(at, target(b));
    if (named(f, "LOAD_SEG VERR VERW LAR LSL")) put16(at, data_selector(b));
    if (named(f, "LLDT")) put16(at, LDT_FREE);
    if (named(f, "LTR")) put16(at, TSS_FREE);
    if (named(f, "LMSW")) put16(at, 1);
    if (named(f, "LDMXCSR")) put32(at, 0x1f80);
    if (named(f, "LGDT LIDT INVPCID")) memset(at, 0, 16);
    if (named(f, "FXRSTOR FXRSTOR64 XRSTOR XRSTOR64 XSAVE XSAVE64 XSAVEOPT XSAVEOPT64 XSAVEC XSAVEC64 XSAVES XSAVES64")) plant_image(b, 0);
    if (named(f, "XRSTORS XRSTORS64")) plant_image(b, COMPACTED | 3);
    if (named(f, "BOUND")) words(b, ROLE_OPERAND, f->size, (const u64[]){ 0x80000000 >> (32 - 8 * f->size), 0x7fffffff >> (32 - 8 * f->size) }, 2);
}

void plant_operands(struct bench *b, const struct form *f)
{
    if (named(f, "LES LDS LSS LFS LGS CALLF JMPF") && !f->pointer_at) plant_far(b, f);
    plant_tables(b);
    if (f->scene == SCENE_OUTER) plant_outer_stack(b, f);
    else plant_stack(b, f);
    if (strstr(f->name, "_M") || strstr(f->name, "FX") || strstr(f->name, "XSAVE") || strstr(f->name, "XRSTOR")) plant_memory(b, f);
    if (f->pointer_at) {
        u8 *at = b->pc->ram + CODE + 0x100 + f->pointer_at;
        u32 offset = target(b);
        memcpy(at, &offset, f->size);
        put16(at + f->size, f->scene == SCENE_GATE ? GATE : code_selector(b));
    }
    if (f->address_bytes) {
        u64 offset = b->at[ROLE_OPERAND] - (b->code_bits == 16 ? role_places[ROLE_OPERAND].segment_base : 0);
        memcpy(b->pc->ram + CODE + 0x100 + f->address_at, &offset, f->address_bytes);
    }
}
