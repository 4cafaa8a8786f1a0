#ifndef ORRERY_SYSTEM_SYSTEM_H
#define ORRERY_SYSTEM_SYSTEM_H
/* Segments, transfers, gates, tasks, control registers: what operation bodies call.        doc: system
 *
 * Common rule: false = a fault has been raised (cpu->fault) and nothing of the guest's state was committed, except
 * where the manual commits first.  While a body runs, cpu->rip is the instruction's own address and cpu->next_rip that
 * of the next one: a transfer stores its target in cpu->next_rip; the loop then moves it to cpu->rip.
 * opsize is 2, 4 or 8 bytes. */
#include "cpu/run/processor.h"

/* --- segment registers: cpu/memory/segment.c --- */
void segment_derive(struct cpu *cpu, unsigned seg);                     /* access ranges from base, limit, rights, mode */
void segment_set_real(struct cpu *cpu, unsigned seg, u16 selector);     /* real and V86 mode loads */
bool segment_load(struct cpu *cpu, unsigned seg, u16 selector);         /* MOV, POP, LDS.. to ES SS DS FS GS, any mode */

/* --- far transfers: cpu/system/far.c return.c --- */
bool far_jump(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize);
bool far_call(struct cpu *cpu, u16 selector, u64 offset, unsigned opsize);
bool far_return(struct cpu *cpu, unsigned opsize, u16 pop_bytes);
bool interrupt_return(struct cpu *cpu, unsigned opsize);                /* IRET, IRETD in every mode, NT included */

/* --- interrupts and exceptions: cpu/system/interrupt.c exception.c --- */
bool interrupt_software(struct cpu *cpu, u8 vector);                    /* INT n */
bool interrupt_exception(struct cpu *cpu, u8 vector);                   /* INT3, INTO, INT1: no IOPL check */
void interrupt_external(struct cpu *cpu, u8 vector);                    /* at an instruction boundary; faults are delivered too */
void interrupt_nmi(struct cpu *cpu);
/* Delivers cpu->fault (raised by the instruction at cpu->rip), escalating to #DF and shutdown; ends with cpu->rip at the
 * handler or cpu->activity == ACTIVITY_SHUTDOWN. */
void exception_deliver(struct cpu *cpu);

/* --- descriptor-table instructions: cpu/system/selectors.c --- */
bool load_ldtr(struct cpu *cpu, u16 selector);                          /* LLDT: privilege and mode checks included */
bool load_tr(struct cpu *cpu, u16 selector);                            /* LTR */
bool lar(struct cpu *cpu, u16 selector, u32 *rights, bool *ok);         /* rights as LAR returns them; ok = ZF; false only on a page fault */
bool lsl(struct cpu *cpu, u16 selector, u32 *limit, bool *ok);
bool verify(struct cpu *cpu, u16 selector, bool write, bool *ok);       /* VERR, VERW */

/* --- control, debug and test registers, MSRs: cpu/system/control.c debug.c msr.c cpuid.c sysenter.c --- */
bool control_read(struct cpu *cpu, unsigned n, u64 *value);             /* MOV r, CRn: #UD, #GP checks included */
bool control_write(struct cpu *cpu, unsigned n, u64 value);
bool umip_allows(struct cpu *cpu);                                      /* #GP(0) of SGDT and its kind at CPL > 0 with CR4.UMIP */
bool load_msw(struct cpu *cpu, u16 value);                              /* LMSW */
bool clear_task_switched(struct cpu *cpu);                              /* CLTS */
bool debug_read(struct cpu *cpu, unsigned n, u64 *value);
bool debug_write(struct cpu *cpu, unsigned n, u64 value);
bool test_read(struct cpu *cpu, unsigned n, u64 *value);                /* MOV r, TRn: 386/486 only */
bool test_write(struct cpu *cpu, unsigned n, u64 value);
bool msr_read(struct cpu *cpu);                                         /* RDMSR: ECX -> EDX:EAX */
bool msr_write(struct cpu *cpu);
u32 cpu_signature(const struct cpu_model *model);                       /* family, model, stepping as CPUID and RESET tell */
void cpuid(struct cpu *cpu);                                            /* EAX, ECX -> EAX EBX ECX EDX */
bool read_tsc(struct cpu *cpu);                                         /* RDTSC into EDX:EAX */
bool monitor(struct cpu *cpu, unsigned seg, u64 ea);                    /* MONITOR: cpu/system/monitor.c */
bool monitor_wait(struct cpu *cpu);                                     /* MWAIT */
bool monitor_interrupted(struct cpu *cpu);                              /* a waiting processor goes on for an interrupt that it does not take */
void monitor_disarm(struct cpu *cpu);
bool monitor_available(const struct cpu *cpu);
bool sysenter(struct cpu *cpu);
bool sysexit(struct cpu *cpu, bool to_64bit);                           /* REX.W: to 64-bit code */
bool syscall_enter(struct cpu *cpu);                                    /* SYSCALL: cpu/system/syscall.c */
bool syscall_return(struct cpu *cpu, bool to_64bit);                    /* SYSRET */
bool swap_gs(struct cpu *cpu);
bool fsgsbase_open(struct cpu *cpu);                                    /* #UD unless CR4.FSGSBASE */
bool fsgsbase_write(struct cpu *cpu, unsigned seg, u64 base);
bool set_access_flag(struct cpu *cpu, bool value);                      /* STAC, CLAC */
bool invalidate_pcid(struct cpu *cpu, u64 type, unsigned seg, u64 ea);  /* INVPCID */
bool read_pmc(struct cpu *cpu);                                         /* RDPMC */
bool read_tscp(struct cpu *cpu);                                        /* RDTSCP */

/* Instruction breakpoint at cpu->rip (RF clear): false after #DB was raised. */
bool debug_check_fetch(struct cpu *cpu);
/* Data and I/O breakpoints note their DR6 bits in cpu->debug_pending; the loop raises #DB after the instruction. */
void debug_note_data(struct cpu *cpu, u64 la, unsigned size_bytes, bool write);
void debug_note_io(struct cpu *cpu, u16 port, unsigned size_bytes);
bool debug_page_watched(const struct cpu *cpu, u64 la);                 /* a data breakpoint lies in this page */
static inline bool debug_fetch_armed(const struct cpu *cpu) { return cpu->dr[7] & 0xff; }
/* Raises #DB for cpu->debug_pending bits (and BS when single_step), clearing them. Always false. */
bool debug_raise_trap(struct cpu *cpu, bool single_step);

/* --- system management mode: cpu/system/smm.c --- */
/* As "I/O Instruction Type Encodings" numbers them. */
enum port_access { PORT_OUT_DX = 0, PORT_OUTS = 2, PORT_REP_OUTS = 6, PORT_OUT_IMMEDIATE = 8 };
void smm_request(struct cpu *cpu);                       /* SMI, by line or message */
void smm_note_out(struct cpu *cpu, u16 port, unsigned size_bytes, enum port_access how);       /* of this instruction an SMI came */
void smm_enter(struct cpu *cpu);                         /* at an instruction boundary */
bool smm_resume(struct cpu *cpu);                        /* RSM */
void smm_reset(struct cpu *cpu, bool was_in_smm);

/* --- privilege of instructions: cpu/system/eflags.c io.c control.c --- */
bool io_allowed(struct cpu *cpu, u16 port, unsigned size_bytes);        /* IOPL and I/O permission bitmap: cpu/system/io.c */
bool io_unchecked(const struct cpu *cpu);                /* neither the bitmap nor a breakpoint looks at a port */
bool require_cpl0(struct cpu *cpu);                                     /* #GP(0) unless CPL 0 (V86 is CPL 3) */
/* POPF/IRET rules: which bits of EFLAGS a POPF of this size may change at this CPL, IOPL, mode. */
bool pop_flags(struct cpu *cpu, u32 value, unsigned opsize);            /* #GP in V86 with IOPL < 3; VIF rules when VME */
bool push_flags_value(struct cpu *cpu, unsigned opsize, u32 *value);    /* the image that PUSHF stores, or #GP in V86 */
bool clear_interrupt_flag(struct cpu *cpu);                             /* CLI */
bool set_interrupt_flag(struct cpu *cpu);                               /* STI: the loop sees to the shadow */

/* --- stack: cpu/memory/stack.c.  Commit of RSP is part of the call and happens last. --- */
bool stack_push(struct cpu *cpu, u64 value, unsigned size_bytes);
bool stack_pop(struct cpu *cpu, u64 *value, unsigned size_bytes);

#endif
