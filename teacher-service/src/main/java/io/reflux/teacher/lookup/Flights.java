package io.reflux.teacher.lookup;

import io.reflux.teacher.cache.CacheCounts;
import io.reflux.teacher.cache.RowKey;
import io.reflux.teacher.cache.Tier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is being looked for or computed now, and who waits for it (single flight). The first to ask leads: it looks for
 * the answer on everybody's behalf; should it give up, the next one leads. Thread-safe; nobody is called while it is
 * locked.
 */
final class Flights {

    private final CacheCounts counts;
    private final Map<RowKey, Flight> flights = new HashMap<>();

    /** @param counts hears of who waits, and of who finds an answer, before any of them has it */
    Flights(CacheCounts counts) {
        this.counts = counts;
    }

    private static final class Flight {

        /** The leader first. */
        private final Deque<Waiter> waiters = new ArrayDeque<>();

        /** Set between the answer and the end of the flight, while the answer is written to disk: a known one. */
        private @Nullable Answer answer;
    }

    /** How many are looked for. */
    synchronized int size() {
        return flights.size();
    }

    /**
     * Waits for an answer, or has it at once.
     *
     * @return whether the waiter leads: nobody looks for it yet, and the waiter must {@link #land}, {@link #fail} or {@link
     *     #handOver} it
     */
    boolean ask(RowKey key, Waiter waiter) {
        Answer known;
        synchronized (this) {
            Flight flight = flights.get(key);
            if (flight == null) {
                flight = new Flight();
                flights.put(key, flight);
                flight.waiters.add(waiter);
                return true;
            }
            known = flight.answer;
            if (known == null) {
                counts.joined();
                flight.waiters.add(waiter);
                return false;
            }
        }
        counts.hit(Tier.MEMORY);
        waiter.receive(known);
        return false;
    }

    /** Gives everybody the answer. Until {@link #end} whoever asks gets it at once, as one that is known. */
    void land(RowKey key, Answer answer) {
        List<Waiter> waiters;
        synchronized (this) {
            Flight flight = flights.get(key);
            if (flight == null) {
                return;
            }
            flight.answer = answer.asKnown();
            waiters = List.copyOf(flight.waiters);
            flight.waiters.clear();
        }
        waiters.forEach(waiter -> waiter.receive(answer));
    }

    /** The answer can be found in the cache from now on. */
    synchronized void end(RowKey key) {
        flights.remove(key);
    }

    /** Takes everybody who waits for an answer that will not come. */
    synchronized List<Waiter> fail(RowKey key) {
        Flight flight = flights.remove(key);
        return flight == null ? List.of() : List.copyOf(flight.waiters);
    }

    /**
     * The leader gives up. Does nothing if it does not lead.
     *
     * @return who leads now; null if nobody waits any more
     */
    synchronized @Nullable Waiter handOver(RowKey key, PendingAnswer leader) {
        Flight flight = flights.get(key);
        if (flight == null || flight.answer != null || flight.waiters.element().answer() != leader) {
            return null;
        }
        flight.waiters.removeIf(
                waiter -> waiter.answer() == leader || !waiter.answer().wanted());
        if (flight.waiters.isEmpty()) {
            flights.remove(key);
            return null;
        }
        return flight.waiters.element();
    }
}
