package io.reflux.teacher.label;

import io.reflux.teacher.access.Client;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The batches of one stream whose labels were not all sent yet. What they hold counts against the client's limit. */
final class UnansweredBatches {

    private final Client client;
    private final Map<Long, Unanswered> batches = new HashMap<>();

    private record Unanswered(int samples, long bytes) {}

    UnansweredBatches(Client client) {
        this.client = client;
    }

    int size() {
        return batches.size();
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Takes a batch in, or returns why the client may have no more. */
    @Nullable
    String begin(long id, int samples, long bytes) {
        String refusal = client.beginBatch(bytes);
        if (refusal == null) {
            batches.put(id, new Unanswered(samples, bytes));
        }
        return refusal;
    }

    /** Labels of so many samples are sent; returns false if the batch has failed before. */
    boolean sent(long id, int samples) {
        Unanswered batch = batches.get(id);
        if (batch == null) {
            return false;
        }
        if (batch.samples() == samples) {
            end(id);
        } else {
            batches.put(id, new Unanswered(batch.samples() - samples, batch.bytes()));
        }
        return true;
    }

    /** The batch will not be answered with labels; returns false if that was known. */
    boolean end(long id) {
        Unanswered batch = batches.remove(id);
        if (batch != null) {
            client.endBatch(batch.bytes());
        }
        return batch != null;
    }

    /** Lets go of all. */
    void clear() {
        batches.values().forEach(batch -> client.endBatch(batch.bytes()));
        batches.clear();
    }
}
