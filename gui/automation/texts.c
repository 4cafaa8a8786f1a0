/* Commands that wait for text of the screen and of serial lines.                             doc: automation */
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "gui/automation/commands.h"

enum { STATUS_EXPECT = 3, TEXT_BYTES = 65536, SCREEN = -1 };

static const char *text_of(struct session *s, int where, char *text)
{
    if (where == SCREEN) machine_screen_text(s->machine, text, TEXT_BYTES);
    else machine_serial_text(s->machine, (unsigned)where, text, TEXT_BYTES);
    return text;
}

static bool where_of(const char *name, int *where)
{
    static const struct { const char *name; int where; } known[] = { { "screen", SCREEN }, { "com1", 0 }, { "com2", 1 }, { "e9", MACHINE_E9 } };
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
        if (strcmp(name, known[i].name)) continue;
        *where = known[i].where;
        return true;
    }
    return false;
}

static bool text_arguments(struct session *s, const char *at, char *wanted, size_t size, u64 *ticks, int *where, struct error *err)
{
    char word[64];

    if (!next_argument(&at, wanted, size)) return fail(err, "which text? e.g. wait-text \"A:\\\\>\" 30s");
    while (next_argument(&at, word, sizeof word)) {
        if (strcmp(word, "--on") == 0) {
            if (!next_argument(&at, word, sizeof word) || !where_of(word, where)) return fail(err, "--on takes screen, com1, com2 or e9");
        } else if (!session_ticks_of(s, word, ticks)) {
            return fail(err, "\"%s\" is no time; write 30s or 500ms (virtual time)", word);
        }
    }
    return true;
}

static void show_missing(struct session *s, const char *wanted, const char *text)
{
    printf("orrery: \"%s\" did not appear by tick %llu; there is:\n%s", wanted, (unsigned long long)machine_tick(s->machine), text);
    s->over = true;
    s->status = STATUS_EXPECT;
}

bool automation_wait_text(struct session *s, const char *at, struct error *err)
{
    char wanted[512], *text = allocated(malloc(TEXT_BYTES));
    u64 limit = 60 * machine_ips(s->machine), step = machine_ips(s->machine) / 20;
    int where = SCREEN;
    bool ok = text_arguments(s, at, wanted, sizeof wanted, &limit, &where, err);
    u64 end = machine_tick(s->machine) + limit;

    while (ok && !s->over && !strstr(text_of(s, where, text), wanted)) {
        if (machine_tick(s->machine) >= end) show_missing(s, wanted, text);
        else if (session_run(s, step).kind != MACHINE_TICKS) break;          /* a breakpoint, or somebody who has waited enough */
    }
    free(text);
    return ok;
}

bool automation_expect_text(struct session *s, const char *at, struct error *err)
{
    char wanted[512], *text = allocated(malloc(TEXT_BYTES));
    u64 unused;
    int where = SCREEN;
    bool ok = text_arguments(s, at, wanted, sizeof wanted, &unused, &where, err);

    if (ok && !strstr(text_of(s, where, text), wanted)) show_missing(s, wanted, text);
    free(text);
    return ok;
}

bool automation_print_screen(struct session *s, const char *at, struct error *err)
{
    char *text = allocated(malloc(TEXT_BYTES));
    (void)at;
    (void)err;
    fputs(text_of(s, SCREEN, text), stdout);
    free(text);
    return true;
}
