"""judge.py SUPPRESSIONS FILE...: findings of all programs, each once, without those that a line of SUPPRESSIONS answers.

A line of it: CHECK | FILE | TEXT | REASON.  CHECK is what stands in brackets behind a finding, FILE where it is (a pattern as of a shell), TEXT a part of its sentence or of
the line that it is about.  A line without a reason, and one that answers nothing any more, is a finding too.  Status 1 when there is one."""
import fnmatch
import re
import sys

FINDING = re.compile(r'^(?:\./)?([^ :]+):(\d+):(?:\d+:)? (?:fatal )?(?:warning|error): (.*) \[([^][]+)\]$')


def rows_of(path):
    for number, line in enumerate(open(path), 1):
        if line.strip() and not line.startswith('#'):
            fields = [field.strip() for field in line.split('|', 3)]
            yield number, fields + [''] * (4 - len(fields)), set()


def line_of(path, number, known={}):
    if path not in known:
        known[path] = open(path, errors='replace').read().split('\n')
    return known[path][number - 1] if number <= len(known[path]) else ''


def findings_of(paths):
    seen = {}
    for path in paths:
        for line in open(path, errors='replace'):
            match = FINDING.match(line.rstrip('\n'))
            if match:
                file, number, sentence, check = match.groups()
                seen[file, int(number), check, sentence] = None
    return sorted(seen)


def main(suppressions, paths):
    rows = list(rows_of(suppressions))
    bad, answered = 0, 0
    for file, number, check, sentence in findings_of(paths):
        names = check.split(',')
        fits = [used for _, (name, where, text, _), used in rows if name in names and fnmatch.fnmatch(file, where) and text in sentence + '\n' + line_of(file, number)]
        for used in fits:
            used.add((file, number, sentence))
        if fits:
            answered += 1
            continue
        bad += 1
        print(f'{file}:{number}: {sentence} [{check}]')
    for number, (name, where, text, reason), used in rows:
        if not reason or not used:
            bad += 1
            print(f'{suppressions}:{number}: {name} in {where}: ' + ('has no reason' if not reason else 'answers nothing: remove it'))
    print(f'analyze: {f"{bad} findings" if bad else "clean"}; {answered} findings are answered by {len(rows)} lines of {suppressions}')
    return bad != 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
