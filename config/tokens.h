#ifndef ORRERY_CONFIG_TOKENS_H
#define ORRERY_CONFIG_TOKENS_H
/* A line of configuration cut into words.                                                  doc: configuration */
#include "cpu/base/error.h"

enum { TOKENS_MOST = 40, TOKEN_BYTES = 512, LINE_BYTES = 4096 };

/* word[0] is the directive's name (up to ':'), the others its parameters (up to ','); columns count from 1. */
struct tokens {
    char text[LINE_BYTES + 2];
    char *word[TOKENS_MOST];
    unsigned column[TOKENS_MOST], count;
};

/* Where a finding is. */
struct place {
    const char *where;           /* "bochsrc:12" */
    struct error *err, *notes;
};

/* Blanks outside quotes vanish, quotes keep blanks and separators and vanish, # outside them begins a comment, $NAME is
 * taken from the environment ($BXSHARE has a default).  False: err says what is wrong, and in which column. */
bool tokenize(const char *line, struct tokens *t, const struct place *p);

/* The name that looks most like `word`; NULL when none comes near. */
const char *nearest(const char *word, const char *best_so_far, const char *candidate);

#endif
