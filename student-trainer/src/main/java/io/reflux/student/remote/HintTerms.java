package io.reflux.student.remote;

import io.reflux.model.graph.NamePatterns;
import io.reflux.proto.encoding.EncodingException;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.Hint;
import java.util.List;

/**
 * A hint that student and teacher agree on.
 *
 * @param hint what comes
 * @param encoding how it travels
 */
record HintTerms(Hint hint, SoftLabelEncoding encoding) {
    /**
     * Checks a teacher's description against what a student needs.
     *
     * @param who the teacher, for messages
     * @throws TrainingFailure with code MISMATCH when the teacher has no such output or does not encode it so
     */
    static HintTerms of(String who, HintRequest wanted, DescribeResponse teacher) {
        OutputDescription output = teacher.getOutputsList().stream()
                .skip(1)
                .filter(given -> given.getName().equals(wanted.name()))
                .findFirst()
                .orElseThrow(() -> missing(who, wanted, teacher));
        if (output.getShapeList().stream().anyMatch(dimension -> dimension < 1)) {
            throw mismatch(who + ": output " + wanted.name() + ": shape " + output.getShapeList()
                    + " (expected: dimensions >= 1)");
        }
        List<Encoding> served = output.getEncodingsCount() > 0 ? output.getEncodingsList() : teacher.getEncodingsList();
        boolean known = served.stream()
                .anyMatch(other -> other.getKind() == wanted.encoding().getKind()
                        && other.getCompression() == wanted.encoding().getCompression());
        if (!known) {
            throw mismatch(who + ": output " + wanted.name() + ": encodings "
                    + served.stream().map(Encoding::getKind).distinct().toList() + " (expected: "
                    + wanted.encoding().getKind() + " among them)");
        }
        try {
            return new HintTerms(
                    new Hint(output.getName(), output.getShapeList()), SoftLabelEncoding.of(wanted.encoding()));
        } catch (EncodingException e) {
            throw new TrainingFailure(TrainingFailure.Code.MISMATCH, who + ": " + e.getMessage(), e);
        }
    }

    private static TrainingFailure missing(String who, HintRequest wanted, DescribeResponse teacher) {
        List<String> names = teacher.getOutputsList().stream()
                .skip(1)
                .map(OutputDescription::getName)
                .toList();
        return mismatch(who + ": output " + wanted.name()
                + (names.isEmpty()
                        ? " (expected: one beside the logits, and this teacher has none; reflux teacher --hint names them)"
                        : " (expected: one of its hints; nearest: " + NamePatterns.nearest(wanted.name(), names)
                                + "; reflux teacher --hint adds more)"));
    }

    private static TrainingFailure mismatch(String message) {
        return new TrainingFailure(TrainingFailure.Code.MISMATCH, message);
    }

    /** Most bytes of so many samples. */
    long maxBytes(int samples) {
        return encoding.maxEncodedBytes(Math.multiplyExact(samples, hint.rows()), hint.width());
    }
}
