#ifndef ORRERY_AUTOMATION_PAGER_H
#define ORRERY_AUTOMATION_PAGER_H
/* A screen of a terminal at a time.                                                           doc: automation */
#include <stdbool.h>
#include <stdio.h>

struct pager;

/* From now on what is written to stdout goes through it.  NULL: stdout is no terminal. */
struct pager *pager_open(void);
void pager_close(struct pager *p);
/* A command begins: its first screen is empty.  While not `asks` everything passes. */
void pager_begin(struct pager *p, bool asks);

#endif
