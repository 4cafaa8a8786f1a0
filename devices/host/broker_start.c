/* Programs that the broker starts: those two that the configuration asks for, with words of which nothing was invented.      doc: sandbox */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "devices/host/broker_parts.h"

enum { WORDS_MOST = 64 };

static bool is_one_of(const char *word, const char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(word, words[i])) return true;
    return false;
}

/* passt(1): what is not ours stands in a card's ethdev=. */
static bool may_start_passt(const struct broker *b, const char *const *words)
{
    static const char *const ours[] = { "--foreground", "--quiet", "--mtu", "1500", "--fd", "3" };

    if (!named_path(b->named, "passt", true)) return false;              /* a stranger's file may not ask for it */
    for (unsigned i = 1; words[i]; i++)
        if (!is_one_of(words[i], ours, ARRAY_COUNT(ours)) && !named_path(b->named, words[i], true)) return false;
    return true;
}

/* "driver=qcow2,file.driver=file,file.filename=PATH", a comma of the path doubled.  qemu-nbd(8), --image-opts. */
static bool names_image(const struct broker *b, const char *option, bool to_write)
{
    static const char *const drivers[] = { "qcow2", "vmdk", "vdi", "vpc", "vhdx" };
    char head[96], path[BROKER_PATH];
    size_t size = 0;

    for (unsigned i = 0; i < ARRAY_COUNT(drivers); i++) {
        int length = snprintf(head, sizeof head, "driver=%s,file.driver=file,file.filename=", drivers[i]);
        if (strncmp(option, head, (size_t)length)) continue;
        for (option += length; *option && size < sizeof path - 1; option++) {
            if (*option == ',' && *++option != ',') return false;
            path[size++] = *option;
        }
        path[size] = 0;
        return !*option && named_path(b->named, path, to_write);
    }
    return false;
}

static bool may_start_qemu_nbd(const struct broker *b, const char *const *words)
{
    static const char *const ours[] = { "--read-only", "--cache=writeback" };

    if (!words[1] || !words[2] || !words[3] || words[4]) return false;
    return is_one_of(words[1], ours, ARRAY_COUNT(ours)) && !strcmp(words[2], "--image-opts") && names_image(b, words[3], !strcmp(words[1], ours[1]));
}

static bool may_start(const struct broker *b, const char *const *words)
{
    if (!words[0]) return false;
    return (!strcmp(words[0], "passt") && may_start_passt(b, words)) || (!strcmp(words[0], "qemu-nbd") && may_start_qemu_nbd(b, words));
}

/* proc(5), stat: the name may hold anything, the last parenthesis ends it. */
static pid_t parent_of(pid_t pid)
{
    char path[64], text[512];
    pid_t parent = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f) return 0;
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    const char *end = strrchr(text, ')');
    return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

/* Its clones alone. */
s64 broker_act_kill(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    pid_t pid = (pid_t)a->request->value[0];

    (void)reply;
    if (pid <= 1 || a->request->value[1] != SIGKILL || parent_of(pid) != b->machine) return broker_refuse(b, "kill", "another process", true);
    return kill(pid, SIGKILL) ? -errno : 0;
}

s64 broker_act_start(struct broker *b, struct asked *a, struct broker_reply *reply)
{
    const char *words[WORDS_MOST + 1];
    unsigned count = 0;

    (void)reply;
    for (u32 at = 0; at < a->request->in_bytes; at += (u32)strlen(a->in + at) + 1) {
        if (count == WORDS_MOST || !memchr(a->in + at, 0, a->request->in_bytes - at)) return -EINVAL;
        words[count++] = a->in + at;
    }
    words[count] = NULL;
    if (!may_start(b, words)) return broker_refuse(b, "start", count ? words[0] : "a program", true);
    return a->fd[0] >= 0 ? -start_program(words, a->fd[0]) : -start_server(words, &a->new_fd);
}
