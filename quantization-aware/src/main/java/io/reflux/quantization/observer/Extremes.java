package io.reflux.quantization.observer;

import io.reflux.model.graph.ModelException;
import io.reflux.quantization.qparams.Range;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.FloatBuffer;

/** Count, least and largest of some values. */
record Extremes(long count, float least, float most) {

    static final Extremes NONE = new Extremes(0, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);

    /** Of a batch, all of it finite. */
    static Extremes of(FloatBuffer values) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = values.position(); i < values.limit(); i++) {
            float value = values.get(i);
            if (!Float.isFinite(value)) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT, value + " among its values (expected: finite)");
            }
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        return new Extremes(values.remaining(), least, most);
    }

    Extremes plus(Extremes other) {
        return new Extremes(count + other.count, Math.min(least, other.least), Math.max(most, other.most));
    }

    Range range() {
        if (count == 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "no values observed (expected: at least one)");
        }
        return new Range(least, most);
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(count);
        out.writeFloat(least);
        out.writeFloat(most);
    }

    static Extremes read(DataInput in) throws IOException {
        return new Extremes(in.readLong(), in.readFloat(), in.readFloat());
    }
}
