package io.reflux.quantization.observer;

import io.reflux.model.graph.ModelException;
import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * Collects the values of one tensor over many batches. Not thread-safe; observers of parts of the data are made one by
 * {@link #merge}.
 */
public sealed interface Observer permits ExtremesObserver, MovingAverageObserver, HistogramObserver {

    /**
     * Takes a batch's values.
     *
     * @param values from the buffer's position to its limit; the position stays
     * @throws ModelException if one of them is NaN or infinite; nothing is taken then
     */
    void observe(FloatBuffer values);

    /** Takes what another observer of the same kind has seen; the other stays as it is. */
    void merge(Observer other);

    /** Values taken so far. */
    long count();

    /** The least and the largest value taken. */
    Range extremes();

    /**
     * The range that integers of a scheme shall cover.
     *
     * @throws ModelException if no value was taken
     */
    Range range(Scheme scheme);

    /** Writes what was taken, to be read by {@link #read}. */
    void write(DataOutput out) throws IOException;

    /** Takes the place of all that was taken so far by what {@link #write} wrote. */
    void read(DataInput in) throws IOException;
}
