#include "gui/automation/completion.h"

#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"

enum { LISTED_MOST = 200, LINE_ROOM = 100 };

struct search {
    const char *word;            /* what is to be completed */
    char common[256];            /* of all candidates so far */
    unsigned candidates, column;
    FILE *list;
};

static void offer(struct search *f, const char *name, size_t length)
{
    size_t same = 0, begun = strlen(f->word);

    if (length < begun || length >= sizeof f->common || strncmp(name, f->word, begun)) return;
    if (f->candidates++ == 0) snprintf(f->common, sizeof f->common, "%.*s", (int)length, name);
    while (same < length && f->common[same] == name[same]) same++;
    f->common[same] = 0;
    if (f->candidates > LISTED_MOST) return;
    if (f->column + length + 2 > LINE_ROOM) fputc('\n', f->list), f->column = 0;
    f->column += (unsigned)fprintf(f->list, "%.*s  ", (int)length, name);
}

/* Names with blanks between. */
static void offer_words(struct search *f, const char *words)
{
    for (size_t length; *words; words += length + (words[length] == ' ')) {
        length = strcspn(words, " ");
        offer(f, words, length);
    }
}

static void offer_symbol(void *context, u64 address, const char *name)
{
    (void)address;
    offer(context, name, strlen(name));
}

static void offer_devices(struct search *f, struct session *s)
{
    const char *name;
    for (unsigned i = 0; (name = machine_device_name(s->machine, i)); i++) offer(f, name, strlen(name));
}

static const char registers[] = "al ah ax eax rax bl bh bx ebx rbx cl ch cx ecx rcx dl dh dx edx rdx si esi rsi di edi rdi bp ebp rbp sp esp rsp ip eip rip "
                                "r8 r9 r10 r11 r12 r13 r14 r15 cs ds es fs gs ss eflags cr0 cr2 cr3 cr4 tick cpu";

static void offer_arguments(struct search *f, struct session *s, const char *command, const char *at)
{
    char what[64] = "";
    bool second = next_argument(&at, what, sizeof what) && *at;

    if (!strcmp(command, "info") || !strcmp(command, "i")) {
        if (second && !strcmp(what, "device")) offer_devices(f, s);
        else if (!second) for (unsigned i = 0; debug_info_subject(i); i++) offer_words(f, debug_info_subject(i));
    } else if (!strcmp(command, "help") || !strcmp(command, "h")) {
        for (unsigned i = 0; session_command_names(i); i++) offer_words(f, session_command_names(i));
    } else {
        offer_words(f, registers);
        symbols_each(s->symbols, f->word, offer_symbol, f);
    }
}

struct completion completion_of(struct session *s, const char *line, FILE *list)
{
    struct search f = { .list = list };
    struct completion c = { 0 };
    char command[64];

    line += strspn(line, " \t");
    size_t first = strcspn(line, " \t");
    const char *word = line + strlen(line);
    while (word > line && !strchr(" \t+-*/%&|^~!=<>()[]@:$", word[-1])) word--;
    f.word = word;
    if (!line[first]) {
        f.word = line;
        for (unsigned i = 0; session_command_names(i); i++) offer_words(&f, session_command_names(i));
    } else {
        snprintf(command, sizeof command, "%.*s", (int)first, line);
        offer_arguments(&f, s, command, line + first);
    }
    if (f.column) fputc('\n', list);
    if (f.candidates > LISTED_MOST) fprintf(list, "... %u in all\n", f.candidates);
    c.candidates = f.candidates;
    if (f.candidates) snprintf(c.more, sizeof c.more, "%.200s%s", f.common + strlen(f.word), f.candidates == 1 ? " " : "");
    return c;
}
