#ifndef ORRERY_DEBUGGER_COMMANDS_H
#define ORRERY_DEBUGGER_COMMANDS_H
/* Commands that look at the processor and change it; rows of gui/automation/script.c.       doc: automation */
#include "gui/automation/script.h"

typedef bool debug_command(struct session *s, const char *arguments, struct error *err);
debug_command debug_next, debug_unassemble, debug_fpu, debug_mmx, debug_sse, debug_ymm, debug_registers, debug_segments, debug_control, debug_debug_registers, debug_examine_linear, debug_examine_physical, debug_set,
    debug_set_memory, debug_write_memory, debug_page, debug_stack, debug_calculate, debug_time, debug_expect, debug_processor,
    debug_linear_break, debug_break, debug_physical_break, debug_virtual_break, debug_list_breaks, debug_delete_break, debug_enable_break, debug_disable_break, debug_catch,
    debug_mode_break, debug_vm_exit_break, debug_watch, debug_linear_watch, debug_unwatch, debug_finish, debug_run_to, debug_trace, debug_profile, debug_coverage, debug_timeline, debug_tripwire, debug_step, debug_trace_registers, debug_trace_memory, debug_show, debug_set_magic, debug_clear_magic, debug_deref, debug_crc, debug_tlb, debug_load_memory, debug_print_string, debug_backtrace, debug_time_break, debug_time_break_at, debug_why, debug_walk, debug_map, debug_descriptor, debug_gate, debug_tss, debug_explain;
debug_command debug_load_symbols, debug_list_symbols, debug_info_symbols, debug_list_source;

/* Reads what `symbols:` names, and the kernel when it is an ELF program; false: a file is wrong. */
bool debug_configured_symbols(struct session *s, struct error *err);
/* info WHAT ...; what it may be, with blanks between. */
extern const char debug_info_subjects[];
bool debug_info(struct session *s, const char *what, const char *arguments, struct error *err);

#endif
