package io.reflux.student.remote;

import io.reflux.data.DataSet;
import io.reflux.data.view.Augmentation;
import io.reflux.proto.v1.Encoding;
import java.time.Duration;
import java.util.List;

/**
 * What a student asks of a teacher service.
 *
 * @param teacher where the service is
 * @param student name of the student for the teacher's logs, at most 64 bytes
 * @param set the set the views refer to; its samples and classes must be those the teacher knows
 * @param augmentation how augmentation seeds become pixels
 * @param byValue whether only samples by value will be sent, so that the teacher needs no copy of the set
 * @param form how samples travel
 * @param encoding how soft labels shall travel
 * @param hints what is asked for beside the logits
 * @param batchRows samples of the largest batch, at least 1
 * @param batchesInFlight batches that may be unanswered, at least 1
 * @param patience limits of waiting
 * @param answers what is done about batches that fail and a model that changes
 * @param access what the student is let in with
 */
public record RemoteConfig(
        TeacherAddress teacher,
        String student,
        DataSet set,
        Augmentation augmentation,
        boolean byValue,
        SampleForm form,
        Encoding encoding,
        List<HintRequest> hints,
        int batchRows,
        int batchesInFlight,
        Patience patience,
        AnswerPolicy answers,
        TeacherAccess access) {
    /** Copies the list. */
    public RemoteConfig {
        hints = List.copyOf(hints);
    }

    /** Returns {@code host:port}, for messages. */
    public String address() {
        return teacher.toString();
    }

    /** Returns the same for another teacher. */
    public RemoteConfig withTeacher(TeacherAddress other) {
        return new RemoteConfig(
                other,
                student,
                set,
                augmentation,
                byValue,
                form,
                encoding,
                hints,
                batchRows,
                batchesInFlight,
                patience,
                answers,
                access);
    }

    /** Returns the same with other limits of waiting and another policy. */
    public RemoteConfig with(Patience otherPatience, AnswerPolicy otherAnswers) {
        return new RemoteConfig(
                teacher,
                student,
                set,
                augmentation,
                byValue,
                form,
                encoding,
                hints,
                batchRows,
                batchesInFlight,
                otherPatience,
                otherAnswers,
                access);
    }

    /**
     * Limits of waiting.
     *
     * @param attemptsAtStart calls made before a teacher that does not answer at the start is given up, at least 1
     * @param firstDelay back-off after the first failure; doubled after each, half of it at random
     * @param maxDelay longest back-off
     * @param waitingAfter time without an answer after which the source says it is waiting
     * @param giveUpAfter time without an answer, from the first break on, after which the teacher is given up, also one that
     *     lets itself be connected to again and again; negative: at the first break
     */
    public record Patience(
            int attemptsAtStart, Duration firstDelay, Duration maxDelay, Duration waitingAfter, Duration giveUpAfter) {
        /** Six calls over some three seconds at the start; ten minutes in the midst of a run. */
        public static final Patience DEFAULT = new Patience(
                6, Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(10));

        /** Returns the same with another time after which the teacher is given up. */
        public Patience withGiveUpAfter(Duration other) {
            return new Patience(attemptsAtStart, firstDelay, maxDelay, waitingAfter, other);
        }
    }
}
