#ifndef ORRERY_FUZZ_WITHOUT_CRITERION_H
#define ORRERY_FUZZ_WITHOUT_CRITERION_H
/* What tests/unit/cpu/fixture.h asks of Criterion, for a program that is no unit test.  doc: fuzz */
#include <stdlib.h>

#define cr_assert(holds, ...) ((holds) ? (void)0 : abort())
#define cr_expect(holds, ...) cr_assert(holds)
#define cr_expect_eq(a, b, ...) cr_assert((a) == (b))

#endif
