#define KIND flat64
#define FLAT 64
#define INDEXED 0
#include "cpu/run/fast_kind.h"
