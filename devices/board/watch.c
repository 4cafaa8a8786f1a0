/* What the board looks at sixty times a virtual second: the host's serial lines, and whether the guest still makes sense.
 *                                                                                       doc: stopped-guest
 * The looks are events of the machine's own clock, so a guest is said to be lost at the same tick in every run. */
#include <stdio.h>
#include <string.h>

#include "devices/board/board.h"

enum { LOOKS_A_SECOND = 60, WILD_LOOKS = 2, FAULT_LOOKS = 60, TICKS_A_FAULT = 16 };

#define STATE_OWNER struct board_watch
STATE_LAYOUT(board_watch_state, "board_watch", BOARD_WATCH_STATE);

static bool flows(struct machine *m, struct serial_line *line, const char *name, unsigned number, const char *path)
{
    char sentence[CONFIG_PATH + 128];

    if (!line->error || serial_line_flush(line)) return true;
    snprintf(sentence, sizeof sentence, "%s%u: \"%s\": writing failed: %s", name, number, path, strerror(line->error));
    board_pause(m, sentence);
    return false;
}

/* Files of lines and printers whose host takes no more: nothing of what was sent is lost while the machine waits. */
bool board_outputs_flow(struct machine *m)
{
    for (unsigned n = 0; n < MACHINE_COMS; n++)
        if (!flows(m, &m->capture[n].line, "com", n + 1, m->config.com[n].path)) return false;
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++)
        if (!flows(m, &m->printer[n].line, "parport", n + 1, m->config.parallel[n])) return false;
    return true;
}

static void poll_lines(struct machine *m)
{
    u8 bytes[COM_QUEUE];

    for (unsigned n = 0; n < MACHINE_COMS; n++) {
        unsigned room = COM_QUEUE - m->com_input[n].used, came = m->past ? 0 : serial_line_poll(&m->capture[n].line, bytes, room);
        if (m->journal.mode == JOURNAL_REPLAYS) came = journal_bytes_now(m, "line", n, bytes, room);
        else if (came) journal_admits_bytes(m, "line", n, bytes, came);
        if (came) com_input_take(m, n, bytes, came);
    }
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++) serial_line_poll(&m->printer[n].line, bytes, 0);
    board_outputs_flow(m);
}

/* Code that nobody ever put there: after two looks it is no accident of timing. */
static void look_for_wild_execution(struct machine *m)
{
    struct cpu_view v;
    char at[64];

    cpu_view(processors_running(m), &v);
    m->watch.wild_looks = v.never_written_fetch ? m->watch.wild_looks + 1 : 0;
    if (m->watch.wild_looks < WILD_LOOKS) return;
    board_where(m, at, sizeof at);
    board_stop(m, MACHINE_WILD, 0, "wild execution at %s: nothing was ever written to this memory, or there is none", at);
}

/* A handler that mends something needs more than sixteen instructions; a second of less is a loop of faults. */
static void look_for_fault_loop(struct machine *m)
{
    struct board_watch *w = &m->watch;
    u64 raised = cpu_faults_raised(m->cpu), faults = raised - w->faults_before, ticks = clock_now(&m->clock) - w->tick_before;
    char at[64], why[384];

    w->fault_looks = faults && ticks / faults < TICKS_A_FAULT ? w->fault_looks + 1 : 0;
    w->faults_before = raised;
    w->tick_before = clock_now(&m->clock);
    if (w->fault_looks < FAULT_LOOKS) return;
    board_where(m, at, sizeof at);
    cpu_describe_fault(m->cpu, 0, why, sizeof why);
    board_stop(m, MACHINE_FAULT_LOOP, 0, "fault loop at %s: nothing but faults for a second; the last: %s", at, why);
}

static void on_look(void *owner)
{
    struct machine *m = owner;

    clock_at(&m->clock, &m->watch.look, clock_now(&m->clock) + m->clock.ips / LOOKS_A_SECOND);
    poll_lines(m);
    look_for_wild_execution(m);
    if (!m->frozen) look_for_fault_loop(m);
}

void board_watch_init(struct machine *m)
{
    clock_add(&m->clock, &m->watch.look, on_look, m);
}

void board_watch_reset(struct machine *m)
{
    m->watch.wild_looks = m->watch.fault_looks = 0;
    m->watch.faults_before = cpu_faults_raised(m->cpu);
    m->watch.tick_before = clock_now(&m->clock);
    clock_at(&m->clock, &m->watch.look, clock_now(&m->clock) + m->clock.ips / LOOKS_A_SECOND);
}
