# For the run scripts of this folder; sourced, with $reflux set.

# Starts `reflux teacher` with these arguments on any free ports of the loopback and waits until it serves. Sets $teacher
# to its process id and $address to host:port; the teacher ends with the script.
start_teacher() {
  rm -f teacher.json
  "$reflux" teacher "$@" --host 127.0.0.1 --port 0 --metrics-port 0 --ready-file teacher.json >teacher.log 2>&1 &
  teacher=$!
  trap 'kill "$teacher" 2>/dev/null || true' EXIT
  until [ -f teacher.json ]; do
    kill -0 "$teacher" 2>/dev/null || { cat teacher.log >&2; exit 1; }
    sleep 0.2
  done
  # shellcheck disable=SC2034
  address=$(sed -n 's/.*"grpc" *: *"\([^"]*\)".*/\1/p' teacher.json)
}

stop_teacher() {
  kill "$teacher"
  wait "$teacher" || true
  trap - EXIT
}
