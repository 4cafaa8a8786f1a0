#include "config/hub.h"

#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "devices/host/sandbox.h"
#include "devices/network/hub.h"

enum { STATUS_USAGE = 2 };

/* Signals that end it come by a descriptor, so that the socket file goes with it. */
static int signals(void)
{
    sigset_t ends;

    sandbox_endings(&ends);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

int hub_command(int argc, char **argv)
{
    struct error err = { 0 };
    struct hub hub;

    if (argc != 3) {
        fputs("orrery hub PATH: PATH is the socket file that machines join by ethmod=lan, ethdev=PATH\n", stderr);
        return STATUS_USAGE;
    }
    if (!hub_open(&hub, argv[2], &err)) {
        fputs(err.text, stderr);
        return STATUS_USAGE;
    }
    int fd = signals();
    struct signalfd_siginfo signal;
    while (read(fd, &signal, sizeof signal) != sizeof signal) hub_serve(&hub, 200);
    close(fd);
    hub_close(&hub);
    return 0;
}
