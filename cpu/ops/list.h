/* Preprocessed by the build, this prints the name of every form that has a body, marked ORRERY_FORM_. */
#define FORM_NAME_(name, w) ORRERY_FORM_##name##_##w
#define FORM_NAME(name, w) FORM_NAME_(name, w)
#define OP(name) FORM_NAME(name, W)
#define OP_UNSIZED_(name) ORRERY_FORM_##name
#define OP_UNSIZED(name) OP_UNSIZED_(name)
#include "cpu/vector/lanes.h"       /* its lists name forms too */
#include "cpu/ops/all.inc"
