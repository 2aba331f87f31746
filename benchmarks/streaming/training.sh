# The part `training` of benchmarks/streaming/run; sourced there, in the work folder.
#
# One student (784-800-800-10, batches of 128, one thread of arithmetic) in seven ways, in turns:
#
#   alone        no teacher at all
#   memory       its labels computed before its clock starts, and held in memory
#   warm         labels from a service that has all of them in its cache; the model must not run
#   far          the same through a proxy that holds everything for 10 ms, each way
#   colocated    a teacher of about three times the student's cost in the student's process, both on core 0
#   cold         the same teacher as a service of its own, nothing cached
#   apart        what there is to be had: the student from memory while the teacher works for a student that does not train
. "$here/../student.sh"

model_rows() { # samples that the teacher's model has computed so far
  curl -fsS "$metrics" | awk '/^reflux_teacher_batch_samples_sum/ { n += $2 } END { printf "%.0f\n", n }'
}

start_service() { # start_service OPTION...: also sets $metrics
  start_teacher "$@"
  metrics=$(sed -n 's/.*"metrics" *: *"\([^"]*\)".*/\1/p' teacher.json)
}

start_proxy() { # start_proxy MILLIS: sets $proxy to its process id and $through to where students connect
  rm -f proxy.address
  "$here/../run" wire.DelayProxy "$address" "$1" proxy.address &
  proxy=$!
  until [ -f proxy.address ]; do sleep 0.2; done
  through=$(cat proxy.address)
}

make_teacher() {
  export REFLUX_THREADS=1
  [ -f dear/dear-teacher.onnx ] || "$reflux" train "$here/dear-teacher.yaml" --output dear >/dev/null
  cp dear/dear-teacher.onnx teacher.onnx
}

# Only `memory` and `warm`, in turns that change places, for a ratio with less noise than two of the rows below.
compare_cached() {
  local rounds=$1 warm=4 round
  make_teacher
  start_service --model teacher.onnx --data glyphs --cache-memory 64MiB
  measure "$here/warm.yaml" 0 --teacher "$address" >/dev/null # fills the cache
  rm -f ratios
  echo "| round | memory | warm | warm / memory |"
  echo "|---|---|---|---|"
  for round in $(seq "$rounds"); do
    if [ $((round % 2)) = 1 ]; then read -r _ memory _ < <(measure "$here/memory.yaml" "$warm"); fi
    read -r _ cached _ < <(measure "$here/warm.yaml" "$warm" --teacher "$address")
    if [ $((round % 2)) = 0 ]; then read -r _ memory _ < <(measure "$here/memory.yaml" "$warm"); fi
    awk -v r="$round" -v m="$memory" -v w="$cached" 'BEGIN {
      printf "| %d | %.0f | %.0f | %.3f |\n", r, m, w, w / m; print w / m >>"ratios" }'
  done
  stop_teacher
  sort -n ratios | awk '{ v[NR] = $1 } END {
    m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
    printf "\nmedian %.3f, %.3f to %.3f\n", m, v[1], v[NR] }'
}

compare_training() {
  local rounds=$1 warm=4 round rows
  make_teacher

  echo "| round | alone | memory | warm | warm / memory | warm / alone | rows computed while warm | far | far / warm |"
  echo "|---|---|---|---|---|---|---|---|---|"
  start_service --model teacher.onnx --data glyphs --cache-memory 64MiB
  measure "$here/warm.yaml" 0 --teacher "$address" >/dev/null # fills the cache
  for round in $(seq "$rounds"); do
    read -r _ alone _ < <(measure "$here/alone.yaml" "$warm")
    read -r _ memory _ < <(measure "$here/memory.yaml" "$warm")
    rows=$(model_rows)
    read -r _ cached _ < <(measure "$here/warm.yaml" "$warm" --teacher "$address")
    rows=$(($(model_rows) - rows))
    start_proxy 10
    read -r _ far _ < <(measure "$here/warm.yaml" "$warm" --teacher "$through")
    kill "$proxy"
    awk -v r="$round" -v a="$alone" -v m="$memory" -v w="$cached" -v n="$rows" -v f="$far" 'BEGIN {
      printf "| %d | %.0f | %.0f | %.0f | %.3f | %.3f | %d | %.0f | %.3f |\n", r, a, m, w, w / m, w / a, n, f, f / w }'
  done
  stop_teacher

  echo
  echo "| round | colocated | cold | cold / colocated | teacher apart | student apart | cold / least of the two |"
  echo "|---|---|---|---|---|---|---|"
  for round in $(seq "$rounds"); do
    pin="taskset -c 0"
    read -r _ colocated _ < <(measure "$here/colocated.yaml" 1)
    pin=
    start_service --model teacher.onnx --data glyphs --cache-memory 0
    read -r _ cold _ < <(measure "$here/cold.yaml" 1 --teacher "$address")
    "$here/../run" streaming.LabelRate "$address" "$teacher" 20 >rate.txt &
    load=$!
    read -r _ student _ < <(measure "$here/memory.yaml" 2)
    wait "$load"
    stop_teacher
    awk -v r="$round" -v c="$colocated" -v s="$cold" -v t="$(cat rate.txt)" -v m="$student" 'BEGIN {
      least = t < m ? t : m
      printf "| %d | %.0f | %.0f | %.2f | %.0f | %.0f | %.3f |\n", r, c, s, s / c, t, m, s / least }'
  done
}
