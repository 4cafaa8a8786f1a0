# The prompt on a terminal: history, completion, pages, Ctrl+C, Enter that steps on.
. tests/guests/lib.sh
need_tool python3 ldd
case $(ldd "$1/orrery") in
*libedit*) ;;
*) echo 'this build has no libedit: skipped'; exit 77 ;;
esac
cat > "$work/person.py" <<'P'
import fcntl, os, pty, select, struct, sys, termios, time
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(XDG_STATE_HOME=sys.argv[2], TERM="xterm")
    os.environ.pop("NO_COLOR", None)
    os.execv(sys.argv[1], [sys.argv[1], "-n", "--headless", "--prompt"])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 100, 0, 0))
seen = b""
def until(wanted, seconds=60):                  # what comes behind it is for the next one
    global seen
    end = time.time() + seconds
    while wanted not in seen:
        if time.time() > end: sys.exit(f"{wanted} did not come: {seen}")
        if select.select([fd], [], [], 0.1)[0]:
            try: seen += os.read(fd, 65536)
            except OSError: sys.exit(f"gone before {wanted}: {seen}")
    before = seen[:seen.index(wanted)]
    seen = seen[len(before) + len(wanted):]
    return before
until(b"<orrery:1> ")
for keys, wanted in [(b"lb 0x7c00\r", b"<orrery:2> "), (b"c\r", b"Breakpoint 1"), (b"", b"<orrery:3> "), (b"s\r", b"Next at t="), (b"", b"<orrery:4> "), (b"\r", b"Next at t="), (b"", b"<orrery:5> "),
                     (b"info dev\t", b"ice "), (b"\r", b"--more--"), (b"q", b"<orrery:6> "), (b"info device pi\t", b"pic1  pic2  pit"), (b"t\r", b"--more--"), (b"q", b"<orrery:7> "),
                     (b"frob\r", b"\x1b[31mthere is no command"), (b"", b"<orrery:8> "), (b"d 1\r", b"<orrery:9> ")]:
    if keys: os.write(fd, keys)
    until(wanted)
os.write(fd, b"c\r")
time.sleep(1)
os.write(fd, b"\x03")
until(b"<orrery:10> ")
os.write(fd, b"hash\r")
until(b"tick ")
open(sys.argv[2] + ".hash", "wb").write(until(b"\r\n"))
os.write(fd, b"calc 21*2\r")
until(b"0x2a 42")
os.write(fd, b"\x1b[A\r")                       # cursor up: the same once more
until(b"0x2a 42")
os.write(fd, b"quit 7\r")
until_end = os.waitpid(pid, 0)[1]
sys.exit(0 if os.waitstatus_to_exitcode(until_end) == 7 else f"status {until_end}")
P
timeout 120 python3 "$work/person.py" "$1/orrery" "$work/state" || exit 1
grep -q 'calc' "$work/state/orrery/history" || { echo 'no history'; exit 1; }
# Where Ctrl+C stopped it, between two instructions at whatever tick, it is what it would be.
set -- "$1" $(sed 's/ hash / /' "$work/state.hash")
limit=100000000 run_guest "$1" "sba $2
c
hash
quit 0"; [ $status = 0 ] || exit 1
grep -q "tick $2 hash $3" "$work/out" || { echo "stopped by Ctrl+C: tick $2 hash $3"; cat "$work/out"; exit 1; }
