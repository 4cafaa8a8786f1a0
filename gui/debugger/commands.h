#ifndef ORRERY_DEBUGGER_COMMANDS_H
#define ORRERY_DEBUGGER_COMMANDS_H
/* Commands that look at the processor and change it; rows of gui/automation/script.c.       doc: automation */
#include "gui/automation/script.h"

typedef bool debug_command(struct session *s, const char *arguments, struct error *err);

/* runs */
debug_command debug_next, debug_step, debug_finish, debug_run_to, debug_stop;
/* places */
debug_command debug_linear_break, debug_break, debug_physical_break, debug_virtual_break, debug_break_once, debug_list_breaks, debug_delete_break, debug_enable_break, debug_disable_break, debug_condition,
    debug_ignore, debug_catch, debug_mode_break, debug_vm_exit_break, debug_time_break, debug_time_break_at, debug_watch, debug_linear_watch, debug_read_watch, debug_access_watch, debug_unwatch,
    debug_set_magic, debug_clear_magic, debug_tripwire;
/* what runs, as it runs and afterwards */
debug_command debug_trace, debug_trace_registers, debug_trace_memory, debug_show, debug_profile, debug_coverage, debug_timeline, debug_instrument;
/* registers and memory */
debug_command debug_registers, debug_segments, debug_control, debug_debug_registers, debug_fpu, debug_mmx, debug_sse, debug_ymm, debug_wider_registers, debug_set, debug_processor, debug_time,
    debug_examine_linear, debug_examine_physical, debug_set_memory, debug_write_memory, debug_load_memory, debug_save_linear, debug_save_physical, debug_print_string, debug_deref, debug_crc, debug_stack,
    debug_backtrace, debug_unassemble, debug_calculate, debug_expect;
/* tables and reasons */
debug_command debug_page, debug_tlb, debug_translate, debug_walk, debug_map, debug_descriptor, debug_gate, debug_tss, debug_explain, debug_why;
/* symbols */
debug_command debug_load_symbols, debug_list_symbols, debug_info_symbols, debug_list_source;
/* info, and parts by name */
debug_command debug_info, debug_info_device, debug_info_linux, debug_info_processors, debug_info_status, debug_show_state;
/* scripts; what Bochs has for itself */
debug_command debug_if, debug_echo, debug_add_layout, debug_remove_layout, debug_layout, debug_take, debug_nmi, debug_query, debug_query_pending, debug_doit, debug_load_parameters;

/* Reads what `symbols:` names, and the kernel when it is an ELF program; false: a file is wrong. */
bool debug_configured_symbols(struct session *s, struct error *err);
/* The Nth subject of `info`: its names with blanks between; NULL past the last. */
const char *debug_info_subject(unsigned n);
/* A part of the machine has this name, or several are counted so ("pic"). */
bool info_names_device(struct machine *m, const char *name);

#endif
