/* Commands that type, press and point.                                                        doc: automation */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu/base/bits.h"
#include "gui/automation/commands.h"

bool automation_type(struct session *s, const char *at, struct error *err)
{
    char text[2048];

    if (!next_argument(&at, text, sizeof text)) return fail(err, "what? e.g. type \"dir\\n\"");
    if (!machine_type(s->machine, text)) return fail(err, "some characters of \"%s\" have no key on a US keyboard", text);
    s->stopped_here = false;
    while (machine_typing(s->machine) && !s->over && !s->stopped_here) session_run(s, machine_ips(s->machine) / 100);
    return true;
}

/* USB HID usages of the keys that have names. */
u8 automation_key_of(const char *name)
{
    static const struct { const char *name; u8 usage; } keys[] = {
        { "enter", 0x28 }, { "esc", 0x29 }, { "backspace", 0x2a }, { "tab", 0x2b }, { "space", 0x2c }, { "insert", 0x49 }, { "home", 0x4a },
        { "pageup", 0x4b }, { "delete", 0x4c }, { "end", 0x4d }, { "pagedown", 0x4e }, { "right", 0x4f }, { "left", 0x50 }, { "down", 0x51 },
        { "up", 0x52 }, { "pause", 0x48 }, { "ctrl", 0xe0 }, { "shift", 0xe1 }, { "alt", 0xe2 }, { "del", 0x4c },
    };
    int n;

    if ((name[0] | 32) == 'f' && (n = atoi(name + 1)) >= 1 && n <= 12) return (u8)(0x39 + n);
    if (!name[1] && (name[0] | 32) >= 'a' && (name[0] | 32) <= 'z') return (u8)(4 + (name[0] | 32) - 'a');
    if (!name[1] && name[0] >= '1' && name[0] <= '9') return (u8)(0x1e + name[0] - '1');
    for (unsigned i = 0; i < ARRAY_COUNT(keys); i++)
        if (strcasecmp(name, keys[i].name) == 0) return keys[i].usage;
    return 0;
}

/* "ctrl-alt-del": pressed in order, released in reverse, 50 ms of virtual time apart; where a breakpoint comes in between the rest is done there. */
bool automation_key(struct session *s, const char *at, struct error *err)
{
    char word[128], *rest = word, *name;
    u8 usage[8];
    unsigned n = 0;
    bool runs = true;

    if (!next_argument(&at, word, sizeof word)) return fail(err, "which key? e.g. key F1, key ctrl-alt-del");
    while ((name = strsep(&rest, "-")) && n < ARRAY_COUNT(usage)) {
        usage[n] = automation_key_of(name);
        if (!usage[n++]) return fail(err, "there is no key \"%s\"", name);
    }
    for (unsigned i = 0; i < 2 * n; i++) {
        bool down = i < n;
        machine_key(s->machine, usage[down ? i : 2 * n - 1 - i], down);
        if (runs) runs = session_run(s, machine_ips(s->machine) / 20).kind == MACHINE_TICKS;
    }
    return true;
}

enum { POINTER_NUMBERS = 3 };

/* "10 -5 left": up to three numbers of at most 32767, and the buttons that are down until the next one says otherwise. */
static bool read_pointer(const char *at, int *moved, unsigned *buttons, struct error *err)
{
    static const struct { const char *name; unsigned bit; } button[] = { { "left", 1 }, { "right", 2 }, { "middle", 4 }, { "fourth", 8 }, { "fifth", 16 } };
    unsigned n = 0;
    char word[32];

    while (next_argument(&at, word, sizeof word)) {
        char *end;
        unsigned i = 0;
        long v = strtol(word, &end, 10);
        if (end != word && !*end && n < POINTER_NUMBERS && v >= -32767 && v <= 32767) {
            moved[n++] = (int)v;
            continue;
        }
        while (i < ARRAY_COUNT(button) && strcasecmp(word, button[i].name)) i++;
        if (i == ARRAY_COUNT(button)) return fail(err, "\"%s\" is no movement and no button; e.g. mouse 10 -5, mouse 0 0 -1 left", word);
        *buttons |= button[i].bit;
    }
    return true;
}

bool automation_mouse(struct session *s, const char *at, struct error *err)
{
    int moved[POINTER_NUMBERS] = { 0 };
    unsigned buttons = 0;

    if (!read_pointer(at, moved, &buttons, err)) return false;
    machine_mouse(s->machine, moved[0], moved[1], moved[2], buttons);
    session_run(s, machine_ips(s->machine) / 20);
    return true;
}

/* "joystick 0 255 128 1": where the first stick is, and that its first button is down. */
bool automation_joystick(struct session *s, const char *at, struct error *err)
{
    static const char usage[] = "which stick, where, which buttons? e.g. joystick 0 128 255 1";
    unsigned number[3] = { 0 }, buttons = 0, n = 0;
    char word[32], *end;

    for (; next_argument(&at, word, sizeof word); n++) {
        unsigned long v = strtoul(word, &end, 10);
        if (end == word || *end || v > (n == 0 ? 1 : n < 3 ? 255 : 2) || (n >= 3 && !v)) return fail(err, "\"%s\": %s", word, usage);
        if (n < 3) number[n] = (unsigned)v;
        else buttons |= (unsigned)v;
    }
    if (n < 3) return fail(err, "%s", usage);
    machine_joystick(s->machine, number[0], number[1], number[2], buttons);
    return true;
}

/* "point 16384 16384": of a screen that is 32767 wide and high. */
bool automation_point(struct session *s, const char *at, struct error *err)
{
    int to[POINTER_NUMBERS] = { 0 };
    unsigned buttons = 0;

    if (!read_pointer(at, to, &buttons, err)) return false;
    if (to[0] < 0 || to[1] < 0) return fail(err, "the screen begins at 0 0, in the upper left corner");
    if (!machine_points(s->machine)) return fail(err, "the guest uses no tablet: usb_uhci: enabled=1, port1=tablet, and a driver");
    machine_point(s->machine, (unsigned)to[0], (unsigned)to[1], to[2], buttons);
    session_run(s, machine_ips(s->machine) / 20);
    return true;
}
