/* Expressions of the prompt: precedence as in C, registers, memory, and mistakes with their column. */
#include <criterion/criterion.h>

#include <string.h>

#include "gui/automation/script.h"
#include "gui/debugger/expression.h"

static struct machine *m;
static struct error err;

static void setup(void)
{
    struct machine_config config;

    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    cpu_set_register(machine_cpu(m), "eax", 0x12345678, &err);
    cpu_set_register(machine_cpu(m), "esp", 0x500, &err);
    machine_poke(m, 0x500, "\xef\xbe\xad\xde", 4);
}
static void done(void) { machine_destroy(m); }
TestSuite(expression, .init = setup, .fini = done);

static void is(const char *text, u64 wanted)
{
    u64 value = 0;
    err = (struct error){ 0 };
    cr_expect(expression_value(&(struct session){ .machine = m }, text, &value, &err), "%s", err.text);
    cr_expect_eq(value, wanted, "%s is %llx, not %llx", text, (unsigned long long)value, (unsigned long long)wanted);
}

static void is_wrong(const char *text, const char *message)
{
    u64 value;
    err = (struct error){ 0 };
    cr_expect(!expression_value(&(struct session){ .machine = m }, text, &value, &err), "\"%s\" is taken", text);
    cr_expect(strstr(err.text, message), "\"%s\" is not in: %s", message, err.text);
}

Test(expression, precedence_is_that_of_c)
{
    is("1 + 2 * 3", 7);
    is("(1 + 2) * 3", 9);
    is("1 << 4 + 1", 32);
    is("7 & 3 == 3", 1);
    is("1 | 6 ^ 2 & 3", 5);
    is("10 - 4 - 3", 3);
    is("100 / 7 % 4", 2);
    is("1 < 2 && 3 > 4 || 5 >= 5", 1);
    is("2 <= 1", 0);
    is("1 != 1", 0);
    is("-1", UINT64_MAX);
    is("~0 >> 60", 15);
    is("!5 + 1", 1);
    is("1 << 64", 0);
    is("0xfF", 255);
}

Test(expression, registers_have_their_widths)
{
    is("eax", 0x12345678);
    is("$eax", 0x12345678);
    is("AX", 0x5678);
    is("ah", 0x56);
    is("al + 1", 0x79);
    is("cs", 0xf000);
    is("eip", 0xfff0);
    is("cpl", 0);
}

Test(expression, memory_is_read_by_brackets_and_by_at)
{
    is("[0x500]", 0xdeadbeef);
    is("[esp] & 0xff", 0xef);
    is("@esp + 1", 0xdeadbef0);
    is("[0x4fc + 4]", 0xdeadbeef);
}

Test(expression, mistakes_are_said_with_their_column)
{
    is_wrong("", "column 1");
    is_wrong("1 +", "column 4 of \"1 +\": a number or a register is missing");
    is_wrong("(1", "a ) is missing");
    is_wrong("[1", "a ] is missing");
    is_wrong("12ab", "column 1 of \"12ab\": is no number");
    is_wrong("eaxx", "column 1 of \"eaxx\": is no register");
    is_wrong("1 2", "an operator is missing");
    is_wrong("5 / (3 - 3)", "divides by 0");
    char deep[200];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    is_wrong(deep, "nested too deeply");
}

Test(expression, memory_by_size_linear_and_physical)
{
    is("byte [0x500]", 0xef);
    is("word [0x500]", 0xbeef);
    is("dword [0x4fc + 4]", 0xdeadbeef);
    is("qword [0x500] & 0xffffffff", 0xdeadbeef);
    is("*0x500", 0xdeadbeef);
    is("*esp + 1", 0xdeadbef0);
    is("@0x500", 0xdeadbeef);
    is_wrong("word 5", "is no register");
    is_wrong("byte [5", "a ] is missing");
}

Test(expression, registers_of_every_width_and_the_tick)
{
    cpu_set_register(machine_cpu(m), "r9", 0x1122334455667788, &err);
    is("r9", 0x1122334455667788);
    is("r9d", 0x55667788);
    is("r9w", 0x7788);
    is("r9b", 0x88);
    is("ah", 0x56);
    is("tick", 0);
    is("idtr_limit", 0xffff);
    is_wrong("r16", "is no register");
    is_wrong("r9x", "is no register");
}

Test(expression, selector_and_offset_are_a_linear_address)
{
    is("0x50:0x10", 0x510);
    is("0x40 + 0x10:0x10 - 1", 0x40 + 0x110 - 1);
    is("[0x50:0]", 0xdeadbeef);
}
