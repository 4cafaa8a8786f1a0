#ifndef ORRERY_CONFIG_TABLE_H
#define ORRERY_CONFIG_TABLE_H
/* Every directive and its parameters, as rows: parser, checks, suggestions, help and the sample come from here.
 *                                                                                          doc: configuration */
#include "config/tokens.h"
#include "devices/machine_config.h"

struct directive;
struct parameter;

/* One parameter as it was written. */
struct given {
    const struct place *place;
    const struct tokens *line;
    const struct directive *directive;
    const struct parameter *parameter;
    const char *name, *value;
    unsigned column, index;      /* index: which parameter of the line, from 1 */
};

enum parameter_type {
    TYPE_BOOL,                   /* 0 1 true false */
    TYPE_NUMBER,                 /* least .. most; 0x, K = 1000, M = 1000000 */
    TYPE_ENUM,                   /* a name of `names`, its number is stored */
    TYPE_TEXT,                   /* a path or a text that fits its place */
    TYPE_CUSTOM,                 /* take() */
    TYPE_ACCEPTED,               /* understood; changes nothing here */
};

struct parameter {
    const char *name;
    enum parameter_type type;
    u32 offset, size;            /* of the member, from the directive's base */
    u64 least, most;
    const char *const *names;    /* ended by NULL */
    bool (*take)(const struct given *g, struct machine_config *c, void *base);
    const char *meaning;
};

enum directive_kind {
    ACTS,
    ACCEPTED,                    /* changes nothing that the guest sees; one note a line, unless `note` is NULL */
    ABSENT,                      /* the part is not built: refused, unless it is switched off */
    LEGACY                       /* an old form: `note` says today's spelling */
};

struct directive {
    const char *name;
    enum directive_kind kind;
    const struct parameter *parameters;                  /* ended by a row without name; NULL: anything goes */
    u32 base;                                            /* offset of what the parameters' offsets count from */
    bool (*positional)(const struct given *g, struct machine_config *c, void *base);     /* a parameter without '='; NULL: none */
    const char *note, *meaning, *sample;                 /* sample: parameters for bochsrc.sample; NULL: not in it */
    const char *device;                                  /* the parts that it is about; NULL: none */
};

extern const struct directive directive_table[];         /* ended by a row without name */

/* Messages with place and what would be right; always false. */
bool bad_value(const struct given *g, const char *wanted);
/* A note, once; always true. */
bool note(const struct given *g, const char *text);

/* Text to values; false when it is none. */
bool parse_number(const char *text, u64 least, u64 most, u64 *value);
bool parse_bool(const char *text, bool *value);
bool take_name(const struct given *g, void *base);          /* one of the row's names, to its member */
bool store_text(const struct given *g, char *to, size_t room);

#endif
