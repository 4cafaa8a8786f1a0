/* The words of operation bodies, as the exact instance means them.  Included by cpu/run/exact.c inside its switch.
 *
 *   uw, sw, W      the operation's unsigned and signed type and its width in bits; udouble, sdouble hold twice as many
 *   R(f), SET_R    register named by field f (d or s); a 32-bit write clears the upper half
 *   REG(n)         a register by number, at the operation's width; SET_REG writes it
 *   EA, SEG        offset and segment of the memory operand
 *   LD ST          load, store of W bits at SEG:EA; RMW and WB the two halves of a read-modify-write; LD_BYTES of another size
 *   LD_AT ST_AT    the same through a segment by number; INDEX_MASK of the address size, for SI and DI
 *   SP, SET_SP     stack pointer by the stack's size; LD_STACK loads at SS:sp, PUSH stores below SP and moves it
 *   FL(K, a, r)    flags of kind K with first operand a and result r
 *   FL_RAW(r, k)   SF ZF PF of r; CF OF AF from the EFLAGS bits k;  FL_ALL(f) all six from f, which an operation left;  FL_LOADED(f) from any f
 *   KEEP_CF()      before the kinds INC and DEC, which leave CF
 *   FL_CHANGE(which, bits)  CF and OF alone, as far as `which` names them;  EFLAGS() all of them;  CF() ZF() .. LESS_EQUAL() conditions
 *   NOW            tick of this instruction
 *   TRY(call)      a call that may raise a fault;  RAISE(reason, facts) raises one
 *   SYNC           brings cpu->rip and cpu->next_rip up to date, for bodies that leave or call out
 *   NEXT           on to the next record;  END leaves the trace at cpu->next_rip;  GOTO(t) near transfer to offset t
 *   TARGET         of a direct branch; BRANCH(c) goes there when c, TAKE(t) always;  REFUSE(t) the fault of a BAD_TARGET(t),
 *                  CHECK_TARGET(t) when it is one */
#include "cpu/ops/words.h"
#define FORM_CASE_(name, w) case OP_##name##_##w:
#define FORM_CASE(name, w) FORM_CASE_(name, w)
#define OP(name) FORM_CASE(name, W)
#define OP_UNSIZED_(name) case OP_##name:
#define OP_UNSIZED(name) OP_UNSIZED_(name)
#define EA record_ea(cpu, rec)

#define INDEX_MASK ADDR_MASK
#define LD(v, ea) LD_AT(v, SEG, ea)
#define ST(ea, v) ST_AT(SEG, ea, v)
#define LD_AT(v, seg, ea) \
    do { u64 value_; if (!load(cpu, seg, ea, W / 8, &value_)) goto fault; (v) = (uw)value_; } while (0)
#define ST_AT(seg, ea, v) \
    do { if (!store(cpu, seg, ea, W / 8, (uw)(v))) goto fault; } while (0)
#define LD_BYTES(v, ea, bytes) do { u64 value_; if (!load(cpu, SEG, ea, bytes, &value_)) goto fault; (v) = value_; } while (0)
#define STACK_MASK cpu->stack_mask
#define SP (cpu->gpr[RSP] & STACK_MASK)
#define SET_SP(v) (cpu->gpr[RSP] = (cpu->gpr[RSP] & ~STACK_MASK) | ((v) & STACK_MASK))
#define LD_STACK(v, sp) \
    do { u64 value_; if (!load(cpu, CPU_SEG_SS, sp, W / 8, &value_)) goto fault; (v) = (uw)value_; } while (0)
#define PUSH(v) \
    do { u64 sp_ = (cpu->gpr[RSP] - W / 8) & STACK_MASK; if (!store(cpu, CPU_SEG_SS, sp_, W / 8, (uw)(v))) goto fault; SET_SP(sp_); } while (0)
#define RMW(v, ea) \
    do { u64 value_; update_ea = (ea); if (!load_for_update(cpu, SEG, update_ea, W / 8, &value_)) goto fault; (v) = (uw)value_; } while (0)
#define WB(v) \
    do { if (!linear_write(cpu, SEG, linear_of(cpu, SEG, update_ea), W / 8, (uw)(v))) goto fault; } while (0)

#define FL(kind, a, r) \
    (cpu->flag_first = (uw)(a), cpu->flag_result = (uw)(r), cpu->flag_kind = FLAG_##kind | W << 8)
#define FL_RAW(r, kept) \
    (cpu->flag_kept = (kept), cpu->flag_result = (uw)(r), cpu->flag_kind = FLAG_RAW | W << 8)
#define FL_ALL(f) cpu_set_arithmetic_flags(cpu, f)
#define FL_LOADED(f) cpu_set_arithmetic_flags(cpu, f)
#define FL_CHANGE(which, bits) flag_change(cpu, which, bits)
#define KEEP_CF() (cpu->flag_kept = CF())
#define EFLAGS() cpu_eflags(cpu)
#define CF() flag_cf(cpu)
#define ZF() flag_zf(cpu)
#define SF() flag_sf(cpu)
#define PF() flag_pf(cpu)
#define OF() flag_of(cpu)
#define BELOW_EQUAL() condition_be(cpu)
#define LESS() condition_l(cpu)
#define LESS_EQUAL() condition_le(cpu)

#define NOW cpu_now(cpu)
#define HERE (base + trace->offset[rec - trace->first])
#define AFTER (base + trace->offset[rec - trace->first + 1])
#define SYNC (cpu->rip = HERE, cpu->next_rip = AFTER)
#define TRY(call) do { if (!(call)) goto fault; } while (0)
#define RAISE(...) do { FAULT(cpu, __VA_ARGS__); goto fault; } while (0)
#define BAD_TARGET(t) ((t) + cpu->target_bias > cpu->target_last)
#define NEXT goto next
#define END goto end
#define GOTO(t) do { target = (uw)(t); goto transfer; } while (0)
#define TARGET ((uw)(AFTER + (u64)(s64)rec->disp))
#define REFUSE(t) do { target = (t); goto branch_fault; } while (0)
#define TAKE(t) do { target = (t); goto branch; } while (0)
#define CHECK_TARGET(t) do { if (BAD_TARGET(t)) REFUSE(t); } while (0)
#define BRANCH(c) do { if (c) TAKE(TARGET); rec++; NEXT; } while (0)
#define SHIFT_BY(name, v, count) SHIFT_FUNCTION(name, W)(cpu, &(v), count)
#define SHIFT_BY_CONSTANT(name, v) SHIFT_BY(name, v, (u8)rec->imm)
#define SHIFT_DOUBLE_BY(name, v, fill, count) SHIFT_FUNCTION(name, W)(cpu, &(v), fill, count)
