#!/usr/bin/env python3
"""make bench: Orrery and other emulators on the same guests, interleaved; a table, build/bench/bench.json and a chart.

BENCH="kernels callgrind freedos linux-i386 linux-amd64 debugger cards disk"   what to run ("linux" is both)
AGAINST="bochs qemu icount"     opponents; "none" is none
ROUNDS=3  BOCHS_ROUNDS=1        runs of each (of Bochs on the Linux guests), of which the fastest counts
BOCHS=/path                     one more Bochs;  TIMEOUT=1200  seconds a run
DOC=1                           docs/performance.md and its chart too
                                                                                          doc: bench"""
import datetime, json, os, platform, re, shutil, subprocess, sys, time

import emulators, guests, report

SECTIONS = ('kernels', 'callgrind', 'freedos', 'linux-i386', 'linux-amd64', 'debugger', 'cards', 'disk')
WARM_TICKS, SLICE_TICKS = 1_000_000, 2_000_000
DEBUGGED = ('dhry', 'sha256', 'bytevm')
LOOPS = {'cards': ('ne2000', 'e1000'), 'disk': ('ata',)}
FRAME_BYTES, USER_HZ = 1460, 100                  # of a download's; of /proc/stat


def progress(words):
    print(f'bench: {words}', file=sys.stderr, flush=True)


class Bench:
    def __init__(self, build, settings):
        self.build, self.room = build, os.path.join(build, 'bench')
        wanted = settings('BENCH', ' '.join(SECTIONS)).replace(',', ' ').split()
        unknown = [w for w in wanted if w not in SECTIONS and w != 'linux']
        if unknown:
            sys.exit(f"bench: BENCH={' '.join(unknown)}: there are {' '.join(SECTIONS)}, and linux for both of them")
        self.sections = [s for s in SECTIONS if s in wanted or ('linux' in wanted and s.startswith('linux'))]
        self.rounds, self.bochs_rounds = int(settings('ROUNDS', '3')), int(settings('BOCHS_ROUNDS', '1'))
        self.timeout_s = float(settings('TIMEOUT', '1200'))
        self.guests = {}
        self.results = {'conditions': self.conditions(), 'emulators': {}, 'times': {}, 'instructions': {}, 'host_instructions': {}, 'debugger': {}, 'moved': [], 'left_out': []}
        self.emulators = [emulators.Orrery(f'{build}/orrery')] + self.opponents(settings)
        for e in self.emulators:
            self.results['emulators'][e.name] = {'label': e.label, 'version': e.version()}

    def conditions(self):
        with open('/proc/cpuinfo') as f:
            cpu = re.search(r'model name\s*: (.*)', f.read())
        with open(f'{self.room}/compilers') as f:
            compilers = f.read().strip()
        return {'date': datetime.date.today().isoformat(), 'cpu': cpu[1] if cpu else platform.machine(), 'cpus': os.cpu_count(), 'load': os.getloadavg()[0],
                'kernel': platform.release().split('-')[0], 'rounds': self.rounds, 'compiler': compilers}

    def opponents(self, settings):
        known = {
            'bochs': [emulators.Bochs(program=shutil.which('bochs-bin') or 'bochs')],
            'qemu': [emulators.Qemu()],
            'icount': [emulators.Qemu(name='icount', label='QEMU icount', extra=('-icount', 'shift=auto'))],
        }
        if settings('BOCHS', ''):
            known['bochs'].append(emulators.Bochs(program=settings('BOCHS', ''), name='bochs-given', label='Bochs given'))
        wanted = [w for w in settings('AGAINST', ' '.join(known)).replace(',', ' ').split() if w != 'none']
        unknown = [w for w in wanted if w not in known]
        if unknown:
            sys.exit(f"bench: AGAINST={' '.join(unknown)}: there are {' '.join(known)}, and none")
        chosen = []
        for e in (e for w in wanted for e in known[w]):
            if e.missing():
                self.leave_out(f'{e.label}: {e.missing()}')
            else:
                chosen.append(e)
        return chosen

    def leave_out(self, why):
        progress(f'left out: {why}')
        self.results['left_out'].append(why)

    # --- guests on all emulators, a round after the other ---

    def make_guests(self):
        for name in self.sections:
            if name in LOOPS:
                continue
            maker = 'kernels' if name in ('callgrind', 'debugger') else name
            if maker in self.guests:
                continue
            try:
                self.guests[maker] = guests.MAKERS[maker](self.room)
            except guests.Missing as why:
                self.leave_out(f'{maker}: {why}')

    def rounds_of(self, emulator, guest):
        return self.bochs_rounds if emulator.name.startswith('bochs') and guest.name.startswith('linux') else self.rounds

    def run_once(self, emulator, guest, round_):
        progress(f'round {round_ + 1}: {guest.name} on {emulator.label} ...')
        start = time.monotonic()
        measures = guest.measures(emulators.run(emulator, guest, self.timeout_s))
        if not measures:
            self.leave_out(f'{guest.name} on {emulator.label}: did not come to its end in {time.monotonic() - start:.0f} s')
            return False
        best = self.results['times'].setdefault(guest.name, {}).setdefault(emulator.name, {})
        for what, seconds in measures.items():
            best[what] = min(seconds, best.get(what, seconds))
        return True

    def run_guests(self):
        chosen = [self.guests[name] for name in self.sections if name in self.guests]
        failed = set()
        for round_ in range(self.rounds):
            for guest in chosen:
                for e in self.emulators:
                    pair = (e.name, guest.name)
                    if round_ < self.rounds_of(e, guest) and pair not in failed and not self.run_once(e, guest, round_):
                        failed.add(pair)

    # --- what only Orrery can say ---

    def count_instructions(self):
        progress('instructions of the kernels ...')
        out = subprocess.run([f'{self.build}/bench-kernels', self.guests['kernels'].path], capture_output=True, text=True).stdout
        for name, ticks, _, verdict in (line.split() for line in out.splitlines() if line[:1] != '#'):
            self.results['instructions'][name] = int(ticks)
            if verdict != 'OK':
                self.leave_out(f'{name}: its checksum is wrong')

    def count_host_instructions(self):
        if not shutil.which('valgrind'):
            return self.leave_out('host instructions: valgrind is not installed (apt-get install valgrind; make clean)')
        program = f'{self.room}/bench-kernels'          # valgrind 3.19 gives up at clang's debugging information
        subprocess.run(['strip', '-g', '-o', program, f'{self.build}/bench-kernels'], check=True)
        for name in self.results['instructions']:
            progress(f'host instructions of {name} ...')
            disk = guests.some_kernels(self.room, name).path
            ran = subprocess.run(['valgrind', '--tool=callgrind', '--instr-atstart=no', f'--callgrind-out-file={self.room}/callgrind.out',
                                  program, disk, name, str(WARM_TICKS), str(SLICE_TICKS)], capture_output=True, text=True)
            os.remove(disk)
            collected, ticks = re.search(r'Collected : (\d+)', ran.stderr), re.match(r'\S+ (\d+)', ran.stdout)
            if ran.returncode or not collected or not ticks or collected[1] == '0':
                return self.leave_out('host instructions: callgrind counted nothing (was bench-kernels built before valgrind was installed? make clean)')
            self.results['host_instructions'][name] = int(collected[1]) / int(ticks[1])

    def debugger_scripts(self):
        """Commands by what they cost is to be seen of.  The breakpoints lie in the pages of code that runs, within instructions."""
        code = subprocess.run(['objdump', '-d', f'{self.room}/gk.elf'], capture_output=True, text=True).stdout
        long_ones = {name: re.search(rf'<k_{name}>:.*?^ *(\w+):\t(?:\w\w ){{3}}', code, re.M | re.S)[1] for name in DEBUGGED}
        breaks = [f'lb 0x{at} + 1' for at in long_ones.values()]
        return {
            'without': [],
            'breakpoints and a watchpoint, none hit': breaks + ['watch w 0x6000 4'],
            'watchpoint in the page of the stack': ['watch w 0x8f000 4'],
            'trace on /dev/null': ['trace on /dev/null'],
            'trace on a file': [f'trace on {self.room}/bench.trace'],
        }

    def run_debugger(self):
        guest = guests.some_kernels(self.room, *DEBUGGED)
        ticks = sum(self.results['instructions'].get(name, 0) for name in DEBUGGED)
        for round_ in range(max(3, self.rounds)):
            for what, script in self.debugger_scripts().items():
                progress(f'round {round_ + 1}: debugger: {what} ...')
                orrery = emulators.Orrery(f'{self.build}/orrery', script='\n'.join(script))
                seconds = sum(guest.measures(emulators.run(orrery, guest, self.timeout_s)).values())
                if not seconds:
                    return self.leave_out(f'debugger: {what}: the kernels did not come to their end')
                best = self.results['debugger'].get(what, {}).get('seconds', seconds)
                self.results['debugger'][what] = {'seconds': min(best, seconds), 'mips': ticks / min(best, seconds) / 1e6}
        os.remove(guest.path)
        os.remove(f'{self.room}/bench.trace')

    # --- what cards and disks move ---

    def run_loops(self, section):
        progress(f'{section}: loops that drive them ...')
        for line in subprocess.run([f'{self.build}/bench-cards', *LOOPS[section]], capture_output=True, text=True, check=True).stdout.splitlines():
            name, *numbers, limit = re.split(r'\s{2,}', line)
            self.results['moved'].append([name, *(float(number.split()[0]) for number in numbers), limit])

    def run_downloads(self):
        try:
            guest, directives, network = guests.downloads(os.path.abspath(self.room))
        except guests.Missing as why:
            return self.leave_out(f'downloads: {why}')
        for name, card in (('RTL8029', f'ne2k: type=pci, {network}'), ('82540EM', f'e1000: enabled=1, {network}')):
            rows = []
            for round_ in range(self.rounds):
                progress(f'round {round_ + 1}: Linux downloads by the {name} ...')
                lines = emulators.run(emulators.Orrery(f'{self.build}/orrery', directives=(*directives, card)), guest, self.timeout_s)
                rows.append(self.download(name, guest.measures(lines), [line for _, line in lines]))
            if not all(rows):
                return self.leave_out(f'downloads: Linux did not come to its end with the {name}')
            self.results['moved'].append(max(rows, key=lambda row: row[1]))

    def download(self, name, times, lines):
        """A row as those of the loops; the guest says itself how long it was busy."""
        if not times:
            return None
        before, after = ([int(word) for word in line.split()[1:]] for line in lines if line.startswith('cpu '))
        seconds, spent = times['GET-END'] - times['GET-BEGIN'], [b - a for a, b in zip(before, after)]
        frames = guests.DOWNLOAD_BYTES / FRAME_BYTES
        busy, passed = (sum(spent) - spent[3] - spent[4]) / USER_HZ, sum(spent) / USER_HZ
        return [f'Linux, {name}', guests.DOWNLOAD_BYTES / seconds / 1e6, guests.DOWNLOAD_BYTES / passed / 1e6, busy * emulators.IPS / frames, seconds / frames * 1e9,
                "the guest's instructions: its driver, interrupts, TCP" + ('' if busy > passed / 2 else '; in virtual time the wire')]

    # --- all of it ---

    def run(self):
        self.make_guests()
        if 'kernels' in self.guests:
            self.count_instructions()
        self.run_guests()
        if 'callgrind' in self.sections and 'kernels' in self.guests:
            self.count_host_instructions()
        if 'debugger' in self.sections and 'kernels' in self.guests:
            self.run_debugger()
        for section in (s for s in self.sections if s in LOOPS):
            self.run_loops(section)
        if 'cards' in self.sections:
            self.run_downloads()

    def write(self, doc):
        missing = report.chart(self.results, f'{self.room}/bench.png')
        if missing:
            self.leave_out(missing)
        with open(f'{self.room}/bench.json', 'w') as f:
            json.dump(self.results, f, indent=1)
        print(report.conditions(self.results) + '\n\n' + report.text(self.results))
        progress(f'{self.room}/bench.json' + ('' if missing else f', {self.room}/bench.png'))
        if doc:
            if not missing:
                shutil.copy(f'{self.room}/bench.png', 'docs/performance.png')
            report.put_into('docs/performance.md', self.results, None if missing else 'performance.png')


def main():
    settings = dict(word.split('=', 1) for word in sys.argv[2:])
    bench = Bench(sys.argv[1], lambda name, usual: settings.get(name) or usual)
    bench.run()
    bench.write(settings.get('DOC') == '1')


main()
