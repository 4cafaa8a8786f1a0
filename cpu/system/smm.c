/* System management mode: SMI, RSM.  SDM vol. 3C, "System Management Mode"; vol. 2, "RSM".            doc: smm
 *   SMI -> SMRAM decoded, state to SMBASE + FC00h .. FFFFh, real mode with segments of 4 GiB at SMBASE:8000h; SMI, NMI, INIT wait, A20M# does not count
 *   RSM -> state from there, SMBASE anew, SMRAM hidden
 * Entry and return use physical addresses, a byte at a time: a base may lie anywhere. */
#include "cpu/system/smm.h"

#include "cpu/memory/access.h"
#include "cpu/system/transfer.h"

enum { ENTRY = 0x8000, RIGHTS_SMM = RIGHTS_G | RIGHTS_P | RIGHTS_S | RIGHTS_WRITABLE | RIGHTS_ACCESSED };
enum { DR6_FIXED = 0xffff0ff0, DR6_KEPT = 0xe00f, DR7_FIXED = 0x400, DR7_KEPT = 0xffff23ff };
enum { PENTIUM_SMBASE_GRAIN = 0x8000, SELECTOR_BEFORE_P6 = 0x3000 };

/* The 486 has it from the stepping with CPUID on. */
static bool smm_exists(const struct cpu *cpu) { return cpu->model->has_cpuid; }

static void tell_board(struct cpu *cpu)
{
    cpu_sync_time(cpu);
    if (cpu->bus.smm_changed) cpu->bus.smm_changed(cpu->bus.board, cpu->number, cpu->smm);
    tlb_flush(cpu);
}

bool cpu_in_smm(const struct cpu *cpu) { return cpu->smm; }

/* A processor that waits for its start-up message keeps no SMI.  The manual says that such a one takes none; whether it remembers one a part
 * with a second processor and an SMI before its start-up message would show. */
void smm_request(struct cpu *cpu)
{
    if (!smm_exists(cpu) || cpu->activity == ACTIVITY_WAITING_START) return;
    cpu->smi_pending = true;
    cpu_leave_after_instruction(cpu);
}

void smm_reset(struct cpu *cpu, bool was_in_smm)
{
    cpu->smbase = 0x30000;
    if (was_in_smm) tell_board(cpu);
}

/* --- the I/O instruction that the SMI came of --- */

/* "I/O State Implementation": valid, length, type, port.  AMD: "SMM I/O Trap Offset": valid, string, REP, size, port. */
static u32 io_state(const struct cpu *cpu, u16 port, unsigned size, enum port_access how)
{
    bool repeats = how == PORT_REP_OUTS, string = repeats || how == PORT_OUTS;

    if (!is_amd(cpu)) return 1 | size << 1 | (u32)how << 4 | (u32)port << 16;
    return 2 | (u32)string << 2 | (u32)repeats << 3 | size << 4 | (u32)port << 16;
}

void smm_note_out(struct cpu *cpu, u16 port, unsigned size, enum port_access how)
{
    cpu->io_tick = cpu_now(cpu) + 1;
    cpu->io_rip = cpu->rip;
    cpu->io_rcx = cpu->gpr[RCX];
    cpu->io_rsi = cpu->gpr[RSI];
    cpu->io_state = io_state(cpu, port, size, how);
}

/* --- memory --- */

static u8 byte_load(struct cpu *cpu, u32 pa)
{
    const struct physical_page *page = page_at(cpu, pa);
    return page->read ? page->read[pa & (PAGE_BYTES - 1)] : (u8)bus_load(cpu, pa, 1);
}

static void byte_store(struct cpu *cpu, u32 pa, u8 value)
{
    struct physical_page *page = page_at(cpu, pa);

    if (!page->write) {
        bus_store(cpu, pa, 1, value);
        return;
    }
    cpu_memory_written(cpu, pa, 1);
    page->write[pa & (PAGE_BYTES - 1)] = value;
}

/* AMD's attributes; that the segment is not usable stands in a reserved bit of theirs. */
static u32 rights_packed(u32 rights) { return (rights & 0xff) | (rights >> 4 & 0xf00) | (rights & SMM_UNUSABLE) >> 1; }
static u32 rights_unpacked(u32 packed) { return (packed & 0xff) | (packed & 0xf00) << 4 | (packed << 1 & SMM_UNUSABLE); }

static bool holds_rights(const struct smm_slot *s) { return s->field >= SMM_RIGHTS && s->field < SMM_RIGHTS + CPU_SEGS; }

static void map_save(struct cpu *cpu, const struct smm_map *map, const u64 *field)
{
    for (unsigned n = 0; n < map->count; n++) {
        const struct smm_slot *s = &map->slot[n];
        u64 value = field[s->field] >> s->shift;
        if (map->packed_rights && holds_rights(s)) value = rights_packed((u32)value);
        for (unsigned i = 0; i < s->bytes; i++) byte_store(cpu, cpu->smbase + ENTRY + s->at + i, (u8)(value >> 8 * i));
    }
}

static void map_load(struct cpu *cpu, const struct smm_map *map, u64 *field)
{
    for (unsigned n = 0; n < SMM_FIELDS; n++) field[n] = 0;
    for (unsigned n = 0; n < map->count; n++) {
        const struct smm_slot *s = &map->slot[n];
        u64 value = 0;
        for (unsigned i = 0; i < s->bytes; i++) value |= (u64)byte_load(cpu, cpu->smbase + ENTRY + s->at + i) << 8 * i;
        if (map->packed_rights && holds_rights(s)) value = rights_unpacked((u32)value);
        field[s->field] |= value << s->shift;
    }
}

/* --- SMI --- */

static void take_fields(const struct cpu *cpu, const struct smm_map *map, u64 *field)
{
    bool after_io = cpu->io_tick == cpu->time->now;

    for (unsigned n = 0; n < 16; n++) field[SMM_GPR + n] = cpu->gpr[n];
    for (unsigned n = 0; n < CPU_SEGS; n++) {
        const struct segment *s = &cpu->seg[n];
        field[SMM_SELECTOR + n] = s->selector;
        field[SMM_BASE + n] = s->base;
        field[SMM_LIMIT + n] = s->limit;
        field[SMM_RIGHTS + n] = s->rights | (s->usable ? 0 : SMM_UNUSABLE);
    }
    field[SMM_RIP] = cpu->rip;
    field[SMM_RFLAGS] = cpu_eflags(cpu);
    field[SMM_CR0] = cpu->cr0;
    field[SMM_CR3] = cpu->cr3;
    field[SMM_CR4] = cpu->cr4;
    field[SMM_EFER] = cpu->efer;
    field[SMM_DR6] = cpu->dr[6];
    field[SMM_DR7] = cpu->dr[7];
    field[SMM_CPL] = cpu->cpl;
    field[SMM_GDTR_BASE] = cpu->gdtr_base;
    field[SMM_GDTR_LIMIT] = cpu->gdtr_limit;
    field[SMM_IDTR_BASE] = cpu->idtr_base;
    field[SMM_IDTR_LIMIT] = cpu->idtr_limit;
    field[SMM_IO_RIP] = after_io ? cpu->io_rip : cpu->rip;
    field[SMM_IO_RCX] = after_io ? cpu->io_rcx : cpu->gpr[RCX];
    field[SMM_IO_RSI] = after_io ? cpu->io_rsi : cpu->gpr[RSI];
    field[SMM_IO_RDI] = cpu->gpr[RDI];
    field[SMM_IO_STATE] = after_io ? cpu->io_state : 0;
    field[SMM_HALT] = cpu->activity == ACTIVITY_HALTED ? map->halt_bits : 0;
    field[SMM_IO_RESTART] = 0;
    field[SMM_REVISION] = map->revision;
    field[SMM_SMBASE] = cpu->smbase;
}

/* "SMI Handler Execution Environment", "Processor Register Initialization in SMM".  GDTR, LDTR, IDTR, TR and DR6 are undefined there, and
 * stay as they are here. */
static void enter_environment(struct cpu *cpu)
{
    cpu->cr0 &= ~(u64)(CR0_PE | CR0_EM | CR0_TS | CR0_PG);
    cpu->cr4 = cpu->efer = 0;
    cpu->dr[7] = DR7_FIXED;
    cpu->debug_pending = 0;
    cpu->cpl = 0;
    cpu->rip = cpu->trace_rip = cpu->next_rip = ENTRY;
    for (unsigned seg = 0; seg < 6; seg++) {
        bool cs = seg == CPU_SEG_CS;
        u16 selector = cpu->model->family < 6 ? SELECTOR_BEFORE_P6 : (u16)(cpu->smbase >> 4);
        cpu->seg[seg] = (struct segment){ .selector = cs ? selector : 0, .base = cs ? cpu->smbase : 0, .limit = 0xffffffff, .rights = RIGHTS_SMM,
                                          .usable = true };
    }
}

static void derive_all(struct cpu *cpu, u32 eflags)
{
    tlb_flush(cpu);
    cpu_set_eflags(cpu, eflags);
    for (unsigned seg = 0; seg < CPU_SEGS; seg++) segment_derive(cpu, seg);
    mode_derive(cpu);
}

void smm_enter(struct cpu *cpu)
{
    const struct smm_map *map = smm_map_of(cpu);
    u64 field[SMM_FIELDS];

    take_fields(cpu, map, field);
    cpu->smi_pending = false;
    cpu->smm = cpu->nmi_blocked = true;
    tell_board(cpu);
    map_save(cpu, map, field);
    monitor_disarm(cpu);
    cpu_set_activity(cpu, ACTIVITY_RUNNING);
    enter_environment(cpu);
    derive_all(cpu, EFLAGS_1);
}

/* --- RSM --- */

static bool bits_among(u64 value, u64 known) { return !(value & ~known); }

/* "Exiting From SMM": what leads to shutdown.  Beyond the manual's list, whatever no sequence of instructions could have made, which the manual
 * calls unpredictable. */
static bool legal(const struct cpu *cpu, const u64 *field)
{
    u64 cr0 = field[SMM_CR0], cr4 = field[SMM_CR4], efer = field[SMM_EFER];
    bool lma = efer & EFER_LMA, lme = efer & EFER_LME, paging = cr0 & CR0_PG, v86 = field[SMM_RFLAGS] & EFLAGS_VM;

    if (!bits_among(cr4, cr4_known(cpu)) || !bits_among(efer, efer_known(cpu))) return false;
    if (!bits_among(cr0, cr0_writable(cpu) | CR0_ET)) return false;
    if (paging && !(cr0 & CR0_PE)) return false;
    if (cr0 & CR0_NW && !(cr0 & CR0_CD)) return false;
    if (cpu->model->family < 6 && field[SMM_SMBASE] % PENTIUM_SMBASE_GRAIN) return false;
    if (lma != (lme && paging) || (lma && !(cr4 & CR4_PAE)) || (cr4 & CR4_PCIDE && !lma)) return false;
    if (lma ? field[SMM_CR3] >> cpu->model->pa_bits : field[SMM_CR3] >> 32) return false;
    return !v86 || (cr0 & CR0_PE && !lma);
}

/* Where addresses have 32 bits, so do registers; elsewhere a base is canonical. */
static u64 base_of(const struct cpu *cpu, u64 value)
{
    return has(cpu, FEATURE_LM) ? (u64)((s64)(value << 16) >> 16) : (u32)value;
}

static void put_segments(struct cpu *cpu, const u64 *field)
{
    for (unsigned n = 0; n < CPU_SEGS; n++)
        cpu->seg[n] = (struct segment){
            .selector = (u16)field[SMM_SELECTOR + n], .base = base_of(cpu, field[SMM_BASE + n]), .limit = (u32)field[SMM_LIMIT + n],
            .rights = (u16)(field[SMM_RIGHTS + n] & 0xf0ff), .usable = !(field[SMM_RIGHTS + n] & SMM_UNUSABLE),
        };
}

static void put_fields(struct cpu *cpu, const struct smm_map *map, const u64 *field)
{
    bool restart = field[SMM_IO_RESTART] == map->restart_bits, v86 = field[SMM_RFLAGS] & EFLAGS_VM;

    for (unsigned n = 0; n < 16; n++) cpu->gpr[n] = field[SMM_GPR + n];
    if (restart) {
        cpu->gpr[RCX] = field[SMM_IO_RCX];
        cpu->gpr[RSI] = field[SMM_IO_RSI];
        cpu->gpr[RDI] = field[SMM_IO_RDI];
    }
    cpu->next_rip = restart ? field[SMM_IO_RIP] : field[SMM_RIP];
    cpu->cr0 = field[SMM_CR0];
    cpu->cr3 = field[SMM_CR3];
    cpu->cr4 = field[SMM_CR4];
    cpu->efer = field[SMM_EFER];
    cpu->dr[6] = DR6_FIXED | (field[SMM_DR6] & DR6_KEPT);
    cpu->dr[7] = DR7_FIXED | (field[SMM_DR7] & DR7_KEPT);
    cpu->cpl = real_mode(cpu) ? 0 : v86 ? 3 : field[SMM_CPL] & 3;
    cpu->gdtr_base = base_of(cpu, field[SMM_GDTR_BASE]);
    cpu->gdtr_limit = (u16)field[SMM_GDTR_LIMIT];
    cpu->idtr_base = base_of(cpu, field[SMM_IDTR_BASE]);
    cpu->idtr_limit = (u16)field[SMM_IDTR_LIMIT];
    cpu->smbase = (u32)field[SMM_SMBASE];
    put_segments(cpu, field);
}

/* The page-directory-pointer registers come with CR3, from the memory that the program sees. */
static bool load_pdptes(struct cpu *cpu)
{
    if (!(cpu->cr0 & CR0_PG) || !(cpu->cr4 & CR4_PAE) || long_mode(cpu)) return true;
    return paging_load_pdptes(cpu, cpu->cr3);
}

bool smm_resume(struct cpu *cpu)
{
    const struct smm_map *map = smm_map_of(cpu);
    u64 field[SMM_FIELDS];

    if (!cpu->smm) return FAULT(cpu, RSM_OUTSIDE_SMM);
    map_load(cpu, map, field);
    if (!legal(cpu, field)) {
        cpu_set_activity(cpu, ACTIVITY_SHUTDOWN);
        return true;
    }
    put_fields(cpu, map, field);
    cpu->smm = cpu->nmi_blocked = false;
    tell_board(cpu);
    derive_all(cpu, ((u32)field[SMM_RFLAGS] & eflags_known(cpu)) | EFLAGS_1);
    cpu_set_activity(cpu, !load_pdptes(cpu) ? ACTIVITY_SHUTDOWN : field[SMM_HALT] & 1 ? ACTIVITY_HALTED : ACTIVITY_RUNNING);
    cpu_leave_after_instruction(cpu);
    return true;
}
