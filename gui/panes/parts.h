#ifndef ORRERY_PANES_PARTS_H
#define ORRERY_PANES_PARTS_H
/* For the files of the panes alone. */
#include "gui/panes/cells.h"
#include "gui/panes/panes.h"

/* What is chosen by a tab.  The first three have places of their own where there is room. */
enum panes_tab {
    TAB_SCREEN, TAB_REGISTERS, TAB_STACK,
    TAB_MEMORY, TAB_PAGE, TAB_GDT, TAB_LDT, TAB_IDT, TAB_TSS, TAB_DEVICES, TAB_TIMELINE, TAB_BREAKS, TAB_FPU,
    TABS
};
enum panes_focus { FOCUS_COMMAND, FOCUS_CODE, FOCUS_STACK, FOCUS_TAB, FOCUS_FIELD, FOCUS_GUEST, FOCUS_NONE };

/* Where everything lies; the first row of each is its title.  No width: it is not there. */
struct panes_layout {
    bool wide;                   /* all at once; else most are tabs */
    struct cells_region bar, screen, command, registers, code, stack, tab;
};
struct panes_layout panes_layout(unsigned columns, unsigned rows);

enum { EDIT_ROOM = 512 };
struct edit {
    char text[EDIT_ROOM];
    unsigned cursor;
};

/* Places that do something when they are clicked. */
enum spot_kind {
    SPOT_KEY,                    /* as this key; value: usage, modifiers above */
    SPOT_TAB, SPOT_FIELD, SPOT_PHYSICAL, SPOT_DEVICE, SPOT_ZOOM, SPOT_PROCESSOR,
    SPOT_BREAKPOINT, SPOT_CODE,  /* value: linear address */
    SPOT_ENABLE,                 /* value: a breakpoint's number */
    SPOT_COMMAND,                /* is run */
    SPOT_EDIT,                   /* goes to the command line, to be finished there */
};
struct spot {
    struct cells_region at;
    enum spot_kind kind;
    u64 value;
    char text[80];
};

enum { SPOTS = 1024, OUTPUT_LINES = 4096, HISTORY_LINES = 64, WAITING = 16, CODE_LINES = CELLS_MOST_ROWS, MEMORY_SHOWN = 16 * CELLS_MOST_ROWS, STACK_KEPT = 2048, FIELDS = 256, ELEMENTS = 16 };

struct panes {
    struct session *session;
    struct cells cells;
    struct panes_layout layout;
    struct spot spot[SPOTS];
    unsigned spots;
    enum panes_tab tab;
    enum panes_focus focus;

    /* --- the machine's comings and goings --- */
    struct serve *serve;         /* NULL: nobody is shown anything */
    const char *driver;
    bool open;
    bool leaves;                 /* it was closed: the machine goes on */
    bool works, free_run;        /* a command is at work; it is `c` */
    bool runs;                   /* the machine does, whoever lets it */
    bool stale;                  /* cells may be other ones by now */
    u64 drawn_ms, drawn_tick;
    char waiting[WAITING][EDIT_ROOM];        /* commands to come, the first one first */
    unsigned waits;

    /* --- output and command line --- */
    char *output[OUTPUT_LINES];  /* a ring */
    u64 lines;                   /* that were ever begun */
    int output_scroll;           /* rows back from the end */
    FILE *out;                   /* a stream into it */
    FILE *log;                   /* all of it goes there too; NULL: nowhere */
    struct edit command;
    char history[HISTORY_LINES][EDIT_ROOM];
    unsigned remembered, recalled;           /* lines of history; how far back the person went */

    /* --- what is looked at --- */
    u64 code_top, code_cursor;
    bool code_follows;           /* the next instruction is in view */
    struct { u64 la; unsigned row; } code[CODE_LINES];       /* instructions as they stand */
    unsigned code_lines;
    int stack_scroll, scroll[TABS];
    char memory[EDIT_ROOM], page[EDIT_ROOM]; /* expressions */
    bool physical;
    unsigned a_line;             /* bytes in a row of memory, 16 or 8 */
    struct edit field;
    unsigned device;
    u64 span;                    /* ticks that the timeline shows; 0: all */
    bool timeline_begun;

    /* --- as it was when the machine ran last --- */
    bool has_run;
    struct cpu_view view, was;   /* now; then */
    struct { bool physical; u64 address; u8 now[MEMORY_SHOWN], was[MEMORY_SHOWN]; unsigned known, known_was; u64 address_was; } bytes;
    struct { u64 address; u8 was[STACK_KEPT]; unsigned known; } stack;
    struct { unsigned device; u64 value[FIELDS][ELEMENTS]; bool known; } fields;
};

typedef unsigned long long llu;

/* --- frame.c: title lines, tabs, texts --- */
void panes_title(struct panes *p, struct cells_region at, enum panes_focus focus, const char *format, ...) __attribute__((format(printf, 4, 5)));
struct cells_region panes_below(struct cells_region at);         /* without its title */
void panes_spot(struct panes *p, struct cells_region in, int x, int y, int width, enum spot_kind kind, u64 value, const char *text);
/* What a command prints, to be freed; NULL: no memory. */
char *panes_captured(struct panes *p, const char *command);
/* The same as lines that are scrolled: `scroll` is kept within them. */
void panes_printed(struct panes *p, struct cells_region at, int *scroll, const char *command);
/* How many characters of a line go into a row: up to a blank where one is near. */
int panes_fit(const char *text, int length, int room);
/* Where the rows below the first one of a line begin. */
int panes_indent(const char *line, int width);
int panes_clamp(int scroll, int lines, int rows);
void panes_frame(struct panes *p);               /* bar and tabs */

/* --- the panes --- */
void panes_registers(struct panes *p, struct cells_region at);
void panes_code(struct panes *p, struct cells_region at);
void panes_code_move(struct panes *p, int lines);
void panes_stack(struct panes *p, struct cells_region at);
void panes_memory(struct panes *p, struct cells_region at);
void panes_memory_move(struct panes *p, s64 bytes);
void panes_page(struct panes *p, struct cells_region at);
void panes_table(struct panes *p, struct cells_region at);
void panes_breaks(struct panes *p, struct cells_region at);
void panes_devices(struct panes *p, struct cells_region at);
void panes_devices_remember(struct panes *p);
void panes_timeline(struct panes *p, struct cells_region at);
u64 panes_stack_pointer(const struct cpu_view *v, unsigned *element);        /* linear */

/* --- output.c --- */
void panes_output(struct panes *p, struct cells_region at);
void panes_say(struct panes *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void panes_output_open(struct panes *p);
void panes_output_close(struct panes *p);

/* --- acts.c --- */
void panes_ask(struct panes *p, const char *command);           /* to be done by panes_act */
void panes_look(struct panes *p, const char *command);          /* at once: it does not let the machine run */
void panes_toggle(struct panes *p, u64 la);
void panes_enable(struct panes *p, unsigned number);             /* or disable */
struct breakpoint *panes_breakpoint(struct panes *p, u64 la);
void panes_break(struct panes *p);
void panes_go_on(struct panes *p);
void panes_show_tab(struct panes *p, enum panes_tab tab);
void panes_edit_field(struct panes *p);
void panes_enter(struct panes *p);               /* the line that was typed */
extern const char *const panes_tab_name[TABS];

#endif
