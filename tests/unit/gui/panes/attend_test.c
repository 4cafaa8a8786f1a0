/* The panes behind a mailbox: a display that is no window presses keys and looks at what comes.     doc: panes */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gui/panes/cells.h"
#include "gui/panes/panes.h"
#include "gui/serve.h"

enum { CODE = 0x1000, F5 = 0x3e, F9 = 0x42, F11 = 0x44, ENTER = 0x28 };

/* inc ax; jmp back */
static const u8 program[] = { 0x40, 0xeb, 0xfd };

static struct session session;
static struct cells cells;
static u64 seen;
static struct mailbox *box;

/* --- the person --- */

static void post(enum mail_kind kind, u8 usage, const char *text)
{
    struct mail mail = { .kind = kind, .usage = usage };

    strcpy(mail.text, text);
    while (!mailbox_post(box, &mail)) nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
}

static bool shows(const char *text)
{
    char row[CELLS_MOST_COLUMNS + 1];

    for (unsigned y = 0; y < cells.rows; y++) {
        cells_row(&cells, y, row);
        if (strstr(row, text)) return true;
    }
    return false;
}

/* Within ten seconds. */
static void wait_for(const char *text)
{
    for (unsigned i = 0; i < 10000; i++) {
        mailbox_see_cells(box, &seen, &cells);
        if (cells.shown && shows(text)) return;
        nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
    }
    cr_expect(false, "\"%s\" does not come", text);
}

static void type(const char *text)
{
    post(MAIL_PANE_TEXT, 0, text);
    post(MAIL_PANE_KEY, ENTER, "");
}

static void body(struct serve *serve, void *open)
{
    session.serve = serve;
    panes_attach(panes_open(&session), serve, open);
    panes_run(session.panes);
}

static void look(bool (*person)(struct mailbox *box, struct error *err), bool open, u32 processors)
{
    struct display display = { "test", "", person };
    struct machine_config config;
    struct error err = { 0 };

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.cpu_count = processors;
    session = (struct session){ .machine = machine_create(&config, &err), .ticks_left = UINT64_MAX };
    cr_assert(session.machine, "%s", err.text);
    machine_poke(session.machine, CODE, program, sizeof program);
    struct cpu *cpu = machine_cpu(session.machine);
    cr_assert(cpu_set_register(cpu, "cs", 0, &err) && cpu_set_register(cpu, "rip", CODE, &err) && cpu_set_register(cpu, "eax", 0, &err), "%s", err.text);
    seen = 0;
    cells = (struct cells){ 0 };
    cr_expect(serve_display(&display, session.machine, false, body, open ? &session : NULL, &err), "%s", err.text);
    session_end(&session, &err);
    machine_destroy(session.machine);
}

/* --- what it sees --- */

static bool steps(struct mailbox *b, struct error *err)
{
    (void)err;
    box = b;
    wait_for("stands  tick 0");
    cr_expect(cells.keys);
    post(MAIL_PANE_KEY, F11, "");
    wait_for("eax 00000001");
    wait_for("tick 1");
    for (unsigned i = 0; i < 4; i++) post(MAIL_PANE_KEY, F11, "");           /* wait for each other */
    wait_for("tick 5");
    type("calc tick * 100");
    wait_for("0x1f4 500");
    return true;
}
Test(panes_attend, the_machine_stands_until_a_key_says_otherwise) { look(steps, true, 1); }

static bool runs_and_stops(struct mailbox *b, struct error *err)
{
    (void)err;
    box = b;
    post(MAIL_DEBUGGER, 0, "");
    wait_for("stands  tick");
    post(MAIL_PANE_KEY, F5, "");
    wait_for("runs  tick");
    cr_expect_not(cells.keys, "the guest has them");
    type("calc 6*7");
    wait_for("runs  tick");
    post(MAIL_DEBUGGER, 0, "");
    wait_for("stands  tick");
    cr_expect(cells.keys);
    return true;
}
Test(panes_attend, a_machine_that_runs_is_stopped_and_goes_on) { look(runs_and_stops, false, 1); }

static bool closes(struct mailbox *b, struct error *err)
{
    (void)err;
    box = b;
    wait_for("stands  tick 0");
    type("lb 0x1000 if (eax & 0xffff) == 0x1000");
    wait_for("> lb");
    post(MAIL_DEBUGGER, 0, "");
    wait_for("Breakpoint 1");
    wait_for("eax 00001000");
    return true;
}
Test(panes_attend, a_breakpoint_opens_panes_that_were_closed) { look(closes, true, 1); }

static bool waits(struct mailbox *b, struct error *err)
{
    (void)err;
    box = b;
    wait_for("stands  tick 0");
    type("wait-text \"never\" 1000000s");
    wait_for("runs  tick");
    post(MAIL_PANE_KEY, 0x48, "");           /* Pause */
    wait_for("stands  tick");
    type("calc 6*7");
    wait_for("0x2a 42");
    return true;
}
Test(panes_attend, whatever_waits_can_be_stopped) { look(waits, true, 1); }

static bool sizes(struct mailbox *b, struct error *err)
{
    struct mail mail = { .kind = MAIL_PANE_SIZE, .dx = 90, .dy = 33 };

    (void)err;
    box = b;
    wait_for("stands  tick 0");
    cr_expect(cells.columns == PANES_COLUMNS && cells.rows == PANES_ROWS && cells.screen.width > 0);
    mailbox_post(box, &mail);
    wait_for("Screen Registers Stack");
    cr_expect(cells.columns == 90 && cells.rows == 33);
    return true;
}
Test(panes_attend, as_many_characters_come_as_there_is_room_for) { look(sizes, true, 2); }
