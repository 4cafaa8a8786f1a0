#define KIND flat32
#define FLAT 32
#define INDEXED 0
#include "cpu/run/fast_kind.h"
