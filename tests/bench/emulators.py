"""How each emulator runs a guest, and a run with the times of the lines on its COM1."""
import glob, os, pty, selectors, shutil, signal, subprocess, tempfile, time, tty

from dataclasses import dataclass, replace

IPS = 50_000_000                                  # of those whose virtual time is a number of instructions


def first_line(argv, wanted=''):
    try:
        out = subprocess.run(argv, capture_output=True, text=True, errors='replace', timeout=20, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return ''
    lines = [line.strip() for line in (out.stdout + out.stderr).splitlines() if line.strip() and wanted in line]
    return lines[0] if lines else ''


class Emulator:
    name = label = ''

    def missing(self):
        """What is not there, or None."""

    def version(self):
        return ''

    def command(self, guest, serial, room):
        """argv and what it gets on its standard input."""


@dataclass
class Orrery(Emulator):
    program: str
    name: str = 'orrery'
    label: str = 'Orrery'
    script: str = ''                              # commands before the run
    directives: tuple = ()                        # more of the configuration

    def version(self):
        commit = first_line(['git', 'describe', '--always', '--dirty'])
        return f"{first_line([self.program, '--version'])} {commit}".strip()

    def command(self, guest, serial, room):
        path = f'{room}/script'
        with open(path, 'w') as f:
            f.write(self.script + '\nc\n')
        media = {'disk': f'ata0-master: type=disk, path={guest.path}, mode=volatile', 'cdrom': f'ata1-master: type=cdrom, path={guest.path}, status=inserted',
                 'floppy': f'floppya: image={guest.path}, status=inserted', 'kernel': f'kernel: {guest.path}'}[guest.medium]
        boot = [f'boot: {guest.medium}'] if guest.medium != 'kernel' else []
        return [self.program, '-n', '--headless', '-rc', path, f'cpu: ips={IPS}', 'clock: sync=none', f'memory: guest={guest.memory}', *boot, media,
                f'com1: enabled=1, mode=file, dev={serial}', *self.directives], ''


@dataclass
class Qemu(Emulator):
    name: str = 'qemu'
    label: str = 'QEMU'
    extra: tuple = ()

    def missing(self):
        return None if shutil.which('qemu-system-x86_64') else 'qemu-system-x86_64 is not installed (qemu-system-x86)'

    def version(self):
        return first_line(['qemu-system-x86_64', '--version']) + ''.join(' ' + word for word in self.extra)

    def command(self, guest, serial, room):
        program = 'x86_64' if guest.bits == 64 else 'i386'
        media = {'disk': ['-drive', f'file={guest.path},format=raw,if=ide,snapshot=on'], 'cdrom': ['-cdrom', guest.path],
                 'floppy': ['-drive', f'file={guest.path},format=raw,if=floppy,snapshot=on', '-boot', 'a']}[guest.medium]
        return [f'qemu-system-{program}', '-M', 'pc', '-accel', 'tcg', '-cpu', 'core2duo', '-m', str(guest.memory), '-display', 'none', '-net', 'none', '-no-reboot',
                '-monitor', 'none', '-serial', f'file:{serial}', *media, *self.extra], ''


@dataclass
class Bochs(Emulator):
    program: str = ''
    name: str = 'bochs'
    label: str = 'Bochs'

    def missing(self):
        if not self.program or not shutil.which(self.program):
            return f"{self.program or 'bochs'} is not there (Debian: bochs bochs-x bochsbios vgabios xvfb; BOCHS=/path adds one)"
        return None if os.path.exists('/usr/share/bochs/BIOS-bochs-latest') else 'its BIOS is not there (bochsbios, vgabios)'

    def version(self):
        return first_line([self.program, '--help'], 'x86 Emulator')

    def screen(self):
        """Debian's has plugins, of which nogui may be missing; others are taken to have nogui."""
        if not os.path.realpath(shutil.which(self.program)).startswith('/usr/bin'):
            return 'nogui', []
        have = {name for name in ('nogui', 'x', 'term') if glob.glob(f'/usr/lib/*/bochs/plugins/libbx_{name}_gui.so')}
        if 'nogui' in have or not have:
            return 'nogui', []
        return ('x', ['xvfb-run', '-a'] if not os.environ.get('DISPLAY') else []) if 'x' in have and shutil.which('xvfb-run') else ('term', [])

    def command(self, guest, serial, room):
        library, wrapper = self.screen()
        media = {'disk': f'ata0-master: type=disk, path={guest.path}, mode=volatile, cylinders=20, heads=16, spt=63',
                 'cdrom': f'ata1-master: type=cdrom, path={guest.path}, status=inserted', 'floppy': f'floppya: image={guest.path}, status=inserted'}[guest.medium]
        path = f'{room}/bochsrc'
        with open(path, 'w') as f:
            f.write(f"""megs: {guest.memory}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
display_library: {library}
cpu: count=1, ips={IPS}, model=core2_penryn_t9600
clock: sync=none
{media}
boot: {guest.medium}
com1: enabled=1, mode=term, dev={serial}
log: {room}/bochs.log
panic: action=fatal
""")
        return [*wrapper, self.program, '-q', '-f', path], 'c\n'


def run(emulator, guest, timeout_s):
    """The lines of COM1, each with the seconds since the start; the emulator is ended at the guest's last word."""
    with tempfile.TemporaryDirectory(prefix='orrery-bench-') as room:
        line, far_end = pty.openpty()             # Bochs keeps what it writes to files for a while
        tty.setraw(far_end)
        serial = os.ttyname(far_end)
        if guest.medium == 'floppy':                      # its guest writes to it
            guest = replace(guest, path=shutil.copy(guest.path, room))
        argv, words = emulator.command(guest, serial, room)
        with open(f'{room}/words', 'w+') as words_in:
            words_in.write(words)
            words_in.seek(0)
            start = time.monotonic()
            process = subprocess.Popen(argv, stdin=words_in, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return list(lines_until_end(process, line, guest, start, timeout_s))
        finally:
            os.close(line)
            os.close(far_end)
            for sent in (signal.SIGTERM, signal.SIGKILL):     # its group: xvfb-run has children
                try:
                    os.killpg(process.pid, sent)
                    process.wait(5)
                    break
                except ProcessLookupError:
                    break
                except subprocess.TimeoutExpired:
                    continue


def lines_until_end(process, line, guest, start, timeout_s):
    waiter, rest = selectors.DefaultSelector(), b''
    waiter.register(line, selectors.EVENT_READ)
    while (now := time.monotonic()) - start < timeout_s:
        if not waiter.select(min(1, timeout_s)):
            if process.poll() is not None:
                return
            continue
        now = time.monotonic()
        *lines, rest = (rest + os.read(line, 65536)).split(b'\n')
        for text in (come.decode('latin1').strip() for come in lines):
            yield now - start, text
            if guest.ended(text):
                return
