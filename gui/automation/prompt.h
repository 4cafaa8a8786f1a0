#ifndef ORRERY_AUTOMATION_PROMPT_H
#define ORRERY_AUTOMATION_PROMPT_H
#include "gui/automation/script.h"

/* Reads commands from the terminal until the session is over or the person leaves. */
void prompt(struct session *s);
/* Ctrl+C was pressed since the last call. */
bool prompt_interrupted(const struct session *s);

#endif
