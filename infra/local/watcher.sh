#!/bin/sh
# Stops what the supervising script started, should that script be killed before it could do so itself.
# Reads lines `+PID` (started) and `-PID` (ended); at the end of input it sends SIGTERM to what is left, last started first,
# and waits for each: the host before Azurite, which keeps its last writes only when it is stopped in this way.
trap '' INT TERM HUP
pids=
while read -r line; do
  pid=${line#?}
  case $line in
    +*) pids="$pid $pids" ;;
    -*)
      left=
      for other in $pids; do
        [ "$other" = "$pid" ] || left="$left $other"
      done
      pids=$left
      ;;
  esac
done
for pid in $pids; do
  kill -TERM "$pid" 2>/dev/null || continue
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 300 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
done
