#ifndef ORRERY_CONFIG_JOURNAL_H
#define ORRERY_CONFIG_JOURNAL_H

/* orrery journal info|text FILE | cut FILE TICK NEW.  The exit status.                       doc: journal */
int journal_command(int argc, char **argv);

#endif
