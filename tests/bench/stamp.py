#!/usr/bin/env python3
"""Reads "GK BEGIN x" and "GK END x sum" lines of another emulator, prints wall seconds per kernel."""
import sys, time, os
t = {}; buf = b''
while True:
    d = os.read(0, 4096)
    if not d: break
    now = time.monotonic(); buf += d
    while b'\n' in buf:
        l, buf = buf.split(b'\n', 1)
        p = l.decode('latin1').strip().split()
        while p and p[0] != 'GK': p = p[1:]
        if len(p) >= 3 and p[1] == 'BEGIN': t[p[2]] = now
        elif len(p) >= 4 and p[1] == 'END' and p[2] in t:
            print('%-10s %s %8.4f' % (p[2], ' '.join(p[3:]), now - t[p[2]]), flush=True)
        elif len(p) == 2: print(' '.join(p), flush=True)
        if len(p) == 2 and p[1] in ('DONE', 'FAIL'): sys.exit(0)
