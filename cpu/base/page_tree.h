#ifndef ORRERY_BASE_PAGE_TREE_H
#define ORRERY_BASE_PAGE_TREE_H
/* Contents of memory at many moments: a tree of pages a moment, and what two of them have in common is there once.   doc: time-travel
 * A page that is not in a tree was never stored to.  Trees and pages count who holds them. */
#include "cpu/base/types.h"

enum { TREE_PAGE_BYTES = 4096, TREE_BRANCHES = 64, TREE_BRANCH_BITS = 6 };

struct page_copy {
    u32 holders;
    u8 held;                     /* of a disk's block of eight sectors: bit n, sector n is there */
    u8 bytes[TREE_PAGE_BYTES];
};

struct page_node;

/* How much memory all trees that share a store take. */
struct page_store {
    u64 bytes;
};

struct page_tree {
    struct page_store *store;
    struct page_node *root;      /* NULL: no page */
    unsigned levels;
};

/* An empty tree with room for `pages` pages. */
struct page_tree page_tree_create(struct page_store *store, u64 pages);
/* Another holder of the same contents; each is given back by page_tree_free. */
struct page_tree page_tree_share(const struct page_tree *tree);
void page_tree_free(struct page_tree *tree);
/* It holds what another does from now on. */
void page_tree_replace(struct page_tree *tree, const struct page_tree *with);

const struct page_copy *page_tree_get(const struct page_tree *tree, u64 page);           /* NULL: it is not there */
/* Page `page` is these 4096 bytes from now on; trees that shared it keep what they had.  Nothing happens to one that is so already.
 * False: the host has no memory, and nothing has changed. */
bool page_tree_put(struct page_tree *tree, u64 page, const u8 *bytes, u8 held);
/* The page of another tree that shares the store: one copy, two holders more or less.  False: no memory, and nothing has changed. */
bool page_tree_put_copy(struct page_tree *tree, u64 page, const struct page_copy *copy);
/* The same contents as another page of the tree, which is there. */
bool page_tree_alias(struct page_tree *tree, u64 page, u64 other, u8 held);
/* The copy that this tree alone has of a page, to be written to; zeros, and none of it held, where there was none.  NULL: no memory. */
struct page_copy *page_tree_edit(struct page_tree *tree, u64 page);
void page_tree_drop(struct page_tree *tree, u64 page);

/* Calls back for every page that is not the same copy in both, ascending; NULL: not there. */
void page_tree_differences(const struct page_tree *a, const struct page_tree *b,
                           void (*differs)(void *context, u64 page, const struct page_copy *in_a, const struct page_copy *in_b), void *context);
/* Every page, ascending. */
void page_tree_each(const struct page_tree *tree, void (*one)(void *context, u64 page, const struct page_copy *copy), void *context);
u64 page_tree_count(const struct page_tree *tree);

#endif
