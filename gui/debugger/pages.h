#ifndef ORRERY_DEBUGGER_PAGES_H
#define ORRERY_DEBUGGER_PAGES_H
/* Paging as lines of text.                                                                 doc: debugger */
#include "cpu/cpu.h"

/* The walk of a linear address in Bochs's lines: an entry each, and where it leads. */
void show_page(struct cpu *cpu, u64 la);
/* The same in words: every entry with its index and bits, what they allow together, and what the TLB says; from the root in `cr3`. */
void show_walk(struct cpu *cpu, u64 la, u64 cr3, const char *indent);
/* All ranges that are mapped, in Bochs's lines; in words with their rights. */
void show_mapping(struct cpu *cpu);
void show_map(struct cpu *cpu);
bool map_write_png(struct cpu *cpu, const char *path, struct error *err);

#endif
