/* The display on a terminal: its life and its loop.                                         doc: display
 * Ctrl+] leaves, and so do SIGINT, SIGTERM and SIGHUP: the terminal is always given back as it was found. */
#include "gui/terminal/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "devices/host/sandbox.h"

enum { LEAVE = 0x1d, WAIT_MS = 15, ESCAPE_MS = 40, INPUT_ROOM = 4096, OUTPUT_ROOM = 48 * TERMINAL_COLUMNS * TERMINAL_ROWS };

struct terminal {
    struct mailbox *box;
    struct termios found;
    sigset_t mask_found;
    int signals;
    u64 seen;
    unsigned columns, rows, waited_ms;
    bool leave, drawn;
    u8 input[INPUT_ROOM];
    size_t input_used;
    struct mailbox_status status;
    struct vga_picture picture;
    struct vga_frame frame;
    struct vga_text_screen text;
    struct terminal_screen screen[2];    /* what stands there, what comes */
    unsigned current;
    char output[OUTPUT_ROOM];
};

/* --- output --- */

static void write_all(const char *bytes, size_t size)
{
    while (size) {
        ssize_t n = write(STDOUT_FILENO, bytes, size);
        if (n < 0 && errno != EINTR && errno != EAGAIN) return;
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
        }
    }
}

static void say(const char *text) { write_all(text, strlen(text)); }

static void draw(struct terminal *t)
{
    struct winsize size;
    unsigned columns = 80, rows = 25;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
        columns = size.ws_col;
        rows = size.ws_row;
    }
    bool resized = columns != t->columns || rows != t->rows;
    bool newer = mailbox_see(t->box, &t->seen, &t->picture, &t->status);
    if (!t->seen || (!newer && !resized)) return;
    if (resized) t->drawn = false;
    t->columns = columns;
    t->rows = rows;
    struct terminal_screen *before = &t->screen[t->current], *now = &t->screen[!t->current];
    terminal_screen_of(&t->picture, &t->frame, &t->text, columns, rows, now);
    write_all(t->output, terminal_changes(t->drawn ? before : NULL, now, t->output, sizeof t->output));
    t->current = !t->current;
    t->drawn = true;
}

/* --- input --- */

static void post(struct terminal *t, u8 usage, bool down)
{
    struct mail mail = { .kind = MAIL_KEY, .usage = usage, .down = down };
    mailbox_post(t->box, &mail);
}

/* A terminal tells presses alone: each is a key struck with its modifiers. */
static void strike(struct terminal *t, const struct terminal_key *k)
{
    enum { CONTROL = 0xe0, SHIFT = 0xe1, ALT = 0xe2 };

    if (!k->usage) return;
    if (k->control) post(t, CONTROL, true);
    if (k->shift) post(t, SHIFT, true);
    if (k->alt) post(t, ALT, true);
    post(t, k->usage, true);
    post(t, k->usage, false);
    if (k->alt) post(t, ALT, false);
    if (k->shift) post(t, SHIFT, false);
    if (k->control) post(t, CONTROL, false);
}

/* `all`: what looks like the begin of a sequence has waited long enough to be the Escape key. */
static void take_keys(struct terminal *t, bool all)
{
    size_t at = 0;

    while (at < t->input_used && !t->leave) {
        struct terminal_key key;
        size_t rest = t->input_used - at, took;
        if (t->input[at] == LEAVE) {
            t->leave = true;
            break;
        }
        if (rest == 1 && t->input[at] == 0x1b && !all) break;
        took = terminal_key(t->input + at, rest, &key);
        if (!took && !all) break;
        if (!took) took = terminal_key(t->input + at, 1, &key);
        strike(t, &key);
        at += took;
    }
    t->input_used -= at;
    memmove(t->input, t->input + at, t->input_used);
}

static void read_keys(struct terminal *t)
{
    ssize_t n = read(STDIN_FILENO, t->input + t->input_used, INPUT_ROOM - t->input_used);

    if (n > 0) {
        t->input_used += (size_t)n;
        t->waited_ms = 0;
        take_keys(t, t->input_used == INPUT_ROOM);
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) t->leave = true;
}

static void wait_for_keys(struct terminal *t)
{
    struct pollfd fd[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = t->signals, .events = POLLIN } };

    int ready = poll(fd, 2, WAIT_MS);
    if (ready > 0 && fd[1].revents) t->leave = true;
    if (ready > 0 && fd[0].revents) read_keys(t);
    if (ready == 0 && t->input_used && (t->waited_ms += WAIT_MS) >= ESCAPE_MS) take_keys(t, true);
}

/* --- life --- */

static bool open_terminal(struct terminal *t, struct error *err)
{
    sigset_t ends;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return fail(err, "terminal: standard input and output must be a terminal");
    if (tcgetattr(STDIN_FILENO, &t->found)) return fail(err, "terminal: %s", strerror(errno));
    sandbox_endings(&ends);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, &t->mask_found);
    t->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    struct termios raw = t->found;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    say("\x1b[?1049h\x1b[2J");                      /* the alternate screen: what stood there comes back at the end */
    return true;
}

static void close_terminal(struct terminal *t)
{
    say("\x1b[0m\x1b[?25h\x1b[?1049l");
    tcsetattr(STDIN_FILENO, TCSANOW, &t->found);
    struct signalfd_siginfo taken;
    while (t->signals >= 0 && read(t->signals, &taken, sizeof taken) > 0) continue;
    if (t->signals >= 0) close(t->signals);
    pthread_sigmask(SIG_SETMASK, &t->mask_found, NULL);
}

static bool terminal_run(struct mailbox *box, struct error *err)
{
    struct terminal *t = calloc(1, sizeof *t);

    if (!t) return fail(err, "terminal: no memory");
    t->box = box;
    bool opened = open_terminal(t, err);
    while (opened && !t->leave && !mailbox_closed(box)) {
        draw(t);
        wait_for_keys(t);
    }
    if (opened) close_terminal(t);
    free(t);
    struct mail quit = { .kind = MAIL_QUIT };
    mailbox_post(box, &quit);
    return opened;
}

const struct display display_terminal = { "terminal", "the screen on a terminal; Ctrl+] leaves", terminal_run };
