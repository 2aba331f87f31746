package io.reflux.proto.encoding;

/**
 * Random numbers that depend on nothing but a seed: SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom
 * number generators", doi:10.1145/2714064.2660195). Written out, so that two teachers draw the same on any JVM.
 */
final class SplitMix {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    SplitMix(long seed) {
        this.state = seed;
    }

    long next() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** A number in [0, 1), one of 2^53 evenly spaced. */
    double nextUnit() {
        return (next() >>> 11) * 0x1p-53;
    }
}
