package io.reflux.quantization.observer;

import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;

/** How much of a histogram's ends integers need not cover. */
interface ClippingRule {

    /**
     * The range to cover.
     *
     * @param extremes of all values, not both 0
     */
    Range range(Histogram histogram, Range extremes, Scheme scheme);
}
