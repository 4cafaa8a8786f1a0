#ifndef ORRERY_OPS_CONDITIONS_H
#define ORRERY_OPS_CONDITIONS_H
/* Those of SETcc, CMOVcc and Jcc, in the order of their opcodes. */
#define CONDITIONS(X) \
    X(O, OF()) X(NO, !OF()) X(B, CF()) X(NB, !CF()) X(Z, ZF()) X(NZ, !ZF()) X(BE, BELOW_EQUAL()) X(NBE, !BELOW_EQUAL()) \
    X(S, SF()) X(NS, !SF()) X(P, PF()) X(NP, !PF()) X(L, LESS()) X(NL, !LESS()) X(LE, LESS_EQUAL()) X(NLE, !LESS_EQUAL())
#endif
