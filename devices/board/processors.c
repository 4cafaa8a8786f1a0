/* The board's processors: turns on one clock, messages between local APICs.                  doc: processors
 * One processor runs at a time, for `quantum` ticks or until it halts; an instruction of any of them is a tick.  Which one runs at a tick
 * follows from state alone: a run that is cut in pieces gives the same.  While all others stand still a processor would give its turn away and get it
 * back at the same tick: it runs on, and what those turns would have left behind is made up for afterwards. */
#include "devices/board/board.h"

enum { LOWEST_PRIORITY = 1 };

#define STATE_OWNER struct turn
STATE_LAYOUT(turn_state, "turn", TURN_STATE);

/* The first end of a turn behind `tick`, of turns that follow each other without a pause. */
static u64 turn_end_behind(const struct machine *m, u64 tick)
{
    u64 quantum = m->config.cpu_quantum, passed = tick < m->turn.end ? 0 : (tick - m->turn.end) / quantum + 1;
    return m->turn.end + passed * quantum;
}

/* Somebody else may have something to do when the present turn, were there any, ends. */
static void on_woken(void *board, unsigned processor)
{
    struct machine *m = board;

    if (!m->alone || processor == m->turn.current) return;
    m->alone = false;
    u64 end = turn_end_behind(m, m->clock.time.now);
    if (end < m->clock.limit) clock_set_limit(&m->clock, end);
    cpu_deadline_lowered(processors_running(m));
}

static void on_timer(void *owner) { cpu_timer(((struct processor *)owner)->cpu); }

static void call_at(void *board, unsigned processor, u64 tick)
{
    struct machine *m = board;
    clock_at(&m->clock, &m->processor[processor].timer, tick);
}

bool processors_build(struct machine *m, const struct cpu_bus *functions, struct error *err)
{
    struct cpu_bus bus = *functions;
    struct cpu *all[CPU_MOST];
    unsigned count = m->config.cpu_count ? m->config.cpu_count : 1;

    if (count > CPU_MOST) return fail(err, "cpu: count=%u: at most %d", count, CPU_MOST);
    if (count > 1 && (!m->pci.present || !cpu_model_has(&m->cpu_model, FEATURE_APIC)))
        return fail(err, "cpu: count=%u: several processors need local APICs (a model with apic) and a board with PCI", count);
    bus.board = m;
    bus.call_at = call_at;
    if (m->config.perturb.timer_ticks) bus.hold_interrupt = perturb_holds;
    if (count > 1) {
        bus.send_message = processors_send;
        bus.woken = on_woken;
    }
    for (unsigned n = 0; n < count; n++) {
        struct processor *p = &m->processor[n];
        p->machine = m;
        clock_add(&m->clock, &p->timer, on_timer, p);
        p->cpu = all[n] = cpu_create(&m->cpu_model, &m->clock.time, &bus, m->map);
        m->processors = n + 1;
        if (!p->cpu) return fail(err, "cpu: the operation table is incomplete");
        cpu_set_random_seed(p->cpu, m->config.rdrand_seed + n);
        cpu_set_exact(p->cpu, m->config.cpu_exact);
        cpu_set_virtual_wire(p->cpu, m->config.system_rom.path[0] && !n);        /* a foreign BIOS may not know of a local APIC */
    }
    m->cpu = all[0];
    m->chosen = CPU_NONE;
    if (count > 1) cpu_join(all, count);
    return true;
}

void processors_free(struct machine *m)
{
    for (unsigned n = 0; n < m->processors; n++) cpu_destroy(m->processor[n].cpu);
}

struct cpu *processors_running(const struct machine *m) { return m->processor[m->turn.current].cpu; }

static void give_turn(struct machine *m, unsigned n)
{
    if (n == m->turn.current) return;
    cpu_pause(processors_running(m));
    m->turn.current = (u8)n;
    cpu_resume(processors_running(m));
    video_see_smram(m);
}

void processors_reset(struct machine *m)
{
    give_turn(m, 0);
    m->turn.end = 0;
    for (unsigned n = 0; n < m->processors; n++) cpu_reset(m->processor[n].cpu);
}

static void next_turn(struct machine *m)
{
    give_turn(m, (m->turn.current + 1) % m->processors);
    m->turn.end = m->clock.time.now + m->config.cpu_quantum;
}

static bool others_stand_still(const struct machine *m)
{
    for (unsigned n = 0; n < m->processors; n++)
        if (n != m->turn.current && !cpu_stands_still(m->processor[n].cpu)) return false;
    return true;
}

/* The turns that a processor that was alone had one after the other.  One that ends now has not ended yet. */
static void make_up_for_turns(struct machine *m)
{
    u64 now = m->clock.time.now;

    if (now <= m->turn.end) return;
    m->turn.end = turn_end_behind(m, now - 1);
    for (unsigned n = 0; n < m->processors; n++) cpu_turns_passed(m->processor[n].cpu, m->turn.end - m->config.cpu_quantum);
}

/* Nobody runs when all have halted at one tick: whoever ran before may have woken one that was asked already.  Then the turn is that of the
 * first one that wakes, counted from the boot processor. */
enum cpu_stop processors_run(struct machine *m, u64 end)
{
    if (m->processors == 1) return cpu_run(m->cpu);
    for (unsigned idle = 0; idle < m->processors; idle++) {
        u64 before = m->clock.time.now;
        if (m->clock.time.now >= m->turn.end) next_turn(m);
        m->alone = others_stand_still(m);
        clock_set_limit(&m->clock, m->alone || end < m->turn.end ? end : m->turn.end);
        enum cpu_stop stop = cpu_run(processors_running(m));
        m->alone = false;
        clock_set_limit(&m->clock, end);
        make_up_for_turns(m);
        if (stop != CPU_STOP_HALTED) return stop;
        if (m->clock.time.now != before) idle = 0;
        m->turn.end = 0;
    }
    give_turn(m, m->processors - 1);
    return CPU_STOP_HALTED;
}

bool processors_halted_for_good(const struct machine *m)
{
    for (unsigned n = 0; n < m->processors; n++)
        if (!cpu_halted_for_good(m->processor[n].cpu)) return false;
    return true;
}

/* --- messages --- */

/* "Lowest Priority Delivery": to the one that is least busy, of equals to the lowest ID. */
static bool send_to_idlest(struct machine *m, const struct cpu_message *message, unsigned except)
{
    struct cpu *best = NULL;

    for (unsigned n = 0; n < m->processors; n++) {
        struct cpu *cpu = m->processor[n].cpu;
        if (n == except || !cpu_message_is_for(cpu, message)) continue;
        if (!best || cpu_arbitration_priority(cpu) < cpu_arbitration_priority(best)) best = cpu;
    }
    return best && cpu_take_message(best, message);
}

bool processors_send(void *board, const struct cpu_message *message, unsigned except)
{
    struct machine *m = board;
    bool accepted = false;

    if (message->mode == LOWEST_PRIORITY) return send_to_idlest(m, message, except);
    for (unsigned n = 0; n < m->processors; n++)
        if (n != except && cpu_message_is_for(m->processor[n].cpu, message)) accepted |= cpu_take_message(m->processor[n].cpu, message);
    return accepted;
}

/* --- all of them --- */

void processors_request_stop(struct machine *m) { cpu_request_stop(processors_running(m)); }

void processors_init_line(struct machine *m)
{
    if (!limits_allow_reset(m)) return;
    for (unsigned n = 0; n < m->processors; n++) cpu_set_line(m->processor[n].cpu, CPU_LINE_INIT, true);
}

void processors_memory_changed(struct machine *m)
{
    for (unsigned n = 0; n < m->processors; n++) cpu_memory_changed(m->processor[n].cpu);
}

unsigned machine_processors(const struct machine *m) { return m->processors; }
struct cpu *machine_processor(struct machine *m, unsigned n) { return n < m->processors ? m->processor[n].cpu : NULL; }
void machine_choose_processor(struct machine *m, unsigned n) { m->chosen = n; }
struct cpu *machine_cpu(struct machine *m) { return m->chosen < m->processors ? m->processor[m->chosen].cpu : processors_running(m); }
