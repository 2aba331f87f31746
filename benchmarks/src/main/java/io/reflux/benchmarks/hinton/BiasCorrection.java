package io.reflux.benchmarks.hinton;

import io.reflux.data.DataSplits;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Raises the output bias of a class that was missing from the transfer set. The paper chose the bias by the test set;
 * here it is the smallest number of errors on the training set that decides, and the test set only measures.
 */
final class BiasCorrection {

    private static final int BATCH = 500;
    private static final double LARGEST = 12;
    private static final double STEP = 0.1;

    private final ImageDataSet set;
    private final SampleIds ids;
    private final int missingClass;

    BiasCorrection(DataSplits splits, int missingClass) {
        this.set = splits.training().images();
        this.ids = splits.train();
        this.missingClass = missingClass;
    }

    /**
     * Writes the corrected model.
     *
     * @return what was added to the bias
     */
    double correct(Path model, Path corrected) {
        ModelGraph graph = ModelGraph.read(model);
        double best = bestBias(graph);
        String bias = outputBias(graph);
        GraphTensor tensor = graph.initializers().get(bias);
        float[] values = tensor.floats();
        values[missingClass] += (float) best;
        graph.withInitializers(Map.of(bias, GraphTensor.of(bias, tensor.shape(), values)))
                .write(corrected);
        return best;
    }

    private double bestBias(ModelGraph graph) {
        float[] logits = logits(graph);
        double best = 0;
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i * STEP <= LARGEST; i++) {
            long errors = errors(logits, i * STEP);
            if (errors < fewest) {
                fewest = errors;
                best = i * STEP;
            }
        }
        return best;
    }

    private float[] logits(ModelGraph graph) {
        float[] all = new float[Math.toIntExact(ids.size() * set.numClasses())];
        ViewRenderer renderer = new ViewRenderer(set, Augmentation.NONE);
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(graph, 1)) {
            for (int from = 0; from < ids.size(); from += BATCH) {
                List<View> views = new ArrayList<>(BATCH);
                for (int i = from; i < Math.min(ids.size(), from + BATCH); i++) {
                    views.add(View.plain(ids.get(i)));
                }
                float[] inputs = new float[views.size() * set.shape().elements()];
                renderer.render(views, PixelScaling.UNIT, inputs);
                float[] logits = model.logits(inputs, views.size());
                System.arraycopy(logits, 0, all, from * set.numClasses(), logits.length);
            }
        }
        return all;
    }

    private long errors(float[] logits, double added) {
        int classes = set.numClasses();
        long errors = 0;
        for (int row = 0; row < ids.size(); row++) {
            int predicted = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                double logit = logits[row * classes + c] + (c == missingClass ? added : 0);
                if (logit > largest) {
                    largest = logit;
                    predicted = c;
                }
            }
            errors += predicted == set.label(ids.get(row)) ? 0 : 1;
        }
        return errors;
    }

    /** The third input of the Gemm that makes the logits. */
    private static String outputBias(ModelGraph graph) {
        String output = graph.outputs().get(0).name();
        for (GraphNode node : graph.nodes()) {
            if (node.outputs().contains(output)
                    && node.operator().equals("Gemm")
                    && node.inputs().size() == 3) {
                return node.inputs().get(2);
            }
        }
        throw new IllegalArgumentException(
                graph.source() + ": output " + output + " (expected: made by Gemm with bias)");
    }
}
