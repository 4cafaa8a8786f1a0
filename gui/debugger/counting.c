/* Commands about what was executed: profile, coverage, timeline.                                 doc: profile */
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/expression.h"
#include "gui/debugger/tracing.h"

static const char nothing_counted[] = "nothing is counted; profile on begins";

static bool profile_on(struct session *s, struct error *err)
{
    if (s->profile_on) return true;
    if (s->trace.file) return fail(err, "%s is being written; trace off ends it", s->trace.path);
    profile_free(s->profile);
    s->profile = profile_begin(s->machine);
    s->profile_on = true;
    return true;
}

/* on | off | instructions [N] | [N] */
bool debug_profile(struct session *s, const char *at, struct error *err)
{
    enum { MOST = 1000000 };
    const char *rest = at;
    char what[32];
    u64 most = 20;

    bool said = next_argument(&rest, what, sizeof what);
    if (said && !strcmp(what, "on")) return profile_on(s, err);
    if (!s->profile) return fail(err, "%s", nothing_counted);
    if (said && !strcmp(what, "off")) return profile_pause(s->profile), s->profile_on = false, true;
    bool instructions = said && !strcmp(what, "instructions");
    if (!instructions) rest = at;
    rest += strspn(rest, " \t");
    if (*rest && !expression_value(s, rest, &most, err)) return false;
    if (most > MOST) most = MOST;
    if (instructions) profile_show_instructions(s->profile, s->symbols, (unsigned)most);
    else profile_show(s->profile, s->symbols, (unsigned)most);
    return true;
}

bool debug_coverage(struct session *s, const char *at, struct error *err)
{
    char path[1024];

    if (!next_argument(&at, path, sizeof path)) return fail(err, "into which file? e.g. coverage kernel.info");
    if (!s->profile) return fail(err, "%s", nothing_counted);
    return profile_write_coverage(s->profile, s->symbols, path, err);
}

/* on | off | json FILE | png FILE | [N] */
bool debug_timeline(struct session *s, const char *at, struct error *err)
{
    const char *rest = at;
    char what[32], path[1024];
    u64 most = 40;

    bool said = next_argument(&rest, what, sizeof what);
    if (said && !strcmp(what, "on")) {
        if (tracing_listens(s)) return fail(err, "show or trace-mem listens to the processor already; show off, trace-mem off");
        timeline_free(s->timeline);
        s->timeline = timeline_begin(s->machine);
        return true;
    }
    if (!s->timeline) return fail(err, "nothing is kept; timeline on begins");
    if (said && !strcmp(what, "off")) return timeline_pause(s->timeline), true;
    if (said && (!strcmp(what, "json") || !strcmp(what, "png"))) {
        if (!next_argument(&rest, path, sizeof path)) return fail(err, "into which file? e.g. timeline %s boot.%s", what, what);
        return *what == 'j' ? timeline_write_json(s->timeline, s->symbols, path, err) : timeline_write_png(s->timeline, path, err);
    }
    at += strspn(at, " \t");
    if (*at && !expression_value(s, at, &most, err)) return false;
    timeline_show(s->timeline, s->symbols, most);
    return true;
}
