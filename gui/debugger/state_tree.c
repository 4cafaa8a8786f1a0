/* The state tables of all parts, by name: info device, show "PART.FIELD".                     doc: automation */
#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/commands.h"

typedef unsigned long long llu;

/* --- names --- */

/* What Bochs and QEMU's monitor call parts that have other names here. */
static const struct { const char *theirs, *ours; } aliases[] = {
    { "pci2isa", "pci.isa" }, { "floppy", "fdc" }, { "lapic", "cpu0.apic" }, { "apic", "cpu0.apic" }, { "i8042", "kbc" }, { "parallel", "parport" }, { "serial", "com" }, { "harddrv", "ata" },
    { "hard_drive", "ata" }, { "cpu", "cpu0" }, { "acpi", "pm" }, { "cirrus", "vga.cirrus" }, { "rtc", "cmos" },
};

/* "pic" means pic1 and pic2. */
static bool is_one_of(const char *name, const char *group)
{
    size_t length = strlen(group);
    return !strncmp(name, group, length) && name[length] >= '0' && name[length] <= '9' && !name[length + 1];
}

/* Calls `take` for the part of that name, or for all of a group; how many there were. */
static unsigned each_part(struct machine *m, const char *name, void (*take)(struct machine *m, const char *name, const void *context), const void *context)
{
    unsigned found = 0;
    const char *part;
    const void *instance;

    if (machine_device_state(m, name, &instance)) return take(m, name, context), 1;
    for (unsigned i = 0; (part = machine_device_name(m, i)); i++)
        if (is_one_of(part, name)) take(m, part, context), found++;
    for (unsigned i = 0; !found && i < ARRAY_COUNT(aliases); i++)
        if (!strcmp(aliases[i].theirs, name)) found = each_part(m, aliases[i].ours, take, context);
    return found;
}

/* --- info device --- */

static void put_part(struct machine *m, const char *name, const void *context)
{
    enum { SHOWN = 16 };
    const void *instance;
    const struct state_layout *layout = machine_device_state(m, name, &instance);
    u32 most = *(const bool *)context ? UINT32_MAX : SHOWN;

    printf("%s\n", name);
    for (u32 f = 0; f < layout->count; f++) {
        const struct state_field *field = &layout->fields[f];
        printf("%-18s", field->name);
        for (u32 i = 0; i < field->count && i < most; i++) printf(" %llx", (llu)state_get(field, instance, i));
        printf("%s  %s%s%s\n", field->count > most ? " .." : "", field->meaning, *field->unit ? ", " : "", field->unit);
    }
}

bool debug_info_device(struct session *s, const char *at, struct error *err)
{
    char word[64] = "", option[64];

    if (!next_argument(&at, word, sizeof word)) {
        for (unsigned i = 0; machine_device_name(s->machine, i); i++) puts(machine_device_name(s->machine, i));
        return true;
    }
    bool whole = next_argument(&at, option, sizeof option);
    if (whole && strcmp(option, "dump=full") && strcmp(option, "full")) return fail(err, "info device %s %s: \"dump=full\" shows all elements, and there is nothing else to say", word, option);
    return each_part(s->machine, word, put_part, &whole) || fail(err, "there is no device \"%s\"; info device lists them", word);
}

bool info_names_device(struct machine *m, const char *name)
{
    const void *instance;

    if (machine_device_state(m, name, &instance)) return true;
    for (unsigned i = 0; machine_device_name(m, i); i++)
        if (is_one_of(machine_device_name(m, i), name)) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(aliases); i++)
        if (!strcmp(aliases[i].theirs, name)) return info_names_device(m, aliases[i].ours);
    return false;
}

/* --- show "PART.FIELD" --- */

struct tree {
    const char *field;           /* "": all */
    bool xml;
    unsigned shown;
};

static void put_field(const struct state_field *field, const void *instance, bool xml)
{
    printf(xml ? "  <%s>" : "  %s = ", field->name);
    for (u32 i = 0; i < field->count; i++) printf("%s0x%llx", i ? " " : "", (llu)state_get(field, instance, i));
    if (xml) printf("</%s>", field->name);
    putchar('\n');
}

static void put_tree(struct machine *m, const char *name, const void *context)
{
    struct tree *t = *(struct tree *const *)context;
    const void *instance;
    const struct state_layout *layout = machine_device_state(m, name, &instance);

    unsigned before = t->shown;
    for (u32 f = 0; f < layout->count; f++) {
        if (*t->field && strcmp(layout->fields[f].name, t->field)) continue;
        if (t->shown++ == before) printf(t->xml ? "<%s>\n" : "%s = {\n", name);
        put_field(&layout->fields[f], instance, t->xml);
    }
    if (t->shown > before) printf(t->xml ? "</%s>\n" : "}\n", name);
}

/* "": the parts; "PART": its fields; "PART.FIELD"; xml behind it as Bochs has it. */
bool debug_show_state(struct session *s, const char *at, struct error *err)
{
    char path[128], word[8] = "";
    struct tree t = { .field = "" }, *tree = &t;

    next_argument(&at, path, sizeof path);
    if (next_argument(&at, word, sizeof word) && strcmp(word, "xml")) return fail(err, "show \"%s\" %s: xml, or nothing", path, word);
    t.xml = *word;
    if (!*path || !strcmp(path, "bochs") || !strcmp(path, ".")) return debug_info_device(s, "", err);
    if (info_names_device(s->machine, path)) return each_part(s->machine, path, put_tree, &tree);
    char *dot = strrchr(path, '.');
    if (!dot) return fail(err, "there is no part \"%s\"; show \"\" lists them", path);
    *dot = 0;
    t.field = dot + 1;
    if (!info_names_device(s->machine, path)) return fail(err, "there is no part \"%s\"; show \"\" lists them", path);
    each_part(s->machine, path, put_tree, &tree);
    return t.shown || fail(err, "%s has no field \"%s\"; show \"%s\" lists them", path, t.field, path);
}
