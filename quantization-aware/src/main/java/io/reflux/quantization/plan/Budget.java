package io.reflux.quantization.plan;

import io.reflux.model.graph.ModelException;
import java.util.Locale;

/** What a network may take. */
public sealed interface Budget {

    /** Bits that a number in floats counts. */
    int FLOAT_BITS = 32;

    /** What a layer takes of it with these bits; layers' costs add up. */
    long cost(LayerProfile layer, LayerOption option);

    /** What all layers together may take. */
    long limit(NetworkProfile network);

    /** How the message of a refusal says a limit. */
    String describe(NetworkProfile network, long limit);

    /**
     * Bytes of the file.
     *
     * @param bytes &gt; 0
     */
    record Bytes(long bytes) implements Budget {

        public Bytes {
            require("bytes", bytes, bytes > 0);
        }

        @Override
        public long cost(LayerProfile layer, LayerOption option) {
            return option.bytes();
        }

        @Override
        public long limit(NetworkProfile network) {
            return bytes - network.otherBytes();
        }

        @Override
        public String describe(NetworkProfile network, long limit) {
            return limit + network.otherBytes() + " bytes";
        }
    }

    /**
     * Mean bits of the numbers in all weights.
     *
     * @param bits &gt; 0
     */
    record AverageBits(double bits) implements Budget {

        public AverageBits {
            require("averageBits", bits, bits > 0 && Double.isFinite(bits));
        }

        @Override
        public long cost(LayerProfile layer, LayerOption option) {
            int width = option.bits().isFloat() ? FLOAT_BITS : option.bits().weights();
            return layer.elements() * width;
        }

        @Override
        public long limit(NetworkProfile network) {
            return (long) Math.floor(bits * network.elements());
        }

        @Override
        public String describe(NetworkProfile network, long limit) {
            return String.format(Locale.ROOT, "%.3f bits on average", (double) limit / network.elements());
        }
    }

    /**
     * Milliseconds of a call with one sample.
     *
     * @param milliseconds &gt; 0
     */
    record Milliseconds(double milliseconds) implements Budget {

        private static final double NANOS = 1e6;

        public Milliseconds {
            require("milliseconds", milliseconds, milliseconds > 0 && Double.isFinite(milliseconds));
        }

        @Override
        public long cost(LayerProfile layer, LayerOption option) {
            Double extra = option.extraMilliseconds();
            if (extra == null) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "layer " + layer.name() + ": no time measured (expected: one, for a budget of time)");
            }
            return Math.round(extra * NANOS);
        }

        @Override
        public long limit(NetworkProfile network) {
            Double all = network.milliseconds();
            if (all == null) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "network: no time measured (expected: one, for a budget of time)");
            }
            return Math.round((milliseconds - all) * NANOS);
        }

        @Override
        public String describe(NetworkProfile network, long limit) {
            Double all = network.milliseconds();
            return String.format(Locale.ROOT, "%.4f ms", (all == null ? 0 : all) + limit / NANOS);
        }
    }

    private static void require(String name, Object value, boolean holds) {
        if (!holds) {
            throw new ModelException(ModelException.Code.INVALID_ARGUMENT, name + ": " + value + " (expected: > 0)");
        }
    }
}
