package io.reflux.teacher.label;

/**
 * How far a fill is.
 *
 * @param total views that it is about
 * @param known those that were there
 * @param computed those that were computed and written
 * @param nonFinite those that the model gave NaN or infinity for, and that are not kept
 * @param bytes size of the answers, known and computed
 */
public record CacheFillReport(long total, long known, long computed, long nonFinite, long bytes) {

    /** Views that were dealt with. */
    public long done() {
        return known + computed + nonFinite;
    }
}
