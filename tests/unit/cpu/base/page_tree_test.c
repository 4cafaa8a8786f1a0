/* Contents at many moments: what is shared, what is copied, what is counted. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cpu/base/page_tree.h"

enum { ALL = 0xff };

static const u8 *filled(u8 value)
{
    static u8 bytes[TREE_PAGE_BYTES];

    memset(bytes, value, sizeof bytes);
    return bytes;
}

static int value_at(const struct page_tree *tree, u64 page)
{
    const struct page_copy *copy = page_tree_get(tree, page);
    return copy ? copy->bytes[TREE_PAGE_BYTES - 1] : -1;
}

Test(page_tree, a_share_keeps_what_was_there)
{
    struct page_store store = { 0 };
    struct page_tree now = page_tree_create(&store, 1 << 20), then;

    cr_assert(page_tree_put(&now, 5, filled(1), ALL) && page_tree_put(&now, 999999, filled(2), ALL));
    then = page_tree_share(&now);
    cr_assert(page_tree_put(&now, 5, filled(3), ALL));
    page_tree_drop(&now, 999999);
    cr_expect_eq(value_at(&now, 5), 3);
    cr_expect_eq(value_at(&now, 999999), -1);
    cr_expect_eq(value_at(&then, 5), 1);
    cr_expect_eq(value_at(&then, 999999), 2);
    cr_expect_eq(value_at(&then, 6), -1);
    page_tree_free(&now);
    cr_expect_eq(value_at(&then, 5), 1);
    page_tree_free(&then);
    cr_expect_eq(store.bytes, 0);
}

Test(page_tree, equal_contents_are_put_once)
{
    struct page_store store = { 0 };
    struct page_tree tree = page_tree_create(&store, 64);

    cr_assert(page_tree_put(&tree, 1, filled(7), ALL));
    u64 bytes = store.bytes;
    const struct page_copy *before = page_tree_get(&tree, 1);
    cr_assert(page_tree_put(&tree, 1, filled(7), ALL));
    cr_expect_eq(page_tree_get(&tree, 1), before);
    cr_assert(page_tree_alias(&tree, 2, 1, ALL));
    cr_expect_eq(page_tree_get(&tree, 2), before);
    cr_expect_eq(store.bytes, bytes);
    cr_assert(page_tree_alias(&tree, 3, 1, 1));          /* held otherwise: a copy of its own */
    cr_expect_neq(page_tree_get(&tree, 3), before);
    cr_expect_eq(page_tree_count(&tree), 3);
    page_tree_free(&tree);
    cr_expect_eq(store.bytes, 0);
}

Test(page_tree, what_is_edited_is_one_s_own)
{
    struct page_store store = { 0 };
    struct page_tree a = page_tree_create(&store, 4096), b;

    cr_assert(page_tree_put(&a, 70, filled(1), ALL));
    b = page_tree_share(&a);
    struct page_copy *mine = page_tree_edit(&b, 70);
    cr_assert(mine);
    mine->bytes[TREE_PAGE_BYTES - 1] = 9;
    cr_expect_eq(value_at(&a, 70), 1);
    cr_expect_eq(page_tree_edit(&b, 70), mine);
    struct page_copy *fresh = page_tree_edit(&b, 71);
    cr_expect(fresh && !fresh->held && !fresh->bytes[0]);
    page_tree_free(&a);
    page_tree_free(&b);
    cr_expect_eq(store.bytes, 0);
}

static void note(void *context, u64 page, const struct page_copy *a, const struct page_copy *b)
{
    char *text = context;
    sprintf(text + strlen(text), "%llu:%d>%d ", (unsigned long long)page, a ? a->bytes[0] : -1, b ? b->bytes[0] : -1);
}

Test(page_tree, differences_come_in_order_and_shared_parts_are_passed_over)
{
    struct page_store store = { 0 };
    struct page_tree a = page_tree_create(&store, 1 << 18), b;
    char text[256] = "";

    for (u64 page = 0; page < 1000; page++) cr_assert(page_tree_put(&a, page * 200, filled(1), ALL));
    b = page_tree_share(&a);
    cr_assert(page_tree_put(&b, 100000, filled(2), ALL) && page_tree_put(&b, 3, filled(4), ALL));
    page_tree_drop(&b, 199800);
    page_tree_differences(&a, &b, note, text);
    cr_expect_str_eq(text, "3:-1>4 100000:1>2 199800:1>-1 ");
    page_tree_free(&a);
    page_tree_free(&b);
    cr_expect_eq(store.bytes, 0);
}
