package io.reflux.teacher.batcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The lanes of all students, and who of them fills a batch: deficit round robin over samples, with a quantum of an equal share of
 * the room (Shreedhar and Varghese 1995, doi:10.1145/217382.217453).
 *
 * <p>Each round gives every lane that has work an equal part of the room that is left, until it is less than a sample for each;
 * the rest goes to those that were served least. What a lane does not use falls to the others. So every batch serves every
 * student, as long as it has as many rows as there are students with work: a single sample waits for one batch, whatever others
 * have queued. And of two lanes that have work all the time neither gets more than one sample ahead.
 *
 * <p>A sample costs the same whoever asks and whatever is sent of it, since the model runs as a whole. A lane without work, or
 * held back by its {@link Admission}, saves nothing up: it begins again with as much service as the least served.
 *
 * <p>Not thread-safe.
 */
final class FairLanes {

    private static final Comparator<LaneQueue> LEAST_SERVED = Comparator.comparingLong(LaneQueue::service);

    private final Set<LaneQueue> lanes = new LinkedHashSet<>();

    /** The lanes that had work left after the last batch; only these keep what they were served. */
    private final Set<LaneQueue> backlogged = new HashSet<>();

    void add(LaneQueue lane) {
        lanes.add(lane);
    }

    /** Drops a lane with its jobs, if it is there. */
    void remove(LaneQueue lane) {
        lane.clear();
        backlogged.remove(lane);
        lanes.remove(lane);
    }

    boolean contains(LaneQueue lane) {
        return lanes.contains(lane);
    }

    Collection<LaneQueue> all() {
        return Collections.unmodifiableSet(lanes);
    }

    /** Memory of all jobs that wait. */
    long heldBytes() {
        long bytes = 0;
        for (LaneQueue lane : lanes) {
            bytes += lane.heldBytes();
        }
        return bytes;
    }

    /** Samples that could enter the model now. */
    int ready() {
        long ready = 0;
        for (LaneQueue lane : lanes) {
            ready += lane.ready();
        }
        return (int) Math.min(Integer.MAX_VALUE, ready);
    }

    /** Moves up to {@code room} samples to a batch, and says how many. */
    int take(int room, List<Slice> batch) {
        List<LaneQueue> hungry = withWork(lanes);
        catchUp(hungry);
        int left = room;
        while (left > 0 && !hungry.isEmpty()) {
            hungry.sort(LEAST_SERVED);
            int share = Math.max(1, left / hungry.size());
            for (LaneQueue lane : hungry) {
                int count = lane.take(Math.min(share, left), batch);
                lane.service(lane.service() + count);
                left -= count;
            }
            hungry = withWork(hungry);
        }
        backlogged.clear();
        backlogged.addAll(hungry);
        return room - left;
    }

    private static List<LaneQueue> withWork(Collection<LaneQueue> lanes) {
        List<LaneQueue> working = new ArrayList<>();
        for (LaneQueue lane : lanes) {
            if (lane.ready() > 0) {
                working.add(lane);
            }
        }
        return working;
    }

    /** Puts lanes that had no work, or could not use it, level with the least served that had. */
    private void catchUp(List<LaneQueue> hungry) {
        long least = Long.MAX_VALUE;
        for (LaneQueue lane : hungry) {
            if (backlogged.contains(lane)) {
                least = Math.min(least, lane.service());
            }
        }
        for (LaneQueue lane : hungry) {
            if (!backlogged.contains(lane)) {
                lane.service(least == Long.MAX_VALUE ? 0 : least);
            }
        }
    }
}
