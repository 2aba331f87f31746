package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.NamePatterns;
import io.reflux.model.graph.ValueInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses, of all outputs of a model file, those that can be asked for: the logits, which come first, and hints, which
 * are floats of one shape for each sample. What else a file gives is left alone, unless somebody asked for it by name.
 */
final class OutputChoice {

    /** More than one, so that the batch shows among the other dimensions. */
    private static final int PROBE_ROWS = 2;

    /** Runs a model over a batch of zeros. */
    @FunctionalInterface
    interface Probe {
        /** Returns how many numbers it gives for each of these outputs. */
        int[] lengths(int rows, List<ModelOutput> outputs);
    }

    private final List<String> named;

    /**
     * A choice.
     *
     * @param named outputs that must be among those that are chosen
     */
    OutputChoice(List<String> named) {
        this.named = named;
    }

    /**
     * Chooses.
     *
     * @param given the file's outputs with their shapes, the logits first; these are known to fit
     * @param batch first dimension of the model's input
     * @throws ModelException if a named output is not there or does not fit
     */
    List<ModelOutput> of(List<ValueInfo> given, long batch, Probe probe) {
        requireNamed(given.stream().map(ValueInfo::name).toList());
        List<ModelOutput> chosen = new ArrayList<>();
        for (ValueInfo output : given) {
            if (chosen.isEmpty() || isHint(output, batch)) {
                chosen.add(new ModelOutput(
                        output.name(), output.shape().subList(1, output.shape().size())));
            } else {
                refuseIfNamed(output.name(), output.type() + String.valueOf(output.shape()));
            }
        }
        return chosen.size() == 1 ? List.copyOf(chosen) : proven(chosen, probe);
    }

    private void requireNamed(List<String> given) {
        for (String name : named) {
            if (!given.contains(name)) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "output " + name + " (expected: the name of one; nearest: " + NamePatterns.nearest(name, given)
                                + ")");
            }
        }
    }

    private static boolean isHint(ValueInfo output, long batch) {
        List<Long> shape = output.shape();
        return output.type() == ElementType.FLOAT
                && !shape.isEmpty()
                && shape.get(0) == batch
                && shape.subList(1, shape.size()).stream().allMatch(dimension -> dimension >= 1);
    }

    /** A first dimension may be free without being the batch: positions of all samples in one, say. */
    private List<ModelOutput> proven(List<ModelOutput> candidates, Probe probe) {
        int[] lengths = probe.lengths(PROBE_ROWS, candidates);
        List<ModelOutput> proven = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            ModelOutput output = candidates.get(i);
            if (lengths[i] == PROBE_ROWS * output.elements()) {
                proven.add(output);
            } else {
                refuseIfNamed(
                        output.name(),
                        lengths[i] + " numbers for " + PROBE_ROWS + " samples of shape " + output.shape());
            }
        }
        return List.copyOf(proven);
    }

    private void refuseIfNamed(String name, String found) {
        if (named.contains(name)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "output " + name + ": " + found + " (expected: FLOAT[batch, ...] with all but the batch fixed)");
        }
    }
}
