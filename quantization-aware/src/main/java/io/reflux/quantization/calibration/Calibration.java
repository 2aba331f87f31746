package io.reflux.quantization.calibration;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.TensorProbe;
import io.reflux.quantization.observer.Observer;
import io.reflux.quantization.observer.ObserverConfig;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs batches through a graph in ONNX Runtime and observes tensors in it. Owns native memory: whoever opened it closes it.
 * Not thread-safe.
 */
public final class Calibration implements AutoCloseable {

    private final String graphDigest;
    private final ObserverConfig config;
    private final Map<String, Observer> observers = new LinkedHashMap<>();
    private final TensorProbe probe;
    private long batches;
    private long samples;

    private Calibration(ModelGraph graph, Collection<String> tensors, ObserverConfig config, int threads) {
        this.graphDigest = graph.digest();
        this.config = config;
        tensors.forEach(tensor -> observers.put(tensor, config.create()));
        this.probe = TensorProbe.open(graph, tensors, threads);
    }

    /**
     * Begins a calibration.
     *
     * @param tensors names of the FLOAT values to observe
     * @param threads threads of one batch, at least 1
     * @throws ModelException if ONNX Runtime refuses the graph, or it has no such tensor
     */
    public static Calibration open(ModelGraph graph, Collection<String> tensors, ObserverConfig config, int threads) {
        return new Calibration(graph, tensors, config, threads);
    }

    /**
     * Observes a batch.
     *
     * @param inputs rows x sample, row-major
     * @param rows samples, at least 1
     * @throws ModelException if a tensor has values that are not finite, which it names
     */
    public void observe(Inputs inputs, int rows) {
        probe.run(inputs, rows, (tensor, values) -> {
            try {
                observers.get(tensor).observe(values);
            } catch (ModelException e) {
                throw e.in("calibration batch " + batches + ": tensor " + tensor);
            }
        });
        batches++;
        samples += rows;
    }

    /** Batches observed so far, those before a resume included. */
    public long batches() {
        return batches;
    }

    /** Samples observed so far, those before a resume included. */
    public long samples() {
        return samples;
    }

    /**
     * The observers by tensor.
     *
     * @throws ModelException if nothing was observed
     */
    public Map<String, Observer> observers() {
        if (samples == 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "calibration: 0 samples (expected: at least 1)");
        }
        return Map.copyOf(observers);
    }

    /**
     * Takes what another calibration of the same graph and tensors has seen, of other data.
     *
     * @throws ModelException if it is of another graph, other tensors or other observers
     */
    public void merge(Calibration other) {
        require(other.identity());
        observers.forEach((tensor, observer) -> observer.merge(other.observers.get(tensor)));
        batches += other.batches;
        samples += other.samples;
    }

    /**
     * Writes all that was observed, beside the file's final place, and renames it.
     *
     * @throws ModelException if the file cannot be written
     */
    public void save(Path file) {
        CalibrationFile.write(file, identity(), batches, samples, observers.values());
    }

    /**
     * Goes on from what {@link #save} wrote; what was observed since the opening is forgotten.
     *
     * @throws ModelException if the file cannot be read, or is of another graph, other tensors or other observers
     */
    public void resume(Path file) {
        CalibrationFile.Saved saved = CalibrationFile.read(file, this::require, observers.values());
        batches = saved.batches();
        samples = saved.samples();
    }

    /** What two calibrations must have in common. */
    private String identity() {
        return String.join("\n", graphDigest, config.toString(), String.join("\n", observers.keySet()));
    }

    private void require(String identity) {
        if (!identity.equals(identity())) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "calibration: of another graph, other tensors or other observers (expected: the same)");
        }
    }

    @Override
    public void close() {
        probe.close();
    }
}
