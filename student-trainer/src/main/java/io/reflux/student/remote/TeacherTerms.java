package io.reflux.student.remote;

import com.google.protobuf.ByteString;
import io.reflux.data.DataSet;
import io.reflux.data.TextDataSet;
import io.reflux.proto.encoding.EncodingException;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.DataSetDescription;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.Limits;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.v1.TensorDescription;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import java.util.List;

/**
 * What student and teacher agree on, checked before anything is trained.
 *
 * @param address {@code host:port}, for messages
 * @param modelDigest SHA-256 of the teacher's model, 64 hexadecimal digits
 * @param positions rows of logits that a sample has
 * @param classes classes of the teacher
 * @param byValue whether samples travel by value, since the teacher has no data sets or shall get them so
 * @param encoding how soft labels travel
 * @param logits the teacher's name of them
 * @param hints what comes beside them
 * @param maxBatchRows largest batch the teacher takes
 * @param batchesInFlight batches that may be unanswered
 * @param windowBytes soft labels that may be sent and not yet used, in bytes
 */
record TeacherTerms(
        String address,
        String modelDigest,
        int positions,
        int classes,
        boolean byValue,
        SoftLabelEncoding encoding,
        String logits,
        List<HintTerms> hints,
        int maxBatchRows,
        int batchesInFlight,
        long windowBytes) {
    /** What a Labels message has besides its payload, generously. */
    private static final long MESSAGE_OVERHEAD = 256;

    private static final long MIN_WINDOW = 64 * 1024;

    /**
     * Checks a teacher's description against what a student needs.
     *
     * @throws TrainingFailure with code MISMATCH when they do not fit
     */
    static TeacherTerms of(RemoteConfig config, DescribeResponse teacher) {
        String who = "teacher " + config.address();
        requireSamples(who, config, teacher);
        int positions = config.set().positions();
        int classes = classes(who, config, teacher);
        boolean byValue = config.byValue() || !config.form().named() || teacher.getDataSetsCount() == 0;
        if (!byValue) {
            requireDataSet(who, config, teacher);
        }
        SoftLabelEncoding encoding = encoding(who, config, teacher);
        Limits limits = teacher.getLimits();
        int maxRows = maxRows(limits, byValue ? config.form().sampleBytes(config.set()) : 0);
        // Batches by value are cut to what the teacher takes; those of a training step cannot be.
        int batchRows = config.byValue() ? Math.min(config.batchRows(), maxRows) : config.batchRows();
        if (batchRows > maxRows) {
            throw mismatch(who + ": batches of at most " + maxRows + " samples (expected: >= " + batchRows
                    + ", the batchSize)");
        }
        List<HintTerms> hints = config.hints().stream()
                .map(hint -> HintTerms.of(who, hint, teacher))
                .toList();
        long batchBytes =
                batchBytes(who, encoding, (long) batchRows * positions, classes) + hintBytes(who, hints, batchRows);
        long maxCredit = limits.getMaxCreditBytes() <= 0 ? Long.MAX_VALUE : limits.getMaxCreditBytes();
        // Twice what is in flight: the batch that the step needs next never waits behind the credit of later ones.
        long wanted = Math.max(MIN_WINDOW, 2 * batchBytes * config.batchesInFlight());
        long window = Math.min(maxCredit, wanted);
        if (window < 2 * batchBytes) {
            throw mismatch(who + ": credit of at most " + maxCredit + " bytes (expected: >= " + 2 * batchBytes
                    + ", two batches)");
        }
        long inFlight = Math.min(config.batchesInFlight(), window / (2 * batchBytes));
        if (limits.getMaxBatchesInFlight() > 0) {
            inFlight = Math.min(inFlight, limits.getMaxBatchesInFlight());
        }
        return new TeacherTerms(
                config.address(),
                Digests.toHex(teacher.getModelDigest()),
                positions,
                classes,
                byValue,
                encoding,
                teacher.getOutputs(0).getName(),
                hints,
                config.byValue() ? batchRows : maxRows,
                (int) inFlight,
                window);
    }

    /** Logits of a sample. */
    int sampleLogits() {
        return positions * classes;
    }

    private static long hintBytes(String who, List<HintTerms> hints, int batchRows) {
        long bytes = 0;
        for (HintTerms hint : hints) {
            try {
                bytes += hint.maxBytes(batchRows);
            } catch (ArithmeticException | IllegalArgumentException e) {
                throw new TrainingFailure(
                        TrainingFailure.Code.MISMATCH,
                        who + ": batches of " + batchRows + " x " + hint.hint().elements() + " numbers of "
                                + hint.hint().name() + " (expected: below 2 GiB, with a smaller batchSize)",
                        e);
            }
        }
        return bytes;
    }

    private static long batchBytes(String who, SoftLabelEncoding encoding, long rows, int classes) {
        try {
            return encoding.maxEncodedBytes(Math.toIntExact(rows), classes) + MESSAGE_OVERHEAD;
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    who + ": batches of " + rows + " x " + classes + " logits (expected: below 2 GiB, with a smaller"
                            + " batchSize)",
                    e);
        }
    }

    /** Samples by value must also fit into the largest message. */
    private static int maxRows(Limits limits, int sampleBytes) {
        int rows = limits.getMaxBatchSamples() == 0 ? Integer.MAX_VALUE : limits.getMaxBatchSamples();
        if (sampleBytes == 0 || limits.getMaxMessageBytes() <= 0) {
            return rows;
        }
        return (int) Math.max(1, Math.min(rows, (limits.getMaxMessageBytes() - MESSAGE_OVERHEAD) / sampleBytes));
    }

    private static void requireSamples(String who, RemoteConfig config, DescribeResponse teacher) {
        DataSet set = config.set();
        TensorDescription input =
                teacher.getInputsCount() == 1 ? teacher.getInputs(0) : TensorDescription.getDefaultInstance();
        boolean tokens = input.getType() == ElementType.ELEMENT_TYPE_INT64;
        long elements =
                input.getShapeList().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
        long expected = set instanceof TextDataSet text
                ? text.length()
                : set.images().shape().elements();
        if (input.getShapeCount() == 0 || elements != expected || tokens != set instanceof TextDataSet) {
            throw mismatch(who + ": input of shape " + input.getShapeList() + (tokens ? " of tokens" : "")
                    + " (expected: " + expected + (set instanceof TextDataSet ? " tokens" : " elements")
                    + ", as in data set " + set.name() + ")");
        }
    }

    private static int classes(String who, RemoteConfig config, DescribeResponse teacher) {
        DataSet set = config.set();
        OutputDescription output =
                teacher.getOutputsCount() == 0 ? OutputDescription.getDefaultInstance() : teacher.getOutputs(0);
        if (output.getClasses() != set.numClasses()) {
            throw mismatch(who + ": " + output.getClasses() + " classes (expected: " + set.numClasses()
                    + ", as in data set " + set.name() + ")");
        }
        int positions = output.getShapeCount() == 2 ? output.getShape(0) : 1;
        if (positions != set.positions()) {
            throw mismatch(who + ": logits for " + positions + " positions of a sample (expected: " + set.positions()
                    + ", as in data set " + set.name() + ")");
        }
        return output.getClasses();
    }

    private static void requireDataSet(String who, RemoteConfig config, DescribeResponse teacher) {
        ByteString fingerprint = Digests.fromHex(config.set().fingerprint());
        boolean known = teacher.getDataSetsList().stream()
                .map(DataSetDescription::getFingerprint)
                .anyMatch(fingerprint::equals);
        if (!known) {
            List<String> served = teacher.getDataSetsList().stream()
                    .map(set -> set.getName() + " " + Digests.toHex(set.getFingerprint()))
                    .toList();
            throw mismatch(who + ": data sets " + served + " (expected: "
                    + config.set().name() + " " + config.set().fingerprint()
                    + "; teacher.sendSamples sends samples by value)");
        }
    }

    private static SoftLabelEncoding encoding(String who, RemoteConfig config, DescribeResponse teacher) {
        SoftLabelEncoding encoding;
        try {
            encoding = SoftLabelEncoding.of(config.encoding());
        } catch (EncodingException e) {
            throw new TrainingFailure(TrainingFailure.Code.MISMATCH, who + ": " + e.getMessage(), e);
        }
        boolean served = teacher.getEncodingsList().stream()
                .anyMatch(other -> other.getKind() == config.encoding().getKind()
                        && other.getCompression() == config.encoding().getCompression());
        if (!served) {
            List<String> names =
                    teacher.getEncodingsList().stream().map(TeacherTerms::name).toList();
            throw mismatch(who + ": encodings " + names + " (expected: " + name(config.encoding()) + " among them)");
        }
        return encoding;
    }

    private static String name(Encoding encoding) {
        return encoding.getCompression() == Compression.COMPRESSION_NONE
                ? encoding.getKind().toString()
                : encoding.getKind() + " with " + encoding.getCompression();
    }

    private static TrainingFailure mismatch(String message) {
        return new TrainingFailure(TrainingFailure.Code.MISMATCH, message);
    }
}
