/* A program to be debugged: functions that call each other for ever.  Built for 16-, 32- and 64-bit code (debuggee.sh); the lines are counted by tests. */
volatile unsigned counter, table[4];

__attribute__((noinline)) unsigned leaf(unsigned x)
{
    counter = x;                                     /* line 6 */
    table[x & 3] = x + 1;
    return x * 3;
}

__attribute__((noinline)) unsigned middle(unsigned x)
{
    unsigned y = leaf(x + 1);                        /* line 13 */
    return y + table[0];
}

void run(void)
{
    for (;;) middle(counter);                        /* line 19 */
}
