package io.reflux.teacher.batcher;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The waiting jobs of one student, in their order, and what is known of it. Guarded by the batcher's lock. */
final class LaneQueue {

    private final Admission admission;

    private final Deque<Job> jobs = new ArrayDeque<>();

    private final Arrivals arrivals = new Arrivals();

    /** Samples that wait. */
    private int waiting;

    /** Memory of the jobs that wait. */
    private long heldBytes;

    /** Samples that entered the model, or what makes up for the time in which the lane had none; see {@link FairLanes}. */
    private long service;

    LaneQueue(Admission admission) {
        this.admission = admission;
    }

    void add(Job job, long now) {
        job.submittedAt(now);
        arrivals.record(job.samples().count(), now);
        jobs.add(job);
        waiting += job.samples().count();
        heldBytes += job.samples().heldBytes();
    }

    void clear() {
        jobs.clear();
        waiting = 0;
        heldBytes = 0;
    }

    int numJobs() {
        return jobs.size();
    }

    long heldBytes() {
        return heldBytes;
    }

    /** Samples that wait and are not held back, as far as that is known before they are taken. */
    int ready() {
        return waiting == 0 || admission.stalled() ? 0 : waiting;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    long service() {
        return service;
    }

    void service(long samples) {
        service = samples;
    }

    /** Whether the student holds up its own work: its connection is full, or jobs wait for its credit. */
    boolean stalled() {
        return admission.full() || !jobs.isEmpty() && admission.stalled();
    }

    /** Moves the next samples that may enter the model, at most {@code room}, to a batch, and says how many. */
    int take(int room, List<Slice> batch) {
        int taken = 0;
        while (taken < room) {
            dropFinished();
            Job head = jobs.peek();
            int count = head == null ? 0 : admission.reserve(Math.min(room - taken, head.remaining()), head.samples());
            if (count == 0) {
                break;
            }
            add(batch, head.take(count));
            taken += count;
            waiting -= count;
        }
        dropFinished();
        return taken;
    }

    /** Lets go of jobs that are in the model as a whole, or have failed in part. */
    private void dropFinished() {
        Job head = jobs.peek();
        while (head != null && head.remaining() == 0) {
            jobs.remove();
            waiting -= head.untaken();
            heldBytes -= head.samples().heldBytes();
            head = jobs.peek();
        }
    }

    /** Joins the slice to the one before it of the same job. */
    private static void add(List<Slice> batch, Slice slice) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            Slice other = batch.get(i);
            if (other.job() == slice.job() && other.first() + other.count() == slice.first()) {
                batch.set(i, new Slice(slice.job(), other.first(), other.count() + slice.count()));
                return;
            }
        }
        batch.add(slice);
    }
}
