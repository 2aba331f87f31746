package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.data.ImageDataSet;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.DataSetDescription;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.v1.OutputKind;
import io.reflux.proto.v1.TensorDescription;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.engine.TeacherEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a teacher serves: its model, its data sets by fingerprint, and its limits. Immutable. */
public final class Offer {

    /** The name of the one output, whatever it is called in the graph. */
    static final String LOGITS = "logits";

    private static final String INPUT = "input";

    private final TeacherEngine engine;
    private final Map<ByteString, ImageDataSet> dataSets = new LinkedHashMap<>();
    private final LabelLimits limits;
    private final OutputDescription logits;
    private final DescribeResponse description;

    /**
     * Describes what is served. Computes the fingerprints, which may read the whole data sets.
     *
     * @throws IllegalArgumentException if a data set does not fit the model; the message names both
     */
    public Offer(TeacherEngine engine, List<ImageDataSet> dataSets, LabelLimits limits) {
        this.engine = engine;
        this.limits = limits;
        for (ImageDataSet set : dataSets) {
            requireFit(engine, set);
            this.dataSets.put(Digests.fromHex(set.fingerprint()), set);
        }
        this.logits = OutputDescription.newBuilder()
                .setName(LOGITS)
                .addShape(engine.numClasses())
                .setKind(OutputKind.OUTPUT_KIND_LOGITS)
                .setClasses(engine.numClasses())
                .build();
        this.description = describe();
    }

    private static void requireFit(TeacherEngine engine, ImageDataSet set) {
        if (!engine.takes(set.shape())) {
            throw new IllegalArgumentException("model " + engine.name() + " takes samples of shape "
                    + engine.sampleShape() + ", data set " + set.name() + " has " + set.shape()
                    + " (expected: the same)");
        }
        if (engine.numClasses() != set.numClasses()) {
            throw new IllegalArgumentException("model " + engine.name() + " has " + engine.numClasses()
                    + " classes, data set " + set.name() + " has " + set.numClasses() + " (expected: the same)");
        }
        engine.scaling().checkFits(set.shape());
    }

    private DescribeResponse describe() {
        TensorDescription.Builder input =
                TensorDescription.newBuilder().setName(INPUT).setType(ElementType.ELEMENT_TYPE_FLOAT32);
        engine.sampleShape().forEach(dimension -> input.addShape(Math.toIntExact(dimension)));
        DescribeResponse.Builder response = DescribeResponse.newBuilder()
                .setModelDigest(engine.digest())
                .setModelName(engine.name())
                .addInputs(input)
                .addOutputs(logits)
                .setLimits(limits.toProto());
        dataSets.forEach((fingerprint, set) -> response.addDataSets(DataSetDescription.newBuilder()
                .setName(set.name())
                .setFingerprint(fingerprint)
                .setSize(set.size())
                .addShape(set.shape().channels())
                .addShape(set.shape().height())
                .addShape(set.shape().width())));
        response.addAllEncodings(SoftLabelEncoding.served());
        return response.build();
    }

    TeacherEngine engine() {
        return engine;
    }

    Map<ByteString, ImageDataSet> dataSets() {
        return dataSets;
    }

    LabelLimits limits() {
        return limits;
    }

    OutputDescription logits() {
        return logits;
    }

    DescribeResponse description() {
        return description;
    }
}
