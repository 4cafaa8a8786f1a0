#define KIND plain_nf
#define FLAT 64
#define INDEXED 0
#define FORMS_WITHOUT_MEMORY
#define WITHOUT_FLAGS
#include "cpu/run/fast_kind.h"
