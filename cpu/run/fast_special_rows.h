/* A table of fast_special.h, row by row: SPECIAL_ROWS of them. */
#define N 0
#include "cpu/run/fast_special_row.h"
#undef N
#define N 1
#include "cpu/run/fast_special_row.h"
#undef N
#define N 2
#include "cpu/run/fast_special_row.h"
#undef N
#define N 3
#include "cpu/run/fast_special_row.h"
#undef N
#if SPECIAL_ROWS > 4
#define N 4
#include "cpu/run/fast_special_row.h"
#undef N
#define N 5
#include "cpu/run/fast_special_row.h"
#undef N
#define N 6
#include "cpu/run/fast_special_row.h"
#undef N
#define N 7
#include "cpu/run/fast_special_row.h"
#undef N
#if SPECIAL_ROWS > 8
#define N 8
#include "cpu/run/fast_special_row.h"
#undef N
#define N 9
#include "cpu/run/fast_special_row.h"
#undef N
#define N 10
#include "cpu/run/fast_special_row.h"
#undef N
#define N 11
#include "cpu/run/fast_special_row.h"
#undef N
#define N 12
#include "cpu/run/fast_special_row.h"
#undef N
#define N 13
#include "cpu/run/fast_special_row.h"
#undef N
#define N 14
#include "cpu/run/fast_special_row.h"
#undef N
#define N 15
#include "cpu/run/fast_special_row.h"
#undef N
#endif
#endif
