/* Built where libelf and libdw are not: what needs them says so.                            doc: symbols */
#include "gui/debugger/program.h"

#include "gui/debugger/symbol_files.h"

struct program *program_open(const char *path, u64 base, struct symbol_batch *batch, struct error *err)
{
    (void)base, (void)batch;
    fail(err, "%s: this program was built without libelf, which ELF files need; install libelf-dev and libdw-dev and build it again, or: nm %s > names", path, path);
    return NULL;
}

/* No program was ever opened. */
void program_close(struct program *program) { (void)program; }

bool program_is_wide(const struct program *program)
{
    (void)program;
    return false;
}

bool program_line(struct program *program, u64 address, struct symbol_line *line)
{
    (void)program, (void)address, (void)line;
    return false;
}

bool program_line_address(struct program *program, const char *file, unsigned line, u64 *address, unsigned *found)
{
    (void)program, (void)file, (void)line, (void)address, (void)found;
    return false;
}

bool program_unwind(struct program *program, struct symbol_frame *frame, const struct symbol_stack *stack)
{
    (void)program, (void)frame, (void)stack;
    return false;
}
