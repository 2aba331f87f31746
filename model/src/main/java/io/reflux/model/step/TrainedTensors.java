package io.reflux.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arrays that live from step to step: parameters, buffers and the optimiser's moments, in script order. */
final class TrainedTensors {

    private final GraphScript script;
    private final NDList parameters;
    private final NDList buffers;
    private final List<NDList> moments = new ArrayList<>();

    /** Copies the graph's tensors to the manager's device; the manager closes them. */
    TrainedTensors(GraphScript script, int momentCount, NDManager manager) {
        this.script = script;
        this.parameters = TorchTensors.create(manager, script.parameters());
        this.buffers = TorchTensors.create(manager, script.buffers());
        ScriptModule.asList(parameters, "p");
        ScriptModule.asList(buffers, "b");
        parameters.forEach(parameter -> parameter.setRequiresGradient(true));
        for (int i = 0; i < momentCount; i++) {
            NDList moment = new NDList();
            for (NDArray parameter : parameters) {
                moment.add(manager.zeros(parameter.getShape()));
            }
            ScriptModule.asList(moment, "m" + i);
            moments.add(moment);
        }
    }

    /** Adds what the step's method takes after its batch. */
    void addTo(NDList arguments) {
        addGraphTensorsTo(arguments);
        moments.forEach(arguments::addAll);
    }

    /** Adds what the graph's own methods take after their inputs. */
    void addGraphTensorsTo(NDList arguments) {
        arguments.addAll(parameters);
        arguments.addAll(buffers);
    }

    /** Parameters and running statistics by name, as the graph holds them. */
    Map<String, GraphTensor> graphTensors() {
        return script.trained(parameters, buffers);
    }

    Map<String, float[]> copy() {
        Map<String, float[]> result = new LinkedHashMap<>();
        trainedArrays().forEach((name, array) -> result.put(name, array.toFloatArray()));
        return result;
    }

    void restore(Map<String, float[]> state) {
        Map<String, NDArray> arrays = trainedArrays();
        if (!state.keySet().equals(arrays.keySet())) {
            throw new IllegalArgumentException(
                    "state: tensors " + state.keySet() + " (expected: " + arrays.keySet() + ")");
        }
        arrays.forEach((name, array) -> {
            long expected = array.size();
            Ranges.require(
                    "state of " + name,
                    state.get(name).length,
                    state.get(name).length == expected,
                    expected + " elements");
        });
        arrays.forEach((name, array) -> array.set(state.get(name)));
    }

    private Map<String, NDArray> trainedArrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        putAll(arrays, "parameter/", script.parameters(), parameters);
        putAll(arrays, "buffer/", script.runningStatistics(), buffers);
        for (int m = 0; m < moments.size(); m++) {
            putAll(arrays, "moment" + m + "/", script.parameters(), moments.get(m));
        }
        return arrays;
    }

    private static void putAll(Map<String, NDArray> arrays, String prefix, List<GraphTensor> tensors, NDList values) {
        for (int i = 0; i < tensors.size(); i++) {
            arrays.put(prefix + tensors.get(i).name(), values.get(i));
        }
    }
}
