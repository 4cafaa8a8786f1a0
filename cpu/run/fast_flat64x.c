#define KIND flat64x
#define FLAT 64
#define INDEXED 1
#include "cpu/run/fast_kind.h"
