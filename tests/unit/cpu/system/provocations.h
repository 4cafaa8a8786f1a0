#ifndef ORRERY_TESTS_PROVOCATIONS_H
#define ORRERY_TESTS_PROVOCATIONS_H
/* Every check of the processor, provoked once. */
#include "tests/unit/cpu/fixture.h"

enum { NO_ERROR_CODE = 0 };

/* Each function brings its fault about and returns the error code that it must have. */
#define PROVOKE(name) static u32 provoke_##name(struct pc *pc)

static void load_ax(struct pc *pc, unsigned cpl, u16 value)
{
    enter_protected(pc, cpl);
    pc->cpu->gpr[RAX] = value;
}

#define MOV_FS_AX 0x8e, 0xe0
#define MOV_SS_AX 0x8e, 0xd0
#define JMP_FAR(selector, offset) 0xea, DWORD(offset), WORD(selector)
#define CALL_FAR(selector, offset) 0x9a, DWORD(offset), WORD(selector)

/* --- decoding and operations --- */
PROVOKE(UNDEFINED_OPCODE) { enter_protected(pc, 0); RUN(pc, 0x0f, 0x0b); return NO_ERROR_CODE; }
PROVOKE(RSM_OUTSIDE_SMM) { enter_protected(pc, 0); RUN(pc, 0x0f, 0xaa); return NO_ERROR_CODE; }
PROVOKE(LOCK_NOT_ALLOWED) { enter_protected(pc, 0); RUN(pc, 0xf0, 0x90); return NO_ERROR_CODE; }
PROVOKE(NOT_IN_REAL_MODE) { RUN(pc, 0x0f, 0x00, 0xd0); return NO_ERROR_CODE; }
PROVOKE(BAD_SEGMENT_REGISTER) { enter_protected(pc, 0); RUN(pc, 0x8e, 0xc8); return NO_ERROR_CODE; }
PROVOKE(INSTRUCTION_TOO_LONG)
{
    u8 prefixes[16];
    enter_protected(pc, 0);
    memset(prefixes, 0x66, sizeof prefixes);
    run_bytes(pc, prefixes, sizeof prefixes);
    return 0;
}
PROVOKE(FETCH_PAST_LIMIT)
{
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_CS, KERNEL_CS, 0, CODE - 1, CODE_READ | B32);
    mode_derive(pc->cpu);
    RUN(pc, 0x90);
    return 0;
}
PROVOKE(BRANCH_PAST_LIMIT)
{
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_CS, KERNEL_CS, 0, CODE + 0xff, CODE_READ | B32);
    mode_derive(pc->cpu);
    RUN(pc, 0xe9, DWORD(0x1000));
    return 0;
}
PROVOKE(DIVIDE_BY_ZERO) { load_ax(pc, 0, 0); RUN(pc, 0xf6, 0xf0); return NO_ERROR_CODE; }
PROVOKE(QUOTIENT_TOO_LARGE) { load_ax(pc, 0, 0xff01); RUN(pc, 0xf6, 0xf0); return NO_ERROR_CODE; }
PROVOKE(AAM_BY_ZERO) { enter_protected(pc, 0); RUN(pc, 0xd4, 0); return NO_ERROR_CODE; }
PROVOKE(BOUND_EXCEEDED) { load_ax(pc, 0, 5); RUN(pc, 0x62, 0x05, DWORD(DATA)); return NO_ERROR_CODE; }
PROVOKE(INT3_EXECUTED) { enter_protected(pc, 0); RUN(pc, 0xcc); return NO_ERROR_CODE; }
PROVOKE(INTO_EXECUTED) { enter_protected(pc, 0); cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_OF); RUN(pc, 0xce); return NO_ERROR_CODE; }
PROVOKE(INT1_EXECUTED) { enter_protected(pc, 0); RUN(pc, 0xf1); return NO_ERROR_CODE; }
PROVOKE(NO_COPROCESSOR)
{
    enter_protected(pc, 0);
    pc->cpu->cr0 |= CR0_EM;
    RUN(pc, 0xd9, 0xe8);
    return NO_ERROR_CODE;
}

/* --- memory accesses --- */
PROVOKE(DATA_PAST_LIMIT)
{
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, 0, DATA + 2, DATA_WRITE | B32);
    RUN(pc, 0xa1, DWORD(DATA));
    return 0;
}
PROVOKE(STACK_PAST_LIMIT)
{
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_SS, KERNEL_DS, 0, STACK_0 - 3, DATA_WRITE | B32);
    pc->cpu->gpr[RSP] = STACK_0 - 0x100;         /* the handler has room */
    RUN(pc, 0x36, 0xa1, DWORD(STACK_0 - 4));
    return 0;
}
PROVOKE(SEGMENT_IS_NULL)
{
    enter_protected(pc, 0);
    segment_set_null(pc->cpu, CPU_SEG_FS, 3);
    RUN(pc, 0x64, 0xa1, DWORD(DATA));
    return 0;
}
PROVOKE(STACK_IS_NULL)
{
    enter_protected(pc, 0);
    set_idt(pc, VECTOR_SS, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | P, 0));   /* the fault has no stack to go to */
    put32(pc->ram + TSS_2 + 32, HANDLERS + VECTOR_SS * 16);
    put32(pc->ram + TSS_2 + 56, STACK_0);
    put16(pc->ram + TSS_2 + 76, KERNEL_CS);
    put16(pc->ram + TSS_2 + 80, KERNEL_DS);
    segment_set_null(pc->cpu, CPU_SEG_SS, 0);
    RUN(pc, 0x50);
    return 0;
}
PROVOKE(SEGMENT_NOT_WRITABLE)
{
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, 0, ~0u, DATA_READ | FLAT);
    RUN(pc, 0xa3, DWORD(DATA));
    return 0;
}
PROVOKE(STACK_NOT_WRITABLE)      /* out of reach of a load of SS: what a real-mode program may inherit */
{
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_SS, KERNEL_DS, 0, ~0u, DATA_READ | FLAT);
    cr_expect_not(segment_violation(pc->cpu, CPU_SEG_SS, DATA, 4, ACCESS_WRITE));
    set_segment(pc->cpu, CPU_SEG_SS, KERNEL_DS, 0, ~0u, DATA_WRITE | FLAT);
    exception_deliver(pc->cpu);
    return 0;
}
PROVOKE(SEGMENT_NOT_READABLE)
{
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_CS, KERNEL_CS, 0, ~0u, CODE_ONLY | FLAT);
    RUN(pc, 0x2e, 0xa1, DWORD(DATA));
    return 0;
}
PROVOKE(MISALIGNED)
{
    enter_protected(pc, 3);
    pc->cpu->cr0 |= CR0_AM;
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_AC);
    RUN(pc, 0xa1, DWORD(DATA + 2));
    return 0;
}
PROVOKE(PDE_NOT_PRESENT)
{
    enter_protected(pc, 0);
    enter_paging(pc);
    RUN(pc, 0xa1, DWORD(0x400000));
    return 0;
}
PROVOKE(PTE_NOT_PRESENT)
{
    enter_protected(pc, 3);
    enter_paging(pc);
    put32(pte_of(pc, DATA), DATA | 6);
    RUN(pc, 0xa3, DWORD(DATA));
    return 6;                            /* a write at CPL 3 */
}
PROVOKE(PDE_RESERVED)
{
    enter_protected(pc, 0);
    enter_paging(pc);
    pc->cpu->cr4 |= CR4_PSE;
    put32(pc->ram + PAGES + 4, 1 << 21 | 0x87);
    RUN(pc, 0xa1, DWORD(0x400000));
    return 9;                            /* P and RSVD */
}
PROVOKE(PAGE_IS_SUPERVISOR)
{
    enter_protected(pc, 3);
    enter_paging(pc);
    put32(pte_of(pc, DATA), DATA | 3);
    RUN(pc, 0xa1, DWORD(DATA));
    return 5;
}
PROVOKE(PAGE_IS_READ_ONLY)
{
    enter_protected(pc, 3);
    enter_paging(pc);
    put32(pte_of(pc, DATA), DATA | 5);
    RUN(pc, 0xa3, DWORD(DATA));
    return 7;
}

/* --- segment registers --- */
PROVOKE(SELECTOR_PAST_LIMIT) { load_ax(pc, 0, PAST_GDT); RUN(pc, MOV_FS_AX); return PAST_GDT; }
PROVOKE(SS_NULL) { load_ax(pc, 0, 0); RUN(pc, MOV_SS_AX); return 0; }
PROVOKE(SS_RPL_NOT_CPL) { load_ax(pc, 0, KERNEL_DS | 1); RUN(pc, MOV_SS_AX); return KERNEL_DS; }
PROVOKE(SS_DPL_NOT_CPL) { load_ax(pc, 3, KERNEL_DS | 3); RUN(pc, MOV_SS_AX); return KERNEL_DS; }
PROVOKE(SS_NOT_WRITABLE_DATA) { load_ax(pc, 0, KERNEL_CS); RUN(pc, MOV_SS_AX); return KERNEL_CS; }
PROVOKE(SS_NOT_PRESENT)
{
    load_ax(pc, 0, FREE);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, DATA_WRITE | FLAT));
    RUN(pc, MOV_SS_AX);
    return FREE;
}
PROVOKE(DATA_SEGMENT_TYPE)
{
    load_ax(pc, 0, FREE);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_ONLY | P | FLAT));
    RUN(pc, MOV_FS_AX);
    return FREE;
}
PROVOKE(DATA_SEGMENT_PRIVILEGE) { load_ax(pc, 3, KERNEL_DS | 3); RUN(pc, MOV_FS_AX); return KERNEL_DS; }
PROVOKE(DATA_SEGMENT_NOT_PRESENT)
{
    load_ax(pc, 0, FREE);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, DATA_WRITE | FLAT));
    RUN(pc, MOV_FS_AX);
    return FREE;
}

/* --- code segments and transfers --- */
PROVOKE(CS_NULL) { enter_protected(pc, 0); RUN(pc, JMP_FAR(3, 0)); return 0; }
PROVOKE(CS_NOT_CODE) { enter_protected(pc, 0); RUN(pc, JMP_FAR(KERNEL_DS, 0)); return KERNEL_DS; }
PROVOKE(CS_PRIVILEGE) { enter_protected(pc, 3); RUN(pc, JMP_FAR(KERNEL_CS, 0)); return KERNEL_CS; }
PROVOKE(CS_NOT_PRESENT)
{
    enter_protected(pc, 0);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_READ | FLAT));
    RUN(pc, JMP_FAR(FREE, 0));
    return FREE;
}
PROVOKE(TARGET_PAST_LIMIT)
{
    enter_protected(pc, 0);
    set_gdt(pc, FREE, descriptor(0, 0xfff, CODE_READ | P | B32));
    RUN(pc, CALL_FAR(FREE, 0x1000));
    return 0;
}
PROVOKE(GATE_PRIVILEGE)
{
    enter_protected(pc, 3);
    set_gdt(pc, FREE, gate(KERNEL_CS, CODE, TYPE_CALL_GATE_32 | P, 0));
    RUN(pc, CALL_FAR(FREE | 3, 0));
    return FREE;
}
PROVOKE(GATE_NOT_PRESENT)
{
    enter_protected(pc, 3);
    set_gdt(pc, FREE, gate(KERNEL_CS, CODE, TYPE_CALL_GATE_32 | DPL_3, 0));
    RUN(pc, CALL_FAR(FREE | 3, 0));
    return FREE;
}
PROVOKE(SYSTEM_TYPE) { enter_protected(pc, 0); RUN(pc, JMP_FAR(LDT_SELECTOR, 0)); return LDT_SELECTOR; }

static void push_frame(struct pc *pc, unsigned count, const u32 *word)
{
    pc->cpu->gpr[RSP] -= count * 4;
    for (unsigned i = 0; i < count; i++) put32(pc->ram + pc->cpu->gpr[RSP] + i * 4, word[i]);
}
#define FRAME(pc, ...) push_frame(pc, sizeof (const u32[]){ __VA_ARGS__ } / 4, (const u32[]){ __VA_ARGS__ })

PROVOKE(RETURN_TO_INNER)
{
    enter_protected(pc, 3);
    FRAME(pc, CODE, KERNEL_CS);
    RUN(pc, 0xcb);
    return KERNEL_CS;
}
PROVOKE(RETURN_PRIVILEGE)
{
    enter_protected(pc, 0);
    FRAME(pc, CODE, KERNEL_CS | 3, STACK_3, USER_DS);
    RUN(pc, 0xcb);
    return KERNEL_CS;
}

/* --- privileged instructions, EFLAGS, ports --- */
PROVOKE(PRIVILEGED) { enter_protected(pc, 3); RUN(pc, 0xf4); return 0; }
PROVOKE(V86_NEEDS_IOPL3) { enter_v86(pc, 0); RUN(pc, 0xcd, 0x21); return 0; }
PROVOKE(IOPL_TOO_LOW) { enter_protected(pc, 3); RUN(pc, 0xfa); return 0; }
PROVOKE(VIRTUAL_IF_PENDING)
{
    enter_v86(pc, 0);
    pc->cpu->cr4 |= CR4_VME;
    pc->cpu->rflags |= EFLAGS_VIP;
    RUN(pc, 0xfb);
    return 0;
}
PROVOKE(VIRTUAL_TF)
{
    enter_v86(pc, 0);
    pc->cpu->cr4 |= CR4_VME;
    put16(pc->ram + DATA + 0x1000, EFLAGS_TF);
    RUN(pc, 0x9d);
    return 0;
}
PROVOKE(IO_PERMISSION)
{
    load_ax(pc, 3, 0);
    pc->cpu->gpr[RDX] = 0x60;
    pc->ram[TSS + BITMAP + 0x60 / 8] = 1;
    RUN(pc, 0xec);
    return 0;
}
PROVOKE(IO_BITMAP_OUTSIDE)
{
    enter_protected(pc, 3);
    put16(pc->ram + TSS + 102, 0xffff);
    RUN(pc, 0xec);
    return 0;
}
PROVOKE(IO_NO_32_BIT_TSS)
{
    enter_protected(pc, 3);
    set_segment(pc->cpu, CPU_SEG_TR, TSS_SELECTOR, TSS, 0xfff, TYPE_TSS_16 | TYPE_BUSY);
    put16(pc->ram + TSS + 2, STACK_0);
    put16(pc->ram + TSS + 4, KERNEL_DS);
    RUN(pc, 0xec);
    return 0;
}

/* --- interrupts --- */
PROVOKE(IDT_PAST_LIMIT)
{
    enter_protected(pc, 0);
    pc->cpu->idtr_limit = 0x40 * 8 - 1;
    RUN(pc, 0xcd, 0x40);
    return 0x40 * 8 + 2;
}
PROVOKE(IDT_TYPE)
{
    enter_protected(pc, 0);
    set_idt(pc, 0x40, gate(KERNEL_CS, HANDLERS, TYPE_CALL_GATE_32 | P, 0));
    RUN(pc, 0xcd, 0x40);
    return 0x40 * 8 + 2;
}
PROVOKE(IDT_DPL)
{
    enter_protected(pc, 3);
    set_idt(pc, 0x40, gate(KERNEL_CS, HANDLERS, TYPE_TRAP_GATE_32 | P, 0));
    RUN(pc, 0xcd, 0x40);
    return 0x40 * 8 + 2;
}
PROVOKE(IDT_NOT_PRESENT)
{
    enter_protected(pc, 0);
    set_idt(pc, 0x40, gate(KERNEL_CS, HANDLERS, TYPE_TRAP_GATE_32, 0));
    RUN(pc, 0xcd, 0x40);
    return 0x40 * 8 + 2;
}
PROVOKE(HANDLER_CS_NULL)
{
    enter_protected(pc, 0);
    set_idt(pc, 0x40, gate(1, HANDLERS, TYPE_TRAP_GATE_32 | P, 0));
    RUN(pc, 0xcd, 0x40);
    return 0;
}
PROVOKE(HANDLER_NOT_INNER)
{
    enter_protected(pc, 0);
    set_idt(pc, 0x40, gate(USER_CS, HANDLERS, TYPE_TRAP_GATE_32 | P, 0));
    RUN(pc, 0xcd, 0x40);
    return USER_CS & ~3;
}
PROVOKE(HANDLER_NOT_LEVEL_0)
{
    enter_v86(pc, 3);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_CONFORMING | P | FLAT));
    set_idt(pc, 0x40, gate(FREE, HANDLERS, TYPE_TRAP_GATE_32 | DPL_3 | P, 0));
    RUN(pc, 0xcd, 0x40);
    return FREE;
}

/* INT 40h from CPL 3; the fault's own handler stays at CPL 3, on the stack that is there. */
static void interrupt_to_level_0(struct pc *pc)
{
    enter_protected(pc, 3);
    for (unsigned v = 0; v < 0x20; v++)
        set_idt(pc, (u8)v, gate(USER_CS, HANDLERS + v * 16, TYPE_INTERRUPT_GATE_32 | DPL_3 | P, 0));
}
#define INT_40 0xcd, 0x40
PROVOKE(TSS_STACK_OUTSIDE)
{
    interrupt_to_level_0(pc);
    pc->cpu->seg[CPU_SEG_TR].limit = 8;
    RUN(pc, INT_40);
    return TSS_SELECTOR;
}
PROVOKE(TSS_SS_NULL)
{
    interrupt_to_level_0(pc);
    put16(pc->ram + TSS + 8, 0);
    RUN(pc, INT_40);
    return 0;
}
PROVOKE(TSS_SS_PAST_LIMIT)
{
    interrupt_to_level_0(pc);
    put16(pc->ram + TSS + 8, PAST_GDT);
    RUN(pc, INT_40);
    return PAST_GDT;
}
PROVOKE(TSS_SS_RPL)
{
    interrupt_to_level_0(pc);
    put16(pc->ram + TSS + 8, KERNEL_DS | 3);
    RUN(pc, INT_40);
    return KERNEL_DS;
}
PROVOKE(TSS_SS_DPL)
{
    interrupt_to_level_0(pc);
    put16(pc->ram + TSS + 8, USER_DS & ~3);
    RUN(pc, INT_40);
    return USER_DS & ~3;
}
PROVOKE(TSS_SS_TYPE)
{
    interrupt_to_level_0(pc);
    put16(pc->ram + TSS + 8, KERNEL_CS);
    RUN(pc, INT_40);
    return KERNEL_CS;
}
PROVOKE(NEW_STACK_TOO_SMALL)
{
    interrupt_to_level_0(pc);
    set_gdt(pc, FREE, descriptor(0, STACK_0 - 20, DATA_WRITE | P | B32));
    put16(pc->ram + TSS + 8, FREE);
    RUN(pc, INT_40);
    return FREE;
}
PROVOKE(DOUBLE_FAULT)
{
    enter_protected(pc, 0);
    set_idt(pc, VECTOR_GP, 0);
    RUN(pc, JMP_FAR(KERNEL_DS, 0));
    return 0;
}

/* --- tasks --- */
PROVOKE(TSS_NULL)
{
    enter_protected(pc, 0);
    set_gdt(pc, FREE, gate(0, 0, TYPE_TASK_GATE | P, 0));
    RUN(pc, JMP_FAR(FREE, 0));
    return 0;
}
PROVOKE(TSS_LOCAL)
{
    enter_protected(pc, 0);
    set_gdt(pc, FREE, gate(0xc, 0, TYPE_TASK_GATE | P, 0));
    RUN(pc, JMP_FAR(FREE, 0));
    return 0xc;
}
PROVOKE(TSS_PAST_LIMIT)
{
    enter_protected(pc, 0);
    set_gdt(pc, FREE, gate(PAST_GDT, 0, TYPE_TASK_GATE | P, 0));
    RUN(pc, JMP_FAR(FREE, 0));
    return PAST_GDT;
}
PROVOKE(TSS_TYPE) { load_ax(pc, 0, TSS_SELECTOR); RUN(pc, 0x0f, 0x00, 0xd8); return TSS_SELECTOR; }   /* busy */
PROVOKE(TSS_NOT_PRESENT)
{
    enter_protected(pc, 0);
    set_gdt(pc, TSS_2_SELECTOR, descriptor(TSS_2, 0xfff, TYPE_TSS_32));
    RUN(pc, JMP_FAR(TSS_2_SELECTOR, 0));
    return TSS_2_SELECTOR;
}
PROVOKE(TSS_TOO_SHORT)
{
    enter_protected(pc, 0);
    set_gdt(pc, TSS_2_SELECTOR, descriptor(TSS_2, 0x66, TYPE_TSS_32 | P));
    RUN(pc, JMP_FAR(TSS_2_SELECTOR, 0));
    return TSS_2_SELECTOR;
}
PROVOKE(TSS_NOT_BUSY)
{
    enter_protected(pc, 0);
    put16(pc->ram + TSS, TSS_2_SELECTOR);
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_NT);
    RUN(pc, 0xcf);
    return TSS_2_SELECTOR;
}

/* A good second task; its exceptions have somewhere to go as long as CS and SS are good. */
static void second_task(struct pc *pc)
{
    static const u8 at[] = { 72, 80, 84, 88, 92 };          /* ES SS DS FS GS */

    enter_protected(pc, 0);
    put32(pc->ram + TSS_2 + 32, HANDLERS);
    put32(pc->ram + TSS_2 + 36, EFLAGS_1);
    put32(pc->ram + TSS_2 + 56, STACK_0);
    put16(pc->ram + TSS_2 + 76, KERNEL_CS);
    for (unsigned i = 0; i < 5; i++) put16(pc->ram + TSS_2 + at[i], KERNEL_DS);
}

/* #TS and #NP through a task gate, as the manual advises: the new task may have no stack. */
static void rescue_task(struct pc *pc, u8 vector)
{
    enum { TSS_3 = 0x6000 };

    memcpy(pc->ram + TSS_3, pc->ram + TSS_2, 104);
    put16(pc->ram + TSS_3 + 76, KERNEL_CS);
    put16(pc->ram + TSS_3 + 84, KERNEL_DS);
    put16(pc->ram + TSS_3 + 96, 0);
    put32(pc->ram + TSS_3 + 32, HANDLERS + vector * 16u);
    set_gdt(pc, FREE_2, descriptor(TSS_3, 0xfff, TYPE_TSS_32 | P));
    set_idt(pc, vector, gate(FREE_2, 0, TYPE_TASK_GATE | P, 0));
}

PROVOKE(TASK_LDT)
{
    second_task(pc);
    rescue_task(pc, VECTOR_TS);
    put16(pc->ram + TSS_2 + 96, KERNEL_DS);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR, 0));
    return KERNEL_DS;
}
PROVOKE(TASK_CS)
{
    second_task(pc);
    rescue_task(pc, VECTOR_TS);
    put16(pc->ram + TSS_2 + 76, KERNEL_DS);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR, 0));
    return KERNEL_DS;
}
PROVOKE(TASK_CS_NOT_PRESENT)
{
    second_task(pc);
    rescue_task(pc, VECTOR_NP);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_READ | FLAT));
    put16(pc->ram + TSS_2 + 76, FREE);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR, 0));
    return FREE;
}
PROVOKE(TASK_DATA)
{
    second_task(pc);
    rescue_task(pc, VECTOR_TS);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_ONLY | P | FLAT));
    put16(pc->ram + TSS_2 + 84, FREE);
    RUN(pc, JMP_FAR(TSS_2_SELECTOR, 0));
    return FREE;
}
PROVOKE(LTR_NULL) { load_ax(pc, 0, 3); RUN(pc, 0x0f, 0x00, 0xd8); return 0; }
PROVOKE(LLDT_TYPE) { load_ax(pc, 0, KERNEL_DS); RUN(pc, 0x0f, 0x00, 0xd0); return KERNEL_DS; }
PROVOKE(LLDT_NOT_PRESENT)
{
    load_ax(pc, 0, FREE);
    set_gdt(pc, FREE, descriptor(LDT, 0xff, TYPE_LDT));
    RUN(pc, 0x0f, 0x00, 0xd0);
    return FREE;
}

/* --- control, debug and model-specific registers --- */
static void load_eax(struct pc *pc, u32 value)
{
    enter_protected(pc, 0);
    pc->cpu->gpr[RAX] = value;
}
PROVOKE(NO_SUCH_REGISTER) { enter_protected(pc, 0); RUN(pc, 0x0f, 0x20, 0xc8); return NO_ERROR_CODE; }
PROVOKE(CR0_PG_WITHOUT_PE) { load_eax(pc, CR0_PG); RUN(pc, 0x0f, 0x22, 0xc0); return 0; }
PROVOKE(CR0_NW_WITHOUT_CD) { load_eax(pc, CR0_PE | CR0_NW); RUN(pc, 0x0f, 0x22, 0xc0); return 0; }
PROVOKE(CR4_RESERVED) { load_eax(pc, 1u << 31); RUN(pc, 0x0f, 0x22, 0xe0); return 0; }
PROVOKE(MSR_UNKNOWN)
{
    enter_protected(pc, 0);
    pc->cpu->gpr[RCX] = 0xc0001234;
    RUN(pc, 0x0f, 0x32);
    return 0;
}
/* A model with an APIC, after RESET. */
static u32 wrmsr_with_apic(struct pc *pc, u32 number, u32 low)
{
    static struct cpu_model model;
    model = *pc->cpu->model;
    model.features[WORD_1_EDX] |= 1u << FEATURE_APIC % 32;
    model.features[WORD_1_ECX] |= 1u << FEATURE_X2APIC % 32;
    pc->cpu->model = &model;
    cpu_reset(pc->cpu);
    if (apic_owns_msr(number)) pc->cpu->apic_base |= APIC_BASE_EXTENDED;
    enter_protected(pc, 0);
    pc->cpu->gpr[RCX] = number;
    pc->cpu->gpr[RAX] = low;
    pc->cpu->gpr[RDX] = 0;
    RUN(pc, 0x0f, 0x30);
    return 0;
}
PROVOKE(APIC_BASE_RESERVED) { return wrmsr_with_apic(pc, 0x1b, 0xfee00901); }
PROVOKE(APIC_BASE_TRANSITION) { return wrmsr_with_apic(pc, 0x1b, 0xfee00500); }
PROVOKE(X2APIC_RESERVED) { return wrmsr_with_apic(pc, 0x808, 0x100); }
PROVOKE(TSC_DISABLED)
{
    enter_protected(pc, 3);
    pc->cpu->cr4 |= CR4_TSD;
    RUN(pc, 0x0f, 0x31);
    return 0;
}
PROVOKE(SYSENTER_CS_NULL) { enter_protected(pc, 0); RUN(pc, 0x0f, 0x34); return 0; }
PROVOKE(SYSENTER_IN_REAL_MODE)
{
    segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
    pc->cpu->rip = 0;
    RUN(pc, 0x0f, 0x34);
    return 0;
}
PROVOKE(SYSENTER_IN_LONG_MODE)
{
    pc->cpu->model = cpu_model_find("ryzen");
    pc->cpu->amd = true;
    enter_long(pc, 0);
    RUN(pc, 0x0f, 0x34);
    return NO_ERROR_CODE;
}
PROVOKE(DEBUG_GENERAL_DETECT)
{
    enter_protected(pc, 0);
    pc->cpu->dr[7] |= DR7_GD;
    RUN(pc, 0x0f, 0x21, 0xc0);
    return NO_ERROR_CODE;
}
PROVOKE(DEBUG_FETCH)
{
    enter_protected(pc, 0);
    pc->cpu->dr[0] = CODE;
    pc->cpu->dr[7] |= 1;
    RUN(pc, 0x90);
    return NO_ERROR_CODE;
}
PROVOKE(DEBUG_TRAP)
{
    enter_protected(pc, 0);
    pc->cpu->rflags |= EFLAGS_TF;
    RUN(pc, 0x90);
    return NO_ERROR_CODE;
}

/* --- long mode --- */
#define LONG(pc, cpl) enter_long(pc, cpl)
#define NON_CANONICAL 0x0000800000000000ull
static void set_cr(struct pc *pc, unsigned n, u64 value)
{
    pc->cpu->gpr[RAX] = value;
    RUN(pc, 0x0f, 0x22, (u8)(0xc0 | n << 3));
}
static void write_msr(struct pc *pc, u32 number, u64 value)
{
    pc->cpu->gpr[RCX] = number;
    pc->cpu->gpr[RAX] = (u32)value;
    pc->cpu->gpr[RDX] = value >> 32;
    RUN(pc, 0x0f, 0x30);
}
static u32 load_rax_from(struct pc *pc, u64 address)
{
    pc->cpu->gpr[RBX] = address;
    RUN(pc, 0x48, 0x8b, 0x03);
    return 0;
}
PROVOKE(NOT_CANONICAL) { LONG(pc, 0); return load_rax_from(pc, NON_CANONICAL); }
PROVOKE(STACK_NOT_CANONICAL)
{
    LONG(pc, 0);
    put64(pc->ram + TSS + 36, STACK_0);
    set_idt64(pc, VECTOR_SS, gate(KERNEL_CS, HANDLERS + VECTOR_SS * 16, TYPE_INTERRUPT_GATE_32 | P, 1), 0);
    pc->cpu->gpr[RSP] = NON_CANONICAL + 64;
    RUN(pc, 0x50);
    return 0;
}
PROVOKE(BRANCH_NOT_CANONICAL) { LONG(pc, 0); pc->cpu->gpr[RAX] = NON_CANONICAL; RUN(pc, 0xff, 0xe0); return 0; }
PROVOKE(TABLE_BASE_NOT_CANONICAL)
{
    LONG(pc, 0);
    put64(pc->ram + DATA + 2, NON_CANONICAL);
    pc->cpu->gpr[RBX] = DATA;
    RUN(pc, 0x0f, 0x01, 0x13);
    return 0;
}
PROVOKE(VECTOR_MISALIGNED) { LONG(pc, 0); pc->cpu->gpr[RBX] = DATA + 8; RUN(pc, 0x48, 0x0f, 0xc7, 0x0b); return 0; }
PROVOKE(PTE_RESERVED) { LONG(pc, 0); put64(pte64_of(pc, DATA), DATA | 7 | 1ull << 50); load_rax_from(pc, DATA); return 9; }
static void enter_pae(struct pc *pc, u64 first)
{
    enter_protected(pc, 0);
    put64(pc->ram + PAGES, first);
    put64(pc->ram + PAGES + 0x1000, 0x83);                               /* 2 MiB */
    pc->cpu->cr4 |= CR4_PAE;
    pc->cpu->cr3 = PAGES;
    set_cr(pc, 0, pc->cpu->cr0 | CR0_PG);
}
PROVOKE(PDPTE_NOT_PRESENT) { enter_pae(pc, (PAGES + 0x1000) | 1); RUN(pc, 0xa1, DWORD(0x40000000)); return 0; }
PROVOKE(PDPTE_RESERVED) { enter_pae(pc, (PAGES + 0x1000) | 3); return 0; }
PROVOKE(PAGE_NOT_EXECUTABLE)
{
    LONG(pc, 0);
    put64(pte64_of(pc, CODE), CODE | 7 | 1ull << 63);
    RUN(pc, 0x90);
    return 17;
}
static void supervisor_handlers(struct pc *pc, u32 user_page)
{
    for (u32 la = 0; la < 0x100000; la += 0x1000) if (la != user_page) put64(pte64_of(pc, la), la | 3);
    tlb_flush(pc->cpu);
}
PROVOKE(PAGE_SMEP) { LONG(pc, 0); supervisor_handlers(pc, CODE); pc->cpu->cr4 |= CR4_SMEP; RUN(pc, 0x90); return 17; }
PROVOKE(PAGE_SMAP)
{
    LONG(pc, 0);
    supervisor_handlers(pc, DATA);
    pc->cpu->cr4 |= CR4_SMAP;
    load_rax_from(pc, DATA);
    return 1;
}
PROVOKE(CONTROL_RESERVED) { LONG(pc, 0); pc->cpu->gpr[RAX] = 16; RUN(pc, 0x44, 0x0f, 0x22, 0xc0); return 0; }
PROVOKE(EFER_RESERVED) { enter_protected(pc, 0); write_msr(pc, 0xc0000080, 2); return 0; }
PROVOKE(EFER_LME_WHILE_PAGING) { enter_protected(pc, 0); enter_paging(pc); write_msr(pc, 0xc0000080, EFER_LME); return 0; }
PROVOKE(LONG_MODE_NEEDS_PAE) { enter_protected(pc, 0); pc->cpu->efer = EFER_LME; set_cr(pc, 0, CR0_PE | CR0_PG); return 0; }
PROVOKE(LONG_MODE_CS_L)
{
    enter_protected(pc, 0);
    pc->cpu->efer = EFER_LME;
    pc->cpu->cr4 |= CR4_PAE;
    pc->cpu->seg[CPU_SEG_CS].rights |= RIGHTS_L;
    set_cr(pc, 0, CR0_PE | CR0_PG);
    return 0;
}
PROVOKE(LONG_MODE_TSS_16)
{
    enter_protected(pc, 0);
    pc->cpu->efer = EFER_LME;
    pc->cpu->cr4 |= CR4_PAE;
    set_segment(pc->cpu, CPU_SEG_TR, TSS_SELECTOR, TSS, 0xfff, TYPE_TSS_16 | TYPE_BUSY);
    set_cr(pc, 0, CR0_PE | CR0_PG);
    return 0;
}
PROVOKE(CR0_PG_IN_64BIT) { LONG(pc, 0); set_cr(pc, 0, CR0_PE); return 0; }
PROVOKE(CR4_PAE_IN_LONG_MODE) { LONG(pc, 0); set_cr(pc, 4, 0); return 0; }
PROVOKE(CR4_PCIDE) { LONG(pc, 0); pc->cpu->cr3 |= 8; set_cr(pc, 4, CR4_PAE | CR4_PCIDE); return 0; }
PROVOKE(CR0_PG_WITH_PCIDE)
{
    LONG(pc, 0);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_READ | P | FLAT));
    set_segment(pc->cpu, CPU_SEG_CS, FREE, 0, ~0u, CODE_READ | FLAT);    /* compatibility mode */
    mode_derive(pc->cpu);
    pc->cpu->cr4 |= CR4_PCIDE;
    set_cr(pc, 0, CR0_PE);
    return 0;
}
PROVOKE(MSR_RESERVED) { LONG(pc, 0); write_msr(pc, 0x277, 2); return 0; }
PROVOKE(SYSCALL_DISABLED) { LONG(pc, 0); pc->cpu->efer &= ~(u64)EFER_SCE; RUN(pc, 0x0f, 0x05); return NO_ERROR_CODE; }
PROVOKE(SYSRET_NOT_PROTECTED) { LONG(pc, 3); RUN(pc, 0x0f, 0x07); return 0; }
PROVOKE(SYSRET_TARGET) { LONG(pc, 0); pc->cpu->gpr[RCX] = NON_CANONICAL; RUN(pc, 0x48, 0x0f, 0x07); return 0; }
PROVOKE(UMIP) { LONG(pc, 3); pc->cpu->cr4 |= CR4_UMIP; RUN(pc, 0x0f, 0x01, 0xe0); return 0; }
PROVOKE(FSGSBASE_DISABLED) { LONG(pc, 0); RUN(pc, 0xf3, 0x0f, 0xae, 0xc0); return NO_ERROR_CODE; }
PROVOKE(SMAP_INSTRUCTION) { LONG(pc, 3); RUN(pc, 0x0f, 0x01, 0xcb); return NO_ERROR_CODE; }
PROVOKE(INVPCID_BAD) { LONG(pc, 0); pc->cpu->gpr[RAX] = 4; pc->cpu->gpr[RBX] = DATA; RUN(pc, 0x66, 0x0f, 0x38, 0x82, 0x03); return 0; }
PROVOKE(PMC_DISABLED) { LONG(pc, 0); pc->cpu->gpr[RCX] = 77; RUN(pc, 0x0f, 0x33); return 0; }
static void far_jump_to(struct pc *pc, u16 selector)
{
    put32(pc->ram + DATA, CODE);
    put16(pc->ram + DATA + 4, selector);
    pc->cpu->gpr[RBX] = DATA;
    RUN(pc, 0xff, 0x2b);
}
PROVOKE(CS_L_AND_D)
{
    LONG(pc, 0);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_READ | P | L64 | FLAT));
    far_jump_to(pc, FREE);
    return FREE;
}
PROVOKE(GATE_NOT_64BIT)
{
    LONG(pc, 0);
    set_gdt(pc, FREE, gate(LDT_SELECTOR, CODE, TYPE_CALL_GATE_32 | P, 0));
    set_gdt(pc, FREE_2, 0);
    set_gdt(pc, LDT_SELECTOR, descriptor(0, 0xfffff, CODE_READ | P | FLAT));
    far_jump_to(pc, FREE);
    return LDT_SELECTOR;
}
PROVOKE(SYSTEM_UPPER_TYPE)
{
    LONG(pc, 0);
    set_gdt(pc, FREE, descriptor(LDT, 0xff, TYPE_LDT | P));
    set_gdt(pc, FREE_2, 0x1f00ull << 32);
    pc->cpu->gpr[RAX] = FREE;
    RUN(pc, 0x0f, 0x00, 0xd0);
    return FREE;
}
PROVOKE(IRET_NT_IN_LONG_MODE) { LONG(pc, 0); pc->cpu->rflags |= EFLAGS_NT; RUN(pc, 0x48, 0xcf); return 0; }

/* --- floating point and vectors --- */
static void enable_vectors(struct pc *pc)
{
    LONG(pc, 0);
    pc->cpu->cr0 &= ~(u64)(CR0_EM | CR0_TS);
    pc->cpu->cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE;
    pc->cpu->xcr0 = XCR0_X87 | XCR0_SSE | XCR0_AVX;
    pc->cpu->gpr[RBX] = DATA;
}
PROVOKE(VECTOR_EM) { enable_vectors(pc); pc->cpu->cr0 |= CR0_EM; RUN(pc, 0x0f, 0x58, 0xc1); return NO_ERROR_CODE; }
PROVOKE(VECTOR_OSFXSR) { enable_vectors(pc); pc->cpu->cr4 &= ~(u64)CR4_OSFXSR; RUN(pc, 0x0f, 0x58, 0xc1); return NO_ERROR_CODE; }
PROVOKE(VECTOR_OSXSAVE) { enable_vectors(pc); pc->cpu->xcr0 = XCR0_X87; RUN(pc, 0xc5, 0xf0, 0x58, 0xc1); return NO_ERROR_CODE; }
static void divide_by_zero_sse(struct pc *pc)
{
    pc->cpu->mxcsr = 0x1d80;                                             /* ZM clear */
    pc->cpu->ymm[0] = 0x3f800000;
    RUN(pc, 0xf3, 0x0f, 0x5e, 0xc1);                                     /* DIVSS XMM0, XMM1 */
}
PROVOKE(VECTOR_OSXMMEXCPT) { enable_vectors(pc); pc->cpu->cr4 &= ~(u64)CR4_OSXMMEXCPT; divide_by_zero_sse(pc); return NO_ERROR_CODE; }
PROVOKE(SIMD_FLOAT) { enable_vectors(pc); divide_by_zero_sse(pc); return NO_ERROR_CODE; }
PROVOKE(GATHER_REGISTERS) { enable_vectors(pc); RUN(pc, 0xc4, 0xe2, 0x75, 0x90, 0x04, 0x03); return NO_ERROR_CODE; }  /* YMM0 is destination and index */
PROVOKE(MMX_EM) { enable_vectors(pc); pc->cpu->cr0 |= CR0_EM; RUN(pc, 0x0f, 0xfc, 0xc1); return NO_ERROR_CODE; }
PROVOKE(MXCSR_RESERVED) { enable_vectors(pc); put32(pc->ram + DATA, 1 << 16); RUN(pc, 0x0f, 0xae, 0x13); return 0; }
PROVOKE(XRSTOR_HEADER) { enable_vectors(pc); pc->cpu->gpr[RAX] = 7; put64(pc->ram + DATA + 512, 8); RUN(pc, 0x0f, 0xae, 0x2b); return 0; }
PROVOKE(XRSTOR_COMPACTED_HEADER) { enable_vectors(pc); put64(pc->ram + DATA + 520, 1ull << 63 | 8); RUN(pc, 0x0f, 0xae, 0x2b); return 0; }
PROVOKE(XRSTORS_NOT_COMPACTED) { enable_vectors(pc); RUN(pc, 0x0f, 0xc7, 0x1b); return 0; }
PROVOKE(MONITOR_PRIVILEGE) { enter_protected(pc, 3); RUN(pc, 0x0f, 0x01, 0xc8); return NO_ERROR_CODE; }
PROVOKE(MONITOR_EXTENSION) { enter_protected(pc, 0); pc->cpu->gpr[RCX] = 2; RUN(pc, 0x0f, 0x01, 0xc9); return 0; }
PROVOKE(XCR_RESERVED) { enable_vectors(pc); pc->cpu->gpr[RCX] = 0; pc->cpu->gpr[RAX] = 5; RUN(pc, 0x0f, 0x01, 0xd1); return 0; }
PROVOKE(FLOAT_ERROR)
{
    enable_vectors(pc);
    pc->cpu->cr0 |= CR0_NE;
    pc->cpu->x87 = (struct x87){ .control = 0x37e, .status = 0x8081 };
    RUN(pc, 0x9b);
    return NO_ERROR_CODE;
}

/* A reason without a provocation does not link. */
static u32 provoke_NONE(struct pc *pc) { (void)pc; return 0; }
static const struct {
    const char *name;
    u32 (*provoke)(struct pc *pc);
    u8 vector;
} provocation[] = {
#define X(name, vector, sentence, manual) { #name, provoke_##name, VECTOR_##vector },
#include "cpu/system/reasons.inc"
#undef X
};

/* NOT_IN_REAL_MODE and its like begin in real mode, at a place in memory. */
static inline struct pc *pc_in_memory(void)
{
    static struct cpu_model model;           /* has every feature that a reason needs */
    struct error err = { 0 };
    cr_assert(cpu_model_with(cpu_model_find("corei7_haswell"), "smap, umip, xsavec, xsaves", "", &model, &err), "%s", err.text);
    struct pc *pc = pc_create_of(&model);
    segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
    pc->cpu->rip = 0;
    pc->cpu->gpr[RSP] = 0x1000;
    return pc;
}

#endif
