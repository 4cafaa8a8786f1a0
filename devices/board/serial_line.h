#ifndef ORRERY_BOARD_SERIAL_LINE_H
#define ORRERY_BOARD_SERIAL_LINE_H
/* The host's end of a serial cable: a file, a terminal or a socket.                   doc: serial-line
 * The machine never waits for a terminal or a socket: what the host does not take in time is dropped and counted.  What a file has no room for waits in the line, and the
 * board has the machine wait before more comes. */
#include "cpu/base/error.h"
#include "devices/machine_config.h"

#ifdef HARD
enum { SERIAL_OUT_BYTES = 16 };
#else
enum { SERIAL_OUT_BYTES = 4096 };
#endif

struct serial_line {
    int fd, listener;            /* -1: none */
    bool reads, is_file, raw;    /* raw: a terminal whose settings are to be given back */
    int error;                   /* errno of a file that takes no more for now; 0: it takes what comes */
    u64 dropped;                 /* bytes the host did not take */
    u32 waiting;
    u8 out[SERIAL_OUT_BYTES];
    char unlink_path[CONFIG_PATH];   /* socket file made here, removed at the end */
    void *terminal;              /* struct termios as it was */
};

void serial_line_init(struct serial_line *line);
/* `who` is "com1".  False: err names the device and what is wrong with it. */
bool serial_line_open(struct serial_line *line, const struct com_config *config, const char *who, struct error *err);
void serial_line_close(struct serial_line *line);
bool serial_line_leads_out(const struct serial_line *line);              /* what is sent may reach somebody */
void serial_line_put(struct serial_line *line, u8 byte);
/* What waits goes to the host, as much as it takes.  False: a file takes no more, line->error says why. */
bool serial_line_flush(struct serial_line *line);
/* Accepts a caller, sends what waits, and takes at most `room` bytes that have come in. */
unsigned serial_line_poll(struct serial_line *line, u8 *bytes, unsigned room);

#endif
