/* Preprocessed by the build, this prints the name of every form that the fast instance has without flags, marked ORRERY_FORM_. */
#define FORM_NAME_(name, w) ORRERY_FORM_##name##_##w
#define FORM_NAME(name, w) FORM_NAME_(name, w)
#define OP(name) FORM_NAME(name, W)
#include "cpu/ops/flag_setters.inc"
