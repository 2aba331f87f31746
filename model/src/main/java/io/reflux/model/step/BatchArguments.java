package io.reflux.model.step;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.runtime.ClassifierSignature;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.script.BatchMemory;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What a step's method takes of a batch: checked, then copied into memory that each step uses again. */
final class BatchArguments {

    private final ClassifierSignature signature;
    private final boolean needsTeacher;
    /** Shapes of the hints, without the batch. */
    private final List<long[]> hintShapes;

    private final List<BatchMemory> hintMemory;
    private final BatchMemory inputMemory = new BatchMemory();
    private final BatchMemory teacherMemory = new BatchMemory();
    private final BatchMemory labelMemory = new BatchMemory();

    BatchArguments(ClassifierSignature signature, DistillationLoss loss, List<long[]> hintShapes) {
        this.signature = signature;
        this.hintShapes = List.copyOf(hintShapes);
        this.hintMemory = hintShapes.stream().map(shape -> new BatchMemory()).toList();
        this.needsTeacher = loss.needsTeacher();
    }

    /**
     * Returns how many positions count.
     *
     * @throws IllegalArgumentException if parts of the batch do not fit one another or the graph
     */
    int check(Inputs inputs, int rows, float @Nullable [] teacherLogits, List<float[]> hints, int[] labels) {
        Ranges.require("rows", rows, rows > 0, "> 0");
        signature.input().requireBatch(inputs, rows);
        int positions = Math.multiplyExact(rows, signature.positions());
        Ranges.require("labels", labels.length, labels.length == positions, positions + " labels");
        int counted = 0;
        for (int label : labels) {
            Ranges.require(
                    "label",
                    label,
                    label >= -1 && label < signature.numClasses(),
                    "in [0, " + signature.numClasses() + "), or -1 for none");
            counted += label >= 0 ? 1 : 0;
        }
        Ranges.require("labels that count", counted, counted > 0, "> 0");
        if (needsTeacher) {
            int given = teacherLogits == null ? 0 : teacherLogits.length;
            int expected = signature.logits(rows);
            Ranges.require("teacherLogits", given + " elements", given == expected, expected + " elements");
        }
        Ranges.require("hints", hints.size(), hints.size() == hintShapes.size(), String.valueOf(hintShapes.size()));
        for (int i = 0; i < hints.size(); i++) {
            long expected = rows * elements(hintShapes.get(i));
            int given = hints.get(i).length;
            Ranges.require("hint " + i, given + " elements", given == expected, expected + " elements");
        }
        return counted;
    }

    private static long elements(long[] shape) {
        return LongStream.of(shape).reduce(1, Math::multiplyExact);
    }

    /** Inputs alone, as the evaluating method takes them. */
    NDList inputs(NDManager batch, Inputs inputs, int rows) {
        return new NDList(signature.input().array(batch, inputMemory, inputs, rows));
    }

    /** Inputs, teacher logits where the loss needs them, hints and labels, in the order of {@link StepScript}. */
    NDList all(
            NDManager batch,
            Inputs inputs,
            int rows,
            float @Nullable [] teacherLogits,
            List<float[]> hints,
            int[] labels) {
        NDList arguments = inputs(batch, inputs, rows);
        if (needsTeacher) {
            arguments.add(teacherMemory.array(batch, teacherLogits, new Shape(labels.length, signature.numClasses())));
        }
        for (int i = 0; i < hints.size(); i++) {
            long[] shape = LongStream.concat(LongStream.of(rows), LongStream.of(hintShapes.get(i)))
                    .toArray();
            arguments.add(hintMemory.get(i).array(batch, hints.get(i), new Shape(shape)));
        }
        arguments.add(labelMemory.array(batch, widen(labels), new Shape(labels.length)));
        return arguments;
    }

    private static long[] widen(int[] labels) {
        long[] wide = new long[labels.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = labels[i];
        }
        return wide;
    }
}
