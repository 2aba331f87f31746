package io.reflux.data.random;

/**
 * The Philox4x32-10 function: four random 32-bit words out of a 128-bit counter and a 64-bit key (Salmon, Moraes, Dror
 * and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, sec. 3.3). It has no state: position n costs the
 * same as position 0. Integer arithmetic only, hence equal on every machine.
 */
public final class Philox {

    /** Words of one block. */
    public static final int BLOCK_WORDS = 4;

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    /** Weyl increments of the key: the golden ratio and the square root of three less one, times 2^32. */
    private static final int WEYL_0 = 0x9E3779B9;

    private static final int WEYL_1 = 0xBB67AE85;

    private Philox() {}

    /**
     * Writes one block of random words.
     *
     * @param c0 counter, least significant word; then c1, c2, c3
     * @param k0 key, least significant word; then k1
     * @param target receives the four words
     */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] target) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & 0xFFFFFFFFL);
            long product1 = MULTIPLIER_1 * (c2 & 0xFFFFFFFFL);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        target[0] = c0;
        target[1] = c1;
        target[2] = c2;
        target[3] = c3;
    }
}
