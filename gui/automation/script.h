#ifndef ORRERY_AUTOMATION_SCRIPT_H
#define ORRERY_AUTOMATION_SCRIPT_H
/* The command language: a script (-rc) and the prompt speak the same.                       doc: automation */
#include <stdio.h>

#include "devices/machine.h"
#include "gui/debugger/breakpoints.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/profile.h"
#include "gui/debugger/source.h"
#include "gui/debugger/symbols.h"
#include "gui/debugger/timeline.h"
#include "gui/debugger/trace_file.h"

/* Ticks at which runs began, newest last: undo goes there. */
enum { TRAVEL_STEPS = 64 };
struct travel {
    u64 from[TRAVEL_STEPS];
    unsigned count;
};

struct sandbox;
struct session {
    struct machine *machine;
    const struct sandbox *sandbox;       /* that it runs in; NULL: none */
    const char *config;          /* the directives that it was built from, a line each */
    struct symbols *symbols;     /* names of the guest's program; NULL: none */
    struct source_place listed;
    struct serve *serve;         /* who shows the machine while it runs; NULL: nobody looks on */
    struct partner *partner;     /* it runs on one clock with others; NULL: alone */
    u64 ticks_left;              /* run limit; NEVER without one */
    const char *ticks_option;    /* who said so: an option of the command line */
    u64 journal_end;             /* tick at which a replay ends; 0: none, or it goes on by itself */
    double max_wall;             /* seconds of the host's time that all runs may take; 0: no limit */
    u64 wall_end_ns;             /* when they will have passed */
    bool attended;               /* somebody sits at the prompt: a machine that cannot go on stays for inspection */
    char stop[512];              /* why the machine cannot go on, "" while it can */
    bool switched_off;           /* by the guest, for good */
    bool over;                   /* quit was said, or the machine cannot go on */
    int status;                  /* exit status then */
    struct pager *pager;         /* of the prompt's output; NULL: none */
    int interrupts;              /* descriptor that tells of Ctrl+C; 0: nobody sits there */
    int endings;                 /* descriptor that tells of SIGTERM and SIGHUP; 0: they end the program at once */
    int ending;                  /* the one that came; 0: none */
    int lines;                   /* descriptor at which the front gives what a person types; 0: it is read here */
    bool coloured;
    bool stopped_here;           /* the last run was ended from outside the machine: Ctrl+C, undefined flags */
    unsigned triple_faults;      /* that were told and reset the machine */
    bool quiet;                  /* the terminal shows the machine: nothing is told beside it */
    u32 shows;                   /* what is printed as it happens: gui/debugger/tracing.c */
    bool trace_shown, trace_registers, trace_memory;     /* of each instruction */
    struct accesses *accesses;   /* who hears of the processors: gui/debugger/tracing.c; NULL: nobody */
    bool places_unlisted;        /* a stop does not show the instruction that runs next */
    char layout[1024];           /* a script that is run at each stop; "" none */
    bool laying_out;             /* it runs */
    bool follow_flags;           /* instructions are run one by one, for the tripwire of undefined flags */
    u32 undefined_flags;         /* of EFLAGS, as far as they were followed */
    u64 flags_passed;            /* the tick at which that tripwire stopped last */
    unsigned depth;              /* of files that run files */
    bool stands;                 /* commands that let the machine run are refused */
    u64 time_break;              /* tick at which a run stops, 0: none */
    enum disassembly_syntax syntax;
    unsigned code_bits;          /* as which code `u` reads memory; 0: as CS says */
    struct breakpoints breakpoints;
    struct trace_file trace;
    struct timeline *timeline;   /* NULL: nothing is kept */
    struct profile *profile;     /* NULL: nothing was counted */
    bool profile_on;
    struct panes *panes;         /* NULL: nobody has looked at them */
    struct travel travel;
};

/* Exit status of a stop.  docs/guide/command-line.md */
int session_status_of(const struct machine_stop *stop);

/* From now on seconds of the host's time count.  Whether they have passed: then a line says so, over and status are set. */
void session_limit_wall(struct session *s, double seconds);
bool session_late(struct session *s);

/* From now on SIGTERM and SIGHUP end the session in order: all is written out, and the status is 0.  For programs without another thread that takes them. */
void session_take_endings(struct session *s);
/* Whether one has come: then a line says so, over and status are set. */
bool session_ended(struct session *s);

/* Runs; prints the line of a stop that ends the run, and sets over and status. */
struct machine_stop session_run(struct session *s, u64 ticks);

/* Like machine_run, for whoever looks on too; and with undefined flags followed, where they are. */
struct machine_stop session_run_plainly(struct session *s, u64 ticks);
struct machine_stop session_run_untold(struct session *s, u64 ticks);

/* The tick, and the instruction that runs next; then what the layout says. */
void session_show_place(struct session *s);
/* The instruction that runs next behind `before`, in Bochs's shape. */
void session_put_instruction(const struct session *s, const char *before);
/* To whoever looks on. */
void session_show_picture(struct session *s);
/* The commands of a file, up to the first that is wrong. */
bool session_source(struct session *s, const char *path, struct error *err);

/* The next word or "quoted text" with \\n \\t \\\\ and \\"; false at the end. */
bool next_argument(const char **at, char *word, size_t size);

/* "30s", "500ms", "2.5" (seconds) as ticks. */
bool session_ticks_of(const struct session *s, const char *text, u64 *ticks);

/* One command line; false and a message when it is wrong. */
bool session_command(struct session *s, const char *line, struct error *err);

/* The names of the Nth command, with blanks between; NULL past the last. */
const char *session_command_names(unsigned n);
bool session_has_command(const char *name);

/* The same for those that do not let the machine run. */
bool session_look(struct session *s, const char *line, struct error *err);

/* Before the machine goes: files that commands have opened are whole. */
bool session_end(struct session *s, struct error *err);

/* A whole script, or the prompt on a terminal.  A script ends at its first error: file:line: message, status 2. */
void session_script(struct session *s, const char *path, FILE *in);

#endif
