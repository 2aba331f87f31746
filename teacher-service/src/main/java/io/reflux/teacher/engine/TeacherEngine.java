package io.reflux.teacher.engine;

import com.google.protobuf.ByteString;
import io.reflux.data.SampleShape;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.ModelOutput;
import io.reflux.proto.wire.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A teacher model that is ready to label. Owns the model and closes it.
 *
 * <p>Shapes: inputs are rows x sample, logits rows x positions x classes, row-major. Thread-safe: callers take turns.
 */
public final class TeacherEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TeacherEngine.class);

    private final String name;
    private final InferenceModel model;
    private final ByteString digest;
    private final PixelScaling scaling;
    private final ModelShape shape;
    /** Where the model has each output that is served. */
    private final List<Integer> places = new ArrayList<>();

    /**
     * An engine around an open model.
     *
     * @param name of the model, for people
     * @throws IllegalArgumentException if the model's notes about pixels are malformed
     */
    public TeacherEngine(String name, InferenceModel model) {
        this.name = name;
        this.model = model;
        this.digest = Digests.fromHex(model.digest());
        this.scaling = PixelNotes.scaling(model.metadata());
        this.shape = new ModelShape(
                model.inputType(),
                Math.toIntExact(model.sampleShape().stream().reduce(1L, Math::multiplyExact)),
                outputs());
    }

    /** The outputs as students are told of them, the logits under a name that they all know. */
    private List<OutputShape> outputs() {
        List<OutputShape> outputs = new ArrayList<>();
        List<ModelOutput> given = model.outputs();
        for (int i = 0; i < given.size(); i++) {
            if (i > 0 && given.get(i).name().equals(ModelShape.LOGITS_NAME)) {
                LOG.warn("model {}: its output {} is not served: the first output is, under this name", name, i + 1);
                continue;
            }
            outputs.add(
                    i == 0
                            ? OutputShape.logits(ModelShape.LOGITS_NAME, model.positions(), model.numClasses())
                            : OutputShape.of(given.get(i)));
            places.add(i);
        }
        return outputs;
    }

    /** Name of the model, for people. */
    public String name() {
        return name;
    }

    /** SHA-256 of the model file. */
    public ByteString digest() {
        return digest;
    }

    /** Shape of one sample, without the batch. */
    public List<Long> sampleShape() {
        return model.sampleShape();
    }

    /** What the model takes and gives. */
    public ModelShape shape() {
        return shape;
    }

    /** Elements of one sample. */
    public int sampleElements() {
        return shape.sampleElements();
    }

    public int numClasses() {
        return shape.classes();
    }

    /** Whether samples are tokens, else numbers such as pixels. */
    public boolean takesTokens() {
        return shape.inputType() == ElementType.INT64;
    }

    /** Ids of tokens that the model knows are below it; 0 where that is not known. */
    public long numTokens() {
        return model.numTokens();
    }

    /** How the model wants its pixels. */
    public PixelScaling scaling() {
        return scaling;
    }

    /**
     * Whether the model takes samples of this shape: the same dimensions, or as many elements in one dimension, which
     * row-major order makes the same numbers.
     */
    public boolean takes(SampleShape sample) {
        if (takesTokens()) {
            return false;
        }
        List<Long> own = model.sampleShape();
        if (own.size() == 1) {
            return own.get(0) == sample.elements();
        }
        return own.equals(List.of((long) sample.channels(), (long) sample.height(), (long) sample.width()));
    }

    /**
     * Checks that another model can take this one's place, for students that have opened their streams.
     *
     * @throws IllegalArgumentException with the first thing that it takes or gives in another way
     */
    public void requireSameAs(TeacherEngine served) {
        requireSame("samples", sampleShape(), served.sampleShape());
        requireSame("inputs", shape.inputType(), served.shape.inputType());
        requireSame("positions with logits", shape.positions(), served.shape.positions());
        requireSame("classes", shape.classes(), served.shape.classes());
        requireSame("outputs", shape.outputs(), served.shape.outputs());
        requireSame("tokens", numTokens(), served.numTokens());
        requireSame("scaling of pixels", scaling, served.scaling);
    }

    private void requireSame(String what, Object mine, Object served) {
        if (!mine.equals(served)) {
            throw new IllegalArgumentException(
                    "model " + name + ": " + what + " " + mine + " (expected: " + served + ", as served)");
        }
    }

    /**
     * Computes logits in evaluation mode; blocks while another call runs.
     *
     * @throws RuntimeException if the model fails
     */
    public float[] logits(Inputs inputs, int rows) {
        return values(inputs, rows, ModelShape.LOGITS).get(0);
    }

    /**
     * Computes outputs in one pass in evaluation mode; blocks while another call runs.
     *
     * @param wanted indexes into {@link ModelShape#outputs}
     * @return rows x shape of each
     * @throws RuntimeException if the model fails
     */
    public synchronized List<float[]> values(Inputs inputs, int rows, int... wanted) {
        return model.values(inputs, rows, IntStream.of(wanted).map(places::get).toArray());
    }

    /** Closes the model, after the call that runs. */
    @Override
    public synchronized void close() {
        model.close();
    }
}
