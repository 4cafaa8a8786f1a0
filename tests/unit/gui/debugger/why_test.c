/* What `why` tells of every reason that a fault may have, as it stands in why.txt: text that a person can check against the manual.   doc: faults */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gui/debugger/why.h"
#include "tests/unit/cpu/system/provocations.h"
#include "tests/unit/room.h"

#define GOLDEN "tests/unit/gui/debugger/why.txt"

enum { ROOM = 1 << 14 };

static void print_into(char *text, void (*tell)(struct cpu *cpu), struct cpu *cpu)
{
    FILE *out = stdout, *memory = fmemopen(text, ROOM, "w");

    stdout = memory;
    tell(cpu);
    stdout = out;
    fclose(memory);
}

static void tell_newest(struct cpu *cpu)
{
    struct error err = { 0 };
    if (!why_fault(cpu, NULL, 0, &err)) printf("%s", err.text);
}

static char *all_of_them(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        PC(pc) = pc_in_memory();
        provocation[r].provoke(pc);
        char told_of_it[ROOM];
        print_into(told_of_it, tell_newest, pc->cpu);
        fprintf(f, "== %s\n%s", provocation[r].name, told_of_it);
    }
    fclose(f);
    return text;
}

static char *whole_file(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;

    cr_assert(f != NULL, "%s: run this from the top of the source tree", path);
    if (getdelim(&text, &room, 0, f) < 0) text = strdup("");
    fclose(f);
    return text;
}

/* The line of `text` in which the byte at `at` stands. */
static const char *line_at(const char *text, size_t at, char *line, size_t size)
{
    while (at && text[at - 1] != '\n') at--;
    snprintf(line, size, "%.*s", (int)strcspn(text + at, "\n"), text + at);
    return line;
}

Test(why, tells_of_every_reason_what_stands_in_the_file)
{
    char *now = all_of_them(), *golden = whole_file(GOLDEN), expected[256], found[256];
    size_t same = 0;

    while (now[same] && now[same] == golden[same]) same++;
    if (now[same] || golden[same]) {
        char path[64];
        snprintf(path, sizeof path, "%s/why-%d.txt", test_place(), (int)getpid());
        FILE *f = fopen(path, "w");
        if (f) fputs(now, f), fclose(f);
        cr_expect(false, GOLDEN " has \"%s\", why tells \"%s\"; all of it is in %s: read it against the manual before it takes the file's place",
                  line_at(golden, same, expected, sizeof expected), line_at(now, same, found, sizeof found), path);
    }
    free(now);
    free(golden);
}

Test(why, says_so_when_nothing_was_raised)
{
    PC(pc) = pc_in_memory();
    struct error err = { 0 };

    cr_expect_not(why_fault(pc->cpu, NULL, 0, &err));
    cr_expect_str_eq(err.text, "no fault was raised\n");
}

static void tell_triple_fault(struct cpu *cpu) { why_triple_fault(cpu, NULL); }

/* A program without a usable IDT: #UD, then #GP for its gate, #DF, and again #GP. */
Test(why, names_the_first_cause_of_a_triple_fault)
{
    PC(pc) = pc_in_memory();
    char text[ROOM];

    enter_protected(pc, 0);
    pc->cpu->idtr_limit = 0;
    RUN(pc, 0x0f, 0x0b);
    cr_assert_eq(pc->cpu->activity, ACTIVITY_SHUTDOWN);
    print_into(text, tell_triple_fault, pc->cpu);
    const char *first = strstr(text, "first cause: #UD"), *double_fault = first ? strstr(first, "double fault: #DF") : NULL;
    cr_expect(double_fault && strstr(double_fault, "FAILED the gate lies within the limit of the IDT"), "%s", text);
}

static struct symbols *names;
static void tell_with_names(struct cpu *cpu)
{
    struct error err = { 0 };
    why_fault(cpu, names, 0, &err);
    why_list(cpu, names, 1);
}

Test(why, says_in_which_function_the_instruction_stands)
{
    PC(pc) = pc_in_memory();
    char text[ROOM], path[TEST_ROOM];
    struct error err = { 0 };
    int file = test_file(path);

    cr_assert(write(file, "0 T program\n", 12) == 12 && !close(file));
    names = symbols_open();
    cr_assert(symbols_load(names, path, 0, &err), "%s", err.text);
    unlink(path);
    enter_protected(pc, 0);
    RUN(pc, 0x0f, 0x0b);
    print_into(text, tell_with_names, pc->cpu);
    cr_expect(strstr(text, " <program+0x") && strstr(text, " 0  <program+0x"), "%s", text);
    symbols_free(names);
}
