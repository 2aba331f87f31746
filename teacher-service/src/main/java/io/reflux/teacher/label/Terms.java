package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.data.DataSet;
import io.reflux.data.TextDataSet;
import io.reflux.data.view.Augmentation;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.wire.Digests;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.StatusException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a student and a teacher agreed on when a stream opened.
 *
 * @param student name of the student, for logs
 * @param outputs what each sample is answered with, in the order of the answer; at least one
 * @param views renders them; null: only tensors are taken
 * @param modelDigest of the only model to be served by; empty: any
 */
record Terms(
        String student,
        List<WantedOutput> outputs,
        @Nullable ViewSource views,
        ByteString modelDigest) {

    private static final int MAX_STUDENT_BYTES = 64;

    Terms {
        outputs = List.copyOf(outputs);
    }

    /**
     * Checks what a student asks for against what is offered.
     *
     * @param served digest of the model that answers
     * @throws StatusException with the status and the message that refuse it
     */
    static Terms negotiate(Offer offer, ByteString served, Open open) {
        if (open.getStudentBytes().size() > MAX_STUDENT_BYTES) {
            throw invalid("open.student: " + open.getStudentBytes().size() + " bytes (expected: at most "
                    + MAX_STUDENT_BYTES + ")");
        }
        List<WantedOutput> outputs = OutputTerms.negotiate(offer, open);
        requireDigest("open.model_digest", open.getModelDigest());
        Terms terms = new Terms(open.getStudent(), outputs, views(offer, open), open.getModelDigest());
        if (!terms.allow(served)) {
            throw terms.refusalOf(served);
        }
        return terms;
    }

    /** Whether the student takes labels of this model. */
    boolean allow(ByteString served) {
        return modelDigest.isEmpty() || modelDigest.equals(served);
    }

    /** What the stream ends with where a model answers that the student does not take. */
    StatusException refusalOf(ByteString served) {
        return new StatusException(
                GrpcStatus.FAILED_PRECONDITION,
                "open.model_digest: " + Digests.toHex(modelDigest) + " (expected: " + Digests.toHex(served)
                        + ", the model served)");
    }

    /** Places of the outputs among the model's. */
    int[] outputIndexes() {
        return outputs.stream().mapToInt(WantedOutput::index).toArray();
    }

    /** Names of the outputs. */
    List<String> outputNames() {
        return outputs.stream().map(output -> output.shape().name()).toList();
    }

    /** What was agreed on about outputs, for logs. */
    String describe() {
        return outputs.stream()
                .map(output -> output.shape().name() + " as "
                        + output.encoding().description().getKind())
                .collect(Collectors.joining(", "));
    }

    /** What the student is told about its outputs. */
    Opened.Builder granted(Offer offer) {
        Opened.Builder opened =
                Opened.newBuilder().setEncoding(outputs.get(0).encoding().description());
        for (WantedOutput output : outputs) {
            opened.addOutputs(offer.outputs().get(output.shape().name()));
            if (outputs.size() > 1) {
                opened.addOutputEncodings(output.encoding().description());
            }
        }
        return opened;
    }

    /**
     * The scopes of the answers at these positions, none for all, of each output; empty where only tensors are taken, which
     * have none.
     *
     * @param fixedRows rows of every batch of the model; 0: as many as there are
     */
    List<RowScopes> scopes(int[] positions, int fixedRows) {
        if (views == null) {
            return List.of();
        }
        ByteString dataSet = Digests.fromHex(views.dataSet().fingerprint());
        return outputs.stream()
                .map(output -> new RowScopes(
                        fixedRows,
                        views,
                        dataSet,
                        output.shape().name(),
                        positions,
                        output.encoding().rowDescription()))
                .toList();
    }

    private static @Nullable ViewSource views(Offer offer, Open open) {
        Augmentation augmentation = augmentation(open.getAugmentation());
        ByteString fingerprint = open.getDataSetFingerprint();
        requireDigest("open.data_set_fingerprint", fingerprint);
        if (fingerprint.isEmpty()) {
            return null;
        }
        DataSet set = offer.dataSets().get(fingerprint);
        if (set == null) {
            throw new StatusException(
                    GrpcStatus.FAILED_PRECONDITION,
                    "open.data_set_fingerprint: " + Digests.toHex(fingerprint) + " (expected: " + served(offer) + ")");
        }
        if (set instanceof TextDataSet && !augmentation.isNone()) {
            throw invalid(
                    "open.augmentation: " + augmentation + " (expected: none for text, data set " + set.name() + ")");
        }
        return ViewSource.of(set, augmentation, offer.engine().scaling());
    }

    private static Augmentation augmentation(io.reflux.proto.v1.Augmentation asked) {
        int maxShift = asked.getMaxShift();
        if (maxShift < 0 || maxShift > Augmentation.MAX_SHIFT) {
            throw invalid("open.augmentation.max_shift: " + Integer.toUnsignedString(maxShift) + " (expected: 0 to "
                    + Augmentation.MAX_SHIFT + ")");
        }
        // A newer student's augmentation, read as far as it is known, would be labelled for other pixels.
        Set<Integer> unknown = asked.getUnknownFields().asMap().keySet();
        if (!unknown.isEmpty()) {
            throw new StatusException(
                    GrpcStatus.UNIMPLEMENTED,
                    "open.augmentation: fields " + unknown + " (expected: those that this teacher knows)");
        }
        return new Augmentation(maxShift, asked.getFlip());
    }

    private static String served(Offer offer) {
        if (offer.dataSets().isEmpty()) {
            return "none; this teacher takes only tensors";
        }
        return offer.dataSets().entrySet().stream()
                .map(entry -> Digests.toHex(entry.getKey()) + " of "
                        + entry.getValue().name())
                .collect(Collectors.joining(", or "));
    }

    private static void requireDigest(String field, ByteString digest) {
        if (!digest.isEmpty() && digest.size() != Digests.BYTES) {
            throw invalid(field + ": " + digest.size() + " bytes (expected: 0 or " + Digests.BYTES + ")");
        }
    }

    private static StatusException invalid(String message) {
        return new StatusException(GrpcStatus.INVALID_ARGUMENT, message);
    }
}
