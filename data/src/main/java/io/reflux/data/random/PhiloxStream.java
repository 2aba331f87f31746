package io.reflux.data.random;

/**
 * The random words of one (seed, purpose, stream), one after another.
 *
 * <p>Word i is word i mod 4 of the {@linkplain Philox block} with counter (i / 4, purpose tag, low half of the stream,
 * high half of the stream) and key (low half of the seed, high half of the seed). A stream has 2^34 words. Not
 * thread-safe; make one per use, it is cheap.
 */
public final class PhiloxStream {

    private final long seed;
    private final Purpose purpose;
    private final long stream;
    private final int[] block = new int[Philox.BLOCK_WORDS];
    private int nextBlock;
    private int position = Philox.BLOCK_WORDS;

    /**
     * Starts at the first word.
     *
     * @param seed the key; every value is a good one
     * @param purpose what the numbers are for
     * @param stream which of the purpose's streams: a sample id, an epoch; every value is a good one
     */
    public PhiloxStream(long seed, Purpose purpose, long stream) {
        this.seed = seed;
        this.purpose = purpose;
        this.stream = stream;
    }

    /** The next word: 32 random bits. */
    public int nextWord() {
        if (position == Philox.BLOCK_WORDS) {
            Philox.block(
                    nextBlock++,
                    purpose.tag(),
                    (int) stream,
                    (int) (stream >>> 32),
                    (int) seed,
                    (int) (seed >>> 32),
                    block);
            position = 0;
        }
        return block[position++];
    }

    /** The next two words as one number, the first being the low half. */
    public long nextLong() {
        long low = nextWord() & 0xFFFFFFFFL;
        return (long) nextWord() << 32 | low;
    }

    /**
     * A uniform number in [0, bound): the first word below the largest multiple of {@code bound} up to 2^32, modulo
     * {@code bound}. Words above are passed over, which makes it exactly uniform.
     *
     * @throws IllegalArgumentException if {@code bound < 1}
     */
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound: %d (expected: >= 1)".formatted(bound));
        }
        long limit = (1L << 32) / bound * bound;
        long word = nextWord() & 0xFFFFFFFFL;
        while (word >= limit) {
            word = nextWord() & 0xFFFFFFFFL;
        }
        return (int) (word % bound);
    }

    /** A uniform number in [0, 1): the next word divided by 2^32. */
    public double nextDouble() {
        return (nextWord() & 0xFFFFFFFFL) * 0x1p-32;
    }
}
