package io.reflux.student.remote;

import com.google.protobuf.TextFormat;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Augmentation;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.v1.ResumePoint;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import java.util.List;
import java.util.stream.Stream;

/** What is said and checked when a stream opens, the first time and after each break. Confined to the source's event loop. */
final class StreamOpening {
    private static final TextFormat.Printer ONE_LINE = TextFormat.printer().emittingSingleLine(true);

    private final RemoteConfig config;
    private final TeacherTerms terms;
    private final LabelExchange exchange;
    private String streamId = "";

    StreamOpening(RemoteConfig config, TeacherTerms terms, LabelExchange exchange) {
        this.config = config;
        this.terms = terms;
        this.exchange = exchange;
    }

    /** Begins a new stream with all that is unanswered, and returns its first message. */
    Open open() {
        Open.Builder open = Open.newBuilder()
                .setStudent(config.student())
                .setEncoding(terms.encoding().description())
                .setAugmentation(Augmentation.newBuilder()
                        .setMaxShift(config.augmentation().maxShift())
                        .setFlip(config.augmentation().flip()))
                .setCreditBytes(exchange.reopen());
        if (!terms.hints().isEmpty()) {
            open.addAllOutputs(outputs()).addAllOutputEncodings(encodings());
        }
        if (!config.answers().acceptModelChange()) {
            open.setModelDigest(Digests.fromHex(terms.modelDigest()));
        }
        if (!terms.byValue()) {
            open.setDataSetFingerprint(Digests.fromHex(config.set().fingerprint()));
        }
        long first = exchange.firstUnanswered();
        if (!streamId.isEmpty() && first > 0) {
            open.setResume(ResumePoint.newBuilder().setStreamId(streamId).setReceivedThrough(first - 1));
        }
        return open.build();
    }

    /**
     * Takes in the teacher's answer.
     *
     * @throws TrainingFailure with code OTHER_MODEL when another model answers, MISMATCH when in another encoding
     */
    void opened(Opened message) {
        exchange.modelChanged(Digests.toHex(message.getModelDigest()));
        Encoding asked = terms.encoding().description();
        if (!message.getEncoding().equals(asked)) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    "teacher " + config.address() + ": encoding " + ONE_LINE.printToString(message.getEncoding())
                            + " (expected: " + ONE_LINE.printToString(asked) + ")");
        }
        requireHints(message);
        streamId = message.getStreamId();
    }

    private void requireHints(Opened message) {
        List<String> granted = message.getOutputsList().stream()
                .map(OutputDescription::getName)
                .toList();
        boolean asked =
                granted.equals(outputs()) && message.getOutputEncodingsList().equals(encodings());
        if (!terms.hints().isEmpty() && !asked) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    "teacher " + config.address() + ": outputs " + granted + " (expected: " + outputs()
                            + ", each in the encoding asked for)");
        }
    }

    private List<String> outputs() {
        return Stream.concat(
                        Stream.of(terms.logits()),
                        terms.hints().stream().map(hint -> hint.hint().name()))
                .toList();
    }

    private List<Encoding> encodings() {
        return Stream.concat(Stream.of(terms.encoding()), terms.hints().stream().map(HintTerms::encoding))
                .map(SoftLabelEncoding::description)
                .toList();
    }
}
