package io.reflux.teacher.label;

import io.reflux.model.graph.NamePatterns;
import io.reflux.proto.encoding.EncodingException;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.OutputShape;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.StatusException;
import java.util.ArrayList;
import java.util.List;

/** Finds out which outputs a student asks for, and how each shall be encoded. */
final class OutputTerms {

    private static final int MAX_NAME_LENGTH = 64;

    private final Offer offer;
    private final Open open;
    private final List<OutputShape> served;

    private OutputTerms(Offer offer, Open open) {
        this.offer = offer;
        this.open = open;
        this.served = offer.engine().shape().outputs();
    }

    /**
     * The outputs in the order asked; the logits where none is.
     *
     * @throws StatusException with code INVALID_ARGUMENT, which names what is unknown, asked for twice or encoded in a way that
     *     it may not be
     */
    static List<WantedOutput> negotiate(Offer offer, Open open) {
        return new OutputTerms(offer, open).negotiate();
    }

    private List<WantedOutput> negotiate() {
        int encodings = open.getOutputEncodingsCount();
        if (encodings > 0 && encodings != open.getOutputsCount()) {
            throw invalid("open.output_encodings: " + encodings + " (expected: none, or one for each of the "
                    + open.getOutputsCount() + " in open.outputs)");
        }
        if (open.getOutputsCount() == 0) {
            return List.of(wanted(ModelShape.LOGITS, 0));
        }
        List<WantedOutput> outputs = new ArrayList<>();
        boolean[] asked = new boolean[served.size()];
        for (int i = 0; i < open.getOutputsCount(); i++) {
            int index = index(i);
            if (asked[index]) {
                throw invalid("open.outputs[" + i + "]: " + open.getOutputs(i) + " (expected: each output once)");
            }
            asked[index] = true;
            outputs.add(wanted(index, i));
        }
        return outputs;
    }

    private int index(int i) {
        String name = open.getOutputs(i);
        List<String> names = served.stream().map(OutputShape::name).toList();
        int index = names.indexOf(name);
        if (index < 0) {
            String shown = name.length() <= MAX_NAME_LENGTH ? name : name.substring(0, MAX_NAME_LENGTH) + "...";
            throw invalid("open.outputs[" + i + "]: " + shown + " (expected: one of the teacher's " + names.size()
                    + " outputs; nearest: " + NamePatterns.nearest(shown, names) + ")");
        }
        return index;
    }

    private WantedOutput wanted(int index, int i) {
        boolean own = open.getOutputEncodingsCount() > 0;
        Encoding asked = own ? open.getOutputEncodings(i) : open.getEncoding();
        String field = own ? "open.output_encodings[" + i + "]" : "open.encoding";
        OutputShape shape = served.get(index);
        SoftLabelEncoding encoding;
        try {
            encoding = SoftLabelEncoding.of(asked);
        } catch (EncodingException e) {
            throw invalid(field + String.valueOf(e.getMessage()).substring("encoding".length()));
        }
        OutputDescription description = offer.outputs().get(shape.name());
        if (!OutputOffer.serves(description, asked.getKind())) {
            throw invalid(field + ".kind: " + asked.getKind() + " (expected: one of " + OutputOffer.hintKinds()
                    + ", since output " + shape.name() + " is a hint)");
        }
        return new WantedOutput(index, shape, encoding);
    }

    private static StatusException invalid(String message) {
        return new StatusException(GrpcStatus.INVALID_ARGUMENT, message);
    }
}
