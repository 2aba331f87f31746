package io.reflux.student.remote;

import java.util.HashMap;
import java.util.Map;

/**
 * How many bytes of labels the teacher may send. Its balance is the window less the bytes that were received and not yet released,
 * less what is collected for the next grant, which is below a quarter of the window. Confined to one event loop.
 */
final class CreditWindow {
    private final long windowBytes;
    /** Bytes of completed batches that have not been released, by the caller's id. */
    private final Map<Long, Long> completed = new HashMap<>();

    private long heldBytes;
    private long ungranted;

    CreditWindow(long windowBytes) {
        this.windowBytes = windowBytes;
    }

    /** Takes in bytes of a batch that is wanted. */
    void hold(long bytes) {
        heldBytes += bytes;
    }

    /** Takes in bytes that nobody waits for. */
    void drop(long bytes) {
        ungranted += bytes;
    }

    /** Gives back what is held of a batch that will come again, or not at all. */
    void giveUp(long bytes) {
        heldBytes -= bytes;
        ungranted += bytes;
    }

    /** All of a batch has come; its bytes are held until it is released. */
    void complete(long batchId, long bytes) {
        completed.merge(batchId, bytes, Long::sum);
    }

    /** Gives back what is held of a batch that was used. */
    void release(long batchId) {
        Long bytes = completed.remove(batchId);
        if (bytes != null) {
            giveUp(bytes);
        }
    }

    /**
     * Begins a new stream, whose balance nothing was taken from yet.
     *
     * @param forgotten bytes that are held of batches which will come again as a whole
     * @return credit to open the stream with, in bytes
     */
    long reopen(long forgotten) {
        heldBytes -= forgotten;
        ungranted = 0;
        return windowBytes - heldBytes;
    }

    /** Returns the credit to grant now, in bytes; 0 while it is not worth a message. */
    long takeGrant() {
        if (ungranted < windowBytes / 4) {
            return 0;
        }
        long grant = ungranted;
        ungranted = 0;
        return grant;
    }
}
