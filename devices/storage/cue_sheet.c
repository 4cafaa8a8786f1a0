/* CUE sheets.  Source: CDRWIN user's guide, "Cuesheet commands"; REM SESSION is what programs that save discs of several sessions write.   doc: disk-images */
#include "devices/storage/cue_sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORDS_MOST = 6, WORD_MOST = 299 };

struct word {
    char text[WORD_MOST + 1];
    u32 column;
};

struct parsing {
    struct cue_sheet *sheet;
    const char *path;
    struct error *err;
    u32 line;
    u8 session;
    struct word word[WORDS_MOST];        /* of this line */
    unsigned words;
};

#define WRONG(p, n, ...) wrong(p, (p)->word[n].column, __VA_ARGS__)

static bool __attribute__((format(printf, 3, 4))) wrong(struct parsing *p, u32 column, const char *format, ...)
{
    char sentence[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return fail(p->err, "%s:%u:%u: %s", p->path, p->line, column, sentence);
}

/* --- values --- */

static bool is_word(const struct parsing *p, unsigned n, const char *word) { return n < p->words && !strcasecmp(p->word[n].text, word); }

static bool number_of(const char *text, unsigned most, unsigned *value)
{
    size_t digits = strspn(text, "0123456789");

    if (!digits || digits > 4 || text[digits]) return false;
    *value = (unsigned)atoi(text);
    return *value <= most;
}

/* mm:ss:ff */
static bool frames_of(const char *text, u32 *frames)
{
    unsigned minute, second, frame;
    char rest;

    if (strspn(text, "0123456789:") != strlen(text) || strlen(text) > 8) return false;
    if (sscanf(text, "%u:%u:%u%c", &minute, &second, &frame, &rest) != 3 || minute > 99 || second > 59 || frame >= CD_FRAMES_A_SECOND) return false;
    *frames = (minute * 60 + second) * CD_FRAMES_A_SECOND + frame;
    return true;
}

static struct cue_track *current(const struct parsing *p) { return p->sheet->tracks ? &p->sheet->track[p->sheet->tracks - 1] : NULL; }

/* The track that a line belongs to; NULL after saying that there is none. */
static struct cue_track *in_a_track(struct parsing *p)
{
    struct cue_track *track = current(p);

    if (!track) WRONG(p, 0, "%s belongs to a track: a line like \"TRACK 01 AUDIO\" comes before it", p->word[0].text);
    return track;
}

/* --- commands --- */

static bool put_file(struct parsing *p)
{
    static const struct { const char *name; enum cue_file_type type; } types[] = { { "BINARY", CUE_BINARY }, { "MOTOROLA", CUE_MOTOROLA }, { "WAVE", CUE_WAVE } };
    struct cue_sheet *s = p->sheet;

    if (p->words != 3) return WRONG(p, 0, "FILE \"NAME\" TYPE: a name, in quotes when it has blanks, and BINARY, MOTOROLA or WAVE");
    const char *name = p->word[1].text;
    if (!*name || strpbrk(name, "/\\") || strlen(name) > CUE_NAME_MOST || !strcmp(name, ".") || !strcmp(name, ".."))
        return WRONG(p, 1, "\"%s\": files lie in the sheet's own folder and are named without another one; move it there and write its plain name", name);
    if (s->files == CUE_FILES_MOST) return WRONG(p, 0, "more than %d files", CUE_FILES_MOST);
    for (unsigned i = 0; i < ARRAY_COUNT(types); i++) {
        if (!is_word(p, 2, types[i].name)) continue;
        struct cue_file *file = &s->file[s->files++];
        *file = (struct cue_file){ .type = types[i].type, .place = { p->line, p->word[1].column } };
        snprintf(file->name, sizeof file->name, "%s", name);
        return true;
    }
    return WRONG(p, 2, "files of type %s cannot be read: BINARY, MOTOROLA or WAVE; convert it to one of them", p->word[2].text);
}

static bool put_track(struct parsing *p)
{
    static const struct { const char *name; enum cd_mode mode; u16 bytes; } types[] = {
        { "AUDIO", CD_AUDIO, 2352 }, { "MODE1/2048", CD_MODE_1, 2048 }, { "MODE1/2352", CD_MODE_1, 2352 }, { "MODE2/2336", CD_MODE_2, 2336 }, { "MODE2/2352", CD_MODE_2, 2352 },
    };
    struct cue_sheet *s = p->sheet;
    unsigned number;

    if (p->words != 3 || !number_of(p->word[1].text, CD_TRACKS_MOST, &number) || !number) return WRONG(p, 0, "TRACK NUMBER TYPE: a number from 1 to 99, and what the track is");
    if (!s->files) return WRONG(p, 0, "a FILE line comes before the first track");
    if (s->tracks && number != current(p)->number + 1u) return WRONG(p, 1, "track %u follows track %u: numbers go up by one", number, current(p)->number);
    if (s->tracks == CD_TRACKS_MOST) return WRONG(p, 0, "more than %d tracks", CD_TRACKS_MOST);
    for (unsigned i = 0; i < ARRAY_COUNT(types); i++) {
        if (!is_word(p, 2, types[i].name)) continue;
        s->track[s->tracks++] = (struct cue_track){
            .number = (u8)number, .session = p->session, .control = types[i].mode == CD_AUDIO ? 0 : CD_CONTROL_DATA, .mode = (u8)types[i].mode, .sector_bytes = types[i].bytes,
            .first_index = s->indexes, .place = { p->line, p->word[0].column },
        };
        return true;
    }
    return WRONG(p, 2, "tracks of type %s are not there: AUDIO, MODE1/2048, MODE1/2352, MODE2/2336 or MODE2/2352", p->word[2].text);
}

static bool index_follows(struct parsing *p, const struct cue_track *track, const struct cue_index *index)
{
    const struct cue_index *last = p->sheet->indexes ? index - 1 : NULL;

    if (!track->indexes && index->number > 1) return WRONG(p, 1, "the first index of a track is 00 or 01");
    if (track->indexes && index->number != last->number + 1) return WRONG(p, 1, "index %02u follows index %02u: numbers go up by one", index->number, last->number);
    if (last && last->file == index->file && index->frames < last->frames) return WRONG(p, 2, "is before the index of line %u: places in a file go up", last->place.line);
    return true;
}

static bool put_index(struct parsing *p)
{
    struct cue_sheet *s = p->sheet;
    struct cue_track *track = in_a_track(p);
    unsigned number;
    u32 frames;

    if (!track) return false;
    if (p->words != 3 || !number_of(p->word[1].text, 99, &number)) return WRONG(p, 0, "INDEX NUMBER MM:SS:FF: a number from 0 to 99, and where it is in the file");
    if (!frames_of(p->word[2].text, &frames)) return WRONG(p, 2, "\"%s\" is no time MM:SS:FF of seconds to 59 and frames to 74", p->word[2].text);
    if (s->indexes == CUE_INDEXES_MOST) return WRONG(p, 0, "more than %d indexes", CUE_INDEXES_MOST);
    struct cue_index *index = &s->index[s->indexes];
    *index = (struct cue_index){ .number = (u8)number, .file = (u8)(s->files - 1), .frames = frames, .place = { p->line, p->word[0].column } };
    if (!index_follows(p, track, index)) return false;
    s->indexes++;
    track->indexes++;
    return true;
}

static bool put_gap(struct parsing *p)
{
    bool after = is_word(p, 0, "POSTGAP");
    struct cue_track *track = in_a_track(p);
    u32 frames;

    if (!track) return false;
    if (p->words != 2 || !frames_of(p->word[1].text, &frames)) return WRONG(p, 0, "%s MM:SS:FF: how long it is", p->word[0].text);
    if (!after && track->indexes) return WRONG(p, 0, "PREGAP stands before the track's first INDEX");
    if (after && !track->indexes) return WRONG(p, 0, "POSTGAP stands after the track's last INDEX");
    *(after ? &track->postgap : &track->pregap) = frames;
    return true;
}

static bool put_flags(struct parsing *p)
{
    static const struct { const char *name; u8 control; } flags[] = {
        { "DCP", CD_CONTROL_COPY }, { "4CH", CD_CONTROL_FOUR_CHANNELS }, { "PRE", CD_CONTROL_PRE_EMPHASIS }, { "SCMS", 0 }, { "DATA", CD_CONTROL_DATA },
    };
    struct cue_track *track = in_a_track(p);
    bool ok = true;

    if (!track) return false;
    for (unsigned w = 1; w < p->words; w++) {
        bool found = false;
        for (unsigned i = 0; i < ARRAY_COUNT(flags); i++) {
            if (!is_word(p, w, flags[i].name)) continue;
            found = true;
            if (track->mode == CD_AUDIO && flags[i].control != CD_CONTROL_DATA) track->control |= flags[i].control;
            else track->control |= flags[i].control & CD_CONTROL_COPY;
        }
        if (!found) ok = WRONG(p, w, "\"%s\" is no flag: DCP, 4CH, PRE, SCMS or DATA", p->word[w].text);
    }
    return ok;
}

static bool put_catalogue(struct parsing *p)
{
    if (p->words != 2 || strlen(p->word[1].text) != CD_CATALOGUE_DIGITS || strspn(p->word[1].text, "0123456789") != CD_CATALOGUE_DIGITS)
        return WRONG(p, 0, "CATALOG NUMBER: thirteen digits");
    memcpy(p->sheet->catalogue, p->word[1].text, CD_CATALOGUE_DIGITS);
    return true;
}

/* Five letters or digits (country, owner), seven digits (year, serial number). */
static bool put_isrc(struct parsing *p)
{
    struct cue_track *track = in_a_track(p);
    const char *text = p->word[p->words > 1].text;
    bool sound = p->words == 2 && strlen(text) == CD_ISRC_CHARACTERS && strspn(text + 5, "0123456789") == 7;

    for (unsigned i = 0; sound && i < 5; i++) sound = (text[i] >= '0' && text[i] <= '9') || ((text[i] & ~0x20) >= 'A' && (text[i] & ~0x20) <= 'Z');
    if (!track) return false;
    if (!sound) return WRONG(p, 0, "ISRC CODE: five letters or digits and seven digits, as in GBAYE6800015");
    for (unsigned i = 0; i < CD_ISRC_CHARACTERS; i++) track->isrc[i] = (char)(text[i] >= 'a' ? text[i] & ~0x20 : text[i]);
    return true;
}

static bool put_remark(struct parsing *p)
{
    unsigned number;

    if (!is_word(p, 1, "SESSION")) return true;
    if (p->words != 3 || !number_of(p->word[2].text, CD_SESSIONS_MOST, &number) || !number) return WRONG(p, 1, "REM SESSION NUMBER: a number from 1 to 99");
    unsigned most = p->sheet->tracks ? current(p)->session + 1u : 1;
    if (number != most && number != p->session) return WRONG(p, 2, "session %u comes where session %u or %u can: numbers go up by one, and each has a track", number, p->session, most);
    p->session = (u8)number;
    return true;
}

/* Of CD-TEXT, which this drive does not give. */
static bool pass_over(struct parsing *p)
{
    (void)p;
    return true;
}

static const struct {
    const char *name;
    bool (*put)(struct parsing *p);
} commands[] = {
    { "FILE", put_file }, { "TRACK", put_track }, { "INDEX", put_index }, { "PREGAP", put_gap }, { "POSTGAP", put_gap }, { "FLAGS", put_flags },
    { "CATALOG", put_catalogue }, { "ISRC", put_isrc }, { "REM", put_remark }, { "TITLE", pass_over }, { "PERFORMER", pass_over }, { "SONGWRITER", pass_over },
    { "CDTEXTFILE", pass_over },
};

/* --- lines --- */

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Words end at blanks; in quotes, at the next quote.  A remark's words beyond the last one are not looked at. */
static bool split(struct parsing *p, const char *line, size_t size)
{
    size_t at = 0;

    p->words = 0;
    while (true) {
        while (at < size && is_blank(line[at])) at++;
        if (at == size || p->words == WORDS_MOST) return true;
        struct word *word = &p->word[p->words++];
        bool quoted = line[at] == '"';
        size_t from = at + quoted, to = from;
        while (to < size && (quoted ? line[to] != '"' : !is_blank(line[to]))) to++;
        word->column = (u32)at + 1;
        if (quoted && to == size && !is_word(p, 0, "REM")) return WRONG(p, p->words - 1, "a quote without its end");
        size_t length = to - from < WORD_MOST ? to - from : WORD_MOST;
        memcpy(word->text, line + from, length);
        word->text[length] = 0;
        at = to < size ? to + quoted : size;
    }
}

static bool take_line(struct parsing *p, const char *line, size_t size)
{
    bool ok = split(p, line, size);

    if (!p->words) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++)
        if (is_word(p, 0, commands[i].name)) return ok && commands[i].put(p);
    return WRONG(p, 0, "unknown word \"%s\"; a sheet has FILE, TRACK, INDEX, PREGAP, POSTGAP, FLAGS, CATALOG, ISRC, REM, TITLE, PERFORMER, SONGWRITER and CDTEXTFILE", p->word[0].text);
}

static bool is_complete(struct parsing *p)
{
    const struct cue_sheet *s = p->sheet;
    bool ok = true;

    if (!s->tracks) return fail(p->err, "%s: has no track: \"FILE NAME BINARY\", \"TRACK 01 MODE1/2352\", \"INDEX 01 00:00:00\" make one", p->path);
    for (unsigned n = 0; n < s->tracks; n++) {
        const struct cue_track *t = &s->track[n];
        bool has_1 = t->indexes && s->index[t->first_index + t->indexes - 1].number;
        if (!has_1) ok = fail(p->err, "%s:%u:%u: track %u has no INDEX 01, which says where it begins", p->path, t->place.line, t->place.column, t->number);
    }
    return ok;
}

bool cue_sheet_parse(struct cue_sheet *sheet, const char *path, const char *text, size_t size, struct error *err)
{
    struct parsing p = { .sheet = sheet, .path = path, .err = err, .session = 1 };
    const char *end = text + size;
    bool ok = true;

    memset(sheet, 0, sizeof *sheet);
    if (memchr(text, 0, size)) return fail(err, "%s: has bytes of 0: a CUE sheet is a text", path);
    if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) text += 3;
    while (text < end) {
        size_t length = strcspn(text, "\r\n");
        p.line++;
        ok &= take_line(&p, text, length);
        text += length;
        text += text + 1 < end && text[0] == '\r' && text[1] == '\n' ? 2 : 1;
    }
    return is_complete(&p) && ok;
}

bool cue_sheet_is_named(const char *path)
{
    size_t size = strlen(path);
    return size > 4 && !strcasecmp(path + size - 4, ".cue");
}
