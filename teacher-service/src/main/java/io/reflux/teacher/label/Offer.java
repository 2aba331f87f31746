package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.data.DataSet;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import io.reflux.data.TextDataSet;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.DataSetDescription;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.v1.TensorDescription;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.engine.EngineSlot;
import io.reflux.teacher.engine.TeacherEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a teacher serves: the model of the moment, data sets by fingerprint, and limits. But for the model's digest it stays the same,
 * since only a model that takes and gives the same can take another's place. Thread-safe.
 */
public final class Offer {

    private static final String INPUT = "input";

    private final EngineSlot slot;
    private final Map<ByteString, DataSet> dataSets = new LinkedHashMap<>();
    private final LabelLimits limits;
    private final long numTokens;
    private final Map<String, OutputDescription> outputs;
    private final DescribeResponse description;

    /**
     * Describes what is served. Computes the fingerprints, which may read the whole data sets.
     *
     * @throws IllegalArgumentException if a data set does not fit the model; the message names both
     */
    public Offer(EngineSlot slot, List<? extends DataSet> dataSets, LabelLimits limits) {
        this.slot = slot;
        TeacherEngine engine = slot.engine();
        this.limits = limits;
        for (DataSet set : dataSets) {
            requireFit(engine, set);
            this.dataSets.put(Digests.fromHex(set.fingerprint()), set);
        }
        this.numTokens = numTokens(engine, dataSets);
        this.outputs = OutputOffer.of(engine.shape());
        this.description = describe(engine);
    }

    /** @throws IllegalArgumentException if the data set does not fit the model; the message names both */
    static void requireFit(TeacherEngine engine, DataSet set) {
        if (set instanceof TextDataSet text) {
            requireTokensFit(engine, text);
        } else {
            requireImagesFit(engine, set.images());
        }
        require(
                engine.numClasses() == set.numClasses(),
                engine,
                "has " + engine.numClasses() + " classes",
                set,
                "has " + set.numClasses());
        require(
                engine.shape().positions() == set.positions(),
                engine,
                "has logits for " + engine.shape().positions() + " positions of a sample",
                set,
                "labels for " + set.positions());
    }

    private static void requireImagesFit(TeacherEngine engine, ImageDataSet set) {
        require(
                engine.takes(set.shape()),
                engine,
                "takes samples of shape " + engine.sampleShape(),
                set,
                "has " + set.shape());
        engine.scaling().checkFits(set.shape());
    }

    private static void requireTokensFit(TeacherEngine engine, TextDataSet set) {
        require(
                engine.takesTokens() && engine.sampleElements() == set.length(),
                engine,
                "takes samples of shape " + engine.sampleShape(),
                set,
                "has " + set.sampleDescription());
        int vocabulary = set.vocabulary().size();
        require(
                engine.numTokens() == 0 || engine.numTokens() >= vocabulary,
                engine,
                "knows " + engine.numTokens() + " tokens",
                set,
                "has " + vocabulary);
    }

    private static void require(boolean fits, TeacherEngine engine, String has, DataSet set, String other) {
        if (!fits) {
            throw new IllegalArgumentException("model " + engine.name() + " " + has + ", data set " + set.name() + " "
                    + other + " (expected: the same)");
        }
    }

    /** What the model does not say, the sets that it is served with show. */
    private static long numTokens(TeacherEngine engine, List<? extends DataSet> dataSets) {
        long shown = 0;
        for (DataSet set : dataSets) {
            if (set instanceof TextDataSet text) {
                shown = Math.max(shown, text.vocabulary().size());
            }
        }
        return engine.numTokens() > 0 ? engine.numTokens() : shown;
    }

    private DescribeResponse describe(TeacherEngine engine) {
        TensorDescription.Builder input = TensorDescription.newBuilder()
                .setName(INPUT)
                .setType(engine.takesTokens() ? ElementType.ELEMENT_TYPE_INT64 : ElementType.ELEMENT_TYPE_FLOAT32);
        engine.sampleShape().forEach(dimension -> input.addShape(Math.toIntExact(dimension)));
        DescribeResponse.Builder response = DescribeResponse.newBuilder()
                .setModelName(engine.name())
                .addInputs(input)
                .addAllOutputs(outputs.values())
                .setLimits(limits.toProto());
        dataSets.forEach((fingerprint, set) -> response.addDataSets(DataSetDescription.newBuilder()
                .setName(set.name())
                .setFingerprint(fingerprint)
                .setSize(set.size())
                .addAllShape(shape(set))));
        response.addAllEncodings(SoftLabelEncoding.served());
        return response.build();
    }

    private static List<Integer> shape(DataSet set) {
        if (set instanceof TextDataSet text) {
            return List.of(text.length());
        }
        SampleShape shape = set.images().shape();
        return List.of(shape.channels(), shape.height(), shape.width());
    }

    /** Ids of tokens by value must be below it; 0 where none are taken. */
    long numTokens() {
        return numTokens;
    }

    /** The engine that answers now. */
    TeacherEngine engine() {
        return slot.engine();
    }

    Map<ByteString, DataSet> dataSets() {
        return dataSets;
    }

    LabelLimits limits() {
        return limits;
    }

    /** What can be asked for by name, the logits first. */
    Map<String, OutputDescription> outputs() {
        return outputs;
    }

    DescribeResponse description() {
        return description.toBuilder().setModelDigest(engine().digest()).build();
    }
}
