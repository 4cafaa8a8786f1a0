# Sourced: $work is a folder for whatever this run leaves, its temporary files too, and goes with it. It is locked for as long as somebody of the run lives (descriptor 9): folders of runs that were killed go now.
place=${TMPDIR:-/tmp}
find "$place" -maxdepth 1 -name 'orrery-test.??????' -mmin +1 -user "$(id -u)" -exec flock -n {} rm -rf {} \; 2> /dev/null
work=$(mktemp -d "$place/orrery-test.XXXXXX"); trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 141' PIPE; trap 'exit 143' TERM
exec 9< "$work"; flock 9
export TMPDIR="$work"
