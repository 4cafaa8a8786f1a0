/* A debugger's breakpoints and watchpoints, and its record of what runs.                     doc: breaks */
#include "tests/unit/cpu/fixture.h"

enum { OTHER = 0x50000 /* where the code's page is mapped too */, LOOP_BYTES = 5 };

static const u8 LOOP[LOOP_BYTES] = { 0x40, 0x41, 0x42, 0xeb, 0xfb };     /* inc eax; inc ecx; inc edx; jmp to the first */

static struct pc *pc_with(const void *code, size_t size)
{
    struct pc *pc = pc_create("core2_penryn");
    enter_protected(pc, 0);
    pc->cpu->gpr[RDX] = 0;
    memcpy(pc->ram + CODE, code, size);
    physical_page_at(pc->memory, CODE)->written = true;
    return pc;
}

static enum cpu_stop run_for(struct pc *pc, u64 ticks)
{
    pc->time.deadline = pc->time.now + ticks;
    return cpu_run(pc->cpu);
}

static void set_break(struct pc *pc, enum cpu_break_kind kind, u64 address, u64 size)
{
    struct cpu_break place = { .kind = kind, .address = address, .size_bytes = size };
    cpu_set_breaks(pc->cpu, &place, 1);
}

static void map(struct pc *pc, u32 la, u32 pa)
{
    put32(pte_of(pc, la), pa | 7);
    tlb_flush(pc->cpu);
}

/* --- breakpoints --- */

Test(breaks, a_breakpoint_amid_a_loop_that_has_run_stops_before_its_instruction)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    run_for(pc, 400);
    for (u32 round = 1; round <= 3; round++) {
        set_break(pc, CPU_BREAK_LINEAR, CODE + 2, 0);
        cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
        cr_expect_eq(pc->cpu->rip, CODE + 2);
        cr_expect_eq(pc->cpu->gpr[RAX], 100 + round);
        cr_expect_eq(pc->cpu->gpr[RDX], 99 + round);
        cr_expect_eq(pc->time.now, 402 + 4 * (round - 1));
    }
}

Test(breaks, an_address_within_an_instruction_is_no_breakpoint)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    set_break(pc, CPU_BREAK_LINEAR, CODE + 4, 0);
    cr_expect_eq(run_for(pc, 1000), CPU_STOP_DEADLINE);
    cr_expect_eq(pc->cpu->gpr[RAX], 250);
}

Test(breaks, a_linear_breakpoint_stops_at_one_mapping_of_a_page_alone)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    enter_paging(pc);
    map(pc, OTHER, CODE);
    run_for(pc, 400);                                    /* its traces are there */
    set_break(pc, CPU_BREAK_LINEAR, OTHER + 1, 0);
    cr_expect_eq(run_for(pc, 400), CPU_STOP_DEADLINE);
    pc->cpu->rip = OTHER;
    cr_expect_eq(run_for(pc, 400), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, OTHER + 1);
    pc->cpu->rip = CODE;
    cr_expect_eq(run_for(pc, 400), CPU_STOP_DEADLINE);
}

Test(breaks, a_physical_breakpoint_stops_at_every_mapping)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    enter_paging(pc);
    map(pc, OTHER, CODE);
    set_break(pc, CPU_BREAK_PHYSICAL, CODE + 1, 0);
    cr_expect_eq(run_for(pc, 400), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 1);
    pc->cpu->rip = OTHER;
    cr_expect_eq(run_for(pc, 400), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, OTHER + 1);
}

Test(breaks, a_linear_breakpoint_holds_when_another_page_with_known_code_is_mapped_there)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    memcpy(pc->ram + OTHER, LOOP, sizeof LOOP);
    enter_paging(pc);
    set_break(pc, CPU_BREAK_LINEAR, CODE + 1, 0);
    cr_expect_eq(run_for(pc, 400), CPU_STOP_BREAK);
    pc->cpu->rip = OTHER;
    cr_expect_eq(run_for(pc, 400), CPU_STOP_DEADLINE);
    map(pc, CODE, OTHER);
    pc->cpu->rip = CODE;
    cr_expect_eq(run_for(pc, 400), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 1);
}

Test(breaks, a_virtual_breakpoint_is_one_selector_s)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    struct cpu_break place = { .kind = CPU_BREAK_VIRTUAL, .selector = FREE, .address = 1 };
    cpu_set_breaks(pc->cpu, &place, 1);
    cr_expect_eq(run_for(pc, 400), CPU_STOP_DEADLINE);
    set_segment(pc->cpu, CPU_SEG_CS, FREE, CODE, ~0u, CODE_READ | FLAT);
    mode_derive(pc->cpu);
    pc->cpu->rip = 0;
    cr_expect_eq(run_for(pc, 400), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, 1);
}

Test(breaks, a_repeated_instruction_is_stopped_at_once_and_not_between_its_iterations)
{
    static const u8 code[] = { 0x90, 0xf3, 0xaa, 0xeb, 0xfe };            /* nop; rep stosb; jmp to itself */
    PC(pc) = pc_with(code, sizeof code);
    pc->cpu->gpr[RCX] = 100;
    pc->cpu->gpr[RDI] = DATA;
    set_break(pc, CPU_BREAK_LINEAR, CODE + 1, 0);
    cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
    set_break(pc, CPU_BREAK_LINEAR, CODE + 1, 0);
    for (unsigned i = 0; i < 9; i++) cr_assert_eq(run_for(pc, 10), CPU_STOP_DEADLINE);
    cr_expect_eq(pc->cpu->gpr[RCX], 10);
    cr_expect_eq(pc->cpu->rip, CODE + 1);
    cr_expect_eq(run_for(pc, 100), CPU_STOP_DEADLINE);
}

Test(breaks, without_places_nothing_is_left)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    set_break(pc, CPU_BREAK_LINEAR, CODE + 1, 0);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    cpu_set_breaks(pc->cpu, NULL, 0);
    cr_expect_eq(run_for(pc, 100), CPU_STOP_DEADLINE);
}

/* --- watchpoints --- */

/* mov [DATA + 4], eax; mov ecx, [DATA]; inc eax; jmp to the first */
static const u8 ACCESSES[] = { 0xa3, 0x04, 0x00, 0x02, 0x00, 0x8b, 0x0d, 0x00, 0x00, 0x02, 0x00, 0x40, 0xeb, 0xf2 };

static struct pc *pc_with_accesses(void)
{
    struct pc *pc = pc_with(ACCESSES, sizeof ACCESSES);
    physical_page_at(pc->memory, DATA)->written = true;
    enter_paging(pc);
    run_for(pc, 400);
    return pc;
}

Test(breaks, a_watched_write_stops_behind_its_instruction)
{
    PC(pc) = pc_with_accesses();
    set_break(pc, CPU_WATCH_WRITE, DATA + 7, 1);
    cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 5);
    cr_expect_eq(pc->time.now, 401);
    cr_expect_eq(cpu_break_hit(pc->cpu)->pa, DATA + 4);
    cr_expect_eq(cpu_break_hit(pc->cpu)->size_bytes, 4);
    cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
    cr_expect_eq(pc->time.now, 405);
}

Test(breaks, a_watched_read_stops_behind_its_instruction)
{
    PC(pc) = pc_with_accesses();
    set_break(pc, CPU_WATCH_READ, DATA, 4);
    cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 11);
    cr_expect_eq(pc->time.now, 402);
}

Test(breaks, bytes_beside_the_watched_ones_and_the_other_kind_of_access_do_not_stop)
{
    PC(pc) = pc_with_accesses();
    struct cpu_break places[] = { { .kind = CPU_WATCH_WRITE, .address = DATA, .size_bytes = 4 }, { .kind = CPU_WATCH_READ, .address = DATA + 4, .size_bytes = 100 } };
    cpu_set_breaks(pc->cpu, places, 2);
    cr_expect_eq(run_for(pc, 1000), CPU_STOP_DEADLINE);
    cr_expect_eq(pc->cpu->gpr[RAX], 350);
}

Test(breaks, a_watched_byte_stops_a_repeated_instruction_behind_the_iteration)
{
    static const u8 code[] = { 0xf3, 0xaa, 0xeb, 0xfe };                  /* rep stosb; jmp to itself */
    PC(pc) = pc_with(code, sizeof code);
    pc->cpu->gpr[RCX] = 100;
    pc->cpu->gpr[RDI] = DATA;
    physical_page_at(pc->memory, DATA)->written = true;
    set_break(pc, CPU_WATCH_WRITE, DATA + 41, 1);
    cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->gpr[RCX], 58);
    cr_expect_eq(pc->time.now, 42);
}

/* The TLB answered before, and it goes on doing so: a walk would set A and D again. */
Test(breaks, a_watched_page_s_table_entry_is_left_as_it_would_have_been)
{
    if (TLB_ENTRIES == 1) cr_skip_test("the TLB answers for one page only");
    PC(pc) = pc_with_accesses();
    put32(pte_of(pc, DATA), DATA | 7);
    set_break(pc, CPU_WATCH_WRITE, DATA + 100, 1);
    run_for(pc, 400);
    cr_expect_eq(get32(pte_of(pc, DATA)), DATA | 7u);
    cpu_set_breaks(pc->cpu, NULL, 0);
    run_for(pc, 400);
    cr_expect_eq(get32(pte_of(pc, DATA)), DATA | 7u);
    tlb_flush(pc->cpu);
    run_for(pc, 400);
    cr_expect_eq(get32(pte_of(pc, DATA)), DATA | 0x67u);
}

Test(breaks, the_processor_s_own_pushes_are_watched)
{
    static const u8 code[] = { 0xcd, 0x30 };                              /* int 30h */
    PC(pc) = pc_with(code, sizeof code);
    set_break(pc, CPU_WATCH_WRITE, STACK_0 - 12, 4);
    cr_assert_eq(run_for(pc, 10), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x30 * 16);
}

/* --- the record of what runs --- */

struct words {
    u64 word[4096];
    size_t count;
};

static void keep_words(void *context, const u64 *words, size_t count)
{
    struct words *w = context;
    cr_assert(w->count + count <= ARRAY_COUNT(w->word));
    memcpy(w->word + w->count, words, count * sizeof *words);
    w->count += count;
}

/* How many ticks the entries of traces account for. */
static u64 recorded_ticks(const struct words *w)
{
    u64 ticks = 0;
    bool running = false;
    u32 begun = 0;

    for (size_t i = 0; i < w->count; i++) {
        u32 kind = (u32)w->word[i], argument = (u32)(w->word[i] >> 32);
        if (kind == CPU_RECORD_CODE) {
            i += 1 + ((u32)w->word[i + 1] + 7) / 8;
        } else if (kind == CPU_RECORD_RIP || kind == CPU_RECORD_TICK) {
            i++;
        } else {
            if (running) ticks += argument - begun;
            running = kind != CPU_RECORD_END;
            begun = argument;
        }
    }
    return ticks;
}

Test(recorder, every_tick_is_accounted_for_and_none_twice)
{
    static struct words w;
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    cpu_set_recorder(pc->cpu, keep_words, &w);
    for (unsigned i = 1; i <= 30; i++) run_for(pc, i);
    cpu_set_recorder(pc->cpu, NULL, NULL);
    cr_expect_eq(recorded_ticks(&w), 465);
    cr_expect_eq(pc->cpu->gpr[RAX], 117);
    cr_expect_eq(pc->time.now, 465);
    run_for(pc, 400);
    cr_expect_eq(recorded_ticks(&w), 465);
}

Test(recorder, a_repeated_instruction_ends_its_trace)
{
    static const u8 code[] = { 0x90, 0xf3, 0xaa, 0x90, 0xf4 };            /* nop; rep stosb; nop; hlt */
    static struct words w;
    PC(pc) = pc_with(code, sizeof code);
    pc->cpu->gpr[RCX] = 7;
    pc->cpu->gpr[RDI] = DATA;
    cpu_set_recorder(pc->cpu, keep_words, &w);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_HALTED);
    cpu_set_recorder(pc->cpu, NULL, NULL);
    bool at_an_end = false;
    for (size_t i = 0; i + 2 < w.count; i++)
        if ((u32)w.word[i] == CPU_RECORD_CODE) at_an_end |= !memcmp((u8 *)&w.word[i + 2] + (u32)w.word[i + 1] - 2, code + 1, 2);
    cr_expect(at_an_end);
    cr_expect_eq(recorded_ticks(&w), 10);
}

/* --- catching --- */

Test(breaks, a_caught_exception_stops_before_its_handler_begins)
{
    static const u8 code[] = { 0x40, 0x0f, 0x0b };                       /* INC EAX; UD2 */
    PC(pc) = pc_with(code, sizeof code);
    set_break(pc, CPU_CATCH_FAULT, VECTOR_UD, 1);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    EXPECT_HANDLER(pc, VECTOR_UD);
    cr_expect_eq(cpu_break_hit(pc->cpu)->number, VECTOR_UD);
    cr_expect_eq(pc->cpu->gpr[RAX], 1);
}

Test(breaks, an_exception_of_another_vector_is_not_caught)
{
    static const u8 code[] = { 0x0f, 0x0b };
    PC(pc) = pc_with(code, sizeof code);
    set_break(pc, CPU_CATCH_FAULT, VECTOR_GP, 1);
    cr_expect_eq(run_for(pc, 100), CPU_STOP_HALTED);
}

Test(breaks, int_n_and_requests_of_devices_are_caught_as_interrupts_and_faults_are_not)
{
    static const u8 code[] = { 0xcd, 0x80, 0x90 };                       /* INT 80h; NOP */
    PC(pc) = pc_create("i386");                                          /* no local APIC stands before INTR */
    enter_protected(pc, 0);
    memcpy(pc->ram + CODE, code, sizeof code);
    set_break(pc, CPU_CATCH_INTERRUPT, 0, CPU_CATCH_ANY);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    EXPECT_HANDLER(pc, 0x80);
    pc->cpu->rip = CODE + 2;
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF);
    pc->vector = 0x40;
    set_break(pc, CPU_CATCH_INTERRUPT, 0x40, 1);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    EXPECT_HANDLER(pc, 0x40);
    set_break(pc, CPU_CATCH_INTERRUPT, 0, CPU_CATCH_ANY);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, false);
    pc->cpu->rip = CODE + 4;
    pc->ram[CODE + 4] = 0x0f, pc->ram[CODE + 5] = 0x0b;
    cr_expect_eq(run_for(pc, 100), CPU_STOP_HALTED);
}

static void expect_hit(struct pc *pc, u64 number, u64 value)
{
    cr_expect_eq(cpu_break_hit(pc->cpu)->number, number, "number %llx", (unsigned long long)cpu_break_hit(pc->cpu)->number);
    cr_expect_eq(cpu_break_hit(pc->cpu)->value, value, "value %llx", (unsigned long long)cpu_break_hit(pc->cpu)->value);
}

Test(breaks, an_access_to_a_port_stops_behind_it_with_what_it_moved)
{
    static const u8 code[] = { 0xe5, 0x60, 0xe6, 0x43, 0xe6, 0x61, 0xf4 };         /* IN EAX, 60h; OUT 43h, AL; OUT 61h, AL; HLT */
    PC(pc) = pc_with(code, sizeof code);
    struct cpu_break places[] = { { .kind = CPU_CATCH_OUT, .address = 0x60, .size_bytes = 4 }, { .kind = CPU_CATCH_IN, .address = 0x63, .size_bytes = 1 } };
    cpu_set_breaks(pc->cpu, places, 2);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 2);                                /* its fourth byte is that of port 63h */
    expect_hit(pc, 0x60, 0xa5a5a5a5);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 6);
    expect_hit(pc, 0x61, 0xa5);
    cr_expect_eq(run_for(pc, 100), CPU_STOP_HALTED);
}

Test(breaks, rdmsr_and_wrmsr_of_a_number_stop_behind_it)
{
    static const u8 code[] = { 0x0f, 0x32, 0x40, 0x0f, 0x30, 0xf4 };     /* RDMSR; INC EAX; WRMSR; HLT */
    PC(pc) = pc_with(code, sizeof code);
    pc->cpu->gpr[RCX] = 0x174;                                           /* IA32_SYSENTER_CS */
    set_break(pc, CPU_CATCH_MSR_WRITE, 0x174, 1);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 5);
    expect_hit(pc, 0x174, 1);
    pc->cpu->rip = CODE;
    set_break(pc, CPU_CATCH_MSR_READ, 0, CPU_CATCH_ANY);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    expect_hit(pc, 0x174, 1);
    pc->cpu->rip = CODE;
    set_break(pc, CPU_CATCH_MSR_READ, 0x175, 1);
    cr_expect_eq(run_for(pc, 100), CPU_STOP_HALTED);
}

Test(breaks, a_switch_of_mode_stops_where_it_is_whole)
{
    static const u8 code[] = { 0x0f, 0x22, 0xc0, 0x90, 0xf4 };           /* MOV CR0, EAX; NOP; HLT */
    PC(pc) = pc_with(code, sizeof code);
    set_break(pc, CPU_CATCH_MODE, 0, CPU_CATCH_ANY);
    pc->cpu->gpr[RAX] = pc->cpu->cr0 & ~(u64)(CR0_PE | CR0_PG);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 3);
    expect_hit(pc, CPU_MODE_REAL, CPU_MODE_PROTECTED);
    cr_expect_eq(run_for(pc, 100), CPU_STOP_HALTED);
}

Test(breaks, a_triple_fault_is_caught_before_the_board_hears_of_it)
{
    static const u8 code[] = { 0x0f, 0x0b };
    PC(pc) = pc_with(code, sizeof code);
    pc->cpu->idtr_limit = 0;
    set_break(pc, CPU_CATCH_SHUTDOWN, 0, CPU_CATCH_ANY);
    cr_assert_eq(run_for(pc, 100), CPU_STOP_BREAK);
    cr_expect_eq(run_for(pc, 100), CPU_STOP_SHUTDOWN);
}

Test(breaks, a_line_that_the_board_tells_of_stops_between_instructions)
{
    PC(pc) = pc_with(LOOP, sizeof LOOP);
    set_break(pc, CPU_CATCH_LINE, 5, 1);
    cpu_note(pc->cpu, CPU_CATCH_LINE, 4, 1, 1);
    cr_expect_eq(run_for(pc, 10), CPU_STOP_DEADLINE);
    cpu_note(pc->cpu, CPU_CATCH_LINE, 5, 1, 1);
    cr_expect_eq(run_for(pc, 10), CPU_STOP_BREAK);
    expect_hit(pc, 5, 1);
    cr_expect_eq(run_for(pc, 10), CPU_STOP_DEADLINE);
}

/* The bytes are mapped twice: the other mapping is not watched. */
Test(breaks, a_linear_watch_holds_for_one_mapping_and_follows_it)
{
    static const u8 code[] = { 0xc6, 0x06, 1, 0xc6, 0x07, 2, 0xeb, 0xf8 };         /* MOV byte [ESI], 1; MOV byte [EDI], 2; JMP */
    PC(pc) = pc_with(code, sizeof code);
    enum { MORE = OTHER + 0x1000 };
    enter_paging(pc);
    map(pc, OTHER, DATA);
    pc->cpu->gpr[RSI] = DATA + 8;
    pc->cpu->gpr[RDI] = OTHER + 8;
    run_for(pc, 400);
    set_break(pc, CPU_WATCH_LINEAR_WRITE, OTHER + 8, 1);
    cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
    cr_expect_eq(pc->cpu->rip, CODE + 6);
    cr_expect_eq(cpu_break_hit(pc->cpu)->la, OTHER + 8);
    cr_expect_eq(cpu_break_hit(pc->cpu)->pa, DATA + 8);
    map(pc, OTHER, MORE);
    cr_assert_eq(run_for(pc, 1000), CPU_STOP_BREAK);
    cr_expect_eq(cpu_break_hit(pc->cpu)->pa, MORE + 8);
    set_break(pc, CPU_WATCH_LINEAR_READ, OTHER + 8, 1);
    cr_expect_eq(run_for(pc, 1000), CPU_STOP_DEADLINE);
}

/* --- listening --- */

struct heard_things {
    unsigned count;
    struct cpu_heard last;
};

static void hear(void *context, const struct cpu_heard *heard)
{
    struct heard_things *h = context;
    h->count++;
    h->last = *heard;
}

Test(breaks, a_listener_hears_and_nothing_stops)
{
    static const u8 code[] = { 0x40, 0x0f, 0x22, 0xd8, 0x0f, 0x0b };     /* INC EAX; MOV CR3, EAX; UD2 */
    struct heard_things h = { 0 };
    PC(pc) = pc_with(code, sizeof code);
    cpu_set_listener(pc->cpu, 1u << CPU_CATCH_ADDRESS_SPACE | 1u << CPU_CATCH_FAULT, hear, &h);
    pc->cpu->gpr[RAX] = 0x7000 - 1;
    run_for(pc, 2);
    cr_assert_eq(h.count, 1);
    cr_expect_eq(h.last.kind, CPU_CATCH_ADDRESS_SPACE);
    cr_expect_eq(h.last.number, 0x7000);
    cr_expect_eq(h.last.tick, 1);
    set_break(pc, CPU_WATCH_READ, DATA, 1);                              /* a list of places leaves the listener */
    cr_expect_eq(run_for(pc, 100), CPU_STOP_HALTED);
    cr_expect_eq(h.count, 2);
    cr_expect_eq(h.last.number, VECTOR_UD);
    cpu_set_listener(pc->cpu, 0, NULL, NULL);
    pc->cpu->rip = CODE;
    run_for(pc, 100);
    cr_expect_eq(h.count, 2);
}
