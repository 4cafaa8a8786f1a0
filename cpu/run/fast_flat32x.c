#define KIND flat32x
#define FLAT 32
#define INDEXED 1
#include "cpu/run/fast_kind.h"
