package io.reflux.data.sampling;

import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;

/** The permutation of one epoch: Fisher and Yates' shuffle (Durstenfeld 1964, CACM algorithm 235), from the end down. */
final class EpochOrder {

    private EpochOrder() {}

    /** A permutation of 0 to {@code size - 1}, each of the size! equally likely over seeds. */
    static int[] shuffled(int size, long seed, int epoch) {
        int[] order = inOrder(size);
        PhiloxStream random = new PhiloxStream(seed, Purpose.SHUFFLE, epoch);
        for (int last = size - 1; last > 0; last--) {
            int chosen = random.nextInt(last + 1);
            int swapped = order[last];
            order[last] = order[chosen];
            order[chosen] = swapped;
        }
        return order;
    }

    /** 0 to {@code size - 1}. */
    static int[] inOrder(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        return order;
    }
}
