#ifndef ORRERY_RUN_OPERATIONS_H
#define ORRERY_RUN_OPERATIONS_H
/* What operation bodies call when the work is longer than a body: stack frames, pointers, decimal adjustment, strings,
 * ports.  false = a fault was raised, nothing committed (a repeated string instruction: whole iterations are). doc: operations */
#include "cpu/decode/record.h"
#include "cpu/memory/access.h"
#include "cpu/system/system.h"

/* Offset of a record's memory operand. */
static inline u64 record_ea(const struct cpu *cpu, const struct record *rec)
{
    u64 base = *(const u64 *)((const u8 *)cpu + rec->b), index = *(const u64 *)((const u8 *)cpu + rec->x);
    u64 ea = base + (index << record_scale(rec)) + (u64)(s64)rec->disp;
    return ea & cpu->address_mask[record_narrow(rec)];
}
/* The same without the index, not cut to the address size. */
static inline u64 record_base(const struct cpu *cpu, const struct record *rec)
{
    return *(const u64 *)((const u8 *)cpu + rec->b) + (u64)(s64)rec->disp;
}
static inline u64 record_mask(const struct cpu *cpu, const struct record *rec) { return cpu->address_mask[record_narrow(rec)]; }

/* cpu/run/operations.c */
bool push_selector(struct cpu *cpu, u16 selector, unsigned size_bytes);
bool pop_segment(struct cpu *cpu, unsigned seg, unsigned size_bytes);
bool push_all(struct cpu *cpu, unsigned size_bytes);
bool pop_all(struct cpu *cpu, unsigned size_bytes);
bool enter_frame(struct cpu *cpu, unsigned size_bytes, u16 frame_bytes, u8 level);
/* #GP of a near transfer to `target`: past the CS limit, or not canonical.  Always false. */
bool branch_refused(struct cpu *cpu, u64 target);
bool load_far_pointer(struct cpu *cpu, const struct record *rec, unsigned offset_bytes, u64 *offset, u64 *selector);
/* False after #UD: MOV knows no such segment register, or CS. */
bool segment_register_exists(struct cpu *cpu, unsigned seg);
bool move_to_segment(struct cpu *cpu, unsigned seg, u16 selector);
bool store_table_register(struct cpu *cpu, const struct record *rec, u16 limit, u64 base);
bool load_table_register(struct cpu *cpu, const struct record *rec, unsigned opsize_bits, u16 *limit, u64 *base);
/* RDRAND, RDSEED: the next number of a sequence that begins anew with every reset. */
u64 draw_random(struct cpu *cpu);
void decimal_adjust(struct cpu *cpu, bool subtract);     /* DAA, DAS */
void ascii_adjust(struct cpu *cpu, bool subtract);       /* AAA, AAS */
void cpu_set_result_flags8(struct cpu *cpu, u8 result);  /* SF ZF PF of a byte; CF OF AF cleared */

/* cpu/run/string.c.  They run at most cpu->budget iterations, take their ticks, and set cpu->next_rip to cpu->rip when
 * iterations are left. */
static inline void string_advance(u64 *reg, s64 step, u64 mask)
{
    u64 v = *reg + (u64)step;
    *reg = mask == 0xffff ? (*reg & ~0xffffull) | (v & 0xffff) : v & mask;
}
bool rep_movs(struct cpu *cpu, const struct record *rec, unsigned size_bytes);
bool rep_stos(struct cpu *cpu, const struct record *rec, unsigned size_bytes);
bool rep_lods(struct cpu *cpu, const struct record *rec, unsigned size_bytes);
bool rep_cmps(struct cpu *cpu, const struct record *rec, unsigned size_bytes, bool while_equal);
bool rep_scas(struct cpu *cpu, const struct record *rec, unsigned size_bytes, bool while_equal);
bool rep_ins(struct cpu *cpu, const struct record *rec, unsigned size_bytes);
bool rep_outs(struct cpu *cpu, const struct record *rec, unsigned size_bytes);

/* cpu/run/io.c */
bool port_in(struct cpu *cpu, u16 port, unsigned size_bytes, u32 *value);
bool port_out(struct cpu *cpu, u16 port, unsigned size_bytes, u32 value, enum port_access how);
bool ins_once(struct cpu *cpu, const struct record *rec, unsigned size_bytes);
bool outs_once(struct cpu *cpu, const struct record *rec, unsigned size_bytes, enum port_access how);

/* A repeat's counter, (E)CX by address size. */
static inline u64 repeat_count(const struct cpu *cpu, const struct record *rec) { return cpu->gpr[RCX] & record_mask(cpu, rec); }
void repeat_done(struct cpu *cpu, const struct record *rec, u64 iterations);   /* counter down, ticks taken */

#endif
