package io.reflux.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;
import io.reflux.model.script.TorchTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The arrays that live from step to step, in script order: parameters, buffers, and what {@link UpdateBlock} changes. */
final class TrainedTensors {

    /** What the names of a state's tensors begin with. */
    static final String PARAMETER = "parameter/";

    static final String BUFFER = "buffer/";
    static final String AVERAGE = "average/";

    private final GraphScript script;
    private final NDManager manager;
    private final NDList parameters;
    private final NDList buffers;
    private final NDList statistics;
    private final NDList updated = new NDList();
    private final NDList evaluated;
    private final Map<String, NDArray> state = new LinkedHashMap<>();

    /** Copies the graph's tensors to the manager's device; the manager closes them. */
    TrainedTensors(
            GraphScript script, List<ParameterGroup> groups, UpdateRule rule, StepOptions options, NDManager manager) {
        this.script = script;
        this.manager = manager;
        this.parameters = TorchTensors.create(manager, script.parameters());
        this.buffers = TorchTensors.create(manager, script.buffers());
        ScriptModule.asList(parameters, "p");
        ScriptModule.asList(buffers, "b");
        this.statistics = StatisticsBlock.argument(script, buffers);
        parameters.forEach(parameter -> parameter.setRequiresGradient(true));
        remember(PARAMETER, script.parameters(), parameters);
        remember(BUFFER, script.runningStatistics(), buffers);

        NDList weights = detached(parameters);
        List<NDList> moments = new ArrayList<>();
        for (int j = 0; j < rule.moments(); j++) {
            moments.add(remember("moment" + j + "/", script.parameters(), zeros()));
        }
        NDList sums = options.accumulates() ? remember("sum/", script.parameters(), zeros()) : new NDList();
        NDList averages = options.averages()
                ? remember(AVERAGE, script.parameters(), TorchTensors.create(manager, script.parameters()))
                : new NDList();
        for (ParameterGroup group : groups) {
            add(group.list("w"), group, weights);
            for (int j = 0; j < moments.size(); j++) {
                add(group.moments(j), group, moments.get(j));
            }
            add(group.list("a"), group, sums);
            add(group.list("e"), group, averages);
        }
        if (options.scalesLoss()) {
            updated.add(remember("scale", manager.create(Scaling.INITIAL)));
            updated.add(remember("growth", manager.zeros(new Shape(), DataType.INT32)));
        }
        this.evaluated = options.averages() ? detached(averages) : parameters;
        ScriptModule.asList(evaluated, "p");
    }

    /** Adds what the step's method takes after its batch. */
    void addTo(NDList arguments) {
        arguments.addAll(parameters);
        arguments.addAll(buffers);
        arguments.addAll(statistics);
        arguments.addAll(updated);
    }

    /** Adds what the graph's evaluating method takes after its inputs. */
    void addEvaluatedTo(NDList arguments) {
        arguments.addAll(evaluated);
        arguments.addAll(buffers);
    }

    /** What is evaluated, and the running statistics, by name, as the graph holds them. */
    Map<String, GraphTensor> graphTensors() {
        return script.trained(evaluated, buffers);
    }

    Map<String, float[]> copy() {
        Map<String, float[]> result = new LinkedHashMap<>();
        state.forEach((name, array) -> {
            try (NDArray floats = array.toType(DataType.FLOAT32, true)) {
                result.put(name, floats.toFloatArray());
            }
        });
        return result;
    }

    /** Copies a state into the arrays that are there: others share their memory. */
    void restore(Map<String, float[]> values, ScriptModule module) {
        if (!values.keySet().equals(state.keySet())) {
            throw new IllegalArgumentException(
                    "state: tensors " + values.keySet() + " (expected: " + state.keySet() + ")");
        }
        state.forEach((name, array) -> {
            int given = values.get(name).length;
            Ranges.require("state of " + name, given, given == array.size(), array.size() + " elements");
        });
        NDList from = new NDList();
        try (NDManager host = module.newHostManager();
                NDList to = detached(new NDList(state.values()))) {
            state.forEach((name, array) -> from.add(host.create(values.get(name), array.getShape())));
            ScriptModule.asList(to, "to");
            ScriptModule.asList(from, "values");
            module.call(StepScript.COPY, new NDList(to).addAll(from), true).close();
        }
    }

    private NDList zeros() {
        return new NDList(parameters.stream()
                .map(parameter -> manager.zeros(parameter.getShape()))
                .toList());
    }

    /** The same memory without a gradient, under names of their own. */
    private static NDList detached(NDList arrays) {
        return new NDList(arrays.stream().map(NDArray::stopGradient).toList());
    }

    /** Adds a group's part of some arrays, one for each parameter, or nothing where there are none. */
    private void add(String name, ParameterGroup group, NDList arrays) {
        Stream<Integer> members = arrays.isEmpty() ? Stream.of() : group.members().stream();
        NDList part = new NDList(members.map(arrays::get).toList());
        ScriptModule.asList(part, name);
        updated.addAll(part);
    }

    private NDList remember(String prefix, List<GraphTensor> tensors, NDList values) {
        for (int i = 0; i < tensors.size(); i++) {
            state.put(prefix + tensors.get(i).name(), values.get(i));
        }
        return values;
    }

    private NDArray remember(String name, NDArray value) {
        state.put(name, value);
        return value;
    }
}
