#ifndef ORRERY_AUTOMATION_COMMANDS_H
#define ORRERY_AUTOMATION_COMMANDS_H
/* Commands that act for a person at the keyboard and look at the screen; rows of script.c.    doc: automation */
#include "gui/automation/script.h"

typedef bool automation_command(struct session *s, const char *arguments, struct error *err);
automation_command automation_wait_text, automation_expect_text, automation_print_screen, automation_type, automation_key, automation_mouse, automation_joystick, automation_point;
/* "F1" "pageup" "a": its USB HID usage; 0: there is none of that name. */
u8 automation_key_of(const char *name);

#endif
