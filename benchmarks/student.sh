# For the run scripts of this folder; sourced, with $reflux set.

# Trains by a recipe: measure RECIPE WARM_UP_EPOCHS [OPTION...]. Prints samples a second over the run, samples a second after the
# warm-up, and the share of time that the step waited for labels. The run's folder is the recipe's name, its log train.log.
measure() {
  local recipe=$1 warm=$2 arm
  shift 2
  arm=$(basename "$recipe" .yaml)
  $pin "$reflux" train "$recipe" --output "$arm" --json "$@" 2>>train.log >"$arm.json"
  { tr -d ' \n' <"$arm.json"; echo; } | awk -v warm="$warm" '
    match($0, /"samplesPerSecond":[0-9.E]+/) { whole = substr($0, RSTART + 19, RLENGTH - 19) }
    match($0, /"waitingShare":[0-9.E-]+/) { waiting = substr($0, RSTART + 15, RLENGTH - 15) }
    END {
      epochs = 0; samples = 0; seconds = 0; rest = $0
      while (match(rest, /"samples":[0-9]+,"seconds":[0-9.E-]+/)) {
        split(substr(rest, RSTART, RLENGTH), part, /[:,]/)
        if (++epochs > warm) { samples += part[2]; seconds += part[4] }
        rest = substr(rest, RSTART + RLENGTH)
      }
      if (!seconds) { print "no epochs after the warm-up" > "/dev/stderr"; exit 1 }
      print whole, samples / seconds, waiting
    }'
}

# What runs a student: empty, or a command such as `taskset -c 0`.
pin=
