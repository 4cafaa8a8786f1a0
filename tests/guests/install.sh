# make install puts program, library, headers and man page under DESTDIR; a program of ten lines holds two machines with them.
. tests/guests/lib.sh
need_tool make gcc pkg-config
make --no-print-directory install BUILD="$1" DESTDIR="$work/root" PREFIX=/usr > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
for f in bin/orrery lib/liborrery.a lib/pkgconfig/orrery.pc include/orrery/devices/machine.h share/man/man1/orrery.1 share/orrery/bochsrc.sample; do
    [ -e "$work/root/usr/$f" ] || { echo "$f is not installed"; exit 1; }
done
cat > "$work/two.c" <<'C'
#include <stdio.h>
#include "devices/machine.h"

int main(void)
{
    struct machine_config config;
    struct error err = { 0 };
    struct machine *m[2];

    machine_config_defaults(&config);
    for (int i = 0; i < 2; i++)
        if (!(m[i] = machine_create(&config, &err))) return fputs(err.text, stderr), 2;
    machine_run(m[0], 3000000);
    for (int i = 0; i < 3000; i++) machine_run(m[1], 1000);
    int differ = machine_hash(m[0]) != machine_hash(m[1]);
    for (int i = 0; i < 2; i++) machine_destroy(m[i]);
    return differ;
}
C
options=$(PKG_CONFIG_PATH=$work/root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$work/root/usr" --cflags --libs orrery) || exit 1
gcc -std=gnu11 -Wall -Wextra -Werror -o "$work/two" "$work/two.c" $options $(case $1 in *san*) echo -fsanitize=address,undefined ;; esac) > "$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
"$work/two" || { echo "two machines in one program: status $?"; exit 1; }
