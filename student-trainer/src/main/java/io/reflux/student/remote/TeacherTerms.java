package io.reflux.student.remote;

import com.google.protobuf.ByteString;
import io.reflux.data.SampleShape;
import io.reflux.proto.encoding.EncodingException;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.DataSetDescription;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.Limits;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import java.util.List;

/**
 * What student and teacher agree on, checked before anything is trained.
 *
 * @param address {@code host:port}, for messages
 * @param modelDigest SHA-256 of the teacher's model, 64 hexadecimal digits
 * @param classes classes of the teacher
 * @param byValue whether samples travel by value, since the teacher has no data sets
 * @param encoding how soft labels travel
 * @param maxBatchRows largest batch the teacher takes
 * @param batchesInFlight batches that may be unanswered
 * @param windowBytes soft labels that may be sent and not yet used, in bytes
 */
record TeacherTerms(
        String address,
        String modelDigest,
        int classes,
        boolean byValue,
        SoftLabelEncoding encoding,
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
        requireShape(who, config, teacher);
        int classes = classes(who, config, teacher);
        boolean byValue = config.byValue() || teacher.getDataSetsCount() == 0;
        if (!byValue) {
            requireDataSet(who, config, teacher);
        }
        SoftLabelEncoding encoding = encoding(who, config, teacher);
        Limits limits = teacher.getLimits();
        int maxRows = maxRows(limits, byValue ? config.set().shape().elements() : 0);
        // Batches by value are cut to what the teacher takes; those of a training step cannot be.
        int batchRows = config.byValue() ? Math.min(config.batchRows(), maxRows) : config.batchRows();
        if (batchRows > maxRows) {
            throw mismatch(who + ": batches of at most " + maxRows + " samples (expected: >= " + batchRows
                    + ", the batchSize)");
        }
        long batchBytes = encoding.maxEncodedBytes(batchRows, classes) + MESSAGE_OVERHEAD;
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
                classes,
                byValue,
                encoding,
                config.byValue() ? batchRows : maxRows,
                (int) inFlight,
                window);
    }

    /** Samples by value, a byte an element, must also fit into the largest message. */
    private static int maxRows(Limits limits, int sampleBytes) {
        int rows = limits.getMaxBatchSamples() == 0 ? Integer.MAX_VALUE : limits.getMaxBatchSamples();
        if (sampleBytes == 0 || limits.getMaxMessageBytes() <= 0) {
            return rows;
        }
        return (int) Math.max(1, Math.min(rows, (limits.getMaxMessageBytes() - MESSAGE_OVERHEAD) / sampleBytes));
    }

    private static void requireShape(String who, RemoteConfig config, DescribeResponse teacher) {
        SampleShape shape = config.set().shape();
        List<Integer> input =
                teacher.getInputsCount() == 1 ? teacher.getInputs(0).getShapeList() : List.of();
        long elements = input.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
        if (input.isEmpty() || elements != shape.elements()) {
            throw mismatch(who + ": input of shape " + input + " (expected: " + shape.elements()
                    + " elements, as in data set " + config.set().name() + ")");
        }
    }

    private static int classes(String who, RemoteConfig config, DescribeResponse teacher) {
        int classes = teacher.getOutputsList().stream()
                .findFirst()
                .map(OutputDescription::getClasses)
                .orElse(0);
        if (classes != config.set().numClasses()) {
            throw mismatch(
                    who + ": " + classes + " classes (expected: " + config.set().numClasses() + ", as in data set "
                            + config.set().name() + ")");
        }
        return classes;
    }

    private static void requireDataSet(String who, RemoteConfig config, DescribeResponse teacher) {
        ByteString fingerprint = Digests.fromHex(config.set().fingerprint());
        boolean known = teacher.getDataSetsList().stream()
                .map(DataSetDescription::getFingerprint)
                .anyMatch(fingerprint::equals);
        if (!known) {
            List<String> served = teacher.getDataSetsList().stream()
                    .map(set -> set.getName() + " "
                            + Digests.toHex(set.getFingerprint()).substring(0, 12))
                    .toList();
            throw mismatch(who + ": data sets " + served + " (expected: "
                    + config.set().name() + " " + config.set().fingerprint().substring(0, 12) + ")");
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
