package io.reflux.student.ledger;

import java.util.List;

/**
 * What a ledger comes to.
 *
 * @param batches batches of all stages, from the first to the last applied
 * @param exactlyOnce whether each of them was applied once
 * @param rollingHash hash over all labels in the order applied, 64 hexadecimal digits
 * @param models the models that labelled batches, in order of their first
 */
public record LedgerSummary(long batches, boolean exactlyOnce, String rollingHash, List<ModelShare> models) {
    /** Copies the list. */
    public LedgerSummary {
        models = List.copyOf(models);
    }

    /**
     * How much one model labelled.
     *
     * @param digest SHA-256 of the model, of several that were averaged joined by {@code +}
     * @param batches batches it labelled
     */
    public record ModelShare(String digest, long batches) {}
}
