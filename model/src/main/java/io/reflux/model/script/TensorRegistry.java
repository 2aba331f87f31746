package io.reflux.model.script;

import io.reflux.model.graph.GraphTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives every tensor that a script takes its place in the lists {@code p} (parameters) and {@code b} (buffers). */
final class TensorRegistry implements TensorSource {

    private final Map<String, String> places = new LinkedHashMap<>();
    private final List<GraphTensor> parameters = new ArrayList<>();
    private final List<GraphTensor> buffers = new ArrayList<>();
    private final Set<String> read = new HashSet<>();
    private int numRunningStatistics;

    void addParameter(GraphTensor tensor) {
        if (!places.containsKey(tensor.name())) {
            places.put(tensor.name(), "p[" + parameters.size() + "]");
            parameters.add(tensor);
        }
    }

    /** To be called before any {@link #place}: running statistics stand before the constants. */
    void addRunningStatistic(GraphTensor tensor) {
        if (!places.containsKey(tensor.name())) {
            addBuffer(tensor.name(), tensor);
            numRunningStatistics++;
        }
    }

    /** Expression that reads a tensor; a tensor seen for the first time becomes a constant among the buffers. */
    @Override
    public String place(String name, GraphTensor tensor) {
        read.add(name);
        @Nullable String place = places.get(name);
        return place != null ? place : addBuffer(name, tensor);
    }

    /** Empty: training moves parameters and statistics between calls. */
    @Override
    public Optional<String> packed(String name, GraphTensor tensor, String layout) {
        return Optional.empty();
    }

    private String addBuffer(String name, GraphTensor tensor) {
        String place = "b[" + buffers.size() + "]";
        places.put(name, place);
        buffers.add(tensor);
        return place;
    }

    /** Whether the script reads a tensor, so that what it computes depends on it. */
    boolean isRead(String name) {
        return read.contains(name);
    }

    List<String> parameterNames() {
        return parameters.stream().map(GraphTensor::name).toList();
    }

    List<GraphTensor> parameters() {
        return parameters;
    }

    List<GraphTensor> buffers() {
        return buffers;
    }

    int numRunningStatistics() {
        return numRunningStatistics;
    }
}
