/* Words of x87 bodies in the fast instance.
 *
 *   OPEN          the host's unit holds the guest's registers, control and status word (cpu/run/fast_units.h)
 *   NEEDS(mask)   of ST(i), bit i, is not empty;  ROOM: ST(7) is.  A stack fault is the exact instance's
 *   PUSHED, POPPED(n)  what is empty now
 *   NOTE          this was the last x87 instruction;  NOTE_MEMORY(ea) with an operand in memory */
#define OPEN do { if (unlikely(!(cpu->units & UNIT_X87))) TAIL(fast_open_x87); } while (0)
#define NEEDS(mask) do { if (unlikely((cpu->x87_filled & (mask)) != (mask))) SLOW; } while (0)
#define ROOM do { if (unlikely(cpu->x87_filled & 0x80)) SLOW; } while (0)
#define PUSHED (cpu->x87_filled = (u8)(cpu->x87_filled << 1 | 1))
#define POPPED(n) ((n) ? (void)(cpu->x87_filled >>= (n)) : (void)0)
#define NOTE (cpu->x87_last = rec, cpu->x87_last_rip = cpu->trace_rip)
#define NOTE_MEMORY(ea) (NOTE, cpu->x87_last_memory = rec, cpu->x87.fdp = (ea))
