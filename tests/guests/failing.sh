# The host's disk fails (EIO): when a write or a flush of an image fails, the machine waits and says which file it is; it goes on when the host does, and nothing is lost. After a flush that failed
# there is no going on: the host may have dropped what it could not write.
. tests/guests/lib.sh
need_tool nasm gcc
program=$1/orrery
fails() { echo "$*"; tail -n 5 "$work/out"; exit 1; }
nasm -f bin -o "$work/boot" tests/guests/full.asm || exit 1
truncate -s 1474560 "$work/boot"
# the host's calls fail for as long as a file says which: w or f
cat > "$work/fail.c" <<'C'
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
static const volatile char *failing;
static void begin(void) __attribute__((constructor));
static void begin(void)
{
    int fd = open(getenv("FAILING"), O_RDONLY | O_CLOEXEC);
    failing = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return *failing == 'w' ? (errno = EIO, -1) : syscall(SYS_pwrite64, fd, bytes, size, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) { return pwrite(fd, bytes, size, at); }
int fdatasync(int fd) { return *failing == 'f' ? (errno = EIO, -1) : (int)syscall(SYS_fdatasync, fd); }
C
gcc -O1 -shared -fPIC -o "$work/fail.so" "$work/fail.c" || { echo "no library of ours can be built: skipped"; exit 77; }
nm -D "$program" | grep -q '__asan' && { echo "a program with sanitizers takes no library before theirs: skipped"; exit 77; }

guest() { # PATH FORM
    FAILING="$work/failing" LD_PRELOAD="$work/fail.so" "$program" -n --headless --prompt 'clock: sync=none' 'cpu: ips=5000000' 'boot: floppy' "floppya: 1_44=$work/boot, status=inserted, write_protected=1" \
        "ata0-master: type=disk, path=$1, mode=$2" --max-time 300
}
says() { # WHICH: the calls that fail from now on; 0: none
    printf '%s' "$1" | dd of="$work/failing" conv=notrunc 2> /dev/null
}
begin() { # FORM WHICH: with an empty disk; waits until it waits
    rm -rf "$work/disk"; mkdir "$work/disk" "$work/keys.d"; path=$work/disk/$1.img
    case $1 in flat) truncate -s 4M "$path" ;; *) "$program" image create --format=$1 "$path" 4M > "$work/made" 2>&1 || { cat "$work/made"; exit 1; } ;; esac
    says "$2"
    mkfifo "$work/keys.d/keys"
    guest "$path" $1 < "$work/keys.d/keys" > "$work/out" 2>&1 &
    machine=$!
    exec 3> "$work/keys.d/keys"
    echo c >&3
    waits 1 "$1"
    echo c >&3
    waits 2 "$1"
}
waits() { # TIMES FORM
    for i in $(seq 200); do [ "$(grep -c "the machine waits.*$2.*Input/output error" "$work/out")" -ge $1 ] && return; kill -0 $machine 2> /dev/null || break; sleep 0.1; done
    fails "$2: it does not say for the $1. time that the host's disk fails"
}
ends() { # FORM STATUS
    exec 3>&-
    wait $machine; status=$?
    rm -r "$work/keys.d"
    [ $status = $2 ] || fails "$1: status $status"
}
truncate -s 4096 "$work/failing"
truncate -s 4M "$work/whole.img"; echo c > "$work/go"
guest "$work/whole.img" flat > "$work/out" 2>&1 < "$work/go" || fails "it does not run at all"
for form in flat growing sparse overlay; do
    begin $form w
    says 0
    echo c >&3
    ends $form 0
    rm -f "$work/raw"
    case $form in
    overlay) from=overlay:$path ;;
    *) from=$path ;;
    esac
    "$program" image convert "$from" "$work/raw" > "$work/made" 2>&1 && cmp "$work/raw" "$work/whole.img" || fails "$form: other sectors than without the wait"
done
for form in flat overlay; do
    begin $form f
    says 0
    echo c >&3
    waits 3 $form
    echo 'quit 0' >&3
    ends $form 0
done
