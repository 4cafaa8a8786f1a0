"""What the emulators run: each guest says on COM1 how far it is, and is stopped at its last word."""
import functools, operator, os, random, re, shutil, subprocess

from dataclasses import dataclass, field

HERE = os.path.dirname(__file__)


class Missing(Exception):
    """A guest cannot be made here; says what it needs."""


@dataclass
class Guest:
    name: str
    medium: str                                   # disk, cdrom, floppy; kernel, which Orrery loads itself
    path: str                                     # of the image; emulators may write to a floppy
    bits: int = 32                                # what the processor must have
    memory: int = 64                              # MiB
    marks: list = field(default_factory=list)     # lines on COM1 whose times are kept; the last ends the run
    kernels: bool = False                         # GK BEGIN x, GK END x: a time for each x

    def measures(self, lines):
        """{what: seconds} from the (seconds, line) that came; empty when the guest did not come to its end."""
        if not self.kernels:
            times = {mark: next((t for t, line in lines if mark in line), None) for mark in self.marks}
            return times if times[self.marks[-1]] is not None else {}
        begun, taken = {}, {}
        for t, line in lines:
            word = re.sub(r'^.*?GK ', '', line).split()
            if word[:1] == ['BEGIN']:
                begun[word[1]] = t
            elif word[:1] == ['END'] and word[1] in begun and 'BAD' not in word:
                taken[word[1]] = t - begun[word[1]]
        return taken

    def ended(self, line):
        return ('GK DONE' in line or 'GK FAIL' in line) if self.kernels else self.marks[-1] in line


def tools(*names):
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        raise Missing(f"not installed: {', '.join(missing)}")


def kernels(room):
    tools('gcc', 'nasm')
    made = subprocess.run(['sh', f'{HERE}/kernels/build.sh', room], capture_output=True, text=True)
    if made.returncode:
        raise Missing('the guest kernels cannot be built (gcc-multilib, nasm): ' + made.stderr.strip()[-200:])
    return Guest('kernels', 'disk', f'{room}/gk.img', kernels=True)


def some_kernels(room, *names):
    """A copy of the kernels' disk that runs these alone."""
    rows = re.findall(r'"(\w+)"', open(f'{room}/expect.inc').read())
    path = f'{room}/gk-{names[0]}.img'
    shutil.copy(f'{room}/gk.img', path)
    with open(path, 'r+b') as disk:
        disk.seek(512 + 8)                        # boot sector; then the mask of the parameter block
        disk.write(functools.reduce(operator.or_, (1 << rows.index(name) for name in names)).to_bytes(4, 'little'))
    return Guest('kernels', 'disk', path, kernels=True)


def linux(room, architecture):
    """Debian's kernel and BusyBox on a CD; made once (LINUX_I386=, LINUX_AMD64= name ready ones)."""
    path = os.environ.get(f'LINUX_{architecture.upper()}', f'{room}/{architecture}.iso')
    if not os.path.exists(path):
        tools('genisoimage', 'cpio', 'dpkg-deb', 'apt-get')
        if subprocess.run(['sh', 'tests/guests/long/linux-cd.sh', architecture, path], capture_output=True).returncode:
            raise Missing(f"no kernel of {architecture}: apt-get update; isolinux, syslinux-common (i386: dpkg --add-architecture i386)")
    return Guest(f'linux-{architecture}', 'cdrom', path, 64 if architecture == 'amd64' else 32, 256, ['BOOT-OK', 'WORK-OK'])


def freedos(room):
    """FreeDOS, which assembles a source twice and says so; from the tests' guests (ORRERY_DATA=)."""
    tools('mcopy', 'nasm')
    image = os.path.join(os.environ.get('ORRERY_DATA', '../shared/data'), 'floppies/freedos722.img')
    if not os.path.exists(image):
        raise Missing(f'{image} is not there')
    path, batch, say = f'{room}/freedos.img', f'{room}/autoexec.bat', f'{room}/say.com'
    shutil.copyfile(image, path)
    repeat = ' '.join(str(i) for i in range(2))
    with open(batch, 'w', newline='\r\n') as f:
        f.write(f'@echo off\nset PATH=A:\\FDOS\nsay BOOT-OK\nfor %%i in ({repeat}) do nasm -f bin x86test.asm -o t.com\nsay WORK-OK\n')
    subprocess.run(['nasm', '-f', 'bin', f'{HERE}/say.asm', '-o', say], check=True)
    for file, name in ((batch, 'AUTOEXEC.BAT'), (say, 'SAY.COM')):
        subprocess.run(['mcopy', '-o', '-i', path, file, f'::{name}'], check=True)
    return Guest('freedos', 'floppy', path, memory=32, marks=['BOOT-OK', 'WORK-OK'])


DOWNLOAD_BYTES = 20_000_000


def downloads(room):
    """Linux that fetches a file from the virtual network, and the directives of that."""
    tools('cpio', 'dpkg-deb', 'apt-get', 'strings')
    if not os.path.exists(f'{room}/network/initrd.gz') and subprocess.run(['sh', 'tests/guests/long/network-initrd.sh', 'amd64', f'{room}/network'], capture_output=True).returncode:
        raise Missing('no kernel of amd64: apt-get update')
    os.makedirs(f'{room}/www', exist_ok=True)
    for name, size in (('file', DOWNLOAD_BYTES), ('small', 1000)):
        with open(f'{room}/www/{name}', 'wb') as f:
            f.write(random.Random(name).randbytes(size))
    return (Guest('download', 'kernel', f'{room}/network/vmlinuz', 64, 256, ['GET-BEGIN', 'GET-END', 'WORK-OK']),
            (f'initrd: {room}/network/initrd.gz', 'cmdline: console=ttyS0 nokaslr'), f'ethmod=vnet, ethdev={room}/www')


MAKERS = {
    'kernels': kernels,
    'freedos': freedos,
    'linux-i386': lambda room: linux(room, 'i386'),
    'linux-amd64': lambda room: linux(room, 'amd64'),
}
