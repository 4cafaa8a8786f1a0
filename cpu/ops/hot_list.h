/* Preprocessed by the build, this prints the name of every form that the fast instance has, marked ORRERY_FORM_. */
#define FORM_NAME_(name, w) ORRERY_FORM_##name##_##w
#define FORM_NAME(name, w) FORM_NAME_(name, w)
#define OP(name) FORM_NAME(name, W)
#define OP_UNSIZED_(name) ORRERY_FORM_UNSIZED_##name
#define OP_UNSIZED(name) OP_UNSIZED_(name)
#define HOT_LIST
#include "cpu/ops/hot.inc"
