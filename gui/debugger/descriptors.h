#ifndef ORRERY_DEBUGGER_DESCRIPTORS_H
#define ORRERY_DEBUGGER_DESCRIPTORS_H
/* Descriptor tables, gates and task-state segments in words.                               doc: debugger */
#include "cpu/cpu.h"

/* Entries first .. last of a table, a line each. */
bool show_gdt(struct cpu *cpu, u64 first, u64 last, struct error *err);
bool show_ldt(struct cpu *cpu, u64 first, u64 last, struct error *err);
bool show_idt(struct cpu *cpu, u64 first, u64 last, struct error *err);

/* The same for who lists them himself: how many entries a table has (of 8 bytes, or a gate's size), and one in a few words without its number.  How
 * many entries it takes, 2 for one of 16 bytes in the GDT; 0: nothing is mapped there.  *target: the linear address that a gate leads to, 0: it is none. */
enum descriptor_table { TABLE_GDT, TABLE_LDT, TABLE_IDT };
unsigned descriptor_count(struct cpu *cpu, enum descriptor_table table);
unsigned descriptor_brief(struct cpu *cpu, enum descriptor_table table, unsigned n, char text[128], u64 *target);

/* All that one descriptor says, and what the present CPL may do with its segment; `indent` stands before each line. */
bool show_descriptor(struct cpu *cpu, u16 selector, const char *indent, struct error *err);
/* A descriptor at a place where it once lay, with the value that it had. */
void show_old_descriptor(struct cpu *cpu, u16 selector, u64 la, u64 value, const char *indent);
/* The gate of a vector, with the handler's segment; in real mode the vector. */
bool show_gate(struct cpu *cpu, unsigned vector, const char *indent, struct error *err);
/* The current TSS: its stacks, in full its registers and the I/O map too. */
bool show_tss(struct cpu *cpu, bool full, const char *indent, struct error *err);
/* A segment register: what it was loaded with. */
void show_segment_register(const char *name, const struct cpu_segment_view *s, const char *indent);

#endif
