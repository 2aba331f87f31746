package io.reflux.quantization.plan;

import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.sensitivity.Divergence;

/**
 * A plan, and the network that was quantised by it.
 *
 * @param plan the bits
 * @param bytes of the file
 * @param divergence mean KL from the network in floats, in nats
 */
public record MeasuredPlan(BitPlan plan, long bytes, double divergence) {

    /** Quantises by a plan, and measures what comes out. */
    public static MeasuredPlan of(BitPlan plan, Divergence divergence) {
        if (plan.bits().values().stream().allMatch(LayerBits::isFloat)) {
            return new MeasuredPlan(plan, plan.profile().floatBytes(), 0);
        }
        QuantizedGraph quantized = divergence.quantized(plan.choice());
        return new MeasuredPlan(plan, quantized.stored().byteSize(), divergence.of(quantized.stored()));
    }
}
