package io.reflux.student.remote;

/**
 * What a teacher's failures and changes mean for its source.
 *
 * @param batchRetries times a batch is sent again to this teacher that it could not label, at least 0
 * @param oneOfMany whether there are other teachers: a batch that this one cannot label then fails alone, with the code
 *     TEACHER_UNAVAILABLE or, when the batch itself is at fault, MISMATCH
 * @param acceptModelChange whether labels of another model than the stream began with are taken once the teacher has announced it
 */
public record AnswerPolicy(int batchRetries, boolean oneOfMany, boolean acceptModelChange) {
    /** The only teacher of a run, whose model must stay. */
    public static final AnswerPolicy ALONE = new AnswerPolicy(8, false, false);

    /** Checks the number. */
    public AnswerPolicy {
        if (batchRetries < 0) {
            throw new IllegalArgumentException("batchRetries: " + batchRetries + " (expected: >= 0)");
        }
    }
}
