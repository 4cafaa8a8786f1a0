#include "cpu/base/page_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct page_node {
    u32 holders;
    void *below[TREE_BRANCHES];          /* nodes; copies under the last level */
};

struct page_tree page_tree_create(struct page_store *store, u64 pages)
{
    struct page_tree tree = { .store = store, .levels = 1 };

    while (pages > 1ull << tree.levels * TREE_BRANCH_BITS) tree.levels++;
    return tree;
}

struct page_tree page_tree_share(const struct page_tree *tree)
{
    if (tree->root) tree->root->holders++;
    return *tree;
}

static void release_copy(struct page_store *store, struct page_copy *copy)
{
    if (!copy || --copy->holders) return;
    store->bytes -= sizeof *copy;
    free(copy);
}

static void release_node(struct page_store *store, struct page_node *node, unsigned level)
{
    if (!node || --node->holders) return;
    for (unsigned i = 0; i < TREE_BRANCHES; i++) {
        if (level) release_node(store, node->below[i], level - 1);
        else release_copy(store, node->below[i]);
    }
    store->bytes -= sizeof *node;
    free(node);
}

void page_tree_free(struct page_tree *tree)
{
    release_node(tree->store, tree->root, tree->levels - 1);
    tree->root = NULL;
}

void page_tree_replace(struct page_tree *tree, const struct page_tree *with)
{
    struct page_tree old = *tree;

    *tree = page_tree_share(with);
    page_tree_free(&old);
}

static unsigned branch_of(u64 page, unsigned level) { return page >> level * TREE_BRANCH_BITS & (TREE_BRANCHES - 1); }

const struct page_copy *page_tree_get(const struct page_tree *tree, u64 page)
{
    const void *at = tree->root;

    for (unsigned level = tree->levels; level-- && at;) at = ((const struct page_node *)at)->below[branch_of(page, level)];
    return at;
}

static void *take(struct page_store *store, void *block, size_t size)
{
    if (block) store->bytes += size;
    return block;
}

static struct page_node *take_node(struct page_store *store) { return take(store, calloc(1, sizeof(struct page_node)), sizeof(struct page_node)); }

/* Nothing in it is set but who holds it. */
static struct page_copy *take_copy(struct page_store *store)
{
    struct page_copy *copy = take(store, malloc(sizeof *copy), sizeof *copy);
    if (copy) copy->holders = 1;
    return copy;
}

/* A node that this tree alone holds, in the place of *node; NULL: no memory. */
static struct page_node *own(struct page_store *store, struct page_node **node, unsigned level)
{
    struct page_node *old = *node;

    if (old && old->holders == 1) return old;
    struct page_node *mine = take_node(store);
    if (!mine) return NULL;
    mine->holders = 1;
    if (old) {
        memcpy(mine->below, old->below, sizeof mine->below);
        old->holders--;
        for (unsigned i = 0; i < TREE_BRANCHES; i++) {
            if (!mine->below[i]) continue;
            if (level) ((struct page_node *)mine->below[i])->holders++;
            else ((struct page_copy *)mine->below[i])->holders++;
        }
    }
    return *node = mine;
}

/* The place of a page in nodes that this tree alone holds; NULL: no memory. */
static struct page_copy **place_of(struct page_tree *tree, u64 page)
{
    struct page_node **node = &tree->root;

    assert(page < 1ull << tree->levels * TREE_BRANCH_BITS);
    for (unsigned level = tree->levels - 1;; level--) {
        struct page_node *mine = own(tree->store, node, level);
        if (!mine) return NULL;
        if (!level) return (struct page_copy **)&mine->below[branch_of(page, 0)];
        node = (struct page_node **)&mine->below[branch_of(page, level)];
    }
}

bool page_tree_put(struct page_tree *tree, u64 page, const u8 *bytes, u8 held)
{
    const struct page_copy *there = page_tree_get(tree, page);

    if (there && there->held == held && !memcmp(there->bytes, bytes, TREE_PAGE_BYTES)) return true;
    struct page_copy *copy = take_copy(tree->store), **place = copy ? place_of(tree, page) : NULL;
    if (!place) {
        release_copy(tree->store, copy);
        return false;
    }
    copy->held = held;
    memcpy(copy->bytes, bytes, TREE_PAGE_BYTES);
    release_copy(tree->store, *place);
    *place = copy;
    return true;
}

bool page_tree_put_copy(struct page_tree *tree, u64 page, const struct page_copy *copy)
{
    struct page_copy **place = place_of(tree, page), *shared = (struct page_copy *)copy;

    if (!place) return false;
    shared->holders++;
    release_copy(tree->store, *place);
    *place = shared;
    return true;
}

bool page_tree_alias(struct page_tree *tree, u64 page, u64 other, u8 held)
{
    const struct page_copy *there = page_tree_get(tree, other);

    if (there->held != held) return page_tree_put(tree, page, there->bytes, held);
    struct page_copy **place = place_of(tree, page);
    if (!place) return false;
    struct page_copy *copy = (struct page_copy *)page_tree_get(tree, other);
    copy->holders++;
    release_copy(tree->store, *place);
    *place = copy;
    return true;
}

struct page_copy *page_tree_edit(struct page_tree *tree, u64 page)
{
    struct page_copy **place = place_of(tree, page);

    if (!place) return NULL;
    if (*place && (*place)->holders == 1) return *place;
    struct page_copy *copy = take_copy(tree->store);
    if (!copy) return NULL;
    copy->held = *place ? (*place)->held : 0;
    if (*place) memcpy(copy->bytes, (*place)->bytes, sizeof copy->bytes), (*place)->holders--;
    else memset(copy->bytes, 0, sizeof copy->bytes);
    return *place = copy;
}

void page_tree_drop(struct page_tree *tree, u64 page)
{
    struct page_copy **place = page_tree_get(tree, page) ? place_of(tree, page) : NULL;

    if (!place) return;
    release_copy(tree->store, *place);
    *place = NULL;
}

struct comparison {
    void (*differs)(void *context, u64 page, const struct page_copy *in_a, const struct page_copy *in_b);
    void *context;
};

static void compare(const struct comparison *c, const struct page_node *a, const struct page_node *b, unsigned level, u64 first)
{
    if (a == b) return;
    for (unsigned i = 0; i < TREE_BRANCHES; i++) {
        const void *in_a = a ? a->below[i] : NULL, *in_b = b ? b->below[i] : NULL;
        u64 page = first + ((u64)i << level * TREE_BRANCH_BITS);
        if (in_a == in_b) continue;
        if (level) compare(c, in_a, in_b, level - 1, page);
        else c->differs(c->context, page, in_a, in_b);
    }
}

void page_tree_differences(const struct page_tree *a, const struct page_tree *b,
                           void (*differs)(void *context, u64 page, const struct page_copy *in_a, const struct page_copy *in_b), void *context)
{
    struct comparison c = { differs, context };

    assert(a->levels == b->levels);
    compare(&c, a->root, b->root, a->levels - 1, 0);
}

static void each(const struct page_node *node, unsigned level, u64 first, void (*one)(void *, u64, const struct page_copy *), void *context)
{
    for (unsigned i = 0; node && i < TREE_BRANCHES; i++) {
        u64 page = first + ((u64)i << level * TREE_BRANCH_BITS);
        if (!node->below[i]) continue;
        if (level) each(node->below[i], level - 1, page, one, context);
        else one(context, page, node->below[i]);
    }
}

void page_tree_each(const struct page_tree *tree, void (*one)(void *context, u64 page, const struct page_copy *copy), void *context)
{
    each(tree->root, tree->levels - 1, 0, one, context);
}

static u64 count(const struct page_node *node, unsigned level)
{
    u64 n = 0;

    for (unsigned i = 0; node && i < TREE_BRANCHES; i++) n += !level ? node->below[i] != NULL : count(node->below[i], level - 1);
    return n;
}

u64 page_tree_count(const struct page_tree *tree) { return count(tree->root, tree->levels - 1); }
