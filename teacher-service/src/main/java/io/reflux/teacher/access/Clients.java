package io.reflux.teacher.access;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The clients of a teacher by name. Thread-safe. */
public final class Clients {

    /** Idle ones are forgotten when there are more, so that addresses without end do not fill the memory. */
    private static final int MANY = 1024;

    private final ClientLimits limits;
    private final Refusals refusals;
    private final LongSupplier nanoTime;
    private final Map<String, Client> clients = new HashMap<>();
    private int sweepAt = MANY;

    /** No clients yet. */
    public Clients(ClientLimits limits, Refusals refusals, LongSupplier nanoTime) {
        this.limits = limits;
        this.refusals = refusals;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes a call of a client.
     *
     * @return null if it was taken; otherwise why not
     */
    synchronized @Nullable String beginCall(String name) {
        Client client = clients.get(name);
        if (client == null) {
            sweep();
            client = new Client(name, limits, refusals, nanoTime);
            clients.put(name, client);
        }
        return client.beginCall();
    }

    private void sweep() {
        if (clients.size() >= sweepAt) {
            clients.values().removeIf(Client::idle);
            // Else a crowd of busy clients would be looked through for every new one.
            sweepAt = Math.max(MANY, 2 * clients.size());
        }
    }

    /**
     * A client of which a call is open.
     *
     * @throws IllegalArgumentException if there is none of the name
     */
    public synchronized Client of(String name) {
        Client client = clients.get(name);
        if (client == null) {
            throw new IllegalArgumentException("client: " + name + " (expected: one with an open call)");
        }
        return client;
    }

    /** Calls that have not ended, over all clients. */
    public synchronized int calls() {
        return clients.values().stream().mapToInt(Client::calls).sum();
    }

    /** Memory of unanswered batches, over all clients. */
    public synchronized long bytes() {
        return clients.values().stream().mapToLong(Client::bytes).sum();
    }

    /** Where batches are refused, too. */
    public Refusals refusals() {
        return refusals;
    }
}
