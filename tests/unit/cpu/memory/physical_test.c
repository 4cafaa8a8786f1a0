/* The physical map: sparse pages of host memory. */
#include "tests/unit/cpu/fixture.h"

Test(physical, what_was_never_mapped_has_no_host_pointers)
{
    struct physical_map *map = physical_create();
    static const u64 at[] = { 0, 0xfffff000, 0x100000000, 0xfffffff000, UINT64_MAX };
    for (unsigned i = 0; i < ARRAY_COUNT(at); i++) {
        const struct physical_page *page = physical_page_at(map, at[i]);
        cr_expect(!page->read && !page->write && !page->code_chunks && !page->written);
    }
    physical_destroy(map);
}

Test(physical, a_mapping_covers_its_pages_and_no_others)
{
    struct physical_map *map = physical_create();
    u8 *host = aligned_alloc(PAGE_BYTES, 3 * PAGE_BYTES);
    physical_set(map, 0xfff000, 3 * PAGE_BYTES, host, host);             /* over the end of a table */
    for (unsigned i = 0; i < 3; i++) cr_expect_eq(physical_page_at(map, 0xfff000 + i * PAGE_BYTES)->read, host + i * PAGE_BYTES);
    cr_expect(physical_page_at(map, 0xffe000)->read == NULL);
    cr_expect(physical_page_at(map, 0x1002000)->read == NULL);
    physical_destroy(map);
    free(host);
}

Test(physical, rom_is_read_only_and_may_be_taken_away)
{
    struct physical_map *map = physical_create();
    u8 *host = aligned_alloc(PAGE_BYTES, PAGE_BYTES);
    physical_set(map, 0xf0000, PAGE_BYTES, host, NULL);
    cr_expect_eq(physical_page_at(map, 0xf0fff)->read, host);
    cr_expect(physical_page_at(map, 0xf0fff)->write == NULL);
    physical_set(map, 0xf0000, PAGE_BYTES, NULL, NULL);
    cr_expect(physical_page_at(map, 0xf0fff)->read == NULL);
    physical_destroy(map);
    free(host);
}

Test(physical, the_map_has_40_bits)
{
    struct physical_map *map = physical_create();
    u8 *host = aligned_alloc(PAGE_BYTES, PAGE_BYTES);
    physical_set(map, 0xfffffff000, PAGE_BYTES, host, host);
    cr_expect_eq(physical_page_at(map, 0xffffffffff)->read, host);
    cr_expect(physical_page_at(map, 0xfffff000)->read == NULL);
    physical_destroy(map);
    free(host);
}

Test(physical, a_write_behind_the_processor_marks_every_page_that_it_touches)
{
    PC(pc) = pc_create("p6_nofpu");
    cpu_memory_written(pc->cpu, DATA + 0xffe, 4);
    cr_expect(physical_page_at(pc->memory, DATA)->written);
    cr_expect(physical_page_at(pc->memory, DATA + 0x1000)->written);
    cr_expect_not(physical_page_at(pc->memory, DATA + 0x2000)->written);
    cpu_memory_written(pc->cpu, RAM_BYTES, 4);                           /* nothing is there */
}
