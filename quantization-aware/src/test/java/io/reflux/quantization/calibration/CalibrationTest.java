package io.reflux.quantization.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalibrationTest {

    private static final Scheme UINT8 = Scheme.unsigned(8);

    private static final ObserverConfig MIN_MAX = new ObserverConfig.MinMax();

    /** y = log(x), z = −2 · y, for samples of two numbers. */
    private static ModelGraph graph(long batch) {
        return ModelGraph.builder("logs")
                .input("x", ElementType.FLOAT, batch, 2)
                .output("z", ElementType.FLOAT, batch, 2)
                .initializer(GraphTensor.of("factor", new long[0], new float[] {-2}))
                .node("Log", "log", List.of("x"), List.of("y"))
                .node("Mul", "mul", List.of("y", "factor"), List.of("z"))
                .build();
    }

    private static Calibration open(ModelGraph graph) {
        return Calibration.open(graph, List.of("x", "y", "z"), MIN_MAX, 1);
    }

    private static final float E = (float) Math.E;

    @Test
    void observe_ofBatches_seesInputInsideAndOutput() {
        try (Calibration calibration = open(graph(-1))) {
            calibration.observe(Inputs.of(new float[] {1, E}), 1);
            calibration.observe(Inputs.of(new float[] {1, 1, 1 / E, 1}), 2);
            Map<String, Range> ranges = Map.of(
                    "x", calibration.observers().get("x").range(UINT8),
                    "y", calibration.observers().get("y").range(UINT8),
                    "z", calibration.observers().get("z").range(UINT8));
            assertThat(ranges).containsEntry("x", new Range(1 / E, E));
            assertThat(ranges.get("y").least()).isBetween(-1.00001f, -0.99999f);
            assertThat(ranges.get("z").most()).isBetween(1.9999f, 2.0001f);
            assertThat(calibration.batches()).isEqualTo(2);
            assertThat(calibration.samples()).isEqualTo(3);
        }
    }

    /** A file for exactly two samples gets three: the last is seen twice, and no made-up zero, whose log is infinite. */
    @Test
    void observe_ofAFixedBatch_fillsUpWithSamples() {
        try (Calibration calibration = open(graph(2))) {
            calibration.observe(Inputs.of(new float[] {1, 2, 3, 4, 5, 6}), 3);
            assertThat(calibration.observers().get("x").range(UINT8)).isEqualTo(new Range(1, 6));
            assertThat(calibration.observers().get("x").count()).isEqualTo(8);
        }
    }

    @Test
    void observe_ofValuesNotFinite_namesTheTensorAndTheBatch() {
        try (Calibration calibration = open(graph(-1))) {
            calibration.observe(Inputs.of(new float[] {1, 1}), 1);
            assertThatThrownBy(() -> calibration.observe(Inputs.of(new float[] {0, 1}), 1))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("calibration batch 1: tensor y: -Infinity among its values (expected: finite)");
            assertThatThrownBy(() -> calibration.observe(Inputs.of(new float[] {-1, 1}), 1))
                    .hasMessageStartingWith("calibration batch 1: tensor y: NaN");
        }
    }

    @Test
    void observers_ofNoData_areRefused() {
        try (Calibration calibration = open(graph(-1))) {
            assertThatThrownBy(calibration::observers).hasMessage("calibration: 0 samples (expected: at least 1)");
        }
    }

    @Test
    void open_ofATensorThatIsNotThere_isRefused() {
        ModelGraph graph = graph(-1);
        assertThatThrownBy(() -> Calibration.open(graph, List.of("w"), MIN_MAX, 1))
                .isInstanceOf(ModelException.class)
                .hasMessage("logs: output w: made by no node (expected: a value of the graph)");
    }

    @Test
    void resume_ofASavedOne_endsAsIfUnbroken(@TempDir Path folder) {
        Path file = folder.resolve("calibration");
        try (Calibration first = open(graph(-1));
                Calibration second = open(graph(-1))) {
            first.observe(Inputs.of(new float[] {1, 2}), 1);
            first.save(file);
            second.resume(file);
            second.observe(Inputs.of(new float[] {3, 4}), 1);
            assertThat(second.samples()).isEqualTo(2);
            assertThat(second.observers().get("x").range(UINT8)).isEqualTo(new Range(1, 4));
        }
        assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    }

    @Test
    void merge_ofTwoParts_coversBoth() {
        try (Calibration first = open(graph(-1));
                Calibration second = open(graph(-1))) {
            first.observe(Inputs.of(new float[] {1, 2}), 1);
            second.observe(Inputs.of(new float[] {3, 4}), 1);
            first.merge(second);
            assertThat(first.samples()).isEqualTo(2);
            assertThat(first.observers().get("x").range(UINT8)).isEqualTo(new Range(1, 4));
        }
    }

    @Test
    void resume_ofAnothersOrABrokenFile_isRefused(@TempDir Path folder) throws java.io.IOException {
        Path file = folder.resolve("calibration");
        try (Calibration calibration = open(graph(-1));
                Calibration other = open(graph(2))) {
            calibration.observe(Inputs.of(new float[] {1, 2}), 1);
            calibration.save(file);
            assertThatThrownBy(() -> other.resume(file))
                    .hasMessage(file + ": calibration: of another graph, other tensors or other observers"
                            + " (expected: the same)");
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
            assertThatThrownBy(() -> other.resume(file))
                    .hasMessage(file + ": not a saved calibration, or cut off (expected: one that was written whole)");
            assertThatThrownBy(() -> other.resume(folder.resolve("none")))
                    .hasMessageEndingWith("absent (expected: a saved calibration)");
        }
    }

    /** The checksum is looked at, and nothing is taken of a file that it does not fit. */
    @Test
    void resume_ofAFileWithAnyByteDamaged_takesAllOrNothing(@TempDir Path folder) throws java.io.IOException {
        Path file = folder.resolve("calibration");
        try (Calibration calibration = open(graph(-1));
                Calibration other = open(graph(-1))) {
            calibration.observe(Inputs.of(new float[] {1, 2}), 1);
            calibration.save(file);
            other.observe(Inputs.of(new float[] {3, 4}), 1);
            byte[] whole = Files.readAllBytes(file);
            int refused = 0;
            for (int i = 0; i < whole.length; i++) {
                byte[] damaged = whole.clone();
                damaged[i] ^= 0x10;
                Files.write(file, damaged);
                Range before = other.observers().get("x").range(UINT8);
                try {
                    other.resume(file);
                    assertThat(other.observers().get("x").range(UINT8)).isEqualTo(new Range(1, 2));
                } catch (ModelException e) {
                    refused++;
                    assertThat(other.observers().get("x").range(UINT8)).isEqualTo(before);
                }
            }
            // Of the header of gzip some bytes mean nothing.
            assertThat(refused).isGreaterThan(whole.length - 10);
        }
    }
}
