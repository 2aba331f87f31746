package io.reflux.quantization.kernels;

/**
 * One axis of a convolution.
 *
 * @param size elements of the input along it, &gt; 0
 * @param taps of the kernel, &gt; 0
 * @param begin padding before, &ge; 0
 * @param end padding behind, &ge; 0
 * @param first tap of the whole kernel that is the first of these
 */
record TapAxis(long size, long taps, long stride, long dilation, long begin, long end, long first) {

    long outputs() {
        return Math.floorDiv(size + begin + end - dilation * (taps - 1) - 1, stride) + 1;
    }

    /** Whether a tap meets an element of the input anywhere, and not padding alone. */
    private boolean isLive(long tap) {
        for (long output = 0; output < outputs(); output++) {
            long at = output * stride + tap * dilation - begin;
            if (at >= 0 && at < size) {
                return true;
            }
        }
        return false;
    }

    /** The axis without the taps at its ends that meet nothing but padding; outputs stay where they are. */
    TapAxis live() {
        long least = 0;
        while (least < taps && !isLive(least)) {
            least++;
        }
        long most = taps - 1;
        while (most > least && !isLive(most)) {
            most--;
        }
        if (least == taps) {
            return this;
        }
        least = Math.min(least, begin / dilation);
        long kept = most - least + 1;
        long before = begin - least * dilation;
        long behind = Math.max(0, (outputs() - 1) * stride + dilation * (kept - 1) + 1 - size - before);
        TapAxis live = new TapAxis(size, kept, stride, dilation, before, behind, first + least);
        return live.outputs() == outputs() ? live : this;
    }
}
