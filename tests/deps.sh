#!/bin/sh
# deps.sh PACKAGE:FILE ...: installs the Debian packages whose file is missing, and says so.
missing=
for pair in "$@"; do [ -e "${pair#*:}" ] || missing="$missing ${pair%%:*}"; done
[ -n "$missing" ] || exit 0
run=
[ "$(id -u)" = 0 ] || run=sudo
if ! command -v apt-get >/dev/null || { [ -n "$run" ] && ! command -v sudo >/dev/null; }; then
    echo "missing:$missing; install them, then run make again" >&2
    exit 1
fi
echo "installing Debian packages:$missing"
$run apt-get update -q >/dev/null && $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q $missing >/dev/null || {
    echo "apt-get could not install:$missing" >&2
    exit 1
}
