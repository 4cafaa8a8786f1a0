#ifndef ORRERY_PANES_PANES_H
#define ORRERY_PANES_PANES_H
/* The debugger as panes of text: registers, code, stack, memory, pages, tables, devices, timeline, and the command language.   doc: panes
 * What stands where is computed here, on the machine's side, while the machine stands between two of its instructions; a display shows
 * the characters and sends keys and clicks.  Nothing here changes the guest but commands that do. */
#include "devices/mailbox.h"
#include "gui/automation/script.h"

struct panes;

enum { PANES_COLUMNS = 160, PANES_ROWS = 50 };           /* of 1280x800 dots */

/* The session owns them (session->panes), and session_end frees them. */
struct panes *panes_open(struct session *session);
void panes_free(struct panes *p);
void panes_resize(struct panes *p, unsigned columns, unsigned rows);

/* The characters as they are now; they live until the next call. */
const struct cells *panes_cells(struct panes *p);

/* --- what a person does; acts that let the machine run wait for panes_act --- */

enum { PANES_SHIFT = 1, PANES_CONTROL = 2, PANES_ALT = 4 };
void panes_key(struct panes *p, u8 usage, unsigned modifiers);           /* keys that write no character: USB HID usage */
void panes_text(struct panes *p, const char *utf8);
void panes_click(struct panes *p, int column, int row);
void panes_wheel(struct panes *p, int column, int row, int towards);
/* What a display posted: any mail that is about panes. */
void panes_mail(void *panes, const struct mail *mail);

/* Does what was asked for last, and the machine may run meanwhile; false: nothing waited. */
bool panes_act(struct panes *p);

/* A command is about to let the machine run: what changes from here on is marked. */
void panes_remember(struct panes *p);

/* panes png FILE [WIDTHxHEIGHT] [PANE] | text | key NAME | click COLUMN ROW | tab NAME | ... */
bool panes_command(struct session *s, const char *arguments, struct error *err);
/* All of them, or those cells. */
bool panes_write_png(struct panes *p, const struct cells_region *part, const char *path, struct error *err);

/* --- the window's side of the machine's thread --- */

/* Shows the panes through the mailbox from now on; open: from the beginning.  The session's own commands drive the machine until panes_run. */
struct serve;
void panes_attach(struct panes *p, struct serve *serve, bool open);
/* Commands and what they print go to a new file too; false: err says why not. */
bool panes_log(struct panes *p, const char *path, struct error *err);
/* Who lets the machine run, in words ("the script"); NULL: the panes may. */
void panes_driven_by(struct panes *p, const char *who);
bool panes_are_open(const struct panes *p);
/* Lets the machine run, and stand while the person looks, until the display is closed or the machine has ended. */
void panes_run(struct panes *p);

#endif
