#define KIND segment
#define FLAT 0
#define INDEXED 0
#include "cpu/run/fast_kind.h"
