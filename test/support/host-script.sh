#!/bin/sh
# Puts a revision of the sample service on a "host": a folder of $HOSTS and the port of $SLUICE_URL. Twice has the effect of once.
# Files in the folder make it misbehave: fail, hang, slow (seconds); late: the service answers once the file is gone.
set -u
dir="$HOSTS/$SLUICE_HOST"
mkdir -p "$dir"
echo $$ > "$dir/working"
echo "$SLUICE_ACTION $SLUICE_REVISION" >> "$dir/runs"
echo "working on $SLUICE_HOST"
if [ -f "$dir/hang" ]; then echo $$ > "$dir/hanging"; sleep 600; fi
if [ -f "$dir/slow" ]; then sleep "$(cat "$dir/slow")"; fi
if [ -f "$dir/fail" ]; then echo "told to fail"; exit 4; fi

running() { [ -f "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2> /dev/null; }

if running && [ "$(cat "$dir/revision")" = "$SLUICE_REVISION" ] && [ "$SLUICE_ACTION" != remove ]; then exit 0; fi
if running; then
  kill "$(cat "$dir/pid")"
  while running; do sleep 0.02; done
fi
rm -f "$dir/pid"
[ "$SLUICE_ACTION" = remove ] && exit 0
wait='while [ -f "$0/late" ]; do sleep 0.02; done; exec "$@"'
PORT="${SLUICE_URL##*:}" VERSION="$SLUICE_REVISION" setsid /bin/sh -c "$wait" "$dir" "$NODE" "$SAMPLE" > "$dir/log" 2>&1 < /dev/null &
echo $! > "$dir/pid"
echo "$SLUICE_REVISION" > "$dir/revision"
