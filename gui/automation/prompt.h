#ifndef ORRERY_AUTOMATION_PROMPT_H
#define ORRERY_AUTOMATION_PROMPT_H
#include "gui/automation/script.h"

/* Reads commands from the terminal until the session is over or the person leaves. */
void prompt(struct session *s);
/* Waits for a key.  Whoever shows the machine shows it meanwhile, and what the debugger in the window is asked for is done.  False: the display was closed. */
bool prompt_wait(struct session *s);
/* Ctrl+C was pressed since the last call. */
bool prompt_interrupted(const struct session *s);

#endif
