/* Built where libelf is not: what needs it says so.                                         doc: symbols */
#include "gui/debugger/symbol_files.h"

bool symbol_file_elf(struct symbol_batch *b, const char *path, struct error *err)
{
    (void)b;
    return fail(err, "%s: this program was built without libelf, which ELF files need; install libelf-dev and libdw-dev and build it again, or: nm %s > names", path, path);
}
