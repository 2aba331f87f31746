package io.reflux.quantization.rounding;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.ModelException;
import io.reflux.model.runtime.ClassifierSignature;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.script.BatchMemory;
import io.reflux.quantization.calibration.CalibrationBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * All samples of some batches as one.
 *
 * @param inputs of all rows
 * @param rows samples, at least 1
 * @param logits the teacher's, of all rows; empty without one
 */
@SuppressWarnings("ArrayRecordComponent")
record SampleArrays(ClassifierSignature signature, Inputs inputs, int rows, float[] logits) {

    static SampleArrays of(ClassifierSignature signature, Iterable<CalibrationBatch> batches) {
        List<CalibrationBatch> all = new ArrayList<>();
        batches.forEach(all::add);
        int rows = all.stream().mapToInt(CalibrationBatch::rows).sum();
        if (rows == 0) {
            throw invalid("calibration: 0 samples (expected: at least 1)");
        }
        all.forEach(batch -> signature.input().requireBatch(batch.inputs(), batch.rows()));
        int elements = Math.multiplyExact(rows, signature.input().elements());
        boolean tokens = all.get(0).inputs() instanceof Inputs.Tokens;
        Inputs joined = tokens ? Inputs.of(new long[elements]) : Inputs.of(new float[elements]);
        float[] logits = new float[allHaveLogits(all) ? signature.logits(rows) : 0];
        int row = 0;
        for (CalibrationBatch batch : all) {
            copy(batch.inputs(), joined, row * signature.input().elements());
            copyLogits(batch, logits, signature, row);
            row += batch.rows();
        }
        return new SampleArrays(signature, joined, rows, logits);
    }

    private static boolean allHaveLogits(List<CalibrationBatch> batches) {
        long with = batches.stream().filter(batch -> batch.logits() != null).count();
        if (with != 0 && with != batches.size()) {
            throw invalid("logits: of " + with + " batches in " + batches.size() + " (expected: of all or none)");
        }
        return with > 0;
    }

    private static void copyLogits(CalibrationBatch batch, float[] to, ClassifierSignature signature, int row) {
        float[] from = batch.logits();
        if (from == null) {
            return;
        }
        if (from.length != signature.logits(batch.rows())) {
            throw invalid("logits: " + from.length + " of a batch (expected: " + signature.logits(batch.rows()) + ")");
        }
        for (float logit : from) {
            if (!Float.isFinite(logit)) {
                throw invalid("logits: " + logit + " among the teacher's (expected: finite)");
            }
        }
        System.arraycopy(from, 0, to, signature.logits(row), from.length);
    }

    private static void copy(Inputs from, Inputs to, int at) {
        Object source = from instanceof Inputs.Tokens tokens ? tokens.ids() : ((Inputs.Samples) from).values();
        Object target = to instanceof Inputs.Tokens tokens ? tokens.ids() : ((Inputs.Samples) to).values();
        System.arraycopy(source, 0, target, at, from.length());
    }

    boolean hasLogits() {
        return logits.length > 0;
    }

    NDArray inputs(NDManager manager) {
        return signature.input().array(manager, new BatchMemory(), inputs, rows);
    }

    NDArray logits(NDManager manager) {
        return new BatchMemory().array(manager, logits, new Shape(signature.logitsShape(rows)));
    }

    private static ModelException invalid(String message) {
        return new ModelException(ModelException.Code.INVALID_ARGUMENT, message);
    }
}
