/* Machines for many runs.  doc: fuzz */
#include "tests/fuzz/kept.h"

#include <stdlib.h>

#include "devices/board/board.h"

static struct machine *create(struct kept_machine *k, const struct machine_config *config, struct error *err)
{
    k->machine = machine_create(config, err);
    if (!k->machine) return NULL;
    if (!tracker_begin(&k->tracker, k->machine) || !(k->first = checkpoint_take(&k->tracker))) abort();
    return k->machine;
}

/* Whoever saves, restores or keeps a history follows the machine's memory, too, and ends that for both. */
static bool is_followed(struct machine *m) { return physical_page_at(m->map, 0)->shown && !m->history && !m->mirror; }

struct machine *kept_begin(struct kept_machine *k, const struct machine_config *config, struct error *err)
{
    if (k->machine && !is_followed(k->machine)) kept_drop(k);
    if (!k->machine) return create(k, config, err);
    journal_close(k->machine);
    checkpoint_put(&k->tracker, k->first);
    return k->machine;
}

void kept_media(struct kept_machine *k)
{
    const char *name;
    struct disk_image *image;

    for (unsigned i = 0; board_image_at(k->machine, i, &name, &image); i++) k->first->medium[i] = image;
}

void kept_drop(struct kept_machine *k)
{
    checkpoint_free(k->first);
    tracker_end(&k->tracker);
    machine_destroy(k->machine);
    *k = (struct kept_machine){ 0 };
}
