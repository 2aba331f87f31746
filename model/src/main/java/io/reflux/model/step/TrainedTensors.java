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
    private final NDList updated = new NDList();
    private final List<NDList> moments = new ArrayList<>();

    /** Copies the graph's tensors to the manager's device; the manager closes them. */
    TrainedTensors(GraphScript script, List<ParameterGroup> groups, int momentCount, NDManager manager) {
        this.script = script;
        this.parameters = TorchTensors.create(manager, script.parameters());
        this.buffers = TorchTensors.create(manager, script.buffers());
        ScriptModule.asList(parameters, "p");
        ScriptModule.asList(buffers, "b");
        parameters.forEach(parameter -> parameter.setRequiresGradient(true));
        for (int j = 0; j < momentCount; j++) {
            moments.add(new NDList(parameters.stream()
                    .map(parameter -> manager.zeros(parameter.getShape()))
                    .toList()));
        }
        for (ParameterGroup group : groups) {
            updated.addAll(named(group.list("w"), group, detached(parameters)));
            for (int j = 0; j < momentCount; j++) {
                updated.addAll(named(group.moments(j), group, moments.get(j)));
            }
        }
    }

    /** The same memory without a gradient, under names of their own: what the update changes in place. */
    private static NDList detached(NDList arrays) {
        return new NDList(arrays.stream().map(NDArray::stopGradient).toList());
    }

    private static NDList named(String name, ParameterGroup group, NDList arrays) {
        NDList members = new NDList(group.members().stream().map(arrays::get).toList());
        ScriptModule.asList(members, name);
        return members;
    }

    /** Adds what the step's method takes after its batch. */
    void addTo(NDList arguments) {
        addGraphTensorsTo(arguments);
        arguments.addAll(updated);
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

    /** Copies a state into the arrays that are there: others share their memory. */
    void restore(Map<String, float[]> state, ScriptModule module) {
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
        NDList to = detached(new NDList(arrays.values()));
        NDList from = new NDList();
        try (to;
                NDManager host = module.newHostManager()) {
            arrays.forEach((name, array) -> from.add(host.create(state.get(name), array.getShape())));
            ScriptModule.asList(to, "to");
            ScriptModule.asList(from, "values");
            module.call(StepScript.COPY, new NDList(to).addAll(from), true).close();
        }
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
