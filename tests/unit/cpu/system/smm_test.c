/* System management mode.  SDM vol. 3C, "System Management Mode"; AMD64 Architecture Programmer's Manual vol. 2, "System-Management Mode". */
#include "cpu/system/smm.h"
#include "tests/unit/cpu/fixture.h"

enum { SMBASE = 0x30000, ENTRY = 0x38000, MOVED = 0x50000 };
enum { HLT = 0xf4, NOP = 0x90 };
#define RSM 0x0f, 0xaa

static u8 *saved(struct pc *pc, u32 offset) { return pc->ram + pc->cpu->smbase + 0x8000 + offset; }

static void put_code(struct pc *pc, u32 at, const u8 *bytes, unsigned size)
{
    memcpy(pc->ram + at, bytes, size);
    cpu_memory_written(pc->cpu, at, size);
}
#define PUT(pc, at, ...) put_code(pc, at, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ })

static void smi(struct pc *pc) { cpu_set_line(pc->cpu, CPU_LINE_SMI, true); }

/* An SMI is taken; one NOP of its handler runs. */
static void enter(struct pc *pc)
{
    PUT(pc, ENTRY, NOP, RSM);
    smi(pc);
    run_ticks(pc, 1);
    cr_assert(cpu_in_smm(pc->cpu));
    cr_assert_eq(pc->cpu->rip, 0x8001);
}

static void leave(struct pc *pc)
{
    run_ticks(pc, 1);
    cr_assert_not(cpu_in_smm(pc->cpu));
}

/* "Processor Register Initialization in SMM" */
Test(smm, an_smi_begins_at_8000h_of_smbase_with_segments_of_4_gib)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 3);
    enter_paging(pc);
    pc->cpu->cr0 |= CR0_TS | CR0_EM | CR0_NE;
    pc->cpu->cr4 |= CR4_PSE;
    pc->cpu->dr[7] = 0x455;
    enter(pc);
    cr_expect_eq(pc->cpu->cr0 & (CR0_PE | CR0_EM | CR0_TS | CR0_PG), 0);
    cr_expect(pc->cpu->cr0 & CR0_NE, "the rest is unmodified");
    cr_expect_eq(pc->cpu->cr4, 0);
    cr_expect_eq(cpu_eflags(pc->cpu), 2);
    cr_expect_eq(pc->cpu->dr[7], 0x400);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].selector, SMBASE >> 4);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].base, SMBASE);
    for (unsigned seg = 0; seg < 6; seg++) {
        cr_expect_eq(pc->cpu->seg[seg].limit, 0xffffffff);
        if (seg == CPU_SEG_CS) continue;
        cr_expect_eq(pc->cpu->seg[seg].selector, 0);
        cr_expect_eq(pc->cpu->seg[seg].base, 0);
    }
    EXPECT_NO_FAULT(pc);
}

Test(smm, each_model_has_its_map_and_its_revision)                                    /* "SMRAM State Save Map", "SMM Revision Identifier" */
{
    static const struct { const char *model; u32 revision; u16 rax, rip, cs, cr3, smbase; } row[] = {
        { "pentium", 0x30000, 0x7fd0, 0x7ff0, 0x7fac, 0x7ff8, 0x7ef8 },
        { "p2_klamath", 0x30002, 0x7fd0, 0x7ff0, 0x7fac, 0x7ff8, 0x7ef8 },
        { "core2_penryn", 0x30101, 0x7f5c, 0x7fd8, 0x7fac, 0x7ff0, 0x7ef8 },
        { "athlon64", 0x30064, 0x7ff8, 0x7f78, 0x7e10, 0x7f50, 0x7f00 },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_create(row[i].model);
        enter_protected(pc, 0);
        pc->cpu->gpr[RAX] = 0x12345678;
        pc->cpu->cr3 = PAGES;
        enter(pc);
        cr_expect_eq(get32(saved(pc, 0x7efc)), row[i].revision, "%s: %x", row[i].model, get32(saved(pc, 0x7efc)));
        cr_expect_eq(get32(saved(pc, row[i].rax)), 0x12345678);
        cr_expect_eq(get32(saved(pc, row[i].rip)), CODE);
        cr_expect_eq(get32(saved(pc, row[i].cs)) & 0xffff, KERNEL_CS);
        cr_expect_eq(get32(saved(pc, row[i].cr3)), PAGES);
        cr_expect_eq(get32(saved(pc, row[i].smbase)), SMBASE);
    }
}

/* --- RSM --- */

struct kept {
    u64 gpr[16], rip, cr0, cr3, cr4, efer, dr6, dr7, gdtr_base, idtr_base;
    u32 eflags, mode;
    u16 gdtr_limit, idtr_limit;
    u8 cpl, activity;
    struct segment seg[CPU_SEGS];
};

static void keep(const struct cpu *cpu, struct kept *k)
{
    memset(k, 0, sizeof *k);
    memcpy(k->gpr, cpu->gpr, sizeof k->gpr);
    memcpy(k->seg, cpu->seg, sizeof k->seg);
    k->rip = cpu->rip, k->cr0 = cpu->cr0, k->cr3 = cpu->cr3, k->cr4 = cpu->cr4, k->efer = cpu->efer, k->dr6 = cpu->dr[6], k->dr7 = cpu->dr[7];
    k->gdtr_base = cpu->gdtr_base, k->idtr_base = cpu->idtr_base, k->gdtr_limit = cpu->gdtr_limit, k->idtr_limit = cpu->idtr_limit;
    k->eflags = cpu_eflags(cpu), k->mode = cpu->mode, k->cpl = cpu->cpl, k->activity = cpu->activity;
}

static void as_real(struct pc *pc) { (void)pc; }
static void as_user(struct pc *pc) { enter_protected(pc, 3), enter_paging(pc); }
static void as_v86(struct pc *pc) { enter_v86(pc, 3); }
static void as_long(struct pc *pc) { enter_long(pc, 0); }
static void as_long_user(struct pc *pc) { enter_long(pc, 3); }
static void as_null_segments(struct pc *pc)
{
    enter_protected(pc, 0);
    segment_set_null(pc->cpu, CPU_SEG_FS, 0);
    segment_set_null(pc->cpu, CPU_SEG_LDTR, 3);
    pc->cpu->dr[7] = 0x2455;
}

Test(smm, rsm_brings_back_everything_in_every_mode)                                   /* "Exiting From SMM" */
{
    static const char *const model[] = { "pentium_mmx", "p3_katmai", "core2_penryn", "ryzen" };
    static const struct { void (*enter)(struct pc *pc); bool x64; } mode[] = {
        { as_real, false }, { as_user, false }, { as_v86, false }, { as_null_segments, false }, { as_long, true }, { as_long_user, true },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(model); i++)
        for (unsigned n = 0; n < ARRAY_COUNT(mode); n++) {
            struct kept before, after;
            PC(pc) = pc_create(model[i]);
            if (mode[n].x64 && !has(pc->cpu, FEATURE_LM)) continue;
            mode[n].enter(pc);
            for (unsigned r = 0; r < (mode[n].x64 ? 16 : 8); r++)
                if (r != RSP) pc->cpu->gpr[r] = (mode[n].x64 ? 0x123456789abcdef0 : 0x9abcdef0) + r;
            cpu_set_eflags(pc->cpu, cpu_eflags(pc->cpu) | EFLAGS_CF | EFLAGS_ZF | EFLAGS_OF | EFLAGS_DF);
            keep(pc->cpu, &before);
            enter(pc);
            leave(pc);
            keep(pc->cpu, &after);
            cr_expect_eq(memcmp(&before, &after, sizeof before), 0, "%s, mode %u", model[i], n);
            EXPECT_NO_FAULT(pc);
        }
}

Test(smm, what_the_handler_changes_in_the_map_is_loaded)
{
    PC(pc) = pc_create("core2_penryn");
    enter_long(pc, 0);
    enter(pc);
    put64(saved(pc, 0x7f5c), 0xfeedface12345678);
    leave(pc);
    cr_expect_eq(pc->cpu->gpr[RAX], 0xfeedface12345678);
}

Test(smm, the_next_smi_uses_the_smbase_that_rsm_loaded)                               /* "SMBASE Relocation" */
{
    PC(pc) = pc_create("athlon64");
    enter_protected(pc, 0);
    enter(pc);
    put32(saved(pc, 0x7f00), MOVED);
    leave(pc);
    PUT(pc, MOVED + 0x8000, NOP);
    smi(pc);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].base, MOVED);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].selector, MOVED >> 4);
}

Test(smm, invalid_state_leads_to_shutdown)                                            /* "Exiting From SMM" */
{
    static const struct { const char *model, *why; u16 at; u32 value; } row[] = {
        { "p2_klamath", "a reserved bit of CR4", 0x7f14, 0x00100000 }, { "p2_klamath", "PG without PE", 0x7ffc, 0x80000010 },
        { "p2_klamath", "NW without CD", 0x7ffc, 0x20000010 },         { "pentium", "SMBASE not at 32 KiB", 0x7ef8, 0x31000 },
        { "core2_penryn", "LMA without PG", 0x7fe0, 0x500 },           { "athlon64", "a reserved bit of EFER", 0x7ed0, 0x10000 },
        { "p2_klamath", "VM without PE", 0x7ff4, 0x20002 },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_create(row[i].model);
        enter(pc);
        put32(saved(pc, row[i].at), row[i].value);
        pc->time.deadline = pc->time.now + 1;
        cpu_run(pc->cpu);
        cr_expect_eq(pc->cpu->activity, ACTIVITY_SHUTDOWN, "%s: %s", row[i].model, row[i].why);
    }
}

/* --- halts and I/O --- */

Test(smm, a_halt_is_gone_back_to_unless_the_handler_clears_its_flag)                  /* "Auto HALT Restart" */
{
    static const struct { const char *model; u16 at; u8 set; } row[] = { { "p2_klamath", 0x7f02, 1 }, { "core2_penryn", 0x7f02, 1 }, { "athlon64", 0x7ec9, 0xff } };

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++)
        for (unsigned cleared = 0; cleared < 2; cleared++) {
            PC(pc) = pc_create(row[i].model);
            enter_protected(pc, 0);
            RUN(pc, HLT);
            enter(pc);
            cr_expect_eq(*saved(pc, row[i].at), row[i].set, "%s", row[i].model);
            if (cleared) *saved(pc, row[i].at) = 0;
            run_ticks(pc, 1);
            cr_expect_eq(pc->cpu->activity, cleared ? ACTIVITY_RUNNING : ACTIVITY_HALTED, "%s", row[i].model);
            cr_expect_eq(pc->cpu->rip, CODE + 1);
        }
}

static void out_and_smi(void *board, u16 port, unsigned size, u32 value)
{
    struct pc *pc = board;
    bus_out(board, port, size, value);
    if (pc->bus.out == 1) smi(pc);
}

Test(smm, an_out_that_the_handler_wants_again_is_made_again)                          /* "I/O Instruction Restart" */
{
    static const struct { const char *model; u16 restart; } row[] = { { "p2_klamath", 0x7f00 }, { "core2_penryn", 0x7f00 }, { "athlon64", 0x7ec8 } };

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++)
        for (unsigned again = 0; again < 2; again++) {
            PC(pc) = pc_create(row[i].model);
            enter_protected(pc, 0);
            pc->cpu->bus.out = out_and_smi;
            pc->cpu->gpr[RDX] = 0xb2;
            PUT(pc, ENTRY, NOP, RSM);
            RUN(pc, 0xee, HLT);
            run_ticks(pc, 1);
            cr_assert(cpu_in_smm(pc->cpu));
            if (again) put16(saved(pc, row[i].restart), 0xff);
            run_ticks(pc, 3);
            cr_expect_eq(pc->bus.out, 1 + again, "%s", row[i].model);
            cr_expect_eq(pc->cpu->rip, CODE + 2);
        }
}

Test(smm, a_rep_outs_is_made_again_from_the_element_that_the_smi_came_of)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    pc->cpu->bus.out = out_and_smi;
    pc->cpu->gpr[RDX] = 0xb2, pc->cpu->gpr[RCX] = 3, pc->cpu->gpr[RSI] = DATA;
    PUT(pc, ENTRY, NOP, RSM);
    RUN(pc, 0xf3, 0x6e, HLT);
    run_ticks(pc, 1);
    cr_assert(cpu_in_smm(pc->cpu));
    put16(saved(pc, 0x7f00), 0xff);
    leave(pc);
    cr_expect_eq(pc->cpu->gpr[RCX], 3);
    cr_expect_eq(pc->cpu->gpr[RSI], DATA);
    cr_expect_eq(pc->cpu->rip, CODE);
}

Test(smm, the_i_o_state_field_says_port_size_and_kind)                                /* "I/O State Implementation"; AMD "SMM I/O Trap Offset" */
{
    static const struct { const char *model; u16 at; u32 value; } row[] = {
        { "core2_penryn", 0x7fa4, 0xb2 << 16 | 8 << 4 | 1 << 1 | 1 }, { "athlon64", 0x7ec0, 0xb2 << 16 | 1 << 4 | 2 },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_create(row[i].model);
        enter_protected(pc, 0);
        pc->cpu->bus.out = out_and_smi;
        PUT(pc, ENTRY, NOP, RSM);
        RUN(pc, 0xe6, 0xb2);
        run_ticks(pc, 1);
        cr_expect_eq(get32(saved(pc, row[i].at)), row[i].value, "%s: %x", row[i].model, get32(saved(pc, row[i].at)));
    }
}

/* --- what waits --- */

Test(smm, nmi_and_one_smi_wait_for_rsm)                                          /* "NMI Handling While in SMM", "Entering SMM" */
{
    PC(pc) = pc_create("pentium");
    enter_protected(pc, 0);
    PUT(pc, ENTRY, NOP, NOP, NOP, RSM);
    smi(pc);
    run_ticks(pc, 1);
    smi(pc);
    smi(pc);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    run_ticks(pc, 2);
    cr_expect_eq(pc->cpu->rip, 0x8003);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, CODE, "back");
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, 0x8001, "the second SMI, before NMI");
    run_ticks(pc, 3);
    cr_expect_eq(pc->cpu->rip, CODE, "back, no third SMI");
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + VECTOR_NMI * 16 + 1, "NMI");
}

Test(smm, init_waits_for_rsm_and_leaves_smbase_alone)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    enter(pc);
    put32(saved(pc, 0x7ef8), MOVED);
    cpu_set_line(pc->cpu, CPU_LINE_INIT, true);
    leave(pc);
    pc->time.deadline = pc->time.now + 1;
    cpu_run(pc->cpu);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].selector, 0xf000);
    cr_expect_eq(pc->cpu->smbase, MOVED);
    cpu_reset(pc->cpu);
    cr_expect_eq(pc->cpu->smbase, SMBASE, "RESET");
}

Test(smm, a20m_does_not_count)
{
    PC(pc) = pc_create("p2_klamath");
    u64 pa;
    cpu_set_a20(pc->cpu, false);
    cpu_translate(pc->cpu, 0x100000, &pa);
    cr_expect_eq(pa, 0);
    enter(pc);
    cpu_translate(pc->cpu, 0x100000, &pa);
    cr_expect_eq(pa, 0x100000);
}

Test(smm, an_smi_waits_for_the_instruction_behind_sti)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    PUT(pc, ENTRY, NOP);
    RUN(pc, 0xfb, NOP, NOP);
    smi(pc);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, CODE + 2);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, 0x8001);
}

Test(smm, a_processor_before_cpuid_has_no_smi)
{
    PC(pc) = pc_create("i386");
    PUT(pc, 0x500, NOP, NOP);
    pc->cpu->rip = 0x500;
    segment_set_real(pc->cpu, CPU_SEG_CS, 0);
    smi(pc);
    run_ticks(pc, 2);
    cr_expect_eq(pc->cpu->rip, 0x502);
}

Test(smm, one_that_waits_for_its_start_up_message_keeps_no_smi)
{
    PC(pc) = pc_create("p2_klamath");
    cpu_set_activity(pc->cpu, ACTIVITY_WAITING_START);
    smi(pc);
    cpu_start_up(pc->cpu, CODE >> 12);
    PUT(pc, CODE, NOP);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, 1);
    cr_expect_not(cpu_in_smm(pc->cpu));
}
